import type { Clock } from '#platform/clock';
import type { Database, Sql } from '#platform/database';
import { AppError } from '#platform/errors';
import { hashedId, type Logger } from '#platform/log';
import type { PayloadKeys } from '#platform/payload-keys';
import { pause } from '#platform/retry';
import type { LocalDate, Provider } from '#platform/signals';
import {
  mayAsk,
  opensWorkouts,
  resourceNamed,
  type AskAsAthlete,
  type FetchedPage,
  type Vendor,
} from '../providers/provider.ts';
import type { Vendors } from '../providers/registry.ts';
import type { Vault } from '../vault/vault.ts';
import type { Reference } from '../webhooks/relay.ts';
import { fetchedKey } from '../webhooks/new-delivery.ts';
import { storeDeliveries } from '../webhooks/store-deliveries.ts';
import { NeedsReconnect, type OpenAccess } from '../asking/access.ts';
import { ProviderUnavailable } from '../asking/ask-provider.ts';
import { createClaims, type Job } from './claim-job.ts';
import { NotOurs, advance, fail, finish, postpone, release, type RunningJob } from './running-job.ts';
import {
  endOf,
  namedPosition,
  planBackfill,
  stepAt,
  tokenAt,
  workoutsFrom,
  type BackfillStep,
} from './backfill-plan.ts';

const POLL_MS = 2_000;
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

type RunOptions = BackfillOptions & RunningJob & { stop: AbortSignal };

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
