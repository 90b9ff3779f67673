import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { AppError } from '#platform/errors';
import { DateScalar, DateTimeScalar, ProviderEnum } from '#platform/graphql-types';
import type { LocalDate, Provider } from '#platform/signals';
import { checkStretch } from '#platform/stretch';
import type { HealthDataContext } from '../context.ts';
import {
  Athlete,
  HeartRateSeries,
  HrvSeries,
  ResolutionEnum,
  RestingHeartRateSeries,
  SleepSeries,
  StepsSeries,
  VitalsSeries,
  type Resolution,
} from './graph-types.ts';
import { WorkoutConnection } from '../workouts/graph-types.ts';
import { checkHeartRate, checkWorkouts } from './read-times.ts';

const PAGE = 50;
const MAX_PAGE = 100;

const OF_ONE = {
  nullable: true,
  description:
    'All that this provider says, whether it counts or not. Left out: what counts, each day and session once.',
} as const;

/** What this subgraph adds to an athlete. Each field asks its loader; the loaders ask `decide()`. */
@Resolver(() => Athlete)
export class MeasurementsResolver {
  @FieldResolver(() => HrvSeries, { nullable: true })
  hrv(
    @Root() athlete: Athlete,
    @Arg('from', () => DateScalar) from: LocalDate,
    @Arg('to', () => DateScalar) to: LocalDate,
    @Ctx() context: HealthDataContext,
  ): Promise<HrvSeries | null> {
    checkStretch({ from, to });
    return context.loaders.hrv.load({ athleteId: athlete.id, from, to });
  }

  @FieldResolver(() => RestingHeartRateSeries, { nullable: true })
  restingHeartRate(
    @Root() athlete: Athlete,
    @Arg('from', () => DateScalar) from: LocalDate,
    @Arg('to', () => DateScalar) to: LocalDate,
    @Ctx() context: HealthDataContext,
  ): Promise<RestingHeartRateSeries | null> {
    checkStretch({ from, to });
    return context.loaders.restingHeartRate.load({ athleteId: athlete.id, from, to });
  }

  @FieldResolver(() => SleepSeries, { nullable: true })
  sleep(
    @Root() athlete: Athlete,
    @Arg('from', () => DateScalar) from: LocalDate,
    @Arg('to', () => DateScalar) to: LocalDate,
    @Arg('provider', () => ProviderEnum, OF_ONE) provider: Provider | null,
    @Ctx() context: HealthDataContext,
  ): Promise<SleepSeries | null> {
    checkStretch({ from, to });
    return context.loaders.sleep.load({ athleteId: athlete.id, from, to, provider: provider ?? null });
  }

  @FieldResolver(() => HeartRateSeries, { nullable: true })
  async heartRate(
    @Root() athlete: Athlete,
    @Arg('from', () => DateTimeScalar) from: Date,
    @Arg('to', () => DateTimeScalar) to: Date,
    @Arg('resolution', () => ResolutionEnum, { nullable: true }) resolution: Resolution | null,
    @Ctx() context: HealthDataContext,
  ): Promise<HeartRateSeries | null> {
    const key = { athleteId: athlete.id, from, to, resolution: resolution ?? 'MINUTE' };
    checkHeartRate(key);
    const series = await context.loaders.heartRate.load(key);
    return series && Object.assign(new HeartRateSeries(), series, { key });
  }

  @FieldResolver(() => StepsSeries, { nullable: true })
  steps(
    @Root() athlete: Athlete,
    @Arg('from', () => DateScalar) from: LocalDate,
    @Arg('to', () => DateScalar) to: LocalDate,
    @Arg('provider', () => ProviderEnum, OF_ONE) provider: Provider | null,
    @Ctx() context: HealthDataContext,
  ): Promise<StepsSeries | null> {
    checkStretch({ from, to });
    return context.loaders.steps.load({ athleteId: athlete.id, from, to, provider: provider ?? null });
  }

  @FieldResolver(() => VitalsSeries, { nullable: true })
  vitals(
    @Root() athlete: Athlete,
    @Arg('from', () => DateScalar) from: LocalDate,
    @Arg('to', () => DateScalar) to: LocalDate,
    @Ctx() context: HealthDataContext,
  ): Promise<VitalsSeries | null> {
    checkStretch({ from, to });
    return context.loaders.vitals.load({ athleteId: athlete.id, from, to });
  }

  @FieldResolver(() => WorkoutConnection, { nullable: true })
  workouts(
    @Root() athlete: Athlete,
    @Arg('from', () => DateTimeScalar) from: Date,
    @Arg('to', () => DateTimeScalar) to: Date,
    @Arg('first', () => Int, { nullable: true }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('provider', () => ProviderEnum, OF_ONE) provider: Provider | null,
    @Ctx() context: HealthDataContext,
  ): Promise<WorkoutConnection | null> {
    const count = first ?? PAGE;
    if (count < 1 || count > MAX_PAGE)
      throw new AppError('BAD_USER_INPUT', `"first" must be between 1 and ${MAX_PAGE}.`);
    checkWorkouts({ from, to });
    return context.loaders.workouts.load({
      athleteId: athlete.id,
      from,
      to,
      first: count,
      after: after ?? null,
      provider: provider ?? null,
    });
  }
}
