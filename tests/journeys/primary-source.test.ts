import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { environmentOf } from '../../embedded/environment.ts';
import { register, type Person } from '../support/people.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

const DAY_MS = 86_400_000;
const today = new Date().toISOString().slice(0, 10);
const dayAgo = (days: number): string => new Date(Date.parse(today) - days * DAY_MS).toISOString().slice(0, 10);

let world: World;
let athlete: Person;
let key: string;

beforeAll(async () => {
  world = await createWorld({ programs: ['connections', 'health-data', 'insights', 'gateway'] });
  athlete = await register(world, 'ATHLETE', 'UTC');
  const env = environmentOf('connections', world.place);
  const verb = ['api-keys', 'create', '--name', 'Devices', '--scope', 'ingest', '--expires', '1d', '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, ['dist/subgraphs/connections/ops/main.js', ...verb], {
    env,
    timeout: 30_000,
  });
  ({ key } = JSON.parse(stdout) as { key: string });
}, 120_000);
afterAll(() => world?.stop());

/** HRV and resting heart rate of these nights, today the last. */
async function measured(provider: string, nights: number, msOf: (daysAgo: number) => number): Promise<void> {
  const items = Array.from({ length: nights }, (_, n) => ({
    athleteId: athlete.athleteId,
    provider,
    date: dayAgo(n),
    rmssdMs: msOf(n),
    restingHeartRateBpm: 50 + (n % 3),
  }));
  const { status } = await fetch(`${world.urls.ingest}/hrv`, {
    method: 'POST',
    body: JSON.stringify({ items }),
    headers: { 'content-type': 'application/json', 'x-api-key': key, 'idempotency-key': provider },
  });
  expect(status).toBe(202);
}

interface Seen {
  readiness: { score: number | null; revision: number; drivers: { id: string; index: number }[] };
  earlier: { score: number | null; revision: number };
  hrv: { streams: { provider: string; isPrimary: boolean; nights: unknown[] }[] };
}
const QUERY = `{ viewer { athlete {
  readiness(date: "${today}") { score revision drivers { id index } }
  earlier: readiness(date: "${dayAgo(9)}") { score revision }
  hrv(from: "${dayAgo(40)}", to: "${today}") { streams { provider isPrimary nights { date } } }
} } }`;
const seen = async (): Promise<Seen> =>
  (await world.ask<{ viewer: { athlete: Seen } }>(QUERY, {}, athlete.token)).viewer.athlete;

/** Nights of readiness that were measured and are in no score yet. */
async function nightsToScore(): Promise<number> {
  const [row] = await world.database.query<{ n: number }>(
    `select count(*)::int as n from health_data.touched_day t
       left join insights.taken_touch k using (athlete_id, day, signal)
      where t.signal in ('HRV', 'RESTING_HEART_RATE', 'SLEEP') and (k.revision is null or k.revision < t.revision)`,
  );
  return row?.n ?? 0;
}

const CHOICE = `{ id displayName sources { signal primary chosenBy providers { provider dayCount } } }`;

test('an athlete who chooses another source is scored by it at once, for the last week and not before', async () => {
  // Many nights of the one, whose last night is far below; fewer of the other, who was as ever.
  await measured('OURA', 35, (n) => (n === 0 ? 25 : 60 + (n % 5)));
  await measured('GARMIN', 25, (n) => 45 + (n % 3));
  await until('the nights of both in the scores', async () => {
    const nights = (await seen()).hrv.streams.map((stream) => stream.nights.length).sort();
    return nights.join() === '25,35' && (await nightsToScore()) === 0;
  });
  const before = await seen();
  const hrvDay = ({ readiness }: Seen) => readiness.drivers.find(({ id }) => id === 'hrv_day')?.index ?? NaN;
  expect(hrvDay(before)).toBeLessThan(-0.5);

  const { setPrimarySource } = await world.ask<{ setPrimarySource: unknown }>(
    `mutation { setPrimarySource(signal: HRV, provider: GARMIN) ${CHOICE} }`,
    {},
    athlete.token,
  );
  expect(setPrimarySource).toMatchObject({
    id: athlete.athleteId,
    displayName: expect.any(String),
    sources: expect.arrayContaining([
      {
        signal: 'HRV',
        primary: 'GARMIN',
        chosenBy: 'ATHLETE',
        providers: [
          { provider: 'OURA', dayCount: 35 },
          { provider: 'GARMIN', dayCount: 25 },
        ],
      },
    ]),
  });
  const after = await until('the score of the chosen source', async () => {
    const found = await seen();
    return found.readiness.revision > before.readiness.revision && found;
  });
  expect(hrvDay(after)).toBeGreaterThan(-0.5);
  expect(after.earlier).toEqual(before.earlier);
  expect(after.hrv.streams.map(({ provider, isPrimary }) => [provider, isPrimary]).sort()).toEqual([
    ['GARMIN', true],
    ['OURA', false],
  ]);

  await world.ask(`mutation { clearPrimarySource(signal: HRV) ${CHOICE} }`, {}, athlete.token);
  const again = await until('the score of the first source', async () => {
    const found = await seen();
    return found.readiness.score === before.readiness.score && found;
  });
  expect(hrvDay(again)).toBe(hrvDay(before));
});
