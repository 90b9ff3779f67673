import type { Clock } from '#platform/clock';
import type { Database, Sql } from '#platform/database';
import { AppError } from '#platform/errors';
import { hashedId, type Logger } from '#platform/log';
import type { PayloadKeys } from '#platform/payload-keys';
import { fullJitterMs, pause } from '#platform/retry';
import type { LocalDate, Provider } from '#platform/signals';
import {
  mayAsk,
  opensWorkouts,
  resourceNamed,
  type AskAsAthlete,
  type FetchedPage,
  type Vendor,
  type VendorResource,
} from '../providers/provider.ts';
import type { Vendors } from '../providers/registry.ts';
import type { Vault } from '../vault/vault.ts';
import type { Reference } from '../webhooks/relay.ts';
import { fetchedKey } from '../webhooks/new-delivery.ts';
import { storeDeliveries } from '../webhooks/store-deliveries.ts';
import { NeedsReconnect, type OpenAccess } from '../asking/access.ts';
import { ProviderUnavailable } from '../asking/ask-provider.ts';
import { createClaims, LEASE_MS, type Job } from './claim-job.ts';
import {
  endOf,
  namedPosition,
  planBackfill,
  stepAt,
  tokenAt,
  workoutsFrom,
  type BackfillEnd,
  type BackfillPosition,
  type BackfillStep,
} from './backfill-plan.ts';

const POLL_MS = 2_000;
/** Failures in a row at one page before a job is given up; with full jitter up to 5 minutes each, half an hour or so. */
const MAX_ATTEMPTS = 12;
const MAX_RETRY_WAIT_MS = 5 * 60_000;

interface BackfillOptions {
  db: Database;
  vault: Vault;
  vendors: Vendors;
  payloadKeys: PayloadKeys;
  openAccess: OpenAccess;
  clock: Clock;
  log: Logger;
  /** Jobs at once in this process; of one provider one fewer, so that one that hangs leaves a lane to the others. */
  parallel: number;
  /** After each commit of a job. */
  onProgress: (job: { id: string; provider: Provider }) => void;
  onStored: (references: readonly Reference[]) => void;
}

export interface Backfill {
  wake(): void;
  close(): Promise<void>;
}

/** The job was cancelled, or another process has taken it over: whatever is in hand is dropped. */
class NotOurs extends Error {}

/** The provider's answer ends the job: asking again would bring the same one. */
class Refused extends Error {}

/**
 * Works off `sync_job`, several jobs at once. A job is leased for a minute and renewed with each page; page, position and
 * progress are one commit, so that a crash goes on at the page where it stood.
 */
export function startBackfill(options: BackfillOptions): Backfill {
  const { log } = options;
  const stop = new AbortController();
  const heldBack = new Map<Provider, Date>();
  const claims = createClaims({ ...options, heldBack });
  let nap = new AbortController();
  let isWoken = false;

  async function lane(): Promise<void> {
    while (!stop.signal.aborted) {
      isWoken = false;
      let job: Job | null = null;
      try {
        job = await claims.next();
        if (job) await runJob({ ...options, job, heldBack, stop: stop.signal });
      } catch (error) {
        if (error instanceof NotOurs) continue;
        log.error({ err: error, jobId: job?.id }, 'a sync job stopped and will be taken up again');
        await pause(POLL_MS, stop.signal);
      } finally {
        if (job) claims.end(job);
      }
      if (job || isWoken || stop.signal.aborted) continue;
      if (nap.signal.aborted) nap = new AbortController();
      await pause(POLL_MS, AbortSignal.any([stop.signal, nap.signal]));
    }
  }

  const lanes = Promise.all(Array.from({ length: options.parallel }, lane));
  return {
    wake() {
      isWoken = true;
      nap.abort();
    },
    async close() {
      stop.abort();
      await lanes;
    },
  };
}

type RunOptions = BackfillOptions & { job: Job; heldBack: Map<Provider, Date>; stop: AbortSignal };

