import { createLogger } from '#platform/log';
import { parseBody } from '../../subgraphs/health-data/normalise/normaliser.ts';
import { deliveryOf, observedIn } from '../../subgraphs/health-data/normalise/normaliser.test-suite.ts';
import { normaliserOf } from '../../subgraphs/health-data/normalise/registry.ts';
import type { Fetched, FetchedPage, Vendor } from '../../subgraphs/connections/providers/provider.ts';
import { createGoogleHealth, googleHealthConfig } from '../../subgraphs/connections/providers/google-health.ts';
import { createPolar, polarConfig } from '../../subgraphs/connections/providers/polar.ts';
import { createStrava, stravaConfig } from '../../subgraphs/connections/providers/strava.ts';
import { answering, fixture, vendorWith } from '../../subgraphs/connections/providers/vendor.test-support.ts';
import { createWhoop, whoopConfig } from '../../subgraphs/connections/providers/whoop.ts';

/** What connections fetches of a provider must be what health-data reads of it: the two never meet but in these bodies. */
function rowsOf(vendor: Vendor, fetched: Fetched | FetchedPage) {
  if (fetched.outcome !== 'found') throw new Error(`nothing was fetched: ${fetched.outcome}`);
  const { provider } = vendor;
  const normalised = fetched.documents.map(({ domain, body }) => {
    const delivery = deliveryOf({ provider, domain, body: parseBody(body) });
    const result = normaliserOf(delivery)?.normalise(delivery);
    if (!result) throw new Error(`nobody reads what ${vendor.name} sends`);
    return result;
  });
  expect(normalised.flatMap(({ rejected }) => rejected)).toEqual([]);
  return normalised.flatMap(observedIn);
}

interface Night {
  date: string;
  hrv: { rmssdMs: number; lnRmssd: number; restingHr: number };
  sleep: { durationMin: number; efficiencyPct: number; wakeCount: number };
  capturedAt: string;
  vendorRecordId: string;
  respiratoryRate: number;
  spo2Pct: number;
}

interface Sleep {
  id: string;
  cycle_id: number;
}
interface Recovery {
  cycle_id: number;
}
interface Page<T> {
  records: T[];
  next_token?: string;
}

