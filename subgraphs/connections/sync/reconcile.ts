import type { Clock } from '#platform/clock';
import type { Database, Sql } from '#platform/database';
import type { Logger } from '#platform/log';
import { startRounds, type Rounds } from '#platform/rounds';
import type { LocalDate, Provider } from '#platform/signals';
import { dateOf, dayNumber, localDate, localTimeInstant } from '#platform/slots';
import type { Vendors } from '../providers/registry.ts';
import type { SyncJobKind } from './job.entity.ts';

const ROUND_EVERY_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Local days before today that are asked for again, at the least. Covers a weekend without a phone in reach. */
export const RECENT_DAYS = 3;
/** After a longer stop the days since the last look are asked for too, up to this many: as many as a link loads. */
const MOST_DAYS = 90;
/** The jobs of a night begin within this time, not all at once. */
const NIGHT_SPREAD_MS = HOUR_MS;
const JOBS_KEPT_MS = 14 * DAY_MS;

/** A connection is polled at most this often. */
const POLL_EVERY_MS = 4 * HOUR_MS;
const POLL_SPREAD_MS = 15 * 60_000;
/** Connections that one round polls: thousands of them are polled over the better part of an hour. */
const POLLED_PER_ROUND = 200;
/** Who has delivered nothing for this long does not normally deliver: the nights are enough for them. */
const DELIVERS_WITHIN_MS = 14 * DAY_MS;
/** Nothing from any of so many connections for a quarter of the quiet time: it is the provider that is quiet. */
const MANY_CONNECTIONS = 10;
const PROVIDER_SHARE_OF_QUIET = 0.25;

export interface ReconcileParts {
  db: Database;
  vendors: Vendors;
  clock: Clock;
  log: Logger;
  /** Local time of the night's run, `HH:mm`, and the zone it is told in. */
  at: string;
  timeZone: string;
  /** A connection that delivered nothing for this long is asked. */
  quietAfterMs: number;
}

/**
 * Finds what no webhook brought: all connections once a night, and in between those that have gone quiet. It queues jobs
 * (`sync_job`), which are worked off after those that athletes wait for.
 */
export function keepReconciled(parts: ReconcileParts): Rounds {
  return startRounds({
    everyMs: ROUND_EVERY_MS,
    complaint: 'recent days could not be queued to be looked at again; the next round tries once more',
    log: parts.log,
    async round() {
      await reconcileTonight(parts);
      await pollQuiet(parts);
      return 'done';
    },
  });
}

/** The night whose time has come last. After a stop over that time it is made up for. */
export function nightDue(options: { now: Date; at: string; timeZone: string }): LocalDate {
  const { now, at, timeZone } = options;
  const today = localDate(now, timeZone);
  return localTimeInstant(today, at, timeZone) <= now ? today : dateOf(dayNumber(today) - 1);
}

/** Queues the jobs of the night once over all replicas: the row of the night and its jobs are one commit. */
export async function reconcileTonight(parts: ReconcileParts): Promise<number> {
  const { db, clock, log } = parts;
  const now = clock.now();
  const night = nightDue({ now, at: parts.at, timeZone: parts.timeZone });
  const [known] = await db.query<unknown[]>('select 1 from reconcile_night where night = $1', [night]);
  if (known) return 0;
  const jobs = await db.transaction(async (tx) => {
    const [mine] = await tx.query<unknown[]>(
      'insert into reconcile_night (night, started_at, jobs) values ($1, $2, 0) on conflict do nothing returning night',
      [night, now],
    );
    if (!mine) return null;
    await forgetJobs(tx, new Date(now.getTime() - JOBS_KEPT_MS));
    const connectionIds = await activeConnections(tx, { providers: providersOf(parts.vendors), athleteId: null });
    const queued = await queueRecent(tx, {
      kind: 'RECONCILE',
      connectionIds,
      days: RECENT_DAYS,
      spreadMs: NIGHT_SPREAD_MS,
      now,
    });
    await tx.query('update reconcile_night set jobs = $2 where night = $1', [night, queued]);
    return queued;
  });
  if (jobs === null) return 0;
  log.info({ night, jobs }, 'the recent days of all connections are looked at again');
  return jobs;
}

