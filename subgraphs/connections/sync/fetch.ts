import type { Clock } from '#platform/clock';
import type { Database, Sql } from '#platform/database';
import { isDatabaseAway } from '#platform/database-away';
import { RETRIED } from '#platform/dead-letters';
import { hashedId, type Logger } from '#platform/log';
import type { PayloadKeys } from '#platform/payload-keys';
import { pause } from '#platform/retry';
import { localDate } from '#platform/slots';
import type { Ending } from '#platform/messages';
import type { AccountEventOutcome, AccountEvents } from '../linking/account-events.ts';
import { mayAsk, resourceNamed, type AskAsAthlete, type FetchedDocument, type Vendor } from '../providers/provider.ts';
import type { Vendors } from '../providers/registry.ts';
import { fetchedKey, type NewDelivery } from '../webhooks/new-delivery.ts';
import { storeDeliveries } from '../webhooks/store-deliveries.ts';
import type { Reference } from '../webhooks/relay.ts';
import { NeedsReconnect, type OpenAccess } from './access.ts';
import { ProviderUnavailable } from './ask-provider.ts';
import { noteAttempt } from './attempts.ts';
import type { DeadLetters } from './dead-letters.ts';
import { loadNotifications, type NotificationReference } from './load-notifications.ts';
import {
  groupNotifications,
  whenToFetch,
  type NotificationGroup,
  type OpenedNotification,
} from './notification-group.ts';

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

/** Fetches what notifications speak of. Everything it does may be repeated. */
export interface Fetcher {
  /** later: some could not be answered now. The others are in the ledger and will be skipped the next time. */
  handle(references: readonly NotificationReference[]): Promise<Ending>;
  /** Sets all of them aside that are not answered yet. */
  giveUp(references: readonly NotificationReference[], reason: string): Promise<void>;
}

/** Fetches in flight of one call of `handle`. */
const PARALLEL = 6;
/** Of one that fails for a reason nobody foresaw; a provider that is away counts none. */
const MAX_FAILURES = 8;
const TRY_AGAIN_MS = 60_000;
const RECENT_WINDOW_DAYS = 3;
const DAY_MS = 86_400_000;

interface FetcherOptions {
  db: Database;
  vendors: Vendors;
  payloadKeys: PayloadKeys;
  openAccess: OpenAccess;
  accountEvents: AccountEvents;
  deadLetters: DeadLetters;
  clock: Clock;
  log: Logger;
  coalesceMs: number;
  onStored: (references: readonly Reference[]) => void;
}

export function createFetcher(options: FetcherOptions): Fetcher {
  const { log } = options;
  /** The record's queue in this process: the next looks at what the one before has fetched. */
  const queues = new Map<string, Promise<unknown>>();

  function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = queues.get(name) ?? Promise.resolve();
    const mine = before.then(work, work);
    queues.set(name, mine);
    const leave = (): void => {
      if (queues.get(name) === mine) queues.delete(name);
    };
    mine.then(leave, leave);
    return mine;
  }

  async function endGroup(group: NotificationGroup): Promise<'ended' | 'later'> {
    const started = performance.now();
    try {
      const outcome = await inTurn(group.name, () => answer(group, options));
      const { newest } = group;
      const durationMs = Math.round(performance.now() - started);
      log.info(
        {
          athlete: hashedId(newest.athleteId),
          dataType: newest.dataType,
          count: group.members.length,
          outcome,
          durationMs,
        },
        'a record was asked for',
      );
      return 'ended';
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      return error instanceof ProviderUnavailable ? await waitFor(group, error) : await tryLater(group, error);
    }
  }

  async function waitFor(group: NotificationGroup, { retryAt }: ProviderUnavailable): Promise<'later'> {
    await noteAttempt(options.db, { group, retryAt, now: options.clock.now(), isFailure: false });
    log.info({ provider: group.newest.provider, retryAt }, 'a provider does not answer, its notifications wait');
    return 'later';
  }

  /** Nobody knows what is wrong, so it is bounded, and holds up none of the others. */
  async function tryLater(group: NotificationGroup, error: unknown): Promise<'ended' | 'later'> {
    const now = options.clock.now();
    const retryAt = new Date(now.getTime() + TRY_AGAIN_MS);
    const failures = await noteAttempt(options.db, { group, retryAt, now, isFailure: true });
    const { provider, dataType } = group.newest;
    log.warn({ err: error, provider, dataType, failures }, 'a record could not be asked for');
    if (failures < MAX_FAILURES) return 'later';
    await setAside(group.members, 'failed_repeatedly');
    return 'ended';
  }

  const setAside = (notifications: readonly OpenedNotification[], reason: string): Promise<void> =>
    options.deadLetters.store(
      notifications.map(({ deliveryId, receivedOn, provider }) => ({
        deliveryId,
        receivedOn,
        provider,
        reason,
        detail: 'It could not be fetched after many tries. Retry it when the cause is gone.',
      })),
    );

  return {
    async handle(references) {
      const { opened, hopeless } = await loadNotifications({ ...options, references });
      await options.deadLetters.store(hopeless);
      const waiting = groupNotifications(opened);
      const endings: ('ended' | 'later')[] = [];
      const failures: unknown[] = [];
      const lane = async (): Promise<void> => {
        for (let group = waiting.shift(); group; group = waiting.shift()) {
          await endGroup(group).then(
            (ending) => endings.push(ending),
            (error: unknown) => failures.push(error),
          );
        }
      };
      await Promise.all(Array.from({ length: Math.min(PARALLEL, waiting.length) }, lane));
      if (failures.length > 0) throw failures[0];
      return endings.includes('later') ? 'later' : 'done';
    },
    async giveUp(references, reason) {
      const { opened, hopeless } = await loadNotifications({ ...options, references });
      await options.deadLetters.store(hopeless);
      await setAside(opened, reason);
    },
  };
}

interface ConnectionRow {
  state: 'ACTIVE' | 'NEEDS_RECONNECT' | 'REVOKED';
  scopes: string[];
  timeZone: string;
  fetchedAt: Date | null;
}

async function answer(group: NotificationGroup, options: FetcherOptions): Promise<Outcome | 'dead_letter'> {
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
  options: FetcherOptions & {
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
function storeDeletion(options: FetcherOptions & { group: NotificationGroup; startedAt: Date }): Promise<Outcome> {
  const { dataType, objectId } = options.group.newest;
  const body = Buffer.from(JSON.stringify({ deleted: { data_type: dataType, object_id: objectId } }));
  return end({ ...options, outcome: 'deleted', documents: [{ domain: dataType, body }] });
}

/**
 * One transaction: what was fetched, when the record was asked for, and that its notifications are answered. That closes
 * the letters of those that had been set aside before.
 */
async function end(
  options: FetcherOptions & {
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
