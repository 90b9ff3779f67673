import type { Clock } from '#platform/clock';
import type { Database, Sql } from '#platform/database';
import { fullJitterMs } from '#platform/retry';
import type { LocalDate, Provider } from '#platform/signals';
import type { ProviderUnavailable } from '../asking/ask-provider.ts';
import type { BackfillEnd, BackfillPosition, BackfillStep } from './backfill-plan.ts';
import { LEASE_MS, type Job } from './claim-job.ts';

/** Failures in a row at one page before a job is given up; with full jitter up to 5 minutes each, half an hour or so. */
const MAX_ATTEMPTS = 12;
const MAX_RETRY_WAIT_MS = 5 * 60_000;

/** A job that this process has leased, and what it takes to write down how it goes. */
export interface RunningJob {
  db: Database;
  job: Job;
  clock: Clock;
  /** Until when no job of a provider is begun. */
  heldBack: Map<Provider, Date>;
  /** After each commit of a job. */
  onProgress: (job: { id: string; provider: Provider }) => void;
}

/** The job was cancelled, or another process has taken it over: whatever is in hand is dropped. */
export class NotOurs extends Error {}

/** Moves the position and renews the lease. Throws NotOurs when the job is not RUNNING under our lease any more. */
export async function advance(
  tx: Sql,
  options: RunningJob & {
    step: BackfillStep;
    refused: ReadonlySet<string>;
    stepsDone: number;
    stepsTotal: number;
    records: number;
    nextToken: string | null;
    workoutsFrom: LocalDate | null;
  },
): Promise<void> {
  const { job, step, nextToken } = options;
  const position: BackfillPosition = {
    dataType: step.dataType,
    chunkStart: step.range.from,
    nextToken,
    attempts: 0,
    refused: [...options.refused],
  };
  const leasedUntil = new Date(options.clock.now().getTime() + LEASE_MS);
  await update(tx, options, {
    set: `position = $4::jsonb, steps_done = $5, steps_total = $6, records = records + $7, leased_until = $8,
          workouts_from = $9`,
    values: [
      JSON.stringify(position),
      options.stepsDone,
      options.stepsTotal,
      options.records,
      leasedUntil,
      options.workoutsFrom,
    ],
  });
  job.leasedUntil = leasedUntil;
  job.position = position;
  job.workoutsFrom = options.workoutsFrom;
  job.records += options.records;
}

export const fail = (options: RunningJob, reason: string): Promise<string> =>
  finish(options, { state: 'FAILED', reason });

export async function finish(options: RunningJob, end: BackfillEnd): Promise<string> {
  const { db, job, clock } = options;
  await update(db, options, {
    set: 'state = $4, failure_reason = $5, leased_until = null, workouts_from = $6',
    values: [end.state, end.reason, job.workoutsFrom],
  });
  // Only what came by itself, and history, count as a delivery: else a provider that is polled would never be quiet.
  if (end.state === 'DONE' && job.kind === 'HISTORICAL' && job.records > 0) {
    await db.query('update provider_connection set last_delivery_at = greatest(last_delivery_at, $2) where id = $1', [
      job.connectionId,
      clock.now(),
    ]);
  }
  options.onProgress(job);
  return end.state;
}

/** The provider is away or told us to wait: the job sleeps with its lease, at the page where it stands. */
export async function postpone(options: RunningJob, error: ProviderUnavailable): Promise<string> {
  const { db, job, clock } = options;
  options.heldBack.set(job.provider, error.retryAt);
  // A used-up quota is no failure: the job would be given up for standing in a queue.
  const attempts = (job.position.attempts ?? 0) + (error.isWait ? 0 : 1);
  if (attempts > MAX_ATTEMPTS) return fail(options, `${error.message.split('. ')[0]}. Start the backfill again later.`);
  const waitMs = fullJitterMs({ attempt: attempts, maxMs: MAX_RETRY_WAIT_MS });
  const until = new Date(Math.max(error.retryAt.getTime(), clock.now().getTime() + waitMs));
  await update(db, options, {
    set: 'position = position || $4::jsonb, leased_until = $5',
    values: [JSON.stringify({ attempts }), until],
  });
  return 'POSTPONED';
}

export async function release(options: RunningJob): Promise<string> {
  await update(options.db, options, { set: 'leased_until = null', values: [] });
  return 'RELEASED';
}

/** `set` begins at parameter $4. The lease is the fence: who has lost it changes nothing. */
async function update(tx: Sql, options: RunningJob, change: { set: string; values: unknown[] }): Promise<void> {
  const { job, clock } = options;
  const rows = await tx.query<unknown[]>(
    `with mine as (update sync_job set ${change.set}, updated_at = $3 where id = $1 and state = 'RUNNING' and leased_until = $2 returning id)
     select id from mine`,
    [job.id, job.leasedUntil, clock.now(), ...change.values],
  );
  if (rows.length === 0) throw new NotOurs('the job was cancelled or taken over');
}