describe('WHOOP', () => {
  const vendor = vendorWith(createWhoop, whoopConfig, {
    WHOOP_CLIENT_ID: 'test_whoop_client_id',
    WHOOP_CLIENT_SECRET: 'test_whoop_client_secret',
    WHOOP_API_URL: 'https://api.vendor.example',
  });
  const range = { from: '2026-11-03', to: '2026-11-16' };
  const WINDOW = 'limit=25&start=2026-11-01T00%3A00%3A00.000Z&end=2026-11-18T00%3A00%3A00.000Z';
  const { rows: nights } = fixture<{ rows: Night[] }>('expected/whoop_14_nights.json');
  const sleepPages = ['page1', 'page2'].map((page) => fixture<Page<Sleep>>(`whoop/sleep_${page}.json`));
  const recoveryPages = ['page1', 'page2'].map((page) => fixture<Page<Recovery>>(`whoop/recovery_${page}.json`));
  const { ask } = answering({
    ...pagesAt('/v2/activity/sleep', sleepPages),
    ...pagesAt('/v2/recovery', recoveryPages),
    'GET /v2/activity/workout': fixture('whoop/workout_page.json'),
    ...Object.fromEntries(
      sleepPages.flatMap(({ records }) => records.map((sleep) => [`GET /v2/activity/sleep/${sleep.id}`, sleep])),
    ),
    ...Object.fromEntries(
      recoveryPages.flatMap(({ records }) =>
        records.map((recovery) => [`GET /v2/cycle/${recovery.cycle_id}/recovery`, recovery]),
      ),
    ),
  });

  function pagesAt(path: string, pages: Page<unknown>[]): Record<string, unknown> {
    return Object.fromEntries(
      pages.map((page, at) => {
        const token = pages[at - 1]?.next_token;
        return [`GET ${path}?${WINDOW}${token === undefined ? '' : `&nextToken=${token}`}`, page];
      }),
    );
  }

  async function readAll(dataType: string): Promise<ReturnType<typeof rowsOf>> {
    const rows = [];
    let nextToken: string | null = null;
    do {
      const page: FetchedPage = await vendor.data.readPage({ dataType, range, nextToken, ask });
      rows.push(...rowsOf(vendor, page));
      nextToken = page.outcome === 'found' ? page.nextToken : null;
    } while (nextToken !== null);
    return rows;
  }

  const expectNight = (rows: ReturnType<typeof rowsOf>, night: Night): void => {
    const when = { day: night.date, capturedAt: new Date(night.capturedAt), zoneOffsetMin: -300, flags: [] };
    const row = (kind: string, recordId: string) =>
      rows.filter((one) => one.kind === kind && one.recordId === recordId)[0];
    expect(row('hrv_night', night.vendorRecordId)).toMatchObject({
      ...when,
      ms: night.hrv.rmssdMs,
      lnMs: expect.closeTo(night.hrv.lnRmssd, 4),
    });
    expect(row('resting_heart_rate', night.vendorRecordId)).toMatchObject({ ...when, bpm: night.hrv.restingHr });
    expect(row('vitals_day', `recovery:${night.vendorRecordId}`)).toMatchObject({ ...when, spo2Pct: night.spo2Pct });
    expect(row('sleep_night', night.vendorRecordId)).toMatchObject({
      ...when,
      asleepMin: expect.closeTo(night.sleep.durationMin, 2),
      efficiencyPct: expect.closeTo(night.sleep.efficiencyPct, 2),
      wakeCount: night.sleep.wakeCount,
    });
  };

  test.each(nights)('the night of $date is exact when its recovery is notified', async (night) => {
    const notification = { dataType: 'recovery', objectId: night.vendorRecordId };
    const fetched = await vendor.data.fetch({ notification, recentDays: range, ask });
    expectNight(rowsOf(vendor, fetched), night);
  });

  test('fourteen nights are exact when they are read by the page, sleep and recovery apart', async () => {
    expect(nights).toHaveLength(14);
    const recoveries = await readAll('recovery');
    const sleeps = await readAll('sleep');
    expect(recoveries.filter(({ kind }) => kind === 'hrv_night')).toHaveLength(14);
    for (const night of nights) expectNight([...recoveries, ...sleeps], night);
    // A sleep beside its recovery says what it says on its own.
    const kept = new Set(sleeps.map((row) => JSON.stringify(row)));
    expect(recoveries.filter(({ kind }) => kind === 'sleep_night').every((row) => kept.has(JSON.stringify(row)))).toBe(
      true,
    );
  });

  test('workouts', async () => {
    const workouts = await readAll('workout');
    expect(workouts.map((row) => row.kind)).toEqual(Array(workouts.length).fill('workout'));
    expect(workouts).toHaveLength(fixture<Page<unknown>>('whoop/workout_page.json').records.length);
  });

  test('nights that are calibrating, pending or beyond scoring', async () => {
    const edges = answering(fixture<Record<string, unknown>>('whoop/edge_cases.json'));
    const rows = rowsOf(
      vendor,
      await vendor.data.readPage({
        dataType: 'recovery',
        range: { from: '2026-11-17', to: '2026-11-20' },
        nextToken: null,
        ask: edges.ask,
      }),
    );
    expect(rows.filter(({ kind }) => kind === 'hrv_night')).toMatchObject([
      { day: '2026-11-18', zoneOffsetMin: 540, flags: ['calibrating'] },
    ]);
  });
});

