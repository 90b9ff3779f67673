import { mayKnow } from '#platform/consent';
import type { ConnectionsContext } from '../context.ts';
import type { Athlete } from './athlete.entity.ts';

/** The athlete, or null for whoever may not know of them: unknown, malformed and hidden ids look alike. */
export async function knownAthlete(id: string, ctx: ConnectionsContext): Promise<Athlete | null> {
  // Both in one step: what consent refuses is read in vain, and told to nobody.
  const [access, athlete] = await Promise.all([
    ctx.access.load({ athleteId: id, teamId: null }),
    ctx.loaders.athletes.load(id),
  ]);
  return mayKnow(access) ? (athlete ?? null) : null;
}
