import type { Clock } from '#platform/clock';
import type { RequestContext } from '#platform/context';
import type { Database, Sql } from '#platform/database';
import { AppError } from '#platform/errors';
import { isId, newId } from '#platform/ids';
import type { LocalDate, Provider } from '#platform/signals';
import { dateOf, dayNumber, localDate } from '#platform/slots';
import { requireProvider } from '../providers/linkable.ts';
import { mayAsk, type Vendor } from '../providers/provider.ts';
import type { Vendors } from '../providers/registry.ts';
import { readEntities } from '../read-entities.ts';
import { SyncJob, isFinal, type StartBackfillInput } from './job.entity.ts';

/** The sync jobs of athletes, as they ask for and look at them. */
export interface Jobs {
  /** null for an unknown job and for somebody else's alike. */
  find(options: { jobId: string; athleteId: string | null }): Promise<SyncJob | null>;
  start(options: { athleteId: string; input: StartBackfillInput }): Promise<SyncJob>;
  /** Cancels; a job that has ended stays as it ended. Throws NOT_FOUND. */
  cancel(options: { jobId: string; athleteId: string }): Promise<SyncJob>;
  /**
   * The days before a link, for every athlete who links: in the transaction that links, so that no link is without its
   * history. Whoever works off jobs is to be woken after the commit.
   */
  queueHistory(tx: Sql, options: { athleteId: string; connectionId: string; provider: Provider }): Promise<void>;
}

/** Covers the 60 nights of the readiness baseline with a month to spare. */
const HISTORY_DAYS = 90;
const MAX_DAYS = 3 * 366;
const MAX_WAITING = 5;

export function createJobs(options: {
  db: Database;
  vendors: Vendors;
  clock: Clock;
  /** After the commit. */
  onQueued: () => void;
  onChanged: (job: { id: string; provider: Provider }) => void;
}): Jobs {
  const { db, vendors, clock } = options;
  const repository = () => db.source.getRepository(SyncJob);

  const find: Jobs['find'] = async ({ jobId, athleteId }) =>
    athleteId === null || !isId(jobId) ? null : repository().findOneBy({ id: jobId, athleteId });

  async function queue(
    tx: Sql,
    job: { athleteId: string; connectionId: string; provider: Provider; from: LocalDate; to: LocalDate },
  ): Promise<string> {
    const id = newId();
    await tx.query(
      `insert into sync_job (id, athlete_id, connection_id, provider, kind, state, from_date, to_date, created_at, updated_at)
       values ($1, $2, $3, $4, 'HISTORICAL', 'QUEUED', $5, $6, $7, $7)`,
      [id, job.athleteId, job.connectionId, job.provider, job.from, job.to, clock.now()],
    );
    return id;
  }

  async function todayOf(tx: Sql, athleteId: string): Promise<LocalDate> {
    const [row] = await tx.query<
      {
        timeZone: string;
      }[]
    >('select time_zone as "timeZone" from athlete where id = $1', [athleteId]);
    return localDate(clock.now(), row?.timeZone ?? 'UTC');
  }

  return {
    find,
    async start({ athleteId, input }) {
      const vendor = vendors.of(requireProvider(input.provider));
      const range = checkRange({ input, today: await todayOf(db, athleteId) });
      const [connection] = await db.query<{ id: string; state: string; scopes: string[]; waiting: number }[]>(
        `select c.id, c.state, c.granted_scopes as scopes,
                (select count(*) from sync_job j 
                  where j.connection_id = c.id and j.kind = 'HISTORICAL' and j.state in ('QUEUED', 'RUNNING')) as waiting
           from provider_connection c where c.athlete_id = $1 and c.provider = $2 and c.state <> 'REVOKED'`,
        [athleteId, input.provider],
      );
      if (!connection)
        throw new AppError('BAD_USER_INPUT', `${vendor.name} is not linked, so it cannot be asked. Link it first.`);
      if (connection.state !== 'ACTIVE')
        throw new AppError('CONFLICT', `${vendor.name} has to be linked again before it can be asked.`);
      if (connection.waiting >= MAX_WAITING) {
        throw new AppError(
          'CONFLICT',
          `${connection.waiting} jobs are already loading from ${vendor.name}. Wait for one of them, or cancel it.`,
        );
      }
      requireOpened(vendor, connection.scopes);
      const id = await queue(db, { athleteId, connectionId: connection.id, provider: vendor.provider, ...range });
      options.onQueued();
      return repository().findOneByOrFail({ id });
    },
    async cancel({ jobId, athleteId }) {
      const job = await find({ jobId, athleteId });
      if (!job) throw new AppError('NOT_FOUND', 'There is no such job. Look up the id of one of your own.');
      if (isFinal(job.state)) return job;
      await db.query(
        `update sync_job set state = 'CANCELLED', failure_reason = 'Cancelled by the athlete.', leased_until = null, updated_at = $2
          where id = $1 and state in ('QUEUED', 'RUNNING')`,
        [jobId, clock.now()],
      );
      options.onChanged(job);
      return repository().findOneByOrFail({ id: jobId });
    },
    async queueHistory(tx, { athleteId, connectionId, provider }) {
      const to = await todayOf(tx, athleteId);
      await queue(tx, { athleteId, connectionId, provider, from: dateOf(dayNumber(to) - HISTORY_DAYS), to });
    },
  };
}

/** Days ahead are cut off: there is nothing to load from them. Throws BAD_USER_INPUT. */
export function checkRange({ input, today }: { input: Pick<StartBackfillInput, 'from' | 'to'>; today: LocalDate }): {
  from: LocalDate;
  to: LocalDate;
} {
  const to = input.to === undefined || input.to === null || input.to > today ? today : input.to;
  if (input.from > to)
    throw new AppError(
      'BAD_USER_INPUT',
      'The first day lies after the last one, or in the future. Choose days that have been.',
    );
  if (dayNumber(to) - dayNumber(input.from) >= MAX_DAYS) {
    throw new AppError('BAD_USER_INPUT', 'At most three years can be loaded at once. Choose a shorter range.');
  }
  return { from: input.from, to };
}

/** By connection: the newest job that is loading its history now. */
export async function loadingJobs(
  request: Pick<RequestContext, 'db' | 'together'>,
  connectionIds: readonly string[],
): Promise<(SyncJob | undefined)[]> {
  const jobs = await readEntities(request, {
    entity: SyncJob,
    where: `where connection_id = any($1) and kind = 'HISTORICAL' and state in ('QUEUED', 'RUNNING') order by created_at`,
    values: [connectionIds],
  });
  const newest = new Map(jobs.map((job) => [job.connectionId, job]));
  return connectionIds.map((id) => newest.get(id));
}

/** Throws when an athlete's grant opens nothing of the provider. */
function requireOpened(vendor: Vendor, scopes: readonly string[]): void {
  if (vendor.data.resources.some((resource) => mayAsk(resource, scopes))) return;
  throw new AppError(
    'BAD_USER_INPUT',
    `Nothing that ${vendor.name} has was granted to us. Link it again and leave the scopes ticked.`,
  );
}
