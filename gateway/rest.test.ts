import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, buildSchema } from 'graphql';
import { z } from 'zod';
import { systemClock } from '#platform/clock';
import { createHttpServer } from '#platform/http';
import { createLogger } from '#platform/log';
import { readinessToday } from './rest-answers.ts';
import { serveRest } from './rest.ts';
import { ANNA, BEN, TEAM } from './testing/small-graph.ts';
import { openWorld, type Account, type World } from './testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterEach(async () => {
  world.small.measured.clear();
  world.small.unknown.clear();
  await world.reset();
});
afterAll(() => world.close());

interface Answer {
  status: number;
  headers: Headers;
  body: any;
}

async function get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(new URL(`/api/v1${path}`, world.url), { headers });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const bearer = async (account: Account) => ({ authorization: `Bearer ${await world.token(account)}` });

function athlete(athleteId: string): Account {
  const account = world.coach([]);
  const session = world.small.sessions.get(account.sessionId);
  if (session) session.athleteId = athleteId;
  return account;
}

const asAnna = () => bearer(athlete(ANNA));
const asCoach = () => bearer(world.coach([TEAM]));

const READINESS = {
  date: '2026-01-02',
  status: 'OK' as const,
  state: 'FINAL',
  revision: 1,
  algorithm: 'test/1',
  score: 61,
  band: 'NORMAL' as const,
  computedAt: '2026-01-02T05:30:00Z',
  drivers: [
    { id: 'rhr', signal: 'RESTING_HEART_RATE', points: 1, index: 0.1, weight: 0.2 },
    { id: 'sleep_debt', signal: 'SLEEP', points: 0, index: 0, weight: 0.1 },
    { id: 'hrv_trend', signal: 'HRV', points: -10, index: -0.6, weight: 0.3 },
  ],
  basis: ['HRV', 'RESTING_HEART_RATE', 'SLEEP'],
  stale: false,
  staleSignals: [],
  signals: {},
};

const NIGHT = { provider: 'OURA', bedtimeStart: '2026-01-01T22:00:00Z', bedtimeEnd: '2026-01-02T05:00:00Z' };
const NIGHTS = [
  {
    ...NIGHT,
    date: '2026-01-01',
    asleepMin: 431.5,
    efficiencyPct: 91.5,
    latencyMin: 8,
    wakeCount: 3,
    naps: [
      { startedAt: '2026-01-01T12:00:00Z', endedAt: '2026-01-01T12:30:00Z', asleepMin: 20 },
      { startedAt: '2026-01-01T15:00:00Z', endedAt: '2026-01-01T15:15:00Z', asleepMin: 10.5 },
    ],
  },
  { ...NIGHT, date: '2026-01-02', asleepMin: 400, naps: [] },
];

const stream = (id: string, nights: object[], more: object = {}) => ({
  id,
  provider: 'OURA',
  method: 'm',
  nights,
  ...more,
});

function measureDays(): void {
  const { measured } = world.small;
  const hrv = (date: string, ms: number) => ({ date, ms, ln: Math.log(ms), capturedAt: null });
  measured.set('hrv', () => ({
    state: 'AVAILABLE',
    streams: [
      stream('a', [hrv('2026-01-02', 999)], { metric: 'SDNN' }),
      stream('b', [hrv('2026-01-01', 60), hrv('2026-01-03', 62.5)], { metric: 'RMSSD' }),
    ],
  }));
  measured.set('restingHeartRate', () => ({ state: 'NOT_SHARED', streams: [] }));
  measured.set('sleep', () => ({ state: 'STALE', nights: NIGHTS }));
  measured.set('steps', () => ({
    state: 'AVAILABLE',
    days: [{ date: '2026-01-03', steps: 9_000, provider: 'OURA' }],
  }));
  measured.set('readinessHistory', () => [
    { ...READINESS, date: '2026-01-01', status: 'NOT_SHARED', score: null, band: null, drivers: [] },
    { ...READINESS, date: '2026-01-02' },
  ]);
}

const workout = (id: string, startedAt: string) => ({
  cursor: id,
  node: {
    id,
    startedAt,
    endedAt: '2026-01-02T10:00:00Z',
    type: 'running',
    durationS: 3_600,
    avgHr: 141.5,
    provider: 'OURA',
  },
});

