import { sha256 } from '#platform/crypto';
import type { Sql } from '#platform/database';
import type { PayloadKeys } from '#platform/payload-keys';
import type { Provider } from '#platform/signals';
import { NOTIFICATION } from '#platform/streams';
import type { Vendors } from '../providers/registry.ts';
import type { HopelessNotification } from './dead-letters.ts';
import type { OpenedNotification } from './notification-group.ts';

/** Names a stored delivery. `hash` comes with a message and must be that of the body; a sweep has none. */
export interface NotificationReference {
  id: string;
  receivedOn: string;
  hash?: string;
}

interface Row {
  id: string;
  receivedOn: string;
  receivedAt: Date;
  provider: Provider;
  athleteId: string | null;
  connectionId: string | null;
  bodySealed: Buffer;
  keyId: string;
}

/** Loads, opens and reads notifications in one query. Those with a ledger entry are left out; unreadable ones are named. */
export async function loadNotifications(options: {
  db: Sql;
  payloadKeys: PayloadKeys;
  vendors: Vendors;
  references: readonly NotificationReference[];
}): Promise<{ opened: OpenedNotification[]; hopeless: HopelessNotification[] }> {
  const { db, payloadKeys, vendors, references } = options;
  const rows = await db.query<Row[]>(
    `select d.id, d.received_on as "receivedOn", d.received_at as "receivedAt", d.provider, d.athlete_id as "athleteId",
            d.connection_id as "connectionId", d.body_sealed as "bodySealed", d.key_id as "keyId"
       from unnest($1::date[], $2::uuid[]) as asked (received_on, id)
       join delivery d on d.received_on = asked.received_on and d.id = asked.id
      where d.domain = $3 and d.athlete_id is not null
        and not exists (select from fetched_notification f where f.delivery_id = d.id)`,
    [references.map((reference) => reference.receivedOn), references.map((reference) => reference.id), NOTIFICATION],
  );
  await payloadKeys.load(
    db,
    rows.map((row) => row.keyId),
  );
  const hashes = new Map(references.map((reference) => [reference.id, reference.hash]));
  const opened: OpenedNotification[] = [];
  const hopeless: HopelessNotification[] = [];
  for (const row of rows) {
    const result = openOne({ row, hash: hashes.get(row.id), payloadKeys, vendors });
    if (result.ok) opened.push(result.notification);
    else
      hopeless.push({
        deliveryId: row.id,
        receivedOn: row.receivedOn,
        provider: row.provider,
        reason: result.reason,
        detail: result.detail,
      });
  }
  return { opened, hopeless };
}

type OpenResult = { ok: true; notification: OpenedNotification } | { ok: false; reason: string; detail: string };

function openOne(options: {
  row: Row;
  hash: string | undefined;
  payloadKeys: PayloadKeys;
  vendors: Vendors;
}): OpenResult {
  const { row, hash, payloadKeys } = options;
  if (!payloadKeys.has(row.keyId))
    return { ok: false, reason: 'key_destroyed', detail: 'The key of the body is destroyed: nobody can read it.' };
  const body = openBody(row, payloadKeys);
  if (body === null)
    return { ok: false, reason: 'not_opened', detail: 'The body was altered or moved: it did not open.' };
  if (hash !== undefined && sha256(body).toString('hex') !== hash) {
    return { ok: false, reason: 'hash_mismatch', detail: 'The body is not the one the message speaks of.' };
  }
  const { items, unreadable } = options.vendors.of(row.provider).webhook.parse(body);
  const [item] = items;
  if (items.length !== 1 || item?.kind !== 'notification') {
    return { ok: false, reason: unreadable[0]?.reason ?? 'no_items', detail: 'The body is not one notification.' };
  }
  const { providerUserId: _, namesEvent: __, ...notification } = item.notification;
  return {
    ok: true,
    notification: {
      deliveryId: row.id,
      receivedOn: row.receivedOn,
      receivedAt: row.receivedAt,
      provider: row.provider,
      connectionId: row.connectionId as string,
      athleteId: row.athleteId as string,
      keyId: row.keyId,
      ...notification,
    },
  };
}

function openBody(row: Row, payloadKeys: PayloadKeys): Buffer | null {
  try {
    return payloadKeys.open({ keyId: row.keyId, sealed: row.bodySealed, deliveryId: row.id });
  } catch {
    return null;
  }
}
