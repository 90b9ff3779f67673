import { Arg, Ctx, FieldResolver, Int, Mutation, Resolver, Root } from 'type-graphql';
import { AppError } from '#platform/errors';
import { requireAccount, requireAthlete } from '#platform/identity';
import { isId } from '#platform/ids';
import { localDate } from '#platform/slots';
import { Athlete } from '../accounts/athlete.entity.ts';
import type { ConnectionsContext } from '../context.ts';
import { pageOf } from '../teams/paging.ts';
import { Team } from '../teams/team.entity.ts';
import {
  AccessLogConnection,
  AccessLogEntry,
  countAccessLog,
  isAccessLogCursor,
  readAccessLog,
  whoDid,
} from './access-log.ts';
import { Consent, GrantConsentInput, WithdrawConsentInput } from './consent.entity.ts';
import { visibleConsents } from './read.ts';
import { changesOf, grant, readConsent, withdraw, type Author } from './write.ts';

const authorOf = (ctx: ConnectionsContext): Author => ({
  accountId: requireAccount(ctx.viewer).accountId,
  requestId: ctx.requestId,
});

const noTeam = (): AppError => new AppError('NOT_FOUND', 'You are in no team with this id. Look the team up again.');

@Resolver(() => Consent)
export class ConsentResolver {
  @FieldResolver(() => Team)
  team(@Root() consent: Consent, @Ctx() ctx: ConnectionsContext): Promise<Team | undefined> {
    // Also of a team the athlete has left: the name of whom one shared with is one's own to know.
    return ctx.loaders.teams.load(consent.teamId);
  }

  @Mutation(() => Consent, {
    description: 'Shares one signal with one team. Granting again replaces what was granted before.',
  })
  async grantConsent(
    @Arg('input', () => GrantConsentInput) input: GrantConsentInput,
    @Ctx() ctx: ConnectionsContext,
  ): Promise<Consent> {
    const athleteId = requireAthlete(ctx.viewer);
    const { teamId, signal } = input;
    if (!isId(teamId)) throw noTeam();
    const athlete = await ctx.loaders.athletes.load(athleteId);
    if (!athlete) throw new AppError('NOT_FOUND', 'This athlete is not there any more. Please sign in again.');
    const today = localDate(ctx.now, athlete.timeZone);
    const since = input.since ?? today;
    const until = input.until ?? null;
    if (since > today)
      throw new AppError(
        'BAD_USER_INPUT',
        `since lies in the future: it is ${today} where you are. Choose today or an earlier day.`,
      );
    if (until !== null && until <= ctx.now)
      throw new AppError('BAD_USER_INPUT', 'until lies in the past. Choose a later time, or leave it out.');
    const author = authorOf(ctx);
    const written = await ctx.db.transaction((tx) =>
      grant(tx, { athleteId, teamId, signal, since, until, author, now: ctx.now }),
    );
    ctx.forgetLoaded();
    ctx.announcements.consentChanged(changesOf([written]));
    return written;
  }

  @Mutation(() => Consent, { description: 'Ends the sharing of one signal with one team, from this moment on.' })
  async withdrawConsent(
    @Arg('input', () => WithdrawConsentInput) input: WithdrawConsentInput,
    @Ctx() ctx: ConnectionsContext,
  ): Promise<Consent> {
    const athleteId = requireAthlete(ctx.viewer);
    const { teamId, signal } = input;
    if (!isId(teamId)) throw noTeam();
    const author = authorOf(ctx);
    const { consent, withdrawn } = await ctx.db.transaction(async (tx) => {
      const changed = await withdraw(tx, {
        athleteId,
        teamId,
        signals: [signal],
        author,
        purpose: 'consent withdrawn',
        now: ctx.now,
      });
      return { consent: await readConsent(tx, { athleteId, teamId, signal }), withdrawn: changed };
    });
    ctx.forgetLoaded();
    ctx.announcements.consentChanged(changesOf(withdrawn));
    if (consent === null)
      throw new AppError('NOT_FOUND', 'You never shared this signal with this team, so there is nothing to withdraw.');
    return consent;
  }
}

@Resolver(() => Athlete)
export class AthleteConsentResolver {
  @FieldResolver(() => [Consent], {
    nullable: true,
    description:
      'For the athlete all of them, past ones too; for a coach those that hold now for the coach’s own teams.',
  })
  async consents(@Root() athlete: Athlete, @Ctx() ctx: ConnectionsContext): Promise<Consent[] | null> {
    const [access, consents] = await Promise.all([
      ctx.access.load({ athleteId: athlete.id, teamId: null }),
      ctx.loaders.consents.load(athlete.id),
    ]);
    return visibleConsents({ consents, access, at: ctx.now });
  }

  @FieldResolver(() => AccessLogConnection, {
    nullable: true,
    description: 'For the athlete only: who looked at what, and when. Newest first.',
  })
  async accessLog(
    @Root() athlete: Athlete,
    @Arg('first', () => Int, { nullable: true }) first: number | undefined,
    @Arg('after', () => String, { nullable: true }) after: string | undefined,
    @Ctx() ctx: ConnectionsContext,
  ): Promise<AccessLogConnection | null> {
    if (ctx.viewer.kind !== 'account' || ctx.viewer.athleteId !== athlete.id) return null;
    return readAccessLog(ctx.together, {
      athleteId: athlete.id,
      page: pageOf({ first, after, isOurs: isAccessLogCursor }),
    });
  }
}

@Resolver(() => AccessLogConnection)
export class AccessLogConnectionResolver {
  @FieldResolver(() => Int, { description: 'How many entries there are on all pages together.' })
  totalCount(@Root() log: AccessLogConnection, @Ctx() ctx: ConnectionsContext): Promise<number> {
    return countAccessLog(ctx.together, log.athleteId);
  }
}

@Resolver(() => AccessLogEntry)
export class AccessLogEntryResolver {
  @FieldResolver(() => String, {
    description: 'A name: of a person, of a team’s coaches who watched live, or of this service.',
  })
  who(@Root() entry: AccessLogEntry, @Ctx() ctx: ConnectionsContext): Promise<string> {
    return whoDid(entry, ctx.loaders);
  }

  @FieldResolver(() => Team, { nullable: true })
  async team(@Root() entry: AccessLogEntry, @Ctx() ctx: ConnectionsContext): Promise<Team | null> {
    if (entry.teamId === null) return null;
    return (await ctx.loaders.teams.load(entry.teamId)) ?? null;
  }
}
