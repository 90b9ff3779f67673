import type { Database } from '#platform/database';
import { newId } from '#platform/ids';
import { createDatabase, type TestDatabase } from '../../../../tests/support/database.ts';
import { loadNights, type Night } from './load-history.ts';

const [ANNA, BEN] = [newId(), newId()];
const SLOT = new Date('2026-11-20T05:00:00Z');

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('insights');
});
afterAll(() => database.drop());
beforeEach(() => database.query('truncate health_data.stream_night, health_data.source_preference'));

interface Row {
  athleteId?: string;
  day?: string;
  signal?: string;
  streamId?: string;
  provider?: string;
  metric?: string | null;
  value?: number | null;
  more?: (number | null)[];
  storedAt?: string;
}

async function put(...rows: Row[]): Promise<void> {
  for (const row of rows) {
    const {
      athleteId = ANNA,
      day = '2026-11-20',
      signal = 'HRV',
      streamId = 'oura:rmssd:night',
      provider = 'OURA',
    } = row;
    const {
      metric = 'RMSSD',
      value = 60.25,
      more = [null, null, null, null, null],
      storedAt = SLOT.toISOString(),
    } = row;
    await database.query(
      `insert into health_data.stream_night
         (athlete_id, day, signal, stream_id, provider, record_id, metric, value, in_bed_min, latency_min, waso_min, awakenings, nap_min, stored_at)
       values ($1, $2, $3, $4, $5, 'r', $6, $7, $8, $9, $10, $11, $12, $13)`,
      [athleteId, day, signal, streamId, provider, metric, value, ...more, storedAt],
    );
  }
}

const nightsOf = async (athleteId = ANNA, stretch = { from: '2026-11-01', to: '2026-11-20' }): Promise<Night[]> =>
  (await loadNights(db, [{ athleteId, ...stretch, slot: SLOT }])).get(athleteId) ?? [];

test('each night comes with its day, its value and, of sleep, what else is known of it; unknown stays null in its place', async () => {
  await put({ day: '2026-11-18' }, { day: '2026-11-20', value: 71 });
  const sleep = { signal: 'SLEEP', streamId: 'oura:sleep', metric: null };
  await put(
    { ...sleep, day: '2026-11-18', value: 432.5, more: [480, null, 31.25, null, 20] },
    { ...sleep, day: '2026-11-19', value: 401, more: [null, 12, null, 2, null] },
  );
  const unknown = { inBedMin: null, latencyMin: null, wasoMin: null, awakenings: null, napMin: null };
  const hrv = {
    ...unknown,
    signal: 'HRV',
    streamId: 'oura:rmssd:night',
    metric: 'rmssd',
    isPrimary: false,
    isAfterSlot: false,
  };
  const slept = {
    ...unknown,
    signal: 'SLEEP',
    streamId: 'oura:sleep',
    metric: null,
    isPrimary: false,
    isAfterSlot: false,
  };
  expect(await nightsOf()).toEqual([
    { ...hrv, day: '2026-11-18', value: 60.25 },
    { ...hrv, day: '2026-11-20', value: 71 },
    { ...slept, day: '2026-11-18', value: 432.5, inBedMin: 480, wasoMin: 31.25, napMin: 20 },
    { ...slept, day: '2026-11-19', value: 401, latencyMin: 12, awakenings: 2 },
  ]);
});

test('what was stored by the slot is known at it, and nothing of a millisecond later', async () => {
  await put({ day: '2026-11-19' }, { day: '2026-11-20', storedAt: new Date(SLOT.getTime() + 1).toISOString() });
  expect((await nightsOf()).map(({ day, isAfterSlot }) => [day, isAfterSlot])).toEqual([
    ['2026-11-19', false],
    ['2026-11-20', true],
  ]);
});

test('the streams of the source that an athlete chose for a signal are its primary ones, at once and for all nights', async () => {
  await put({ day: '2026-11-19' }, {}, { streamId: 'whoop:rmssd:night', provider: 'WHOOP' });
  await put({ signal: 'RESTING_HEART_RATE', streamId: 'whoop:rhr:night', provider: 'WHOOP', metric: 'RHR' });
  const choose = (provider: string) =>
    database.query(
      `insert into health_data.source_preference (athlete_id, signal, provider, chosen_at) values ($1, 'HRV', $2, now())
       on conflict (athlete_id, signal) do update set provider = excluded.provider`,
      [ANNA, provider],
    );
  const primary = async () => [
    ...new Set((await nightsOf()).filter((night) => night.isPrimary).map((night) => night.streamId)),
  ];
  expect(await primary()).toEqual([]);
  await choose('WHOOP');
  expect(await primary()).toEqual(['whoop:rmssd:night']);
  await choose('OURA');
  expect(await primary()).toEqual(['oura:rmssd:night']);
});

test('each athlete gets the nights of their own stretch, both ends included, none without a value', async () => {
  const days = ['2026-11-09', '2026-11-10', '2026-11-11', '2026-11-12', '2026-11-13'];
  for (const athleteId of [ANNA, BEN])
    await put(...days.map((day) => ({ athleteId, day, value: day === '2026-11-11' ? null : 60 })));
  const found = await loadNights(db, [
    { athleteId: ANNA, from: '2026-11-10', to: '2026-11-12', slot: SLOT },
    { athleteId: BEN, from: '2026-11-13', to: '2026-11-30', slot: SLOT },
    { athleteId: newId(), from: '2026-11-13', to: '2026-11-30', slot: SLOT },
  ]);
  expect([...found.values()].map((nights) => nights.map(({ day }) => day))).toEqual([
    ['2026-11-10', '2026-11-12'],
    ['2026-11-13'],
    [],
  ]);
});
