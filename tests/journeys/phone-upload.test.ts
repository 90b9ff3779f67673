import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { register, type Person } from '../support/people.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let athlete: Person;

beforeAll(async () => {
  world = await createWorld({ programs: ['connections', 'health-data', 'gateway'] });
  athlete = await register(world, 'ATHLETE', 'Asia/Tokyo');
});
afterAll(() => world?.stop());

const fixture = (path: string): Buffer => readFileSync(`${process.cwd()}/../shared/fixtures/${path}.json`);

const upload = (phone: string, body: Buffer, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${world.urls.uploads}/${phone}`, {
    method: 'POST',
    body: gzipSync(body),
    headers: {
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      authorization: `Bearer ${athlete.token}`,
      ...headers,
    },
  });

interface Read {
  athlete: {
    connections: {
      provider: string;
      state: string;
      signals: string[];
      needsReconnect: boolean;
      lastDeliveryAt: string;
    }[];
    sleep: { nights: { date: string; asleepMin: number; inBedMin: number; provider: string }[] };
    hrv: { streams: { provider: string; metric: string; nights: { date: string; ms: number }[] }[] };
    restingHeartRate: { streams: { nights: { date: string; bpm: number }[] }[] };
    steps: { state: string };
  };
}

const read = (): Promise<Read> =>
  world.ask<Read>(
    `query ($id: ID!) { athlete(id: $id) {
       connections { provider state signals needsReconnect lastDeliveryAt }
       sleep(from: "2026-11-10", to: "2026-11-20") { nights { date asleepMin inBedMin provider } }
       hrv(from: "2026-11-10", to: "2026-11-20") { streams { provider metric nights { date ms } } }
       restingHeartRate(from: "2026-11-10", to: "2026-11-20") { streams { nights { date bpm } } }
       steps(from: "2026-11-10", to: "2026-11-20") { state }
     } }`,
    { id: athlete.athleteId },
    athlete.token,
  );

describe('what a phone read', () => {
  it('from Apple Health is the athlete’s nights, heart and steps in the graph, and a linked phone', async () => {
    const reply = await upload('apple-health', fixture('apple_health/upload_day'), {
      'idempotency-key': 'sync-1-part-1',
    });
    expect(reply.status).toBe(202);
    expect(await reply.json()).toMatchObject({ deliveryId: expect.any(String), repeated: false });
    const { athlete: seen } = await until('the night', async () => {
      const found = await read();
      return found.athlete.sleep.nights.length > 0 && found;
    });
    expect(seen.sleep.nights).toEqual([
      { date: '2026-11-15', asleepMin: 405, inBedMin: 439, provider: 'APPLE_HEALTH' },
    ]);
    expect(seen.hrv.streams).toEqual([
      {
        provider: 'APPLE_HEALTH',
        metric: 'SDNN',
        nights: [{ date: '2026-11-15', ms: expect.closeTo((43.2 + 51.9 + 47.7 + 39.4) / 4) }],
      },
    ]);
    expect(seen.restingHeartRate.streams).toMatchObject([{ nights: [{ date: '2026-11-15', bpm: 55 }] }]);
    expect(seen.connections).toEqual([
      {
        provider: 'APPLE_HEALTH',
        state: 'ACTIVE',
        signals: ['HRV', 'RESTING_HEART_RATE', 'HEART_RATE', 'SLEEP', 'TRAINING', 'STEPS', 'VITALS'],
        needsReconnect: false,
        lastDeliveryAt: expect.any(String),
      },
    ]);
  });

  it('is told once when the phone sends it again', async () => {
    const again = await upload('apple-health', fixture('apple_health/upload_day'), {
      'idempotency-key': 'sync-1-part-1',
    });
    expect(again.status).toBe(200);
    expect(await again.json()).toMatchObject({ repeated: true });
    const [row] = await world.database.query<{ n: number }>('select count(*)::int as n from connections.delivery');
    expect(row?.n).toBe(1);
  });

  it('from Health Connect comes beside it, in streams of its own', async () => {
    expect((await upload('health-connect', fixture('health_connect/upload_day'))).status).toBe(202);
    const { athlete: seen } = await until('the other stream', async () => {
      const found = await read();
      return found.athlete.hrv.streams.length > 1 && found;
    });
    expect(seen.hrv.streams.map(({ provider, metric }) => `${provider} ${metric}`).sort()).toEqual([
      'APPLE_HEALTH SDNN',
      'HEALTH_CONNECT RMSSD',
    ]);
    expect(seen.connections).toHaveLength(2);
  });

  it('is kept and ends coming when the athlete unlinks the phone, and comes again when it links anew', async () => {
    const unlink = 'mutation { unlinkProvider(provider: APPLE_HEALTH, data: KEEP) { provider state } }';
    expect(await world.ask(unlink, {}, athlete.token)).toEqual({
      unlinkProvider: { provider: 'APPLE_HEALTH', state: 'REVOKED' },
    });
    const body = Buffer.from('{"data": {"records": []}}');
    const refused = await upload('apple-health', body);
    expect([refused.status, await refused.json()]).toEqual([403, expect.objectContaining({ code: 'forbidden' })]);
    expect((await read()).athlete.sleep.nights).toHaveLength(1);
    expect((await upload('apple-health', body, { 'x-link': 'true' })).status).toBe(202);
    const states = (await read()).athlete.connections.filter(({ provider }) => provider === 'APPLE_HEALTH');
    expect(states.map(({ state }) => state)).toEqual(['REVOKED', 'ACTIVE']);
  });

  it('is not linked by a consent page', async () => {
    const { errors } = await world.graph(
      'mutation { linkProvider(provider: APPLE_HEALTH) { authorizationUrl } }',
      {},
      athlete.token,
    );
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' }, message: expect.stringContaining('app') }]);
  });

  it('stands in no log', async () => {
    for (const program of ['connections', 'health-data', 'gateway'] as const) {
      // Without the times of its lines, whose seconds could be taken for a value.
      const log = (await world.logOf(program)).replaceAll(/"time":"[^"]+"/g, '');
      for (const word of ['43.2', athlete.token, athlete.athleteId, 'sync-1-part-1']) expect(log).not.toContain(word);
    }
  });
});
