import { readFileSync } from 'node:fs';
import { linkVendorUser, startOuraVendor, vendorEnv, type OuraVendor } from '../support/oura-vendor.ts';
import { register, type Person } from '../support/people.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

const fixture = <T>(name: string): T => JSON.parse(readFileSync(`../shared/fixtures/${name}`, 'utf8')) as T;

interface Expected {
  userId: string;
  rows: {
    date: string;
    hrv: { rmssdMs: number; lnRmssd: number; restingHr: number };
    sleep: { durationMin: number; efficiencyPct: number; latencyMin: number; wakeCount: number };
    capturedAt: string;
    steps: number;
    temperatureDeviationC: number;
    respiratoryRate: number;
  }[];
}

interface Replay {
  deliveries: { headers: Record<string, string>; rawBody: string }[];
}

let vendor: OuraVendor;
let world: World;
let athlete: Person;
const expected = fixture<Expected>('expected/oura_14_nights.json');

beforeAll(async () => {
  vendor = await startOuraVendor();
  for (const [file, type] of [
    ['sleep_page1', 'sleep'],
    ['sleep_page2', 'sleep'],
    ['daily_sleep', 'daily_sleep'],
    ['daily_readiness', 'daily_readiness'],
    ['daily_activity', 'daily_activity'],
  ]) {
    for (const document of fixture<{ data: { id: string }[] }>(`oura/${file}.json`).data)
      vendor.documents.set(`${type}/${document.id}`, document);
  }
  // The replay was signed in its own days.
  world = await createWorld({
    programs: ['connections', 'health-data', 'gateway'],
    env: { ...vendorEnv(vendor), SIGNATURE_TOLERANCE_S: String(10 * 365 * 86_400) },
  });
  athlete = await register(world, 'ATHLETE');
});
afterAll(async () => {
  await world?.stop();
  await vendor?.close();
});

const QUERY = `{
  viewer { athlete {
    hrv(from: "2026-11-03", to: "2026-11-16") { state streams { id metric nights { date ms ln capturedAt } } }
    restingHeartRate(from: "2026-11-03", to: "2026-11-16") { streams { nights { date bpm } } }
    sleep(from: "2026-11-03", to: "2026-11-16") { nights { date asleepMin efficiencyPct latencyMin wakeCount bedtimeEnd } }
    steps(from: "2026-11-03", to: "2026-11-16") { days { date steps } }
    vitals(from: "2026-11-03", to: "2026-11-16") { days { date temperatureDeviationC respiratoryRateBrpm } }
  } }
}`;

interface Answer {
  viewer: {
    athlete: {
      hrv: {
        state: string;
        streams: {
          id: string;
          metric: string;
          nights: { date: string; ms: number; ln: number; capturedAt: string }[];
        }[];
      };
      restingHeartRate: { streams: { nights: { date: string; bpm: number }[] }[] };
      sleep: {
        nights: { date: string; asleepMin: number; efficiencyPct: number; latencyMin: number; wakeCount: number }[];
      };
      steps: { days: { date: string; steps: number }[] };
      vitals: { days: { date: string; temperatureDeviationC: number; respiratoryRateBrpm: number }[] };
    };
  };
}

/** What a night says, and which body said it; not when it was asked for. */
const VALUES = `select record_id, day, asleep_min, wake_count, delete_rank, encode(body_hash, 'hex') as hash
                  from health_data.sleep_night order by record_id`;

describe('fourteen nights of Oura', () => {
  it('arrive by signed webhooks, are fetched, and read as they were measured', async () => {
    await linkVendorUser(world, { athlete, userId: expected.userId });
    for (const { headers, rawBody } of fixture<Replay>('oura/webhook_replay_14_nights.json').deliveries) {
      const response = await fetch(`${world.urls.webhooks}/oura`, { method: 'POST', headers, body: rawBody });
      expect(response.status).toBe(200);
    }
    const { viewer } = await until('all fourteen nights', async () => {
      const answer = await world.ask<Answer>(QUERY, {}, athlete.token);
      const { sleep, vitals, steps } = answer.viewer.athlete;
      return sleep.nights.length === 14 && vitals.days.length === 14 && steps.days.length === 14 && answer;
    });
    const { hrv, restingHeartRate, sleep, steps, vitals } = viewer.athlete;
    expect(hrv.streams.map(({ id, metric }) => [id, metric])).toEqual([['oura:rmssd:average_of_night', 'RMSSD']]);
    for (const [index, row] of expected.rows.entries()) {
      expect(hrv.streams[0]?.nights[index]).toMatchObject({
        date: row.date,
        ms: row.hrv.rmssdMs,
        ln: expect.closeTo(row.hrv.lnRmssd, 4),
        capturedAt: row.capturedAt,
      });
      expect(restingHeartRate.streams[0]?.nights[index]).toEqual({ date: row.date, bpm: row.hrv.restingHr });
      expect(sleep.nights[index]).toMatchObject({
        date: row.date,
        asleepMin: expect.closeTo(row.sleep.durationMin, 2),
        efficiencyPct: row.sleep.efficiencyPct,
        latencyMin: expect.closeTo(row.sleep.latencyMin, 2),
        wakeCount: row.sleep.wakeCount,
      });
      expect(steps.days[index]).toEqual({ date: row.date, steps: row.steps });
      expect(vitals.days[index]).toEqual({
        date: row.date,
        temperatureDeviationC: row.temperatureDeviationC,
        respiratoryRateBrpm: row.respiratoryRate,
      });
    }
  });

  it('change nothing when the whole replay comes again', async () => {
    const before = await world.database.query(VALUES);
    for (const { headers, rawBody } of fixture<Replay>('oura/webhook_replay_14_nights.json').deliveries) {
      expect((await fetch(`${world.urls.webhooks}/oura`, { method: 'POST', headers, body: rawBody })).status).toBe(200);
    }
    const [{ n } = { n: 0 }] = await world.database.query<{ n: number }>(
      `select count(*)::int as n from connections.delivery where domain = 'notification'`,
    );
    const { deliveries } = fixture<Replay>('oura/webhook_replay_14_nights.json');
    expect(n).toBe(new Set(deliveries.map(({ rawBody }) => rawBody)).size);
    expect(await world.database.query(VALUES)).toEqual(before);
  });
});
