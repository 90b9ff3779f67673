import { dayNumber } from '#platform/slots';
import type { VendorResource } from '../providers/provider.ts';
import {
  endOf,
  namedPosition,
  planBackfill,
  stepAt,
  tokenAt,
  workoutsFrom,
  type StoredPosition,
} from './backfill-plan.ts';
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
});

describe('the workouts of a job', () => {
  const MARGIN = 1;
  const from = '2026-09-23';
  const steps = planBackfill({
    resources: ['sleep', 'workout', 'heartrate'].map((dataType) => resource(dataType, 30, MARGIN)),
    from,
    to: '2026-11-21',
  });
  const [CAME, BEYOND] = [{}, { isOutOfReach: true } as const];
  type Page = typeof CAME | typeof BEYOND | 'closed';
  /** What is known after each step of the workouts, which end with these pages, and after those of the last data type. */
  function known({ pages, reachDays }: { pages: Page[]; reachDays?: number }): (string | null)[] {
    const workouts = { dataType: 'workout', ...(reachDays !== undefined && { reachDays }) };
    const answers = [...pages];
    let day: string | null = null;
    const after = steps.map((step) => {
      const page = step.dataType === 'workout' ? (answers.shift() ?? CAME) : CAME;
      day = workoutsFrom({ workouts, step, marginDays: MARGIN, page, known: day, now: NOW });
      return day;
    });
    return after.slice(3);
  }
  const NOW = new Date('2026-11-21T23:00:00Z');

  test('are known from its first day on, step by step', () => {
    expect(steps).toHaveLength(9);
    expect(known({ pages: [CAME, CAME, CAME] })).toEqual([from, from, from, from, from, from]);
  });
  test('are known after the last days that did not come', () => {
    expect(known({ pages: [BEYOND, CAME, CAME] })[2]).toBe('2026-10-23');
    expect(known({ pages: [CAME, BEYOND, CAME] })[2]).toBe('2026-11-22');
    expect(known({ pages: [CAME, CAME, 'closed'] }).slice(2)).toEqual([null, null, null, null]);
  });
  test('are known no further back than the provider answers', () => {
    expect(known({ pages: [CAME, CAME, CAME], reachDays: 28 })[2]).toBe('2026-10-24');
    expect(known({ pages: [CAME, CAME, CAME], reachDays: 90 })[2]).toBe(from);
  });
});

describe('a stored position', () => {
  const order = ['sleep', 'daily_spo2', 'workout', 'heartrate'];
  const stepsOf = (...dataTypes: string[]) =>
    planBackfill({
      resources: dataTypes.map((dataType) => resource(dataType, 30)),
      from: '2026-09-23',
      to: '2026-11-21',
    });
  /** Where a job goes on: data type, first day, page. */
  const goesOn = (stored: StoredPosition, ...dataTypes: string[]): unknown[] => {
    const steps = stepsOf(...dataTypes);
    const position = namedPosition(steps, stored);
    const step = steps[stepAt({ steps, position, order })];
    return step ? [step.dataType, step.range.from, tokenAt(step, position)] : ['at the end'];
  };
  const atWorkout = { dataType: 'workout', chunkStart: '2026-10-23', nextToken: 'p7' };

  test('is gone on from at its page, and there is none before the first', () => {
    expect(goesOn(atWorkout, 'sleep', 'workout')).toEqual(['workout', '2026-10-23', 'p7']);
    expect(goesOn({}, 'sleep', 'workout')).toEqual(['sleep', '2026-09-23', null]);
  });

  test('stays at its data type when scopes before it were given or taken', () => {
    expect(goesOn(atWorkout, 'sleep', 'daily_spo2', 'workout')).toEqual(['workout', '2026-10-23', 'p7']);
    expect(goesOn(atWorkout, 'workout', 'heartrate')).toEqual(['workout', '2026-10-23', 'p7']);
  });

  test('goes to the data type after it, from its first page, when its own scope was taken', () => {
    expect(goesOn(atWorkout, 'sleep', 'daily_spo2', 'heartrate')).toEqual(['heartrate', '2026-09-23', null]);
    expect(goesOn(atWorkout, 'sleep', 'daily_spo2')).toEqual(['at the end']);
  });

  test('goes on at the chunk that holds its day, from its first page, when chunks were cut anew', () =>
    expect(goesOn({ ...atWorkout, chunkStart: '2026-10-27' }, 'sleep', 'workout')).toEqual([
      'workout',
      '2026-10-23',
      null,
    ]));

  test('of a data type that the provider has no more begins from the start', () =>
    expect(goesOn({ ...atWorkout, dataType: 'tags' }, 'sleep', 'workout')).toEqual(['sleep', '2026-09-23', null]));

  test('stored by number is read, and its chunk begun anew', () => {
    const stored = { dataTypeIndex: 1, chunkStart: '2026-10-23', nextToken: 'p7', attempts: 2 };
    expect(goesOn(stored, 'sleep', 'workout')).toEqual(['workout', '2026-10-23', null]);
    expect(goesOn({ ...stored, dataTypeIndex: 7 }, 'sleep', 'workout')).toEqual(['sleep', '2026-09-23', null]);
    expect(namedPosition(stepsOf('sleep', 'workout'), stored).attempts).toBe(2);
  });
});

describe('the end of a backfill', () => {
  const steps = planBackfill({
    resources: [resource('sleep', 30), resource('daily_spo2', 30)],
    from: '2026-09-23',
    to: '2026-11-21',
  });
  const end = (records: number, ...refused: string[]) =>
    endOf({ name: 'Oura', records, steps, refused: new Set(refused) });

  test('is plain when nothing was refused, whether there was something or not', () => {
    expect(end(7)).toEqual({ state: 'DONE', reason: null });
    expect(end(0)).toEqual({ state: 'DONE', reason: null });
  });

  test('names what was refused', () => {
    expect(end(7, 'daily_spo2')).toEqual({ state: 'DONE', reason: 'Oura did not let us read: daily spo2.' });
    expect(end(0, 'daily_spo2').state).toBe('DONE');
    expect(end(7, 'sleep', 'daily_spo2').state).toBe('DONE');
  });

  test('is a failure when everything was, and when no scope opened anything', () => {
    const failed = { state: 'FAILED', reason: expect.stringMatching(/^Oura let us read nothing\. .*link it again/) };
    expect(end(0, 'sleep', 'daily_spo2')).toEqual(failed);
    expect(endOf({ name: 'Oura', records: 0, steps: [], refused: new Set() })).toEqual(failed);
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
