import { appendAudit } from '#platform/audit';
import type { Sql } from '#platform/database';
import { AppError } from '#platform/errors';
import type { ConsentChange } from '#platform/events';
import type { LocalDate, Signal } from '#platform/signals';
import type { Consent } from './consent.entity.ts';

/** A consent with the number of this word of it. */
export type WrittenConsent = Consent & { epoch: number };

/** Who says so, and in which request: the athlete, or the coach who removes them. */
export interface Author {
  accountId: string;
  requestId: string;
}

const NO_TEAM = 'You are in no team with this id. Look the team up again.';

const WRITTEN = `athlete_id as "athleteId", team_id as "teamId", signal, since, until,
                 granted_at as "grantedAt", withdrawn_at as "withdrawnAt", epoch`;

/**
 * Grants, or grants anew in other words. Consent row, history and audit entry stand or fall together, so `tx` must be a
 * transaction. Throws NOT_FOUND when the athlete is not a member of the team.
 */
export async function grant(
  tx: Sql,
  options: {
    athleteId: string;
    teamId: string;
    signal: Signal;
    since: LocalDate;
    until: Date | null;
    author: Author;
    now: Date;
  },
): Promise<WrittenConsent> {
  const { athleteId, teamId, signal, now } = options;
  const membership = await lockMembership(tx, { athleteId, teamId });
  if (membership === null || membership.hasEnded) throw new AppError('NOT_FOUND', NO_TEAM);
  const [written] = await tx.query<WrittenConsent[]>(
    `with written as (
       insert into consent (athlete_id, team_id, signal, since, until, granted_at, withdrawn_at, epoch)
       values ($1, $2, $3, $4, $5, $6, null, nextval('consent_epoch'))
       on conflict (athlete_id, team_id, signal) do update
         set since = excluded.since, until = excluded.until, granted_at = excluded.granted_at, withdrawn_at = null, epoch = excluded.epoch
       returning *
     ), noted as (
       insert into consent_history (athlete_id, team_id, signal, action, since, until, at, epoch)
       select athlete_id, team_id, signal, 'GRANTED', since, until, $6, epoch from written
     )
     select ${WRITTEN} from written`,
    [athleteId, teamId, signal, options.since, options.until, now],
  );
  await note(tx, { ...options, signals: [signal], purpose: 'consent granted' });
  return written as WrittenConsent;
}

/**
 * Withdraws what is granted to one team: the signals named, or all of them (`signals` null). Answers what changed, which
 * is nothing for what was withdrawn before. In a transaction, like `grant`.
 */
export async function withdraw(
  tx: Sql,
  options: {
    athleteId: string;
    teamId: string;
    signals: readonly Signal[] | null;
    author: Author;
    purpose: string;
    now: Date;
  },
): Promise<WrittenConsent[]> {
  const { athleteId, teamId, now } = options;
  const membership = await lockMembership(tx, { athleteId, teamId });
  if (membership === null) throw new AppError('NOT_FOUND', NO_TEAM);
  const withdrawn = await tx.query<WrittenConsent[]>(
    `with withdrawn as (
       update consent set withdrawn_at = $3, epoch = nextval('consent_epoch')
        where athlete_id = $1 and team_id = $2 and withdrawn_at is null and ($4::text[] is null or signal = any($4))
       returning *
     ), noted as (
       insert into consent_history (athlete_id, team_id, signal, action, since, until, at, epoch)
       select athlete_id, team_id, signal, 'WITHDRAWN', since, until, $3, epoch from withdrawn
     )
     select ${WRITTEN} from withdrawn order by signal`,
    [athleteId, teamId, now, options.signals],
  );
  if (withdrawn.length > 0) await note(tx, { ...options, signals: withdrawn.map((consent) => consent.signal) });
  return withdrawn;
}

/** What the other processes hear of it. */
export const changesOf = (written: readonly WrittenConsent[]): ConsentChange[] =>
  written.map(({ athleteId, teamId, signal, epoch }) => ({ athleteId, teamId, signal, epoch }));

/** One consent as it stands; null when there never was one. */
export async function readConsent(
  db: Sql,
  options: { athleteId: string; teamId: string; signal: Signal },
): Promise<Consent | null> {
  const [row] = await db.query<Consent[]>(
    `select ${WRITTEN} from consent where athlete_id = $1 and team_id = $2 and signal = $3`,
    [options.athleteId, options.teamId, options.signal],
  );
  return row ?? null;
}

/**
 * The lock all words of an athlete to a team queue at: a grant never slips in behind the end of the membership, and
 * epochs rise in the order of the commits.
 */
async function lockMembership(
  tx: Sql,
  options: { athleteId: string; teamId: string },
): Promise<{ hasEnded: boolean } | null> {
  const [row] = await tx.query<{ hasEnded: boolean }[]>(
    'select left_at is not null as "hasEnded" from membership where team_id = $1 and athlete_id = $2 for no key update',
    [options.teamId, options.athleteId],
  );
  return row ?? null;
}

async function note(
  tx: Sql,
  options: {
    athleteId: string;
    teamId: string;
    signals: readonly Signal[];
    purpose: string;
    author: Author;
    now: Date;
  },
): Promise<void> {
  await appendAudit(tx, [
    {
      at: options.now,
      actorId: options.author.accountId,
      actorKind: 'ACCOUNT',
      athleteId: options.athleteId,
      action: 'CONSENT',
      signals: options.signals,
      purpose: options.purpose,
      teamId: options.teamId,
      requestId: options.author.requestId,
    },
  ]);
}