describe('Polar', () => {
  const vendor = vendorWith(createPolar, polarConfig, {
    POLAR_CLIENT_ID: 'test_polar_client_id',
    POLAR_CLIENT_SECRET: 'test_polar_client_secret',
    POLAR_API_URL: 'https://api.vendor.example',
  });
  const { sleep, exercise } = fixture<Record<'sleep' | 'exercise', Record<string, unknown>>>('polar/data.json');
  const day = '2026-11-15';
  const recharges = [sleep[`GET /v3/users/nightly-recharge/${day}`]];
  const activities = [exercise['GET /v3/users/activities/2026-11-14']];
  const { ask } = answering({
    ...sleep,
    ...exercise,
    'GET /v3/users/nightly-recharge': { recharges },
    'GET /v3/exercises': [exercise['GET /v3/exercises/2AC312F']],
    'GET /v3/users/activities': activities,
    [`GET /v3/users/continuous-heart-rate/${day}`]: {
      date: day,
      heart_rate_samples: [{ heart_rate: 63, sample_time: '08:00:00' }],
    },
  });
  const range = { from: '2026-11-14', to: '2026-11-16' };
  const NIGHT = { kind: 'sleep_night', recordId: day, day, asleepMin: 435, wakeCount: 3, zoneOffsetMin: 120 };
  const HRV = { kind: 'hrv_night', recordId: day, day, ms: 39, method: 'average_of_4_hours' };
  const WORKOUT = { kind: 'workout', recordId: '2AC312F', day: '2026-11-14', averageHeartRateBpm: 146 };
  const STEPS = { kind: 'steps_day', recordId: '2026-11-14', steps: 11_230 };
  const HEART_RATE = { kind: 'sample_block', values: [63], startedAt: new Date('2026-11-15T06:00:00Z') };

  test.each([
    ['sleep', day, [NIGHT, HRV]],
    ['exercise', '2AC312F', [WORKOUT]],
    ['activity', '2026-11-14', [STEPS]],
    ['continuous_heart_rate', day, [HEART_RATE]],
  ])('what a notification of %s brings', async (dataType, objectId, expected) => {
    const rows = rowsOf(
      vendor,
      await vendor.data.fetch({ notification: { dataType, objectId }, recentDays: range, ask }),
    );
    for (const row of expected) expect(rows).toContainEqual(expect.objectContaining(row));
  });

  test.each([
    ['sleep', NIGHT],
    ['nightly_recharge', HRV],
    ['exercise', WORKOUT],
    ['activity', STEPS],
    ['continuous_heart_rate', HEART_RATE],
  ])('what a page of %s brings', async (dataType, expected) => {
    const rows = rowsOf(vendor, await vendor.data.readPage({ dataType, range, nextToken: null, ask }));
    expect(rows).toContainEqual(expect.objectContaining(expected));
  });
});

describe('Strava', () => {
  const vendor = vendorWith(createStrava, stravaConfig, {
    STRAVA_CLIENT_ID: '123456',
    STRAVA_CLIENT_SECRET: 'test_strava_client_secret',
    STRAVA_PATH_TOKEN: 'a-path-token-of-strava',
    STRAVA_VERIFICATION_TOKEN: 'test_strava_verify_token',
    STRAVA_API_URL: 'https://api.vendor.example',
  });
  const list = fixture<unknown[]>('strava/activities_page1.json');
  const { ask } = answering({
    'GET /activities/16301000001': fixture('strava/activity_detail.json'),
    'GET /activities/16301000001/streams': fixture('strava/activity_streams.json'),
    'GET /athlete/activities': list,
  });
  const range = { from: '2026-11-10', to: '2026-11-16' };
  const RUN = {
    kind: 'workout',
    recordId: '16301000001',
    day: '2026-11-15',
    activity: 'Run',
    startedAt: new Date('2026-11-15T15:12:00Z'),
    durationS: 2610,
    distanceM: 8046.7,
    averageHeartRateBpm: 149.3,
    maxHeartRateBpm: 176,
  };

  test('what a notification brings: the activity with its energy, its splits, heart rate and course', async () => {
    const notification = { dataType: 'activity', objectId: '16301000001' };
    const rows = rowsOf(vendor, await vendor.data.fetch({ notification, recentDays: range, ask }));
    expect(rows).toHaveLength(4);
    expect(rows[0]).toMatchObject({ ...RUN, energyKcal: 611.3 });
    expect(rows[1]).toMatchObject({ kind: 'workout_splits', recordId: '16301000001', splits: [{ durationS: 327 }] });
    for (const [index, sampleKind] of ['heart_rate', 'distance'].entries()) {
      const block = rows[index + 2] as unknown as { values: number[] };
      expect(block).toMatchObject({
        kind: 'sample_block',
        sampleKind,
        recordId: '16301000001',
        startedAt: RUN.startedAt,
      });
      expect(block.values).toHaveLength(60);
    }
  });

  test('what a page brings: all its activities, without energy', async () => {
    const rows = rowsOf(vendor, await vendor.data.readPage({ dataType: 'activity', range, nextToken: null, ask }));
    expect(rows).toHaveLength(list.length);
    expect(rows[0]).toMatchObject({ ...RUN, energyKcal: null });
  });
});

