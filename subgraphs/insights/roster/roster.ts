import { signalsOf } from '#platform/basis';
import { decide, type Access } from '#platform/consent';
import { AppError } from '#platform/errors';
import type { Signal } from '#platform/signals';
import { localDate } from '#platform/slots';
import { flagsOf } from '../flags/read.ts';
import type { PlanContext } from '../plan/read.ts';
import { sightOn } from '../readiness/views/bases.ts';
import { present, presentNothing, type Presented } from '../readiness/present.ts';
import type { ReadContext } from '../readiness/read.ts';
import { readWeekLoad, type WeekLoadContext } from '../training/week-load.ts';
import { countRows, filterRows, sortRows, type Row } from './arrange.ts';
import type { RosterConnection, RosterFilter, RosterSort } from './graph-types.ts';
import { afterOf, cursorOf, readMembers } from './members.ts';
import { plannedOf, readRowToday } from './today.ts';

const PAGE = 100;
const MAX_PAGE = 500;

export type RosterContext = PlanContext & WeekLoadContext;

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
  const rows = await withAsked(context, teamId, known, asked);
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

/**
 * The rows with what this filter and this order rest on. Flags, load and today's plan are read for all rows where they
 * decide which rows there are, or where they stand; else only for the rows of the page, where they are asked for.
 */
export async function withAsked(
  context: RosterContext,
  teamId: string,
  rows: readonly Row[],
  { filter, sort }: Pick<RosterArgs, 'filter' | 'sort'>,
): Promise<Row[]> {
  const [byFlags, byLoad, byToday] = [
    isGiven(filter.flags) || sort.by === 'ATTENTION' || sort.by === 'FLAGS',
    sort.by === 'LOAD',
    isGiven(filter.planned) || isGiven(filter.suggestions) || sort.by === 'TODAY',
  ];
  return await Promise.all(
    rows.map(async (row) => {
      const asked = { athleteId: row.athleteId, teamId };
      const [flags, load, today] = await Promise.all([
        byFlags ? flagsOf(context, asked) : null,
        byLoad ? readWeekLoad(context, asked) : null,
        byToday ? readRowToday(context, asked) : null,
      ]);
      return {
        ...row,
        flags: flags ?? [],
        loadChange: load?.loadChange ?? null,
        planned: today?.sessions ? plannedOf(today.sessions) : [],
        suggestion: today?.suggestion?.state ?? null,
      };
    }),
  );
}

const isGiven = (part: unknown): boolean => part !== null && part !== undefined;

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
      const unasked = { loadChange: null, flags: [], planned: [], suggestion: null };
      return { ...member, shown, signals: signalsSeen(context, access, shown), ...unasked };
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
