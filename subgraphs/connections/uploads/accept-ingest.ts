import { appendAudit } from '#platform/audit';
import { atMost } from '#platform/at-most';
import type { Clock } from '#platform/clock';
import { sameBytes, sha256 } from '#platform/crypto';
import type { Database, Sql } from '#platform/database';
import { newId } from '#platform/ids';
import type { PayloadKeys, WrappedKey } from '#platform/payload-keys';
import type { Reference } from '../webhooks/relay.ts';
import { lengthPrefixed, type NewDelivery } from '../webhooks/new-delivery.ts';
import { storeDeliveries } from '../webhooks/store-deliveries.ts';
import type { ApiKeyHolder } from './api-key.ts';
import { INGEST, type IngestGroup, type IngestKind } from './ingest-body.ts';

/** One request of a service, read and found well formed. */
export interface IngestRequest {
  kind: IngestKind;
  holder: ApiKeyHolder;
  idempotencyKey: string;
  rawBody: Buffer;
  groups: readonly IngestGroup[];
  /** How many items the groups hold together. */
  count: number;
  requestId: string;
}

/** `answer` is JSON text, the same for every repeat. */
export type IngestOutcome = { outcome: 'stored' | 'repeated'; answer: string } | { outcome: 'conflict' };

export interface Ingest {
  /** Resolves when PostgreSQL has committed: the key, all deliveries, the audit and the answer together, or none of it. */
  accept(request: IngestRequest): Promise<IngestOutcome>;
}

const STORED_AT_ONCE = 3;
const DAY_MS = 86_400_000;
/** As long as delivery keys. A key that is older is a new one. */
const KEYS_KEPT_DAYS = 30;

export function createIngest(options: {
  db: Database;
  payloadKeys: PayloadKeys;
  clock: Clock;
  /** Called after each commit that left something to publish. */
  onStored: (references: readonly Reference[]) => void;
}): Ingest {
  const { db, clock } = options;
  const inTurn = atMost(STORED_AT_ONCE);
  return {
    async accept(request) {
      const now = clock.now();
      const { references, accepted } = await inTurn(() =>
        db.transaction((tx) => acceptOnce(tx, { ...options, request, now })),
      );
      if (references.length > 0) options.onStored(references);
      return accepted;
    },
  };
}

/** Whoever comes with the same key meanwhile waits at its row, and then finds the answer. */
async function acceptOnce(
  tx: Sql,
  part: { payloadKeys: PayloadKeys; request: IngestRequest; now: Date },
): Promise<{ references: readonly Reference[]; accepted: IngestOutcome }> {
  const { request, now } = part;
  const keyHash = sha256(request.idempotencyKey);
  const requestHash = sha256(lengthPrefixed(request.kind), request.rawBody);
  const claimed = await tx.query<unknown[]>(
    `insert into ingest_request (api_key_id, key_hash, request_hash, received_at, answer) values ($1, $2, $3, $4, '')
     on conflict do nothing returning 1`,
    [request.holder.apiKeyId, keyHash, requestHash, now],
  );
  if (claimed.length === 0) {
    const [first] = await tx.query<{ requestHash: Buffer; answer: string }[]>(
      'select request_hash as "requestHash", answer from ingest_request where api_key_id = $1 and key_hash = $2',
      [request.holder.apiKeyId, keyHash],
    );
    if (!first) throw new Error('an idempotency key was forgotten while it was asked for');
    const isSame = sameBytes(first.requestHash, requestHash);
    const accepted: IngestOutcome = isSame ? { outcome: 'repeated', answer: first.answer } : { outcome: 'conflict' };
    return { references: [], accepted };
  }
  const { references, items } = await store(tx, part);
  const accepted = items.filter(({ state }) => state === 'accepted').length;
  const answer = JSON.stringify({ receivedAt: now.toISOString(), accepted, items });
  await tx.query('update ingest_request set answer = $3 where api_key_id = $1 and key_hash = $2', [
    request.holder.apiKeyId,
    keyHash,
    answer,
  ]);
  return { references, accepted: { outcome: 'stored', answer } };
}

