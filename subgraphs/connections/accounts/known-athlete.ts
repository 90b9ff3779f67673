import { mayKnow } from '#platform/consent';
import type { ConnectionsContext } from '../context.ts';
import type { Athlete } from './athlete.entity.ts';

/** The athlete, or null for whoever may not know of them: unknown, malformed and hidden ids look alike. */
export async function knownAthlete(id: string, ctx: ConnectionsContext): Promise<Athlete | null> {
  const access = await ctx.access.load({ athleteId: id, teamId: null });
  if (!mayKnow(access)) return null;
  return (await ctx.loaders.athletes.load(access.athleteId)) ?? null;
}
