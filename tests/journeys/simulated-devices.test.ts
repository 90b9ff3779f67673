import { linkSimulated, register, type Person } from '../support/people.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

/** One more simulated vendor is one more entry. */
const DEVICES = [
  {
    provider: 'WHOOP',
    key: 'aino',
    zone: 'Europe/Helsinki',
    nights: 50,
    stream: 'whoop:rmssd:average_of_night',
    tellsDeletion: true,
  },
  {
    provider: 'POLAR',
    key: 'tane',
    zone: 'Pacific/Auckland',
    nights: 25,
    stream: 'polar:rmssd:average_of_4_hours',
    tellsDeletion: false,
  },
] as const;

const DAY_MS = 86_400_000;

let world: World;
beforeAll(async () => {
  world = await createWorld({
    programs: ['simulator', 'connections', 'health-data', 'gateway'],
    // The quota of an application is told of elsewhere; here it would only make the test wait for the next minute.
    env: { WHOOP_QUOTA: '6000/60', POLAR_QUOTA: '6000/60', WHOOP_RATE_LIMIT: '6000', POLAR_RATE_LIMIT: '6000' },
  });
});
afterAll(() => world?.stop());

interface Played {
  date: string;
  deliveries: { status: number }[];
}

const control = async <T>(path: string, body: object): Promise<T> => {
  const response = await fetch(`${world.urls.simulator}/control/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as T;
};

interface Seen {
  hrv: { streams: { id: string; nights: { date: string; ms: number }[] }[] };
  sleep: { nights: { date: string; asleepMin: number }[] };
  workouts: { totalCount: number };
}

async function seenBy(athlete: Person): Promise<Seen> {
  const day = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
  const { viewer } = await world.ask<{ viewer: { athlete: Seen } }>(
    `query ($from: Date!, $to: Date!, $since: DateTime!, $until: DateTime!) { viewer { athlete {
      hrv(from: $from, to: $to) { streams { id nights { date ms } } }
      sleep(from: $from, to: $to) { nights { date asleepMin } }
      workouts(from: $since, to: $until) { totalCount }
    } } }`,
    { from: day(-80), to: day(1), since: `${day(-80)}T00:00:00Z`, until: `${day(1)}T00:00:00Z` },
    athlete.token,
  );
  return viewer.athlete;
}

const hrvOn = ({ hrv }: Seen, date: string) => hrv.streams[0]?.nights.find((night) => night.date === date)?.ms;
const sleepOn = ({ sleep }: Seen, date: string) => sleep.nights.find((night) => night.date === date)?.asleepMin;

const people = new Map<string, Person>();
const wearerOf = (provider: string): Person => people.get(provider) as Person;

describe.each(DEVICES)('an athlete who wears $provider', ({ provider, key, zone, nights, stream }) => {
  it('links it and sees the history', async () => {
    const athlete = await register(world, 'ATHLETE', zone);
    people.set(provider, athlete);
    await linkSimulated(world, { athlete, key, provider });
    const seen = await until('the history', async () => {
      const now = await seenBy(athlete);
      const isLoaded = (now.hrv.streams[0]?.nights.length ?? 0) >= nights && now.sleep.nights.length >= nights;
      return isLoaded && now.workouts.totalCount >= nights / 2 && now;
    });
    expect(seen.hrv.streams.map(({ id }) => id)).toEqual([stream]);
  });

  it('sees a night soon after waking, and what it is edited to', async () => {
    const { date, deliveries } = await control<Played>('night', { athlete: key, provider });
    expect(deliveries.length).toBeGreaterThan(1);
    expect(deliveries.every(({ status }) => status === 200)).toBe(true);
    const before = await until('the night', async () => {
      const now = await seenBy(wearerOf(provider));
      return hrvOn(now, date) !== undefined && sleepOn(now, date) !== undefined && now;
    });
    await control<Played>('night', { athlete: key, provider, change: 'ill' });
    const after = await until('the edit', async () => {
      const now = await seenBy(wearerOf(provider));
      return hrvOn(now, date) !== hrvOn(before, date) && sleepOn(now, date) !== sleepOn(before, date) && now;
    });
    expect(hrvOn(after, date)).toBeLessThan(hrvOn(before, date) as number);
  });
});

describe('when every access token has ended', () => {
  const isReconnectNeeded = async (athlete: Person): Promise<boolean | undefined> => {
    const { viewer } = await world.ask<{ viewer: { athlete: { connections: { needsReconnect: boolean }[] } } }>(
      '{ viewer { athlete { connections { needsReconnect } } } }',
      {},
      athlete.token,
    );
    return viewer.athlete.connections[0]?.needsReconnect;
  };

  it('WHOOP renews them, and the next night comes', async () => {
    const athlete = wearerOf('WHOOP');
    const before = await seenBy(athlete);
    await control('fault', { name: 'token-expired', provider: 'WHOOP' });
    const { date } = await control<Played>('night', { athlete: 'aino', provider: 'WHOOP', change: 'better' });
    await until('the edit', async () => hrvOn(await seenBy(athlete), date) !== hrvOn(before, date));
    expect(await isReconnectNeeded(athlete)).toBe(false);
  });

  it('Polar renews nothing: the athlete is asked to link again, and does', async () => {
    const athlete = wearerOf('POLAR');
    const before = await seenBy(athlete);
    await control('fault', { name: 'token-expired', provider: 'POLAR' });
    await control('night', { athlete: 'tane', provider: 'POLAR', change: 'better' });
    await until('the word that the link has ended', () => isReconnectNeeded(athlete));
    await linkSimulated(world, { athlete, key: 'tane', provider: 'POLAR' });
    const { date } = await control<Played>('night', { athlete: 'tane', provider: 'POLAR', change: 'better' });
    await until('the edit', async () => hrvOn(await seenBy(athlete), date) !== hrvOn(before, date));
    expect(await isReconnectNeeded(athlete)).toBe(false);
  });
});

it('a night that is deleted at WHOOP is seen no more', async () => {
  const { date } = await control<Played>('night', { athlete: 'aino', provider: 'WHOOP' });
  await control('fault', { name: 'deleted', athlete: 'aino', provider: 'WHOOP' });
  await until('the night to be gone', async () => {
    const now = await seenBy(wearerOf('WHOOP'));
    return hrvOn(now, date) === undefined && sleepOn(now, date) === undefined;
  });
});

it('the heart rate of the days came too, and nothing of all that was set aside', async () => {
  await until('the days of heart rate, which are loaded last', async () => {
    const [row] = await world.database.query<{ days: number }>(
      `select count(*)::int as days from health_data.sample_block
        where provider = 'POLAR' and record_id like 'continuous_heart_rate:%'`,
    );
    return (row?.days ?? 0) > 20;
  });
  const [row] = await world.database.query<{ aside: number }>(
    `select (select count(*)::int from connections.dead_letter) + (select count(*)::int from health_data.dead_letter) as aside`,
  );
  expect(row?.aside).toBe(0);
});
