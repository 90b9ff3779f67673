import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { systemClock } from '#platform/clock';
import { createKeyRing } from '#platform/crypto';
import type { Database } from '#platform/database';
import { createHttpServer } from '#platform/http';
import type { DeadLetterAnnouncement } from '#platform/events';
import { newId } from '#platform/ids';
import { createLogger } from '#platform/log';
import { createPayloadKeys, type PayloadKey, type PayloadKeys } from '#platform/payload-keys';
import { createMetrics } from '#platform/telemetry';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { until } from '../../../tests/support/wait.ts';
import { createGarmin, garminConfig } from '../providers/garmin.ts';
import { createOura, ouraConfig } from '../providers/oura.ts';
import { vendorsOf } from '../providers/registry.ts';
import { vendorWith } from '../providers/vendor.test-support.ts';
import { createVault } from '../vault/vault.ts';
import { createIntake, type Intake } from './accept.ts';
import { toRecord, type Arrival } from './arrival.ts';
import { createFloodGate } from './flood.ts';
import { addWebhooks } from './receive.ts';
import { createRecipients } from './recipients.ts';
import { openSpool, type Spool } from './spool.ts';

const SECRET = 'a secret of a test';
const TOKEN = 'a verification token';
const PATH_TOKEN = 'a-path-token-of-a-test';
const CLIENT_ID = 'the client id at garmin';
const NOT_THERE = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
const USER = 'oura-user-1';
const log = createLogger({ name: 'test', level: 'silent' });
const vendors = vendorsOf([
  vendorWith(createOura, ouraConfig, {
    OURA_CLIENT_ID: 'id',
    OURA_CLIENT_SECRET: SECRET,
    OURA_VERIFICATION_TOKEN: TOKEN,
  }),
  vendorWith(createGarmin, garminConfig, {
    GARMIN_CLIENT_ID: CLIENT_ID,
    GARMIN_CLIENT_SECRET: SECRET,
    GARMIN_PATH_TOKEN: PATH_TOKEN,
  }),
]);

let database: TestDatabase;
let db: Database;
let payloadKeys: PayloadKeys;
let intake: Intake;
let server: FastifyInstance;
let address: string;
/** Ids of all references that were handed on to be published. */
let published: string[] = [];
const announced: DeadLetterAnnouncement[] = [];

async function serve(
  sql: Pick<Database, 'query'>,
  intakeKey: PayloadKey,
  { ceiling = { points: 100_000, perS: 10 }, spool = null as Spool | null } = {},
): Promise<{ server: FastifyInstance; intake: Intake; address: string }> {
  const metrics = createMetrics();
  const recipients = createRecipients({ db: sql, payloadKeys, clock: systemClock });
  const made = createIntake({
    db: sql,
    vendors,
    spool,
    recipients,
    intakeKey,
    clock: systemClock,
    metrics,
    log,
    onStored: (references) => published.push(...references.map(({ id }) => id)),
    announceLetters: async (letters) => void announced.push(...letters),
  });
  const http = createHttpServer({ log });
  const gate = createFloodGate({ ceiling });
  addWebhooks(http, { vendors, intake: made, gate, clock: systemClock, metrics, log });
  return { server: http, intake: made, address: await http.listen({ host: '127.0.0.1', port: 0 }) };
}

let intakeKey: PayloadKey;

beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('connections');
  const ring = createKeyRing({ purpose: 'payload', roots: new Map([[1, randomBytes(32)]]) });
  const tokenRing = createKeyRing({ purpose: 'token', roots: new Map([[1, randomBytes(32)]]) });
  payloadKeys = createPayloadKeys({ ring });
  const vault = createVault({ db, tokenRing, payloadRing: ring, clock: systemClock });
  const [account, athlete] = [newId(), newId()];
  await database.query(`insert into connections.account values ($1, 'a@example.com', 'x', 'A', 'ATHLETE', now())`, [
    account,
  ]);
  await database.query(
    `insert into connections.athlete (id, account_id, display_name, time_zone) values ($1, $2, 'A', 'Europe/Helsinki')`,
    [athlete, account],
  );
  await vault.createAthleteKeys(db, athlete);
  await database.query(
    `insert into connections.provider_connection (id, athlete_id, provider, provider_user_id, state, granted_scopes, linked_at)
     values ($1, $2, 'OURA', $3, 'ACTIVE', '{daily}', now())`,
    [newId(), athlete, USER],
  );
  intakeKey = payloadKeys.remember(await vault.intakeKey());
  await db.query('select prepare_partitions($1::date, 3)', [new Date(Date.now() - 86_400_000)]);
  ({ server, intake, address } = await serve(db.prepared, intakeKey));
});

