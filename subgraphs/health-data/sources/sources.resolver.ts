import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { ProviderEnum, SignalEnum } from '#platform/graphql-types';
import { requireAccount, requireAthlete } from '#platform/identity';
import type { Origin, Signal } from '#platform/signals';
import { localDate } from '#platform/slots';
import type { HealthDataContext } from '../context.ts';
import { Athlete, HeartRateSeries } from '../measurements/graph-types.ts';
import { SignalSources } from './graph-types.ts';
import { choosePrimary } from './prefer.ts';
import { Source } from './source.ts';

/** Which source counts, and the athlete's word on it. */
@Resolver(() => Athlete)
export class SourcesResolver {
  @FieldResolver(() => [SignalSources], {
    nullable: true,
    description: 'For the athlete only: who measures each signal, and which of them counts first.',
  })
  sources(@Root() athlete: Athlete, @Ctx() context: HealthDataContext): Promise<SignalSources[] | null> {
    return context.loaders.sources.load(athlete.id);
  }

  @Mutation(() => Athlete, {
    description:
      'Makes a provider the first source of a signal. HRV and resting heart rate of a new source need seven nights before they count; of the rest, days it did not measure are filled from the others.',
  })
  setPrimarySource(
    @Arg('signal', () => SignalEnum) signal: Signal,
    @Arg('provider', () => ProviderEnum) provider: Origin,
    @Ctx() context: HealthDataContext,
  ): Promise<Athlete> {
    return choose(context, { signal, provider });
  }

  @Mutation(() => Athlete, { description: 'Takes the choice back: completeness decides again.' })
  clearPrimarySource(
    @Arg('signal', () => SignalEnum) signal: Signal,
    @Ctx() context: HealthDataContext,
  ): Promise<Athlete> {
    return choose(context, { signal, provider: null });
  }
}

@Resolver(() => HeartRateSeries)
export class HeartRateSourcesResolver {
  @FieldResolver(() => [Source], {
    description: 'Who measured in this time, each device once, with its newest delivery.',
  })
  async sources(@Root() series: HeartRateSeries, @Ctx() context: HealthDataContext): Promise<Source[]> {
    return (await context.loaders.heartRateSources.load(series.key)) ?? [];
  }
}

async function choose(
  context: HealthDataContext,
  choice: { signal: Signal; provider: Origin | null },
): Promise<Athlete> {
  const athleteId = requireAthlete(context.viewer);
  const { accountId } = requireAccount(context.viewer);
  const access = await context.access.load({ athleteId, teamId: null });
  const today = localDate(context.now, access?.timeZone ?? 'UTC');
  const { requestId, now } = context;
  const chooser = { athleteId, accountId, requestId, today, now };
  const touches = await choosePrimary(context.db, { ...choice, chooser });
  context.loaders.sources.clear(athleteId);
  context.announce(touches);
  return { id: athleteId };
}