describe('Google Health', () => {
  const tools = {
    load: () => Promise.reject(new Error('nothing is signed here')),
    log: createLogger({ name: 'test', level: 'silent' }),
  };
  const vendor = vendorWith((config) => createGoogleHealth(config, tools), googleHealthConfig, {
    GOOGLE_HEALTH_CLIENT_ID: 'test_google_client_id',
    GOOGLE_HEALTH_CLIENT_SECRET: 'test_google_client_secret',
    GOOGLE_HEALTH_AUTHORIZATION: 'Bearer test-google-health-endpoint-secret',
    GOOGLE_HEALTH_API_URL: 'https://api.vendor.example',
  });
  const points = fixture<Record<string, object>>('google_health/datapoints_other.json');
  const { google_health: expected } = fixture<{
    google_health: {
      date: string;
      hrv: { rmssdMs: number; lnRmssd: number; restingHr: number };
      sleep: { durationMin: number; efficiencyPct: number; latencyMin: number; wakeCountInnerAwakeStages: number };
      steps: number;
      fitness_session: { type: string; durationSec: number; distanceMeters: number; avgHr: number; maxHr: null };
    };
  }>('expected/single_days.json');
  const { date: day, hrv, sleep, steps, fitness_session: session } = expected;
  const pointsUrl = (dataType: string) => `/v4/users/me/dataTypes/${dataType}/dataPoints`;
  const { ask } = answering({
    ...Object.fromEntries(Object.entries(points).map(([type, page]) => [`GET ${pointsUrl(type)}`, page])),
    [`GET ${pointsUrl('heart-rate')}`]: { ...points['heart-rate'], nextPageToken: '' },
    [`GET ${pointsUrl('sleep')}`]: fixture('google_health/datapoints_sleep.json'),
    [`POST ${pointsUrl('steps')}:dailyRollUp`]: points['steps:dailyRollUp'],
  });
  const range = { from: day, to: day };
  const NIGHT = '2026-11-14T22:11:00.000Z/2026-11-15T05:41:00.000Z';
  const CASES = [
    [
      'sleep',
      NIGHT,
      {
        kind: 'sleep_night',
        day,
        asleepMin: sleep.durationMin,
        efficiencyPct: expect.closeTo(sleep.efficiencyPct, 2),
        latencyMin: sleep.latencyMin,
        wakeCount: sleep.wakeCountInnerAwakeStages,
      },
    ],
    [
      'daily-heart-rate-variability',
      day,
      { kind: 'hrv_night', day, ms: hrv.rmssdMs, lnMs: expect.closeTo(hrv.lnRmssd, 4) },
    ],
    ['daily-resting-heart-rate', day, { kind: 'resting_heart_rate', day, bpm: hrv.restingHr }],
    ['steps', day, { kind: 'steps_day', day, steps }],
    [
      'exercise',
      NIGHT,
      {
        kind: 'workout',
        day,
        activity: session.type,
        durationS: session.durationSec,
        distanceM: session.distanceMeters,
        averageHeartRateBpm: session.avgHr,
        maxHeartRateBpm: session.maxHr,
      },
    ],
    ['daily-respiratory-rate', day, { kind: 'vitals_day', day, respiratoryRateBrpm: 14.2 }],
    ['daily-oxygen-saturation', day, { kind: 'vitals_day', day, spo2Pct: 96.1 }],
    ['daily-sleep-temperature-derivations', day, { kind: 'vitals_day', day }],
    [
      'heart-rate-variability',
      NIGHT,
      { kind: 'sample_block', sampleKind: 'hrv_rmssd', values: [43.9] },
      { kind: 'sample_block', sampleKind: 'hrv_sdnn', values: [61.2] },
    ],
    ['heart-rate', NIGHT, { kind: 'sample_block', values: [71, 72, 73], offsetsS: [0, 5, 10] }],
  ] as const;

  test('every data type has a case', () =>
    expect(CASES.map(([dataType]) => dataType).sort()).toEqual(
      vendor.data.resources.map(({ dataType }) => dataType).sort(),
    ));

  test.each(CASES)(
    '%s of %s is as it was measured, notified or read by the page',
    async (dataType, objectId, ...rows) => {
      const fetched = await vendor.data.fetch({ notification: { dataType, objectId }, recentDays: range, ask });
      const page = await vendor.data.readPage({ dataType, range, nextToken: null, ask });
      expect(rowsOf(vendor, fetched)).toEqual(rows.map((row) => expect.objectContaining(row)));
      expect(rowsOf(vendor, page)).toEqual(rowsOf(vendor, fetched));
    },
  );

  test('a deletion of a day names it as the rows do', () => {
    const rows = (dataType: string) =>
      normaliserOf({ provider: 'GOOGLE_HEALTH', domain: dataType })
        ?.normalise(
          deliveryOf({
            provider: 'GOOGLE_HEALTH',
            domain: dataType,
            body: { deleted: { data_type: dataType, object_id: day } },
          }),
        )
        .measurements.map(({ recordId }) => recordId);
    for (const dataType of ['daily-heart-rate-variability', 'daily-resting-heart-rate', 'steps']) {
      expect(rows(dataType)).toEqual([day]);
    }
  });
});
