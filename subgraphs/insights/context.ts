import type { Clock } from '#platform/clock';
import { createRequestContext } from '#platform/context';
import type { Database } from '#platform/database';
import type { Logger } from '#platform/log';
import type { RosterLinks } from '#platform/roster-link';
import type { Call } from '#platform/subgraph';
import type { AlertContext } from './alerts/preferences.ts';
import type { PushKeys } from './alerts/push-keys.ts';
import { createFlagLoader } from './flags/read.ts';
import { createPlanLoaders, type PlanContext } from './plan/read.ts';
import type { Viewing } from './readiness/recompute/ensure-views.ts';
import type { Live } from './readiness/live/live.ts';
import { createViewLoader, type WatchContext } from './readiness/read.ts';
import { createSleepDebtLoader, type SleepDebtLoader } from './sleep/read-debt.ts';
import { createHistoryLoader, type HistoryLoader } from './training/read-history.ts';
import { createLoadLoader, type LoadLoader } from './training/read-load.ts';
import { createRecentLoadLoader, type RecentLoadLoader } from './training/read-recent-load.ts';
import { createSleepRecordLoader, type WeekContext } from './weekly/read-weeks.ts';

export interface InsightsContext extends WatchContext, PlanContext, WeekContext, AlertContext {
  live: Live;
  histories: HistoryLoader;
  loads: LoadLoader;
  recentLoads: RecentLoadLoader;
  sleepDebts: SleepDebtLoader;
  rosterLinks: RosterLinks;
  /** Multiplies the limit of exports. */
  exportFactor: number;
}

export function createInsightsContext(parts: {
  db: Database;
  clock: Clock;
  log: Logger;
  viewing: Viewing;
  live: Live;
  /** Left out or null: nothing is pushed. */
  pushKeys?: PushKeys | null;
  rosterLinks: RosterLinks;
  /** 1 when left out. */
  exportFactor?: number;
  call: Call;
}): InsightsContext {
  const { viewer, requestId, purpose, opening } = parts.call;
  const base = createRequestContext({ viewer, requestId, purpose, db: parts.db, clock: parts.clock, log: parts.log });
  const histories = createHistoryLoader(base.together);
  const recentLoads = createRecentLoadLoader(histories);
  // One object: a live stream sets its instant anew at each event, and every loader must see that.
  return Object.assign(base, {
    views: createViewLoader(parts.viewing, base.together),
    flags: createFlagLoader(base.together, (keys) => Promise.all(keys.map((key) => recentLoads.load(key)))),
    histories,
    recentLoads,
    planning: createPlanLoaders(base.together),
    loads: createLoadLoader(base, histories),
    sleepRecords: createSleepRecordLoader(base),
    sleepDebts: createSleepDebtLoader(base),
    live: parts.live,
    pushKeys: parts.pushKeys ?? null,
    rosterLinks: parts.rosterLinks,
    exportFactor: parts.exportFactor ?? 1,
    opening,
  });
}
