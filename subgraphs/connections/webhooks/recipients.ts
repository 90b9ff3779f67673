import type { Clock } from '#platform/clock';
import type { Sql } from '#platform/database';
import { keepNewest } from '#platform/keep-newest';
import type { PayloadKey, PayloadKeys, WrappedKey } from '#platform/payload-keys';
import type { Provider } from '#platform/signals';

/**
 * Whom a provider's user id means here, and the key their bodies are sealed under: held, not named, since one body may be for
 * more people than any memory of keys has room for.
 */
export interface Recipient {
  connectionId: string;
  athleteId: string;
  key: PayloadKey;
}

export interface Asked {
  provider: Provider;
  providerUserId: string;
}

/**
 * provider user -> recipient. Known ones are kept for a short while; unknown ones never, for somebody may link the next
 * moment on another replica.
 */
export interface Recipients {
  /** One query for all that are not in memory. In the order of what is asked; undefined for the unknown. */
  find(asked: readonly Asked[]): Promise<(Recipient | undefined)[]>;
  /** After a link or an unlink in this process. Other replicas learn of it when their memory runs out. */
  forget(provider: Provider, providerUserId: string): void;
}

const KEPT_MS = 15_000;
/** Of each provider. */
const KEPT_COUNT = 20_000;

interface Kept {
  recipient: Recipient;
  until: number;
}

export function createRecipients(options: { db: Sql; payloadKeys: PayloadKeys; clock: Clock }): Recipients {
  const { db, payloadKeys, clock } = options;
  const kept = new Map<Provider, Map<string, Kept>>();

  function known({ provider, providerUserId }: Asked, now: number): Recipient | undefined {
    const found = kept.get(provider)?.get(providerUserId);
    return found && found.until > now ? found.recipient : undefined;
  }

  function keep({ provider, providerUserId }: Asked, entry: Kept): void {
    const own = kept.get(provider) ?? new Map<string, Kept>();
    kept.set(provider, own);
    keepNewest(own, [providerUserId, entry], KEPT_COUNT);
  }

  async function readMissing(missing: readonly Asked[], now: number): Promise<Map<string, Recipient>> {
    const read = new Map<string, Recipient>();
    for (const row of await readRecipients(db, missing)) {
      const { connectionId, athleteId, keyId, wrapped, kekVersion } = row;
      const key = payloadKeys.remember({ id: keyId, athleteId, wrapped, kekVersion });
      const recipient = { connectionId, athleteId, key };
      read.set(nameOf(row), recipient);
      keep(row, { recipient, until: now + KEPT_MS });
    }
    return read;
  }

  return {
    async find(asked) {
      const now = clock.now().getTime();
      const found = asked.map((one) => known(one, now));
      const missing = new Map<string, Asked>();
      for (const [at, one] of asked.entries()) if (found[at] === undefined) missing.set(nameOf(one), one);
      if (missing.size === 0) return found;
      const read = await readMissing([...missing.values()], now);
      return found.map((recipient, at) => recipient ?? read.get(nameOf(asked[at] as Asked)));
    },
    forget: (provider, providerUserId) => void kept.get(provider)?.delete(providerUserId),
  };
}

const nameOf = ({ provider, providerUserId }: Asked): string => `${provider}/${providerUserId}`;

type Row = Asked & Omit<WrappedKey, 'id' | 'athleteId'> & { connectionId: string; athleteId: string; keyId: string };

async function readRecipients(db: Sql, asked: readonly Asked[]): Promise<Row[]> {
  return await db.query<Row[]>(
    `select c.provider, c.provider_user_id as "providerUserId", c.id as "connectionId", c.athlete_id as "athleteId",
            k.id as "keyId", k.wrapped, k.kek_version as "kekVersion"
       from unnest($1::text[], $2::text[]) as asked (provider, user_id)
       join provider_connection c on c.provider = asked.provider and c.provider_user_id = asked.user_id and c.state <> 'REVOKED'
       join data_key k on k.athlete_id = c.athlete_id and k.kind = 'payload' and k.retired_at is null`,
    [asked.map((ask) => ask.provider), asked.map((ask) => ask.providerUserId)],
  );
}
