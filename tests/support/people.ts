import { linkByConsent } from '../../embedded/consent-walk.ts';
import type { World } from './world.ts';

export const PASSWORD = 'a long demo password';
let count = 0;

export interface Person {
  token: string;
  email: string;
  athleteId: string;
}

/** Registers somebody new. */
export async function register(world: World, role: 'ATHLETE' | 'COACH', timeZone = 'Europe/Helsinki'): Promise<Person> {
  const email = `person-${(count += 1)}-${world.database.name}@example.com`;
  const { register: session } = await world.ask<{ register: { accessToken: string } }>(
    'mutation ($input: RegisterInput!) { register(input: $input) { accessToken } }',
    { input: { email, password: PASSWORD, displayName: `Person ${count}`, timeZone, role } },
  );
  const { viewer } = await world.ask<{ viewer: { athlete: { id: string } | null } }>(
    '{ viewer { athlete { id } } }',
    {},
    session.accessToken,
  );
  return { token: session.accessToken, email, athleteId: viewer.athlete?.id ?? '' };
}

export async function createTeam(world: World, coach: Person): Promise<string> {
  const { createTeam: team } = await world.ask<{ createTeam: { id: string } }>(
    'mutation { createTeam(input: { name: "Team" }) { id } }',
    {},
    coach.token,
  );
  return team.id;
}

export async function join(world: World, options: { coach: Person; teamId: string; athlete: Person }): Promise<void> {
  const { inviteAthlete } = await world.ask<{ inviteAthlete: { token: string } }>(
    'mutation ($teamId: ID!) { inviteAthlete(input: { teamId: $teamId }) { token } }',
    { teamId: options.teamId },
    options.coach.token,
  );
  await world.ask(
    'mutation ($token: String!) { acceptInvitation(token: $token) { id } }',
    inviteAthlete,
    options.athlete.token,
  );
}

export async function share(
  world: World,
  options: { athlete: Person; teamId: string; signals: readonly string[]; since?: string },
): Promise<void> {
  for (const signal of options.signals) {
    await world.ask(
      'mutation ($input: GrantConsentInput!) { grantConsent(input: $input) { signal } }',
      { input: { teamId: options.teamId, signal, since: options.since ?? null } },
      options.athlete.token,
    );
  }
}

export async function withdraw(
  world: World,
  options: { athlete: Person; teamId: string; signal: string },
): Promise<void> {
  await world.ask(
    'mutation ($input: WithdrawConsentInput!) { withdrawConsent(input: $input) { signal } }',
    { input: { teamId: options.teamId, signal: options.signal } },
    options.athlete.token,
  );
}

/** Links one fictional athlete's account at a simulated provider, as a browser would. */
export async function linkSimulated(
  world: World,
  options: { athlete: Person; key: string; provider?: string },
): Promise<void> {
  const { athlete, key, provider = 'OURA' } = options;
  await linkByConsent({ ask: (query, variables) => world.ask(query, variables, athlete.token), provider, key });
}
