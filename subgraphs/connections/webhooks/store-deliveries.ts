import { instantArrayBytes, uuidArrayBytes } from '#platform/array-bytes';
import { arrayText } from '#platform/array-text';
import type { Sql } from '#platform/database';
import type { DeadLetterAnnouncement } from '#platform/events';
import { newId } from '#platform/ids';
import type { PayloadKeys } from '#platform/payload-keys';
import { NOTIFICATION } from '#platform/streams';
import { sealDelivery, type NewDelivery, type SealedDelivery } from './new-delivery.ts';
import type { Reference } from './relay.ts';

const HASH_BYTES = 32;

/**
 * Keys, hashes and bodies travel as one binary value each and are cut out here: as arrays the driver would write them as
 * text, twice their size. Bodies are cut only where they are stored, so that no step in between holds them.
 */
const store = (letters: string): string => `
  with given as (
    select t.*, (t.received_at at time zone 'UTC')::date as received_on,
           substring($1::bytea from (t.n::int - 1) * ${HASH_BYTES} + 1 for ${HASH_BYTES}) as key
      from unnest($4::uuid[], $5::text[], $6::text[], $7::uuid[], $8::uuid[], $9::uuid[], $10::timestamptz[], $11::timestamptz[],
                  $12::text[], $13::uuid[], $14::int[], $15::int[], $3::timestamptz[]) with ordinality
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
           substring($16::bytea from body_at for body_bytes), substring($2::bytea from (n::int - 1) * ${HASH_BYTES} + 1 for ${HASH_BYTES}),
           key_id, coalesce(source_updated_at, received_at), received_at, provenance, cause_id, first_received_at
      from given where id in (select delivery_id from fresh)
  )${letters}
  select case when count(*) < (select count(*) from given) then coalesce(array_agg(delivery_id), '{}') end as ids from fresh`;

/** Nearly always nothing is set aside, and PostgreSQL then has no part of the statement to begin and end for it. */
const STORE = store('');
const STORE_WITH_LETTERS = store(`, letters as (
    insert into dead_letter (id, stage, provider, delivery_id, received_on, reason, detail, created_at)
    select l.id, l.stage, g.provider, g.id, g.received_on, l.reason, l.detail, g.received_at
      from unnest($17::uuid[], $18::uuid[], $19::text[], $20::text[], $21::text[]) as l (id, delivery_id, stage, reason, detail)
      join given g on g.id = l.delivery_id
     where g.id in (select delivery_id from fresh)
  )`);

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

/** `isNew` in the order of what was given; `references` are what the consumers have to hear of, `letters` what operators have. */
export interface StoredDeliveries {
  isNew: boolean[];
  references: Reference[];
  letters: DeadLetterAnnouncement[];
}

/** The letter of a delivery that is set aside as it comes. */
type LetterOf = NonNullable<NewDelivery['deadLetter']> & { id: string; row: Row };

interface Row extends SealedDelivery {
  /** How often this key was given at once. */
  times: number;
}

/** The same as `storeSealed`, of bodies that are still open. */
export const storeDeliveries = (
  db: Sql,
  { deliveries, payloadKeys }: { deliveries: readonly NewDelivery[]; payloadKeys: PayloadKeys },
): Promise<StoredDeliveries> =>
  storeSealed(
    db,
    deliveries.map((delivery) => sealDelivery(delivery, payloadKeys.of(delivery.keyId))),
  );

/**
 * Stores deliveries in one statement: key, sealed body, or dead letter. Answers, in order, which were new, and what is to
 * be published. A key that is there already makes its delivery a repeat: no second row, but a count. A repeated notification that was
 * answered is asked once more, since two changes of a record within the resolution of the vendor's event time look alike.
 */
