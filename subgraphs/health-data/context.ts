import type { Call } from '#platform/subgraph';
import { createRequestContext, type RequestContext } from '#platform/context';
import type { Clock } from '#platform/clock';
import type { Database } from '#platform/database';
import type { Logger } from '#platform/log';
import { createMeasurementLoaders, type MeasurementLoaders } from './measurements/read.ts';
import { createTimeLoaders, type TimeLoaders } from './measurements/read-times.ts';
import { createWorkoutLoaders, type WorkoutLoaders } from './workouts/read.ts';

export interface HealthDataContext extends RequestContext {
  loaders: MeasurementLoaders & TimeLoaders & WorkoutLoaders;
}

export function createHealthDataContext(parts: {
  db: Database;
  clock: Clock;
  log: Logger;
  call: Call;
}): HealthDataContext {
  const { viewer, requestId, purpose } = parts.call;
  const base = createRequestContext({ viewer, requestId, purpose, db: parts.db, clock: parts.clock, log: parts.log });
  const loaders = { ...createMeasurementLoaders(base), ...createTimeLoaders(base), ...createWorkoutLoaders(base) };
  return { ...base, loaders };
}
