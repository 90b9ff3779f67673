import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Archive } from '#platform/archive';
import { createKeyRing, sha256, type KeyRing } from '#platform/crypto';
import type { Database } from '#platform/database';
import { newId } from '#platform/ids';
import { openArchive } from '#platform/open-archive';
import { createPayloadKeys, type PayloadKeys } from '#platform/payload-keys';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { createVault } from '../vault/vault.ts';
import { preparePartitions } from '../webhooks/partitions.ts';
import type { NewDelivery } from '../webhooks/new-delivery.ts';
import { storeDeliveries } from '../webhooks/store-deliveries.ts';

/** An athlete with a payload key, as a delivery names them. */
export interface Recipient {
  athleteId: string;
  keyId: string;
}

/** A database, a folder and the keys: what the archive's rooms work on. Deliveries are stored as intake stores them. */
export async function openStores() {
  const database: TestDatabase = await createDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'athlete-ally-archive-'));
  const db: Database = await database.open('connections');
  const ring: KeyRing = createKeyRing({ purpose: 'payload', roots: new Map([[1, randomBytes(32)]]) });
  const tokenRing = createKeyRing({ purpose: 'token', roots: new Map([[1, randomBytes(32)]]) });
  const payloadKeys: PayloadKeys = createPayloadKeys({ ring });
  const archive: Archive = openArchive({
    url: pathToFileURL(join(folder, 'archive')).href,
    encryption: { kind: 'AES256' },
  });
  async function store(recipient: Recipient, receivedAt: string, deliveries: Partial<NewDelivery>[]): Promise<number> {
    await payloadKeys.load(db, [recipient.keyId]);
    const { isNew } = await storeDeliveries(db, {
      payloadKeys,
      deliveries: deliveries.map((delivery) => ({
        provider: 'OURA',
        domain: 'sleep',
        athleteId: recipient.athleteId,
        connectionId: null,
        keyId: recipient.keyId,
        deliveryKey: sha256(newId()),
        body: Buffer.from('{}'),
        sourceUpdatedAt: new Date(receivedAt),
        receivedAt: new Date(receivedAt),
        provenance: 'fetched',
        ...delivery,
      })),
    });
    return isNew.filter(Boolean).length;
  }
  return {
    database,
    db,
    folder,
    archive,
    ring,
    payloadKeys,
    async newAthlete(): Promise<Recipient> {
      const [accountId, athleteId] = [newId(), newId()];
      await database.query(`insert into connections.account values ($1, $2, 'x', 'A', 'ATHLETE', now())`, [
        accountId,
        `${accountId}@example.com`,
      ]);
      await database.query(
        `insert into connections.athlete (id, account_id, display_name, time_zone) values ($1, $2, 'A', 'UTC')`,
        [athleteId, accountId],
      );
      await createVault({ db, tokenRing, payloadRing: ring, clock: { now: () => new Date() } }).createAthleteKeys(
        db,
        athleteId,
      );
      const [key] = await database.query<{ id: string }>(
        `select id from connections.data_key where athlete_id = $1 and kind = 'payload'`,
        [athleteId],
      );
      return { athleteId, keyId: key?.id ?? '' };
    },
    /** Stores deliveries that came at `receivedAt`, in that day's partition; answers how many were new. */
    async deliver(recipient: Recipient, receivedAt: string, deliveries: Partial<NewDelivery>[]): Promise<number> {
      await preparePartitions({ db, clock: { now: () => new Date(receivedAt) } });
      return store(recipient, receivedAt, deliveries);
    },
    /** The same where the day has its partition already. */
    store,
    async keysInArchive(provider = 'oura'): Promise<string[]> {
      const keys: string[] = [];
      for await (const key of archive.list(`provider=${provider}/`)) keys.push(key);
      return keys;
    },
    async close(): Promise<void> {
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type Stores = Awaited<ReturnType<typeof openStores>>;
