import type { Retried } from '#platform/dead-letter-verbs';
import { LETTER_DAYS, RETRIED, type DeadLetter, type LetterFilter } from '#platform/dead-letters';
import type { Clock } from '#platform/clock';
import type { Sql } from '#platform/database';
import type { DeadLetterAnnouncement } from '#platform/events';
import { newId } from '#platform/ids';
import type { Metrics } from '#platform/telemetry';
import { SCORE_SIGNALS } from '../readiness/views/bases.ts';
import { recompute, type RecomputeParts } from '../readiness/recompute/recompute.ts';

/** The only step of insights that sets something aside: an athlete, whose views could not be brought up to date. */
const STAGE = 'recompute';

/**
 * One open letter per athlete, however often it fails; the nights stay pending, so the sweep tries on. Resolves with those that
 * are new, to be announced.
 */
export async function storeLetters(
  parts: { db: Sql; clock: Clock; metrics: Metrics },
  failed: { athleteIds: readonly string[]; error: unknown },
): Promise<DeadLetterAnnouncement[]> {
  const letters = await parts.db.query<DeadLetterAnnouncement[]>(
    `insert into insights.dead_letter (id, stage, athlete_id, reason, detail, created_at)
     select id, '${STAGE}', athlete_id, 'gave_up', $1, $2 from unnest($3::uuid[], $4::uuid[]) as t(id, athlete_id)
     on conflict do nothing returning id, stage, reason`,
    [
      `a recompute failed repeatedly, the last time with ${nameOf(failed.error)}`,
      parts.clock.now(),
      failed.athleteIds.map(() => newId()),
      failed.athleteIds,
    ],
  );
  for (const { stage, reason } of letters) parts.metrics.deadLetters.inc({ stage, reason });
  return letters;
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'an unknown error');

/** Closes the letters of athletes of whom nothing is pending any more, by whatever road, and forgets those closed long ago. */
export async function settleLetters({ db, clock }: { db: Sql; clock: Clock }): Promise<void> {
  const now = clock.now();
  await db.query(
    `update insights.dead_letter l set resolved_at = $1, resolution = '${RETRIED}'
      where l.resolved_at is null and l.stage = '${STAGE}' and not exists (
            select from health_data.touched_day_v1 t
              left join insights.taken_touch k on k.athlete_id = t.athlete_id and k.day = t.day and k.signal = t.signal
             where t.athlete_id = l.athlete_id and t.signal = any($2) and (k.revision is null or k.revision < t.revision))`,
    [now, SCORE_SIGNALS],
  );
  await db.query('delete from insights.dead_letter where resolved_at < $1', [
    new Date(now.getTime() - LETTER_DAYS * 86_400_000),
  ]);
}

/** What is null does not narrow. No letter of insights is of a provider, or has a delivery. */
export async function findLetters(db: Sql, filter: LetterFilter): Promise<DeadLetter[]> {
  return await db.query<DeadLetter[]>(
    `select id, stage, null as provider, null as "deliveryId", null as "receivedOn", null as "recordId",
            athlete_id as "athleteId", null as domain, reason, detail, created_at as "createdAt",
            resolved_at as "resolvedAt", resolution, false as "hasBody"
       from insights.dead_letter
      where ($1::uuid[] is null or id = any($1)) and ($2::text is null or stage = $2) and $3::text is null
        and ($4::text is null or reason = $4) and (not $5 or resolved_at is null)
      order by created_at desc, id desc limit $6`,
    [filter.ids, filter.stage, filter.provider, filter.reason, filter.isOpen, filter.limit],
  );
}

/** Computes what is pending of each athlete, one after the other, so that one who fails keeps nobody else from it. */
export async function retryLetters(parts: RecomputeParts, letters: readonly DeadLetter[]): Promise<Retried[]> {
  const results: Retried[] = [];
  for (const letter of letters) results.push(await retryOne(parts, letter));
  return results;
}

async function retryOne(parts: RecomputeParts, { id, athleteId }: DeadLetter): Promise<Retried> {
  let views: number;
  try {
    views = athleteId === null ? 0 : await recompute(parts, [athleteId]);
  } catch (error) {
    return { id, ending: 'failed', told: `failed again: ${nameOf(error)}` };
  }
  await parts.db.query(
    `update insights.dead_letter set resolved_at = $2, resolution = '${RETRIED}' where id = $1 and resolved_at is null`,
    [id, parts.clock.now()],
  );
  return { id, ending: 'retried', told: `computed: ${views} new ${views === 1 ? 'view' : 'views'}` };
}

/** Ids of which no subgraph has a letter: insights is the last of the three, and reads the ids of those before it. */
export async function unknownLetters(db: Sql, ids: readonly string[]): Promise<string[]> {
  const rows = await db.query<{ id: string }[]>(
    `select id from unnest($1::uuid[]) as t (id)
      where not exists (select from insights.dead_letter l where l.id = t.id)
        and not exists (select from health_data.dead_letter_v1 l where l.id = t.id)
        and not exists (select from connections.dead_letter_v1 l where l.id = t.id)`,
    [ids],
  );
  return rows.map(({ id }) => id);
}