afterAll(async () => {
  await server?.close();
  await database?.drop();
});

const event = (change: object = {}): string =>
  JSON.stringify({
    event_type: 'update',
    data_type: 'sleep',
    object_id: randomUUID(),
    event_time: '2026-11-16T05:02:30+00:00',
    user_id: USER,
    ...change,
  });

function headersFor(body: string, ageS = 0): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000) - ageS);
  const signature = createHmac('sha256', SECRET)
    .update(timestamp + body)
    .digest('hex')
    .toUpperCase();
  return { 'content-type': 'application/json', 'x-oura-timestamp': timestamp, 'x-oura-signature': signature };
}

const post = (
  body: string,
  headers: Record<string, string> = {},
  to = `${address}/v1/webhooks/oura`,
): Promise<Response> => fetch(to, { method: 'POST', body, headers: { ...headersFor(body), ...headers } });

async function stored(): Promise<{ deliveries: number; keys: number; published: number; letters: number }> {
  const [row] = await database.query<Record<'deliveries' | 'keys' | 'letters', string>>(
    `select (select count(*) from connections.delivery) as deliveries, (select count(*) from connections.delivery_key) as keys,
            (select count(*) from connections.dead_letter) as letters`,
  );
  return {
    deliveries: Number(row?.deliveries),
    keys: Number(row?.keys),
    published: published.length,
    letters: Number(row?.letters),
  };
}

async function addedBy(
  work: () => Promise<unknown>,
): Promise<{ deliveries: number; keys: number; published: number; letters: number }> {
  const before = await stored();
  await work();
  const after = await stored();
  return {
    deliveries: after.deliveries - before.deliveries,
    keys: after.keys - before.keys,
    published: after.published - before.published,
    letters: after.letters - before.letters,
  };
}

const ONE = { deliveries: 1, keys: 1, published: 1, letters: 0 };
const NOTHING = { deliveries: 0, keys: 0, published: 0, letters: 0 };

test('a delivery sent 50 times at once becomes one row, and every sender hears success', async () => {
  const body = event();
  const added = await addedBy(async () => {
    const replies = await Promise.all(Array.from({ length: 50 }, () => post(body)));
    expect(new Set(replies.map((reply) => reply.status))).toEqual(new Set([200]));
  });
  expect(added).toEqual(ONE);
  expect(await addedBy(() => post(body, headersFor(body, 60)))).toEqual(NOTHING);
  expect(new Set(published).size).toBe(published.length);
});

function arrivalOf(body: string): Arrival {
  const vendor = vendors.of('OURA');
  const rawBody = Buffer.from(body);
  return { vendor, rawBody, parsed: vendor.webhook.parse(rawBody), provenance: 'signed', signedAt: '1794805929' };
}

test('how often a delivery came again is counted, and nothing is written for one that did not', async () => {
  const repeats = async () =>
    (
      await database.query<{ repeats: number }>(
        'select repeats from connections.delivery_repeat order by last_at desc limit 1',
      )
    )[0]?.repeats;
  await database.query('delete from connections.delivery_repeat');
  const arrival = arrivalOf(event());
  await intake.accept(arrival);
  expect(await repeats()).toBeUndefined();
  await intake.accept(arrival);
  expect(await repeats()).toBe(1);
  await Promise.all([intake.accept(arrival), intake.accept(arrival), intake.accept(arrival)]);
  expect(await repeats()).toBe(4);
  const together = arrivalOf(event());
  await Promise.all([intake.accept(together), intake.accept(together), intake.accept(together)]);
  expect(await repeats()).toBe(2);
});

test('the same delivery twice in one commit becomes one row', async () => {
  const arrival = arrivalOf(event());
  const added = await addedBy(async () => {
    const outcomes = await Promise.all([intake.accept(arrival), intake.accept(arrival), intake.accept(arrival)]);
    expect(outcomes.sort()).toEqual(['repeated', 'repeated', 'stored']);
  });
  expect(added).toEqual(ONE);
});

test('without an event time, another signed time is another delivery', async () => {
  const body = event({ event_time: undefined });
  expect(await addedBy(() => post(body))).toEqual(ONE);
  expect(await addedBy(() => post(body, headersFor(body, 60)))).toEqual(ONE);
});

