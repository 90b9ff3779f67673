import { dateOf, dayNumber } from '#platform/slots';
import type { StoredSession } from '../plan/store.ts';
import { bandOf } from '../readiness/formula/score.ts';
import type { LoadDay, LoadSeries } from '../training/load-types.ts';
import { planWeek, readinessWeek, sleepWeek, trainingWeek, type ScoredDay } from './parts.ts';
import { sentencesOf } from './sentences.ts';
import { lastMonday, mondayOf, weekOf } from './week.ts';

const MONDAY = '2026-11-16';
const week = weekOf(MONDAY, '2026-11-25');
const day = (offset: number): string => dateOf(dayNumber(MONDAY) + offset);

describe('a week', () => {
  it.each([
    ['2026-11-16', '2026-11-16'],
    ['2026-11-22', '2026-11-16'],
    ['2026-11-23', '2026-11-23'],
    ['1970-01-01', '1969-12-29'],
    ['2027-01-01', '2026-12-28'],
    ['2024-02-29', '2024-02-26'],
  ])('of %s begins on %s', (date, monday) => expect(mondayOf(date)).toBe(monday));

  it('is over on the Monday after it', () => {
    expect(weekOf('2026-11-18', '2026-11-22')).toEqual({
      ...{ monday: '2026-11-16', sunday: '2026-11-22', lastDay: '2026-11-22', isOver: false },
    });
    expect(weekOf('2026-11-18', '2026-11-23').isOver).toBe(true);
    expect(weekOf('2026-11-18', '2026-11-18').lastDay).toBe('2026-11-18');
    expect(['2026-11-22', '2026-11-23'].map(lastMonday)).toEqual(['2026-11-09', '2026-11-16']);
  });
});

const scored = (offset: number, score: number | null): ScoredDay => {
  return { date: day(offset), score, band: score === null ? null : bandOf(score), isCalibrating: false };
};
const SCORES = [72, 65, 58, 39, null, 81, 60];
const BEFORE = [70, 70, 70, 76, 70, 70, 71];
const twoWeeks = [...BEFORE.map((score, at) => scored(at - 7, score)), ...SCORES.map((score, at) => scored(at, score))];

describe('readiness of a week', () => {
  it('is the mean of its scores, counted by band, against the mean before', () => {
    // (72 + 65 + 58 + 39 + 81 + 60) / 6 = 62.5; (6 * 70 + 76 + 71 - 70) / 7 = 71
    expect(readinessWeek({ week, days: twoWeeks, since: null })).toEqual({
      ...{ state: 'AVAILABLE', since: null, meanScore: 62.5, changeFromWeekBefore: -8.5 },
      ...{ high: 1, normal: 3, reduced: 1, low: 1, noScore: 1 },
    });
  });

  it('counts no day before a grant and says so, and compares nothing with fewer than three days', () => {
    expect(readinessWeek({ week, days: twoWeeks, since: day(4) })).toEqual({
      ...{ state: 'AVAILABLE', since: day(4), meanScore: 70.5, changeFromWeekBefore: null },
      ...{ high: 1, normal: 1, reduced: 0, low: 0, noScore: 1 },
    });
    expect(readinessWeek({ week, days: twoWeeks, since: day(-3) }).changeFromWeekBefore).toBe(-7.8);
    expect(readinessWeek({ week, days: twoWeeks, since: day(-2) })).toMatchObject({
      since: null,
      changeFromWeekBefore: null,
    });
  });

  it('without a score is calibrating, or nothing is known', () => {
    const none = [scored(0, null)];
    expect(readinessWeek({ week, days: none, since: null })).toMatchObject({ state: 'NO_DATA', meanScore: null });
    const first = none.map((each) => ({ ...each, isCalibrating: true }));
    expect(readinessWeek({ week, days: first, since: null }).state).toBe('CALIBRATING');
  });
});

