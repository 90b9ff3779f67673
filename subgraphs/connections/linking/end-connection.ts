import { appendAudit } from '#platform/audit';
import type { Sql } from '#platform/database';
import type { Provider } from '#platform/signals';
import type { Vault } from '../vault/vault.ts';
import type { UnlinkData } from './connection.entity.ts';
import { orderRevocation } from './revocation.ts';
import { orderErasure } from './source-erasure.ts';

/**
 * Ends a connection: no call uses its tokens any more, jobs cancelled, on record. `by` is null when the provider's side ended
 * it: then its tokens are destroyed here, else with their last use, the revocation (`settleRevocations`, after the commit).
 * Repeating it changes nothing; what was kept at the first time may be deleted at another.
 */
export async function endConnection(
  tx: Sql,
  options: {
    vault: Vault;
    connection: { id: string; athleteId: string; provider: Provider };
    vendorName: string;
    /** DELETE: what the provider brought goes too, see `orderErasure`. */
    data: UnlinkData;
    at: Date;
    /** For the athlete; null when they know. */
    reason: string | null;
    by: { accountId: string; requestId: string } | null;
  },
): Promise<void> {
  const { connection, vendorName, data, at, reason, by } = options;
  const ended = await tx.query<unknown[]>(
    `with ended as (
       update provider_connection set state = 'REVOKED', state_reason = $3, ended_at = $2
        where id = $1 and state <> 'REVOKED' returning id
     ) select id from ended`,
    [connection.id, at, reason],
  );
  if (by) await orderRevocation(tx, { connectionId: connection.id, at });
  else await options.vault.destroyTokens(tx, connection.id);
  const { athleteId, provider } = connection;
  if (data === 'DELETE') await orderErasure(tx, { athleteId, provider, now: at });
  else if (ended.length === 0) return;
  await tx.query(
    `update sync_job set state = 'CANCELLED', failure_reason = 'The provider was unlinked.', leased_until = null, updated_at = $2
      where connection_id = $1 and state in ('QUEUED', 'RUNNING')`,
    [connection.id, at],
  );
  await appendAudit(tx, [
    {
      at,
      actorId: by?.accountId ?? null,
      actorKind: by ? 'ACCOUNT' : 'SYSTEM',
      athleteId,
      action: 'UNLINK',
      signals: [],
      purpose: `${by ? `unlink ${vendorName}` : `${vendorName} ended the link`}${data === 'DELETE' ? ' and delete its data' : ''}`,
      requestId: by?.requestId ?? null,
    },
  ]);
}
