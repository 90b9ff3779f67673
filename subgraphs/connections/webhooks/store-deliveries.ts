import { sha256 } from '#platform/crypto';
import type { Sql } from '#platform/database';
import { newId } from '#platform/ids';
import type { PayloadKeys } from '#platform/payload-keys';
import type { Provider } from '#platform/signals';
import { NOTIFICATION } from '#platform/streams';
import type { Reference } from './relay.ts';

/**
 * `signed`: by the provider, and the signature held. `unsigned`: pushed to our secret address by a provider that signs
 * nothing. `fetched`: read by us with the athlete's token. `uploaded`: by the athlete's phone, or a service with a key.
 */
export type Provenance = 'signed' | 'unsigned' | 'fetched' | 'uploaded';

/** A body on its way into the log of record. Its payload key must be in memory (`payloadKeys.load` or `remember`). */
export interface NewDelivery {
  provider: Provider;
  /** `notification`, or the vendor's resource kind. */
  domain: string;
  /** null together: a body that belongs to nobody we know, sealed under the intake key. */
  athleteId: string | null;
  connectionId: string | null;
  keyId: string;
  /** What makes two deliveries the same one; see `receivedKey` and `fetchedKey`. */
  deliveryKey: Buffer;
  body: Buffer;
  /** Version of what the body says: the start of the fetch, or the time of receipt. */
  sourceUpdatedAt: Date;
  receivedAt: Date;
  /** Of a delivery that comes from the archive: when it came from the provider. */
  firstReceivedAt?: Date;
  provenance: Provenance;
  /** The notification or the job that this body was fetched for. */
  causeId?: string;
  /** Set aside at once instead of being published. */
  deadLetter?: { stage: string; reason: string; detail: string };
}

/**
 * Of a body as it came in. One that names its event is the same event however often and late it is sent again: then
 * `signedAt` is null. Where nothing but the signed time tells two events apart, that time belongs to the key.
 */
export const receivedKey = (part: {
  provider: Provider;
  connectionId: string | null;
  signedAt: string | null;
  body: Buffer;
}): Buffer =>
  sha256(
    lengthPrefixed('received', part.provider, part.connectionId ?? 'nobody', part.signedAt ?? 'any time'),
    part.body,
  );

/**
 * Of a fetched document. `occasion` (the notification, or the page of a job) belongs to it: a record that changes and
 * changes back must be stored a second time, or the value in between would stand for ever.
 */
export const fetchedKey = (part: {
  provider: Provider;
  dataType: string;
  record: string;
  occasion: string;
  body: Buffer;
}): Buffer =>
  sha256(lengthPrefixed('fetched', part.provider, part.dataType, part.record, part.occasion), sha256(part.body));

export const lengthPrefixed = (...parts: string[]): string =>
  parts.map((part) => `${Buffer.byteLength(part)}:${part},`).join('');

const STORE = `
  with given as (
    select * from unnest($1::text[], $2::bytea[], $3::date[], $4::uuid[], $5::text[], $6::uuid[], $7::uuid[], $8::bytea[], $9::bytea[],
                         $10::uuid[], $11::timestamptz[], $12::timestamptz[], $13::text[], $14::uuid[], $15::text[], $16::text[], $17::text[], $18::uuid[], $19::int[],
                         $20::timestamptz[])
      as t (provider, key, received_on, id, domain, athlete_id, connection_id, body_sealed, body_hash,
            key_id, source_updated_at, received_at, provenance, letter_id, stage, reason, detail, cause_id, times, first_received_at)
  ), fresh as (
    insert into delivery_key (provider, key, received_at, received_on, delivery_id)
    select provider, key, received_at, received_on, id from given
    on conflict do nothing returning provider, key
  ), repeated as (
    insert into delivery_repeat as r (delivery_id, received_on, repeats, last_at)
    select coalesce(k.delivery_id, given.id), coalesce(k.received_on, given.received_on),
           given.times - (k.key is null)::int, given.received_at
      from given left join delivery_key k using (provider, key) left join fresh using (provider, key)
     where k.key is not null or (fresh.key is not null and given.times > 1)
    on conflict (delivery_id) do update set repeats = r.repeats + excluded.repeats, last_at = excluded.last_at
  ), asked_again as (
    update delivery d set received_at = given.received_at
      from given join delivery_key k using (provider, key)
     where d.received_on = k.received_on and d.id = k.delivery_id and d.domain = '${NOTIFICATION}'
       and exists (select from fetched_notification f where f.delivery_id = d.id)
    returning d.id, d.received_on, d.provider, d.domain, d.body_hash, d.received_at
  ), unanswered as (
    delete from fetched_notification f using asked_again a where f.delivery_id = a.id
  ), new as (
    select given.* from given join fresh using (provider, key)
  ), stored as (
    insert into delivery (received_on, id, provider, domain, athlete_id, connection_id, body_sealed, body_hash, key_id,
                          source_updated_at, received_at, provenance, cause_id, first_received_at)
    select received_on, id, provider, domain, athlete_id, connection_id, body_sealed, body_hash, key_id,
           source_updated_at, received_at, provenance, cause_id, first_received_at from new
  ), letters as (
    insert into dead_letter (id, stage, provider, delivery_id, received_on, reason, detail, created_at)
    select letter_id, stage, provider, id, received_on, reason, detail, received_at from new where letter_id is not null
  )
  select id, received_on as "receivedOn", provider, domain, body_hash as "bodyHash", received_at as "receivedAt", letter_id is null as "isToPublish", true as "isNew"
    from new
  union all
  select id, received_on, provider, domain, body_hash, received_at, true, false from asked_again`;

