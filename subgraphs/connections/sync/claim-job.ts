import type { Clock } from '#platform/clock';
import type { Database } from '#platform/database';
import type { LocalDate, Provider } from '#platform/signals';
import type { StoredPosition } from './backfill-plan.ts';
import type { SyncJobKind } from './job.entity.ts';

export const LEASE_MS = 60_000;

/** A job under our lease. */
export interface Job {
  id: string;
  athleteId: string;
  connectionId: string;
  provider: Provider;
  kind: SyncJobKind;
  from: LocalDate;
  to: LocalDate;
  position: StoredPosition;
  /** Received so far. */
  records: number;
  /** From which day on all workouts were brought so far. */
  workoutsFrom: LocalDate | null;
  leasedUntil: Date;
  scopes: string[];
  connectionState: string;
}

/**
 * The next job whose time has come, leased for a minute: history first, since somebody waits for it, then what has gone
 * quiet, then the night's checks. `heldBack`: providers that would not be asked now. Their jobs are left where they are;
 * thousands of them would else be taken up only to be put back. `busy`: providers that have all the lanes they may hold.
 */
export async function claimJob(options: {
  db: Database;
  clock: Clock;
  heldBack: ReadonlyMap<Provider, Date>;
  busy: readonly Provider[];
}): Promise<Job | null> {
  const now = options.clock.now();
  const heldBack = [...options.heldBack].flatMap(([provider, until]) => (until > now ? [provider] : []));
  const [job] = await options.db.query<Job[]>(
    `with next as (
       select id from sync_job
        where state in ('QUEUED', 'RUNNING') and (leased_until is null or leased_until < $1)
          and provider <> all($3)
        order by kind <> 'HISTORICAL', kind <> 'INCREMENTAL', created_at limit 1 for update skip locked
     ), taken as (
       update sync_job j set state = 'RUNNING', leased_until = $2, updated_at = $1 from next where j.id = next.id
       returning j.id, j.athlete_id, j.connection_id, j.provider, j.kind, j.from_date, j.to_date, j.position, j.records, j.workouts_from, j.leased_until
     )
     select t.id, t.athlete_id as "athleteId", t.connection_id as "connectionId", t.provider, t.kind,
            t.from_date as "from", t.to_date as "to", t.position, t.records, t.workouts_from as "workoutsFrom",
            t.leased_until as "leasedUntil", c.granted_scopes as scopes, c.state as "connectionState"
       from taken t join provider_connection c on c.id = t.connection_id`,
    [now, new Date(now.getTime() + LEASE_MS), [...heldBack, ...options.busy]],
  );
  return job ?? null;
}

/** Claims for the lanes of one process. */
export interface Claims {
  next(): Promise<Job | null>;
  /** The lane that held it is free. */
  end(job: Job): void;
}

/** Of several lanes one provider never holds the last: its jobs may hang, and those of the others go on. */
export function createClaims(options: {
  db: Database;
  clock: Clock;
  heldBack: ReadonlyMap<Provider, Date>;
  parallel: number;
}): Claims {
  const inHand = new Map<Provider, number>();
  const mostOfOne = Math.max(1, options.parallel - 1);
  let claiming: Promise<unknown> = Promise.resolve();
  const count = ({ provider }: Job, more: number): void =>
    void inHand.set(provider, (inHand.get(provider) ?? 0) + more);

  async function claim(): Promise<Job | null> {
    const busy = [...inHand].flatMap(([provider, jobs]) => (jobs >= mostOfOne ? [provider] : []));
    const job = await claimJob({ ...options, busy });
    if (job) count(job, 1);
    return job;
  }

  return {
    // One after the other: two at once would both find the same lane free.
    next() {
      const claimed = claiming.then(claim);
      claiming = claimed.catch(() => undefined);
      return claimed;
    },
    end: (job) => count(job, -1),
  };
}
