import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAnnounceLetters } from '#platform/announce-letters';
import type { Clock } from '#platform/clock';
import { createKeyRing, createMessageSigner, newDataKey } from '#platform/crypto';
import { newId } from '#platform/ids';
import { createLogger } from '#platform/log';
import { openBus, type Bus } from '#platform/bus';
import { createPublisher, type Publisher } from '#platform/messages';
import { createPayloadKeys, payloadKeyAad, type PayloadKeys } from '#platform/payload-keys';
import { createMetrics } from '#platform/telemetry';
import { startNats } from '../../../embedded/nats.ts';
import type { TestDatabase } from '../../../tests/support/database.ts';
import type { ProcessParts } from './process.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const NOBODY: Publisher = { publish: () => Promise.resolve() };

/** One athlete with a payload key, and the parts of a process that normalises what is sealed under it. */
export interface OneAthlete {
  accountId: string;
  athleteId: string;
  keyId: string;
  keys: PayloadKeys;
  parts: ProcessParts;
}

/** `publisher`: who is told of touched days; nobody if left out. */
export async function createOneAthlete(options: {
  database: TestDatabase;
  clock: Clock;
  publisher?: Publisher;
}): Promise<OneAthlete> {
  const { database, clock, publisher = NOBODY } = options;
  const [accountId, athleteId, keyId] = [newId(), newId(), newId()];
  const ring = createKeyRing({ purpose: 'payload', roots: new Map([[1, randomBytes(32)]]) });
  const keys = createPayloadKeys({ ring });
  const db = await database.open('health_data');
  const now = clock.now();
  await database.query(`insert into connections.account values ($1, 'a@example.com', 'x', 'A', 'ATHLETE', $2)`, [
    accountId,
    now,
  ]);
  await database.query(
    `insert into connections.athlete (id, account_id, display_name, time_zone) values ($1, $2, 'A', 'Europe/Helsinki')`,
    [athleteId, accountId],
  );
  const { wrapped, kekVersion } = ring.wrap({ dataKey: newDataKey(), aad: payloadKeyAad({ id: keyId, athleteId }) });
  await database.query(
    `insert into connections.data_key (id, athlete_id, kind, wrapped, kek_version, created_at) values ($1, $2, 'payload', $3, $4, $5)`,
    [keyId, athleteId, wrapped, kekVersion, now],
  );
  await keys.load(db, [keyId]);
  const announceLetters = createAnnounceLetters({ publisher, clock, log });
  const parts = {
    db,
    keys,
    publisher,
    announceLetters,
    clock,
    metrics: createMetrics(),
    log,
    sampleRetentionMonths: 24,
  };
  return { accountId, athleteId, keyId, keys, parts };
}

/** A broker of its own with the stream that touched days go to. */
export interface NormalizedBus {
  bus: Bus;
  publisher: Publisher;
  close(): Promise<void>;
}

export async function openNormalizedBus(): Promise<NormalizedBus> {
  const folder = await mkdtemp(join(tmpdir(), 'athlete-ally-bus-'));
  const nats = await startNats({ cacheDir: '.cache', dataDir: folder, isDurable: false });
  const bus = await openBus({ url: nats.url('health-data'), name: 'test', log });
  await bus.ensureStream('NORMALIZED');
  const privateKey = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'der' });
  const signer = createMessageSigner({ keyId: 'k1', privateKey: privateKey.toString('base64') });
  return {
    bus,
    publisher: createPublisher({ bus, signer, stream: 'NORMALIZED' }),
    async close() {
      await bus.close();
      await nats.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
