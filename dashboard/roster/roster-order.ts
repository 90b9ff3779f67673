import { flagUrgency, MOST_FLAGS } from '../readiness/words.ts';
import type { SortColumn, ValueColumn } from '../columns/columns.ts';
import { restingDifference } from '../columns/resting-cell.tsx';
import type { TeamColumns } from '../columns/use-team-columns.ts';
import type { Todays } from '../plan/team-today.tsx';
import type { SuggestionState } from '../graphql/graphql.ts';
import type { Freshness } from '../readiness/look.ts';
import { type Group, groupOf, type Row, type Rows } from './roster-row.ts';

export type Sort = { readonly column: SortColumn; readonly isDescending: boolean };

/** The order of the rows as last sorted. It stays while values change, so that nothing moves under the pointer. */
export type Order = readonly { readonly id: string; readonly group: Group; readonly key: string }[];

const sortWords: Record<Exclude<SortColumn, 'attention'>, string> = {
  name: 'name',
  readiness: 'readiness',
  change: 'change',
  flags: 'flags',
  hrv: 'the week’s HRV against the own mean',
  resting: 'resting HR against the own mean',
  sleep: 'sleep',
  load: 'change of load',
  today: 'today’s suggestion',
  data: 'age of the data',
};

/** What is no number has no up and down: first said of the table as it is sorted at first, then turned. */
const turnWords: Partial<Record<SortColumn, readonly [first: string, turned: string]>> = {
  flags: ['most urgent first', 'least urgent first'],
  today: ['open ones first', 'open ones last'],
  data: ['newest first', 'oldest first'],
};

/** For the caption: "by sleep, ascending". */
export function orderWords({ column, isDescending }: Sort): string {
  if (column === 'attention') return 'needs attention first';
  const [first, turned] = turnWords[column] ?? ['ascending', 'descending'];
  return `by ${sortWords[column]}, ${isDescending ? turned : first}`;
}

export const ATTENTION_FIRST: Sort = { column: 'attention', isDescending: false };

/** All there are, each way. */
export const ORDERS: readonly Sort[] = [
  ATTENTION_FIRST,
  ...(Object.keys(sortWords) as (keyof typeof sortWords)[]).flatMap((column): Sort[] => [
    { column, isDescending: false },
    { column, isDescending: true },
  ]),
];

const ATTENTION: readonly Group[] = ['LOW', 'REDUCED', 'NORMAL', 'HIGH', 'NO_SCORE', 'NOT_SHARED'];

/** The rows, and what is told of them beside. */
export interface Told {
  readonly rows: Rows;
  readonly columns: TeamColumns;
  readonly todays: Todays;
}

/** Whether all is there that this order is made of. */
export function isTold({ rows, columns, todays }: Told, { column }: Sort): boolean {
  if (column === 'load') return columns.size > 0;
  return (column === 'today' ? todays : rows).size > 0;
}

export function ordered({ sort, ...told }: Told & { sort: Sort }): Order {
  return [...told.rows.values()]
    .toSorted((a, b) => compared({ a, b, told, sort }))
    .map((row) => ({ id: row.athlete.id, group: groupOf(row), key: keyOf(row, told, sort) }));
}

/** How many rows would stand elsewhere if the table were sorted now; 0 while the order still holds. */
export function outOfPlace({ order, sort, ...told }: Told & { order: Order; sort: Sort }): number {
  const { rows } = told;
  const present = order.filter(({ id }) => rows.has(id));
  const wanted = ordered({ ...told, sort });
  const isInOrder = present.length === wanted.length && present.every(({ id }, index) => wanted[index]?.id === id);
  if (isInOrder) return 0;
  const keys = new Map(present.map(({ id, key }) => [id, key]));
  return Math.max(1, wanted.filter(({ id, key }) => keys.get(id) !== key).length);
}

