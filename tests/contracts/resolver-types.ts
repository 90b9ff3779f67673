import type * as HealthData from '../../schema/generated/health-data.ts';
import type * as Insights from '../../schema/generated/insights.ts';
import type * as measured from '../../subgraphs/health-data/measurements/graph-types.ts';
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
  true satisfies Answers<measured.WorkoutConnection, HealthData.WorkoutConnection>,
);

export const insights = allTrue(
  true satisfies Answers<readiness.Readiness, Insights.Readiness>,
  true satisfies Answers<readiness.Driver, Insights.Driver>,
  true satisfies Answers<readiness.ReadinessSignals, Insights.ReadinessSignals>,
  true satisfies Answers<plan.ScheduledSession, Insights.ScheduledSession>,
  true satisfies Answers<plan.Suggestion, Insights.Suggestion>,
  true satisfies Answers<plan.PlanChange, Insights.PlanChange>,
);
