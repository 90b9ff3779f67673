import { Directive, Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { PageInfo, SignalEnum, enumOf } from '#platform/graphql-types';
import type { Signal } from '#platform/signals';
import { FlagCodeEnum } from '../flags/graph-types.ts';
import type { FlagCode } from '../flags/flags.ts';
import { SuggestionStateEnum } from '../plan/graph-types.ts';
import {
  Athlete,
  BandEnum,
  FreshnessStateEnum,
  HrvStateEnum,
  Readiness,
  SignalFreshness,
} from '../readiness/graph-types.ts';
import { PLANNED, type Planned } from './today.ts';

@Directive('@key(fields: "id")')
@ObjectType()
export class Team {
  @Field(() => ID)
  id!: string;
}

@ObjectType({ description: "One athlete in the coach's table, made of what this athlete shares with this team." })
export class RosterRow {
  /** Whose view this row is; not part of the graph. */
  teamId!: string;

  @Field(() => Athlete)
  athlete!: Athlete;

  @Field(() => Readiness)
  readiness!: Readiness;

  @Field(() => Int, {
    nullable: true,
    description: "Today's score minus the mean of the seven days before; needs three of them.",
  })
  changeFromWeek!: number | null;

  @Field(() => [SignalFreshness])
  freshness!: SignalFreshness[];
}

@ObjectType()
export class RosterEdge {
  @Field(() => String)
  cursor!: string;

  @Field(() => RosterRow)
  node!: RosterRow;
}

@InputType({ description: 'How new the value of one signal is.' })
export class FreshnessFilter {
  @Field(() => SignalEnum)
  signal!: Signal;

  @Field(() => [FreshnessStateEnum])
  states!: (keyof typeof FreshnessStateEnum)[];
}

const PlannedEnum = enumOf(PLANNED);
registerEnumType(PlannedEnum, {
  name: 'PlannedToday',
  description:
    'What stands in the plan of a day. REST: a planned rest, which is no session. SESSION: neither race nor test.',
});

@InputType({
  description:
    'What is given must hold, each of it. Whoever withholds what is asked about matches no filter and is counted in `notSharedCount`.',
})
export class RosterFilter {
  @Field(() => String, { nullable: true, description: 'A part of the name; case and accents do not matter.' })
  search?: string | null;

  @Field(() => [BandEnum], { nullable: true })
  bands?: (keyof typeof BandEnum)[] | null;

  @Field(() => [HrvStateEnum], { nullable: true })
  hrvStates?: (keyof typeof HrvStateEnum)[] | null;

  @Field(() => [FreshnessFilter], { nullable: true })
  freshness?: FreshnessFilter[] | null;

  @Field(() => [FlagCodeEnum], { nullable: true, description: 'One of these is open.' })
  flags?: FlagCode[] | null;

  @Field(() => [PlannedEnum], { nullable: true, description: "One of these stands in today's plan." })
  planned?: Planned[] | null;

  @Field(() => [SuggestionStateEnum], {
    nullable: true,
    description: "Today's suggestion, the one that the row tells, is in one of these states.",
  })
  suggestions?: (keyof typeof SuggestionStateEnum)[] | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether all signals of the score are shared with this team.' })
  isBasisComplete?: boolean | null;
}

export const RosterOrderEnum = enumOf([
  'ATTENTION',
  'NAME',
  'READINESS',
  'CHANGE',
  'HRV',
  'RESTING_HEART_RATE',
  'SLEEP',
  'LOAD',
  'TODAY',
  'FLAGS',
  'DATA',
]);
registerEnumType(RosterOrderEnum, {
  name: 'RosterOrder',
  description:
    "ATTENTION: open flags by urgency, then the lowest band. HRV: the week against the athlete's own baseline, never milliseconds. RESTING_HEART_RATE: against the own mean. LOAD: the week against the three before it, never AU. TODAY: by the state of the suggestion, an open one first. FLAGS: those that nobody has seen before the rest, the most urgent first, then more of them. DATA: by the oldest of the signals that are shared, last night first, then older, calibrating, none; who shares no signal of the score has no place in it.",
});

@InputType({ description: 'Rows without the value come last in both directions, withheld or missing alike.' })
export class RosterSort {
  @Field(() => RosterOrderEnum)
  by!: keyof typeof RosterOrderEnum;

  @Field(() => Boolean, { defaultValue: false })
  isDescending!: boolean;
}

@ObjectType({ description: 'How many athletes stand where today, in the views that they give this team.' })
export class RosterCounts {
  @Field(() => Int)
  high!: number;

  @Field(() => Int)
  normal!: number;

  @Field(() => Int)
  reduced!: number;

  @Field(() => Int)
  low!: number;

  @Field(() => Int, { description: 'Something is shared, and there is no score of it today.' })
  noScore!: number;

  @Field(() => Int)
  notShared!: number;
}

@ObjectType({ description: "Today's readiness of a team in numbers. It tells no more than the rows of the roster." })
export class ReadinessSummary {
  @Field(() => Int)
  athletes!: number;

  @Field(() => Int, { description: 'Athletes who share at least one signal of the score.' })
  sharing!: number;

  @Field(() => Int)
  scored!: number;

  @Field(() => Int, { description: 'Scores that may still change today.' })
  provisional!: number;

  @Field(() => Float, { nullable: true, description: 'Mean of the scores there are.' })
  meanScore!: number | null;

  @Field(() => RosterCounts)
  counts!: RosterCounts;
}

@ObjectType()
export class RosterConnection {
  @Field(() => [RosterEdge])
  edges!: RosterEdge[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;

  @Field(() => Int, { description: 'Rows that match the filter.' })
  totalCount!: number;

  @Field(() => Int, {
    description: 'Athletes who withhold what the filter asks about: in no row, whatever is true of them.',
  })
  notSharedCount!: number;

  @Field(() => RosterCounts, { description: 'Over the whole team, whatever the filter.' })
  counts!: RosterCounts;
}
