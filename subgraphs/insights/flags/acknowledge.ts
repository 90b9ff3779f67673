import { appendAudit } from '#platform/audit';
import { requireAccount } from '#platform/identity';
import { flagNamed, noSuchFlag } from './flag-id.ts';
import type { Flag } from './graph-types.ts';
import { audiencesOf, flagsOf, type FlagContext } from './read.ts';

/**
 * Marks an open flag as seen, for the athlete or for the teams that see it; a second time changes nothing. The flag is
 * looked for in the viewer's own view at this moment: what was withdrawn meanwhile is not found.
 *
 * @throws AppError UNAUTHENTICATED, NOT_FOUND
 */
export async function acknowledgeFlag(context: FlagContext, id: string): Promise<Flag> {
  const { accountId } = requireAccount(context.viewer);
  const { athleteId, teamId, code } = flagNamed(id);
  const access = await context.access.load({ athleteId, teamId });
  const flag = (await flagsOf(context, { athleteId, teamId }))?.find((each) => each.code === code);
  if (!access || !flag) throw noSuchFlag();
  await context.db.transaction(async (tx) => {
    await tx.query(
      `insert into insights.flag_acknowledgement (athlete_id, audience_id, code, opened_on, acknowledged_by, acknowledged_at)
       select $1, audience_id, $3, $4, $5, $6 from unnest($2::uuid[]) as a(audience_id)
       on conflict (athlete_id, audience_id, code, opened_on) do nothing`,
      [athleteId, audiencesOf(access), code, flag.openedOn, accountId, context.now],
    );
    await appendAudit(tx, [
      {
        at: context.now,
        actorId: accountId,
        actorKind: 'ACCOUNT',
        athleteId,
        action: 'WRITE',
        signals: flag.signals,
        purpose: 'acknowledgeFlag',
        teamId,
        requestId: context.requestId,
      },
    ]);
  });
  return { ...flag, acknowledgedAt: flag.acknowledgedAt ?? context.now };
}
