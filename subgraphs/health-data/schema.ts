import 'reflect-metadata';
import { buildSubgraph, type Subgraph } from '#platform/subgraph';
import { Athlete } from './measurements/graph-types.ts';
import { CheckInResolver } from './check-ins/check-in.resolver.ts';
import type { HealthDataContext } from './context.ts';
import { EntriesResolver } from './entries/entries.resolver.ts';
import { MeasurementsResolver } from './measurements/measurements.resolver.ts';
import { WorkoutResolver } from './workouts/workout.resolver.ts';
import { TraceResolver } from './measurements/trace.resolver.ts';
import { HeartRateSourcesResolver, SourcesResolver } from './sources/sources.resolver.ts';
import { SyncResolver } from './sync/sync.resolver.ts';

/** The schema of this subgraph. No I/O: the same call prints `schema/health-data.graphql`. */
export function healthDataSubgraph(): Promise<Subgraph> {
  return buildSubgraph<HealthDataContext>({
    resolvers: [
      MeasurementsResolver,
      WorkoutResolver,
      TraceResolver,
      SourcesResolver,
      HeartRateSourcesResolver,
      CheckInResolver,
      EntriesResolver,
      SyncResolver,
    ],
    entities: [Athlete],
    // Whether the viewer may know this athlete is asked by each field's loader: an id alone says nothing.
    references: { Athlete: ({ id }) => ({ id }) },
  });
}
