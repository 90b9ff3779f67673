import { Field, Float, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateScalar, SignalStateEnum, enumOf, type SignalState } from '#platform/graphql-types';
import type { LocalDate } from '#platform/signals';
import { LOAD_METHODS, type LoadMethod } from './load.ts';

export const LoadMethodEnum = enumOf(LOAD_METHODS);
registerEnumType(LoadMethodEnum, {
  name: 'LoadMethod',
  description:
    'How load is reckoned. SESSION_RPE: effort (0 to 10) times minutes. BANISTER: TRIMP, by heart rate reserve. EDWARDS: by five zones of the highest heart rate. LUCIA: by the two ventilatory thresholds. Values of two methods are never added up.',
});

@ObjectType()
export class LoadSession {
  @Field(() => String)
  activity!: string;

  @Field(() => Float)
  minutes!: number;

  @Field(() => Float, { nullable: true, description: 'Null when something that the method needs is not known.' })
  load!: number | null;
}

@ObjectType({ description: 'One day of training. Null means unknown, 0 means rest.' })
export class LoadDay {
  @Field(() => DateScalar)
  date!: LocalDate;

  @Field(() => LoadMethodEnum, { nullable: true })
  method!: LoadMethod | null;

  @Field(() => Float, { nullable: true, description: 'AU, of all sessions. 0 only on a rest day.' })
  load!: number | null;

  @Field(() => Boolean, { description: 'No session, and a source that would have brought one was connected.' })
  isRest!: boolean;

  @Field(() => Boolean, { description: 'False for today: a load so far.' })
  isOver!: boolean;

  @Field(() => Boolean, { description: 'The first day of a series: what came before was reckoned otherwise.' })
  startsSeries!: boolean;

  @Field(() => Float, {
    nullable: true,
    description: 'Load of the last weeks: mean with a time constant of 42 days, that evening. A name, nothing more.',
  })
  fitness!: number | null;

  @Field(() => Float, { nullable: true, description: 'Load of the last days: the same with 7 days.' })
  fatigue!: number | null;

  @Field(() => Float, { nullable: true, description: 'Fitness less fatigue, of the evening before.' })
  form!: number | null;

  @Field(() => Boolean, { description: 'The series is younger than 42 days: its means still rise from zero.' })
  warmingUp!: boolean;

  @Field(() => [LoadSession])
  sessions!: LoadSession[];
}

@ObjectType({ description: 'Training load. It describes what was done, and foretells nothing.' })
export class LoadSeries {
  @Field(() => SignalStateEnum)
  state!: SignalState;

  @Field(() => String, { nullable: true, description: 'AU: arbitrary units, comparable within one method only.' })
  unit!: string | null;

  @Field(() => LoadMethodEnum, { nullable: true, description: 'The method of the last day.' })
  method!: LoadMethod | null;

  @Field(() => [LoadDay], { description: 'Oldest first, up to today.' })
  days!: LoadDay[];

  @Field(() => DateScalar, {
    nullable: true,
    description: 'The day that the week below ends with: the last one asked for that is over.',
  })
  weekEnd!: LocalDate | null;

  @Field(() => Float, { nullable: true, description: 'Load of seven days. Null with an unknown day among them.' })
  weekLoad!: number | null;

  @Field(() => Float, { nullable: true, description: 'Mean over standard deviation of the seven days.' })
  monotony!: number | null;

  @Field(() => Float, { nullable: true, description: 'Load of the week times monotony.' })
  strain!: number | null;

  @Field(() => Float, { nullable: true, description: 'The week over the mean of the three weeks before it.' })
  loadChange!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Exponentially weighted means of 7 over 28 days. A description of the load, without a right value.',
  })
  ewmaRatio!: number | null;
}

@ObjectType({
  description: 'Training load of the seven days up to yesterday. It describes what was done, and foretells nothing.',
})
export class WeekLoad {
  @Field(() => SignalStateEnum, {
    description:
      'CALIBRATING: shared for less than a week, or four weeks are not known yet. STALE: some of the seven days are unknown. NO_DATA: all are.',
  })
  state!: SignalState;

  @Field(() => LoadMethodEnum, { nullable: true, description: 'Values of two methods are never compared.' })
  method!: LoadMethod | null;

  @Field(() => Float, { nullable: true, description: 'AU. Null with an unknown day among the seven.' })
  weekLoad!: number | null;

  @Field(() => Float, { nullable: true, description: 'Over the mean of the three weeks before.' })
  loadChange!: number | null;

  @Field(() => Int, { description: 'Of the seven days, those that are shared and whose load is known.' })
  daysKnown!: number;

  @Field(() => DateScalar, {
    nullable: true,
    description: 'The first day of which a week is told, while that is to come.',
  })
  toldFrom!: LocalDate | null;
}
