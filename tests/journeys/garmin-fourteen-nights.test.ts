import { readFileSync } from 'node:fs';
import { garminEnv, linkGarminUser, push, startGarminVendor, type GarminVendor } from '../support/garmin-vendor.ts';
import { register, type Person } from '../support/people.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

const fixture = <T>(name: string): T => JSON.parse(readFileSync(`../shared/fixtures/${name}`, 'utf8')) as T;

interface Expected {
  userId: string;
  rows: {
    date: string;
    hrv: { rmssdMs: number; lnRmssd: number; restingHr: number };
    sleep: { durationMin: number; efficiencyPct: number; latencyMin: null; wakeCount: number };
    capturedAt: string;
    steps: number;
  }[];
}

interface Night {
  sleeps: { userId: string }[];
}

let vendor: GarminVendor;
let world: World;
let athlete: Person;
const expected = fixture<Expected>('expected/garmin_14_nights.json');
const { deliveries } = fixture<{ deliveries: { rawBody: string }[] }>('garmin/webhook_replay_14_nights.json');

beforeAll(async () => {
  vendor = await startGarminVendor();
  world = await createWorld({ programs: ['connections', 'health-data', 'gateway'], env: garminEnv(vendor) });
  athlete = await register(world, 'ATHLETE');
});
afterAll(async () => {
  await world?.stop();
  await vendor?.close();
});

const QUERY = `{
  viewer { athlete {
    connections { provider state reason grantedScopes signals lastDeliveryAt }
    hrv(from: "2026-11-03", to: "2026-11-16") { streams { id metric nights { date ms ln capturedAt } } }
    restingHeartRate(from: "2026-11-03", to: "2026-11-16") { streams { nights { date bpm } } }
    sleep(from: "2026-11-03", to: "2026-11-17") { nights { date asleepMin efficiencyPct latencyMin wakeCount } }
    steps(from: "2026-11-03", to: "2026-11-16") { days { date steps } }
  } }
}`;

interface Athlete {
  connections: {
    provider: string;
    state: string;
    reason: string | null;
    grantedScopes: string[];
    signals: string[];
    lastDeliveryAt: string | null;
  }[];
  hrv: {
    streams: { id: string; metric: string; nights: { date: string; ms: number; ln: number; capturedAt: string }[] }[];
  };
  restingHeartRate: { streams: { nights: { date: string; bpm: number }[] }[] };
  sleep: { nights: { date: string; asleepMin: number; efficiencyPct: number; latencyMin: null; wakeCount: number }[] };
  steps: { days: { date: string; steps: number }[] };
}

const read = async (): Promise<Athlete> =>
  (await world.ask<{ viewer: { athlete: Athlete } }>(QUERY, {}, athlete.token)).viewer.athlete;
const connection = async () => (await read()).connections[0];

async function replay(): Promise<void> {
  for (const { rawBody } of deliveries) {
    const type = Object.keys(JSON.parse(rawBody) as object)[0] ?? '';
    expect((await push(world, { type, body: rawBody })).status).toBe(200);
  }
}

const count = async (sql: string): Promise<number> =>
  (await world.database.query<{ n: number }>(`select count(*)::int as n from ${sql}`))[0]?.n ?? -1;

/** What a night says, and which body said it; not when it was received. */
const VALUES = `select record_id, day, asleep_min, wake_count, delete_rank, encode(body_hash, 'hex') as hash
                  from health_data.sleep_night order by record_id`;

