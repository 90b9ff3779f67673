import type { Clock } from '#platform/clock';
import type { Sql } from '#platform/database';
import type { PayloadKeys, WrappedKey } from '#platform/payload-keys';
import type { Provider } from '#platform/signals';

/** Whom a provider's user id means here, and under which key their bodies are sealed. */
export interface Recipient {
  connectionId: string;
  athleteId: string;
  keyId: string;
}

/**
 * provider user -> recipient. Known ones are kept for a short while; unknown ones never, for somebody may link the next
 * moment on another replica.
 */
export interface Recipients {
  /** One query for all that are not in memory. What is missing from the answer is unknown. */
  find(
    asked: readonly { provider: Provider; providerUserId: string }[],
  ): Promise<(provider: Provider, providerUserId: string) => Recipient | undefined>;
  /** After a link or an unlink in this process. Other replicas learn of it when their memory runs out. */
  forget(provider: Provider, providerUserId: string): void;
}

const KEPT_MS = 15_000;
const KEPT_COUNT = 20_000;

export function createRecipients(options: { db: Sql; payloadKeys: PayloadKeys; clock: Clock }): Recipients {
  const { db, payloadKeys, clock } = options;
  const kept = new Map<string, { recipient: Recipient; until: number }>();
  const nameOf = (provider: Provider, providerUserId: string): string => `${provider}/${providerUserId}`;

  return {
    async find(asked) {
      const now = clock.now().getTime();
      const found = new Map<string, Recipient>();
      const missing = new Map<string, { provider: Provider; providerUserId: string }>();
      for (const ask of asked) {
        const name = nameOf(ask.provider, ask.providerUserId);
        const known = kept.get(name);
        if (known && known.until > now && payloadKeys.has(known.recipient.keyId)) found.set(name, known.recipient);
        else missing.set(name, ask);
      }
      for (const row of await read(db, [...missing.values()])) {
        payloadKeys.remember({
          id: row.keyId,
          athleteId: row.athleteId,
          wrapped: row.wrapped,
          kekVersion: row.kekVersion,
        });
        const name = nameOf(row.provider, row.providerUserId);
        const recipient = { connectionId: row.connectionId, athleteId: row.athleteId, keyId: row.keyId };
        found.set(name, recipient);
        kept.delete(name);
        kept.set(name, { recipient, until: now + KEPT_MS });
        if (kept.size > KEPT_COUNT) kept.delete(kept.keys().next().value as string);
      }
      return (provider, providerUserId) => found.get(nameOf(provider, providerUserId));
    },
    forget: (provider, providerUserId) => void kept.delete(nameOf(provider, providerUserId)),
  };
}

type Row = Recipient & Omit<WrappedKey, 'id' | 'athleteId'> & { provider: Provider; providerUserId: string };

async function read(db: Sql, asked: readonly { provider: Provider; providerUserId: string }[]): Promise<Row[]> {
  if (asked.length === 0) return [];
  return await db.query<Row[]>(
    `select c.provider, c.provider_user_id as "providerUserId", c.id as "connectionId", c.athlete_id as "athleteId",
            k.id as "keyId", k.wrapped, k.kek_version as "kekVersion"
       from unnest($1::text[], $2::text[]) as asked (provider, user_id)
       join provider_connection c on c.provider = asked.provider and c.provider_user_id = asked.user_id and c.state <> 'REVOKED'
       join data_key k on k.athlete_id = c.athlete_id and k.kind = 'payload' and k.retired_at is null`,
    [asked.map((ask) => ask.provider), asked.map((ask) => ask.providerUserId)],
  );
}