interface StoredRow {
  id: string;
  receivedOn: string;
  provider: Provider;
  domain: string;
  bodyHash: Buffer;
  receivedAt: Date;
  isToPublish: boolean;
  isNew: boolean;
}

/** `isNew` in the order of what was given; `references` are what the consumers have to hear of. */
export interface StoredDeliveries {
  isNew: boolean[];
  references: Reference[];
}

/**
 * Stores deliveries in one statement: key, sealed body, or dead letter. Answers, in order, which were new, and what is to
 * be published. A key that is there already makes its delivery a repeat: no second row, but a count. A repeated notification that was
 * answered is asked once more, since two changes of a record within the resolution of the vendor's event time look alike.
 */
export async function storeDeliveries(
  db: Sql,
  options: { deliveries: readonly NewDelivery[]; payloadKeys: PayloadKeys },
): Promise<StoredDeliveries> {
  const { deliveries, payloadKeys } = options;
  // In the order of their keys, so that two writers with the same repeats never wait for each other crosswise;
  // the first of equal keys stands for all of them.
  const ordered = deliveries
    .map((delivery, index) => ({
      delivery,
      index,
      id: newId(),
      key: `${delivery.provider}/${delivery.deliveryKey.toString('hex')}`,
    }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.index - b.index));
  const rows = ordered.filter((row, at) => row.key !== ordered[at - 1]?.key);
  if (rows.length === 0) return { isNew: [], references: [] };
  const times = new Map<string, number>();
  for (const { key } of ordered) times.set(key, (times.get(key) ?? 0) + 1);
  const column = <T>(of: (delivery: NewDelivery, id: string) => T): T[] =>
    rows.map(({ delivery, id }) => of(delivery, id));
  const stored = await db.query<StoredRow[]>(STORE, [
    column((d) => d.provider),
    column((d) => d.deliveryKey),
    column((d) => d.receivedAt.toISOString().slice(0, 10)),
    column((_, id) => id),
    column((d) => d.domain),
    column((d) => d.athleteId),
    column((d) => d.connectionId),
    column((d, id) => payloadKeys.seal({ keyId: d.keyId, plaintext: d.body, deliveryId: id })),
    column((d) => sha256(d.body)),
    column((d) => d.keyId),
    column((d) => d.sourceUpdatedAt),
    column((d) => d.receivedAt),
    column((d) => d.provenance),
    column((d) => (d.deadLetter ? newId() : null)),
    column((d) => d.deadLetter?.stage ?? null),
    column((d) => d.deadLetter?.reason ?? null),
    column((d) => d.deadLetter?.detail ?? null),
    column((d) => d.causeId ?? null),
    rows.map(({ key }) => times.get(key)),
    column((d) => d.firstReceivedAt ?? null),
  ]);
  const storedIds = new Set(stored.flatMap((row) => (row.isNew ? [row.id] : [])));
  const isNew = new Array<boolean>(deliveries.length).fill(false);
  for (const { index, id } of rows) isNew[index] = storedIds.has(id);
  return { isNew, references: stored.filter((row) => row.isToPublish).map(referenceOf) };
}

const referenceOf = (row: StoredRow): Reference => ({
  id: row.id,
  receivedOn: row.receivedOn,
  provider: row.provider,
  domain: row.domain,
  hash: row.bodyHash.toString('hex'),
  receivedAt: row.receivedAt.toISOString(),
});
