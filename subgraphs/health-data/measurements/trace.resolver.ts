import { Arg, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { DateScalar } from '#platform/graphql-types';
import type { LocalDate } from '#platform/signals';
import type { HealthDataContext } from '../context.ts';
import { DataTraceStep } from '../trace/graph-types.ts';
import { readTrace } from '../trace/read.ts';
import { traceSteps } from '../trace/steps.ts';
import { Athlete } from './graph-types.ts';

/** "Why is my data missing?" When and what a device delivered tells of the athlete's nights, so nobody else may ask. */
@Resolver(() => Athlete)
export class TraceResolver {
  @FieldResolver(() => [DataTraceStep], {
    nullable: true,
    description:
      'For the athlete only: what came for a day, how far it got, and what to do. Ordered by provider and time.',
  })
  async dataTrace(
    @Root() athlete: Athlete,
    @Arg('date', () => DateScalar) date: LocalDate,
    @Ctx() { access, db, now }: HealthDataContext,
  ): Promise<DataTraceStep[] | null> {
    const own = await access.load({ athleteId: athlete.id, teamId: null });
    if (own?.relation !== 'self') return null;
    return traceSteps(await readTrace(db, { athleteId: own.athleteId, date, timeZone: own.timeZone, now }));
  }
}