/** Queues jobs for connections that have gone quiet, and for all connections of a provider that has. */
export async function pollQuiet({ db, vendors, clock, log, quietAfterMs }: ReconcileParts): Promise<number> {
  const nowMs = clock.now().getTime();
  const before = (ms: number): Date => new Date(nowMs - ms);
  const jobs = await db.transaction(async (tx) => {
    const polled = await tx.query<{ id: string }[]>(
      `with quiet_provider as (
         select provider from provider_connection where state = 'ACTIVE' and provider = any($1)
          group by provider having count(*) >= ${MANY_CONNECTIONS} and max(greatest(last_delivery_at, linked_at)) < $2
       ), next as (
         select id from provider_connection
          where state = 'ACTIVE' and provider = any($1) and (polled_at is null or polled_at < $3)
            and (provider in (select provider from quiet_provider) or (last_delivery_at < $4 and last_delivery_at > $5))
          order by polled_at nulls first limit ${POLLED_PER_ROUND} for update skip locked
       ), taken as (
         update provider_connection c set polled_at = $6 from next where c.id = next.id returning c.id
       )
       select id from taken`,
      [
        providersOf(vendors),
        before(quietAfterMs * PROVIDER_SHARE_OF_QUIET),
        before(POLL_EVERY_MS),
        before(quietAfterMs),
        before(DELIVERS_WITHIN_MS),
        new Date(nowMs),
      ],
    );
    return queueRecent(tx, {
      kind: 'INCREMENTAL',
      connectionIds: polled.map(({ id }) => id),
      days: RECENT_DAYS,
      spreadMs: POLL_SPREAD_MS,
      now: new Date(nowMs),
    });
  });
  if (jobs > 0) log.info({ jobs }, 'connections that have gone quiet are asked');
  return jobs;
}

/** Queues the last days by hand, `days` of them at least. Answers how many jobs; connections that have one waiting get none. */
export async function reconcileNow(options: {
  db: Database;
  vendors: Vendors;
  clock: Clock;
  /** null: all of them. */
  provider: Provider | null;
  athleteId: string | null;
  days: number;
}): Promise<number> {
  const { db, vendors, provider, athleteId, days } = options;
  const providers = provider === null ? providersOf(vendors) : [vendors.of(provider).provider];
  const connectionIds = await activeConnections(db, { providers, athleteId });
  return queueRecent(db, { kind: 'RECONCILE', connectionIds, days, spreadMs: 0, now: options.clock.now() });
}

/** Those that answer with their records. The others keep what they could not deliver; by hand they are asked as well. */
const providersOf = (vendors: Vendors): Provider[] =>
  vendors.all.filter(({ data }) => !data.isAnsweredByWebhook).map(({ provider }) => provider);

async function activeConnections(
  tx: Sql,
  options: { providers: readonly Provider[]; athleteId: string | null },
): Promise<string[]> {
  const rows = await tx.query<{ id: string }[]>(
    `select id from provider_connection
      where state = 'ACTIVE' and provider = any($1) and ($2::uuid is null or athlete_id = $2)`,
    [options.providers, options.athleteId],
  );
  return rows.map(({ id }) => id);
}

/** Old jobs that have ended; each connection keeps its last look, which says from when the next one is due. */
const forgetJobs = (tx: Sql, before: Date): Promise<unknown> =>
  tx.query(
    `delete from sync_job j
      where kind <> 'HISTORICAL' and state in ('DONE', 'FAILED', 'CANCELLED') and updated_at < $1
        and (state <> 'DONE' or exists (
               select from sync_job later
                where later.athlete_id = j.athlete_id and later.connection_id = j.connection_id
                  and later.kind <> 'HISTORICAL' and later.state = 'DONE' and (later.to_date, later.id) > (j.to_date, j.id)))`,
    [before],
  );

/**
 * One job each, over the athlete's own days; none where such a job is waiting already. It begins `days` ago, or at the day
 * before the last look that came to its end where that is earlier: a stop of a week leaves no hole. The days before a link
 * are its history. A lease in the future holds a job back.
 */
async function queueRecent(
  tx: Sql,
  options: {
    kind: Exclude<SyncJobKind, 'HISTORICAL'>;
    connectionIds: readonly string[];
    days: number;
    spreadMs: number;
    now: Date;
  },
): Promise<number> {
  const rows = await tx.query<unknown[]>(
    `insert into sync_job (id, athlete_id, connection_id, provider, kind, state, from_date, to_date, created_at, updated_at, leased_until)
     select gen_random_uuid(), c.athlete_id, c.id, c.provider, $2, 'QUEUED',
            least(today - $3::int, greatest(seen_to - 1, today - ${MOST_DAYS})), today,
            $4, $4, $4::timestamptz + random() * make_interval(secs => $5)
       from provider_connection c join athlete a on a.id = c.athlete_id
      cross join lateral (select ($4::timestamptz at time zone a.time_zone)::date as today) clock
      cross join lateral (
            select greatest(max(j.to_date), (c.linked_at at time zone a.time_zone)::date) as seen_to from sync_job j
             where j.athlete_id = c.athlete_id and j.connection_id = c.id and j.kind <> 'HISTORICAL' and j.state = 'DONE') look
      where c.id = any($1)
        and not exists (select from sync_job j
                         where j.connection_id = c.id and j.kind <> 'HISTORICAL' and j.state in ('QUEUED', 'RUNNING'))
     returning 1`,
    [options.connectionIds, options.kind, options.days, options.now, options.spreadMs / 1000],
  );
  return rows.length;
}
