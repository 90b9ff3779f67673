import { linkSimulated, register, type Person } from '../support/people.ts';
import { play } from '../support/simulated-athlete.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let athlete: Person;

beforeAll(async () => {
  world = await createWorld({ programs: ['simulator', 'connections', 'health-data', 'gateway'] });
  athlete = await register(world, 'ATHLETE', 'Europe/Helsinki');
});
afterAll(() => world?.stop());

interface Seen {
  hrv: { streams: { nights: { date: string; ms: number }[] }[] };
  restingHeartRate: { streams: { nights: { date: string; bpm: number }[] }[] };
  sleep: { nights: { date: string; asleepMin: number }[] };
  steps: { days: { date: string }[] };
  workouts: { totalCount: number };
}

async function seen(): Promise<Seen> {
  const from = new Date(Date.now() - 90 * 86_400_000).toISOString();
  const to = new Date(Date.now() + 86_400_000).toISOString();
  const { viewer } = await world.ask<{ viewer: { athlete: Seen } }>(
    `query ($from: Date!, $to: Date!, $fromTime: DateTime!, $toTime: DateTime!) { viewer { athlete {
       hrv(from: $from, to: $to) { streams { nights { date ms } } }
       restingHeartRate(from: $from, to: $to) { streams { nights { date bpm } } }
       sleep(from: $from, to: $to) { nights { date asleepMin } }
       steps(from: $from, to: $to) { days { date } }
       workouts(from: $fromTime, to: $toTime) { totalCount }
     } } }`,
    { from: from.slice(0, 10), to: to.slice(0, 10), fromTime: from, toTime: to },
    athlete.token,
  );
  return viewer.athlete;
}

const hrvOf = ({ hrv }: Seen, date: string): number | undefined =>
  hrv.streams[0]?.nights.find((night) => night.date === date)?.ms;

interface Played {
  date: string;
  deliveries: { dataType: string; status: number }[];
}

const statusesOf = ({ deliveries }: Played): number[] => [...new Set(deliveries.map(({ status }) => status))];
const AINO = { provider: 'google-health', athlete: 'aino' };

describe('an athlete at Google Health', () => {
  it('links with a proof key, and the history comes', async () => {
    await linkSimulated(world, { athlete, provider: 'GOOGLE_HEALTH', key: 'aino' });
    const history = await until('the history', async () => {
      const now = await seen();
      const isWhole = now.sleep.nights.length > 30 && now.steps.days.length > 30 && now.workouts.totalCount > 20;
      return isWhole && (now.hrv.streams[0]?.nights.length ?? 0) > 30 && now;
    });
    expect(history.restingHeartRate.streams[0]?.nights.every(({ bpm }) => bpm > 35 && bpm < 100)).toBe(true);
  });

  it('the subscriber is made as an operator makes it: the address answers the right secret, and no other', async () => {
    const make = (secret: string | undefined) =>
      fetch(`${world.urls.simulator}/google-health/v4/projects/1/subscribers?subscriberId=athlete-ally`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          endpointUri: `${world.urls.webhooks}/google-health`,
          endpointAuthorization: { secret },
        }),
      });
    expect((await make('Bearer of-somebody-else')).status).toBe(400);
    expect((await make(world.secrets.providers['GOOGLE_HEALTH_AUTHORIZATION'])).status).toBe(200);
  });

  it('sleeps a night: it is told in signed webhooks, fetched, and seen; and so is its edit', async () => {
    const night = await play<Played>(world, 'night', { ...AINO, change: 'ordinary' });
    expect(night.deliveries.map(({ dataType }) => dataType)).toEqual(
      expect.arrayContaining(['sleep', 'daily-heart-rate-variability', 'daily-resting-heart-rate', 'steps']),
    );
    expect(statusesOf(night)).toEqual([204]);
    const before = await until('the night', async () => {
      const now = await seen();
      return now.sleep.nights.some(({ date }) => date === night.date) && hrvOf(now, night.date);
    });
    const edit = await play<Played>(world, 'night', { ...AINO, change: 'worse' });
    expect(edit.date).toBe(night.date);
    await until('its edit', async () => {
      const after = hrvOf(await seen(), night.date);
      return after !== undefined && after < before;
    });
  });

  it('a forged delivery is refused, a repeated one changes nothing', async () => {
    await play(world, 'fault', { ...AINO, name: 'bad-signature', times: 1 });
    const { deliveries } = await play<Played>(world, 'night', AINO);
    expect(deliveries.map(({ status }) => status).sort()).toEqual([204, 204, 204, 204, 401]);
  });

  it('deletes a night: its days are looked for, not found, and go', async () => {
    const { nights } = (await seen()).hrv.streams[0] ?? { nights: [] };
    const last = nights.at(-1)?.date ?? '';
    await play(world, 'fault', { ...AINO, name: 'deleted' });
    await until('its absence', async () => hrvOf(await seen(), last) === undefined);
  });

  it('takes access away: the link asks to be renewed, what came stays', async () => {
    const before = await seen();
    await play(world, 'fault', { ...AINO, name: 'revoked' });
    await until('the end', async () => {
      const [row] = await world.database.query<{ state: string }>('select state from connections.provider_connection');
      return row?.state === 'NEEDS_RECONNECT';
    });
    expect((await seen()).sleep.nights).toHaveLength(before.sleep.nights.length);
  });
});