describe('fourteen nights of Garmin', () => {
  it('are asked for when the watch is linked, with a proof key', async () => {
    await linkGarminUser(world, { athlete, userId: expected.userId });
    expect(await connection()).toMatchObject({
      state: 'ACTIVE',
      reason: null,
      signals: expect.arrayContaining(['HRV']),
    });
    const job = await until('the history to be asked for', async () => {
      const [row] = await world.database.query<{ state: string; steps_done: number; steps_total: number }>(
        'select state, steps_done, steps_total from connections.sync_job',
      );
      return row?.state === 'DONE' && row;
    });
    expect(job.steps_done).toBe(job.steps_total);
    const asked = vendor.requests.filter((request) => request.startsWith('GET /rest/backfill/'));
    expect(new Set(asked.map((request) => request.split('/').at(-1)))).toEqual(
      new Set([
        ...['sleeps', 'hrv', 'dailies', 'skinTemp', 'activities', 'activityDetails'],
        // For the archive alone. `mct` is not among them: this athlete has not switched it on.
        ...['epochs', 'stressDetails', 'pulseOx', 'respiration', 'userMetrics', 'bodyComps', 'bloodPressures'],
        ...['healthSnapshot', 'moveiq'],
      ]),
    );
  });

  it('arrive by push and read as they were measured', async () => {
    await replay();
    const seen = await until('all fourteen nights', async () => {
      const now = await read();
      const { sleep, steps, hrv, restingHeartRate } = now;
      const last = sleep.nights.at(-1)?.asleepMin;
      const isWhole = [sleep.nights, steps.days, hrv.streams[0]?.nights, restingHeartRate.streams[0]?.nights].every(
        (days) => days?.length === 14,
      );
      return isWhole && Math.round(last ?? 0) === expected.rows.at(-1)?.sleep.durationMin && now;
    });
    expect(seen.hrv.streams.map(({ id, metric }) => [id, metric])).toEqual([
      ['garmin:rmssd:average_of_night', 'RMSSD'],
    ]);
    for (const [index, row] of expected.rows.entries()) {
      expect(seen.hrv.streams[0]?.nights[index]).toMatchObject({
        date: row.date,
        ms: row.hrv.rmssdMs,
        ln: expect.closeTo(row.hrv.lnRmssd, 4),
        capturedAt: row.capturedAt,
      });
      expect(seen.restingHeartRate.streams[0]?.nights[index]).toEqual({ date: row.date, bpm: row.hrv.restingHr });
      expect(seen.sleep.nights[index]).toMatchObject({
        date: row.date,
        asleepMin: expect.closeTo(row.sleep.durationMin, 2),
        efficiencyPct: expect.closeTo(row.sleep.efficiencyPct, 2),
        latencyMin: null,
        wakeCount: row.sleep.wakeCount,
      });
      expect(seen.steps.days[index]).toEqual({ date: row.date, steps: row.steps });
    }
    expect(seen.connections[0]?.lastDeliveryAt).not.toBeNull();
    const [sealed] = await world.database.query<{ provenance: string }>(
      `select distinct provenance from connections.delivery where provider = 'GARMIN'`,
    );
    expect(sealed).toEqual({ provenance: 'unsigned' });
  });

  it('change nothing when the whole replay comes again', async () => {
    const before = await world.database.query(VALUES);
    const stored = await count('connections.delivery');
    await replay();
    expect(await count('connections.delivery')).toBe(stored);
    expect(await world.database.query(VALUES)).toEqual(before);
  });
});

describe('a ping', () => {
  it('is followed to its address with the token of the athlete', async () => {
    const night = fixture<{ ping: { callback_response_sleeps: Record<string, unknown>[] } }>(
      'garmin/ping_and_account_notifications.json',
    ).ping.callback_response_sleeps[0];
    const startTimeInSeconds = Number(night?.['startTimeInSeconds']) + 86_400;
    const next = { ...night, summaryId: 'x-1', calendarDate: '2026-11-17', startTimeInSeconds, sleepLevelsMap: {} };
    vendor.callbacks.set('/rest/sleeps', [next]);
    const callbackURL = `${vendor.url}/rest/sleeps?token=t`;
    const body = { sleeps: [{ userId: expected.userId, callbackURL }] };
    expect((await push(world, { type: 'sleeps', body })).status).toBe(200);
    await until('the night of the callback', async () =>
      (await read()).sleep.nights.some(({ date }) => date === '2026-11-17'),
    );
  });

  it('to a host that is not on the list is set aside, and nobody is asked', async () => {
    const before = vendor.requests.length;
    const bad = { userId: expected.userId, callbackURL: `https://127.0.0.1:1/rest/sleeps` };
    const good = { userId: expected.userId, n: 1 };
    expect((await push(world, { type: 'epochs', body: { epochs: [bad, good] } })).status).toBe(200);
    expect(await count(`connections.dead_letter where reason = 'bad_callback'`)).toBe(1);
    expect((await push(world, { type: 'sleeps', body: { sleeps: [bad] } })).status).toBe(400);
    expect(vendor.requests.length).toBe(before);
  });
});

