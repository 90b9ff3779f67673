import { randomBytes } from 'node:crypto';
import { createKeyRing, newDataKey, sha256 } from '#platform/crypto';
import { newId } from '#platform/ids';
import { createLogger } from '#platform/log';
import { createPayloadKeys, payloadKeyAad } from '#platform/payload-keys';
import type { Provider } from '#platform/signals';
import { createMetrics } from '#platform/telemetry';
import type { ProcessParts, Reference } from '../../subgraphs/health-data/deliveries/process.ts';
import { createDatabase, type TestDatabase } from './database.ts';

/** Something a vendor sent, with its exact bytes. */
export interface Sent {
  provider: Provider;
  domain: string;
  bytes: Buffer;
  /** When it came: the version of records that carry none of their own. */
  at: Date;
}

/** The step from sealed deliveries to rows, in a database of its own. */
export interface Normalising {
  database: TestDatabase;
  /** Parts of a process that normalises; each with its own pool, as two replicas have. */
  replicas: readonly [ProcessParts, ProcessParts];
  /** Stores deliveries of one athlete as connections does, sealed, and answers what a message would say of them. */
  receive(athleteId: string, sent: readonly Sent[]): Promise<Reference[]>;
}

/** `now`: later than everything that is sent. */
export async function createNormalising(now: Date): Promise<Normalising> {
  const database = await createDatabase();
  const ring = createKeyRing({ purpose: 'payload', roots: new Map([[1, randomBytes(32)]]) });
  const keys = createPayloadKeys({ ring });
  const keyId = newId();
  const aad = payloadKeyAad({ id: keyId, athleteId: null });
  keys.remember({ id: keyId, athleteId: null, ...ring.wrap({ dataKey: newDataKey(), aad }) });
  const newReplica = async (): Promise<ProcessParts> => ({
    db: await database.open('health_data'),
    keys,
    publisher: { publish: () => Promise.resolve() },
    announceLetters: () => Promise.resolve(),
    clock: { now: () => now },
    sampleRetentionMonths: 24,
    metrics: createMetrics(),
    log: createLogger({ name: 'test', level: 'silent' }),
  });
  const receivedOn = now.toISOString().slice(0, 10);

  async function receive(athleteId: string, sent: readonly Sent[]): Promise<Reference[]> {
    const deliveries = sent.map((one) => {
      const id = newId();
      const sealed = keys.seal({ keyId, plaintext: one.bytes, deliveryId: id });
      return { ...one, id, sealed, hash: sha256(one.bytes) };
    });
    await database.query(
      `insert into connections.delivery (received_on, id, provider, domain, athlete_id, body_sealed, body_hash, key_id,
              source_updated_at, received_at, provenance)
       select $1, id, provider, domain, $2, sealed, hash, $3, at, at, 'fetched'
         from unnest($4::uuid[], $5::text[], $6::text[], $7::bytea[], $8::bytea[], $9::timestamptz[])
           as t(id, provider, domain, sealed, hash, at)`,
      [
        receivedOn,
        athleteId,
        keyId,
        deliveries.map(({ id }) => id),
        deliveries.map(({ provider }) => provider),
        deliveries.map(({ domain }) => domain),
        deliveries.map(({ sealed }) => sealed),
        deliveries.map(({ hash }) => hash),
        deliveries.map(({ at }) => at),
      ],
    );
    return deliveries.map(({ id, hash }) => ({ id, receivedOn, hash: hash.toString('hex') }));
  }

  return { database, replicas: [await newReplica(), await newReplica()], receive };
}
