import type { Sql } from '#platform/database';
import { newId } from '#platform/ids';
import type { LocalDate } from '#platform/signals';
import type { AlertKind } from '../alerts/kinds.ts';

/** One thing to tell one person, once. */
export interface NewNotice {
  accountId: string;
  /** The team whose view it is of, or the athlete. */
  audienceId: string;
  /** Null where it concerns a whole team. */
  athleteId: string | null;
  kind: AlertKind;
  onDay: LocalDate;
  /** Of a flag: the first day of its spell. */
  openedOn: LocalDate | null;
  dueAt: Date;
}

/**
 * A flag that closed has been without its condition for two days; one that opens again within three days of that is not
 * told of again (readiness.md, section 11). Counted from the last day on which it was seen open.
 */
const SILENT_DAYS = 4;

/**
 * Writes down what is to be told. What was told before stays as it is: the same thing on the same day, and a flag that
 * never closed for long. What was dropped, since it did not hold any more, may come up again. One statement, which waits
 * for nobody who is just sending.
 */
export async function writeNotices(
  db: Sql,
  { notices, now }: { notices: readonly NewNotice[]; now: Date },
): Promise<void> {
  if (notices.length === 0) return;
  await db.query(
    `with given as (
       select * from json_to_recordset($1) as g(id uuid, "accountId" uuid, "audienceId" uuid, "athleteId" uuid, kind text,
              "onDay" date, "openedOn" date, "dueAt" timestamptz)
     ), told as (
       select g.id, n.id as notice_id
         from given g join insights.notice n
           on n.account_id = g."accountId" and n.audience_id = g."audienceId" and n.athlete_id = g."athleteId"
          and n.kind = g.kind and n.state <> 'DROPPED' and n.held_on >= g."openedOn" - ${SILENT_DAYS}
     ), free as (
       select n.id, t.id as given_id from insights.notice n join told t on t.notice_id = n.id for update of n skip locked
     ), held as (
       update insights.notice n set held_on = greatest(n.held_on, g."onDay")
         from free f join given g on g.id = f.given_id where n.id = f.id
     )
     insert into insights.notice as n (id, account_id, audience_id, athlete_id, kind, on_day, held_on, state, due_at, created_at)
     select id, "accountId", "audienceId", "athleteId", kind, "onDay", "onDay", 'WAITING', "dueAt", $2
       from given g where not exists (select from told t where t.id = g.id)
      order by "accountId", "audienceId", "athleteId", kind, "onDay"
     on conflict (account_id, audience_id, athlete_id, kind, on_day) do update
        set state = 'WAITING', due_at = excluded.due_at, created_at = excluded.created_at, attempts = 0, reached = '{}'
      where n.state = 'DROPPED'`,
    [JSON.stringify(notices.map((notice) => ({ ...notice, id: newId() }))), now],
  );
}

export interface Notice {
  id: string;
  accountId: string;
  audienceId: string;
  athleteId: string | null;
  kind: AlertKind;
  onDay: LocalDate;
  attempts: number;
  /** Browsers that are done with: they have it, or never will. */
  reached: string[];
  createdAt: Date;
}

const CLAIM_MS = 120_000;

/**
 * What is due, claimed for two minutes: no other process takes it meanwhile, and one that ends with it leaves it to the
 * next.
 */
export async function claimNotices(db: Sql, { now, limit }: { now: Date; limit: number }): Promise<Notice[]> {
  return await db.query<Notice[]>(
    `with due as (
       select id from insights.notice where state = 'WAITING' and due_at <= $1
        order by due_at, account_id limit $3 for update skip locked
     ), claimed as (
       update insights.notice n set due_at = $2 from due where n.id = due.id
       returning n.id, n.account_id as "accountId", n.audience_id as "audienceId", n.athlete_id as "athleteId", n.kind,
                 n.on_day as "onDay", n.attempts, n.reached, n.created_at as "createdAt"
     )
     select * from claimed`,
    [now, new Date(now.getTime() + CLAIM_MS), limit],
  );
}

/** How one notice goes on. */
export type Settled =
  | { id: string; state: 'SENT' | 'DROPPED'; reached: readonly string[] }
  | { id: string; state: 'WAITING'; dueAt: Date; reached: readonly string[]; isAttempt: boolean };

export async function settleNotices(
  db: Sql,
  { settled, now }: { settled: readonly Settled[]; now: Date },
): Promise<void> {
  if (settled.length === 0) return;
  await db.query(
    `update insights.notice n
        set state = g.state, due_at = coalesce(g."dueAt", $2), attempts = n.attempts + g."isAttempt"::int,
            reached = array(select json_array_elements_text(g.reached)::uuid)
       from json_to_recordset($1) as g(id uuid, state text, "dueAt" timestamptz, "isAttempt" boolean, reached json)
      where n.id = g.id`,
    [JSON.stringify(settled.map((each) => ({ isAttempt: each.state === 'SENT', ...each }))), now],
  );
}

const KEPT_DAYS = 60;

/** Longer than any flag is looked back on: what is older keeps nobody from being told again. */
export async function purgeNotices(db: Sql, now: Date): Promise<void> {
  await db.query(`delete from insights.notice where created_at < $1`, [
    new Date(now.getTime() - KEPT_DAYS * 86_400_000),
  ]);
}
