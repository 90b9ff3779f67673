import { dateOf, dayNumber } from '#platform/slots';
import type { SignalState } from '#platform/graphql-types';
import { createMeasuredTeam, measureNights, type MeasuredTeam } from '../../support/measured-team.ts';

/** Noon of the 20th where the athletes live. */
const NOW = new Date('2026-11-20T10:00:00Z');
const TODAY = '2026-11-20';
const daysAgo = (days: number): string => dateOf(dayNumber(TODAY) - days);

/** Each field by its name, and the signal that opens it. */
const FIELDS = {
  hrv: 'HRV',
  restingHeartRate: 'RESTING_HEART_RATE',
  sleep: 'SLEEP',
  steps: 'STEPS',
  vitals: 'VITALS',
  heartRate: 'HEART_RATE',
  workouts: 'TRAINING',
} as const;
type Field = keyof typeof FIELDS;
const ALL = Object.keys(FIELDS) as Field[];
/** Streams whose values count from the seventh night on. */
const CALIBRATED: readonly Field[] = ['hrv', 'restingHeartRate'];
const BY_TIME: readonly Field[] = ['heartRate', 'workouts'];

let team: MeasuredTeam;
beforeAll(async () => {
  team = await createMeasuredTeam({ athletes: 9, timeZone: 'Europe/Helsinki', since: '2026-01-01' });
}, 60_000);
afterAll(() => team?.database.drop());

let used = 0;
/** An athlete with so many nights, the last of them so many days ago. */
async function athleteWith(nights: { count: number; lastDaysAgo: number }): Promise<string> {
  const athleteId = team.athleteIds[used++] ?? '';
  const until = daysAgo(nights.lastDaysAgo);
  await measureNights(team.database, { until, nights: nights.count, athleteIds: [athleteId] });
  return athleteId;
}

/** The state of each field over the days from `from` to `to`, both included. */
async function statesOf(athleteId: string, from: string, to: string): Promise<Record<Field, SignalState>> {
  const selections = ALL.map((field) => {
    const times = `from: "${from}T00:00:00+02:00", to: "${dateOf(dayNumber(to) + 1)}T00:00:00+02:00"`;
    const range = BY_TIME.includes(field) ? times : `from: "${from}", to: "${to}"`;
    return `${field}(${range}${field === 'heartRate' ? ', resolution: DAY' : ''}) { state }`;
  });
  const { athletes } = await team.ask<Record<Field, { state: SignalState }>>({
    viewer: team.coach,
    ids: [athleteId],
    fields: selections.join(' '),
    now: NOW,
  });
  const [answer] = athletes;
  if (answer === undefined) throw new Error('nobody was answered for');
  return Object.fromEntries(ALL.map((field) => [field, answer[field].state])) as Record<Field, SignalState>;
}

const each = (state: SignalState, others: Partial<Record<Field, SignalState>> = {}): Record<Field, SignalState> =>
  ({ ...Object.fromEntries(ALL.map((field) => [field, state])), ...others }) as Record<Field, SignalState>;
const calibrated = (state: SignalState) => Object.fromEntries(CALIBRATED.map((field) => [field, state]));

test('NO_DATA: nothing was measured in the stretch, though there is something outside of it', async () => {
  const athleteId = await athleteWith({ count: 10, lastDaysAgo: 30 });
  expect(await statesOf(athleteId, daysAgo(10), TODAY)).toEqual(each('NO_DATA'));
});

test('AVAILABLE: a value of today or of yesterday is fresh', async () => {
  for (const lastDaysAgo of [0, 1]) {
    const athleteId = await athleteWith({ count: 7, lastDaysAgo });
    expect(await statesOf(athleteId, daysAgo(20), TODAY)).toEqual(each('AVAILABLE'));
  }
});

test('STALE: the newest value is older; a day without a workout is no missing data', async () => {
  const athleteId = await athleteWith({ count: 7, lastDaysAgo: 2 });
  expect(await statesOf(athleteId, daysAgo(20), TODAY)).toEqual(each('STALE', { workouts: 'AVAILABLE' }));
  // A stretch of the past is judged by its own end, one of the future by today.
  expect(await statesOf(athleteId, daysAgo(20), daysAgo(1))).toEqual(each('AVAILABLE'));
  expect(await statesOf(athleteId, daysAgo(20), daysAgo(-5))).toEqual(each('STALE', { workouts: 'AVAILABLE' }));
});

test('CALIBRATING: HRV and resting heart rate up to the sixth night, however fresh or old', async () => {
  const athleteId = await athleteWith({ count: 6, lastDaysAgo: 0 });
  expect(await statesOf(athleteId, daysAgo(20), TODAY)).toEqual(each('AVAILABLE', calibrated('CALIBRATING')));
  const older = await athleteWith({ count: 6, lastDaysAgo: 5 });
  expect(await statesOf(older, daysAgo(20), TODAY)).toEqual(
    each('STALE', { workouts: 'AVAILABLE', ...calibrated('CALIBRATING') }),
  );
});

test('CALIBRATING looks at all nights there are, not at those of the stretch', async () => {
  const athleteId = await athleteWith({ count: 7, lastDaysAgo: 0 });
  expect(await statesOf(athleteId, daysAgo(1), TODAY)).toEqual(each('AVAILABLE'));
});

test('CALIBRATING counts the nights of one stream: two devices do not calibrate each other', async () => {
  const athleteId = await athleteWith({ count: 4, lastDaysAgo: 0 });
  for (const table of ['hrv_night', 'resting_heart_rate']) {
    await team.database.query(
      `insert into health_data.${table}
       select (jsonb_populate_record(t, '{"provider": "WHOOP", "sleep_record_id": null}')).* from health_data.${table} t where athlete_id = $1`,
      [athleteId],
    );
  }
  expect(await statesOf(athleteId, daysAgo(20), TODAY)).toEqual(each('AVAILABLE', calibrated('CALIBRATING')));
});

test.each(ALL)('NOT_SHARED: %s alone, when its signal is withdrawn, and no other', async (field) => {
  const [athleteId = ''] = [team.athleteIds[1]];
  const before = await statesOf(athleteId, daysAgo(20), TODAY);
  const set = (value: string) =>
    team.database.query(
      `update connections.consent set withdrawn_at = ${value} where athlete_id = $1 and signal = $2`,
      [athleteId, FIELDS[field]],
    );
  await set('now()');
  expect(await statesOf(athleteId, daysAgo(20), TODAY)).toEqual({ ...before, [field]: 'NOT_SHARED' });
  await set('null');
  expect(before[field]).toBe('AVAILABLE');
});
