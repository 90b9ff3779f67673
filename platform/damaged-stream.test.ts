import { generateKeyPairSync } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { NATS_USERS, type NatsUser } from '../embedded/nats-config.ts';
import { startNats, type Nats } from '../embedded/nats.ts';
import { until } from '../tests/support/wait.ts';
import { createMessageSigner, createMessageVerifier } from './crypto.ts';
import { createLogger } from './log.ts';
import { openBus, type Bus } from './bus.ts';
import { consume, createPublisher } from './messages.ts';
import { createMetrics, type Metrics } from './telemetry.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const pair = generateKeyPairSync('ed25519');
const signer = createMessageSigner({
  keyId: 'k1',
  privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
});
const verify = createMessageVerifier(`k1=${pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`);
const users = Object.fromEntries(NATS_USERS.map((user) => [user, `secret-of-${user}`])) as Record<NatsUser, string>;

let folder: string;
let nats: Nats;
let metrics: Metrics;
const open: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athlete-ally-damaged-'));
  nats = await startNats({ cacheDir: '.cache', dataDir: folder, users, isDurable: false });
  metrics = createMetrics();
});
afterEach(async () => {
  for (const part of open.splice(0).toReversed()) await part.close();
  await nats.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Stops the broker, does `meanwhile` to its files and starts it on the same port. */
async function restart(meanwhile: (place: { messages: string; copy: string }) => Promise<void>): Promise<void> {
  await nats.stop();
  await meanwhile({ messages: join(folder, 'jetstream/jetstream/$G/streams/RAW/msgs'), copy: join(folder, 'copy') });
  nats = await startNats({ cacheDir: '.cache', dataDir: folder, users, port: nats.port, isDurable: false });
}

const keepCopy = () => restart(({ messages, copy }) => cp(messages, copy, { recursive: true }));
/** The stream is as it was at the copy; what its consumer has had stays as it is. */
const cutToCopy = () =>
  restart(async ({ messages, copy }) => {
    await rm(messages, { recursive: true });
    await cp(copy, messages, { recursive: true });
  });

async function participate(): Promise<{
  bus: Bus;
  seen: number[];
  publish: (from: number, to: number) => Promise<void>;
}> {
  const bus = await openBus({ url: nats.url('connections'), name: 'test', log });
  await bus.ensureStream('RAW');
  const seen: number[] = [];
  const consumer = consume({
    body: z.strictObject({ n: z.number() }),
    bus,
    consumer: 'fetcher',
    verify,
    metrics,
    log,
    handle: async ({ body }) => {
      seen.push(body.n);
      return 'done';
    },
    giveUp: async () => undefined,
  });
  open.push({ close: () => bus.close() }, consumer);
  const publisher = createPublisher({ bus, signer, stream: 'RAW' });
  return {
    bus,
    seen,
    async publish(from, to) {
      const subject = 'athlete-ally.raw.oura.notification.v1';
      for (let n = from; n <= to; n += 1)
        await publisher.publish({ subject, id: `m${n}`, body: { n }, issuedAt: new Date() });
    },
  };
}

const madeAnew = async (): Promise<number> =>
  (await metrics.consumersMadeAnew.get()).values.reduce((sum, { value }) => sum + value, 0);

/** What a broker before 2.14 makes of such a cut: the consumer waits for messages that the stream will not have for long. */
async function standBehindTheEnd(): Promise<void> {
  const operator = await openBus({ url: nats.url('operator'), name: 'test', log });
  await operator.connection.request('$JS.API.CONSUMER.RESET.RAW.fetcher', JSON.stringify({ seq: 1_000 }));
  const { delivered } = await (await operator.connection.jetstreamManager()).consumers.info('RAW', 'fetcher');
  await operator.close();
  expect(delivered.stream_seq).toBe(999);
}

describe('a consumer that stands behind the end of its stream', () => {
  it('is made anew in a process that lives on, as soon as the connection was away', async () => {
    const { bus, seen, publish } = await participate();
    await publish(1, 3);
    await until('three messages', () => seen.length === 3);
    await standBehindTheEnd();
    await publish(4, 5);
    expect(await madeAnew()).toBe(0);

    await bus.connection.reconnect();
    await until('what came after the damage', () => seen.includes(4) && seen.includes(5));
    expect(await madeAnew()).toBe(1);
  });

  it('is made anew by a process that starts', async () => {
    const before = await participate();
    await before.publish(1, 3);
    await until('three messages', () => before.seen.length === 3);
    for (const part of open.splice(0).toReversed()) await part.close();
    await standBehindTheEnd();

    const after = await participate();
    await after.publish(4, 5);
    await until('what came after the damage', () => after.seen.includes(4) && after.seen.includes(5));
    expect(await madeAnew()).toBe(1);
  });

  it('is left as it is when the broker lost nothing, and has each message once', async () => {
    const { bus, seen, publish } = await participate();
    await publish(1, 3);
    await until('three messages', () => seen.length === 3);
    await restart(async () => undefined);
    await until('the bus to be back', () => bus.isConnected());
    await publish(4, 5);
    await until('five messages', () => seen.length === 5);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    expect(await madeAnew()).toBe(0);
  });
});

test('after a restart with an older copy of the stream, what is published comes, whoever mends the consumer', async () => {
  const { bus, seen, publish } = await participate();
  await publish(1, 3);
  await keepCopy();
  await until('the bus to be back', () => bus.isConnected());
  await publish(4, 10);
  await until('ten messages', () => seen.length === 10);
  await cutToCopy();
  await until('the bus to be back', () => bus.isConnected());
  await publish(11, 12);
  await until('what came after the cut', () => seen.includes(11) && seen.includes(12));
});
