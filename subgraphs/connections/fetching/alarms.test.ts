import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AckPolicy, type Consumer, type JsMsg } from 'nats';
import type { AnnounceLetters } from '#platform/announce-letters';
import { createMessageSigner, createMessageVerifier } from '#platform/crypto';
import type { DeadLetterAnnouncement } from '#platform/events';
import { newId } from '#platform/ids';
import { createLogger } from '#platform/log';
import { openBus, type Bus } from '#platform/bus';
import { createPublisher } from '#platform/messages';
import { createMetrics } from '#platform/telemetry';
import { startNats, type Nats } from '../../../embedded/nats.ts';
import { until } from '../../../tests/support/wait.ts';
import { openStores, type Recipient, type Stores } from '../archive/archive.test-support.ts';
import { startAlarms } from './alarms.ts';

const NOW = new Date('2026-11-21T10:00:00Z');
const clock = { now: () => NOW };
const log = createLogger({ name: 'test', level: 'silent' });
const metrics = createMetrics();
const pair = generateKeyPairSync('ed25519');
const signer = createMessageSigner({
  keyId: 'k1',
  privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
});
const verify = createMessageVerifier(`k1=${pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`);
const SUBJECT = 'athlete-ally.raw.oura.notification.v1';

let folder: string;
let nats: Nats;
let bus: Bus;
let operator: Bus;
let stores: Stores;
let athlete: Recipient;
const announced: DeadLetterAnnouncement[] = [];
const announceLetters: AnnounceLetters = async (told) => void announced.push(...told);
let alarms: { close(): Promise<void> };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athlete-ally-bus-'));
  [nats, stores] = await Promise.all([
    startNats({ cacheDir: '.cache', dataDir: folder, isDurable: false }),
    openStores(),
  ]);
  athlete = await stores.newAthlete();
  // With the rights of production: what the alarms need they are allowed.
  bus = await openBus({ url: nats.url('connections'), name: 'test', log });
  operator = await openBus({ url: nats.url('operator'), name: 'test', log });
  await bus.ensureStream('RAW');
  await bus.ensureStream('ADVISORIES');
  alarms = startAlarms({ bus, db: stores.db, verify, announceLetters, clock, metrics, log });
});
afterAll(async () => {
  await alarms?.close();
  await operator?.close();
  await bus?.close();
  await stores?.close();
  await nats?.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  announced.length = 0;
  await stores.database.query(
    'truncate connections.dead_letter, connections.delivery, connections.fetched_notification',
  );
});

/** A consumer of that name that gives up after two deliveries. */
async function consumer(name: 'fetcher' | 'normaliser'): Promise<Consumer> {
  const jsm = await operator.connection.jetstreamManager();
  await jsm.consumers.delete('RAW', name).catch(() => undefined);
  await jsm.streams.purge('RAW');
  await jsm.consumers.add('RAW', { durable_name: name, ack_policy: AckPolicy.Explicit, max_deliver: 2 });
  return operator.js.consumers.get('RAW', name);
}

/** Stored notifications and the message that speaks of them. */
async function publishNotifications(count: number, by = signer): Promise<{ id: string }[]> {
  await stores.deliver(
    athlete,
    '2026-11-21T09:00:00Z',
    Array.from({ length: count }, () => ({ domain: 'notification' })),
  );
  const refs = await stores.database.query<{ id: string; receivedOn: string }>(
    `select id, received_on::text as "receivedOn" from connections.delivery order by id`,
  );
  const publisher = createPublisher({ bus, signer: by, stream: 'RAW' });
  await publisher.publish({ subject: SUBJECT, id: newId(), body: { refs }, issuedAt: NOW });
  return refs;
}

async function eachDelivery(taken: Consumer, end: (message: JsMsg) => void, times = 3): Promise<void> {
  for (let n = 0; n < times; n += 1)
    for await (const message of await taken.fetch({ max_messages: 1, expires: 1_000 })) end(message);
}

interface Letter {
  stage: string;
  reason: string;
  provider: string | null;
  delivery_id: string | null;
}
const letters = () =>
  stores.database.query<Letter>(
    'select stage, reason, provider, delivery_id from connections.dead_letter order by delivery_id',
  );

/** The advisories that the alarms have taken, of all that there are. */
async function allAreTaken(): Promise<boolean> {
  const jsm = await operator.connection.jetstreamManager();
  const { state } = await jsm.streams.info('ADVISORIES');
  const { ack_floor } = await jsm.consumers.info('ADVISORIES', 'alarms');
  return ack_floor.stream_seq === state.last_seq;
}
async function advised(work: () => Promise<void>): Promise<void> {
  const jsm = await operator.connection.jetstreamManager();
  const before = (await jsm.streams.info('ADVISORIES')).state.last_seq;
  await work();
  await until('an advisory', async () => (await jsm.streams.info('ADVISORIES')).state.last_seq > before);
  await until('the end of the alarms', allAreTaken);
}

test('a message that came as often as it may leaves a letter for each delivery without an answer', async () => {
  const taken = await consumer('fetcher');
  const [answered, open] = await publishNotifications(2);
  await stores.database.query(
    `insert into connections.fetched_notification (delivery_id, received_on, outcome, ended_at) values ($1, '2026-11-21', 'fetched', $2)`,
    [answered?.id, NOW],
  );
  await advised(() => eachDelivery(taken, (message) => message.nak()));
  expect(await letters()).toEqual([
    { stage: 'fetch', reason: 'max_deliveries', provider: 'OURA', delivery_id: open?.id },
  ]);
  expect(announced).toEqual(await stores.database.query('select id, stage, reason from connections.dead_letter'));
  expect(await metrics.registry.metrics()).toMatch(
    /athlete_ally_dead_letters_total\{stage="fetch",reason="max_deliveries"\} 1/,
  );
});

test('a delivery that has its letter gets no second one', async () => {
  const taken = await consumer('fetcher');
  const [set] = await publishNotifications(1);
  await stores.database.query(
    `insert into connections.dead_letter (id, stage, delivery_id, reason, detail, created_at) values ($1, 'fetch', $2, 'failed_repeatedly', 'x', $3)`,
    [newId(), set?.id, NOW],
  );
  await advised(() => eachDelivery(taken, (message) => message.nak()));
  expect(await letters()).toEqual([expect.objectContaining({ reason: 'failed_repeatedly' })]);
});

test('what a consumer ended by itself has its letter already; a message that nobody of us signed has none, and gets one', async () => {
  const taken = await consumer('normaliser');
  await publishNotifications(1);
  await advised(() => eachDelivery(taken, (message) => message.term(), 1));
  expect(await letters()).toEqual([]);
  const stranger = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'der' });
  await publishNotifications(1, createMessageSigner({ keyId: 'k1', privateKey: stranger.toString('base64') }));
  await advised(() => eachDelivery(taken, (message) => message.term(), 1));
  expect(await letters()).toEqual([
    { stage: 'normalise', reason: 'forged_message', provider: null, delivery_id: null },
  ]);
});
