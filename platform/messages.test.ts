import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { startNats, type Nats } from '../embedded/nats.ts';
import { createMessageSigner, createMessageVerifier, type MessageSigner } from './crypto.ts';
import { createLogger } from './log.ts';
import { openBus, type Bus } from './bus.ts';
import { consume, createPublisher, type Ending } from './messages.ts';
import { createMetrics } from './telemetry.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const metrics = createMetrics();
const pair = generateKeyPairSync('ed25519');
const signer: MessageSigner = createMessageSigner({
  keyId: 'k1',
  privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
});
const verify = createMessageVerifier(`k1=${pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`);
const SUBJECT = 'athlete-ally.raw.oura.notification.v1';

async function until(condition: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('the condition did not come true in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

let folder: string;
let nats: Nats;
let bus: Bus;
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athlete-ally-bus-'));
  nats = await startNats({ cacheDir: '.cache', dataDir: folder, isDurable: false });
});
afterAll(async () => {
  await nats.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  bus = await openBus({ url: nats.url('connections'), name: 'test', log });
  await bus.ensureStream('RAW');
});
afterEach(async () => {
  for (const part of open.splice(0)) await part.close();
  await bus.close();
});

function collect(
  handle: (body: { n: number }) => Ending | Promise<Ending> = () => 'done',
  { sharerOf, leftAfter }: { sharerOf?: (subject: string) => string; leftAfter?: number } = {},
) {
  const seen: unknown[] = [];
  const gaveUp: unknown[] = [];
  open.push(
    consume({
      body: z.strictObject({ n: z.number() }),
      bus,
      consumer: 'fetcher',
      verify,
      metrics,
      log,
      ...(sharerOf && { sharerOf }),
      ...(leftAfter !== undefined && { leftAfter }),
      handle: async ({ body }) => {
        seen.push(body.n);
        return handle(body);
      },
      giveUp: async ({ body }) => void gaveUp.push(body.n),
    }),
  );
  return { seen, gaveUp };
}

const publish = (id: string, n: number, subject = SUBJECT) =>
  createPublisher({ bus, signer, stream: 'RAW' }).publish({ subject, id, body: { n }, issuedAt: new Date() });

describe('the bus', () => {
  it('drops a message that is not as its schema says, and goes on with the next', async () => {
    const { seen, gaveUp } = collect();
    const publisher = createPublisher({ bus, signer, stream: 'RAW' });
    await publisher.publish({ subject: SUBJECT, id: 's1', body: { n: 1, value: 51 }, issuedAt: new Date() });
    await publish('s2', 2);
    await until(() => seen.length >= 1);
    expect({ seen, gaveUp }).toEqual({ seen: [2], gaveUp: [] });
  });

  it('hands each published message on once, although it was published twice', async () => {
    const { seen } = collect();
    await publish('m1', 1);
    await publish('m1', 1);
    await publish('m2', 2);
    await until(() => seen.length >= 2);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(seen).toEqual([1, 2]);
  });

  it('drops what is unsigned, altered or signed for another subject, and goes on', async () => {
    const { seen } = collect();
    await bus.js.publish(SUBJECT, Buffer.from('{"n":66}'));
    const { sealEnvelope } = await import('./envelope.ts');
    const { headers } = await import('nats');
    const sealed = sealEnvelope({
      subject: 'athlete-ally.raw.oura.sleep.v1',
      id: 'x',
      issuedAt: new Date(),
      body: { n: 67 },
      signer,
    });
    const moved = headers();
    for (const [name, value] of sealed.headers) moved.set(name, value);
    await bus.js.publish(SUBJECT, sealed.data, { headers: moved });
    await publish('m3', 3);
    await until(() => seen.length > 0);
    expect(seen).toEqual([3]);
  });

  it('delivers again what was not handled', async () => {
    let attempts = 0;
    const { seen } = collect(() => {
      attempts += 1;
      if (attempts === 1) throw new Error('the database is away');
      return 'done';
    });
    await publish('m4', 4);
    await until(() => seen.length === 2);
    expect(seen).toEqual([4, 4]);
  });

  it('hands on what one sharer is sent while twenty messages of another hang, and those later', async () => {
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const { seen } = collect(
      async ({ n }): Promise<Ending> => {
        if (n < 200) await ended;
        return 'done';
      },
      { sharerOf: (subject) => subject },
    );
    for (let n = 100; n < 120; n += 1) await publish(`hanging-${n}`, n, 'athlete-ally.raw.whoop.notification.v1');
    await publish('neighbour', 200);
    await until(() => seen.includes(200));
    // Four at once, and three times as many in all.
    expect(seen.filter((n) => n !== 200)).toHaveLength(12);
    end();
    await until(() => seen.length === 21);
  });

  it('lets go of what is for later as often as was said, so that the broker counts it no more', async () => {
    const { seen } = collect(() => 'later', { leftAfter: 2 });
    await publish('away', 7);
    await until(() => seen.length === 2);
    const provisioner = await openBus({ url: nats.url('provisioner'), name: 'test', log });
    const { consumers } = await provisioner.connection.jetstreamManager();
    await until(async () => (await consumers.info('RAW', 'fetcher')).num_ack_pending === 0);
    await provisioner.close();
    expect(seen).toEqual([7, 7]);
  });

  it('goes on by itself after the stream was deleted', async () => {
    const { seen } = collect();
    await publish('m5', 5);
    await until(() => seen.includes(5));
    const provisioner = await openBus({ url: nats.url('provisioner'), name: 'test', log });
    await (await provisioner.connection.jetstreamManager()).streams.delete('RAW');
    await provisioner.close();
    await publish('m6', 6);
    await until(() => seen.includes(6));
  });

  it('lets no service publish or read what is not its own', async () => {
    const gateway = await openBus({ url: nats.url('gateway'), name: 'test', log });
    await expect(gateway.js.publish(SUBJECT, Buffer.from('{}'))).rejects.toThrow();
    await gateway.close();
  });
});
