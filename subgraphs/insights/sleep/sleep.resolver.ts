import { Arg, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import { requireAthlete } from '#platform/identity';
import type { InsightsContext } from '../context.ts';
import { Athlete } from '../readiness/graph-types.ts';
import { Bedtime, SleepDebt, SleepNudge, SleepNudgeAnswerEnum, type SleepNudgeAnswer } from './graph-types.ts';
import { answerNudge, areNudgesStopped, readNudge, resumeNudges } from './nudge-ledger.ts';
import { readBedtime } from './read-bedtime.ts';

@Resolver(() => Athlete)
export class SleepResolver {
  @FieldResolver(() => SleepDebt, { nullable: true })
  sleepDebt(@Root() athlete: Athlete, @Ctx() context: InsightsContext): Promise<SleepDebt | null> {
    return context.sleepDebts.load({ athleteId: athlete.id, teamId: null });
  }

  @Mutation(() => SleepNudge, { description: 'For the athlete only.' })
  answerNudge(
    @Arg('id', () => ID) id: string,
    @Arg('answer', () => SleepNudgeAnswerEnum) answer: SleepNudgeAnswer,
    @Ctx() context: InsightsContext,
  ): Promise<SleepNudge> {
    return answerNudge(context, { athleteId: requireAthlete(context.viewer), id, answer });
  }

  @Mutation(() => Boolean, { description: 'For the athlete only: nudges again, after two were ignored.' })
  async resumeNudges(@Ctx() context: InsightsContext): Promise<boolean> {
    await resumeNudges(context, requireAthlete(context.viewer));
    return true;
  }
}

/** What only the athlete sees of their debt; null for everybody else. */
@Resolver(() => SleepDebt)
export class SleepDebtResolver {
  @FieldResolver(() => SleepNudge, { nullable: true, description: 'One a day, never at night or in quiet hours.' })
  nudge(@Root() debt: SleepDebt, @Ctx() context: InsightsContext): Promise<SleepNudge | null> {
    return readNudge(context, debt);
  }

  @FieldResolver(() => Boolean, { nullable: true, description: 'Two nudges in a row were ignored: no more for now.' })
  nudgesStopped(@Root() debt: SleepDebt, @Ctx() context: InsightsContext): Promise<boolean | null> {
    return areNudgesStopped(context, debt);
  }

  @FieldResolver(() => Bedtime, { nullable: true, description: 'For tonight; needs seven nights.' })
  bedtime(@Root() debt: SleepDebt, @Ctx() context: InsightsContext): Promise<Bedtime | null> {
    return readBedtime(context, debt);
  }
}
