import { AppError } from '#platform/errors';
import { requireAthlete } from '#platform/identity';
import type { HealthDataContext } from '../context.ts';
import type { Change } from './entry.ts';
import { writeEntries, type Written } from './write.ts';

/** The signed-in athlete and their zone. Throws for anybody else. */
export async function requireOwn({
  viewer,
  access,
}: Pick<HealthDataContext, 'viewer' | 'access'>): Promise<{ athleteId: string; timeZone: string }> {
  const athleteId = requireAthlete(viewer);
  const own = await access.load({ athleteId, teamId: null });
  if (own?.relation !== 'self') throw new AppError('NOT_FOUND', 'There is no such athlete. Sign in again.');
  return { athleteId, timeZone: own.timeZone };
}

/** Writes the athlete's changes and tells of the days that are different now. See `writeEntries`. */
export async function writeOwn(
  context: HealthDataContext,
  options: { changes: readonly Change[]; basedOn: Date | 'newest' | null },
): Promise<Written> {
  const own = await requireOwn(context);
  const written = await writeEntries(context, { ...own, ...options });
  context.announce(written.touches);
  return written;
}

/** What somebody does who is online: it counts, whatever stood there. All of it or, with an error, nothing. */
export async function writeNow(context: HealthDataContext, ...changes: Change[]): Promise<void> {
  await writeOwn(context, { changes, basedOn: 'newest' });
}
