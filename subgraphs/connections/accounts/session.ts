import type { Clock } from '#platform/clock';
import { newSecret, sha256 } from '#platform/crypto';
import type { Database, Sql } from '#platform/database';
import { AppError } from '#platform/errors';
import type { Role } from '#platform/identity';
import { isId, newId } from '#platform/ids';
import type { Announcements } from '../consent/announcements.ts';
import type { AccessTokens } from './access-token.ts';
import type { AuthSession } from './account.inputs.ts';

const HOUR_MS = 3_600_000;
/** From sign-in to the end, whatever happens. An athlete's phone stays signed in for a month. */
const ABSOLUTE_MS: Record<Role, number> = { ATHLETE: 30 * 24 * HOUR_MS, COACH: 12 * HOUR_MS, ADMIN: 12 * HOUR_MS };
/** A coach's screen that nobody touches for this long is signed out. */
const COACH_IDLE_MS = 900_000;
/** Activity is written down at most this often. */
const ACTIVITY_STEP_MS = 15_000;

export type EndReason = 'LOGOUT' | 'REUSED' | 'IDLE' | 'EXPIRED';

/** A session as it stands in the database, with the role of its account. */
export interface SessionState {
  role: Role;
  lastActivityAt: Date;
  endsAt: Date;
  endedAt: Date | null;
  endReason: string | null;
}

/**
 * ENDED: over already, and why. EXPIRED, IDLE: over now, and nobody has written it down yet.
 * Refreshing is no activity, and neither is anything a program does by itself.
 */
export function stateOf(session: SessionState, now: Date): 'LIVE' | 'ENDED' | 'EXPIRED' | 'IDLE' {
  if (session.endedAt !== null) return 'ENDED';
  if (session.endsAt <= now) return 'EXPIRED';
  if (session.role === 'COACH' && session.lastActivityAt.getTime() <= now.getTime() - COACH_IDLE_MS) return 'IDLE';
  return 'LIVE';
}

const refusal = (isIdle: boolean): AppError =>
  isIdle
    ? new AppError('SESSION_IDLE', 'You were signed out after 15 minutes without activity. Please sign in again.')
    : new AppError('UNAUTHENTICATED', 'This session has ended. Please sign in again.');

/** Who stands behind a live session: what the gateway builds its assertions from. */
export interface LiveSession {
  accountId: string;
  sessionId: string;
  role: Role;
  athleteId: string | null;
}

/** A session just begun or carried on. The access token is signed after the commit. */
export interface StartedSession {
  accountId: string;
  sessionId: string;
  refreshToken: string;
  endsAt: Date;
}

export interface Sessions {
  /** A new session of an account, inside the transaction that makes or finds the account. */
  start(tx: Sql, account: { id: string; role: Role }): Promise<StartedSession>;
  /** What the client gets of it. */
  answer(started: StartedSession): Promise<AuthSession>;
  /**
   * A used token means that two hold it: the session ends with all of its tokens, without any grace.
   * Throws UNAUTHENTICATED, or SESSION_IDLE.
   */
  refresh(refreshToken: string): Promise<AuthSession>;
  logout(session: { accountId: string; sessionId: string }): Promise<void>;
  /** Throws UNAUTHENTICATED, or SESSION_IDLE. `isActivity`: a person did something; it keeps a coach signed in. */
  check(options: { sessionId: string; isActivity: boolean }): Promise<LiveSession>;
}

export function createSessions(options: {
  db: Database;
  clock: Clock;
  tokens: AccessTokens;
  announcements: Announcements;
}): Sessions {
  const { db, clock, announcements } = options;

  async function answer(started: StartedSession): Promise<AuthSession> {
    const { token, expiresAt } = await options.tokens.issue(started);
    return { accessToken: token, refreshToken: started.refreshToken, expiresAt };
  }

  return {
    answer,
    async start(tx, account) {
      const now = clock.now();
      const sessionId = newId();
      const endsAt = new Date(now.getTime() + ABSOLUTE_MS[account.role]);
      await tx.query(
        'insert into session (id, account_id, signed_in_at, last_activity_at, ends_at) values ($1, $2, $3, $3, $4)',
        [sessionId, account.id, now, endsAt],
      );
      return { accountId: account.id, sessionId, refreshToken: await giveRefreshToken(tx, { sessionId, now }), endsAt };
    },

    async refresh(refreshToken) {
      const outcome = await db.transaction((tx) => rotate(tx, { refreshToken, now: clock.now() }));
      if ('started' in outcome) return answer(outcome.started);
      // The end is committed by now; only then does anybody hear of it.
      if (outcome.ended) announcements.accessChanged(outcome.ended);
      throw refusal(outcome.isIdle);
    },

    async logout(session) {
      const hasEnded = await endSession(db, { sessionId: session.sessionId, reason: 'LOGOUT', now: clock.now() });
      if (hasEnded) announcements.accessChanged({ accountId: session.accountId, sessionId: session.sessionId });
    },

    async check({ sessionId, isActivity }) {
      const now = clock.now();
      const row = isId(sessionId) ? await readAndTouch(db, { sessionId, isActivity, now }) : undefined;
      if (!row) throw refusal(false);
      const state = stateOf(row, now);
      if (row.hasIdledOut) announcements.accessChanged({ accountId: row.accountId, sessionId });
      if (state !== 'LIVE') throw refusal(state === 'IDLE' || row.endReason === 'IDLE');
      return { accountId: row.accountId, sessionId, role: row.role, athleteId: row.athleteId };
    },
  };
}

