import { appendAudit } from '#platform/audit';
import type { Sql } from '#platform/database';
import { newId } from '#platform/ids';
import type { SignedInAthlete } from '../accounts/bearer.ts';
import type { Phone } from './phone.ts';

/**
 * The athlete's connection to a phone's store: made by the first upload, marked with the time and the types of each one,
 * and null once the athlete unlinked it, until an upload says that it links anew. The row stays locked until the
 * transaction ends: whoever unlinks meanwhile waits for it, and then nothing comes after.
 */
export async function takePhoneLink(
  tx: Sql,
  options: {
    phone: Phone;
    owner: SignedInAthlete;
    types: readonly string[];
    doesLinkAnew: boolean;
    now: Date;
    requestId: string;
  },
): Promise<string | null> {
  const { phone, owner, now } = options;
  const known = await mark(tx, options);
  if (known !== null) return known;
  if (!options.doesLinkAnew && (await wasUnlinked(tx, options))) return null;
  const made = await tx.query<unknown[]>(
    `insert into provider_connection (id, athlete_id, provider, provider_user_id, state, granted_scopes, linked_at)
     values ($1, $2, $3, $2::uuid::text, 'ACTIVE', '{}', $4) on conflict do nothing returning id`,
    [newId(), owner.athleteId, phone.provider, now],
  );
  if (made.length > 0) {
    await appendAudit(tx, [
      {
        at: now,
        actorId: owner.accountId,
        actorKind: 'ACCOUNT',
        athleteId: owner.athleteId,
        action: 'LINK',
        signals: [],
        purpose: `link ${phone.name}`,
        requestId: options.requestId,
      },
    ]);
  }
  // Nothing made: an upload that came at the same time was first, and its row is committed by now.
  return mark(tx, options);
}

async function mark(
  tx: Sql,
  options: { phone: Phone; owner: SignedInAthlete; types: readonly string[]; now: Date },
): Promise<string | null> {
  const { phone, owner, types, now } = options;
  const rows = await tx.query<{ id: string }[]>(
    `with marked as (
       update provider_connection c
          set last_delivery_at = greatest(last_delivery_at, $3),
              granted_scopes = array(select distinct t from unnest(c.granted_scopes || $4::text[]) t order by t),
              workouts_since = case when $5 then coalesce(c.workouts_since, c.linked_at) else c.workouts_since end
        where athlete_id = $1 and provider = $2 and state <> 'REVOKED'
       returning id
     )
     select id from marked`,
    [
      owner.athleteId,
      phone.provider,
      now,
      types.filter((type) => phone.signalOf.has(type)),
      // A phone tells nothing of what it was granted: it brings workouts once it has brought one.
      types.some((type) => phone.signalOf.get(type) === 'TRAINING'),
    ],
  );
  return rows[0]?.id ?? null;
}

async function wasUnlinked(tx: Sql, options: { phone: Phone; owner: SignedInAthlete }): Promise<boolean> {
  const rows = await tx.query<unknown[]>(
    `select 1 from provider_connection where athlete_id = $1 and provider = $2 and state = 'REVOKED' limit 1`,
    [options.owner.athleteId, options.phone.provider],
  );
  return rows.length > 0;
}
