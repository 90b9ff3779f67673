import { randomUUID } from 'node:crypto';
import { createKeyRing } from '#platform/crypto';
import { openDatabase } from '#platform/database';
import { createLogger } from '#platform/log';
import { environmentOf } from '../../embedded/environment.ts';
import { createAccessTokens } from '../../subgraphs/connections/accounts/access-token.ts';
import { linkAthletes } from '../people.ts';
import { tell, type Rig } from '../rig.ts';
import { quietZone } from './quiet-zone.ts';
import { deriveNights } from '../../tests/support/derive-nights.ts';

/** Somebody signed in. */
export interface Person {
  accountId: string;
  token: string;
}

export interface Team {
  id: string;
  coach: Person;
  athleteIds: string[];
}

const HISTORY_NIGHTS = 75;
const SESSION_MS = 3_600_000;
const FIRST_LOOKS = 10;

/** Of each table its own columns and a value of each, an SQL expression over `n`, the number of nights ago, and `a`. */
const NIGHTS: Readonly<Record<string, { first: number; columns: string; values: string }>> = {
  // Last night is what the bench pushes.
  sleep_night: {
    first: 1,
    columns: 'role, bedtime_start, bedtime_end, in_bed_min, asleep_min',
    values: `'night_candidate', $1::date - n - interval '2 hours', $1::date - n + interval '5 hours', 480, 400 + (n * 11) % 60`,
  },
  hrv_night: {
    first: 0,
    columns: 'metric, method, ms, ln_ms',
    values: `'RMSSD', 'average_of_night', 45 + (n * 7) % 13, ln(45 + (n * 7) % 13)`,
  },
  resting_heart_rate: { first: 0, columns: 'bpm, method', values: `48 + (n * 5) % 7, 'lowest_of_night'` },
};

/** Teams of so many linked athletes each, with 75 nights of history, who share all that a score is made of; each with a signed-in coach. */
export async function createTeams(
  rig: Rig,
  options: { sizes: readonly number[] },
): Promise<{ teams: Team[]; signIn: SignIn; today: string }> {
  const { timeZone, today } = quietZone();
  const count = options.sizes.reduce((sum, size) => sum + size, 0);
  tell(`${count} athletes with ${HISTORY_NIGHTS} nights each`);
  const athleteIds = await linkAthletes(rig, { count, provider: 'GARMIN', scopes: '{HEALTH_EXPORT}' });
  await rig.db.query('update connections.athlete set time_zone = $1', [timeZone]);
  const signIn = await openSignIn(rig);
  await fillHistory(rig, today);
  const teams: Team[] = [];
  let next = 0;
  for (const size of options.sizes) {
    const members = athleteIds.slice(next, next + size);
    next += size;
    const [teamId, accountId] = [randomUUID(), randomUUID()];
    await rig.db.query(`insert into connections.account values ($1, $2, 'x', 'Coach', 'COACH', now())`, [
      accountId,
      `${accountId}@example.com`,
    ]);
    await rig.db.query(`insert into connections.team (id, name, created_at) values ($1, 'Bench', now())`, [teamId]);
    await rig.db.query('insert into connections.team_coach (team_id, account_id, joined_at) values ($1, $2, now())', [
      teamId,
      accountId,
    ]);
    await rig.db.query(
      `insert into connections.membership (team_id, athlete_id, joined_at) select $1, id, now() from unnest($2::uuid[]) as a(id)`,
      [teamId, members],
    );
    await rig.db.query(
      `insert into connections.consent (athlete_id, team_id, signal, since, granted_at, epoch)
       select id, $1, signal, $3::date - ${HISTORY_NIGHTS}, now(), nextval('connections.consent_epoch')
         from unnest($2::uuid[]) as a(id), unnest('{HRV,RESTING_HEART_RATE,SLEEP}'::text[]) as s(signal)`,
      [teamId, members, today],
    );
    teams.push({ id: teamId, coach: { accountId, token: await signIn.token(accountId) }, athleteIds: members });
  }
  return { teams, signIn, today };
}

/**
 * Has the views of today computed, team by team, as the first look at a roster does, and waits until the morning's work is
 * done: only in a bench do all athletes come in one minute.
 */
