import type { Clock } from '#platform/clock';
import { createRequestContext } from '#platform/context';
import type { Database } from '#platform/database';
import type { Logger } from '#platform/log';
import type { Call } from '#platform/subgraph';
import type { AlertContext } from './alerts/preferences.ts';
import type { PushKeys } from './alerts/push-keys.ts';
import { createFlagLoader, type FlagContext } from './flags/read.ts';
import { createPlanLoaders } from './plan/read.ts';
import type { Viewing } from './readiness/ensure-views.ts';
import type { Live } from './readiness/live.ts';
import { createViewLoader, type WatchContext } from './readiness/read.ts';
import { createSleepDebtLoader, type SleepDebtLoader } from './sleep/read-debt.ts';
import { createLoadLoader } from './training/read-load.ts';
import { createSleepRecordLoader, type WeekContext } from './weekly/read-weeks.ts';

export interface InsightsContext extends WatchContext, FlagContext, WeekContext, AlertContext {
  live: Live;
  sleepDebts: SleepDebtLoader;
}

export function createInsightsContext(parts: {
  db: Database;
  clock: Clock;
  log: Logger;
  viewing: Viewing;
  live: Live;
  /** Left out or null: nothing is pushed. */
  pushKeys?: PushKeys | null;
  call: Call;
}): InsightsContext {
  const { viewer, requestId, purpose, opening } = parts.call;
  const base = createRequestContext({ viewer, requestId, purpose, db: parts.db, clock: parts.clock, log: parts.log });
  // One object: a live stream sets its instant anew at each event, and every loader must see that.
  return Object.assign(base, {
    views: createViewLoader(parts.viewing),
    flags: createFlagLoader(parts.db),
    planning: createPlanLoaders(parts.db),
    loads: createLoadLoader(base),
    sleepRecords: createSleepRecordLoader(base),
    sleepDebts: createSleepDebtLoader(base),
    live: parts.live,
    pushKeys: parts.pushKeys ?? null,
    opening,
  });
}
