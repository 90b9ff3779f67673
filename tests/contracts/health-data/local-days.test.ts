import { localDate, localTimeInstant } from '#platform/slots';
import { createMeasuredTeam, type MeasuredTeam } from '../../support/measured-team.ts';

interface Point {
  at: Date;
  minBpm: number;
  maxBpm: number;
}

const HOUR_MS = 3_600_000;
const STEP_S = 900;

let team: MeasuredTeam;
let athleteId: string;
beforeAll(async () => {
  team = await createMeasuredTeam({ athletes: 1, timeZone: 'UTC', since: '2000-01-01' });
  athleteId = team.athleteIds[0] ?? '';
});
afterAll(() => team?.database.drop());

/** A sample every quarter of an hour whose value is the day of the month on the athlete's clock, and 100 more. */
async function measure(options: { timeZone: string; from: Date; to: Date }): Promise<void> {
  const { timeZone, from, to } = options;
  const count = (to.getTime() - from.getTime()) / (STEP_S * 1000);
  const offsets = Array.from({ length: count }, (_, n) => n * STEP_S);
  const values = offsets.map((offset) => {
    return 100 + Number(localDate(new Date(from.getTime() + offset * 1000), timeZone).slice(8));
  });
  await team.database.query('truncate health_data.sample_record, health_data.sample_block');
  await team.database.query('update connections.athlete set time_zone = $1', [timeZone]);
  await team.database.query('select health_data.prepare_sample_months(array[$1, $2]::date[])', [from, to]);
  await team.database.query(
    `with record as (
       insert into health_data.sample_record (athlete_id, provider, record_id, day, captured_at, state_rank, source_updated_at,
              delete_rank, body_hash, flags, delivery_id, normaliser_version, stored_at, sample_kind, started_at)
       values ($1, 'OURA', 'r', $2::timestamptz::date, $3, 1, $3, 0, '\\x00', '{}', gen_random_uuid(), 'test', $3, 'heart_rate', $2)
       returning athlete_id, provider, record_id, sample_kind, started_at, captured_at, source_updated_at
     )
     insert into health_data.sample_block select record.*, $4::int[], $5::real[] from record`,
    [athleteId, from, to, offsets, values],
  );
}

async function points(options: { from: Date; to: Date; resolution: 'HOUR' | 'DAY' }): Promise<Point[]> {
  const { from, to, resolution } = options;
  const { athletes } = await team.ask<{ heartRate: { points: Point[] } }>({
    viewer: team.coach,
    ids: [athleteId],
    fields: `heartRate(from: "${from.toISOString()}", to: "${to.toISOString()}", resolution: ${resolution}) { points { at minBpm maxBpm } }`,
    now: to,
  });
  return athletes[0]?.heartRate.points ?? [];
}

test.each([
  ['a day like any other', 'Europe/Berlin', ['2026-11-18', '2026-11-19', '2026-11-20'], 24],
  ['a day of 23 hours', 'Europe/Berlin', ['2026-03-28', '2026-03-29', '2026-03-30'], 23],
  ['a day of 25 hours', 'Europe/Berlin', ['2026-10-24', '2026-10-25', '2026-10-26'], 25],
  ['a day of 23 hours', 'America/New_York', ['2026-03-07', '2026-03-08', '2026-03-09'], 23],
  ['a day of 25 hours', 'America/New_York', ['2026-10-31', '2026-11-01', '2026-11-02'], 25],
  ['a day of 23 hours and a half', 'Australia/Lord_Howe', ['2026-10-03', '2026-10-04', '2026-10-05'], 23.5],
  ['a day of 24 hours and a half', 'Australia/Lord_Howe', ['2026-04-04', '2026-04-05', '2026-04-06'], 24.5],
  ['a zone half an hour beside the full one', 'Asia/Kolkata', ['2026-11-18', '2026-11-19', '2026-11-20'], 24],
  ['a zone a day ahead of the other side', 'Pacific/Kiritimati', ['2026-11-18', '2026-11-19', '2026-11-20'], 24],
  ['a zone a day behind it', 'Pacific/Pago_Pago', ['2026-11-18', '2026-11-19', '2026-11-20'], 24],
  ['a day that never was: a country changed sides', 'Pacific/Apia', ['2011-12-29', '2011-12-31', '2012-01-01'], 24],
])('heart rate by day and hour: %s in %s', async (_name, timeZone, days, hoursOfTheSecond) => {
  const starts = days.map((day) => localTimeInstant(day, '00:00', timeZone));
  const [from, second, third] = starts as [Date, Date, Date];
  const to = new Date(third.getTime() + 6 * HOUR_MS);
  expect((third.getTime() - second.getTime()) / HOUR_MS).toBe(hoursOfTheSecond);
  await measure({ timeZone, from, to });

  const byDay = await points({ from, to, resolution: 'DAY' });
  // Each sample lies in the day that its value names, and in no other.
  expect(byDay).toEqual(
    days.map((day, index) => {
      const bpm = 100 + Number(day.slice(8));
      return { at: starts[index], minBpm: bpm, maxBpm: bpm };
    }),
  );

  const ofSecond = await points({ from: second, to: third, resolution: 'HOUR' });
  expect(ofSecond).toHaveLength(Math.ceil(hoursOfTheSecond));
  const instants = ofSecond.map(({ at }) => at.getTime());
  expect(instants).toEqual([...new Set(instants)].toSorted((a, b) => a - b));
  expect(new Set(ofSecond.flatMap(({ minBpm, maxBpm }) => [minBpm, maxBpm])).size).toBe(1);
});

test('the database knows every zone that an athlete may choose', async () => {
  const known = await team.database.query<{ name: string }>('select name from pg_timezone_names');
  const names = new Set(known.map(({ name }) => name));
  expect(Intl.supportedValuesOf('timeZone').filter((zone) => !names.has(zone))).toEqual([]);
});