describe('who sends', () => {
  const body = { dailies: [{ userId: expected.userId, calendarDate: '2026-11-20', steps: 1 }] };

  it.each([
    ['to another address', { token: 'a-path-token-of-somebody' }],
    ['in the name of another application', { clientId: 'someone-else' }],
  ])('%s is refused, and nothing is kept', async (_name, change) => {
    const stored = await count('connections.delivery');
    expect((await push(world, { type: 'dailies', body, ...change })).status).toBe(401);
    expect(await count('connections.delivery')).toBe(stored);
  });

  it('of nobody we know hears success, and nothing is kept', async () => {
    const stored = await count('connections.delivery_key');
    const { account } = fixture<{ account: { bodies: { unknown_user: object } } }>(
      'garmin/ping_and_account_notifications.json',
    );
    expect((await push(world, { type: 'deregistrations', body: account.bodies.unknown_user })).status).toBe(200);
    expect((await push(world, { type: 'dailies', body: { dailies: [{ userId: 'nobody' }] } })).status).toBe(200);
    expect(await count('connections.delivery_key')).toBe(stored);
  });
});

describe('at Garmin the athlete', () => {
  it('switches health off and on again, which Garmin is asked about', async () => {
    const change = (n: number) => ({
      userPermissionsChange: [{ userId: expected.userId, permissions: [], changeTimeInSeconds: n }],
    });
    vendor.permissions = ['ACTIVITY_EXPORT', 'HISTORICAL_DATA_EXPORT'];
    await push(world, { type: 'userPermissionsChange', body: change(1) });
    await until('health to be gone', async () => !(await connection())?.signals.includes('HRV'));
    expect(await connection()).toMatchObject({
      state: 'ACTIVE',
      signals: ['TRAINING'],
      reason: 'Not granted at Garmin: daily health (HEALTH_EXPORT). Link again to add them.',
    });
    vendor.permissions.push('HEALTH_EXPORT');
    // The body says that nothing is granted: it is not believed.
    await push(world, { type: 'userPermissionsChange', body: change(2) });
    await until('health to be back', async () => (await connection())?.signals.includes('HRV'));
  });

  const deregistrations = { deregistrations: [{ userId: expected.userId }] satisfies Night['sleeps'] };
  const probes = () => vendor.requests.filter((request) => request === 'GET /rest/user/id').length;

  it('is not believed to have gone while Garmin still answers', async () => {
    const before = probes();
    expect((await push(world, { type: 'deregistrations', body: deregistrations })).status).toBe(200);
    await until('Garmin to be asked', () => Promise.resolve(probes() > before));
    await until(
      'the notification to be settled',
      async () => (await count(`connections.fetched_notification where outcome = 'not_confirmed'`)) > 0,
    );
    expect(await connection()).toMatchObject({ state: 'ACTIVE' });
  });

  it('takes our access away: the connection ends, the tokens go, the nights stay', async () => {
    vendor.isDeregistered = true;
    expect((await push(world, { type: 'deregistrations', body: deregistrations })).status).toBe(200);
    await until('the connection to end', async () => (await connection())?.state === 'REVOKED');
    expect((await connection())?.reason).toContain('Access was taken away at Garmin');
    expect(await count('connections.sealed_token')).toBe(0);
    expect((await read()).sleep.nights).toHaveLength(15);
  });
});
