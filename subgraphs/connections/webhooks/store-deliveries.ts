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

const HASH_BYTES = 32;

/**
 * Keys, hashes and bodies travel as one binary value each and are cut out here: as arrays the driver would write them as
 * text, twice their size. Bodies are cut only where they are stored, so that no step in between holds them.
 */
const STORE = `
  with given as (
    select t.*, (t.received_at at time zone 'UTC')::date as received_on,
           substring($1::bytea from (t.n::int - 1) * ${HASH_BYTES} + 1 for ${HASH_BYTES}) as key
      from unnest($4::uuid[], $5::text[], $6::text[], $7::uuid[], $8::uuid[], $9::uuid[], $10::timestamptz[], $11::timestamptz[],
                  $12::text[], $13::uuid[], $14::int[], $15::int[], $21::timestamptz[]) with ordinality
        as t (id, provider, domain, athlete_id, connection_id, key_id, source_updated_at, received_at,
              provenance, cause_id, body_at, body_bytes, first_received_at, n)
  ), fresh as (
    insert into delivery_key (provider, key, received_at, received_on, delivery_id)
    select provider, key, received_at, received_on, id from given
    on conflict do nothing returning delivery_id
  ), stored as (
    insert into delivery (received_on, id, provider, domain, athlete_id, connection_id, body_sealed, body_hash, key_id,
                          source_updated_at, received_at, provenance, cause_id, first_received_at)
    select received_on, id, provider, domain, athlete_id, connection_id,
           substring($3::bytea from body_at for body_bytes), substring($2::bytea from (n::int - 1) * ${HASH_BYTES} + 1 for ${HASH_BYTES}),
           key_id, source_updated_at, received_at, provenance, cause_id, first_received_at
      from given where id in (select delivery_id from fresh)
  ), letters as (
    insert into dead_letter (id, stage, provider, delivery_id, received_on, reason, detail, created_at)
    select l.id, l.stage, g.provider, g.id, g.received_on, l.reason, l.detail, g.received_at
      from unnest($16::uuid[], $17::uuid[], $18::text[], $19::text[], $20::text[]) as l (id, delivery_id, stage, reason, detail)
      join given g on g.id = l.delivery_id
     where g.id in (select delivery_id from fresh)
  )
  select delivery_id as id from fresh`;

/**
 * What stood there already: counted, and an answered notification asked once more. By index for each key, whatever the
 * planner thinks of the table's size.
 */
const REPEAT = `
  with given as (
    select t.*, substring($1::bytea from (t.n::int - 1) * ${HASH_BYTES} + 1 for ${HASH_BYTES}) as key
      from unnest($2::text[], $3::timestamptz[], $4::int[]) with ordinality as t (provider, received_at, times, n)
  ), known as (
    select k.delivery_id, k.received_on, given.received_at, given.times
      from given cross join lateral
           (select delivery_id, received_on from delivery_key k where k.provider = given.provider and k.key = given.key limit 1) k
  ), counted as (
    insert into delivery_repeat as r (delivery_id, received_on, repeats, last_at)
    select delivery_id, received_on, times, received_at from known
    on conflict (delivery_id) do update set repeats = r.repeats + excluded.repeats, last_at = excluded.last_at
  ), answered as (
    select known.* from known cross join lateral
           (select 1 from fetched_notification f where f.delivery_id = known.delivery_id limit 1) f
  ), asked_again as (
    update delivery d set received_at = a.received_at from answered a
     where d.received_on = a.received_on and d.id = a.delivery_id and d.domain = '${NOTIFICATION}'
    returning d.id, d.received_on, d.provider, d.domain, d.body_hash, d.received_at
  ), unanswered as (
    delete from fetched_notification f using asked_again a where f.delivery_id = a.id
  )
  select id, received_on as "receivedOn", provider, domain, encode(body_hash, 'hex') as hash, received_at as "receivedAt" from asked_again`;

/** `isNew` in the order of what was given; `references` are what the consumers have to hear of. */
export interface StoredDeliveries {
  isNew: boolean[];
  references: Reference[];
}

