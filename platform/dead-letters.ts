import { appendAudit } from '#platform/audit';
import type { Clock } from '#platform/clock';
import type { Database } from '#platform/database';
import type { PayloadKeys } from '#platform/payload-keys';
import type { Provider } from '#platform/signals';

/** What was set aside, and why. Never a value of the body. */
export interface DeadLetter {
  id: string;
  /** The step that could not go on: intake, fetch, normalise, recompute. */
  stage: string;
  provider: Provider | null;
  deliveryId: string | null;
  receivedOn: string | null;
  /** The one record of the delivery that was refused; null: all of it. */
  recordId: string | null;
  athleteId: string | null;
  domain: string | null;
  reason: string;
  detail: string;
  createdAt: Date;
  resolvedAt: Date | null;
  /** `retried`, or `dropped: ` and the operator's note. */
  resolution: string | null;
  /** Whether the delivery is still in the database. */
  hasBody: boolean;
}

/** What is null does not narrow. Newest first. */
export interface LetterFilter {
  ids: readonly string[] | null;
  stage: string | null;
  provider: Provider | null;
  reason: string | null;
  isOpen: boolean;
  limit: number;
}

/** Where a subgraph keeps its letters, and where it reads deliveries. `columns`: recordId and athleteId, of l and d. */
export interface LetterTables {
  letters: string;
  deliveries: string;
  columns: string;
}

/** How long resolved letters are kept. */
export const LETTER_DAYS = 90;

/** Resolution of a letter whose delivery went through in the end, whoever tried it again. */
export const RETRIED = 'retried';

export async function findLetters(
  db: Database,
  { letters, deliveries, columns }: LetterTables,
  filter: LetterFilter,
): Promise<DeadLetter[]> {
  return db.query<DeadLetter[]>(
    `select l.id, l.stage, l.provider, l.delivery_id as "deliveryId", l.received_on as "receivedOn", ${columns}, d.domain,
            l.reason, l.detail, l.created_at as "createdAt", l.resolved_at as "resolvedAt", l.resolution,
            d.id is not null as "hasBody"
       from ${letters} l left join ${deliveries} d on d.received_on = l.received_on and d.id = l.delivery_id
      where ($1::uuid[] is null or l.id = any($1)) and ($2::text is null or l.stage = $2)
        and ($3::text is null or l.provider = $3) and ($4::text is null or l.reason = $4)
        and (not $5 or l.resolved_at is null)
      order by l.created_at desc, l.id desc limit $6`,
    [filter.ids, filter.stage, filter.provider, filter.reason, filter.isOpen, filter.limit],
  );
}

/** Closes open letters for good; answers those that were open. */
export async function dropLetters(
  db: Database,
  options: { letters: string; ids: readonly string[]; note: string; now: Date },
): Promise<string[]> {
  const rows = await db.query<{ id: string }[]>(
    `with closed as (
       update ${options.letters} set resolved_at = $2, resolution = 'dropped: ' || $3
        where id = any($1) and resolved_at is null returning id)
     select id from closed`,
    [options.ids, options.now, options.note],
  );
  return rows.map(({ id }) => id);
}

/** The audit wants an athlete; a body under the intake key is of nobody we know. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * Opens the body of a letter for a person to read. That somebody looked is committed first, and the athlete sees it in
 * their access log. null: the body or its key is gone. Throws when the body was altered.
 */
export async function openLetterBody(
  parts: { db: Database; keys: PayloadKeys; clock: Clock },
  { deliveries }: LetterTables,
  letter: DeadLetter,
): Promise<Buffer | null> {
  const { db, keys, clock } = parts;
  const [row] = await db.query<{ sealed: Buffer; keyId: string; athleteId: string | null }[]>(
    `select body_sealed as sealed, key_id as "keyId", athlete_id as "athleteId" from ${deliveries} where received_on = $1 and id = $2`,
    [letter.receivedOn, letter.deliveryId],
  );
  if (!row || letter.deliveryId === null) return null;
  await keys.load(db, [row.keyId]);
  if (!keys.has(row.keyId)) return null;
  await appendAudit(db, [
    {
      at: clock.now(),
      actorId: null,
      actorKind: 'SYSTEM',
      athleteId: row.athleteId ?? NOBODY,
      action: 'READ',
      signals: [],
      purpose: `an operator read the body of dead letter ${letter.id}`,
      requestId: null,
    },
  ]);
  return keys.open({ keyId: row.keyId, sealed: row.sealed, deliveryId: letter.deliveryId });
}