test('the stored body is sealed, and opens to the exact bytes', async () => {
  const body = event({ object_id: 'the-one-that-opens' });
  await post(body);
  const rows = await database.query<{ id: string; key_id: string; body_sealed: Buffer }>(
    'select id, key_id, body_sealed from connections.delivery order by received_at desc limit 1',
  );
  const [row] = rows;
  expect(row?.body_sealed.includes('the-one-that-opens')).toBe(false);
  expect(payloadKeys.open({ keyId: row!.key_id, sealed: row!.body_sealed, deliveryId: row!.id }).toString()).toBe(body);
  expect(() => payloadKeys.open({ keyId: row!.key_id, sealed: row!.body_sealed, deliveryId: newId() })).toThrow();
});

test('an unknown user is answered with success and leaves nothing', async () => {
  expect(await addedBy(async () => expect((await post(event({ user_id: 'nobody' }))).status).toBe(200))).toEqual(
    NOTHING,
  );
});

test('an unreadable body behind a valid signature becomes a sealed dead letter and holds nobody up', async () => {
  const added = await addedBy(async () => {
    const replies = await Promise.all([
      post('{"user_id": "cut of'),
      post(event({ user_id: 'a\u0000b' })),
      post(event()),
    ]);
    expect(replies.map((reply) => reply.status)).toEqual([200, 200, 200]);
  });
  expect(added).toEqual({ deliveries: 3, keys: 3, published: 1, letters: 2 });
  const letters = await database.query<{ reason: string; key_id: string; athlete_id: string | null }>(
    'select l.reason, d.key_id, d.athlete_id from connections.dead_letter l join connections.delivery d on d.id = l.delivery_id order by l.reason',
  );
  expect(letters).toEqual([
    { reason: 'no_user', key_id: intakeKey.id, athlete_id: null },
    { reason: 'not_json', key_id: intakeKey.id, athlete_id: null },
  ]);
  expect(announced.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
    await database.query('select id, stage, reason from connections.dead_letter order by id'),
  );
});

test.each([
  ['without a signature', { 'x-oura-signature': '' }, 401, 'invalid_signature'],
  ['with a wrong signature', { 'x-oura-signature': 'A'.repeat(64) }, 401, 'invalid_signature'],
  ['compressed', { 'content-encoding': 'gzip' }, 415, 'unsupported_media_type'],
  ['that is no JSON by its type', { 'content-type': 'text/plain' }, 415, 'unsupported_media_type'],
])('a request %s is refused and leaves nothing', async (_name, headers, status, code) => {
  const added = await addedBy(async () => {
    const reply = await post(event(), headers);
    expect(reply.status).toBe(status);
    expect(await reply.json()).toMatchObject({ status, code });
  });
  expect(added).toEqual(NOTHING);
});

test('a body of more than 256 KiB is refused', async () => {
  expect((await post(event({ padding: 'x'.repeat(256 * 1024) }))).status).toBe(413);
});

test('JSON with a suffix and a charset is JSON', async () => {
  expect((await post(event(), { 'content-type': 'application/vnd.oura+json; charset=utf-8' })).status).toBe(200);
});

test('unknown providers have no address', async () => {
  for (const slug of ['fitbit', 'whoop', '..%2foura'])
    expect((await post(event(), {}, `${address}/v1/webhooks/${slug}`)).status).toBe(404);
});

test('the challenge is answered to the right token only', async () => {
  const ask = (token: string) =>
    fetch(`${address}/v1/webhooks/oura?verification_token=${encodeURIComponent(token)}&challenge=c1`);
  const right = await ask(TOKEN);
  expect([right.status, await right.json()]).toEqual([200, { challenge: 'c1' }]);
  expect((await ask('wrong')).status).toBe(401);
});

test('a flood of bad requests is answered 429, and deliveries from the very same address are taken', async () => {
  const flooded = await serve(db.prepared, intakeKey);
  const to = `${flooded.address}/v1/webhooks/oura`;
  const forged = { 'x-oura-signature': 'A'.repeat(64) };
  const [bad, good] = await Promise.all([
    Promise.all(Array.from({ length: 300 }, () => post(event(), forged, to))),
    Promise.all(Array.from({ length: 60 }, () => post(event(), {}, to))),
  ]);
  expect(good.map((reply) => reply.status)).toEqual(Array.from({ length: 60 }, () => 200));
  expect(bad.filter((reply) => reply.status === 401)).toHaveLength(120);
  const refused = bad.filter((reply) => reply.status === 429);
  expect(refused).toHaveLength(180);
  expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(50);
  expect(await refused[0]?.json()).toMatchObject({ status: 429, code: 'rate_limited' });
  // Wrong addresses and wrong checks stand in the same row.
  expect((await fetch(`${flooded.address}/v1/webhooks/nobody`)).status).toBe(429);
  expect((await fetch(`${to}?verification_token=wrong&challenge=c1`)).status).toBe(429);
  expect((await fetch(`${to}?verification_token=${encodeURIComponent(TOKEN)}&challenge=c1`)).status).toBe(200);
  await flooded.server.close();
});