describe('sleep of a week', () => {
  const nightOf = (asleepMin: number) => {
    return { asleepMin, napMin: 0, inBedMin: null, latencyMin: null, wasoMin: null, awakenings: null };
  };
  // A fortnight of seven hours, then a week of eight, but for one night.
  const nights = new Map(
    Array.from({ length: 21 }, (_, at) => [day(at - 14), nightOf(at < 14 ? 420 : 480)] as const).filter(
      ([date]) => date !== day(2),
    ),
  );
  const record = { needMin: 480, nights };

  it('is the mean of its nights, and what became of the debt', () => {
    // Before: 60 min a night over the fortnight: 840. After: v_k = 0.87^k over k = 0..13 without k = 4;
    // short by 60 for k = 7..13: (sum of 0.87^7..13) / (sum of all - 0.87^4) * 60 * 14.
    const power = (k: number): number => 0.87 ** k;
    const sum = (from: number, to: number): number =>
      Array.from({ length: to - from + 1 }, (_, at) => power(from + at)).reduce((all, each) => all + each, 0);
    const after = Math.round((14 * 60 * sum(7, 13)) / (sum(0, 13) - power(4)));
    expect(sleepWeek({ week, record, since: null })).toEqual({
      ...{ state: 'AVAILABLE', since: null, nights: 6, meanAsleepMin: 480, needMin: 480 },
      ...{ debtMin: after, debtChangeMin: after - 840 },
    });
    expect(after).toBe(252);
  });

  it('tells no debt of a day before the grant', () => {
    expect(sleepWeek({ week, record, since: day(-1) }).debtChangeMin).toBe(252 - 840);
    expect(sleepWeek({ week, record, since: day(0) })).toMatchObject({
      since: null,
      debtMin: 252,
      debtChangeMin: null,
    });
    expect(sleepWeek({ week, record, since: day(3) })).toMatchObject({ since: day(3), nights: 4 });
  });
});

const loadDay = (offset: number, load: number | null, minutes: readonly number[], isRest = false): LoadDay => ({
  ...{ date: day(offset), method: 'BANISTER', load, isRest, isOver: true, startsSeries: false, warmingUp: false },
  ...{ fitness: null, fatigue: null, form: null },
  sessions: minutes.map((each) => ({ activity: 'run', minutes: each, load: each })),
});
const rest = (offset: number): LoadDay => loadDay(offset, 0, [], true);
const unknown = (offset: number): LoadDay => loadDay(offset, null, []);
const seriesOf = (days: LoadDay[]): LoadSeries => ({
  ...{ state: 'AVAILABLE', unit: 'AU', method: 'BANISTER', days, weekEnd: week.sunday, weekLoad: null },
  ...{ monotony: 1.3, strain: null, loadChange: null, ewmaRatio: null },
});
const before = [-7, -6, -5, -4, -3, -2, -1].map((at) => (at < -3 ? loadDay(at, 50, [50]) : rest(at)));

describe('training of a week', () => {
  it('is its load against the week before, with days of rest told from unknown ones', () => {
    const days = [
      loadDay(0, 60, [60]),
      loadDay(1, 90, [60, 30]),
      rest(2),
      loadDay(3, 80, [80]),
      rest(4),
      rest(5),
      rest(6),
    ];
    expect(trainingWeek({ week, series: seriesOf([...before, ...days]), since: null })).toEqual({
      ...{ state: 'AVAILABLE', since: null, method: 'BANISTER', load: 230, loadBefore: 200, loadChangePct: 15 },
      ...{ monotony: 1.3, trainedDays: 3, restDays: 4, unknownDays: 0 },
    });
  });

  it('with an unknown day is compared with nothing', () => {
    const days = [loadDay(0, 60, [60]), unknown(1), rest(2), rest(3), rest(4), rest(5), rest(6)];
    expect(trainingWeek({ week, series: seriesOf([...before, ...days]), since: null })).toMatchObject({
      ...{ load: 60, loadBefore: null, loadChangePct: null, unknownDays: 1 },
    });
  });

  it('has no load where that of a session is not known: it is not a day without one', () => {
    const days = [loadDay(0, null, [60]), ...[1, 2, 3, 4, 5, 6].map(rest)];
    expect(trainingWeek({ week, series: seriesOf([...before, ...days]), since: null })).toMatchObject({
      ...{ state: 'AVAILABLE', load: null, loadChangePct: null, trainedDays: 1, restDays: 6, unknownDays: 0 },
    });
  });

  it('of two methods is compared with nothing', () => {
    const other = before.map((each) => ({ ...each, method: 'EDWARDS' as const }));
    const days = [0, 1, 2, 3, 4, 5, 6].map((at) => loadDay(at, 10, [10]));
    expect(trainingWeek({ week, series: seriesOf([...other, ...days]), since: null }).loadChangePct).toBeNull();
  });
});

