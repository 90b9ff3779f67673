import { signalsOf } from '#platform/basis';
import type { Access } from '#platform/consent';
import { AppError } from '#platform/errors';
import { localDate } from '#platform/slots';
import { sightOn } from '../readiness/bases.ts';
import { present, presentNothing, type Presented } from '../readiness/present.ts';
import type { ReadContext } from '../readiness/read.ts';
import type { RosterConnection } from './graph-types.ts';
import { afterOf, cursorOf, readMembers } from './members.ts';

const PAGE = 100;
const MAX_PAGE = 500;

/**
 * The coach's table, each row in the view that its athlete gives this team: three queries, whatever the length. Null
 * for whoever is no coach of the team. Its order, length and cursors hold nothing that could be withheld.
 */
export async function readRoster(
  context: ReadContext,
  teamId: string,
  asked: { first: number | null; after: string | null },
): Promise<RosterConnection | null> {
  const first = asked.first ?? PAGE;
  if (first < 1 || first > MAX_PAGE) throw new AppError('BAD_USER_INPUT', `"first" must be between 1 and ${MAX_PAGE}.`);
  const after = asked.after === null ? null : afterOf(asked.after);
  const { isCoach, total, members } = await readMembers(context.db, { teamId, viewer: context.viewer, after, first });
  if (!isCoach) return null;
  const shown = members.slice(0, first);
  const accesses = await context.access.loadMany(shown.map(({ athleteId }) => ({ athleteId, teamId })));
  const rows = await Promise.all(
    shown.map(({ athleteId }, index) => {
      const access = accesses[index];
      if (access instanceof Error) throw access;
      return presentToday(context, athleteId, access);
    }),
  );
  const edges = shown.map((member, index) => ({
    cursor: cursorOf(member),
    node: { athlete: { id: member.athleteId }, ...(rows[index] as Presented) },
  }));
  return {
    edges,
    pageInfo: {
      hasNextPage: members.length > first,
      hasPreviousPage: after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: total,
  };
}

/** One who left between the two queries shares nothing any more, and is gone from the next answer. */
async function presentToday(context: ReadContext, athleteId: string, access: Access | undefined): Promise<Presented> {
  const date = localDate(context.now, access?.timeZone ?? 'UTC');
  const sight = sightOn({ access, date, at: context.now });
  if (sight === null || sight.basis === 0) return presentNothing(date);
  for (const signal of signalsOf(sight.basis)) context.reads.note(athleteId, signal);
  return present(await context.views.load({ athleteId, basis: sight.basis, date }), sight.since);
}
