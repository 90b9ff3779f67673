import type { FastifyInstance } from 'fastify';
import { createHttpServer } from '#platform/http';
import { newId } from '#platform/ids';
import { createLogger } from '#platform/log';
import { createPayloadKeys, type PayloadKeys } from '#platform/payload-keys';
import { createMetrics } from '#platform/telemetry';
import { startPeople, type AthletePerson, type People } from '../accounts/people.test-support.ts';
import { createCounter } from '../limits/counter.ts';
import { createLimits } from '../limits/limits.ts';
import { createIngest, forgetIngestKeys } from './accept-ingest.ts';
import { createApiKeys, type ApiKeys } from './api-key.ts';
import { addIngest } from './receive-ingest.ts';

const DAY_MS = 86_400_000;
const log = createLogger({ name: 'test', level: 'silent' });
let people: People;
let payloadKeys: PayloadKeys;
let apiKeys: ApiKeys;
let server: FastifyInstance;
let address: string;
let athlete: AthletePerson;
let key: string;
let keyId: string;
let woken = 0;

async function serve(db: People['db'], factor = 1): Promise<{ server: FastifyInstance; address: string }> {
  const http = createHttpServer({ log });
  const ingest = createIngest({
    db,
    payloadKeys,
    clock: people.clock,
    onStored: (references) => (woken += references.length),
  });
  const limits = createLimits({ counter: createCounter({ db: people.db }), log, factor });
  addIngest(http, { apiKeys, ingest, limits, metrics: createMetrics(), log });
  return { server: http, address: await http.listen({ host: '127.0.0.1', port: 0 }) };
}

beforeAll(async () => {
  people = await startPeople();
  await people.db.query('select prepare_partitions($1::date, 40)', [new Date(Date.now() - DAY_MS)]);
  payloadKeys = createPayloadKeys({ ring: people.payloadRing });
  apiKeys = createApiKeys({ db: people.db, clock: people.clock });
  ({ server, address } = await serve(people.db));
});
beforeEach(async () => {
  athlete = await people.athlete();
  ({ key, id: keyId } = await apiKeys.create({ name: 'Sleep lab', scope: 'ingest', expiresAt: null }));
});
afterAll(async () => {
  await server?.close();
  await people?.stop();
});

const hrv = (change: object = {}): object => ({
  athleteId: athlete.athleteId,
  provider: 'GARMIN',
  date: '2026-11-19',
  rmssdMs: 52.5,
  ...change,
});
const night = (change: object = {}): object => ({
  athleteId: athlete.athleteId,
  provider: 'GARMIN',
  date: '2026-11-19',
  startAt: '2026-11-18T22:30:00+02:00',
  endAt: '2026-11-19T06:30:00+02:00',
  durationMin: 440,
  ...change,
});

