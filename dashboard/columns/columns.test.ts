import { CHOOSABLE, chosenOf, inOrder, USUAL } from './columns.ts';

test('a choice is kept as words, and shown in the order of the table', () => {
  const chosen = chosenOf('load hrv');
  expect(inOrder(chosen ?? new Set())).toEqual(['hrv', 'load']);
  expect(chosenOf(CHOOSABLE.join(' '))).toEqual(new Set(CHOOSABLE));
  expect(chosenOf(USUAL.join(' '))).toEqual(new Set(USUAL));
});

test('no column at all is a choice too; what nobody chose here is none', () => {
  expect(chosenOf('')).toEqual(new Set());
  expect(chosenOf(null)).toBeNull();
  expect(chosenOf('hrv fitness')).toBeNull();
});
