import { Field, ID, InputType, ObjectType, type ClassType } from 'type-graphql';
import { DateTimeScalar } from '#platform/graphql-types';
import { CheckInRecord } from '../check-ins/graph-types.ts';
import { TABLE_NAMES, type Entries, type TableName } from '../entries/entry.ts';
import { ManualNight, ManualRestingHeartRate, ManualWorkout, WorkoutRating } from '../entries/graph-types.ts';

/** WatermelonDB's change sets, typed table by table: a client cannot write to what is not here. */

/** What changed in one table, as a pull answers it. */
export interface TableChanges<Entry> {
  created: Entry[];
  updated: Entry[];
  deleted: string[];
}

/** The same as a push sends it: a list may be left out. */
export type SentChanges<Entry> = { [List in keyof TableChanges<Entry>]?: TableChanges<Entry>[List] | null };

export type AllChanges = { [Name in TableName]: TableChanges<Entries[Name]> };
export type AllSent = { [Name in TableName]?: SentChanges<Entries[Name]> | null };

/** One object type and one input type of the same three lists. */
function changesOf<Entry extends object>(
  name: string,
  record: ClassType<Entry>,
): { Out: ClassType<TableChanges<Entry>>; In: ClassType<SentChanges<Entry>> } {
  @ObjectType(`${name}Changes`)
  class Out implements TableChanges<Entry> {
    @Field(() => [record])
    created!: Entry[];

    @Field(() => [record])
    updated!: Entry[];

    @Field(() => [ID])
    deleted!: string[];
  }
  @InputType(`${name}ChangesInput`)
  class In implements SentChanges<Entry> {
    @Field(() => [record], { nullable: true })
    created?: Entry[] | null;

    @Field(() => [record], { nullable: true })
    updated?: Entry[] | null;

    @Field(() => [ID], { nullable: true })
    deleted?: string[] | null;
  }
  return { Out, In };
}

const manualWorkouts = changesOf('ManualWorkout', ManualWorkout);
const manualNights = changesOf('ManualNight', ManualNight);
const manualRestingHeartRates = changesOf('ManualRestingHeartRate', ManualRestingHeartRate);
const checkIns = changesOf('CheckIn', CheckInRecord);
const workoutRatings = changesOf('WorkoutRating', WorkoutRating);

@ObjectType({ description: 'Changes of each table.' })
export class Changes implements AllChanges {
  @Field(() => checkIns.Out)
  checkIns!: AllChanges['checkIns'];

  @Field(() => workoutRatings.Out)
  workoutRatings!: AllChanges['workoutRatings'];

  @Field(() => manualWorkouts.Out)
  manualWorkouts!: AllChanges['manualWorkouts'];

  @Field(() => manualNights.Out)
  manualNights!: AllChanges['manualNights'];

  @Field(() => manualRestingHeartRates.Out)
  manualRestingHeartRates!: AllChanges['manualRestingHeartRates'];
}

@ObjectType({ description: "What changed in the athlete's own entries since a timestamp." })
export class ChangeSet {
  @Field(() => Changes)
  changes!: AllChanges;

  @Field(() => DateTimeScalar, {
    description: 'For the next pull, and for `lastPulledAt` of the next push. Every change up to it is in an answer.',
  })
  timestamp!: Date;
}

@InputType()
export class ChangesInput {
  @Field(() => checkIns.In, { nullable: true })
  checkIns?: AllSent['checkIns'];

  @Field(() => workoutRatings.In, { nullable: true })
  workoutRatings?: AllSent['workoutRatings'];

  @Field(() => manualWorkouts.In, { nullable: true })
  manualWorkouts?: AllSent['manualWorkouts'];

  @Field(() => manualNights.In, { nullable: true })
  manualNights?: AllSent['manualNights'];

  @Field(() => manualRestingHeartRates.In, { nullable: true })
  manualRestingHeartRates?: AllSent['manualRestingHeartRates'];
}

@InputType()
export class PushChangesInput {
  @Field(() => ChangesInput)
  changes!: AllSent;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The timestamp of the last pull. Null or left out: this device has never pulled.',
  })
  lastPulledAt?: Date | null;
}

@ObjectType({ description: 'A change that can never be taken. Everything else of the push was.' })
export class RefusedChange {
  @Field(() => String, { description: 'As in `changes`, such as "checkIns".' })
  table!: TableName;

  @Field(() => ID)
  id!: string;

  @Field(() => String, { description: 'BAD_USER_INPUT or NOT_FOUND.' })
  code!: string;

  @Field(() => String, { description: 'What is wrong, and what to do.' })
  message!: string;
}

@ObjectType()
export class PushChangesResult {
  @Field(() => Changes, {
    description:
      "Where the server's version is newer than `lastPulledAt`: it stays, and stands here, under `updated` or `deleted`. Put it in place of the device's own.",
  })
  conflicts!: AllChanges;

  @Field(() => [RefusedChange])
  refused!: RefusedChange[];
}

/** A set with a list for each table, filled by `fill`. */
export function changesBy(fill: <Name extends TableName>(table: Name) => TableChanges<Entries[Name]>): AllChanges {
  return Object.fromEntries(TABLE_NAMES.map((table) => [table, fill(table)])) as unknown as AllChanges;
}
