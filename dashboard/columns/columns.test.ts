import { CHOOSABLE, chosenOf, inOrder, USUAL, widthsOf } from './columns.ts';

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

test('the usual columns fit a small laptop; all of them keep their width and scroll', () => {
  const [usual, all] = [USUAL, CHOOSABLE].map((keys) => widthsOf(['athlete', 'readiness', ...keys]));
  expect(Number.parseFloat(usual?.least ?? '')).toBeLessThanOrEqual(72.5);
  expect(Number.parseFloat(all?.least ?? '')).toBeGreaterThan(90);
  const shares = (['athlete', 'readiness', ...USUAL] as const).map((key) => Number.parseFloat(usual?.share(key) ?? ''));
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 0);
});
