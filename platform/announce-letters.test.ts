import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNats, type Nats } from '../embedded/nats.ts';
import { createAnnounceLetters, type AnnounceLetters } from './announce-letters.ts';
import { systemClock } from './clock.ts';
import { createMessageSigner } from './crypto.ts';
import { newId } from './ids.ts';
import { createLogger } from './log.ts';
import { openBus, type Bus } from './bus.ts';
import { createPublisher } from './messages.ts';
import type { StreamName } from './streams.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const privateKey = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'der' });
const signer = createMessageSigner({ keyId: 'k1', privateKey: privateKey.toString('base64') });

let folder: string;
let nats: Nats;
const open: Bus[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athlete-ally-letters-'));
  nats = await startNats({ cacheDir: '.cache', dataDir: folder, isDurable: false });
});
afterAll(async () => {
  for (const bus of open) await bus.close();
  await nats.stop();
  await rm(folder, { recursive: true, force: true });
});

async function busOf(user: 'connections' | 'health-data' | 'insights' | 'operator'): Promise<Bus> {
  const bus = await openBus({ url: nats.url(user), name: 'test', log });
  open.push(bus);
  return bus;
}
const announcerOf = (bus: Bus, stream: StreamName | null): AnnounceLetters =>
  createAnnounceLetters({ publisher: createPublisher({ bus, signer, stream }), clock: systemClock, log });

test('each service tells operators of its letters with the rights it has, and a lost stream keeps nobody from going on', async () => {
  const [connections, healthData, insights, operator] = [
    await busOf('connections'),
    await busOf('health-data'),
    await busOf('insights'),
    await busOf('operator'),
  ];
  // Nobody keeps the stream yet: health-data must not make it, connections does.
  const early = { id: newId(), stage: 'normalise', reason: 'not_json' };
  await announcerOf(healthData, null)([early]);
  const jsm = await operator.connection.jetstreamManager();
  expect(await jsm.streams.names().next()).toEqual([]);
  const intake = { id: newId(), stage: 'intake', reason: 'not_json' };
  const fetch = { id: newId(), stage: 'fetch', reason: 'max_deliveries' };
  await announcerOf(connections, 'DLQ')([intake, fetch]);
  const normalise = { id: newId(), stage: 'normalise', reason: 'hash_mismatch' };
  await announcerOf(healthData, null)([normalise]);
  const recompute = { id: newId(), stage: 'recompute', reason: 'gave_up' };
  await announcerOf(insights, null)([recompute]);

  const stored: unknown[] = [];
  for (let seq = 1; seq <= 4; seq += 1) {
    const message = await jsm.streams.getMessage('DLQ', { seq });
    stored.push([message.subject, message.json(), message.header.get('Nats-Msg-Id')]);
  }
  const asSent = [intake, fetch, normalise, recompute].map((letter) => [
    `athlete-ally.dlq.${letter.stage}.v1`,
    letter,
    letter.id,
  ]);
  expect(new Set(stored)).toEqual(new Set(asSent));
  expect((await jsm.streams.info('DLQ')).state.messages).toBe(4);
});
