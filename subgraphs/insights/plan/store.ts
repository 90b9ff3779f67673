import type { Basis } from '#platform/basis';
import type { Sql } from '#platform/database';
import type { LocalDate } from '#platform/signals';
import { instantOf } from '#platform/together';
import { columns } from '../readiness/views/snapshots.ts';
import type { Intensity } from '../training/adjust.ts';
import type { SessionContent } from './session.ts';
import type { Load, SuggestionContent } from './suggestion.ts';

export type ActorKind = 'ATHLETE' | 'COACH';
export type PlanAction = 'CREATED' | 'CHANGED' | 'REMOVED' | 'ACCEPTED' | 'REVERTED';

/** A session as it stands. `chosenFrom`: what the athlete changed on the session's own day; null where they did not. */
export interface StoredSession extends SessionContent {
  athleteId: string;
  id: string;
  version: number;
  isRemoved: boolean;
  chosenFrom: (Load & { version: number }) | null;
}

export interface PlanKey {
  athleteId: string;
  from: LocalDate;
  to: LocalDate;
}

export interface SessionKey {
  athleteId: string;
  sessionId: string;
}

interface SessionRow extends Omit<StoredSession, 'chosenFrom'> {
  chosenVersion: number | null;
  chosenIntensity: Intensity | null;
  chosenMinutes: number | null;
}

const SESSION = `
  p.athlete_id as "athleteId", p.id, p.version, p.date, p.start_time as "startTime", p.title, p.sport, p.intensity,
  p.minutes, p.kind, p.is_locked as "isLocked", p.allows_increase as "allowsIncrease", p.notes,
  p.removed_at is not null as "isRemoved", c.version as "chosenVersion", c.content ->> 'intensity' as "chosenIntensity",
  (c.content ->> 'minutes')::int as "chosenMinutes"`;
const CHOSEN_FROM = `
  left join insights.plan_change c on c.athlete_id = p.athlete_id and c.session_id = p.id and c.version = p.chosen_from`;

function sessionOf({ chosenVersion, chosenIntensity, chosenMinutes, ...row }: SessionRow): StoredSession {
  const isChosen = chosenVersion !== null && chosenIntensity !== null && chosenMinutes !== null;
  return {
    ...row,
    chosenFrom: isChosen ? { version: chosenVersion, intensity: chosenIntensity, minutes: chosenMinutes } : null,
  };
}

/** What stands in the plan of many athletes, each over days of its own, by one query; in the order of the day. */
export async function readPlans(db: Sql, keys: readonly PlanKey[]): Promise<StoredSession[][]> {
  const rows = await db.query<(SessionRow & { place: number })[]>(
    `select k.place::int - 1 as place, ${SESSION}
       from unnest($1::uuid[], $2::date[], $3::date[]) with ordinality as k(athlete_id, from_day, to_day, place)
       join insights.plan_session p on p.athlete_id = k.athlete_id and p.date between k.from_day and k.to_day ${CHOSEN_FROM}
      where p.removed_at is null
      order by k.place, p.date, p.start_time nulls last, p.id`,
    columns(
      keys,
      ({ athleteId }) => athleteId,
      ({ from }) => from,
      ({ to }) => to,
    ),
  );
  const plans: StoredSession[][] = keys.map(() => []);
  for (const { place, ...row } of rows) plans[place]?.push(sessionOf(row));
  return plans;
}

/** By id alone, removed ones too. `lock`: nobody else changes it before the transaction ends. */
export async function findSession(
  db: Sql,
  options: { id: string; lock?: boolean },
): Promise<StoredSession | undefined> {
  const [row] = await db.query<SessionRow[]>(
    `select ${SESSION} from insights.plan_session p ${CHOSEN_FROM} where p.id = $1 ${options.lock ? 'for update of p' : ''}`,
    [options.id],
  );
  return row && sessionOf(row);
}

