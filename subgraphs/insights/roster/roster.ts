import { signalsOf } from '#platform/basis';
import { decide, type Access } from '#platform/consent';
import { AppError } from '#platform/errors';
import type { Signal } from '#platform/signals';
import { localDate } from '#platform/slots';
import { flagsOf, type FlagContext } from '../flags/read.ts';
import { sightOn } from '../readiness/bases.ts';
import { present, presentNothing, type Presented } from '../readiness/present.ts';
import type { ReadContext } from '../readiness/read.ts';
import { readWeekLoad, type WeekLoadContext } from '../training/week-load.ts';
import { countRows, filterRows, sortRows, type Row } from './arrange.ts';
import type { RosterConnection, RosterFilter, RosterSort } from './graph-types.ts';
import { afterOf, cursorOf, readMembers } from './members.ts';

const PAGE = 100;
const MAX_PAGE = 500;

export type RosterContext = FlagContext & WeekLoadContext;

/** As the graph is asked. */
export interface RosterArgs {
  filter: RosterFilter;
  sort: RosterSort;
  first: number | null;
  after: string | null;
}

/**
 * The coach's table, each row in the view that its athlete gives this team; null for whoever is no coach of it. Four
 * queries, whatever the length. Filter, order, counts and cursors are made of those views, after consent was asked: they
 * hold nothing that is withheld.
 */
export async function readRoster(
  context: RosterContext,
  teamId: string,
  asked: RosterArgs,
): Promise<RosterConnection | null> {
  const first = asked.first ?? PAGE;
  if (first < 1 || first > MAX_PAGE) throw new AppError('BAD_USER_INPUT', `"first" must be between 1 and ${MAX_PAGE}.`);
  const after = asked.after === null ? null : afterOf(asked.after);
  const known = await readRows(context, teamId);
  if (known === null) return null;
  const flagged = asksAboutFlags(asked) ? await withFlags(context, teamId, known) : known;
  const rows = asked.sort.by === 'LOAD' ? await withLoads(context, teamId, flagged) : flagged;
  const { matching, notSharedCount } = filterRows(rows, asked.filter);
  const sorted = sortRows(matching, asked.sort);
  const start = startOf(sorted, after);
  const page = sorted.slice(start, start + first);
  const edges = page.map((row) => ({
    cursor: cursorOf(row),
    node: { teamId, athlete: { id: row.athleteId }, ...row.shown },
  }));
  return {
    edges,
    pageInfo: {
      hasNextPage: start + page.length < sorted.length,
      hasPreviousPage: start > 0,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: sorted.length,
    notSharedCount,
    counts: countRows(rows),
  };
}

/** @throws AppError CONFLICT where the athlete of the cursor left the list since the page before. */
function startOf(sorted: readonly Row[], after: string | null): number {
  if (after === null) return 0;
  const at = sorted.findIndex(({ athleteId }) => athleteId === after);
  if (at >= 0) return at + 1;
  throw new AppError('CONFLICT', 'The list changed since the page before. Begin again without "after".');
}

/** Flags are read for all rows where the answer's rows or their order rest on them; else only where they are asked for. */
const asksAboutFlags = ({ filter, sort }: RosterArgs): boolean =>
  (filter.flags ?? null) !== null || sort.by === 'ATTENTION';

export async function withFlags(context: FlagContext, teamId: string, rows: readonly Row[]): Promise<Row[]> {
  return await Promise.all(
    rows.map(async (row) => {
      const flags = await flagsOf(context, { athleteId: row.athleteId, teamId });
      return { ...row, flags: (flags ?? []).map(({ code }) => code) };
    }),
  );
}

async function withLoads(context: RosterContext, teamId: string, rows: readonly Row[]): Promise<Row[]> {
  return await Promise.all(
    rows.map(async (row) => {
      const load = await readWeekLoad(context, { athleteId: row.athleteId, teamId });
      return { ...row, loadChange: load?.loadChange ?? null };
    }),
  );
}

/** All athletes of the team, for a coach of it; null for others. */
export async function readRows(context: ReadContext, teamId: string): Promise<Row[] | null> {
  const members = await readMembers(context.db, { teamId, viewer: context.viewer });
  if (members === null) return null;
  const accesses = await context.access.loadMany(members.map(({ athleteId }) => ({ athleteId, teamId })));
  return await Promise.all(
    members.map(async (member, index) => {
      const access = accesses[index];
      if (access instanceof Error) throw access;
      const shown = await presentToday(context, member.athleteId, access);
      return { ...member, shown, signals: signalsSeen(context, access, shown), loadChange: null, flags: [] };
    }),
  );
}

function signalsSeen(context: ReadContext, access: Access | undefined, { readiness }: Presented): Signal[] {
  const on = localDate(context.now, access?.timeZone ?? 'UTC');
  const isTrained = decide({ access, signal: 'TRAINING', on, at: context.now }).allowed;
  return isTrained ? [...readiness.basis, 'TRAINING'] : [...readiness.basis];
}

/** One who left between the two queries shares nothing any more, and is gone from the next answer. */
async function presentToday(context: ReadContext, athleteId: string, access: Access | undefined): Promise<Presented> {
  const date = localDate(context.now, access?.timeZone ?? 'UTC');
  const sight = sightOn({ access, date, at: context.now });
  if (sight === null || sight.basis === 0) return presentNothing(date);
  for (const signal of signalsOf(sight.basis)) context.reads.note(athleteId, signal);
  return present(await context.views.load({ athleteId, basis: sight.basis, date }), sight.since);
}
