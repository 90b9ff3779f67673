import { CHOOSABLE } from '../columns/columns.ts';
import { tableOf } from '../table/address.ts';
import { viewWords } from './view-words.ts';

test.each([
  ['', 'Needs attention first'],
  ['sort=-data&columns=data+change+why+flags+sleep+today', 'By age of the data, oldest first'],
  ['columns=load+hrv', 'Needs attention first · Columns HRV and Load'],
  ['columns=data', 'Needs attention first · Column Data'],
  ['columns=', 'Needs attention first · No more columns'],
  [`columns=${CHOOSABLE.join('+')}`, 'Needs attention first · All columns'],
  [
    'sort=sleep&band=low&q=+zo+&suggestion=pending&flag=sleep-short',
    'By sleep, ascending · Low · Suggestion: open · Flag: short nights · “zo”',
  ],
  // Of another page: passed over, as in any address.
  ['sort=shoes&flag=none', 'Needs attention first'],
])('the view "%s" is said as "%s"', (query, words) => expect(viewWords(tableOf(query))).toBe(words));