/** Two pages, newest first, as the graph gives them. */
function measureWorkouts(): { asked: Record<string, unknown>[] } {
  const asked: Record<string, unknown>[] = [];
  world.small.measured.set('workouts', (args) => {
    asked.push(args);
    const isFirst = args['after'] === undefined || args['after'] === null;
    return {
      state: 'AVAILABLE',
      // Berlin is an hour ahead of UTC in January: the first and the last one are days outside.
      edges: isFirst
        ? [workout('after', '2026-01-02T23:30:00Z'), workout('late', '2026-01-02T22:30:00Z')]
        : [workout('early', '2025-12-31T23:30:00Z'), workout('before', '2025-12-31T22:30:00Z')],
      pageInfo: { hasNextPage: isFirst, hasPreviousPage: !isFirst, endCursor: isFirst ? 'late' : 'before' },
      totalCount: 4,
    };
  });
  return { asked };
}

const DAYS = 'start=2026-01-01&end=2026-01-03';

test('readiness of today is a number, its reasons in words and when it was computed', async () => {
  world.small.measured.set('readiness', () => READINESS);
  const { status, headers, body } = await get('/readiness/today', await asAnna());
  expect(body).toEqual({
    readiness: 61,
    drivers: ['7-day HRV -10', 'resting HR +1'],
    updatedAt: '2026-01-02T05:30:00Z',
    band: 'NORMAL',
    status: 'OK',
  });
  expect(status).toBe(200);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
});

test('a driver without words of its own is told by its name', () => {
  const { drivers } = readinessToday({ ...READINESS, drivers: [{ id: 'heat_load', points: -2 }] });
  expect(drivers).toEqual(['heat load -2']);
});

test('nights are flat, naps are minutes, and what is not known stays null', async () => {
  world.small.measured.set('sleep', () => ({ state: 'AVAILABLE', nights: NIGHTS }));
  const { body } = await get('/sleep/summary?from=2026-01-01&to=2026-01-02', await asAnna());
  expect(body).toEqual({
    state: 'AVAILABLE',
    nights: [
      { date: '2026-01-01', asleepMin: 431.5, efficiencyPct: 91.5, latencyMin: 8, wakeCount: 3, napMin: 30.5 },
      { date: '2026-01-02', asleepMin: 400, efficiencyPct: null, latencyMin: null, wakeCount: null, napMin: 0 },
    ],
  });
});

test('a day has one entry, values of two sources never meet, and what is withheld is null and says so', async () => {
  measureDays();
  const { status, body } = await get(`/athletes/${ANNA}/daily?${DAYS}`, await asCoach());
  expect(status).toBe(200);
  const states = {
    hrvMetric: 'RMSSD',
    hrvState: 'AVAILABLE',
    restingHeartRateBpm: null,
    restingHeartRateState: 'NOT_SHARED',
    sleepState: 'STALE',
    stepsState: 'AVAILABLE',
  };
  expect(body).toEqual([
    {
      ...states,
      date: '2026-01-01',
      hrvMs: 60,
      asleepMin: 431.5,
      steps: null,
      readiness: null,
      readinessState: 'NOT_SHARED',
    },
    { ...states, date: '2026-01-02', hrvMs: null, asleepMin: 400, steps: null, readiness: 61, readinessState: 'OK' },
    {
      ...states,
      date: '2026-01-03',
      hrvMs: 62.5,
      asleepMin: null,
      steps: 9_000,
      readiness: null,
      readinessState: 'NO_DATA',
    },
  ]);
});

test("workouts of all pages, oldest first, on the days of the athlete's own zone", async () => {
  const { asked } = measureWorkouts();
  const { body } = await get(`/athletes/${ANNA}/activities?start=2026-01-01&end=2026-01-02`, await asCoach());
  expect(body.state).toBe('AVAILABLE');
  expect(body.activities.map(({ id, date }: { id: string; date: string }) => [id, date])).toEqual([
    ['early', '2026-01-01'],
    ['late', '2026-01-02'],
  ]);
  expect(body.activities[0]).toMatchObject({ averageHeartRateBpm: 141.5, maxHeartRateBpm: null, type: 'running' });
  expect(asked.map(({ after }) => after ?? null)).toEqual([null, 'late']);
});

test('workouts withheld between two pages leave nothing of the first', async () => {
  const both = [workout('late', '2026-01-02T09:00:00Z')];
  const more = { hasNextPage: true, hasPreviousPage: false, endCursor: 'late' };
  world.small.measured.set('workouts', ({ after }) =>
    after
      ? { state: 'NOT_SHARED', edges: [], pageInfo: { hasNextPage: false, hasPreviousPage: false }, totalCount: 0 }
      : { state: 'AVAILABLE', edges: both, pageInfo: more, totalCount: 2 },
  );
  const { body } = await get(`/athletes/${ANNA}/activities?${DAYS}`, await asCoach());
  expect(body).toEqual({ state: 'NOT_SHARED', activities: [] });
});

