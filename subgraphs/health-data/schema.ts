import 'reflect-metadata';
import { buildSubgraph, type Subgraph } from '#platform/subgraph';
import type { HealthDataContext } from './context.ts';
import { Athlete } from './measurements/graph-types.ts';
import { MeasurementsResolver } from './measurements/measurements.resolver.ts';
import { TraceResolver } from './measurements/trace.resolver.ts';
import { HeartRateSourcesResolver, SourcesResolver } from './sources/sources.resolver.ts';

/** The schema of this subgraph. No I/O: the same call prints `schema/health-data.graphql`. */
export function healthDataSubgraph(): Promise<Subgraph> {
  return buildSubgraph<HealthDataContext>({
    resolvers: [MeasurementsResolver, TraceResolver, SourcesResolver, HeartRateSourcesResolver],
    entities: [Athlete],
    // Whether the viewer may know this athlete is asked by each field's loader: an id alone says nothing.
    references: { Athlete: ({ id }) => ({ id }) },
  });
}
