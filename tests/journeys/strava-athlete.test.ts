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

interface Workout {
  startedAt: string;
  endedAt: string;
  type: string;
  energyKcal: number | null;
  avgHr: number;
}

async function workouts(): Promise<Workout[]> {
  const { viewer } = await world.ask<{
    viewer: { athlete: { workouts: { edges: { node: Workout & { provider: string } }[] } } };
  }>(
    `query ($from: DateTime!, $to: DateTime!) { viewer { athlete { workouts(from: $from, to: $to, first: 100) {
       edges { node { startedAt endedAt type energyKcal avgHr provider } } } } } }`,
    { from: new Date(Date.now() - 90 * 86_400_000).toISOString(), to: new Date().toISOString() },
    athlete.token,
  );
  return viewer.athlete.workouts.edges
    .map(({ node }) => node)
    .filter(({ provider }) => provider === 'STRAVA')
    .sort((a, b) => a.startedAt.localeCompare(b.startedAt));
}

async function heartRateWithin({ startedAt, endedAt }: Workout): Promise<number> {
  const { viewer } = await world.ask<{ viewer: { athlete: { heartRate: { points: { at: string }[] } } } }>(
    `query ($from: DateTime!, $to: DateTime!) { viewer { athlete { heartRate(from: $from, to: $to, resolution: RAW) {
       points { at } } } } }`,
    { from: startedAt, to: endedAt },
    athlete.token,
  );
  return viewer.athlete.heartRate.points.length;
}

async function connection(): Promise<{ state: string; reason: string | null; grantedScopes: string[] } | undefined> {
  const { viewer } = await world.ask<{
    viewer: {
      athlete: { connections: { provider: string; state: string; reason: string; grantedScopes: string[] }[] };
    };
  }>('{ viewer { athlete { connections { provider state reason grantedScopes } } } }', {}, athlete.token);
  return viewer.athlete.connections.find(({ provider }) => provider === 'STRAVA');
}

interface Played {
  deliveries: { eventType: string; dataType: string; status: number }[];
}

describe('an athlete at Strava', () => {
  it('links, with the scopes that the redirect names, and the history of sessions comes', async () => {
    await linkSimulated(world, { athlete, provider: 'STRAVA', key: 'aino' });
    expect(await connection()).toMatchObject({
      state: 'ACTIVE',
      reason: null,
      grantedScopes: ['read', 'activity:read_all'],
    });
    const history = await until('the history', async () => {
      const found = await workouts();
      return found.length > 20 && found;
    });
    // Lists know no energy, and their heart rate is an average.
    expect(history.every(({ energyKcal, avgHr }) => energyKcal === null && avgHr > 60)).toBe(true);
    expect(new Set(history.map(({ type }) => type))).toEqual(new Set(['Run', 'Ride', 'WeightTraining']));
  });

  it('edits a week of them: each is notified at the secret address, fetched whole, and has its heart rate', async () => {
    await until('the subscription', async () => {
      const rows = await world.database.query(
        `select 1 from connections.webhook_subscription where provider = 'STRAVA'`,
      );
      return rows.length === 1;
    });
    const { deliveries } = await play<Played>(world, 'week', { provider: 'strava', athlete: 'aino' });
    expect(deliveries.length).toBeGreaterThan(3);
    expect(deliveries.map(({ status }) => status)).toEqual(deliveries.map(() => 200));
    const detailed = await until('the details', async () => {
      const found = (await workouts()).filter(({ energyKcal }) => energyKcal !== null);
      return found.length === deliveries.length && found;
    });
    await until('heart rate', async () => (await heartRateWithin(detailed.at(-1) as Workout)) > 100);
  });

  it('deletes one: it is looked for, not found, and goes', async () => {
    const before = await workouts();
    const { deliveries } = await play<Played>(world, 'fault', {
      name: 'deleted',
      provider: 'strava',
      athlete: 'aino',
    });
    expect(deliveries).toMatchObject([{ eventType: 'delete', dataType: 'activity', status: 200 }]);
    await until('one session less', async () => (await workouts()).length === before.length - 1);
  });

  it('is not lost to whoever says so: a deletion and a deauthorisation that Strava does not confirm change nothing', async () => {
    const before = await workouts();
    const [row] = await world.database.query<{ id: string; owner: string }>(
      `select provider_user_id as owner from connections.provider_connection where provider = 'STRAVA'`,
    );
    const activity = await lastActivity();
    const answered = await outcomes();
    const at = `${world.urls.webhooks}/strava/${world.secrets.providers['STRAVA_PATH_TOKEN']}`;
    const said = [
      { aspect_type: 'delete', object_type: 'activity', object_id: activity, updates: {} },
      { aspect_type: 'update', object_type: 'athlete', object_id: row?.owner, updates: { authorized: 'false' } },
    ].map((event) => ({ ...event, owner_id: Number(row?.owner), event_time: Math.floor(Date.now() / 1000) }));
    const post = (url: string, event: object) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(event),
      });
    for (const event of said) expect((await post(at, event)).status).toBe(200);
    expect((await post(`${at}x`, said[0] as object)).status).toBe(401);
    const asked = await until('both asked for', async () => {
      const now = await outcomes();
      return now.length === answered.length + said.length && now.slice(answered.length);
    });
    expect(asked.sort()).toEqual(['fetched', 'not_confirmed']);
    expect(await workouts()).toHaveLength(before.length);
    expect(await connection()).toMatchObject({ state: 'ACTIVE' });
  });

  it('takes our access away: the connection ends, what it brought stays', async () => {
    const before = await workouts();
    const { deliveries } = await play<Played>(world, 'fault', { name: 'revoked', provider: 'strava', athlete: 'aino' });
    expect(deliveries).toMatchObject([{ eventType: 'update', dataType: 'athlete', status: 200 }]);
    const ended = await until('the end', async () => {
      const now = await connection();
      return now?.state === 'REVOKED' && now;
    });
    expect(ended.reason).toContain('Access was taken away at Strava');
    expect(await workouts()).toHaveLength(before.length);
  });
});

/** The number of a session of that week that is still there. */
async function lastActivity(): Promise<number> {
  const [row] = await world.database.query<{ id: string }>(
    `select object_id as id from connections.record_fetch where data_type = 'activity' order by started_at limit 1`,
  );
  return Number(row?.id);
}

/** How notifications were answered so far, the oldest first. */
async function outcomes(): Promise<string[]> {
  const rows = await world.database.query<{ outcome: string }>(
    'select outcome from connections.fetched_notification order by ended_at',
  );
  return rows.map(({ outcome }) => outcome);
}
