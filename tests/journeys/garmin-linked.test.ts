import { linkSimulated, register, type Person } from '../support/people.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let athlete: Person;

const start = (delivery: 'push' | 'ping') =>
  createWorld({
    programs: ['simulator', 'connections', 'health-data', 'gateway'],
    // Each day of the history is a ping of its own.
    env: { GARMIN_DELIVERY: delivery, GARMIN_QUOTA: '6000/60' },
  });

const control = async (path: string, body: object): Promise<{ date: string }> => {
  const answer = await fetch(`${world.urls.simulator}/control/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ provider: 'garmin', ...body }),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as { date: string };
};

interface Seen {
  connections: { state: string; grantedScopes: string[]; reason: string | null }[];
  sleep: { nights: { date: string; asleepMin: number }[] };
  hrv: { streams: { nights: { date: string }[] }[] };
}

async function seen(): Promise<Seen> {
  const today = new Date();
  const day = (offset: number) => new Date(today.getTime() + offset * 86_400_000).toISOString().slice(0, 10);
  const { viewer } = await world.ask<{ viewer: { athlete: Seen } }>(
    `query ($from: Date!, $to: Date!) { viewer { athlete {
       connections { state grantedScopes reason }
       sleep(from: $from, to: $to) { nights { date asleepMin } }
       hrv(from: $from, to: $to) { streams { nights { date } } }
     } } }`,
    { from: day(-80), to: day(1) },
    athlete.token,
  );
  return viewer.athlete;
}

describe.each(['push', 'ping'] as const)('Garmin by %s', (delivery) => {
  beforeAll(async () => {
    world = await start(delivery);
    athlete = await register(world, 'ATHLETE');
  });
  afterAll(() => world?.stop());

  it('is linked on its own page, and the history comes by itself', async () => {
    await linkSimulated(world, { athlete, provider: 'GARMIN', key: 'aino' });
    const now = await until('the history', async () => {
      const state = await seen();
      return state.sleep.nights.length >= 55 && state;
    });
    expect(now.connections).toEqual([
      { state: 'ACTIVE', grantedScopes: ['ACTIVITY_EXPORT', 'HEALTH_EXPORT', 'HISTORICAL_DATA_EXPORT'], reason: null },
    ]);
  });

  it('a night that is played is seen, and its edit too', async () => {
    const { date } = await control('night', {});
    const nightOf = async () => (await seen()).sleep.nights.find((night) => night.date === date);
    const first = await until('the night', nightOf);
    await until('its HRV', async () => (await seen()).hrv.streams[0]?.nights.some((night) => night.date === date));
    await control('night', {});
    await until('the edit', async () => {
      const night = await nightOf();
      return night !== undefined && night.asleepMin !== first.asleepMin;
    });
  });

  it('the athlete takes us away at Garmin: the connection ends, the nights stay', async () => {
    const { length } = (await seen()).sleep.nights;
    await control('fault', { name: 'revoked' });
    const after = await until('the end of the connection', async () => {
      const state = await seen();
      return state.connections[0]?.state === 'REVOKED' && state;
    });
    expect(after.sleep.nights).toHaveLength(length);
    expect(after.connections[0]?.reason).toContain('Access was taken away at Garmin');
  });
});
