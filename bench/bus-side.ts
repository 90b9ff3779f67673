import { createKeyRing, createMessageSigner, sha256 } from '#platform/crypto';
import type { RawReferences } from '#platform/events';
import { newId } from '#platform/ids';
import { createLogger } from '#platform/log';
import { openBus } from '#platform/bus';
import { createPublisher } from '#platform/messages';
import { createPayloadKeys } from '#platform/payload-keys';
import { providerSlug } from '#platform/signals';
import { subjects } from '#platform/streams';
import type { Kind } from './bodies.ts';
import type { Rig } from './rig.ts';

/** A stored delivery that nobody was told of. */
export interface Waiting {
  kind: Kind;
  athleteId: string;
  day: string;
  reference: RawReferences['refs'][number];
}

/** What connections does before the normaliser begins: sealed deliveries in its table, references on the bus. */
export interface BusSide {
  /** Stores one delivery for each athlete and day. */
  store(kind: Kind, options: { athleteIds: readonly string[]; days: readonly string[] }): Promise<Waiting[]>;
  /** References travel in messages of up to 200, signed once. */
  publish(waiting: readonly Waiting[]): Promise<void>;
  /** Calls back for every normalised message, on which its rows are visible. */
  onNormalised(subject: string, heard: (touched: { athleteId: string; days: string[] }[]) => void): () => void;
  /** Messages that the normaliser has not acknowledged. */
  left(): Promise<number>;
  close(): Promise<void>;
}

const PER_MESSAGE = 200;
const PER_INSERT = 500;

export async function createBusSide(rig: Rig): Promise<BusSide> {
  const { secrets, natsUrl } = rig.place;
  const log = createLogger({ name: 'bench', level: 'warn' });
  const bus = await openBus({ url: natsUrl('connections'), name: 'bench', log });
  const operatorUrl = new URL(natsUrl('connections'));
  [operatorUrl.username, operatorUrl.password] = ['operator', secrets.natsPasswords.operator];
  const listener = await openBus({ url: operatorUrl.href, name: 'bench-listener', log });
  await bus.ensureStream('RAW');
  const { id: keyId, privateKey } = secrets.messageKeys.connections;
  const publisher = createPublisher({ bus, signer: createMessageSigner({ keyId, privateKey }), stream: 'RAW' });
  const roots = new Map([[1, Buffer.from(secrets.payloadRootSecret, 'base64')]]);
  const keys = createPayloadKeys({ ring: createKeyRing({ purpose: 'payload', roots }) });
  const sql = {
    query: async <T>(text: string, parameters?: unknown[]) => (await rig.db.query(text, parameters)).rows as T,
  };
  const owned = await sql.query<{ id: string; athleteId: string }[]>(
    `select id, athlete_id as "athleteId" from connections.data_key where kind = 'payload' and athlete_id is not null`,
  );
  await keys.load(
    sql,
    owned.map(({ id }) => id),
  );
  const keyOf = new Map(owned.map(({ id, athleteId }) => [athleteId, id]));
  await sql.query('select connections.prepare_partitions(current_date - 1, 4)');
  const manager = await listener.connection.jetstreamManager({ checkAPI: false });

  return {
    async store(kind, { athleteIds, days }) {
      const rows = days.flatMap((day) =>
        athleteIds.map((athleteId) => {
          const id = newId();
          const payloadKey = keyOf.get(athleteId) as string;
          const plain = Buffer.from(JSON.stringify(kind.body(day)));
          const sealed = keys.seal({ keyId: payloadKey, plaintext: plain, deliveryId: id });
          return { id, athleteId, day, payloadKey, sealed, hash: sha256(plain) };
        }),
      );
      const receivedAt = new Date();
      for (let at = 0; at < rows.length; at += PER_INSERT) {
        const part = rows.slice(at, at + PER_INSERT);
        await sql.query(
          `insert into connections.delivery (received_on, id, provider, domain, athlete_id, body_sealed, body_hash, key_id,
                                             source_updated_at, received_at, provenance)
           select $1::timestamptz at time zone 'UTC', id, $2, $3, athlete_id, sealed, hash, key_id, $1, $1, 'fetched'
             from unnest($4::uuid[], $5::uuid[], $6::bytea[], $7::bytea[], $8::uuid[]) as t(id, athlete_id, sealed, hash, key_id)`,
          [
            receivedAt,
            kind.provider,
            kind.domain,
            part.map(({ id }) => id),
            part.map(({ athleteId }) => athleteId),
            part.map(({ sealed }) => sealed),
            part.map(({ hash }) => hash),
            part.map(({ payloadKey }) => payloadKey),
          ],
        );
      }
      const received = { receivedOn: receivedAt.toISOString().slice(0, 10), receivedAt: receivedAt.toISOString() };
      return rows.map(({ id, athleteId, day, hash }) => ({
        kind,
        athleteId,
        day,
        reference: { id, hash: hash.toString('hex'), ...received },
      }));
    },
    async publish(waiting) {
      const messages = Array.from({ length: Math.ceil(waiting.length / PER_MESSAGE) }, (_, at) =>
        waiting.slice(at * PER_MESSAGE, (at + 1) * PER_MESSAGE),
      );
      await Promise.all(
        messages.map((part) => {
          const { provider, domain } = (part[0] as Waiting).kind;
          const body = { refs: part.map(({ reference }) => reference) } satisfies RawReferences;
          const subject = subjects.raw(providerSlug(provider), domain);
          return publisher.publish({ subject, id: newId(), body, issuedAt: new Date() });
        }),
      );
    },
    onNormalised(subject, heard) {
      const subscription = listener.connection.subscribe(subject, {
        callback: (_error, { data }) =>
          heard(
            (JSON.parse(Buffer.from(data).toString()) as { touched: { athleteId: string; days: string[] }[] }).touched,
          ),
      });
      return () => subscription.unsubscribe();
    },
    async left() {
      const info = await manager.consumers.info('RAW', 'normaliser');
      return info.num_pending + info.num_ack_pending;
    },
    async close() {
      await bus.close();
      await listener.close();
    },
  };
}
