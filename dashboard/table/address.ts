import { CHOOSABLE, COLUMNS, type ColumnKey, type SortColumn } from '../columns/columns.ts';
import { ATTENTION_FIRST, type Sort } from '../roster/roster-order.ts';
import type { Group } from '../roster/roster-row.ts';
import { choicesOf, FILTER_KINDS, type Filters, isChosen, NO_FILTERS, toggled } from './filters.ts';

/** How a coach looks at the table. All of it stands in the address: it can be kept, passed on, and gone back to. */
export interface Table {
  readonly sort: Sort;
  readonly group: Group | null;
  readonly search: string;
  readonly filters: Filters;
  /** Null: those that this coach chose last in this browser. */
  readonly columns: ReadonlySet<ColumnKey> | null;
}

export const USUAL_TABLE: Table = {
  sort: ATTENTION_FIRST,
  group: null,
  search: '',
  filters: NO_FILTERS,
  columns: null,
};

const GROUPS: readonly Group[] = ['LOW', 'REDUCED', 'NORMAL', 'HIGH', 'NO_SCORE', 'NOT_SHARED'];
const SORTS: readonly SortColumn[] = ['attention', ...Object.values(COLUMNS).flatMap(({ sort }) => sort ?? [])];
const slug = (value: string): string => value.toLowerCase().replaceAll('_', '-');

/** What is not known in it, of an older or a newer page, is passed over. */
export function tableOf(query: string): Table {
  const said = new URLSearchParams(query);
  const sort = said.get('sort') ?? '';
  const column = SORTS.find((each) => each === sort.replace(/^-/, '')) ?? USUAL_TABLE.sort.column;
  const columns = said.get('columns')?.split(' ') ?? null;
  return {
    sort: { column, isDescending: column === sort.slice(1) },
    group: GROUPS.find((group) => slug(group) === said.get('band')) ?? null,
    search: said.get('q') ?? '',
    filters: FILTER_KINDS.reduce((filters, kind) => {
      const wanted = said.getAll(kind);
      return choicesOf(kind)
        .filter(([value]) => wanted.includes(slug(value)))
        .reduce((some, [value]) => toggled(some, kind, value), filters);
    }, NO_FILTERS),
    columns: columns && new Set(CHOOSABLE.filter((key) => columns.includes(key))),
  };
}

/** Empty for the table as it is at first. */
export function queryOf({ sort, group, search, filters, columns }: Table): string {
  const said = new URLSearchParams();
  const { column, isDescending } = sort;
  if (column !== 'attention') said.set('sort', `${isDescending ? '-' : ''}${column}`);
  if (group !== null) said.set('band', slug(group));
  if (search.trim() !== '') said.set('q', search);
  for (const kind of FILTER_KINDS)
    for (const [value] of choicesOf(kind)) if (isChosen(filters, kind, value)) said.append(kind, slug(value));
  if (columns !== null) said.set('columns', [...columns].join(' '));
  return said.toString();
}