/** Those of one athlete that have one of these ids, removed ones too, in the order of the ids. */
export async function findSessions(
  db: Sql,
  { athleteId, ids }: { athleteId: string; ids: readonly string[] },
): Promise<StoredSession[]> {
  const rows = await db.query<SessionRow[]>(
    `select ${SESSION}
       from unnest($2::uuid[]) with ordinality as k(id, place)
       join insights.plan_session p on p.athlete_id = $1 and p.id = k.id ${CHOSEN_FROM}
      order by k.place`,
    [athleteId, ids],
  );
  return rows.map(sessionOf);
}

/** Who does it and when. `onDay`: the athlete's own date of that moment. */
export interface Act {
  actor: ActorKind;
  accountId: string;
  at: Date;
  onDay: LocalDate;
}

export interface NewSession extends SessionContent {
  athleteId: string;
  id: string;
}

/** Puts new sessions into the plan. Those whose id was there before stay as they are. One statement, whatever the number. */
export async function insertSessions(tx: Sql, sessions: readonly NewSession[], act: Act): Promise<void> {
  await tx.query(
    `with given as (
       select * from json_to_recordset($1) as s("athleteId" uuid, id uuid, date date, "startTime" text, title text,
              sport text, intensity text, minutes int, kind text, "isLocked" boolean, "allowsIncrease" boolean, notes text)
     ), made as (
       insert into insights.plan_session
              (athlete_id, id, version, date, start_time, title, sport, intensity, minutes, kind, is_locked,
               allows_increase, notes)
       select "athleteId", id, 1, date, "startTime", title, sport, intensity, minutes, kind, "isLocked", "allowsIncrease", notes
         from given
       on conflict (athlete_id, id) do nothing
       returning *
     )
     ${RECORD} select m.athlete_id, m.id, m.version, 'CREATED', $2, $3, $4, $5, ${CONTENT} from made m`,
    [JSON.stringify(sessions), act.actor, act.accountId, act.at, act.onDay],
  );
}

const RECORD = `
  insert into insights.plan_change (athlete_id, session_id, version, action, actor_kind, actor_id, at, on_day, content)`;
const CONTENT = `
  json_build_object('date', m.date, 'startTime', m.start_time, 'title', m.title, 'sport', m.sport,
    'intensity', m.intensity, 'minutes', m.minutes, 'kind', m.kind, 'isLocked', m.is_locked,
    'allowsIncrease', m.allows_increase, 'notes', m.notes)`;

/**
 * Writes the next version of a session, its place in the history with it. False where it is not at `version` any more,
 * or was removed: then nothing is written.
 */
export async function writeVersion(
  tx: Sql,
  options: {
    session: NewSession;
    version: number;
    chosenFrom: number | null;
    action: PlanAction;
    act: Act;
  },
): Promise<boolean> {
  const { session, version, chosenFrom, action, act } = options;
  const written = await tx.query<unknown[]>(
    `with m as (
       update insights.plan_session p
          set version = p.version + 1, date = $4, start_time = $5, title = $6, sport = $7, intensity = $8, minutes = $9,
              kind = $10, is_locked = $11, allows_increase = $12, notes = $13, chosen_from = $14,
              removed_at = case when $15 = 'REMOVED' then $18::timestamptz end
        where p.athlete_id = $1 and p.id = $2 and p.version = $3 and p.removed_at is null
       returning *
     ), recorded as (
       ${RECORD} select m.athlete_id, m.id, m.version, $15, $16, $17, $18, $19, ${CONTENT} from m
     )
     select version from m`,
    [
      ...[session.athleteId, session.id, version, session.date, session.startTime, session.title, session.sport],
      ...[session.intensity, session.minutes, session.kind, session.isLocked, session.allowsIncrease, session.notes],
      ...[chosenFrom, action, act.actor, act.accountId, act.at, act.onDay],
    ],
  );
  return written.length > 0;
}

/** One version of a session: who made it, and what it then was. */
export interface StoredChange {
  athleteId: string;
  sessionId: string;
  version: number;
  action: PlanAction;
  actor: ActorKind;
  at: Date;
  onDay: LocalDate;
  content: SessionContent;
}

