import type { Clock } from '#platform/clock';
import type { Database, Sql } from '#platform/database';
import { RETRIED } from '#platform/dead-letters';
import type { PayloadKeys } from '#platform/payload-keys';
import { pause } from '#platform/retry';
import { localDate } from '#platform/slots';
import type { AccountEventOutcome, AccountEvents } from '../linking/account-events.ts';
import { mayAsk, resourceNamed, type AskAsAthlete, type FetchedDocument, type Vendor } from '../providers/provider.ts';
import type { Vendors } from '../providers/registry.ts';
import { fetchedKey, type NewDelivery } from '../webhooks/new-delivery.ts';
import { storeDeliveries } from '../webhooks/store-deliveries.ts';
import type { Reference } from '../webhooks/relay.ts';
import { NeedsReconnect, type OpenAccess } from '../asking/access.ts';
import type { DeadLetters } from './dead-letters.ts';
import { whenToFetch, type NotificationGroup } from './notification-group.ts';

const RECENT_WINDOW_DAYS = 3;
const DAY_MS = 86_400_000;

/** What it takes to answer a notification. */
export interface AnswerParts {
  db: Database;
  vendors: Vendors;
  payloadKeys: PayloadKeys;
  openAccess: OpenAccess;
  accountEvents: AccountEvents;
  deadLetters: DeadLetters;
  clock: Clock;
  coalesceMs: number;
  onStored: (references: readonly Reference[]) => void;
}

/** How a notification ended, as the ledger says it. */
type Outcome =
  | 'fetched'
  | 'answered'
  | 'deleted'
  | 'ignored'
  | 'forbidden'
  | 'needs_reconnect'
  | 'not_linked'
  | AccountEventOutcome;

interface ConnectionRow {
  state: 'ACTIVE' | 'NEEDS_RECONNECT' | 'REVOKED';
  scopes: string[];
  timeZone: string;
  fetchedAt: Date | null;
}

/** Asks for what a group of notifications speaks of, stores it, and enters how they ended. Everything it does may be repeated. */
export async function answer(group: NotificationGroup, options: AnswerParts): Promise<Outcome | 'dead_letter'> {
  const { db, clock } = options;
  const { newest } = group;
  const vendor = options.vendors.of(newest.provider);
  const resource = resourceNamed(vendor, newest.dataType);
  // Of a type nobody knows, but at an address of its own: archived, as it is when it is pushed.
  const isFollowed = resource !== undefined || newest.callbackUrl !== undefined;
  if (newest.about === 'record' && !isFollowed) return end({ ...options, group, outcome: 'ignored' });

  const connection = await readConnection(db, group);
  if (connection.state === 'REVOKED') return end({ ...options, group, outcome: 'not_linked' });
  // What a person did with our access at the provider is settled all the same: only that ends a link whose grant is lost.
  if (connection.state === 'NEEDS_RECONNECT' && newest.about === 'record')
    return end({ ...options, group, outcome: 'needs_reconnect' });
  const when = whenToFetch({
    receivedAt: newest.receivedAt,
    fetchedAt: connection.fetchedAt,
    now: clock.now(),
    coalesceMs: options.coalesceMs,
  });
  if (when === 'answered') return end({ ...options, group, outcome: 'answered' });
  if (when.waitMs > 0) await pause(when.waitMs);

  const startedAt = clock.now();
  if (newest.about !== 'record') {
    const { about, connectionId } = newest;
    const outcome = await options.accountEvents.settle({ vendor, about, connectionId });
    return end({ ...options, group, outcome });
  }
  if (newest.isDeletion && newest.objectId !== null) return storeDeletion({ ...options, group, startedAt });
  if (resource && !mayAsk(resource, connection.scopes)) return end({ ...options, group, outcome: 'forbidden' });
  try {
    const ask = options.openAccess({
      vendor,
      connectionId: newest.connectionId,
      purpose: `fetch ${newest.dataType}`,
    });
    return await fetchRecord({ ...options, group, vendor, ask, startedAt, timeZone: connection.timeZone });
  } catch (error) {
    if (error instanceof NeedsReconnect) return end({ ...options, group, outcome: 'needs_reconnect' });
    throw error;
  }
}

async function readConnection(db: Sql, group: NotificationGroup): Promise<ConnectionRow> {
  const { connectionId, dataType } = group.newest;
  const [row] = await db.query<ConnectionRow[]>(
    `select c.state, c.granted_scopes as scopes, a.time_zone as "timeZone", r.started_at as "fetchedAt"
       from provider_connection c join athlete a on a.id = c.athlete_id
       left join record_fetch r on r.connection_id = c.id and r.data_type = $2 and r.object_id = $3
      where c.id = $1`,
    [connectionId, dataType, group.record],
  );
  return row ?? { state: 'REVOKED', scopes: [], timeZone: 'UTC', fetchedAt: null };
}