/** Says that 10 MiB come, sends the first 100 kB of them and waits for an answer. */
function statusOfSlow(to: string, clientId: string): { status: Promise<string>; close: () => void } {
  const { hostname, port, pathname } = new URL(to);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on('error', () => undefined);
  const head = [
    `POST ${pathname} HTTP/1.1`,
    `host: ${hostname}`,
    'content-type: application/json',
    `content-length: ${10 * 1024 * 1024}`,
    `garmin-client-id: ${clientId}`,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  socket.write('x'.repeat(100_000));
  const status = once(socket, 'data').then(([chunk]) => String(chunk).slice(9, 12));
  return { status, close: () => socket.destroy() };
}

test('a body of 10 MiB that comes slowly to a wrong address, or of another client, is refused before it has come', async () => {
  const slow = await serve(db.prepared, intakeKey);
  const to = `${slow.address}/v1/webhooks/garmin`;
  const wrong = [
    ...Array.from({ length: 10 }, () => statusOfSlow(`${to}/not-the-token-agreed-on/sleeps`, CLIENT_ID)),
    ...Array.from({ length: 10 }, () => statusOfSlow(`${to}/${PATH_TOKEN}/sleeps`, 'another client')),
  ];
  const right = statusOfSlow(`${to}/${PATH_TOKEN}/sleeps`, CLIENT_ID);
  let isRightAnswered = false;
  void right.status.then(() => (isRightAnswered = true));
  const statuses = await Promise.all(wrong.map(({ status }) => status));
  expect(statuses).toEqual(wrong.map(() => '401'));
  // The flood gate has counted them: of 120 there are 100 left.
  const more = Array.from({ length: 101 }, () => statusOfSlow(`${to}/not-the-token-agreed-on/sleeps`, CLIENT_ID));
  const later = await Promise.all(more.map(({ status }) => status));
  expect(later.filter((status) => status === '429')).toHaveLength(1);
  expect(isRightAnswered).toBe(false);
  for (const { close } of [...wrong, ...more, right]) close();
  await slow.server.close();
});

test('above the ceiling of a provider, far above what it sends, it is asked to come back', async () => {
  const small = await serve(db.prepared, intakeKey, { ceiling: { points: 10, perS: 60 } });
  const to = `${small.address}/v1/webhooks/oura`;
  // Forged ones take nothing of it.
  await Promise.all(Array.from({ length: 30 }, () => post(event(), { 'x-oura-signature': 'A'.repeat(64) }, to)));
  const replies = await Promise.all(Array.from({ length: 15 }, () => post(event(), {}, to)));
  expect(replies.filter((reply) => reply.status === 200)).toHaveLength(10);
  const refused = replies.filter((reply) => reply.status === 429);
  expect(refused).toHaveLength(5);
  expect(refused[0]?.headers.get('retry-after')).toMatch(/^\d+$/);
  await small.server.close();
});

test('with the database away the provider is asked to come back', async () => {
  const gone = await serve({ query: () => Promise.reject(NOT_THERE) }, intakeKey);
  const reply = await post(event(), {}, `${gone.address}/v1/webhooks/oura`);
  expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await reply.json()).toMatchObject({ code: 'unavailable' });
  await gone.server.close();
});

async function newSpool(): Promise<{ folder: string; spool: Spool; spoolFiles: () => Promise<string[]> }> {
  const folder = await mkdtemp(join(tmpdir(), 'athlete-ally-spool-'));
  const ring = createKeyRing({ purpose: 'payload', roots: new Map([[1, randomBytes(32)]]) });
  const spool = await openSpool({ folder, limitBytes: 1e6, ring, metrics: createMetrics(), log });
  const spoolFiles = async (): Promise<string[]> => (await readdir(folder)).filter((name) => name !== 'lock');
  return { folder, spool, spoolFiles };
}

