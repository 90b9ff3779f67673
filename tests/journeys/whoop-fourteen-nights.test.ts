import { readFileSync } from 'node:fs';
import { linkVendorUser } from '../support/oura-vendor.ts';
import { register, type Person } from '../support/people.ts';
import { until } from '../support/wait.ts';
import { signWhoop, startWhoopVendor, whoopEnv, type WhoopVendor } from '../support/whoop-vendor.ts';
import { createWorld, type World } from '../support/world.ts';

const fixture = <T>(name: string): T => JSON.parse(readFileSync(`../shared/fixtures/${name}`, 'utf8')) as T;

interface Expected {
  userId: string;
  rows: {
    date: string;
    hrv: { rmssdMs: number; lnRmssd: number; restingHr: number };
    sleep: { durationMin: number; efficiencyPct: number; latencyMin: null; wakeCount: number };
    capturedAt: string;
    vendorRecordId: string;
    respiratoryRate: number;
    spo2Pct: number;
  }[];
}

interface Replay {
  deliveries: { headers: Record<string, string>; rawBody: string }[];
}

let vendor: WhoopVendor;
let world: World;
let athlete: Person;
const expected = fixture<Expected>('expected/whoop_14_nights.json');
const { deliveries } = fixture<Replay>('whoop/webhook_replay_14_nights.json');

beforeAll(async () => {
  vendor = await startWhoopVendor();
  // The replay was signed in its own days.
  world = await createWorld({
    programs: ['connections', 'health-data', 'gateway'],
    env: { ...whoopEnv(vendor), SIGNATURE_TOLERANCE_S: String(10 * 365 * 86_400), WHOOP_QUOTA: '6000/60' },
  });
  athlete = await register(world, 'ATHLETE', 'America/New_York');
});
afterAll(async () => {
  await world?.stop();
  await vendor?.close();
});

const QUERY = `{
  viewer { athlete {
    hrv(from: "2026-11-03", to: "2026-11-16") { streams { id nights { date ms ln capturedAt } } }
    restingHeartRate(from: "2026-11-03", to: "2026-11-16") { streams { nights { date bpm } } }
    sleep(from: "2026-11-03", to: "2026-11-16") { nights { date asleepMin efficiencyPct latencyMin wakeCount } }
    vitals(from: "2026-11-03", to: "2026-11-16") { days { date respiratoryRateBrpm spo2Pct } }
    workouts(from: "2026-11-01T00:00:00Z", to: "2026-11-17T00:00:00Z") { totalCount }
  } }
}`;

interface Seen {
  hrv: { streams: { id: string; nights: { date: string; ms: number; ln: number; capturedAt: string }[] }[] };
  restingHeartRate: { streams: { nights: { date: string; bpm: number }[] }[] };
  sleep: { nights: { date: string; asleepMin: number; efficiencyPct: number; wakeCount: number }[] };
  vitals: { days: { date: string; respiratoryRateBrpm: number; spo2Pct: number }[] };
  workouts: { totalCount: number };
}

const seen = async (): Promise<Seen> =>
  (await world.ask<{ viewer: { athlete: Seen } }>(QUERY, {}, athlete.token)).viewer.athlete;

const allNights = (): Promise<Seen> =>
  until('all fourteen nights', async () => {
    const now = await seen();
    const [hrv] = now.hrv.streams;
    const isWhole = now.vitals.days.filter(({ spo2Pct, respiratoryRateBrpm }) => spo2Pct && respiratoryRateBrpm);
    return hrv?.nights.length === 14 && now.sleep.nights.length === 14 && isWhole.length === 14 && now;
  });

async function replay(): Promise<void> {
  for (const { headers, rawBody } of deliveries) {
    const response = await fetch(`${world.urls.webhooks}/whoop`, { method: 'POST', headers, body: rawBody });
    expect(response.status).toBe(200);
  }
}

describe('fourteen nights of WHOOP', () => {
  it('arrive by signed webhooks, are fetched by what those name, and read as they were measured', async () => {
    await linkVendorUser(world, { athlete, userId: expected.userId, provider: 'WHOOP' });
    await replay();
    const { hrv, restingHeartRate, sleep, vitals } = await allNights();
    expect(hrv.streams.map(({ id }) => id)).toEqual(['whoop:rmssd:average_of_night']);
    for (const [index, row] of expected.rows.entries()) {
      expect(hrv.streams[0]?.nights[index]).toEqual({
        date: row.date,
        ms: row.hrv.rmssdMs,
        ln: expect.closeTo(row.hrv.lnRmssd, 4),
        capturedAt: row.capturedAt,
      });
      expect(restingHeartRate.streams[0]?.nights[index]).toEqual({ date: row.date, bpm: row.hrv.restingHr });
      expect(sleep.nights[index]).toEqual({
        date: row.date,
        asleepMin: expect.closeTo(row.sleep.durationMin, 2),
        efficiencyPct: expect.closeTo(row.sleep.efficiencyPct, 2),
        latencyMin: null,
        wakeCount: row.sleep.wakeCount,
      });
      expect(vitals.days[index]).toEqual({
        date: row.date,
        respiratoryRateBrpm: row.respiratoryRate,
        spo2Pct: row.spo2Pct,
      });
    }
  });

  it('change nothing when the replay comes again, or the history is loaded over them page by page', async () => {
    const before = await seen();
    await replay();
    vendor.isListing = true;
    const { startBackfill } = await world.ask<{ startBackfill: { id: string } }>(
      'mutation { startBackfill(input: { provider: WHOOP, from: "2026-11-01", to: "2026-11-16" }) { id } }',
      {},
      athlete.token,
    );
    await until('the history', async () => {
      const [job] = await world.database.query<{ state: string }>(
        'select state from connections.sync_job where id = $1',
        [startBackfill.id],
      );
      return job?.state === 'DONE';
    });
    expect(vendor.requests.filter((request) => request.endsWith('/v2/recovery')).length).toBeGreaterThan(1);
    const after = await until('its workouts', async () => {
      const now = await seen();
      return now.workouts.totalCount > before.workouts.totalCount && now;
    });
    expect({ ...after, workouts: null }).toEqual({ ...before, workouts: null });
  });

  it('go when WHOOP says that a sleep was deleted, and its recovery with it', async () => {
    const gone = expected.rows[4];
    vendor.deleted.add(gone?.vendorRecordId ?? '');
    const event = {
      user_id: Number(expected.userId),
      id: gone?.vendorRecordId,
      type: 'sleep.deleted',
      trace_id: 'd-1',
    };
    const { headers, body } = signWhoop(event);
    await fetch(`${world.urls.webhooks}/whoop`, { method: 'POST', headers, body });
    const left = await until('thirteen nights', async () => {
      const now = await seen();
      return now.sleep.nights.length === 13 && now.hrv.streams[0]?.nights.length === 13 && now;
    });
    expect(left.sleep.nights.map(({ date }) => date)).not.toContain(gone?.date);
  });

  it('an unlink reaches WHOOP though the access token has ended in the meantime', async () => {
    vendor.expireTokens();
    await world.ask('mutation { unlinkProvider(provider: WHOOP, data: KEEP) { state } }', {}, athlete.token);
    expect(vendor.revokedWith).toBe('at.2');
  });
});
