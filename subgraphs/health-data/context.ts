import type { Call } from '#platform/subgraph';
import { createRequestContext, type RequestContext } from '#platform/context';
import type { Clock } from '#platform/clock';
import type { Database } from '#platform/database';
import type { Logger } from '#platform/log';
import { createCheckInLoaders, type CheckInLoaders } from './check-ins/read.ts';
import type { RaisedTouch } from './measurements/publish-touches.ts';
import { createMeasurementLoaders, type MeasurementLoaders } from './measurements/read.ts';
import { createTimeLoaders, type TimeLoaders } from './measurements/read-times.ts';
import { createSourcesLoader, type SourcesLoader } from './sources/read-sources.ts';
import { createWorkoutLoaders, type WorkoutLoaders } from './workouts/read.ts';

export interface HealthDataContext extends RequestContext {
  loaders: MeasurementLoaders & TimeLoaders & WorkoutLoaders & CheckInLoaders & { sources: SourcesLoader };
  clock: Clock;
  /** Publishes days that the athlete's own entries and choices touched. What it loses, insights finds by its own sweep. */
  announce: Announce;
}

export type Announce = (touches: readonly RaisedTouch[]) => void;

export function createHealthDataContext(parts: {
  db: Database;
  clock: Clock;
  log: Logger;
  call: Call;
  announce: Announce;
}): HealthDataContext {
  const { viewer, requestId, purpose } = parts.call;
  const base = createRequestContext({ viewer, requestId, purpose, db: parts.db, clock: parts.clock, log: parts.log });
  return {
    ...base,
    clock: parts.clock,
    announce: parts.announce,
    loaders: {
      ...createMeasurementLoaders(base),
      ...createTimeLoaders(base),
      ...createWorkoutLoaders(base),
      ...createCheckInLoaders(base),
      sources: createSourcesLoader(base),
    },
  };
}
