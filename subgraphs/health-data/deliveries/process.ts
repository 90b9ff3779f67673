import { sameBytes, sha256 } from '#platform/crypto';
import type { AnnounceLetters } from '#platform/announce-letters';
import type { Clock } from '#platform/clock';
import type { Database, Sql } from '#platform/database';
import { withoutMessage, type Logger } from '#platform/log';
import type { Publisher } from '#platform/messages';
import type { PayloadKeys } from '#platform/payload-keys';
import type { Provider } from '#platform/signals';
import { NOTIFICATION } from '#platform/streams';
import type { Metrics } from '#platform/telemetry';
import { eraseSource } from '../erasure/erase-source.ts';
import { covers, holdSources, ordersOf, type ErasureOrder, type Source } from '../erasure/orders.ts';
import { publishTouches, type RaisedTouch } from '../measurements/publish-touches.ts';
import { recordTouches, storeMeasurements, type Stored } from '../measurements/store.ts';
import { samplesKeptFrom, withinRetention } from '../retention/within-retention.ts';
import { erasedEntry, writeDeadLetters, writeLedger, type DeadLetter, type LedgerEntry } from './ledger.ts';
import { parseBody, type Normalised } from '../normalise/normaliser.ts';
import { normaliserOf } from '../normalise/registry.ts';

/** What a message says of a delivery: where it stands and what its body must hash to. */
export interface Reference {
  id: string;
  receivedOn: string;
  /** SHA-256 of the plain body, hex; null when a sweep found the delivery by itself. */
  hash: string | null;
}

interface Delivery {
  id: string;
  receivedOn: string;
  provider: Provider;
  domain: string;
  athleteId: string | null;
  connectionId: string | null;
  bodySealed: Buffer;
  bodyHash: Buffer;
  keyId: string;
  sourceUpdatedAt: Date;
  /** When it came from the provider, also for one that was stored again from the archive: what is future is judged by it. */
  receivedAt: Date;
}

interface Outcome {
  rows: Stored[];
  deadLetters: DeadLetter[];
  ledger: LedgerEntry[];
}

export interface ProcessParts {
  db: Database;
  keys: PayloadKeys;
  publisher: Publisher;
  announceLetters: AnnounceLetters;
  clock: Clock;
  metrics: Metrics;
  log: Logger;
  /** Whole months that samples are kept beside the one that runs. */
  sampleRetentionMonths: number;
}

/**
 * Deliveries to canonical rows: load what is not in the ledger, open, normalise, then one transaction with rows,
 * touched days, dead letters and the ledger, then publish. A crash in between repeats the step and changes nothing;
 * if the publish is lost, insights finds the touched days by its own sweep.
 * Returns how many deliveries were new.
 */
export async function processReferences(parts: ProcessParts, references: readonly Reference[]): Promise<number> {
  // A delivery that two messages speak of is one.
  const once = new Map(references.map((reference) => [reference.id, reference]));
  const expected = new Map(references.map((reference) => [reference.id, reference.hash]));
  for (let count = 0; ;) {
    const deliveries = await loadUnprocessed(parts.db.prepared, [...once.values()]);
    if (deliveries.length === 0) return count;
    await parts.keys.load(
      parts.db,
      deliveries.map((delivery) => delivery.keyId),
    );
    const touches = await storeTogether(parts, deliveries, expected);
    await publishTouches(parts.publisher, touches, parts.clock.now());
    count += deliveries.length;
    // What was too much for one go: the ledger has the others by now.
    if (deliveries.length === deliveries[0]?.left) return count;
  }
}

/** All deliveries in one transaction. One that cannot be stored does not sink the others: then each has its own. */
async function storeTogether(
  parts: ProcessParts,
  deliveries: readonly Delivery[],
  expected: ReadonlyMap<string, string | null>,
): Promise<RaisedTouch[]> {
  const outcome: Outcome = { rows: [], deadLetters: [], ledger: [] };
  for (const delivery of deliveries) normaliseOne(parts, delivery, expected.get(delivery.id) ?? null, outcome);
  try {
    return await commit(parts, outcome);
  } catch (error) {
    if (!isOfTheDelivery(error)) throw error;
    const [only, ...others] = deliveries;
    if (only !== undefined && others.length === 0) {
      const detail = 'a value of this delivery cannot be stored';
      const deadLetters = [{ delivery: only, recordId: null, reason: 'unstorable', detail }];
      return commit(parts, { rows: [], deadLetters, ledger: [{ delivery: only, outcome: 'refused' }] });
    }
    const touches: RaisedTouch[] = [];
    for (const delivery of deliveries) touches.push(...(await storeTogether(parts, [delivery], expected)));
    return touches;
  }
}

/**
 * Whether repeating the write would never help. SQLSTATE class 22: a value is out of range or not representable; 54: too much
 * of it; 23502 and 23514: a row its table does not take. The others are ours: rows that cannot even be written down.
 */
const isOfTheDelivery = (error: unknown): boolean =>
  error instanceof TypeError ||
  error instanceof RangeError ||
  /^(22...|54...|23502|23514)$/.test((error as { code?: string }).code ?? '');