async function giveRefreshToken(tx: Sql, options: { sessionId: string; now: Date }): Promise<string> {
  const token = newSecret();
  await tx.query('insert into refresh_token (hash, session_id, issued_at) values ($1, $2, $3)', [
    sha256(token),
    options.sessionId,
    options.now,
  ]);
  return token;
}

async function endSession(db: Sql, options: { sessionId: string; reason: EndReason; now: Date }): Promise<boolean> {
  const rows = await db.query<unknown[]>(
    `with gone as (update session set ended_at = $2, end_reason = $3 where id = $1 and ended_at is null returning id) select id from gone`,
    [options.sessionId, options.now, options.reason],
  );
  return rows.length > 0;
}

type Rotation =
  | { started: StartedSession }
  | { isIdle: boolean; ended: { accountId: string; sessionId: string } | null };

async function rotate(tx: Sql, options: { refreshToken: string; now: Date }): Promise<Rotation> {
  const { now } = options;
  const hash = sha256(options.refreshToken);
  const [row] = await tx.query<(SessionState & { usedAt: Date | null; sessionId: string; accountId: string })[]>(
    `select t.used_at as "usedAt", s.id as "sessionId", s.account_id as "accountId", s.last_activity_at as "lastActivityAt",
            s.ends_at as "endsAt", s.ended_at as "endedAt", s.end_reason as "endReason", a.role
       from refresh_token t join session s on s.id = t.session_id join account a on a.id = s.account_id
      where t.hash = $1
        for update of t, s`,
    [hash],
  );
  if (!row) return { isIdle: false, ended: null };
  const { sessionId, accountId } = row;
  const state = stateOf(row, now);
  if (state === 'ENDED') return { isIdle: row.endReason === 'IDLE', ended: null };
  const reason: EndReason | null = row.usedAt !== null ? 'REUSED' : state === 'LIVE' ? null : state;
  if (reason !== null) {
    await endSession(tx, { sessionId, reason, now });
    return { isIdle: reason === 'IDLE', ended: { accountId, sessionId } };
  }
  await tx.query('update refresh_token set used_at = $2 where hash = $1', [hash, now]);
  return {
    started: { accountId, sessionId, refreshToken: await giveRefreshToken(tx, { sessionId, now }), endsAt: row.endsAt },
  };
}

interface CheckedSession extends SessionState {
  accountId: string;
  athleteId: string | null;
  /** This very check found the session idle and ended it. */
  hasIdledOut: boolean;
}

/**
 * The gateway asks this for every operation, so it is one statement: read by primary key, and, in the few cases where
 * there is something to write, move the activity on or write the idle end down. Two replicas that meet here agree: the
 * row is compared again under its lock.
 */
async function readAndTouch(
  db: Sql,
  options: { sessionId: string; isActivity: boolean; now: Date },
): Promise<CheckedSession | undefined> {
  const { sessionId, isActivity, now } = options;
  const rows = await db.query<CheckedSession[]>(
    `with found as (
       select s.id, s.account_id, a.role, t.id as athlete_id, s.last_activity_at, s.ends_at, s.ended_at, s.end_reason,
              s.ended_at is null and s.ends_at > $2 as is_open,
              a.role = 'COACH' and s.last_activity_at <= $4 as is_idle
         from session s
         join account a on a.id = s.account_id
         left join athlete t on t.account_id = a.id
        where s.id = $1
     ), moved as (
       update session s set last_activity_at = $2
         from found
        where s.id = found.id and $3 and found.is_open and not found.is_idle
          and s.ended_at is null and s.last_activity_at <= $5
     ), idled as (
       update session s set ended_at = $2, end_reason = 'IDLE'
         from found
        where s.id = found.id and found.is_open and found.is_idle
          and s.ended_at is null and s.last_activity_at = found.last_activity_at
       returning s.id
     )
     select account_id as "accountId", role, athlete_id as "athleteId", last_activity_at as "lastActivityAt",
            ends_at as "endsAt", ended_at as "endedAt", end_reason as "endReason",
            exists (select from idled) as "hasIdledOut"
       from found`,
    [sessionId, now, isActivity, new Date(now.getTime() - COACH_IDLE_MS), new Date(now.getTime() - ACTIVITY_STEP_MS)],
  );
  return rows[0];
}