const post = (body: unknown, headers: Record<string, string | null> = {}, kind = 'hrv', at = address) => {
  const all = {
    'content-type': 'application/json',
    authorization: `Bearer ${key}`,
    'idempotency-key': newId(),
    ...headers,
  };
  return fetch(`${at}/v1/ingest/${kind}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: Object.fromEntries(Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== null)),
  });
};

interface Row {
  id: string;
  provider: string;
  domain: string;
  provenance: string;
  key_id: string;
  body_sealed: Buffer;
}
const deliveries = (of = athlete): Promise<Row[]> =>
  people.database.query<Row>('select * from connections.delivery where athlete_id = $1 order by id', [of.athleteId]);
const textOf = (row: Row): string =>
  payloadKeys.open({ keyId: row.key_id, sealed: row.body_sealed, deliveryId: row.id }).toString();
const refused = async (reply: Response): Promise<[number, string]> => [
  reply.status,
  ((await reply.json()) as { code: string }).code,
];

describe('a request of a service', () => {
  test('becomes a sealed delivery for each athlete and provider, with one answer for each item', async () => {
    const other = await people.athlete();
    const before = woken;
    const reply = await post({
      items: [
        hrv(),
        hrv({ athleteId: other.athleteId.toUpperCase() }),
        hrv({ athleteId: newId() }),
        hrv({ athleteId: 'nobody' }),
        hrv({ date: '2026-11-18' }),
        hrv({ provider: 'WHOOP' }),
      ],
    });
    expect(reply.status).toBe(202);
    const mine = await deliveries();
    expect(mine).toMatchObject(
      [
        { provider: 'GARMIN', domain: 'ingest_hrv', provenance: 'uploaded' },
        { provider: 'WHOOP', domain: 'ingest_hrv' },
      ].sort((a, b) => (mine[0]?.provider === a.provider ? -1 : mine[0]?.provider === b.provider ? 1 : 0)),
    );
    const garmin = mine.find(({ provider }) => provider === 'GARMIN') as Row;
    const whoop = mine.find(({ provider }) => provider === 'WHOOP') as Row;
    const [theirs] = await deliveries(other);
    expect(await reply.json()).toEqual({
      receivedAt: expect.any(String),
      accepted: 4,
      items: [
        { index: 0, state: 'accepted', deliveryId: garmin.id },
        { index: 1, state: 'accepted', deliveryId: theirs?.id },
        { index: 2, state: 'unknown_athlete' },
        { index: 3, state: 'unknown_athlete' },
        { index: 4, state: 'accepted', deliveryId: garmin.id },
        { index: 5, state: 'accepted', deliveryId: whoop.id },
      ],
    });
    expect(JSON.parse(textOf(garmin))).toEqual({
      items: [
        { date: '2026-11-19', rmssdMs: 52.5 },
        { date: '2026-11-18', rmssdMs: 52.5 },
      ],
    });
    expect(woken).toBe(before + 3);
  });

  test('may hold one night alone', async () => {
    expect((await post(night({ efficiencyPct: 91 }), {}, 'sleep')).status).toBe(202);
    const [row] = await deliveries();
    expect(row?.domain).toBe('ingest_sleep');
  });

  test('sent 50 times at once happens once, and all hear the first answer', async () => {
    const headers = { 'idempotency-key': 'batch-1' };
    const body = JSON.stringify(hrv());
    const replies = await Promise.all(Array.from({ length: 50 }, () => post(body, headers)));
    expect(replies.map(({ status }) => status).sort()).toEqual([...Array.from({ length: 49 }, () => 200), 202]);
    expect(new Set(await Promise.all(replies.map((reply) => reply.text()))).size).toBe(1);
    expect(await deliveries()).toHaveLength(1);
  });

  test('under a used key is refused when it is another one; the keys of another service are its own', async () => {
    const headers = { 'idempotency-key': 'batch-2' };
    expect((await post(hrv(), headers)).status).toBe(202);
    expect(await refused(await post(hrv({ rmssdMs: 53 }), headers))).toEqual([409, 'duplicate_event']);
    expect(await refused(await post(night(), headers, 'sleep'))).toEqual([409, 'duplicate_event']);
    const another = await apiKeys.create({ name: 'Another', scope: 'ingest', expiresAt: null });
    expect((await post(hrv({ rmssdMs: 53 }), { ...headers, authorization: `Bearer ${another.key}` })).status).toBe(202);
    expect(await deliveries()).toHaveLength(2);
  });

  test('is known for 30 days', async () => {
    const headers = { 'idempotency-key': 'batch-3' };
    await post(hrv(), headers);
    await forgetIngestKeys(people);
    expect((await post(hrv(), headers)).status).toBe(200);
    await forgetIngestKeys({
      db: people.db,
      clock: { now: () => new Date(people.clock.now().getTime() + 31 * DAY_MS) },
    });
    expect((await post(hrv(), headers)).status).toBe(202);
    expect(await deliveries()).toHaveLength(2);
  });

  test('stands in the access log of the athlete, by the name of the service', async () => {
    await post({ items: [hrv(), hrv({ date: '2026-11-18' })] });
    const { data } = await people.ask(
      athlete.viewer,
      'query ($id: ID!) { athlete(id: $id) { accessLog(first: 5) { edges { node { who action signals purpose } } } } }',
      { id: athlete.athleteId },
    );
    expect(data.athlete.accessLog.edges.map((edge: { node: object }) => edge.node)).toEqual([
      { who: 'The service Sleep lab', action: 'WRITE', signals: ['HRV', 'RESTING_HEART_RATE'], purpose: 'ingest hrv' },
    ]);
  });
});

describe('an API key', () => {
  test('stands nowhere but with its holder', async () => {
    expect(key).toMatch(/^aa_[A-Za-z0-9_-]{43}$/);
    await post(hrv());
    const rows = await people.database.query('select * from connections.api_key');
    expect(JSON.stringify(rows)).not.toContain(key.slice(3));
    expect(JSON.stringify(await apiKeys.list())).not.toContain(key.slice(3));
  });

  test('may come as x-api-key, and the day of its last use is kept', async () => {
    const lastUsedOn = async () => (await apiKeys.list()).find(({ id }) => id === keyId)?.lastUsedOn;
    expect(await lastUsedOn()).toBeNull();
    expect((await post(hrv(), { authorization: null, 'x-api-key': key })).status).toBe(202);
    expect(await lastUsedOn()).toBe(people.clock.now().toISOString().slice(0, 10));
  });

  test('that is none, revoked or expired opens nothing, and all three are refused alike', async () => {
    const { clock } = people;
    const expired = await apiKeys.create({
      name: 'Old',
      scope: 'ingest',
      expiresAt: new Date(clock.now().getTime() - 1),
    });
    expect((await apiKeys.revoke(keyId)).revokedAt).not.toBeNull();
    const answers = await Promise.all(
      [
        null,
        'Bearer ',
        `Bearer aa_${'A'.repeat(43)}`,
        `Bearer ${athlete.accessToken}`,
        `Bearer ${key}`,
        `Bearer ${expired.key}`,
      ].map(async (authorization) => {
        const reply = await post(hrv(), { authorization });
        return [reply.status, await reply.text()];
      }),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]?.[0]).toBe(401);
    expect(await deliveries()).toEqual([]);
  });

  test('that nobody has cannot be revoked', async () => {
    await expect(apiKeys.revoke(newId())).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(apiKeys.revoke('no id')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a request is refused and leaves nothing', () => {
  afterEach(async () => expect(await deliveries()).toEqual([]));

  test('without an idempotency key', async () => {
    expect(await refused(await post(hrv(), { 'idempotency-key': null }))).toEqual([400, 'malformed_payload']);
  });

  test.each([
    ['no JSON', () => 'no json', 'not valid JSON'],
    ['a list', () => [hrv()], 'the body'],
    ['no items', () => ({ items: [] }), 'items'],
    ['more than 500', () => ({ items: Array.from({ length: 501 }, () => hrv()) }), 'items'],
    ['a field nobody knows', () => hrv({ sdnnMs: 40 }), 'sdnnMs'],
    ['a number as text', () => ({ items: [hrv(), hrv({ date: '2026-11-18', rmssdMs: '777123' })] }), 'items.1.rmssdMs'],
    ['no number', () => JSON.stringify(hrv()).replace('52.5', '1e400'), 'rmssdMs'],
    ['a provider nobody knows', () => hrv({ provider: 'ACME' }), 'provider'],
    ['a day that does not exist', () => hrv({ date: '2026-02-30' }), 'date'],
    ['an instant without a zone', () => hrv({ capturedAt: '2026-11-19T06:00:00' }), 'capturedAt'],
    ['two values of one day', () => ({ items: [hrv(), hrv({ rmssdMs: 60 })] }), 'items.0 and items.1'],
  ])('holding %s', async (_name, body, words) => {
    const reply = await post(body());
    expect(reply.status).toBe(400);
    const problem = (await reply.json()) as { code: string; detail: string };
    expect(problem).toMatchObject({ code: 'malformed_payload', detail: expect.stringContaining(words) });
    expect(problem.detail).not.toMatch(/777123|ACME/);
  });

  test('in a form it cannot be read in, too large, or at another address', async () => {
    expect(await refused(await post(hrv(), { 'content-encoding': 'gzip' }))).toEqual([415, 'unsupported_media_type']);
    expect(await refused(await post(hrv(), { 'content-type': 'text/csv' }))).toEqual([415, 'unsupported_media_type']);
    expect(await refused(await post('x'.repeat(1024 * 1024 + 1)))).toEqual([413, 'payload_too_large']);
    expect(await refused(await post(hrv(), {}, 'steps'))).toEqual([404, 'not_found']);
  });

  test('when anything of it cannot be stored', async () => {
    const failsLate: People['db'] = {
      ...people.db,
      transaction: (work) =>
        people.db.transaction(async (tx) => {
          await work(tx);
          throw new Error('the connection was lost before the commit');
        }),
    };
    const late = await serve(failsLate);
    const headers = { 'idempotency-key': 'batch-4' };
    const reply = await post(hrv(), headers, 'hrv', late.address);
    expect([...(await refused(reply)), reply.headers.get('retry-after')]).toEqual([503, 'unavailable', '5']);
    const [{ n }] = (await people.database.query(
      'select count(*)::int as n from connections.ingest_request where api_key_id = $1',
      [keyId],
    )) as [{ n: number }];
    expect(n).toBe(0);
    await late.server.close();
  });

  test('beyond what one key may send in a minute, and is told when to come back', async () => {
    const narrow = await serve(people.db, 1 / 600);
    expect(await refused(await post({ items: [] }, {}, 'hrv', narrow.address))).toEqual([400, 'malformed_payload']);
    const reply = await post(hrv(), {}, 'hrv', narrow.address);
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused(reply)).toEqual([429, 'rate_limited']);
    await narrow.server.close();
  });
});