const session = (offset: number, minutes: number, part: Partial<StoredSession> = {}): StoredSession => ({
  ...{ athleteId: 'a', id: `${offset} ${minutes}`, version: 1, isRemoved: false, chosenFrom: null },
  ...{ date: day(offset), startTime: null, title: 'x', sport: null, intensity: 'MODERATE', minutes, kind: 'NORMAL' },
  ...{ isLocked: false, allowsIncrease: false, notes: null },
  ...part,
});

describe('the plan of a week', () => {
  it('is what became of its sessions, the longest workout being the longest session', () => {
    const plan = [
      session(0, 60),
      session(1, 30),
      session(1, 90),
      session(2, 45, { chosenFrom: { version: 1, intensity: 'HIGH', minutes: 60 } }),
      session(3, 0, { intensity: 'REST' }),
      session(4, 40),
      session(5, 50),
      session(6, 20),
    ];
    const days = [
      loadDay(0, 60, [55]),
      loadDay(1, 80, [80]),
      loadDay(2, 40, [44]),
      rest(3),
      rest(4),
      unknown(5),
      loadDay(6, 20, [20, 100]),
    ];
    expect(planWeek({ week, today: '2026-11-25', plan, series: seriesOf(days), since: null })).toEqual({
      ...{ state: 'AVAILABLE', since: null, planned: 7, done: 4, missed: 2, unknown: 1, toCome: 0, changed: 1 },
      ...{ plannedMin: 335, doneMin: 55 + 80 + 44 + 100 },
    });
  });

  it('of today and later is to come, unless it was done already', () => {
    const now = weekOf(MONDAY, day(2));
    const plan = [session(1, 30), session(2, 30), session(3, 30)];
    const days = [rest(1), { ...loadDay(2, 30, [30]), isOver: false }];
    expect(planWeek({ week: now, today: day(2), plan, series: seriesOf(days), since: null })).toMatchObject({
      ...{ planned: 3, done: 1, missed: 1, toCome: 1 },
    });
  });
});

describe('the sentences', () => {
  const nothing = { state: 'NOT_SHARED', since: null } as const;
  const none = {
    basis: [],
    readiness: {
      ...nothing,
      ...{ meanScore: null, changeFromWeekBefore: null, high: null, normal: null, reduced: null },
    },
    sleep: { ...nothing, nights: null, meanAsleepMin: null, needMin: null, debtMin: null, debtChangeMin: null },
    training: { ...nothing, method: null, load: null, loadBefore: null, loadChangePct: null, monotony: null },
    plan: { ...nothing, planned: null, done: null, missed: null, unknown: null, toCome: null, changed: null },
  } as unknown as Parameters<typeof sentencesOf>[0];

  it('say nothing of what is not shared', () => expect(sentencesOf(none)).toEqual([]));

  it('say what changed, out of the numbers beside them', () => {
    const plan = { ...none.plan, state: 'AVAILABLE', planned: 5, done: 3, missed: 1, unknown: 1, changed: 1 } as const;
    expect(
      sentencesOf({
        basis: ['HRV', 'SLEEP'],
        readiness: readinessWeek({ week, days: twoWeeks, since: null }),
        sleep: { ...none.sleep, meanAsleepMin: 425, needMin: 480, debtChangeMin: 75 },
        training: {
          ...none.training,
          state: 'AVAILABLE',
          loadChangePct: -18,
          trainedDays: 4,
          restDays: 3,
          unknownDays: 0,
        },
        plan,
      }),
    ).toEqual([
      { text: 'Readiness was 63 on average, 9 points below the week before.', signals: ['HRV', 'SLEEP'] },
      { text: 'It was reduced or low on 2 days.', signals: ['HRV', 'SLEEP'] },
      { text: 'Asleep for 7:05 h a night, of 8:00 needed.', signals: ['SLEEP'] },
      { text: 'The sleep debt grew by 1:15 h.', signals: ['SLEEP'] },
      {
        text: 'Training load was 18 % below the week before: 4 days with training, 3 days of rest.',
        signals: ['TRAINING'],
      },
      { text: '3 of 5 planned sessions done, 1 missed, 1 unknown, 1 changed on its day.', signals: ['TRAINING'] },
    ]);
  });

  it('of a small change say that there is none', () => {
    const [first] = sentencesOf({
      ...none,
      readiness: { ...none.readiness, meanScore: 70, changeFromWeekBefore: 2.4 },
    });
    expect(first?.text).toBe('Readiness was 70 on average, about as in the week before.');
  });
});