async function runJob(options: RunOptions): Promise<void> {
  const { job, log } = options;
  const started = performance.now();
  let ending: string;
  try {
    ending = await runSteps(options);
  } catch (error) {
    if (error instanceof NeedsReconnect || error instanceof Refused) ending = await fail(options, error.message);
    else if (error instanceof ProviderUnavailable) ending = await postpone(options, error);
    else throw error;
  }
  const durationMs = Math.round(performance.now() - started);
  log.info(
    { jobId: job.id, athlete: hashedId(job.athleteId), provider: job.provider, ending, durationMs },
    'a sync job was worked on',
  );
}

async function runSteps(options: RunOptions): Promise<string> {
  const { db, job, vault, payloadKeys, openAccess } = options;
  if (job.connectionState !== 'ACTIVE') return fail(options, 'The provider is not linked, or has to be linked again.');
  const vendor = options.vendors.of(job.provider);
  const resources = vendor.data.resources.filter((resource) => mayAsk(resource, job.scopes));
  const steps = planBackfill({ resources, from: job.from, to: job.to });
  // Taken back in the middle of them, perhaps: what is still to come of them does not come.
  if (!opensWorkouts(vendor, job.scopes)) job.workoutsFrom = null;
  const payloadKey = await vault.payloadKeyOf(job.athleteId);
  payloadKeys.remember(payloadKey);
  const ask = openAccess({ vendor, connectionId: job.connectionId, purpose: 'backfill', isBulk: true });
  job.position = namedPosition(steps, job.position);
  const refused = new Set(job.position.refused);
  const order = vendor.data.resources.map(({ dataType }) => dataType);
  for (let at = stepAt({ steps, position: job.position, order }); at < steps.length; at += 1) {
    const step = steps[at] as BackfillStep;
    const next = steps[at + 1];
    if (refused.has(step.dataType)) {
      await advance(db, {
        ...options,
        step: next ?? step,
        refused,
        stepsDone: at + 1,
        stepsTotal: steps.length,
        records: 0,
        nextToken: null,
        workoutsFrom: job.workoutsFrom,
      });
    } else {
      const stepsTotal = steps.length;
      await runStep({ ...options, keyId: payloadKey.id, vendor, ask, step, next, refused, at, stepsTotal });
    }
    if (options.stop.aborted) return release(options);
  }
  return finish(options, endOf({ name: vendor.name, records: job.records, steps, refused }));
}

/** All pages of one step. Adds its data type to `refused` when the provider keeps it from us: scope or membership. */
async function runStep(
  options: RunOptions & {
    keyId: string;
    vendor: Vendor;
    ask: AskAsAthlete;
    step: BackfillStep;
    next: BackfillStep | undefined;
    refused: Set<string>;
    at: number;
    stepsTotal: number;
  },
): Promise<void> {
  const { db, job, step, refused, at, stepsTotal } = options;
  let nextToken = tokenAt(step, job.position);
  for (;;) {
    const asked = nextToken;
    const startedAt = options.clock.now();
    const page = await readPage({ ...options, nextToken: asked });
    if (page === 'closed') refused.add(step.dataType);
    const records = page === 'closed' ? 0 : page.records;
    nextToken = page === 'closed' ? null : page.nextToken;
    const isLast = nextToken === null;
    const references = await db.transaction(async (tx) => {
      const occasion = `${job.id}/${step.range.from}/${asked ?? ''}`;
      const stored = page === 'closed' ? [] : await storePage(tx, { ...options, page, occasion, startedAt });
      await advance(tx, {
        ...options,
        step: isLast && options.next ? options.next : step,
        stepsDone: isLast ? at + 1 : at,
        stepsTotal,
        records,
        nextToken,
        workoutsFrom: isLast ? workoutsAfter(options, page) : job.workoutsFrom,
      });
      return stored;
    });
    options.onProgress(job);
    if (references.length > 0) options.onStored(references);
    if (isLast || options.stop.aborted) return;
  }
}