export async function fillViews(rig: Rig, teams: readonly Team[]): Promise<void> {
  tell('their first scores');
  const query = 'query ($id: ID!) { team(id: $id) { roster(first: 500) { totalCount } } }';
  const totalOf = async ({ id, coach }: Team): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${rig.place.ports.gateway.port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${coach.token}` },
      body: JSON.stringify({ query, variables: { id } }),
    });
    return response.text();
  };
  for (const team of teams) {
    let text = await totalOf(team);
    // On a busy machine the first look takes longer than an answer may; what it computed is there for the next.
    for (let again = 0; text.includes('UNAVAILABLE') && again < FIRST_LOOKS; again += 1) text = await totalOf(team);
    if (!text.includes(`"totalCount":${team.athleteIds.length}`)) throw new Error(`a roster was answered with ${text}`);
  }
  for (;;) {
    const { rows } = await rig.db.query<{ waiting: number }>(
      `select count(*)::int as waiting from connections.athlete a
         left join insights.schedule s on s.athlete_id = a.id and s.due_at > now() + interval '90 seconds' where s.athlete_id is null`,
    );
    if (rows[0]?.waiting === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  await analyzeFilled(rig);
}

/** Not the empty ones: a table that was analysed when empty counts as empty from then on, and in life nobody does that. */
async function analyzeFilled({ db }: Rig): Promise<void> {
  const { rows } = await db.query<{ names: string | null }>(
    `select string_agg(format('%I.%I', schemaname, relname), ', ') as names from pg_stat_user_tables where n_live_tup > 0`,
  );
  await db.query(`vacuum analyze ${rows[0]?.names}`);
}

async function fillHistory({ db }: Rig, today: string): Promise<void> {
  for (const [table, { first, columns, values }] of Object.entries(NIGHTS)) {
    await db.query(
      `insert into health_data.${table} (athlete_id, provider, record_id, day, captured_at, state_rank, source_updated_at,
              delete_rank, body_hash, flags, delivery_id, normaliser_version, stored_at, ${columns})
       select a.id, 'GARMIN', 'r' || n, $1::date - n, $1::date - n + interval '5 hours', 1,
              $1::date - n + interval '6 hours', 0, '\\x00', '{}', gen_random_uuid(), 'bench',
              $1::date - n + interval '6 hours', ${values}
         from connections.athlete a, generate_series(${first}, ${HISTORY_NIGHTS}) n`,
      [today],
    );
  }
  await deriveNights(db);
}

/** Signs in without a password: slow hashes are not what is measured. */
export interface SignIn {
  token(accountId: string): Promise<string>;
  tokensOfAthletes(athleteIds: readonly string[]): Promise<string[]>;
  close(): Promise<void>;
}

async function openSignIn(rig: Rig): Promise<SignIn> {
  const { DATABASE_URL: url = '' } = environmentOf('connections', rig.place);
  const log = createLogger({ name: 'bench', level: 'warn' });
  const db = await openDatabase({ url, schema: 'connections', name: 'bench', entities: [], poolSize: 2, log });
  const roots = new Map([[1, Buffer.from(rig.place.secrets.tokenRootSecret, 'base64')]]);
  const ring = createKeyRing({ purpose: 'token', roots });
  const tokens = createAccessTokens({ db, clock: { now: () => new Date() }, ring });

  async function token(accountId: string): Promise<string> {
    const sessionId = randomUUID();
    const endsAt = new Date(Date.now() + SESSION_MS);
    await rig.db.query('insert into connections.session values ($1, $2, now(), now(), $3)', [
      sessionId,
      accountId,
      endsAt,
    ]);
    return (await tokens.issue({ accountId, sessionId, endsAt })).token;
  }

  return {
    token,
    async tokensOfAthletes(athleteIds) {
      const { rows } = await rig.db.query<{ accountId: string }>(
        `select a.account_id as "accountId" from unnest($1::uuid[]) with ordinality as k(id, at)
           join connections.athlete a on a.id = k.id order by k.at`,
        [athleteIds],
      );
      return Promise.all(rows.map(({ accountId }) => token(accountId)));
    },
    close: () => db.close(),
  };
}
