import { decide, mayKnow, type Access } from '#platform/consent';
import { AppError } from '#platform/errors';
import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber, daysFrom, localDate } from '#platform/slots';
import type { InsightsContext } from '../context.ts';
import { createFlagLoader, flagKeyOf, type FlagLoader } from '../flags/read.ts';
import { present, presentNothing } from '../readiness/present.ts';
import { filterRows, sortRows } from '../roster/arrange.ts';
import type { RosterFilter } from '../roster/graph-types.ts';
import { afterOf, cursorOf, type Member } from '../roster/members.ts';
import { readRows, withAsked } from '../roster/roster.ts';
import { readRowToday } from '../roster/today.ts';
import { cellsOf, COLUMNS, type Told } from './cells.ts';
import type { RosterTable } from './graph-types.ts';
import { takeExport } from './limit-exports.ts';
import { readLoadsOfDays } from './read-loads.ts';

export const MAX_DAYS = 90;
/** Lines of one part: what is held at once, whatever the length of the file. */
const LINES_AT_ONCE = 1_000;

export function checkDays(days: number): void {
  if (Number.isInteger(days) && days >= 1 && days <= MAX_DAYS) return;
  throw new AppError('BAD_USER_INPUT', `"days" must be a whole number from 1 to ${MAX_DAYS}.`);
}

/** `days`: the last so many of each athlete's own days, today included. */
export interface TableAsked {
  filter: RosterFilter;
  days: number;
  after: string | null;
}

/**
 * One part of the roster as a table; null for whoever is no coach of the team. Consent is read for each part anew, and
 * every cell is made of the view that the roster shows.
 *
 * @throws AppError BAD_USER_INPUT, CONFLICT, RATE_LIMITED
 */
export async function readTable(
  context: InsightsContext,
  teamId: string,
  asked: TableAsked,
): Promise<RosterTable | null> {
  checkDays(asked.days);
  const after = asked.after === null ? null : afterOf(asked.after);
  context.reads.setPurpose('export');
  const rows = await readRows(context, teamId);
  if (rows === null) return null;
  // A file is counted where it begins: its other parts are of the same.
  if (after === null) await takeExport(context, 'file');
  const sort = { by: 'NAME', isDescending: false } as const;
  const known = await withAsked(context, teamId, rows, { filter: asked.filter, sort });
  const members = sortRows(filterRows(known, asked.filter).matching, sort);
  const start = after === null ? 0 : members.findIndex(({ athleteId }) => athleteId === after) + 1;
  if (after !== null && start === 0)
    throw new AppError('CONFLICT', 'The team changed since the part before. Begin the file again.');
  const part = members.slice(start, start + Math.max(1, Math.floor(LINES_AT_ONCE / asked.days)));
  const last = part.at(-1);
  const flags = createFlagLoader(context.db, (keys) => readLoadsOfDays(context.db, keys));
  const told = await Promise.all(part.map((member) => readDays(context, { teamId, member, days: asked.days, flags })));
  return {
    columns: [...COLUMNS],
    rows: told.flat().map(cellsOf),
    endCursor: last && start + part.length < members.length ? cursorOf(last) : null,
  };
}

interface Line {
  teamId: string;
  member: Member;
  days: number;
  /** Of many days of each athlete. */
  flags: FlagLoader;
}

async function readDays(context: InsightsContext, { teamId, member, days, flags }: Line): Promise<Told[]> {
  const access = await context.access.load({ athleteId: member.athleteId, teamId });
  // Left since the members were read.
  if (!mayKnow(access)) return [];
  const today = localDate(context.now, access.timeZone);
  const from = dateOf(dayNumber(today) - days + 1);
  const loads = await readLoads(context, { teamId, access, from, to: today });
  const { suggestion } = await readRowToday(context, { athleteId: member.athleteId, teamId });
  return await Promise.all(
    daysFrom(from, today).map(async (date) => {
      return {
        ...{ athleteId: member.athleteId, displayName: member.displayName, timeZone: access.timeZone },
        ...(await readView(context, { teamId, access, date, flags })),
        load: loads?.(date) ?? null,
        suggestion: date === today ? (suggestion?.state ?? null) : null,
        generatedAt: context.now,
      };
    }),
  );
}

/** The view of one day and the flags that were open on it, in what this team may see. */
async function readView(
  context: InsightsContext,
  { teamId, access, date, flags }: { teamId: string; access: Access; date: LocalDate; flags: FlagLoader },
): Promise<Pick<Told, 'shown' | 'flags'>> {
  const { athleteId } = access;
  const key = flagKeyOf(context, access, teamId, date);
  if (key === null) return { shown: presentNothing(date), flags: [] };
  const { basis, since } = key;
  const [row, { open }] = await Promise.all([
    basis === 0 ? null : context.views.load({ athleteId, basis, date }),
    flags.load(key),
  ]);
  return { shown: row === null ? presentNothing(date) : present(row, since), flags: open.map(({ code }) => code) };
}

/** What was trained on each day; null where TRAINING is not shared, on a day before its grant too. */
async function readLoads(
  context: InsightsContext,
  { teamId, access, from, to }: { teamId: string; access: Access; from: LocalDate; to: LocalDate },
): Promise<((date: LocalDate) => Told['load']) | null> {
  if (!decide({ access, signal: 'TRAINING', at: context.now }).allowed) return null;
  const series = await context.loads.load({ athleteId: access.athleteId, teamId, from, to });
  const byDate = new Map(series?.days.map((day) => [day.date, day]));
  return (date) => {
    if (!decide({ access, signal: 'TRAINING', on: date, at: context.now }).allowed) return null;
    const { load = null, method = null } = byDate.get(date) ?? {};
    return { load, method };
  };
}
