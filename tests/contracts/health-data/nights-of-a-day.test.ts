import type { Database } from '#platform/database';
import { newId } from '#platform/ids';
import { storeMeasurements } from '../../../subgraphs/health-data/measurements/store.ts';
import { normaliserOf } from '../../../subgraphs/health-data/normalise/registry.ts';
import { createMeasuredTeam, type MeasuredTeam } from '../../support/measured-team.ts';
import { VENDOR_SLEEPS, zonesOf } from '../../support/vendor-sleep.ts';

const NOW = new Date('2026-11-20T10:00:00Z');

interface Answer {
  sleep: {
    nights: { date: string; inBedMin: number; naps: { startedAt: Date; endedAt: Date }[] }[];
  };
  hrv: { streams: { nights: { date: string; ms: number }[] }[] };
}

let team: MeasuredTeam;
let db: Database;
beforeAll(async () => {
  team = await createMeasuredTeam({ athletes: 1, timeZone: 'Europe/Helsinki', since: '2026-01-01' });
  db = await team.database.open('health_data');
}, 60_000);
afterAll(() => team?.database.drop());
beforeEach(() => team.database.query('truncate health_data.sleep_night, health_data.hrv_night'));

/** Stores a ring's sleeps, each with an HRV of its own, and asks for what the days became. */
async function daysOf(sleeps: readonly { from: string; to: string; day: string; isNap?: boolean; ms: number }[]) {
  const athleteId = team.athleteIds[0] ?? '';
  for (const { ms, ...sleep } of sleeps) {
    const told = VENDOR_SLEEPS['Oura with its day']?.({ ...sleep, ...zonesOf(sleep) });
    if (told === undefined) throw new Error('the ring says nothing');
    const body = { ...(told.body as object), average_hrv: ms };
    const deliveryId = newId();
    const result = normaliserOf(told)?.normalise({
      ...told,
      body,
      deliveryId,
      athleteId,
      sourceUpdatedAt: NOW,
      receivedAt: NOW,
    });
    const rows = (result?.measurements ?? []).map((measurement) => {
      return { athleteId, deliveryId, normaliserVersion: 'test', measurement };
    });
    await db.prepared.transaction((tx) => storeMeasurements(tx, { rows, now: NOW }));
  }
  const { athletes } = await team.ask<Answer>({
    viewer: await team.self(athleteId),
    ids: [athleteId],
    fields: `sleep(from: "2026-11-01", to: "2026-11-20") { nights { date inBedMin naps { startedAt endedAt } } }
      hrv(from: "2026-11-01", to: "2026-11-20") { streams { nights { date ms } } }`,
    now: NOW,
  });
  const [answer] = athletes;
  return {
    nights: answer?.sleep.nights.map(({ date, inBedMin, naps }) => [date, inBedMin / 60, naps.length]),
    naps: answer?.sleep.nights.flatMap(({ naps }) => naps.map(({ endedAt }) => endedAt.toISOString())),
    hrv: answer?.hrv.streams.flatMap(({ nights }) => nights.map(({ date, ms }) => [date, ms])),
  };
}

const NIGHT = {
  from: '2026-11-10T23:00[Europe/Helsinki]',
  to: '2026-11-11T07:00[Europe/Helsinki]',
  day: '2026-11-11',
  ms: 50,
};

test('naps stand beside the night of their day and give it no HRV', async () => {
  const noon = {
    from: '2026-11-11T13:00[Europe/Helsinki]',
    to: '2026-11-11T13:30[Europe/Helsinki]',
    day: '2026-11-11',
    isNap: true,
    ms: 90,
  };
  const late = { ...noon, from: '2026-11-11T17:00[Europe/Helsinki]', to: '2026-11-11T17:20[Europe/Helsinki]' };
  expect(await daysOf([noon, NIGHT, late])).toEqual({
    nights: [['2026-11-11', 8, 2]],
    naps: ['2026-11-11T11:30:00.000Z', '2026-11-11T15:20:00.000Z'],
    hrv: [['2026-11-11', 50]],
  });
});

test('a nap across midnight is of the day on which it ended, beside the night that follows', async () => {
  const nap = {
    from: '2026-11-10T23:30[Europe/Helsinki]',
    to: '2026-11-11T00:20[Europe/Helsinki]',
    day: '2026-11-11',
    isNap: true,
    ms: 90,
  };
  const night = { ...NIGHT, from: '2026-11-11T02:00[Europe/Helsinki]' };
  expect(await daysOf([nap, night])).toMatchObject({
    nights: [['2026-11-11', 5, 1]],
    naps: ['2026-11-10T22:20:00.000Z'],
  });
});

test('of two long sleeps of a day the one slept longest in is the night, in whatever order they come', async () => {
  const second = {
    from: '2026-11-11T09:00[Europe/Helsinki]',
    to: '2026-11-11T13:00[Europe/Helsinki]',
    day: '2026-11-11',
    ms: 70,
  };
  const expected = { nights: [['2026-11-11', 8, 1]], naps: ['2026-11-11T11:00:00.000Z'], hrv: [['2026-11-11', 50]] };
  expect(await daysOf([NIGHT, second])).toEqual(expected);
  await team.database.query('truncate health_data.sleep_night, health_data.hrv_night');
  expect(await daysOf([second, NIGHT])).toEqual(expected);
});

test('who flies east over the date line wakes twice on one date: the longer sleep is its night', async () => {
  const inAuckland = {
    from: '2026-11-10T23:00[Pacific/Auckland]',
    to: '2026-11-11T06:00[Pacific/Auckland]',
    day: '2026-11-11',
    ms: 50,
  };
  const inHonolulu = {
    from: '2026-11-10T22:00[Pacific/Honolulu]',
    to: '2026-11-11T06:30[Pacific/Honolulu]',
    day: '2026-11-11',
    ms: 60,
  };
  expect(await daysOf([inAuckland, inHonolulu])).toMatchObject({
    nights: [['2026-11-11', 8.5, 1]],
    hrv: [['2026-11-11', 60]],
  });
});

test('who flies west over it has a date on which nobody woke, and no night is made up for it', async () => {
  const before = {
    from: '2026-11-09T22:00[Pacific/Honolulu]',
    to: '2026-11-10T06:00[Pacific/Honolulu]',
    day: '2026-11-10',
    ms: 50,
  };
  const onBoard = {
    from: '2026-11-10T21:00[Pacific/Honolulu]',
    to: '2026-11-12T05:00[Pacific/Auckland]',
    day: '2026-11-12',
    ms: 60,
  };
  expect(await daysOf([before, onBoard])).toMatchObject({
    nights: [
      ['2026-11-10', 8, 0],
      ['2026-11-12', 9, 0],
    ],
    hrv: [
      ['2026-11-10', 50],
      ['2026-11-12', 60],
    ],
  });
});