export async function storeSealed(db: Sql, deliveries: readonly SealedDelivery[]): Promise<StoredDeliveries> {
  if (deliveries.length === 0) return { isNew: [], references: [], letters: [] };
  const { rows, firstAt } = distinct(deliveries);
  const withLetter = rows.flatMap((row) =>
    row.delivery.deadLetter ? [{ id: newId(), row, ...row.delivery.deadLetter }] : [],
  );
  const [fresh] = await db.query<{ ids: string[] | null }[]>(
    withLetter.length === 0 ? STORE : STORE_WITH_LETTERS,
    withLetter.length === 0 ? storeParameters(rows) : [...storeParameters(rows), ...letterParameters(withLetter)],
  );
  // null: all of them, as nearly always.
  const ids = fresh?.ids === null ? null : new Set(fresh?.ids);
  const isFresh = ({ id }: Row): boolean => ids === null || ids.has(id);
  const isNew = new Array<boolean>(deliveries.length).fill(false);
  for (const [at, row] of rows.entries()) isNew[firstAt[at] as number] = isFresh(row);
  const references = rows.filter((row) => isFresh(row) && !row.delivery.deadLetter).map(referenceOf);
  const letters = withLetter.filter(({ row }) => isFresh(row)).map(({ id, stage, reason }) => ({ id, stage, reason }));
  const repeatsOf = (row: Row): number => (isFresh(row) ? row.times - 1 : row.times);
  const repeated = rows.filter((row) => repeatsOf(row) > 0);
  if (repeated.length === 0) return { isNew, references, letters };
  const again = await db.query<(Omit<Reference, 'receivedAt'> & { receivedAt: Date })[]>(REPEAT, [
    Buffer.concat(repeated.map(({ delivery }) => delivery.deliveryKey)),
    repeated.map(({ delivery }) => delivery.provider),
    instantArrayBytes(repeated.map(({ delivery }) => delivery.receivedAt)),
    repeated.map(repeatsOf),
  ]);
  return {
    isNew,
    references: [...references, ...again.map((row) => ({ ...row, receivedAt: row.receivedAt.toISOString() }))],
    letters,
  };
}

/**
 * In the order of their keys, so that two writers with the same repeats never wait for each other crosswise; the first of
 * equal keys stands for all of them. `firstAt` is its place in what was given.
 */
function distinct(deliveries: readonly SealedDelivery[]): { rows: Row[]; firstAt: number[] } {
  const [rows, firstAt]: [Row[], number[]] = [[], []];
  const at = (place: number): SealedDelivery => deliveries[place] as SealedDelivery;
  const inOrder = Array.from(deliveries.keys()).sort((a, b) => compareKeys(at(a), at(b)));
  for (const place of inOrder) {
    const sealed = at(place);
    const before = rows.at(-1);
    if (before && compareKeys(before, sealed) === 0) {
      before.times += 1;
      continue;
    }
    rows.push({ ...sealed, times: 1 });
    firstAt.push(place);
  }
  return { rows, firstAt };
}

function compareKeys({ delivery: a }: SealedDelivery, { delivery: b }: SealedDelivery): number {
  if (a.provider !== b.provider) return a.provider < b.provider ? -1 : 1;
  return Buffer.compare(a.deliveryKey, b.deliveryKey);
}

function storeParameters(rows: readonly Row[]): unknown[] {
  const bodies = rows.map(({ bodySealed }) => bodySealed);
  // Counted from 1, as SQL counts bytes.
  let end = 1;
  const starts = bodies.map((body) => (end += body.length) - body.length);
  const words = (of: (delivery: NewDelivery) => string): string => arrayText(rows.map(({ delivery }) => of(delivery)));
  const ids = (of: (delivery: NewDelivery) => string | null): Buffer =>
    uuidArrayBytes(rows.map(({ delivery }) => of(delivery)));
  return [
    Buffer.concat(rows.map(({ delivery }) => delivery.deliveryKey)),
    Buffer.from(rows.map(({ bodyHash }) => bodyHash).join(''), 'hex'),
    instantArrayBytes(rows.map(({ delivery }) => delivery.firstReceivedAt ?? null)),
    uuidArrayBytes(rows.map(({ id }) => id)),
    words((d) => d.provider),
    words((d) => d.domain),
    ids((d) => d.athleteId),
    ids((d) => d.connectionId),
    ids((d) => d.keyId),
    instantArrayBytes(rows.map(({ delivery: d }) => (d.sourceUpdatedAt === d.receivedAt ? null : d.sourceUpdatedAt))),
    instantArrayBytes(rows.map(({ delivery }) => delivery.receivedAt)),
    words((d) => d.provenance),
    ids((d) => d.causeId ?? null),
    arrayText(starts),
    arrayText(bodies.map((body) => body.length)),
    // Last: the driver's buffer grows by little more than what it is given, and whatever comes behind would copy them all.
    Buffer.concat(bodies),
  ];
}

const letterParameters = (letters: readonly LetterOf[]): unknown[] => [
  letters.map(({ id }) => id),
  letters.map(({ row }) => row.id),
  letters.map(({ stage }) => stage),
  letters.map(({ reason }) => reason),
  letters.map(({ detail }) => detail),
];

function referenceOf({ id, bodyHash, delivery }: Row): Reference {
  const receivedAt = delivery.receivedAt.toISOString();
  const { provider, domain } = delivery;
  return { id, receivedOn: receivedAt.slice(0, 10), provider, domain, hash: bodyHash, receivedAt };
}
