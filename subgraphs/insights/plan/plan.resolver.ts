import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { DateScalar } from '#platform/graphql-types';
import { selects } from '#platform/selection';
import type { LocalDate } from '#platform/signals';
import type { InsightsContext } from '../context.ts';
import { Athlete } from '../readiness/graph-types.ts';
import { acceptSuggestion, revertSuggestion } from './decide.ts';
import {
  ImportScheduledSessionsInput,
  PlanChange,
  ScheduledSession,
  ScheduledSessionInput,
  Suggestion,
} from './graph-types.ts';
import { readHistory, readPlan, readSuggestion, shown, type PlanContext } from './read.ts';
import { readOldSuggestion } from './replay.ts';
import type { StoredSession } from './store.ts';
import { importSessions, removeSession, saveSession } from './write.ts';

/** The plan of an athlete, and what may be done with it. */
@Resolver(() => Athlete)
export class PlanResolver {
  @FieldResolver(() => [ScheduledSession], {
    nullable: true,
    description: 'At most 400 days, in the order of the day. Null where TRAINING is not shared.',
  })
  plan(
    @Root() athlete: Athlete,
    @Arg('from', () => DateScalar) from: LocalDate,
    @Arg('to', () => DateScalar) to: LocalDate,
    @Ctx() context: InsightsContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ScheduledSession[] | null> {
    const isSuggesting = selects(info, 'suggestion');
    return readPlan(context, { athleteId: athlete.id, teamId: null, from, to, isSuggesting });
  }

  @Query(() => Suggestion, {
    nullable: true,
    description: "What became of one of the athlete's own suggestions, as it was made then.",
  })
  suggestion(@Arg('id', () => ID) id: string, @Ctx() context: InsightsContext): Promise<Suggestion | null> {
    return readOldSuggestion(context, id);
  }

  @Mutation(() => ScheduledSession, {
    description:
      'For the athlete, and for a coach to whom TRAINING is shared. CONFLICT if the session is at another version.',
  })
  async saveScheduledSession(
    @Arg('input', () => ScheduledSessionInput) input: ScheduledSessionInput,
    @Ctx() context: InsightsContext,
  ): Promise<ScheduledSession> {
    return await asShown(context, await saveSession(context, input));
  }

  @Mutation(() => [ScheduledSession], {
    description:
      'Puts many sessions into a plan. What has come before under the same "clientId" stays as it is. Answers those that stand in the plan.',
  })
  async importScheduledSessions(
    @Arg('input', () => ImportScheduledSessionsInput) input: ImportScheduledSessionsInput,
    @Ctx() context: InsightsContext,
  ): Promise<ScheduledSession[]> {
    const sessions = await importSessions(context, input);
    return await Promise.all(sessions.map((session) => asShown(context, session)));
  }

  @Mutation(() => Boolean)
  removeScheduledSession(@Arg('id', () => ID) id: string, @Ctx() context: InsightsContext): Promise<boolean> {
    return removeSession(context, id);
  }

  @Mutation(() => ScheduledSession, {
    description: 'For the athlete. CONFLICT if the session or readiness changed since it was suggested.',
  })
  acceptSuggestion(@Arg('id', () => ID) id: string, @Ctx() context: InsightsContext): Promise<ScheduledSession> {
    return acceptSuggestion(context, id);
  }

  @Mutation(() => ScheduledSession, {
    description:
      'For the athlete: the plan stands. Takes an accepted suggestion back until the session begins, and lays an open one aside.',
  })
  revertSuggestion(@Arg('id', () => ID) id: string, @Ctx() context: InsightsContext): Promise<ScheduledSession> {
    return revertSuggestion(context, id);
  }
}

/** As whoever wrote it sees it; they may, since they may write it. */
async function asShown(context: PlanContext, session: StoredSession): Promise<ScheduledSession> {
  const access = await context.access.load({ athleteId: session.athleteId, teamId: null });
  context.reads.note(session.athleteId, 'TRAINING');
  return shown(session, { timeZone: access?.timeZone ?? 'UTC' }, null);
}

@Resolver(() => ScheduledSession)
export class ScheduledSessionResolver {
  @FieldResolver(() => Suggestion, {
    nullable: true,
    description: "For a session of today, in the viewer's own view; null where the plan may stay as it is.",
  })
  suggestion(@Root() session: ScheduledSession, @Ctx() context: InsightsContext): Promise<Suggestion | null> {
    return readSuggestion(context, session);
  }

  @FieldResolver(() => [PlanChange], { description: 'Every version there was, oldest first.' })
  changes(@Root() session: ScheduledSession, @Ctx() context: InsightsContext): Promise<PlanChange[]> {
    return readHistory(context, session);
  }
}