async function commit(parts: ProcessParts, outcome: Outcome): Promise<RaisedTouch[]> {
  const now = parts.clock.now();
  const sources = outcome.ledger.flatMap(({ delivery }) => sourceOf(delivery));
  const result = await parts.db.prepared.transaction(async (tx) => {
    const [, orders] = await Promise.all([holdSources(tx, sources, 'writer'), ordersOf(tx, sources)]);
    const open = orders.filter(({ isCarriedOut }) => !isCarriedOut);
    if (open.length > 0) return { open };
    const { rows, deadLetters, ledger } = withoutErased(outcome, orders);
    const changed = await storeMeasurements(tx, { rows, now });
    const [, letters, touches] = await Promise.all([
      writeLedger(tx, ledger, now),
      writeDeadLetters(tx, deadLetters, now),
      recordTouches(tx, { touches: changed, now }),
    ]);
    return { touches, deadLetters, letters };
  });
  if (result.open) {
    // What the athlete wanted gone goes first: then all rows of the source are older than the order.
    for (const order of result.open) await eraseSource(parts, order);
    return commit(parts, outcome);
  }
  for (const { reason } of result.deadLetters) parts.metrics.deadLetters.inc({ stage: 'normalise', reason });
  await parts.announceLetters(result.letters);
  return result.touches;
}

const sourceOf = ({ athleteId, provider }: Pick<Delivery, 'athleteId' | 'provider'>): Source[] =>
  athleteId === null ? [] : [{ athleteId, provider }];

/** Leaves out what an order covers, however late it is normalised: nothing that was deleted comes back. */
function withoutErased(outcome: Outcome, orders: readonly ErasureOrder[]): Outcome {
  if (orders.length === 0) return outcome;
  const isErased = (delivery: LedgerEntry['delivery']): boolean => orders.some((order) => covers(order, delivery));
  const erased = new Set(
    outcome.ledger.filter(({ delivery }) => isErased(delivery)).map(({ delivery }) => delivery.id),
  );
  return {
    rows: outcome.rows.filter(({ deliveryId }) => !erased.has(deliveryId)),
    deadLetters: outcome.deadLetters.filter(({ delivery }) => !erased.has(delivery.id)),
    ledger: outcome.ledger.map((entry) => (erased.has(entry.delivery.id) ? erasedEntry(entry) : entry)),
  };
}

/** Bodies held at once: a message may speak of 200 uploads of 4 MiB. One larger body goes alone. */
const BYTES_AT_ONCE = 16 * 1024 * 1024;

/** Those without a ledger entry, up to the bound; `left` says of each how many there were in all. */
async function loadUnprocessed(db: Sql, references: readonly Reference[]): Promise<(Delivery & { left: number })[]> {
  return await db.query<(Delivery & { left: number })[]>(
    `select * from (
     select d.id, d.received_on as "receivedOn", d.provider, d.domain, d.athlete_id as "athleteId",
            d.connection_id as "connectionId", d.body_sealed as "bodySealed", d.body_hash as "bodyHash", d.key_id as "keyId",
            d.source_updated_at as "sourceUpdatedAt", coalesce(d.first_received_at, d.received_at) as "receivedAt",
            count(*) over ()::int as left,
            sum(octet_length(d.body_sealed)) over (order by d.received_at, d.id) - octet_length(d.body_sealed) as before
       from unnest($1::date[], $2::uuid[]) as r(received_on, id)
       join connections.delivery_v1 d on d.received_on = r.received_on and d.id = r.id
       left join health_data.processed_delivery p on p.delivery_id = d.id
      where p.delivery_id is null and d.domain <> $3
     ) waiting where before < $4`,
    [references.map((r) => r.receivedOn), references.map((r) => r.id), NOTIFICATION, BYTES_AT_ONCE],
  );
}

function normaliseOne(parts: ProcessParts, delivery: Delivery, expectedHash: string | null, into: Outcome): void {
  const refuse = (reason: string, detail: string): void => {
    into.deadLetters.push({ delivery, recordId: null, reason, detail });
    into.ledger.push({ delivery, outcome: 'refused' });
  };
  if (delivery.athleteId === null) return refuse('no_athlete', 'the delivery belongs to no known athlete');
  if (!parts.keys.has(delivery.keyId)) return refuse('key_destroyed', 'the key of this body no longer exists');
  let body: Buffer;
  try {
    body = parts.keys.open({ keyId: delivery.keyId, sealed: delivery.bodySealed, deliveryId: delivery.id });
  } catch {
    return refuse('unopenable', 'the sealed body was altered or moved');
  }
  const hash = sha256(body);
  const isWrong =
    !sameBytes(hash, delivery.bodyHash) || (expectedHash !== null && hash.toString('hex') !== expectedHash);
  if (isWrong) return refuse('hash_mismatch', 'the body is not the one the reference speaks of');
  const normaliser = normaliserOf(delivery);
  if (!normaliser) {
    into.ledger.push({ delivery, outcome: 'archived' });
    return;
  }
  let parsed: unknown;
  try {
    parsed = parseBody(body);
  } catch (error) {
    return refuse('not_json', (error as Error).message);
  }
  const { athleteId } = delivery;
  let normalised: Normalised;
  try {
    normalised = withinRetention(
      normaliser.normalise({ ...delivery, athleteId, deliveryId: delivery.id, body: parsed }),
      samplesKeptFrom(parts.clock.now(), parts.sampleRetentionMonths),
    );
  } catch (error) {
    // A mistake of ours that this body brings to light: the others go on, and the letter is retried once it is mended.
    const { provider, domain } = delivery;
    parts.log.error({ delivery: delivery.id, provider, domain, ...withoutMessage(error) }, 'a normaliser failed');
    return refuse('normaliser_failed', `normaliser ${normaliser.version} failed with ${withoutMessage(error).type}`);
  }
  for (const measurement of normalised.measurements) {
    into.rows.push({ athleteId, deliveryId: delivery.id, normaliserVersion: normaliser.version, measurement });
  }
  for (const rejected of normalised.rejected) into.deadLetters.push({ delivery, ...rejected });
  const outcome = normalised.measurements.length > 0 ? 'stored' : 'nothing_to_store';
  into.ledger.push({ delivery, outcome, normalised });
}
