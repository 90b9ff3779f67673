import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { requireAccount, requireAthlete } from '#platform/identity';
import type { ConnectionsContext } from '../context.ts';
import { knownTeam } from '../teams/known-team.ts';
import { teamIdsOf } from '../teams/standing.ts';
import { Team } from '../teams/team.entity.ts';
import { Account } from './account.entity.ts';
import { AuthSession, LoginInput, RegisterInput, UpdateProfileInput } from './account.inputs.ts';
import { Athlete, AthleteProfile } from './athlete.entity.ts';
import { knownAthlete } from './known-athlete.ts';
import { updateProfile } from './profile.ts';

@Resolver(() => Account)
export class AccountResolver {
  @Query(() => Account, { description: 'Who is signed in.' })
  async viewer(@Ctx() ctx: ConnectionsContext): Promise<Account> {
    const { accountId, athleteId } = requireAccount(ctx.viewer);
    // Hardly anybody asks who they are without asking for their athlete: both in one step.
    const [account] = await Promise.all([
      ctx.loaders.accounts.load(accountId),
      athleteId === null ? null : knownAthlete(athleteId, ctx),
    ]);
    // The session was checked a moment ago, and an account never goes before its sessions.
    if (!account) throw new Error('a live session belongs to no account');
    return account;
  }

  @FieldResolver(() => Athlete, { nullable: true, description: 'The signed-in athlete; null for a coach.' })
  athlete(@Ctx() ctx: ConnectionsContext): Promise<Athlete | null> | null {
    const { athleteId } = requireAccount(ctx.viewer);
    return athleteId === null ? null : knownAthlete(athleteId, ctx);
  }

  @FieldResolver(() => [Team], { description: 'The teams this account coaches or is a member of.' })
  async teams(@Ctx() ctx: ConnectionsContext): Promise<Team[]> {
    const { accountId } = requireAccount(ctx.viewer);
    const teams = await Promise.all((await teamIdsOf(ctx.together, accountId)).map((id) => knownTeam(id, ctx)));
    return teams.filter((team) => team !== null);
  }

  @Mutation(() => AuthSession, { description: 'Makes an account and signs in.' })
  async register(
    @Arg('input', () => RegisterInput) input: RegisterInput,
    @Ctx() ctx: ConnectionsContext,
  ): Promise<AuthSession> {
    await ctx.limits.take('register', ctx);
    return ctx.signIn.register(input);
  }

  @Mutation(() => AuthSession)
  async login(@Arg('input', () => LoginInput) input: LoginInput, @Ctx() ctx: ConnectionsContext): Promise<AuthSession> {
    const whom = { account: input.email, address: ctx.address };
    await ctx.limits.take('login', whom);
    const session = await ctx.signIn.login(input);
    await ctx.limits.succeeded('login', whom);
    return session;
  }

  @Mutation(() => AuthSession, {
    description: 'Changes a refresh token, which works once, for a new session answer. A used token ends the session.',
  })
  async refreshSession(
    @Arg('refreshToken', () => String) refreshToken: string,
    @Ctx() ctx: ConnectionsContext,
  ): Promise<AuthSession> {
    await ctx.limits.take('refresh', ctx);
    return ctx.sessions.refresh(refreshToken);
  }

  @Mutation(() => Boolean, { description: 'Ends the session with all of its tokens, at once and everywhere.' })
  async logout(@Ctx() ctx: ConnectionsContext): Promise<boolean> {
    await ctx.sessions.logout(requireAccount(ctx.viewer));
    return true;
  }
}

@Resolver(() => Athlete)
export class AthleteResolver {
  @Query(() => Athlete, { nullable: true, description: 'Null for an athlete whom the viewer does not know.' })
  athlete(@Arg('id', () => ID) id: string, @Ctx() ctx: ConnectionsContext): Promise<Athlete | null> {
    return knownAthlete(id, ctx);
  }

  @FieldResolver(() => AthleteProfile, { nullable: true, description: 'For the athlete only.' })
  profile(@Root() athlete: Athlete, @Ctx() ctx: ConnectionsContext): AthleteProfile | null {
    if (ctx.viewer.kind !== 'account' || ctx.viewer.athleteId !== athlete.id) return null;
    return {
      sleepNeedMin: athlete.sleepNeedMin,
      sex: athlete.sex,
      maxHr: athlete.maxHrBpm,
      restHr: athlete.restHrBpm,
      vt1: athlete.vt1Bpm,
      vt2: athlete.vt2Bpm,
      quietHours: { from: athlete.quietFrom, to: athlete.quietTo },
    };
  }

  @Mutation(() => Athlete, { description: 'Changes what the athlete told about themselves.' })
  async updateProfile(
    @Arg('input', () => UpdateProfileInput) input: UpdateProfileInput,
    @Ctx() ctx: ConnectionsContext,
  ): Promise<Athlete> {
    const athleteId = requireAthlete(ctx.viewer);
    await updateProfile(ctx.db, { athleteId, input });
    ctx.forgetLoaded();
    return (await ctx.loaders.athletes.load(athleteId)) as Athlete;
  }
}
