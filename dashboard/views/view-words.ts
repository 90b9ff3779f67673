import { capitalised } from '../readiness/words.ts';
import { orderWords } from '../roster/roster-order.ts';
import { groupWords } from '../roster/roster-summary.tsx';
import type { Table } from '../table/address.ts';
import { chosenIn } from '../table/filters.ts';

/** What a view of the table is, in a line: "By sleep, ascending · Low · Flag: short nights · “zo”". */
export function viewWords({ sort, group, search, filters }: Table): string {
  const wanted = search.trim();
  return [
    capitalised(orderWords(sort)),
    ...(group === null ? [] : [groupWords(group)]),
    ...chosenIn(filters).map(({ words }) => words),
    ...(wanted === '' ? [] : [`“${wanted}”`]),
  ].join(' · ');
}