interface Row {
  delivery: NewDelivery;
  id: string;
  hash: Buffer;
  /** The delivery's own, as text: to write it out costs as much as half a hash. */
  receivedAt: string;
  /** How often this key was given at once. */
  times: number;
  letterId: string | null;
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
  if (deliveries.length === 0) return { isNew: [], references: [] };
  const { rows, firstAt } = distinct(deliveries);
  const stored = await db.query<{ id: string }[]>(STORE, storeParameters(rows, payloadKeys));
  const fresh = new Set(stored.map(({ id }) => id));
  const isNew = new Array<boolean>(deliveries.length).fill(false);
  for (const [at, { id }] of rows.entries()) isNew[firstAt[at] as number] = fresh.has(id);
  const references = rows.filter((row) => fresh.has(row.id) && row.letterId === null).map(referenceOf);
  const repeated = rows
    .map((row) => ({ ...row, times: fresh.has(row.id) ? row.times - 1 : row.times }))
    .filter(({ times }) => times > 0);
  if (repeated.length === 0) return { isNew, references };
  const again = await db.query<(Omit<Reference, 'receivedAt'> & { receivedAt: Date })[]>(REPEAT, [
    Buffer.concat(repeated.map(({ delivery }) => delivery.deliveryKey)),
    repeated.map(({ delivery }) => delivery.provider),
    repeated.map(({ receivedAt }) => receivedAt),
    repeated.map(({ times }) => times),
  ]);
  return {
    isNew,
    references: [...references, ...again.map((row) => ({ ...row, receivedAt: row.receivedAt.toISOString() }))],
  };
}

/**
 * In the order of their keys, so that two writers with the same repeats never wait for each other crosswise; the first of
 * equal keys stands for all of them. `firstAt` is its place in what was given.
 */
function distinct(deliveries: readonly NewDelivery[]): { rows: Row[]; firstAt: number[] } {
  const byKey = new Map<string, { row: Row; at: number }>();
  for (const [at, delivery] of deliveries.entries()) {
    const key = `${delivery.provider}/${delivery.deliveryKey.toString('latin1')}`;
    const known = byKey.get(key);
    if (known) known.row.times += 1;
    else {
      const letterId = delivery.deadLetter ? newId() : null;
      const receivedAt = delivery.receivedAt.toISOString();
      byKey.set(key, {
        at,
        row: { delivery, id: newId(), hash: sha256(delivery.body), receivedAt, times: 1, letterId },
      });
    }
  }
  const sorted = [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
  return { rows: sorted.map(({ row }) => row), firstAt: sorted.map(({ at }) => at) };
}

function storeParameters(rows: readonly Row[], payloadKeys: PayloadKeys): unknown[] {
  const bodies = rows.map(({ delivery, id }) =>
    payloadKeys.seal({ keyId: delivery.keyId, plaintext: delivery.body, deliveryId: id }),
  );
  // Counted from 1, as SQL counts bytes.
  let end = 1;
  const starts = bodies.map((body) => (end += body.length) - body.length);
  const letters = rows.filter(({ letterId }) => letterId !== null);
  const column = <T>(of: (delivery: NewDelivery) => T): T[] => rows.map(({ delivery }) => of(delivery));
  return [
    Buffer.concat(column((d) => d.deliveryKey)),
    Buffer.concat(rows.map(({ hash }) => hash)),
    Buffer.concat(bodies),
    rows.map(({ id }) => id),
    column((d) => d.provider),
    column((d) => d.domain),
    column((d) => d.athleteId),
    column((d) => d.connectionId),
    column((d) => d.keyId),
    rows.map(({ delivery: d, receivedAt }) =>
      d.sourceUpdatedAt === d.receivedAt ? receivedAt : d.sourceUpdatedAt.toISOString(),
    ),
    rows.map(({ receivedAt }) => receivedAt),
    column((d) => d.provenance),
    column((d) => d.causeId ?? null),
    starts,
    bodies.map((body) => body.length),
    letters.map(({ letterId }) => letterId),
    letters.map(({ id }) => id),
    letters.map(({ delivery }) => delivery.deadLetter?.stage),
    letters.map(({ delivery }) => delivery.deadLetter?.reason),
    letters.map(({ delivery }) => delivery.deadLetter?.detail),
    column((d) => d.firstReceivedAt?.toISOString() ?? null),
  ];
}

const referenceOf = ({ id, hash, receivedAt, delivery }: Row): Reference => ({
  id,
  receivedOn: receivedAt.slice(0, 10),
  provider: delivery.provider,
  domain: delivery.domain,
  hash: hash.toString('hex'),
  receivedAt,
});
