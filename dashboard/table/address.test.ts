import { CHOOSABLE } from '../columns/columns.ts';
import { queryOf, tableOf, USUAL_TABLE, type Table } from './address.ts';
import { choicesOf, chosenIn, FILTER_KINDS, NO_FILTERS, rosterFilterOf, toggled } from './filters.ts';

const table = (part: Partial<Table>): Table => ({ ...USUAL_TABLE, ...part });

test('the table as it is at first has a bare address', () => {
  expect(queryOf(USUAL_TABLE)).toBe('');
  expect(tableOf('')).toEqual(USUAL_TABLE);
});

test.each<[string, Table]>([
  ['sort=load', table({ sort: { column: 'load', isDescending: false } })],
  ['sort=flags', table({ sort: { column: 'flags', isDescending: false } })],
  ['sort=-data', table({ sort: { column: 'data', isDescending: true } })],
  ['sort=-name', table({ sort: { column: 'name', isDescending: true } })],
  ['band=not-shared', table({ group: 'NOT_SHARED' })],
  ['q=Zo%C3%AB+%26+Co', table({ search: 'Zoë & Co' })],
  ['columns=hrv+load', table({ columns: new Set(['hrv', 'load']) })],
  ['columns=', table({ columns: new Set() })],
  ['columns=' + CHOOSABLE.join('+'), table({ columns: new Set(CHOOSABLE) })],
  [
    'planned=session&planned=race&flag=load-spike&basis=partial',
    table({ filters: { ...NO_FILTERS, planned: ['SESSION', 'RACE'], flag: ['LOAD_SPIKE'], basis: ['PARTIAL'] } }),
  ],
])('%s is an address, there and back', (query, expected) => {
  expect(tableOf(query)).toEqual(expected);
  expect(queryOf(expected)).toBe(query);
});

test('every choice of every filter has its place in the address', () => {
  const all = FILTER_KINDS.reduce(
    (filters, kind) => choicesOf(kind).reduce((some, [value]) => toggled(some, kind, value), filters),
    NO_FILTERS,
  );
  expect(tableOf(queryOf(table({ filters: all }))).filters).toEqual(all);
  expect(chosenIn(all)).toHaveLength(FILTER_KINDS.flatMap(choicesOf).length);
});

test('what nobody knows in an address is passed over', () => {
  expect(tableOf('sort=-nothing&band=best&flag=none&columns=fitness&more=1')).toEqual(table({ columns: new Set() }));
});

test('a filter is asked of the server as it is chosen, and nothing where nothing is', () => {
  expect(rosterFilterOf({ filters: NO_FILTERS })).toBeNull();
  expect(rosterFilterOf({ filters: NO_FILTERS, band: 'LOW', search: ' zo ' })).toEqual({
    bands: ['LOW'],
    search: 'zo',
  });
  const filters = tableOf('suggestion=pending&old=sleep&hrv=low&basis=complete').filters;
  expect(rosterFilterOf({ filters })).toEqual({
    suggestions: ['PENDING'],
    hrvStates: ['LOW'],
    freshness: [{ signal: 'SLEEP', states: ['ESTIMATED', 'NO_DATA'] }],
    isBasisComplete: true,
  });
  expect(rosterFilterOf({ filters: toggled(toggled(NO_FILTERS, 'basis', 'PARTIAL'), 'basis', 'COMPLETE') })).toBeNull();
});

test('a choice is put in and taken out', () => {
  const once = toggled(NO_FILTERS, 'planned', 'RACE');
  expect(toggled(once, 'planned', 'SESSION').planned).toEqual(['SESSION', 'RACE']);
  expect(toggled(once, 'planned', 'RACE')).toEqual(NO_FILTERS);
});
