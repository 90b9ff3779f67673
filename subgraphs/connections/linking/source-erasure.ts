import type { Sql } from '#platform/database';
import { newId } from '#platform/ids';
import type { Provider } from '#platform/signals';

/**
 * Orders that everything a provider brought of an athlete is deleted, everywhere. Call it in the transaction that ends
 * the link: whoever reads the order (health-data by a view, `sync/erase.ts` here) carries it out at home and takes
 * nothing more of these connections. The provider's own name for the person goes at once.
 */
export async function orderErasure(
  tx: Sql,
  options: { athleteId: string; provider: Provider; now: Date },
): Promise<void> {
  const { athleteId, provider, now } = options;
  await tx.query(
    `with ended as (
       update provider_connection set provider_user_id = '', data_deleted_at = $4
        where athlete_id = $2 and provider = $3 and state = 'REVOKED' returning id
     )
     insert into source_erasure (id, athlete_id, provider, connection_ids, ordered_at)
     select $1, $2, $3, array_agg(id), $4 from ended`,
    [newId(), athleteId, provider, now],
  );
}
