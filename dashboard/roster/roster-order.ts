import { flagUrgency } from '../readiness/words.ts';
import { type Group, groupOf, type Row, type Rows } from './roster-row.ts';

export type SortColumn = 'attention' | 'name' | 'readiness' | 'change' | 'sleep';
export type Sort = { readonly column: SortColumn; readonly isDescending: boolean };

/** The order of the rows as last sorted. It stays while values change, so that nothing moves under the pointer. */
export type Order = readonly { readonly id: string; readonly group: Group; readonly key: string }[];

export const ATTENTION_FIRST: Sort = { column: 'attention', isDescending: false };

const ATTENTION: readonly Group[] = ['LOW', 'REDUCED', 'NORMAL', 'HIGH', 'NO_SCORE', 'NOT_SHARED'];

export function ordered({ rows, sort }: { rows: Rows; sort: Sort }): Order {
  return [...rows.values()]
    .toSorted((a, b) => compared({ a, b, sort }))
    .map((row) => ({ id: row.athlete.id, group: groupOf(row), key: keyOf(row, sort) }));
}

/** How many rows would stand elsewhere if the table were sorted now; 0 while the order still holds. */
export function outOfPlace({ order, rows, sort }: { order: Order; rows: Rows; sort: Sort }): number {
  const present = order.filter(({ id }) => rows.has(id));
  const wanted = ordered({ rows, sort });
  const isInOrder = present.length === wanted.length && present.every(({ id }, index) => wanted[index]?.id === id);
  if (isInOrder) return 0;
  const keys = new Map(present.map(({ id, key }) => [id, key]));
  return Math.max(1, wanted.filter(({ id, key }) => keys.get(id) !== key).length);
}

function compared({ a, b, sort }: { a: Row; b: Row; sort: Sort }): number {
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
  const [left, right] = [valueOf(a, sort.column), valueOf(b, sort.column)];
  // Without a value: last in both directions.
  if (left === null || right === null) return Number(left === null) - Number(right === null) || byName;
  return turn * (left - right) || byName;
}

/** That of the most urgent flag; whoever has none comes after all who have one. */
function urgencyOf({ flags }: Row): number {
  const [first] = flags ?? [];
  return first === undefined ? Infinity : flagUrgency(first.code);
}

function valueOf(row: Row, column: 'readiness' | 'change' | 'sleep'): number | null {
  if (column === 'readiness') return row.readiness.score;
  if (column === 'change') return row.changeFromWeek;
  return row.readiness.signals.sleep?.asleepMin ?? null;
}

function keyOf(row: Row, sort: Sort): string {
  if (sort.column === 'name') return row.athlete.displayName;
  if (sort.column === 'attention') return `${urgencyOf(row)} ${groupOf(row)}`;
  return String(valueOf(row, sort.column));
}