test('with the database away deliveries go to the spool, are answered with success and stored when it is back', async () => {
  const { folder, spool, spoolFiles } = await newSpool();
  let isAway = false;
  const sometimes: Pick<Database, 'query'> = {
    query: (sql: string, parameters?: unknown[]) =>
      isAway ? Promise.reject(NOT_THERE) : db.prepared.query(sql, parameters),
  };
  const spooling = await serve(sometimes, intakeKey, { spool });
  const bodies = Array.from({ length: 30 }, () => event());
  const added = await addedBy(async () => {
    isAway = true;
    const send = (body: string) => post(body, {}, `${spooling.address}/v1/webhooks/oura`);
    for (const replies of [await Promise.all(bodies.map(send)), await Promise.all(bodies.slice(0, 5).map(send))])
      expect(new Set(replies.map((reply) => reply.status))).toEqual(new Set([200]));
    const unknown = await post(event({ user_id: 'nobody' }), {}, `${spooling.address}/v1/webhooks/oura`);
    expect(unknown.status).toBe(200);
    expect((await spoolFiles()).length).toBeGreaterThan(0);
    isAway = false;
    await until('the spool to be empty', async () => (await spoolFiles()).length === 0);
  });
  expect(added).toEqual({ deliveries: 30, keys: 30, published: 30, letters: 0 });
  expect(await addedBy(() => post(event(), {}, `${spooling.address}/v1/webhooks/oura`))).toEqual(ONE);
  await spooling.intake.close();
  await spooling.server.close();
  await rm(folder, { recursive: true });
});

test('a delivery that PostgreSQL refuses is refused alone, also beside a spool', async () => {
  const { folder, spool } = await newSpool();
  const spooling = await serve(db.prepared, intakeKey, { spool });
  const good = [arrivalOf(event()), arrivalOf(event()), arrivalOf(event())] as const;
  const body = Buffer.from('{}');
  const bad: Arrival = {
    ...good[0],
    parsed: { items: [{ kind: 'data', providerUserId: USER, domain: 'sleep\u0000', body }], unreadable: [] },
  };
  const added = await addedBy(async () => {
    const answers = await Promise.allSettled(
      [good[0], good[1], bad, good[2]].map((one) => spooling.intake.accept(one)),
    );
    expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : answer.reason.code))).toEqual([
      'stored',
      'stored',
      'UNAVAILABLE',
      'stored',
    ]);
  });
  expect(added).toEqual({ deliveries: 3, keys: 3, published: 3, letters: 0 });
  await spooling.intake.close();
  await spooling.server.close();
  await rm(folder, { recursive: true });
});

test('a PostgreSQL that only reads, as after a failover, is away', async () => {
  const { folder, spool, spoolFiles } = await newSpool();
  await database.query(`alter database ${database.name} set default_transaction_read_only = on`);
  const readOnly = await database.open('connections');
  // It connects at its first statement.
  await readOnly.prepared.query('select 1');
  await database.query(`alter database ${database.name} reset default_transaction_read_only`);
  let sql: Pick<Database, 'query'> = readOnly.prepared;
  const spooling = await serve({ query: (...asked) => sql.query(...asked) }, intakeKey, { spool });
  const added = await addedBy(async () => {
    expect((await post(event(), {}, `${spooling.address}/v1/webhooks/oura`)).status).toBe(200);
    expect(await spoolFiles()).toHaveLength(1);
    sql = db.prepared;
    await until('the spool to be empty', async () => (await spoolFiles()).length === 0);
  });
  expect(added).toEqual(ONE);
  await spooling.intake.close();
  await spooling.server.close();
  await rm(folder, { recursive: true });
});

test('what cannot be taken of the spool is kept aside, and holds up nothing', async () => {
  const { folder, spool, spoolFiles } = await newSpool();
  const spooling = await serve(db.prepared, intakeKey, { spool });
  const record = toRecord({ arrival: arrivalOf(event()), receivedAt: new Date() });
  await spool.append([Buffer.from('no record of ours'), record]);
  const added = await addedBy(async () => expect(await spooling.intake.drain()).toBe(1));
  expect(added).toEqual(ONE);
  expect(await spoolFiles()).toEqual([expect.stringMatching(/\.refused$/)]);
  await spooling.intake.close();
  await spooling.server.close();
  await rm(folder, { recursive: true });
});

test('what was taken before the end is answered, what comes after is not taken', async () => {
  const last = await serve(db.prepared, intakeKey);
  const replies = Array.from({ length: 20 }, () => post(event(), {}, `${last.address}/v1/webhooks/oura`));
  await replies[0];
  await last.intake.close();
  expect((await post(event(), {}, `${last.address}/v1/webhooks/oura`)).status).toBe(503);
  for (const reply of await Promise.all(replies)) expect([200, 503]).toContain(reply.status);
  await last.server.close();
  await intake.close();
});
