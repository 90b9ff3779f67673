import type { ConnectionsContext } from '../context.ts';
import type { Team } from './team.entity.ts';

/** The team, or null for whoever stands in it as nothing: unknown, malformed and hidden ids look alike. */
export async function knownTeam(id: string, ctx: ConnectionsContext): Promise<Team | null> {
  const [standing, team] = await Promise.all([ctx.loaders.standing.load(id), ctx.loaders.teams.load(id)]);
  return standing === undefined ? null : (team ?? null);
}