type ItemAnswer = { index: number } & ({ state: 'accepted'; deliveryId: string } | { state: 'unknown_athlete' });

async function store(
  tx: Sql,
  part: { payloadKeys: PayloadKeys; request: IngestRequest; now: Date },
): Promise<{ references: readonly Reference[]; items: ItemAnswer[] }> {
  const { payloadKeys, request, now } = part;
  const keyOf = await payloadKeysOf(tx, request.groups);
  const known = request.groups.flatMap((group) => {
    const key = group.athleteId === null ? undefined : keyOf.get(group.athleteId);
    return key ? [{ group, key, athleteId: key.athleteId as string }] : [];
  });
  for (const { key } of known) payloadKeys.remember(key);
  // Of this request alone: the claim of its key is what makes it happen once.
  const occasion = newId();
  const deliveries = known.map(({ group, key, athleteId }): NewDelivery => ({
    provider: group.provider,
    domain: INGEST[request.kind].domain,
    athleteId,
    connectionId: null,
    keyId: key.id,
    deliveryKey: sha256(lengthPrefixed('ingest', occasion, group.provider, athleteId)),
    body: Buffer.from(JSON.stringify({ items: group.items })),
    sourceUpdatedAt: now,
    receivedAt: now,
    provenance: 'uploaded',
  }));
  const { references } = await storeDeliveries(tx, { deliveries, payloadKeys });
  const deliveryOf = await deliveryIds(tx, deliveries);
  await auditWrites(tx, { request, now, athleteIds: new Set(known.map(({ athleteId }) => athleteId)) });
  const items: ItemAnswer[] = Array.from({ length: request.count }, (_, index) => ({
    index,
    state: 'unknown_athlete',
  }));
  for (const [at, { group }] of known.entries()) {
    const deliveryId = deliveryOf[at] as string;
    for (const index of group.indexes) items[index] = { index, state: 'accepted', deliveryId };
  }
  return { references, items };
}

/** The payload keys of athletes there are, by athlete. */
async function payloadKeysOf(tx: Sql, groups: readonly IngestGroup[]): Promise<Map<string, WrappedKey>> {
  const rows = await tx.query<WrappedKey[]>(
    `select id, athlete_id as "athleteId", wrapped, kek_version as "kekVersion"
       from data_key where kind = 'payload' and athlete_id = any($1::uuid[])`,
    [groups.flatMap(({ athleteId }) => (athleteId === null ? [] : [athleteId]))],
  );
  return new Map(rows.map((key) => [key.athleteId as string, key]));
}

async function deliveryIds(tx: Sql, deliveries: readonly NewDelivery[]): Promise<string[]> {
  const rows = await tx.query<{ id: string }[]>(
    `select k.delivery_id as id
       from unnest($1::text[], $2::bytea[]) with ordinality as asked (provider, key, place)
       join delivery_key k using (provider, key)
      order by place`,
    [deliveries.map(({ provider }) => provider), deliveries.map(({ deliveryKey }) => deliveryKey)],
  );
  return rows.map(({ id }) => id);
}

async function auditWrites(
  tx: Sql,
  part: { request: IngestRequest; now: Date; athleteIds: ReadonlySet<string> },
): Promise<void> {
  const { request, now } = part;
  await appendAudit(
    tx,
    [...part.athleteIds].map((athleteId) => ({
      at: now,
      actorId: request.holder.apiKeyId,
      actorKind: 'API_KEY' as const,
      athleteId,
      action: 'WRITE' as const,
      signals: INGEST[request.kind].signals,
      purpose: `ingest ${request.kind}`,
      requestId: request.requestId,
    })),
  );
}

/** Forgets the keys of requests past their time. Repeating it changes nothing. */
export async function forgetIngestKeys({ db, clock }: { db: Sql; clock: Clock }): Promise<void> {
  await db.query('delete from ingest_request where received_at < $1', [
    new Date(clock.now().getTime() - KEYS_KEPT_DAYS * DAY_MS),
  ]);
}
