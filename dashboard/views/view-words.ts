import { CHOOSABLE, type ColumnKey, COLUMNS, inOrder, USUAL } from '../columns/columns.ts';
import { capitalised, listed } from '../readiness/words.ts';
import { orderWords } from '../roster/roster-order.ts';
import { groupWords } from '../roster/roster-summary.tsx';
import type { Table } from '../table/address.ts';
import { chosenIn } from '../table/filters.ts';

/** What a view of the table is, in a line: "By sleep, ascending · Low · Flag: short nights · “zo”". The usual columns go without saying. */
export function viewWords({ sort, group, search, filters, columns }: Table): string {
  const wanted = search.trim();
  return [
    capitalised(orderWords(sort)),
    ...(group === null ? [] : [groupWords(group)]),
    ...chosenIn(filters).map(({ words }) => words),
    ...(wanted === '' ? [] : [`“${wanted}”`]),
    ...(columns === null || isUsual(columns) ? [] : [columnWords(columns)]),
  ].join(' · ');
}

const isUsual = (columns: ReadonlySet<ColumnKey>): boolean =>
  columns.size === USUAL.length && USUAL.every((key) => columns.has(key));

function columnWords(columns: ReadonlySet<ColumnKey>): string {
  if (columns.size === 0) return 'No more columns';
  if (columns.size === CHOOSABLE.length) return 'All columns';
  const labels = inOrder(columns).map((key) => COLUMNS[key].label);
  return `${labels.length === 1 ? 'Column' : 'Columns'} ${listed(labels)}`;
}
