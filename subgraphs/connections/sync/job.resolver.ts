import type DataLoader from 'dataloader';
import {
  Arg,
  Ctx,
  FieldResolver,
  ID,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
  type ArgsDictionary,
} from 'type-graphql';
import type { RequestContext } from '#platform/context';
import { AppError } from '#platform/errors';
import { requireAccount, requireAthlete } from '#platform/identity';
import type { Bus } from '#platform/bus';
import type { Metrics } from '#platform/telemetry';
import type { Limits } from '../limits/limits.ts';
import { ProviderConnection } from '../linking/connection.entity.ts';
import { watchJob } from './job-progress.ts';
import { StartBackfillInput, SyncJob } from './job.entity.ts';
import type { Jobs } from './jobs.ts';

/** What these resolvers need of the request. */
export interface JobContext extends RequestContext {
  jobs: Jobs;
  limits: Limits;
  address: string;
  bus: Bus;
  metrics: Metrics;
  loaders: { loadingJobs: DataLoader<string, SyncJob | undefined> };
}

@Resolver(() => ProviderConnection)
export class LoadingResolver {
  @FieldResolver(() => SyncJob, { nullable: true, description: 'The job that loads its history, while it does.' })
  async loading(@Root() { id }: ProviderConnection, @Ctx() { loaders }: JobContext): Promise<SyncJob | null> {
    return (await loaders.loadingJobs.load(id)) ?? null;
  }
}

@Resolver(() => SyncJob)
export class JobResolver {
  @Query(() => SyncJob, { nullable: true, description: "One of the signed-in athlete's own jobs; null for any other." })
  async syncJob(@Arg('id', () => ID) id: string, @Ctx() { viewer, jobs }: JobContext): Promise<SyncJob | null> {
    return jobs.find({ jobId: id, athleteId: requireAccount(viewer).athleteId });
  }

  @Mutation(() => SyncJob, { description: 'Loads a range of days from a linked provider.' })
  async startBackfill(
    @Arg('input', () => StartBackfillInput) input: StartBackfillInput,
    @Ctx() { viewer, jobs, limits, address }: JobContext,
  ): Promise<SyncJob> {
    const athleteId = requireAthlete(viewer);
    await limits.take('startBackfill', { account: requireAccount(viewer).accountId, address });
    return jobs.start({ athleteId, input });
  }

  @Mutation(() => SyncJob, { description: 'Stops a job. What it has loaded stays.' })
  async cancelBackfill(@Arg('jobId', () => ID) jobId: string, @Ctx() { viewer, jobs }: JobContext): Promise<SyncJob> {
    return jobs.cancel({ jobId, athleteId: requireAthlete(viewer) });
  }

  @Subscription(() => SyncJob, {
    subscribe: openProgress,
    description: 'A job as it stands now, then each step of it, until it has ended.',
  })
  syncJobProgress(@Root() job: SyncJob, @Arg('jobId', () => ID) _jobId: string): SyncJob {
    return job;
  }
}

async function openProgress({
  args,
  context,
}: {
  args: ArgsDictionary;
  context: JobContext;
}): Promise<AsyncIterableIterator<SyncJob>> {
  const { viewer, jobs, bus, log, metrics } = context;
  const athleteId = requireAthlete(viewer);
  const jobId = String(args['jobId']);
  const first = await jobs.find({ jobId, athleteId });
  if (!first) throw new AppError('NOT_FOUND', 'There is no such job. Look up the id of one of your own.');
  metrics.subscriptions.inc({ kind: 'sync_job' });
  return watchJob({
    bus,
    first,
    log,
    read: () => jobs.find({ jobId, athleteId }),
    onEnd: () => metrics.subscriptions.dec({ kind: 'sync_job' }),
  });
}
