import type { Clock } from '#platform/clock';
import { createRequestContext } from '#platform/context';
import type { Database } from '#platform/database';
import type { Logger } from '#platform/log';
import type { Call } from '#platform/subgraph';
import { createPlanLoaders, type PlanContext } from './plan/read.ts';
import type { Viewing } from './readiness/ensure-views.ts';
import type { Live } from './readiness/live.ts';
import { createViewLoader, type WatchContext } from './readiness/read.ts';

export interface InsightsContext extends WatchContext, PlanContext {
  live: Live;
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
  const views = createViewLoader(parts.viewing);
  return { ...base, views, planning: createPlanLoaders(parts.db), live: parts.live, opening };
}