/** Every version of many sessions, oldest first, by one query. */
export async function readChanges(db: Sql, keys: readonly SessionKey[]): Promise<StoredChange[][]> {
  const rows = await db.query<(Omit<StoredChange, 'at'> & { place: number; at: Date | string })[]>(
    `select k.place::int - 1 as place, c.athlete_id as "athleteId", c.session_id as "sessionId", c.version, c.action,
            c.actor_kind as actor, c.at, c.on_day as "onDay", c.content
       from unnest($1::uuid[], $2::uuid[]) with ordinality as k(athlete_id, session_id, place)
       join insights.plan_change c on c.athlete_id = k.athlete_id and c.session_id = k.session_id
      order by k.place, c.version`,
    columns(
      keys,
      ({ athleteId }) => athleteId,
      ({ sessionId }) => sessionId,
    ),
  );
  const changes: StoredChange[][] = keys.map(() => []);
  for (const { place, ...row } of rows) changes[place]?.push({ ...row, at: instantOf(row.at) });
  return changes;
}

/** What the athlete decided about a suggestion. It stands while the session is at `sessionVersion`. */
export interface Decision {
  athleteId: string;
  sessionId: string;
  baseVersion: number;
  date: LocalDate;
  basis: Basis;
  revision: number;
  highDays: number;
  loadSays: number;
  state: 'ACCEPTED' | 'REVERTED';
  suggestion: SuggestionContent;
  sessionVersion: number;
  acceptedAt: Date | null;
  revertedAt: Date | null;
}

/** All decisions about many sessions, the newest first, by one query. */
export async function readDecisions(db: Sql, keys: readonly SessionKey[]): Promise<Decision[][]> {
  const rows = await db.query<DecisionRow[]>(
    `select k.place::int - 1 as place, d.athlete_id as "athleteId", d.session_id as "sessionId",
            d.base_version as "baseVersion", d.date, d.basis, d.revision, d.high_days as "highDays", d.load_says as "loadSays", d.state, d.suggestion,
            d.session_version as "sessionVersion", d.accepted_at as "acceptedAt", d.reverted_at as "revertedAt"
       from unnest($1::uuid[], $2::uuid[]) with ordinality as k(athlete_id, session_id, place)
       join insights.suggestion_decision d on d.athlete_id = k.athlete_id and d.session_id = k.session_id
      order by k.place, d.session_version desc`,
    columns(
      keys,
      ({ athleteId }) => athleteId,
      ({ sessionId }) => sessionId,
    ),
  );
  const decisions: Decision[][] = keys.map(() => []);
  for (const { place, ...row } of rows) {
    const [acceptedAt, revertedAt] = [instantOf(row.acceptedAt), instantOf(row.revertedAt)];
    decisions[place]?.push({ ...row, acceptedAt, revertedAt });
  }
  return decisions;
}

interface DecisionRow extends Omit<Decision, 'acceptedAt' | 'revertedAt'> {
  place: number;
  acceptedAt: Date | string | null;
  revertedAt: Date | string | null;
}

export async function writeDecision(tx: Sql, decision: Decision): Promise<void> {
  await tx.query(
    `insert into insights.suggestion_decision as d
            (athlete_id, session_id, base_version, date, basis, revision, high_days, load_says, state, suggestion,
             session_version, accepted_at, reverted_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
     on conflict (athlete_id, session_id, base_version, basis, revision) do update
        set state = excluded.state, suggestion = excluded.suggestion, high_days = excluded.high_days,
            load_says = excluded.load_says,
            session_version = excluded.session_version, accepted_at = excluded.accepted_at, reverted_at = excluded.reverted_at`,
    [
      ...[decision.athleteId, decision.sessionId, decision.baseVersion, decision.date, decision.basis],
      ...[decision.revision, decision.highDays, decision.loadSays, decision.state, JSON.stringify(decision.suggestion)],
      ...[decision.sessionVersion, decision.acceptedAt, decision.revertedAt],
    ],
  );
}
