import type DataLoader from 'dataloader';
import type { Call } from '#platform/subgraph';
import { createRequestContext, type RequestContext } from '#platform/context';
import type { Clock } from '#platform/clock';
import type { Database } from '#platform/database';
import type { Logger } from '#platform/log';
import { createMeasurementLoaders, type MeasurementLoaders } from './measurements/read.ts';
import { createTimeLoaders, type TimeLoaders } from './measurements/read-times.ts';
import type { RaisedTouch } from './measurements/publish-touches.ts';
import type { SignalSources } from './sources/graph-types.ts';
import { createSourcesLoader } from './sources/read-sources.ts';

export interface HealthDataContext extends RequestContext {
  loaders: MeasurementLoaders & TimeLoaders & { sources: DataLoader<string, SignalSources[] | null> };
  /** Tells insights of committed days. Never rejects: what is not told, insights finds by its own sweep. */
  announce(touches: readonly RaisedTouch[]): Promise<void>;
}

export function createHealthDataContext(parts: {
  db: Database;
  clock: Clock;
  log: Logger;
  call: Call;
  /** How committed days are told; left out, they wait for the sweep of insights. */
  publish?: (touches: readonly RaisedTouch[]) => Promise<void>;
}): HealthDataContext {
  const { viewer, requestId, purpose } = parts.call;
  const base = createRequestContext({ viewer, requestId, purpose, db: parts.db, clock: parts.clock, log: parts.log });
  const loaders = {
    ...createMeasurementLoaders(base),
    ...createTimeLoaders(base),
    sources: createSourcesLoader(base),
  };
  return {
    ...base,
    loaders,
    async announce(touches) {
      try {
        await parts.publish?.(touches);
      } catch (error) {
        base.log.warn({ err: error }, 'touched days were not told; insights will find them by its sweep');
      }
    },
  };
}
