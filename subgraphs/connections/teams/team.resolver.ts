import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { AppError } from '#platform/errors';
import { requireAccount, requireAthlete } from '#platform/identity';
import { isId } from '#platform/ids';
import { Athlete } from '../accounts/athlete.entity.ts';
import { checkEmail, checkName } from '../accounts/validation.ts';
import { changesOf, withdraw } from '../consent/write.ts';
import type { ConnectionsContext } from '../context.ts';
import { knownTeam } from './known-team.ts';
import { isMemberCursor } from './members.ts';
import { accept, createTeam, endMembership, invite } from './membership.ts';
import { pageOf, pageOfRows } from './paging.ts';
import { Coach, Invitation, Team, TeamMember, TeamMemberConnection } from './team.entity.ts';
import { CreateTeamInput, InviteAthleteInput } from './team.inputs.ts';

/** The account of a coach. FORBIDDEN for anybody else. */
function requireCoach(ctx: ConnectionsContext): string {
  const account = requireAccount(ctx.viewer);
  if (account.role !== 'COACH')
    throw new AppError('FORBIDDEN', 'This belongs to coaches, and this account is not one. Sign in as a coach.');
  return account.accountId;
}

/** The account of a coach of this very team. NOT_FOUND for other coaches: to them the team does not exist. */
async function requireCoachOf(teamId: string, ctx: ConnectionsContext): Promise<string> {
  const accountId = requireCoach(ctx);
  if ((await ctx.loaders.standing.load(teamId)) !== 'COACH') {
    throw new AppError('NOT_FOUND', 'You coach no team with this id. Look the team up again.');
  }
  return accountId;
}

@Resolver(() => Team)
export class TeamResolver {
  @Query(() => Team, {
    nullable: true,
    description: 'Null for a team that the viewer neither coaches nor is a member of.',
  })
  team(@Arg('id', () => ID) id: string, @Ctx() ctx: ConnectionsContext): Promise<Team | null> {
    return knownTeam(id, ctx);
  }

  @FieldResolver(() => [Coach])
  async coaches(@Root() team: Team, @Ctx() ctx: ConnectionsContext): Promise<Coach[]> {
    // A team can also be reached through a past consent, and whoever has left it sees its name only.
    if ((await ctx.loaders.standing.load(team.id)) === undefined) return [];
    return ctx.loaders.coaches.load(team.id);
  }

  @FieldResolver(() => TeamMemberConnection, { description: 'In the order of joining. A member sees themselves only.' })
  async members(
    @Root() team: Team,
    @Arg('first', () => Int, { nullable: true }) first: number | undefined,
    @Arg('after', () => String, { nullable: true }) after: string | undefined,
    @Ctx() ctx: ConnectionsContext,
  ): Promise<TeamMemberConnection> {
    const page = pageOf({ first, after, isOurs: isMemberCursor });
    const standing = await ctx.loaders.standing.load(team.id);
    if (standing === 'COACH') return ctx.loaders.members.load({ teamId: team.id, onlyAthleteId: null, page });
    const athleteId = ctx.viewer.kind === 'account' ? ctx.viewer.athleteId : null;
    if (standing === undefined || athleteId === null)
      return { ...pageOfRows({ rows: [], page, cursor: () => '' }), totalCount: 0 };
    return ctx.loaders.members.load({ teamId: team.id, onlyAthleteId: athleteId, page });
  }

  @Mutation(() => Team, { description: 'Makes a team; the coach who asks is its first coach.' })
  async createTeam(
    @Arg('input', () => CreateTeamInput) input: CreateTeamInput,
    @Ctx() ctx: ConnectionsContext,
  ): Promise<Team> {
    const coachAccountId = requireCoach(ctx);
    const name = checkName('The name of the team', input.name);
    const team = await ctx.db.transaction((tx) => createTeam(tx, { name, coachAccountId, now: ctx.now }));
    ctx.forgetLoaded();
    return team;
  }

  @Mutation(() => Invitation, { description: 'An invitation for one athlete, good for 14 days.' })
  async inviteAthlete(
    @Arg('input', () => InviteAthleteInput) input: InviteAthleteInput,
    @Ctx() ctx: ConnectionsContext,
  ): Promise<Invitation> {
    const coachAccountId = await requireCoachOf(input.teamId, ctx);
    const email = input.email === null || input.email === undefined ? null : checkEmail(input.email);
    return invite(ctx.db, {
      teamId: input.teamId,
      email,
      coachAccountId,
      dashboardUrl: ctx.dashboardUrl,
      now: ctx.now,
    });
  }

  @Mutation(() => Team, {
    description: 'Makes the athlete a member. Nothing is shared by that: consent is given per signal.',
  })
  async acceptInvitation(@Arg('token', () => String) token: string, @Ctx() ctx: ConnectionsContext): Promise<Team> {
    const athleteId = requireAthlete(ctx.viewer);
    const teamId = await ctx.db.transaction((tx) => accept(tx, { token, athleteId, now: ctx.now }));
    ctx.forgetLoaded();
    return (await ctx.loaders.teams.load(teamId)) as Team;
  }

  @Mutation(() => Boolean, { description: 'Ends the membership and everything that is shared with the team.' })
  leaveTeam(@Arg('teamId', () => ID) teamId: string, @Ctx() ctx: ConnectionsContext): Promise<boolean> {
    const athleteId = requireAthlete(ctx.viewer);
    return endAndTell(ctx, { teamId, athleteId, purpose: 'left the team' });
  }

  @Mutation(() => Boolean, {
    description: 'Ends an athlete’s membership and everything that they share with the team.',
  })
  async removeAthlete(
    @Arg('teamId', () => ID) teamId: string,
    @Arg('athleteId', () => ID) athleteId: string,
    @Ctx() ctx: ConnectionsContext,
  ): Promise<boolean> {
    await requireCoachOf(teamId, ctx);
    return endAndTell(ctx, { teamId, athleteId, purpose: 'removed from the team' });
  }
}

@Resolver(() => TeamMember)
export class TeamMemberResolver {
  @FieldResolver(() => Athlete)
  athlete(@Root() member: TeamMember, @Ctx() ctx: ConnectionsContext): Promise<Athlete | undefined> {
    return ctx.loaders.athletes.load(member.athleteId);
  }
}

/** Membership and consents end in one transaction; who listens is told after it. */
async function endAndTell(
  ctx: ConnectionsContext,
  options: { teamId: string; athleteId: string; purpose: string },
): Promise<true> {
  const { teamId, athleteId, purpose } = options;
  const notFound = new AppError(
    'NOT_FOUND',
    'There is no such membership. It may have ended already; look the team up again.',
  );
  if (!isId(teamId) || !isId(athleteId)) throw notFound;
  const author = { accountId: requireAccount(ctx.viewer).accountId, requestId: ctx.requestId };
  const { accountId, withdrawn } = await ctx.db.transaction(async (tx) => {
    const endedAccountId = await endMembership(tx, { teamId, athleteId, now: ctx.now });
    if (endedAccountId === null) throw notFound;
    return {
      accountId: endedAccountId,
      withdrawn: await withdraw(tx, { teamId, athleteId, signals: null, author, purpose, now: ctx.now }),
    };
  });
  ctx.forgetLoaded();
  ctx.announcements.accessChanged({ accountId, teamId });
  ctx.announcements.consentChanged(changesOf(withdrawn));
  return true;
}
