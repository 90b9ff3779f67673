import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import { DateTimeScalar } from '#platform/graphql-types';
import type { HealthDataContext } from '../context.ts';
import { requireOwn, writeOwn } from '../entries/own.ts';
import { ChangeSet, PushChangesInput, PushChangesResult } from './graph-types.ts';
import { pullChanges } from './pull.ts';
import { changesOf, conflictsOf } from './push.ts';

/** Offline sync in WatermelonDB's protocol; docs/how-to/offline-sync.md is for whoever writes the app. */
@Resolver()
export class SyncResolver {
  @Query(() => ChangeSet, {
    description:
      "The athlete's own entries that changed since a timestamp of an earlier answer. Without one all there are, and no deletions: what a device has of an earlier synchronisation and is not among them is gone.",
  })
  async changesSince(
    @Arg('timestamp', () => DateTimeScalar, { nullable: true }) timestamp: Date | null,
    @Ctx() context: HealthDataContext,
  ): Promise<ChangeSet> {
    const { athleteId } = await requireOwn(context);
    return pullChanges(context.db, { athleteId, since: timestamp ?? null });
  }

  @Mutation(() => PushChangesResult, {
    description: 'Takes what a device changed while it was offline, in one step. The same push again changes nothing.',
  })
  async pushChanges(
    @Arg('input', () => PushChangesInput) input: PushChangesInput,
    @Ctx() context: HealthDataContext,
  ): Promise<PushChangesResult> {
    const changes = changesOf(input.changes);
    const { conflicts, refused } = await writeOwn(context, { changes, basedOn: input.lastPulledAt ?? null });
    return { conflicts: conflictsOf(conflicts), refused };
  }
}
