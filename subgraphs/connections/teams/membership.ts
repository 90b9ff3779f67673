import { newSecret, sha256 } from '#platform/crypto';
import type { Sql } from '#platform/database';
import { AppError } from '#platform/errors';
import { newId } from '#platform/ids';
import type { Invitation, Team } from './team.entity.ts';

/** A team with its first coach. */
export async function createTeam(tx: Sql, options: { name: string; coachAccountId: string; now: Date }): Promise<Team> {
  const team = { id: newId(), name: options.name };
  await tx.query('insert into team (id, name, created_at) values ($1, $2, $3)', [team.id, team.name, options.now]);
  await tx.query('insert into team_coach (team_id, account_id, joined_at) values ($1, $2, $3)', [
    team.id,
    options.coachAccountId,
    options.now,
  ]);
  return team;
}

const INVITATION_MS = 14 * 86_400_000;

/** `email`: only the athlete with this address may accept; null: whoever holds the token. */
export async function invite(
  db: Sql,
  options: { teamId: string; email: string | null; coachAccountId: string; dashboardUrl: string; now: Date },
): Promise<Invitation> {
  const id = newId();
  const token = newSecret();
  const expiresAt = new Date(options.now.getTime() + INVITATION_MS);
  await db.query(
    `insert into invitation (id, team_id, email, token_hash, created_by, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7)`,
    [id, options.teamId, options.email, sha256(token), options.coachAccountId, options.now, expiresAt],
  );
  // Behind the #, which browsers keep to themselves: no log of a server on the way holds the token.
  return { id, token, url: new URL(`#/invitation/${token}`, options.dashboardUrl).href, expiresAt };
}

/**
 * Uses the invitation up and makes the athlete a member; answers the team's id. Throws NOT_FOUND for a token that is
 * unknown, used, too old or meant for another address, which are not told apart; CONFLICT for somebody who is a member
 * already, and then the invitation stays good for somebody else.
 */
export async function accept(tx: Sql, options: { token: string; athleteId: string; now: Date }): Promise<string> {
  const { athleteId, now } = options;
  const [invitation] = await tx.query<{ team_id: string }[]>(
    `with used as (
       update invitation i set accepted_by = $2, accepted_at = $3
        where i.token_hash = $1 and i.accepted_at is null and i.expires_at > $3
          and (i.email is null or lower(i.email) = (select lower(a.email) from account a join athlete t on t.account_id = a.id where t.id = $2))
       returning i.team_id
     ) select team_id from used`,
    [sha256(options.token), athleteId, now],
  );
  if (!invitation) {
    throw new AppError(
      'NOT_FOUND',
      'This invitation cannot be accepted: it was used, has expired, or is meant for another e-mail address. Ask the coach for a new one.',
    );
  }
  const joined = await tx.query<unknown[]>(
    `insert into membership as m (team_id, athlete_id, joined_at) values ($1, $2, $3)
         on conflict (team_id, athlete_id) do update set joined_at = excluded.joined_at, left_at = null where m.left_at is not null
     returning team_id`,
    [invitation.team_id, athleteId, now],
  );
  if (joined.length === 0)
    throw new AppError('CONFLICT', 'You are a member of this team already. There is nothing to accept.');
  return invitation.team_id;
}

/** Ends a membership. Answers the athlete's account, or null when there was no membership to end. */
export async function endMembership(
  tx: Sql,
  options: { teamId: string; athleteId: string; now: Date },
): Promise<string | null> {
  const [row] = await tx.query<{ account_id: string }[]>(
    `with gone as (
       update membership set left_at = $3 where team_id = $1 and athlete_id = $2 and left_at is null returning athlete_id
     ) select a.account_id from gone join athlete a on a.id = gone.athlete_id`,
    [options.teamId, options.athleteId, options.now],
  );
  return row?.account_id ?? null;
}
