import { randomBytes, randomUUID } from 'node:crypto';
import { createKeyRing } from '#platform/crypto';
import { payloadKeyAad } from '#platform/payload-keys';
import type { Rig } from './rig.ts';

/** Athletes with keys and a linked provider, written by the owner of the database; answers their ids at the provider. */
export async function linkAthletes(
  rig: Rig,
  options: { count: number; provider: string; scopes: string },
): Promise<string[]> {
  const root = Buffer.from(rig.place.secrets.payloadRootSecret, 'base64');
  const ring = createKeyRing({ purpose: 'payload', roots: new Map([[1, root]]) });
  const users: string[] = [];
  for (let count = 0; count < options.count; count += 1) {
    const [accountId, athleteId, keyId] = [randomUUID(), randomUUID(), randomUUID()];
    const { wrapped } = ring.wrap({ dataKey: randomBytes(32), aad: payloadKeyAad({ id: keyId, athleteId }) });
    await rig.db.query(
      `with account as (
         insert into connections.account values ($1, $2, 'x', 'Bench', 'ATHLETE', now())
       ), athlete as (
         insert into connections.athlete (id, account_id, display_name, time_zone) values ($3, $1, 'Bench', 'Europe/Helsinki')
       ), key as (
         insert into connections.data_key (id, athlete_id, kind, wrapped, kek_version, created_at) values ($4, $3, 'payload', $5, 1, now())
       )
       insert into connections.provider_connection (id, athlete_id, provider, provider_user_id, state, granted_scopes, linked_at)
       values ($6, $3, $7, $8, 'ACTIVE', $9, now())`,
      [
        accountId,
        `${accountId}@example.com`,
        athleteId,
        keyId,
        wrapped,
        randomUUID(),
        options.provider,
        athleteId,
        options.scopes,
      ],
    );
    users.push(athleteId);
  }
  return users;
}
