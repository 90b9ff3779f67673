import { createMarks, type Mark } from './marks.ts';

const changed = (
  athleteId: string,
  date: string,
  ...reasons: [number, 'COMPUTED' | 'LATE_DATA' | 'CORRECTION'][]
): Mark => ({
  athleteId,
  date,
  reasons: new Map(reasons),
});
const consent = (athleteId: string): Mark => ({ athleteId, date: null, reasons: 'CONSENT_CHANGED' });

test('of each athlete and day one mark waits, older days before newer, today last', () => {
  const marks = createMarks();
  marks.add(consent('a'));
  marks.add(changed('a', '2026-05-02', [7, 'COMPUTED']));
  marks.add(changed('b', '2026-05-01', [7, 'COMPUTED']));
  marks.add(changed('a', '2026-05-02', [7, 'CORRECTION']));
  expect(marks.takeAll()).toEqual([
    changed('b', '2026-05-01', [7, 'COMPUTED']),
    changed('a', '2026-05-02', [7, 'CORRECTION']),
    consent('a'),
  ]);
  expect(marks.takeAll()).toEqual([]);
});

test('each view keeps its own reason: why a fuller view changed would tell of a withheld signal', () => {
  const marks = createMarks();
  marks.add(changed('a', '2026-05-02', [4, 'CORRECTION']));
  marks.add(changed('a', '2026-05-02', [7, 'LATE_DATA']));
  expect(marks.takeAll()).toEqual([changed('a', '2026-05-02', [4, 'CORRECTION'], [7, 'LATE_DATA'])]);
});

test('a changed consent is not lost behind a new value', () => {
  const marks = createMarks();
  const today = { ...consent('a'), date: '2026-05-02' };
  marks.add(today);
  marks.add(changed('a', '2026-05-02', [7, 'COMPUTED']));
  expect(marks.takeAll()).toEqual([today]);
});

test('more than can wait makes it full until it is cleared; what waits already may still change', () => {
  const marks = createMarks(2);
  marks.add(consent('a'));
  marks.add(consent('b'));
  marks.add(consent('b'));
  expect(marks.isFull).toBe(false);
  marks.add(consent('c'));
  expect(marks.isFull).toBe(true);
  marks.clear();
  expect(marks.isFull).toBe(false);
  expect(marks.takeAll()).toEqual([]);
});
