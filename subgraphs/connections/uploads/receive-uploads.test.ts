import { gzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { createHttpServer } from '#platform/http';
import { createLogger } from '#platform/log';
import { createPayloadKeys, type PayloadKeys } from '#platform/payload-keys';
import { createMetrics } from '#platform/telemetry';
import { createBearers } from '../accounts/bearer.ts';
import { startPeople, type AthletePerson, type People } from '../accounts/people.test-support.ts';
import { createCounter } from '../limits/counter.ts';
import { createLimits } from '../limits/limits.ts';
import { createUploads } from './accept-upload.ts';
import { addUploads } from './receive-uploads.ts';

const log = createLogger({ name: 'test', level: 'silent' });
let people: People;
let payloadKeys: PayloadKeys;
let server: FastifyInstance;
let address: string;
let athlete: AthletePerson;
let woken = 0;

async function serve(
  db: Pick<People, 'db'>['db'],
  limitFactor = 1,
): Promise<{ server: FastifyInstance; address: string }> {
  const { vault, clock, tokens, sessions } = people;
  const http = createHttpServer({ log });
  addUploads(http, {
    bearers: createBearers({ tokens, sessions, clock }),
    uploads: createUploads({ db, vault, payloadKeys, clock, onStored: (references) => (woken += references.length) }),
    limits: createLimits({ counter: createCounter({ db: people.db }), log, factor: limitFactor }),
    metrics: createMetrics(),
    log,
  });
  return { server: http, address: await http.listen({ host: '127.0.0.1', port: 0 }) };
}

beforeAll(async () => {
  people = await startPeople();
  await people.db.query('select prepare_partitions($1::date, 3)', [new Date(Date.now() - 86_400_000)]);
  payloadKeys = createPayloadKeys({ ring: people.payloadRing });
  ({ server, address } = await serve(people.db));
});
beforeEach(async () => {
  athlete = await people.athlete();
});
afterAll(async () => {
  await server?.close();
  await people?.stop();
});

let count = 0;
const aDay = (change: object = {}): string =>
  JSON.stringify({
    provider: 'apple',
    syncTimestamp: '2026-11-15T12:00:00Z',
    data: {
      records: [
        { id: `record-${(count += 1)}`, type: 'HKQuantityTypeIdentifierStepCount', value: 100 },
        { id: `record-${count}-b`, type: 'HKQuantityTypeIdentifierNobodyKnows', value: 1 },
      ],
      sleep: [{ id: `sleep-${count}` }],
    },
    ...change,
  });

interface Sent {
  body: string | Buffer;
  headers?: Record<string, string>;
  to?: string;
  as?: { accessToken: string } | null;
}

const post = ({ body, headers = {}, to = `${address}/v1/uploads/apple-health`, as = athlete }: Sent) =>
  fetch(to, {
    method: 'POST',
    body: body as BodyInit,
    headers: {
      'content-type': 'application/json',
      ...(as === null ? {} : { authorization: `Bearer ${as.accessToken}` }),
      ...headers,
    },
  });

test('an athlete who uploads too often is told when to come back, and no other waits for it', async () => {
  const limited = await serve(people.db, 3 / 240);
  const to = `${limited.address}/v1/uploads/apple-health`;
  const statuses: number[] = [];
  for (let n = 0; n < 4; n += 1) statuses.push((await post({ body: aDay(), to })).status);
  expect(statuses).toEqual([202, 202, 202, 429]);
  const refused = await post({ body: aDay(), to });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({ code: 'rate_limited' });
  expect((await post({ body: aDay(), to, as: await people.athlete() })).status).toBe(202);
  await limited.server.close();
});

interface Row {
  id: string;
  provider: string;
  domain: string;
  provenance: string;
  athlete_id: string;
  connection_id: string;
  key_id: string;
  body_sealed: Buffer;
}
const deliveries = (): Promise<Row[]> =>
  people.database.query<Row>('select * from connections.delivery where athlete_id = $1 order by received_at, id', [
    athlete.athleteId,
  ]);
const links = (): Promise<{ id: string; state: string; granted_scopes: string[]; last_delivery_at: Date | null }[]> =>
  people.database.query(
    'select id, state, granted_scopes, last_delivery_at from connections.provider_connection where athlete_id = $1 order by linked_at, id',
    [athlete.athleteId],
  );
const audit = (): Promise<{ action: string; purpose: string; actor_id: string }[]> =>
  people.database.query('select action, purpose, actor_id from audit.entry where athlete_id = $1 order by id', [
    athlete.athleteId,
  ]);

const refused = async (reply: Response): Promise<[number, string]> => {
  expect(reply.headers.get('content-type')).toContain('application/problem+json');
  return [reply.status, ((await reply.json()) as { code: string }).code];
};

describe('an upload', () => {
  test('is a sealed delivery of its own when it is answered', async () => {
    const body = aDay();
    const before = woken;
    const reply = await post({ body });
    expect(reply.status).toBe(202);
    const answer = (await reply.json()) as object;
    const [row] = await deliveries();
    expect(row).toMatchObject({ provider: 'APPLE_HEALTH', domain: 'upload', provenance: 'uploaded' });
    expect(answer).toEqual({ deliveryId: row!.id, receivedAt: expect.any(String), repeated: false });
    expect(row!.body_sealed.includes('StepCount')).toBe(false);
    expect(payloadKeys.open({ keyId: row!.key_id, sealed: row!.body_sealed, deliveryId: row!.id }).toString()).toBe(
      body,
    );
    expect(woken).toBe(before + 1);
  });

  test('may be zipped, and is then the same upload as in plain', async () => {
    const body = aDay();
    const zipped = await post({ body: gzipSync(body), headers: { 'content-encoding': 'gzip' } });
    expect(zipped.status).toBe(202);
    const again = await post({ body });
    expect(again.status).toBe(200);
    expect(await again.json()).toEqual({ ...((await zipped.json()) as object), repeated: true });
    expect(await deliveries()).toHaveLength(1);
  });

  test('links the phone, once, on record, with the types it brought', async () => {
    await Promise.all(Array.from({ length: 8 }, () => post({ body: aDay() })));
    const [link, ...others] = await links();
    expect(others).toEqual([]);
    expect(link).toMatchObject({
      state: 'ACTIVE',
      granted_scopes: ['HKCategoryTypeIdentifierSleepAnalysis', 'HKQuantityTypeIdentifierStepCount'],
    });
    expect(link?.last_delivery_at).not.toBeNull();
    expect((await deliveries()).map((row) => row.connection_id)).toEqual(Array.from({ length: 8 }, () => link?.id));
    expect(await audit()).toEqual([{ action: 'LINK', purpose: 'link Apple Health', actor_id: athlete.accountId }]);
  });

  test('sent 50 times at once is one delivery, and everybody hears the same', async () => {
    const body = aDay();
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => post({ body, headers: { 'idempotency-key': 'chunk-1' } })),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([...Array.from({ length: 49 }, () => 200), 202]);
    const answers = (await Promise.all(replies.map((reply) => reply.json()))) as { deliveryId: string }[];
    expect(new Set(answers.map(({ deliveryId }) => deliveryId)).size).toBe(1);
    expect(await deliveries()).toHaveLength(1);
  });

  test('under a used key is refused when it is another one', async () => {
    const headers = { 'idempotency-key': 'chunk-2' };
    const first = aDay();
    expect((await post({ body: first, headers })).status).toBe(202);
    expect(await refused(await post({ body: aDay(), headers }))).toEqual([409, 'duplicate_event']);
    expect((await post({ body: first, headers })).status).toBe(200);
    expect(await deliveries()).toHaveLength(1);
  });

  test('of one athlete is not that of another, by key or by body', async () => {
    const body = aDay();
    const [key, other] = [{ 'idempotency-key': 'chunk-3' }, await people.athlete()];
    expect((await post({ body })).status).toBe(202);
    expect((await post({ body, as: other })).status).toBe(202);
    expect((await post({ body, headers: key })).status).toBe(202);
    expect((await post({ body: aDay(), headers: key, as: other })).status).toBe(202);
  });

  test('of Health Connect links Health Connect', async () => {
    const to = `${address}/v1/uploads/health-connect`;
    expect(
      (await post({ to, body: JSON.stringify({ data: { records: [{ recordType: 'StepsRecord' }] } }) })).status,
    ).toBe(202);
    expect((await post({ to, body: JSON.stringify({ timestamp: 'x', heart_rate: [] }) })).status).toBe(202);
    expect(await links()).toMatchObject([{ granted_scopes: ['HeartRateRecord', 'StepsRecord'] }]);
  });

  test('says nothing of training before it has brought a workout, and then since its link', async () => {
    const to = `${address}/v1/uploads/health-connect`;
    const upload = (recordType: string) => post({ to, body: JSON.stringify({ data: { records: [{ recordType }] } }) });
    const spans = () =>
      people.database.query(
        `select s.since = c.linked_at as "isSinceLink", s.until, s.loaded_from from connections.source_span_v1 s
           join connections.provider_connection c on c.athlete_id = s.athlete_id where s.athlete_id = $1`,
        [athlete.athleteId],
      );
    expect((await upload('StepsRecord')).status).toBe(202);
    expect(await spans()).toEqual([]);
    for (const type of ['ExerciseSessionRecord', 'SleepSessionRecord']) {
      expect((await upload(type)).status).toBe(202);
      expect(await spans()).toEqual([{ isSinceLink: true, until: null, loaded_from: null }]);
    }
  });
});