function compared({ a, b, told, sort }: { a: Row; b: Row; told: Told; sort: Sort }): number {
  const byName = a.athlete.displayName.localeCompare(b.athlete.displayName) || a.athlete.id.localeCompare(b.athlete.id);
  const turn = sort.isDescending ? -1 : 1;
  if (sort.column === 'name') return turn * byName;
  if (sort.column === 'attention') {
    // Not shared is no score like any other here: its place must not say which of the two it is.
    const rank = (row: Row) => Math.min(ATTENTION.indexOf(groupOf(row)), ATTENTION.indexOf('NO_SCORE'));
    const [left, right] = [urgencyOf(a), urgencyOf(b)];
    if (left !== right) return left - right;
    return rank(a) - rank(b) || byName;
  }
  const [left, right] = [valueOf(a, told, sort.column), valueOf(b, told, sort.column)];
  // Without a value: last in both directions.
  if (left === null || right === null) return Number(left === null) - Number(right === null) || byName;
  return turn * (left - right) || byName;
}

/** That of the most urgent flag; whoever has none comes after all who have one. */
function urgencyOf({ flags }: Row): number {
  const [first] = flags ?? [];
  return first === undefined ? Infinity : flagUrgency(first.code);
}

/** HRV by the week against the own mean and load by its change: milliseconds and AU of two athletes do not compare. */
function valueOf(row: Row, { columns, todays }: Told, column: ValueColumn): number | null {
  const { readiness, changeFromWeek, athlete } = row;
  switch (column) {
    case 'readiness':
      return readiness.score;
    case 'change':
      return changeFromWeek;
    case 'hrv':
      return readiness.signals.hrv?.t ?? null;
    case 'resting':
      return restingDifference(readiness);
    case 'sleep':
      return readiness.signals.sleep?.asleepMin ?? null;
    case 'load':
      return columns.get(athlete.id)?.load?.loadChange ?? null;
    case 'flags':
      return flagsPlace(row.flags ?? []);
    case 'data':
      return dataAge(row.freshness);
    case 'today':
      break;
  }
  const state = todays.get(athlete.id)?.suggestion?.state;
  return state === undefined ? null : SUGGESTION_ORDER.indexOf(state);
}

/** Flags that nobody has seen come before those that somebody has; of each the most urgent first, then more of them. */
function flagsPlace(flags: NonNullable<Row['flags']>): number | null {
  const unseen = flags.filter(({ acknowledgedAt }) => acknowledgedAt === null);
  const counted = unseen.length > 0 ? unseen : flags;
  const [first] = counted;
  if (first === undefined) return null;
  const urgency = flagUrgency(first.code) + (unseen.length > 0 ? 0 : MOST_FLAGS);
  // A number of flags never outweighs a step of urgency.
  return urgency * (MOST_FLAGS + 1) - counted.length;
}

/** In days; whoever calibrates has nights and no value of them, and stands between old values and none. */
const AGE_WITHOUT_VALUE = { CALIBRATING: 1_000, NO_DATA: 1_001 } as const;

/** That of the oldest signal that is shared, 0 for last night; null where none is. */
function dataAge(freshness: readonly Freshness[]): number | null {
  const ages = freshness.flatMap(({ state, ageDays }) => {
    if (state === 'NOT_SHARED') return [];
    if (state === 'LAST_NIGHT') return [0];
    return [state === 'ESTIMATED' ? Math.max(1, ageDays ?? 1) : AGE_WITHOUT_VALUE[state]];
  });
  return ages.length === 0 ? null : Math.max(...ages);
}

/** What is still open comes first. */
const SUGGESTION_ORDER: readonly SuggestionState[] = ['PENDING', 'ACCEPTED', 'REVERTED', 'EXPIRED', 'SUPERSEDED'];

function keyOf(row: Row, told: Told, sort: Sort): string {
  if (sort.column === 'name') return row.athlete.displayName;
  if (sort.column === 'attention') return `${urgencyOf(row)} ${groupOf(row)}`;
  return String(valueOf(row, told, sort.column));
}
