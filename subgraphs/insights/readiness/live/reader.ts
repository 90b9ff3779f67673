import DataLoader from 'dataloader';
import { has } from '#platform/basis';
import type { Clock } from '#platform/clock';
import { createAccessReader, type Access } from '#platform/consent';
import type { Sql } from '#platform/database';
import { lastSlot } from '#platform/slots';
import type { Viewing } from '../recompute/ensure-views.ts';
import { loadAthletes } from '../views/material.ts';
import { keyColumns, VIEW_ROW, viewKey, type ViewKey, type ViewRow } from '../views/snapshots.ts';

/** Whose view: a team's of an athlete, or with `teamId` null the athlete's own. */
export interface AccessKey {
  teamId: string | null;
  athleteId: string;
}

/**
 * Reads for all streams of a process. What they ask for in the same turn of the event loop is one query: an
 * announcement that concerns many teams costs one reading of consent and one of views. Nothing is remembered.
 */
export interface LiveReader {
  /** Consent as it stands now; undefined for one who is not (or no longer) in the team. */
  access(keys: readonly AccessKey[]): Promise<(Access | undefined)[]>;
  views(keys: readonly ViewKey[]): Promise<ViewRow[]>;
  /** Those of the views that were stored after a position. May answer a few that came just before it. */
  changedSince(keys: readonly (ViewKey & { timeZone: string })[], at: number): Promise<ViewRow[]>;
}

/** Statements last ten seconds at most, so a view may become visible this long after the instant it carries. */
const OVERLAP_MS = 60_000;

export function createLiveReader(options: { db: Sql; clock: Clock; viewing: Viewing }): LiveReader {
  const { db } = options;
  const reader = createAccessReader(options);

  async function readAccess(keys: readonly AccessKey[]): Promise<(Access | undefined)[]> {
    const ofTeams = keys.filter(({ teamId }) => teamId !== null);
    const own = keys.filter(({ teamId }) => teamId === null);
    const unique = (ids: (string | null)[]): string[] => [...new Set(ids)].filter((id) => id !== null);
    const [granted, facts] = await Promise.all([
      ofTeams.length === 0
        ? new Map<string, Access>()
        : reader.forTeams({
            teamIds: unique(ofTeams.map(({ teamId }) => teamId)),
            athleteIds: unique(ofTeams.map(({ athleteId }) => athleteId)),
          }),
      own.length === 0 ? null : loadAthletes(db, unique(own.map(({ athleteId }) => athleteId))),
    ]);
    return keys.map(({ teamId, athleteId }) => {
      if (teamId !== null) return granted.get(`${teamId}/${athleteId}`);
      const timeZone = facts?.get(athleteId)?.timeZone;
      return timeZone === undefined ? undefined : { athleteId, timeZone, relation: 'self', grants: [] };
    });
  }

  const access = new DataLoader<AccessKey, Access | undefined>(readAccess, { cache: false });
  const views = new DataLoader<ViewKey, ViewRow>(
    async (keys) => {
      const unique = new Map(keys.map((key) => [viewKey(key), key]));
      const rows = await options.viewing.read([...unique.values()]);
      const byKey = new Map([...unique.keys()].map((key, index) => [key, rows[index] as ViewRow]));
      return keys.map((key) => byKey.get(viewKey(key)) as ViewRow);
    },
    { cache: false },
  );

  return {
    access: async (keys) => orThrow(await access.loadMany(keys)),
    views: async (keys) => orThrow(await views.loadMany(keys)),
    async changedSince(keys, at) {
      if (keys.length === 0) return [];
      const after = new Date(at - OVERLAP_MS);
      // A view without SLEEP carries its slot, whenever it was stored: those of the slot before the position count too.
      const afterOf = ({ basis, timeZone }: (typeof keys)[number]): Date =>
        has(basis, 'SLEEP') ? after : new Date(lastSlot(after, timeZone).getTime() - 1);
      return await db.query(
        `select ${VIEW_ROW}
           from unnest($1::uuid[], $2::smallint[], $3::date[], $4::timestamptz[]) as k(athlete_id, basis, date, after_at)
           join insights.readiness_day d on d.athlete_id = k.athlete_id and d.basis = k.basis and d.date = k.date
          where d.computed_at > k.after_at`,
        [...keyColumns(keys), keys.map(afterOf)],
      );
    },
  };
}

function orThrow<T>(results: readonly (T | Error)[]): T[] {
  return results.map((result) => {
    if (result instanceof Error) throw result;
    return result;
  });
}
