import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMessageSigner, createMessageVerifier } from '#platform/crypto';
import { newId } from '#platform/ids';
import { createLogger } from '#platform/log';
import { openBus } from '#platform/bus';
import { createPublisher } from '#platform/messages';
import { subjects } from '#platform/streams';
import { createMetrics } from '#platform/telemetry';
import { startNats } from '../../../embedded/nats.ts';
import { until } from '../../../tests/support/wait.ts';
import { startFetching } from './consume.ts';

/** More than the broker lets wait for one consumer. */
const MANY = 300;

test('notifications of a provider that is away do not keep those of another waiting, however many there are', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'athlete-ally-bus-'));
  const nats = await startNats({ cacheDir: '.cache', dataDir: folder, isDurable: false });
  const log = createLogger({ name: 'test', level: 'silent' });
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const signer = createMessageSigner({
    keyId: 'k1',
    privateKey: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
  });
  const verify = createMessageVerifier(`k1=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`);
  const bus = await openBus({ url: nats.url('connections'), name: 'test', log });
  await bus.ensureStream('RAW');
  const publisher = createPublisher({ bus, signer, stream: 'RAW' });
  async function publish(provider: string): Promise<string> {
    const id = newId();
    const ref = { id, receivedOn: '2026-11-20', hash: 'a'.repeat(64), receivedAt: '2026-11-20T05:00:00Z' };
    await publisher.publish({
      subject: subjects.raw(provider, 'notification'),
      id,
      body: { refs: [ref] },
      issuedAt: new Date(),
    });
    return id;
  }
  const away = new Set<string>();
  for (let n = 0; n < MANY; n += 1) away.add(await publish('whoop'));
  const neighbour = await publish('oura');

  const answered: string[] = [];
  const tries: string[] = [];
  const fetching = startFetching({
    bus,
    fetcher: {
      async handle(references) {
        const ids = references.map(({ id }) => id);
        const isAway = ids.some((id) => away.has(id));
        (isAway ? tries : answered).push(...ids);
        return isAway ? 'later' : 'done';
      },
      giveUp: () => Promise.reject(new Error('a provider that is away is no reason to give up')),
    },
    verify,
    metrics: createMetrics(),
    log,
  });
  try {
    await until('the neighbour to be answered', () => answered.includes(neighbour));
    // Each was tried, and none is kept.
    const { consumers } = await bus.connection.jetstreamManager({ checkAPI: false });
    await until('nothing to wait', async () => (await consumers.info('RAW', 'fetcher')).num_ack_pending === 0);
    expect(new Set(tries)).toEqual(away);
  } finally {
    await fetching.close();
    await bus.close();
    await nats.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
