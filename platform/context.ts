import DataLoader from 'dataloader';
import { createReadLog, type ReadLog } from '#platform/audit';
import type { Clock } from '#platform/clock';
import { createAccessReader, type Access } from '#platform/consent';
import type { Database, Sql } from '#platform/database';
import type { Viewer } from '#platform/identity';
import type { Logger } from '#platform/log';
import { readTogether } from '#platform/together';

/** Asks for an athlete as one team sees them, or as the union of the viewer's teams (teamId null). */
export interface AccessKey {
  athleteId: string;
  teamId: string | null;
}

/** What every resolver may read. Fresh for each request: nothing in it outlives the answer. */
export interface RequestContext {
  viewer: Viewer;
  requestId: string;
  /** One instant for the whole request. */
  now: Date;
  db: Database;
  /** The same for reads: one statement for all that is asked for in the same step of the request. */
  together: Sql;
  log: Logger;
  /** Consent, one query for all athletes asked about in the same step of the request. */
  access: DataLoader<AccessKey, Access | undefined, string>;
  /** What this request reads of other people; committed before the answer leaves. */
  reads: ReadLog;
}

export function createRequestContext(options: {
  viewer: Viewer;
  requestId: string;
  purpose: string;
  db: Database;
  clock: Clock;
  log: Logger;
}): RequestContext {
  const { viewer, requestId, db, clock } = options;
  const now = clock.now();
  const together = readTogether(db.prepared.composed);
  const reader = createAccessReader({ db: together, clock });
  const access = new DataLoader<AccessKey, Access | undefined, string>(
    async (keys) => {
      const byTeam = Map.groupBy(keys, (key) => key.teamId);
      const found = new Map<string, Access>();
      const reading = [...byTeam].map(async ([teamId, group]) => {
        const accesses = await reader.forViewer({ viewer, athleteIds: group.map((key) => key.athleteId), teamId });
        for (const [athleteId, value] of accesses) found.set(`${teamId}/${athleteId}`, value);
      });
      await Promise.all(reading);
      return keys.map((key) => found.get(`${key.teamId}/${key.athleteId}`));
    },
    { cacheKeyFn: (key) => `${key.teamId}/${key.athleteId}` },
  );
  return {
    viewer,
    requestId,
    now,
    db,
    together,
    log: options.log,
    access,
    reads: createReadLog({ db, viewer, requestId, purpose: options.purpose, now }),
  };
}

/**
 * Sets a context that lives longer than one answer to a new instant: no loader remembers what it read before, so that
 * consent is asked anew. Whatever is loaded for a viewer must hang on the context, by itself or in a group, to be reached by this.
 */
export function renewContext(context: RequestContext, now: Date): void {
  context.now = now;
  for (const part of Object.values(context) as unknown[]) {
    if (typeof part !== 'object' || part === null) continue;
    for (const loader of [part, ...Object.values(part)]) if (loader instanceof DataLoader) loader.clearAll();
  }
}
