import type * as HealthData from '../../schema/generated/health-data.ts';
import type * as Insights from '../../schema/generated/insights.ts';
import type * as checkedIn from '../../subgraphs/health-data/check-ins/graph-types.ts';
import type * as entered from '../../subgraphs/health-data/entries/graph-types.ts';
import type * as measured from '../../subgraphs/health-data/measurements/graph-types.ts';
import type * as synced from '../../subgraphs/health-data/sync/graph-types.ts';
import type * as workouts from '../../subgraphs/health-data/workouts/graph-types.ts';
import type * as plan from '../../subgraphs/insights/plan/graph-types.ts';
import type * as readiness from '../../subgraphs/insights/readiness/graph-types.ts';

/**
 * Compiled, never run: a field's decorator and its property are two declarations, and nothing but this holds them
 * together. `@Field(() => Float) ms!: string` would compile without it.
 *
 * True when every property of the class may be answered where the SDL has a field of that name.
 */
type Answers<Class, Type> = Class extends Pick<Type, keyof Class & keyof Type> ? true : false;

const allTrue = <Results extends true[]>(...results: Results): Results => results;

export const healthData = allTrue(
  true satisfies Answers<measured.HrvSeries, HealthData.HrvSeries>,
  true satisfies Answers<measured.RestingHeartRateSeries, HealthData.RestingHeartRateSeries>,
  true satisfies Answers<measured.SleepSeries, HealthData.SleepSeries>,
  true satisfies Answers<measured.HeartRateSeries, HealthData.HeartRateSeries>,
  true satisfies Answers<measured.StepsSeries, HealthData.StepsSeries>,
  true satisfies Answers<measured.VitalsSeries, HealthData.VitalsSeries>,
  // What is read of a workout only where it is asked for is answered by resolvers: its properties are the rest.
  true satisfies Answers<Omit<workouts.WorkoutConnection, 'edges'>, HealthData.WorkoutConnection>,
  true satisfies Answers<workouts.Workout, HealthData.Workout>,
  true satisfies Answers<workouts.WorkoutSplit, HealthData.WorkoutSplit>,
  true satisfies Answers<workouts.WorkoutStream, HealthData.WorkoutStream>,
  true satisfies Answers<checkedIn.CheckIn, HealthData.CheckIn>,
  true satisfies Answers<entered.WorkoutRating, HealthData.WorkoutRating>,
  true satisfies Answers<synced.ChangeSet, HealthData.ChangeSet>,
  true satisfies Answers<synced.PushChangesResult, HealthData.PushChangesResult>,
);

export const insights = allTrue(
  true satisfies Answers<readiness.Readiness, Insights.Readiness>,
  true satisfies Answers<readiness.Driver, Insights.Driver>,
  true satisfies Answers<readiness.ReadinessSignals, Insights.ReadinessSignals>,
  true satisfies Answers<plan.ScheduledSession, Insights.ScheduledSession>,
  true satisfies Answers<plan.Suggestion, Insights.Suggestion>,
  true satisfies Answers<plan.PlanChange, Insights.PlanChange>,
);
