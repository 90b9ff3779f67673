import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { environmentOf } from '../../embedded/environment.ts';
import { register, type Person } from '../support/people.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let athlete: Person;

beforeAll(async () => {
  world = await createWorld({ programs: ['connections', 'health-data', 'gateway'] });
  athlete = await register(world, 'ATHLETE');
});
afterAll(() => world?.stop());

async function ops(...args: string[]): Promise<string> {
  const env = environmentOf('connections', world.place);
  const script = 'dist/subgraphs/connections/ops/main.js';
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...args], { env, timeout: 30_000 });
  return stdout.trim();
}

const ingest = (kind: string, key: string, body: object): Promise<Response> =>
  fetch(`${world.urls.ingest}/${kind}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', 'x-api-key': key, 'idempotency-key': `${kind}-1` },
  });

interface Read {
  athlete: {
    hrv: { streams: { provider: string; method: string; nights: { date: string; ms: number }[] }[] };
    restingHeartRate: { streams: { method: string; nights: { bpm: number }[] }[] };
    sleep: { nights: { date: string; asleepMin: number; provider: string }[] };
  };
}

test('what a service sends with a key of an operator is the athlete’s, until the key is revoked', async () => {
  const made = JSON.parse(
    await ops('api-keys', 'create', '--name', 'Sleep lab', '--scope', 'ingest', '--expires', '90d', '--json'),
  ) as { id: string; key: string; expiresAt: string };
  expect(Date.parse(made.expiresAt) - Date.now()).toBeGreaterThan(89 * 86_400_000);

  const { athleteId } = athlete;
  const about = { athleteId, provider: 'POLAR', date: '2026-11-15' };
  const heart = { items: [{ ...about, rmssdMs: 61.5, restingHeartRateBpm: 46 }] };
  const night = {
    ...about,
    startAt: '2026-11-14T22:00:00+02:00',
    endAt: '2026-11-15T06:00:00+02:00',
    durationMin: 450,
  };
  expect((await ingest('hrv', made.key, heart)).status).toBe(202);
  expect((await ingest('sleep', made.key, night)).status).toBe(202);
  expect((await ingest('hrv', made.key, heart)).status).toBe(200);

  const query = `query ($id: ID!) { athlete(id: $id) {
    hrv(from: "2026-11-10", to: "2026-11-16") { streams { provider method nights { date ms } } }
    restingHeartRate(from: "2026-11-10", to: "2026-11-16") { streams { method nights { bpm } } }
    sleep(from: "2026-11-10", to: "2026-11-16") { nights { date asleepMin provider } }
  } }`;
  const seen = await until('the night and its heart', async () => {
    const { athlete: found } = await world.ask<Read>(query, { id: athleteId }, athlete.token);
    return found.sleep.nights.length > 0 && found.hrv.streams.length > 0 && found;
  });
  expect(seen).toEqual({
    hrv: { streams: [{ provider: 'POLAR', method: 'ingested', nights: [{ date: '2026-11-15', ms: 61.5 }] }] },
    restingHeartRate: { streams: [{ method: 'ingested', nights: [{ bpm: 46 }] }] },
    sleep: { nights: [{ date: '2026-11-15', asleepMin: 450, provider: 'POLAR' }] },
  });

  expect(await ops('api-keys', 'list')).toMatch(
    new RegExp(
      `^${made.id} +Sleep lab +ingest +valid +expires .* +last used ${new Date().toISOString().slice(0, 10)}$`,
    ),
  );
  await ops('api-keys', 'revoke', made.id);
  expect((await ingest('hrv', made.key, heart)).status).toBe(401);
  expect(await ops('api-keys', 'list')).toContain('revoked');
  for (const program of ['connections', 'health-data'] as const)
    expect(await world.logOf(program)).not.toContain(made.key.slice(3));
});

test('a key is made for what is known, and for as long as can be said', async () => {
  for (const args of [
    ['--name', 'x', '--scope', 'everything'],
    ['--name', 'x', '--scope', 'ingest', '--expires', 'soon'],
    ['--name', 'line\nbreak', '--scope', 'ingest'],
    ['--scope', 'ingest'],
  ])
    await expect(ops('api-keys', 'create', ...args)).rejects.toMatchObject({ code: 1, stdout: '' });
});