test('workouts without an end are refused, not answered in part', async () => {
  const more = { hasNextPage: true, hasPreviousPage: false, endCursor: 'x' };
  world.small.measured.set('workouts', () => ({ state: 'AVAILABLE', edges: [], pageInfo: more, totalCount: 1 }));
  const { status, body } = await get(`/athletes/${ANNA}/activities?${DAYS}`, await asCoach());
  expect([status, body.code]).toEqual([400, 'bad_user_input']);
});

const PATHS = [
  '/readiness/today',
  '/sleep/summary?from=2026-01-01&to=2026-01-02',
  `/athletes/${ANNA}/daily?${DAYS}`,
  `/athletes/${ANNA}/activities?${DAYS}`,
];

describe.each(PATHS)('%s', (path) => {
  test('asks who is there before anything else', async () => {
    const nobody = await get(path.split('?')[0] as string);
    expect([nobody.status, nobody.body.code]).toEqual([401, 'unauthenticated']);
    expect(nobody.headers.get('content-type')).toContain('application/problem+json');
    expect(nobody.headers.get('www-authenticate')).toBe('Bearer');
    expect(nobody.headers.get('cache-control')).toBe('no-store');
    const account = athlete(ANNA);
    const expired = await world.token(account, { lifetimeS: -10 });
    expect((await get(path, { authorization: `Bearer ${expired}` })).body.code).toBe('unauthenticated');
    const session = world.small.sessions.get(account.sessionId);
    if (session) session.refused = 'session_idle';
    const idle = await get(path, await bearer(account));
    expect([idle.status, idle.body.code]).toEqual([401, 'session_idle']);
    for (const { calls } of Object.values(world.small.servers)) expect(calls).toEqual([]);
  });

  test('reads as the caller, and counts as activity unless it says otherwise', async () => {
    const account = athlete(ANNA);
    const headers = await bearer(account);
    expect((await get(path, headers)).status).toBe(200);
    await get(path, { ...headers, 'athlete-ally-background': '1' });
    expect(world.small.sessions.get(account.sessionId)?.isActivity).toEqual([true, false]);
    const calls = Object.values(world.small.servers).flatMap((server) => server.calls);
    expect(calls.length).toBeGreaterThan(2);
    for (const { viewer } of calls) expect(viewer).toMatchObject({ accountId: account.accountId, athleteId: ANNA });
  });

  test('answers in the shape that its description tells', async () => {
    measureDays();
    measureWorkouts();
    world.small.measured.set('readiness', () => READINESS);
    const { body: description } = await get('/openapi.json');
    const template = (path.split('?')[0] as string).replace(ANNA, '{id}');
    const described = description.paths[template].get;
    const parameters = described.parameters.filter((parameter: { in: string }) => parameter.in === 'query');
    expect(parameters.map(({ name }: { name: string }) => name)).toEqual([
      ...new URL(path, 'http://localhost').searchParams.keys(),
    ]);
    const { status, body } = await get(path, await asAnna());
    expect(status).toBe(200);
    const shape = z.fromJSONSchema(described.responses['200'].content['application/json'].schema);
    expect(shape.safeParse(body).error).toBeUndefined();
    expect(shape.safeParse({ ...body, surprise: 1 }).success).toBe(false);
    const refused = await get(path);
    expect(described.responses[refused.status]).toBeDefined();
    expect(z.fromJSONSchema(description.components.schemas.Problem).safeParse(refused.body).success).toBe(true);
  });
});

test('the description tells of these addresses and itself, to anybody', async () => {
  const { status, headers, body } = await get('/openapi.json');
  expect(status).toBe(200);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(body.openapi).toBe('3.1.0');
  expect(Object.keys(body.paths)).toEqual([
    ...PATHS.map((path) => (path.split('?')[0] as string).replace(ANNA, '{id}')),
    '/teams/{id}/readiness.csv',
    '/openapi.json',
  ]);
  const references = [...JSON.stringify(body).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path as string);
  expect(references.length).toBeGreaterThan(10);
  for (const path of references) {
    expect([path, path.split('/').reduce((part: any, name) => part?.[name], body)]).not.toEqual([path, undefined]);
  }
});

test('an athlete whom the caller may not know is a 404, the same for each', async () => {
  world.small.unknown.add(BEN);
  const headers = await asCoach();
  const foreign = await get(`/athletes/${BEN}/daily?${DAYS}`, headers);
  expect(foreign.status).toBe(404);
  expect(foreign.body).toMatchObject({ code: 'not_found' });
  world.small.unknown.add('no-id');
  expect((await get(`/athletes/no-id/daily?${DAYS}`, headers)).body).toEqual(foreign.body);
  expect((await get(`/athletes/${BEN}/activities?${DAYS}`, headers)).body).toEqual(foreign.body);
});

