import { dayNumber } from '#platform/slots';
import type { VendorResource } from '../providers/provider.ts';
import { planBackfill, stepAt } from './backfill-plan.ts';
import { checkRange } from './jobs.ts';

const resource = (dataType: string, chunkDays: number, marginDays = 0): VendorResource => ({
  dataType,
  chunkDays,
  marginDays,
  scopes: [],
  isNotified: true,
});

describe('the plan of a backfill', () => {
  const steps = planBackfill({
    resources: [resource('sleep', 30), resource('heartrate', 7, 1)],
    from: '2026-09-23',
    to: '2026-11-21',
  });

  test('goes data type by data type, oldest days first', () => {
    expect(steps.filter((step) => step.dataType === 'sleep').map((step) => step.range)).toEqual([
      { from: '2026-09-23', to: '2026-10-22' },
      { from: '2026-10-23', to: '2026-11-21' },
    ]);
    expect(steps.findIndex((step) => step.dataType === 'heartrate')).toBe(2);
  });

  test('covers every day of samples once, with the margin', () => {
    const days = steps
      .filter((step) => step.dataType === 'heartrate')
      .flatMap(({ range }) => {
        const first = dayNumber(range.from);
        return Array.from({ length: dayNumber(range.to) - first + 1 }, (_, n) => first + n);
      });
    const first = dayNumber('2026-09-22');
    expect(days).toEqual(Array.from({ length: dayNumber('2026-11-22') - first + 1 }, (_, n) => first + n));
  });

  test('one day is one step', () =>
    expect(planBackfill({ resources: [resource('sleep', 30)], from: '2026-11-21', to: '2026-11-21' })).toHaveLength(1));

  test('goes on at the stored position, and from the start without one', () => {
    expect(stepAt(steps, { dataTypeIndex: 1, chunkStart: '2026-09-29' })).toBe(3);
    expect(stepAt(steps, {})).toBe(0);
    expect(stepAt(steps, { dataTypeIndex: 7, chunkStart: '2026-09-29' })).toBe(0);
  });
});

describe('the range of a backfill', () => {
  const today = '2026-11-21';
  test('ends today at the latest', () => {
    expect(checkRange({ input: { from: '2026-11-01' }, today })).toEqual({ from: '2026-11-01', to: today });
    expect(checkRange({ input: { from: '2026-11-01', to: '2026-12-24' }, today })).toEqual({
      from: '2026-11-01',
      to: today,
    });
    expect(checkRange({ input: { from: '2026-11-01', to: '2026-11-02' }, today })).toEqual({
      from: '2026-11-01',
      to: '2026-11-02',
    });
  });

  test.each([
    ['begins after its end', { from: '2026-11-03', to: '2026-11-02' }],
    ['lies in the future', { from: '2026-11-22' }],
    ['is longer than three years', { from: '2020-01-01' }],
  ])('is refused when it %s', (_name, input) =>
    expect(() => checkRange({ input, today })).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' })),
  );
});
