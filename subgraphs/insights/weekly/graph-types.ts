import { Field, Float, Int, ObjectType } from 'type-graphql';
import { DateScalar, SignalEnum, SignalStateEnum, type SignalState } from '#platform/graphql-types';
import type { LocalDate, Signal } from '#platform/signals';
import { Athlete } from '../readiness/graph-types.ts';
import type { LoadMethod } from '../training/load.ts';
import { LoadMethodEnum } from '../training/load-types.ts';

/** What each part of a week says of itself. */
@ObjectType()
abstract class WeekPart {
  @Field(() => SignalStateEnum, { description: 'NOT_SHARED: the rest is null, and says nothing.' })
  state!: SignalState;

  @Field(() => DateScalar, {
    nullable: true,
    description: 'The first day that counts, where a grant begins within the week; null where all of it is open.',
  })
  since!: LocalDate | null;
}

@ObjectType({ description: "Readiness in the viewer's own view, of one set of signals for the whole week." })
export class WeekReadiness extends WeekPart {
  @Field(() => Float, { nullable: true })
  meanScore!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Against the mean of the week before; each of both needs three scores.',
  })
  changeFromWeekBefore!: number | null;

  @Field(() => Int, { nullable: true, description: 'Days in this band.' })
  high!: number | null;

  @Field(() => Int, { nullable: true })
  normal!: number | null;

  @Field(() => Int, { nullable: true })
  reduced!: number | null;

  @Field(() => Int, { nullable: true })
  low!: number | null;

  @Field(() => Int, { nullable: true, description: 'Days without a score.' })
  noScore!: number | null;
}

@ObjectType()
export class WeekSleep extends WeekPart {
  @Field(() => Int, { nullable: true, description: 'Nights that are known.' })
  nights!: number | null;

  @Field(() => Int, { nullable: true, description: 'A night, naps not counted.' })
  meanAsleepMin!: number | null;

  @Field(() => Int, { nullable: true })
  needMin!: number | null;

  @Field(() => Int, { nullable: true, description: 'Sleep debt on the last day of the week.' })
  debtMin!: number | null;

  @Field(() => Int, { nullable: true, description: 'Against the last day of the week before.' })
  debtChangeMin!: number | null;
}

@ObjectType({ description: 'Training load. It describes what was done, and foretells nothing.' })
export class WeekTraining extends WeekPart {
  @Field(() => LoadMethodEnum, { nullable: true })
  method!: LoadMethod | null;

  @Field(() => Float, {
    nullable: true,
    description: 'AU, of the days that are known; null with a session whose load is not.',
  })
  load!: number | null;

  @Field(() => Float, { nullable: true, description: 'AU of the week before, where both can be compared.' })
  loadBefore!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Against the week before, in per cent. Null with an unknown day in one of both, or two methods.',
  })
  loadChangePct!: number | null;

  @Field(() => Float, { nullable: true, description: 'Mean over standard deviation of the seven days.' })
  monotony!: number | null;

  @Field(() => Int, { nullable: true })
  trainedDays!: number | null;

  @Field(() => Int, { nullable: true })
  restDays!: number | null;

  @Field(() => Int, { nullable: true, description: 'Days of which nobody knows whether there was training.' })
  unknownDays!: number | null;
}

@ObjectType({ description: 'What became of the sessions that were planned. A planned rest is none.' })
export class WeekPlan extends WeekPart {
  @Field(() => Int, { nullable: true })
  planned!: number | null;

  @Field(() => Int, { nullable: true, description: 'There is a workout for it on its day.' })
  done!: number | null;

  @Field(() => Int, { nullable: true })
  missed!: number | null;

  @Field(() => Int, { nullable: true, description: 'Nobody knows: no source of workouts was connected on that day.' })
  unknown!: number | null;

  @Field(() => Int, { nullable: true })
  toCome!: number | null;

  @Field(() => Int, { nullable: true, description: 'The athlete changed its load on its own day; done or not.' })
  changed!: number | null;

  @Field(() => Int, { nullable: true })
  plannedMin!: number | null;

  @Field(() => Int, { nullable: true, description: 'Of the workouts held to be these sessions.' })
  doneMin!: number | null;
}

@ObjectType()
export class WeekSentence {
  @Field(() => String)
  text!: string;

  @Field(() => [SignalEnum], { description: 'What it is told from.' })
  signals!: Signal[];
}

@ObjectType({
  description: 'One week of one athlete, Monday to Sunday of their own calendar, of what this viewer may see.',
})
export class WeeklySummary {
  @Field(() => DateScalar)
  from!: LocalDate;

  @Field(() => DateScalar)
  to!: LocalDate;

  @Field(() => Boolean)
  isOver!: boolean;

  @Field(() => [SignalEnum], { description: 'What readiness is made of in this view.' })
  basis!: Signal[];

  @Field(() => [WeekSentence], { description: 'What changed, most telling first.' })
  sentences!: WeekSentence[];

  @Field(() => WeekReadiness)
  readiness!: WeekReadiness;

  @Field(() => WeekSleep)
  sleep!: WeekSleep;

  @Field(() => WeekTraining)
  training!: WeekTraining;

  @Field(() => WeekPlan)
  plan!: WeekPlan;
}

@ObjectType()
export class TeamWeekRow {
  @Field(() => Athlete)
  athlete!: Athlete;

  @Field(() => WeeklySummary)
  summary!: WeeklySummary;
}

@ObjectType({
  description:
    'One week of a team, of what its athletes share with it. It tells no more than its rows: each contributor is seen.',
})
export class TeamWeeklySummary {
  @Field(() => DateScalar)
  from!: LocalDate;

  @Field(() => DateScalar)
  to!: LocalDate;

  @Field(() => Boolean, { description: 'Over for every athlete, wherever they are.' })
  isOver!: boolean;

  @Field(() => Int)
  athletes!: number;

  @Field(() => [WeekSentence])
  sentences!: WeekSentence[];

  @Field(() => Int, { description: 'Athletes with a score in that week.' })
  scored!: number;

  @Field(() => Float, { nullable: true, description: "Mean of the athletes' means." })
  meanScore!: number | null;

  @Field(() => Float, { nullable: true, description: "Mean of the athletes' changes." })
  changeFromWeekBefore!: number | null;

  @Field(() => Int, { description: 'Athletes with a known night.' })
  slept!: number;

  @Field(() => Int, { nullable: true })
  meanAsleepMin!: number | null;

  @Field(() => Int, { nullable: true, description: "Mean of the athletes' changes." })
  debtChangeMin!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "Mean of the athletes' changes, in per cent: loads of several athletes are not added up.",
  })
  loadChangePct!: number | null;

  @Field(() => Int, { description: 'Over all athletes who share training.' })
  restDays!: number;

  @Field(() => Int)
  unknownDays!: number;

  @Field(() => Int)
  planned!: number;

  @Field(() => Int)
  done!: number;

  @Field(() => Int)
  missed!: number;

  @Field(() => Int)
  changed!: number;

  @Field(() => [TeamWeekRow], { description: 'By name.' })
  rows!: TeamWeekRow[];
}