async function fetchRecord(
  options: AnswerParts & {
    group: NotificationGroup;
    vendor: Vendor;
    ask: AskAsAthlete;
    startedAt: Date;
    timeZone: string;
  },
): Promise<Outcome | 'dead_letter'> {
  const { group, vendor, ask, startedAt, timeZone } = options;
  const { newest } = group;
  const recentDays = {
    from: localDate(new Date(startedAt.getTime() - RECENT_WINDOW_DAYS * DAY_MS), timeZone),
    to: localDate(startedAt, timeZone),
  };
  const fetched = await vendor.data.fetch({ notification: newest, recentDays, ask });
  if (fetched.outcome === 'found') return end({ ...options, group, outcome: 'fetched', documents: fetched.documents });
  if (fetched.outcome === 'gone')
    return newest.objectId === null ? end({ ...options, group, outcome: 'fetched' }) : storeDeletion(options);
  // The membership lapsed or a scope is missing: asking again changes nothing, and nothing is wrong with the notification.
  if (fetched.outcome === 'forbidden') return end({ ...options, group, outcome: 'forbidden' });
  await options.deadLetters.store(
    group.members.map(({ deliveryId, receivedOn, provider }) => ({
      deliveryId,
      receivedOn,
      provider,
      reason: 'refused_by_provider',
      detail: `${vendor.name} answered ${fetched.status} to a request for ${newest.dataType}.`,
    })),
  );
  return 'dead_letter';
}

/** The record is gone at the provider: health-data closes its rows by this delivery. */
function storeDeletion(options: AnswerParts & { group: NotificationGroup; startedAt: Date }): Promise<Outcome> {
  const { dataType, objectId } = options.group.newest;
  const body = Buffer.from(JSON.stringify({ deleted: { data_type: dataType, object_id: objectId } }));
  return end({ ...options, outcome: 'deleted', documents: [{ domain: dataType, body }] });
}

/**
 * One transaction: what was fetched, when the record was asked for, and that its notifications are answered. That closes
 * the letters of those that had been set aside before.
 */
async function end(
  options: AnswerParts & {
    group: NotificationGroup;
    outcome: Outcome;
    documents?: readonly FetchedDocument[];
    startedAt?: Date;
  },
): Promise<Outcome> {
  const { db, clock, group, documents = [], startedAt } = options;
  let { outcome } = options;
  const { newest } = group;
  const now = clock.now();
  await options.payloadKeys.load(db, [newest.keyId]);
  const references = await db.transaction(async (tx) => {
    if (documents.length > 0 && !(await isStillLinked(tx, newest.connectionId))) outcome = 'not_linked';
    const deliveries =
      startedAt && outcome !== 'not_linked'
        ? documents.map((document) => deliveryOf({ group, document, startedAt, receivedAt: now }))
        : [];
    const stored = await storeDeliveries(tx, { deliveries, payloadKeys: options.payloadKeys });
    if (startedAt && (outcome === 'fetched' || outcome === 'deleted')) {
      await tx.query(
        `insert into record_fetch as r (connection_id, data_type, object_id, started_at) values ($1, $2, $3, $4)
         on conflict (connection_id, data_type, object_id) do update set started_at = greatest(r.started_at, excluded.started_at)`,
        [newest.connectionId, newest.dataType, group.record, startedAt],
      );
      await tx.query('update provider_connection set last_delivery_at = greatest(last_delivery_at, $2) where id = $1', [
        newest.connectionId,
        newest.receivedAt,
      ]);
    }
    await tx.query(
      `with ended as (
         insert into fetched_notification (delivery_id, received_on, outcome, ended_at, data_type, answered_by)
         select id, received_on, $3, $4, $5, $6 from unnest($1::uuid[], $2::date[]) as t (id, received_on) join delivery using (received_on, id)
         on conflict do nothing returning delivery_id
       )
       update dead_letter l set resolved_at = $4, resolution = '${RETRIED}' from ended
        where l.delivery_id = ended.delivery_id and l.resolved_at is null`,
      [
        group.members.map((member) => member.deliveryId),
        group.members.map((member) => member.receivedOn),
        outcome,
        now,
        newest.dataType,
        newest.deliveryId,
      ],
    );
    return stored.references;
  });
  if (references.length > 0) options.onStored(references);
  return outcome;
}

/** Locked until the commit: an unlink that deletes the data must not overtake a body that is about to be stored. */
async function isStillLinked(tx: Sql, connectionId: string): Promise<boolean> {
  const [connection] = await tx.query<{ state: ConnectionRow['state'] }[]>(
    'select state from provider_connection where id = $1 for no key update',
    [connectionId],
  );
  return connection !== undefined && connection.state !== 'REVOKED';
}

function deliveryOf(part: {
  group: NotificationGroup;
  document: FetchedDocument;
  startedAt: Date;
  receivedAt: Date;
}): NewDelivery {
  const { newest, record } = part.group;
  const { domain, body } = part.document;
  return {
    provider: newest.provider,
    domain,
    athleteId: newest.athleteId,
    connectionId: newest.connectionId,
    keyId: newest.keyId,
    deliveryKey: fetchedKey({
      provider: newest.provider,
      dataType: domain,
      record,
      occasion: newest.deliveryId,
      body,
    }),
    body,
    sourceUpdatedAt: part.startedAt,
    receivedAt: part.receivedAt,
    provenance: 'fetched',
    causeId: newest.deliveryId,
  };
}