describe('after an unlink', () => {
  const unlink = (): Promise<unknown> =>
    people.database.query(`update connections.provider_connection set state = 'REVOKED' where athlete_id = $1`, [
      athlete.athleteId,
    ]);

  test('nothing is taken until an upload says that it links anew', async () => {
    const body = aDay();
    expect((await post({ body })).status).toBe(202);
    await unlink();
    expect(await refused(await post({ body }))).toEqual([403, 'forbidden']);
    expect(await refused(await post({ body: aDay(), headers: { 'x-link': 'yes' } }))).toEqual([403, 'forbidden']);
    expect(await deliveries()).toHaveLength(1);
    // Under the new link it is new: what the old one had sent may be deleted by now.
    expect((await post({ body, headers: { 'x-link': 'true' } })).status).toBe(202);
    expect((await post({ body })).status).toBe(200);
    expect((await post({ body: aDay() })).status).toBe(202);
    expect((await links()).map(({ state }) => state)).toEqual(['REVOKED', 'ACTIVE']);
    expect((await audit()).map(({ action }) => action)).toEqual(['LINK', 'LINK']);
  });
});

describe('an upload is refused and leaves nothing', () => {
  afterEach(async () => {
    expect(await deliveries()).toEqual([]);
    expect(await links()).toEqual([]);
  });

  test('without an athlete behind it', async () => {
    expect(await refused(await post({ body: aDay(), as: null }))).toEqual([401, 'unauthenticated']);
    const { accessToken } = athlete;
    const changed = `${accessToken.slice(0, -6)}AAAAAA`;
    expect(await refused(await post({ body: aDay(), as: { accessToken: changed } }))).toEqual([401, 'unauthenticated']);
    const coach = await people.coach();
    expect(await refused(await post({ body: aDay(), as: coach }))).toEqual([403, 'forbidden']);
    await people.sessions.logout(athlete);
    expect(await refused(await post({ body: aDay() }))).toEqual([401, 'unauthenticated']);
  });

  test('with a token that has expired', async () => {
    const { token } = await people.tokens.issue({
      accountId: athlete.accountId,
      sessionId: athlete.sessionId,
      endsAt: new Date(people.clock.now().getTime() - 60_000),
    });
    expect(await refused(await post({ body: aDay(), as: { accessToken: token } }))).toEqual([401, 'unauthenticated']);
  });

  test.each([
    ['no JSON', 'not json', 'The body is not valid JSON.'],
    ['a list', '[]', 'The body is not a JSON object.'],
    ['nothing that was measured', '{"provider": "apple"}', 'neither data'],
    ['data that is no object', '{"data": []}', 'data is not an object'],
    ['records that are no list', '{"data": {"records": {}}}', 'data.records is not a list'],
    ['deletions that are no list', '{"deleted": "abc"}', 'deleted is not a list'],
    ['a zone that is no text', '{"data": {}, "timeZone": 3}', 'timeZone is not a text'],
  ])('holding %s', async (_name, body, words) => {
    const reply = await post({ body });
    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({ code: 'malformed_payload', detail: expect.stringContaining(words) });
  });

  test('with a key that is none', async () => {
    const headers = { 'idempotency-key': 'two words' };
    expect(await refused(await post({ body: aDay(), headers }))).toEqual([400, 'malformed_payload']);
  });

  test('in a form it cannot be read in', async () => {
    for (const headers of [
      { 'content-type': 'text/plain' },
      { 'content-encoding': 'br' },
      { 'content-encoding': 'gzip, gzip' },
    ])
      expect(await refused(await post({ body: aDay(), headers }))).toEqual([415, 'unsupported_media_type']);
    expect(await refused(await post({ body: aDay(), headers: { 'content-encoding': 'gzip' } }))).toEqual([
      400,
      'malformed_payload',
    ]);
  });

  test('larger than 4 MiB, before or after unzipping', async () => {
    const large = aDay({ padding: 'x'.repeat(4 * 1024 * 1024) });
    expect(await refused(await post({ body: large }))).toEqual([413, 'payload_too_large']);
    const bomb = gzipSync(Buffer.alloc(256 * 1024 * 1024));
    expect(await refused(await post({ body: bomb, headers: { 'content-encoding': 'gzip' } }))).toEqual([
      413,
      'payload_too_large',
    ]);
  });

  test('to an address of no phone', async () => {
    expect(await refused(await post({ body: aDay(), to: `${address}/v1/uploads/oura` }))).toEqual([404, 'not_found']);
  });

  test('with the database away, and is asked to come back', async () => {
    const away = (): Promise<never> => Promise.reject(new Error('the connection was refused'));
    const gone = await serve({ ...people.db, transaction: away });
    const reply = await post({ body: aDay(), to: `${gone.address}/v1/uploads/apple-health` });
    expect(reply.headers.get('retry-after')).toBe('5');
    expect(await refused(reply)).toEqual([503, 'unavailable']);
    await gone.server.close();
  });
});