type Page = Extract<FetchedPage, { outcome: 'found' }>;

function workoutsAfter(
  { vendor, job, step, clock }: RunOptions & { vendor: Vendor; step: BackfillStep },
  page: Page | 'closed',
): LocalDate | null {
  return workoutsFrom({
    workouts: vendor.data.workouts,
    step,
    marginDays: resourceNamed(vendor, step.dataType)?.marginDays ?? 0,
    page,
    known: job.workoutsFrom,
    now: clock.now(),
  });
}

/** `closed`: the provider keeps this data type from us. Throws Refused for what asking again would not change. */
async function readPage(options: {
  vendor: Vendor;
  ask: AskAsAthlete;
  step: BackfillStep;
  nextToken: string | null;
}): Promise<Page | 'closed'> {
  const { vendor, ask, step, nextToken } = options;
  const page = await vendor.data
    .readPage({ dataType: step.dataType, range: step.range, nextToken, ask })
    .catch((error: unknown) => {
      if (error instanceof AppError || error instanceof NeedsReconnect) throw error;
      throw new Refused(`${vendor.name} answered something unreadable to a request for ${step.dataType}.`, {
        cause: error,
      });
    });
  if (page.outcome === 'found') return page;
  if (page.outcome !== 'refused') return 'closed';
  throw new Refused(`${vendor.name} answered ${page.status} to a request for ${step.dataType}.`);
}

async function storePage(
  tx: Sql,
  options: RunOptions & { keyId: string; step: BackfillStep; page: Page; occasion: string; startedAt: Date },
): Promise<readonly Reference[]> {
  const { job, keyId, step, page, occasion, startedAt, clock, payloadKeys } = options;
  const now = clock.now();
  const { references } = await storeDeliveries(tx, {
    payloadKeys,
    deliveries: page.documents.map(({ domain, body }) => ({
      provider: job.provider,
      domain,
      athleteId: job.athleteId,
      connectionId: job.connectionId,
      keyId,
      deliveryKey: fetchedKey({ provider: job.provider, dataType: domain, record: step.range.from, occasion, body }),
      body,
      sourceUpdatedAt: startedAt,
      receivedAt: now,
      provenance: 'fetched',
      causeId: job.id,
    })),
  });
  return references;
}

/** Moves the position and renews the lease. Throws NotOurs when the job is not RUNNING under our lease any more. */
async function advance(
  tx: Sql,
  options: RunOptions & {
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

const fail = (options: RunOptions, reason: string): Promise<string> => finish(options, { state: 'FAILED', reason });

async function finish(options: RunOptions, end: BackfillEnd): Promise<string> {
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
async function postpone(options: RunOptions, error: ProviderUnavailable): Promise<string> {
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

async function release(options: RunOptions): Promise<string> {
  await update(options.db, options, { set: 'leased_until = null', values: [] });
  return 'RELEASED';
}

/** `set` begins at parameter $4. The lease is the fence: who has lost it changes nothing. */
async function update(tx: Sql, options: RunOptions, change: { set: string; values: unknown[] }): Promise<void> {
  const { job, clock } = options;
  const rows = await tx.query<unknown[]>(
    `with mine as (update sync_job set ${change.set}, updated_at = $3 where id = $1 and state = 'RUNNING' and leased_until = $2 returning id)
     select id from mine`,
    [job.id, job.leasedUntil, clock.now(), ...change.values],
  );
  if (rows.length === 0) throw new NotOurs('the job was cancelled or taken over');
}

/** Resources of a provider an athlete's grant opens; throws when it opens none. */
export function openedResources(vendor: Vendor, scopes: readonly string[]): VendorResource[] {
  const opened = vendor.data.resources.filter((resource) => mayAsk(resource, scopes));
  if (opened.length === 0) {
    throw new AppError(
      'BAD_USER_INPUT',
      `Nothing that ${vendor.name} has was granted to us. Link it again and leave the scopes ticked.`,
    );
  }
  return opened;
}
