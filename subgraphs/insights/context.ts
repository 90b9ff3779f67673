import type { Clock } from '#platform/clock';
import { createRequestContext } from '#platform/context';
import type { Database } from '#platform/database';
import type { Logger } from '#platform/log';
import type { Call } from '#platform/subgraph';
import type { Viewing } from './readiness/ensure-views.ts';
import type { Live } from './readiness/live.ts';
import { createViewLoader, type WatchContext } from './readiness/read.ts';
import { createSleepDebtLoader, type SleepDebtLoader } from './sleep/read-debt.ts';
import { createLoadLoader, type LoadLoader } from './training/read-load.ts';

export interface InsightsContext extends WatchContext {
  live: Live;
  loads: LoadLoader;
  sleepDebts: SleepDebtLoader;
}

export function createInsightsContext(parts: {
  db: Database;
  clock: Clock;
  log: Logger;
  viewing: Viewing;
  live: Live;
  call: Call;
}): InsightsContext {
  const { viewer, requestId, purpose, opening } = parts.call;
  const base = createRequestContext({ viewer, requestId, purpose, db: parts.db, clock: parts.clock, log: parts.log });
  return {
    ...base,
    views: createViewLoader(parts.viewing),
    loads: createLoadLoader(base),
    sleepDebts: createSleepDebtLoader(base),
    live: parts.live,
    opening,
  };
}