test('a membership that ends while it is read is a 404 as well', async () => {
  world.small.measured.set('steps', () => null);
  expect((await get(`/athletes/${ANNA}/daily?${DAYS}`, await asCoach())).status).toBe(404);
});

test('a coach is told that there is nothing of their own', async () => {
  for (const path of ['/readiness/today', '/sleep/summary?from=2026-01-01&to=2026-01-02']) {
    const { status, body } = await get(path, await asCoach());
    expect([status, body.code]).toEqual([403, 'forbidden']);
  }
});

describe('a wrong stretch of days is a 400 that says what is wrong', () => {
  const cases: [query: string, sentence: RegExp][] = [
    ['', /"start" is missing/],
    ['start=2026-01-01', /"end" is missing/],
    ['start=2026-01-01&end=', /"end" is missing/],
    ['start=2026-02-30&end=2026-03-01', /"start" is not a calendar day.*YYYY-MM-DD/],
    ['start=2026-01-01T00:00:00Z&end=2026-01-02', /"start" is not a calendar day/],
    ['start=2026-01-01&start=2026-01-02&end=2026-01-02', /"start" is given more than once/],
    ['start=2026-01-02&end=2026-01-01', /"start" \(2026-01-02\) is after "end" \(2026-01-01\)/],
    ['start=2025-01-01&end=2026-02-05', /At most 400 days/],
    ['start=0001-01-01&end=0001-01-02', /"start" is not a calendar day of the years 1900 to 2999/],
    ['start=9999-12-30&end=9999-12-31', /"start" is not a calendar day of the years 1900 to 2999/],
  ];
  test.each(cases)('%s', async (query, sentence) => {
    for (const what of ['daily', 'activities']) {
      const { status, body } = await get(`/athletes/${ANNA}/${what}?${query}`, await asCoach());
      expect(status).toBe(400);
      expect(body).toEqual({
        type: 'about:blank',
        status: 400,
        code: 'bad_user_input',
        detail: expect.stringMatching(sentence),
      });
    }
  });

  test('400 days are answered, and names are those of the address', async () => {
    const { status, body } = await get(`/athletes/${ANNA}/daily?start=2025-01-01&end=2026-02-04`, await asCoach());
    expect([status, body.length]).toEqual([200, 400]);
    expect((await get('/sleep/summary?start=2026-01-01', await asAnna())).body.detail).toContain('"from" is missing');
  });
});

test('what fails inside is a masked failure, never missing data', async () => {
  world.small.broken.add(ANNA);
  const { status, body } = await get(`/athletes/${ANNA}/daily?${DAYS}`, await asCoach());
  expect([status, body.code]).toEqual([500, 'internal']);
  expect(JSON.stringify(body)).not.toContain('on fire');
});

test('a subgraph that is down is a 503 that says when to try again', async () => {
  const { 'health-data': healthData } = world.small.servers;
  await healthData.stop();
  const { status, headers, body } = await get(`/athletes/${ANNA}/daily?${DAYS}`, await asCoach());
  expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'unavailable', '5']);
  expect(body.detail).not.toMatch(/127\.0\.0\.1|localhost/);
  await healthData.start();
  expect((await get(`/athletes/${ANNA}/daily?${DAYS}`, await asCoach())).status).toBe(200);
});

test('addresses that are not described are a 404, and nothing but reading is possible', async () => {
  expect((await get('/nothing', await asAnna())).body.code).toBe('not_found');
  const response = await fetch(new URL('/api/v1/readiness/today', world.url), { method: 'POST' });
  expect(response.status).toBe(404);
});

test('a stored operation that does not fit the graph, or is not there, keeps the gateway from starting', async () => {
  const server = createHttpServer({ log: createLogger({ name: 'test', level: 'silent' }) });
  const parts = {
    ...{ server, apollo: {} as never, signIn: {} as never, limits: { check: () => undefined, parse } },
    ...{ linkKey: Buffer.alloc(32), clock: systemClock },
  };
  const schema = buildSchema('type Query { nothing: Int }');
  await expect(serveRest({ ...parts, schema, operationsDir: 'schema/operations' })).rejects.toThrow(
    'The stored operation readiness-today does not fit the graph',
  );
  const empty = mkdtempSync(join(tmpdir(), 'operations-'));
  await expect(serveRest({ ...parts, schema, operationsDir: empty })).rejects.toThrow('readiness-today.graphql');
  rmSync(empty, { recursive: true });
  await server.close();
});
