import type { Clock } from '#platform/clock';
import { hmacSha256, newSecret, open, seal, sha256 } from '#platform/crypto';
import type { Database, Sql } from '#platform/database';
import type { Provider } from '#platform/signals';

/** What came back from a provider, opened for its one use. */
export interface Returned {
  provider: Provider;
  /** Who began, and with which account. */
  athleteId: string;
  accountId: string;
  state: string;
  /** The query the provider sent. null: it waited too long, or the session that began has ended. */
  callback: URLSearchParams | null;
}

/** What its owner may see of a return before confirming it. */
export interface WaitingReturn {
  provider: Provider;
  expiresAt: Date;
  /** It was begun in this very session. */
  isFromThisSession: boolean;
}

/**
 * The way to a provider and back. A state goes with the athlete; whoever comes back with it may be anybody, so what the
 * provider sent is kept, sealed, under a handle that only that browser gets, until the athlete says that it is theirs.
 */
export interface Returns {
  /** A state, good once and for ten minutes. */
  begin(options: {
    provider: Provider;
    sessionId: string;
    athleteId: string;
  }): Promise<{ state: string; expiresAt: Date }>;
  /** Keeps a callback's query for ten minutes. null when its state is unknown, used or too old, or its session has ended. */
  keep(options: { provider: Provider; callback: URLSearchParams }): Promise<string | null>;
  /** null for anybody but the athlete who began, and for what waits no more. Changes nothing. */
  look(options: { handle: string; sessionId: string; athleteId: string | null }): Promise<WaitingReturn | null>;
  /** Takes a return out for good, whoever asks: null when there is none. The caller compares the athlete. */
  redeem(handle: string): Promise<Returned | null>;
}

const LIFE_MS = 10 * 60_000;
/** What is over is kept this long, to be told from what never was; nothing more can be done with it. */
const KEPT_AFTER_MS = 60 * 60_000;

/** `secret`: the same for all replicas. */
export function createReturns(options: { db: Database; clock: Clock; secret: Buffer }): Returns {
  const { db, clock } = options;
  /** Follows from the handle, which is stored nowhere: database and secret together do not open what waits. */
  const keyOf = (handle: string): Buffer => hmacSha256(options.secret, 'return from a provider\n', handle);

  /** null when the secret was replaced since: the athlete begins again. */
  function opened(handle: string, row: { stateHash: Buffer; provider: Provider; sealed: Buffer }): string | null {
    try {
      return open({ key: keyOf(handle), sealed: row.sealed, aad: placeOf(row) }).toString('utf8');
    } catch {
      return null;
    }
  }

  return {
    async begin({ provider, sessionId, athleteId }) {
      const state = newSecret();
      const now = clock.now();
      const expiresAt = new Date(now.getTime() + LIFE_MS);
      await forgetReturns({ db, clock });
      await db.query(
        `insert into oauth_state (state_hash, session_id, athlete_id, provider, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)`,
        [sha256(state), sessionId, athleteId, provider, now, expiresAt],
      );
      return { state, expiresAt };
    },
    async keep({ provider, callback }) {
      const state = callback.get('state');
      if (state === null) return null;
      const stateHash = sha256(state);
      const handle = newSecret();
      const plaintext = Buffer.from(callback.toString());
      const sealed = seal({ key: keyOf(handle), plaintext, aad: placeOf({ stateHash, provider }) });
      const now = clock.now();
      const kept = await db.query<unknown[]>(
        `with kept as (
           update oauth_state o set used_at = $3, handle_hash = $4, answer_sealed = $5, expires_at = $6
             from session s
            where o.state_hash = $1 and o.provider = $2 and o.used_at is null and o.expires_at > $3
              and s.id = o.session_id and s.ended_at is null and s.ends_at > $3
           returning o.state_hash
         ) select state_hash from kept`,
        [stateHash, provider, now, sha256(handle), sealed, new Date(now.getTime() + LIFE_MS)],
      );
      return kept.length === 0 ? null : handle;
    },
    async look({ handle, sessionId, athleteId }) {
      const [waiting] = await db.query<WaitingReturn[]>(
        `select o.provider, o.expires_at as "expiresAt", o.session_id = $3 as "isFromThisSession"
           from oauth_state o join session s on s.id = o.session_id
          where o.handle_hash = $1 and o.athlete_id = $2 and o.expires_at > $4
            and s.ended_at is null and s.ends_at > $4`,
        [sha256(handle), athleteId, sessionId, clock.now()],
      );
      return waiting ?? null;
    },
    async redeem(handle) {
      // One use: of many who ask at once, one deletes the row and sees it.
      const [row] = await db.query<
        (Omit<Returned, 'state' | 'callback'> & { stateHash: Buffer; sealed: Buffer; isAlive: boolean })[]
      >(
        `with redeemed as (
           delete from oauth_state where handle_hash = $1
           returning state_hash, session_id, athlete_id, provider, answer_sealed, expires_at
         )
         select r.provider, r.athlete_id as "athleteId", s.account_id as "accountId", r.state_hash as "stateHash",
                r.answer_sealed as sealed, r.expires_at > $2 and s.ended_at is null and s.ends_at > $2 as "isAlive"
           from redeemed r join session s on s.id = r.session_id`,
        [sha256(handle), clock.now()],
      );
      if (!row) return null;
      const { provider, athleteId, accountId } = row;
      const query = row.isAlive ? opened(handle, row) : null;
      const callback = query === null ? null : new URLSearchParams(query);
      return { provider, athleteId, accountId, state: callback?.get('state') ?? '', callback };
    },
  };
}

/** What a sealed return is bound to. */
const placeOf = ({ stateHash, provider }: { stateHash: Buffer; provider: Provider }): string[] => [
  'return from a provider',
  provider,
  stateHash.toString('base64url'),
];

/** Deletes what was over an hour ago: states nobody came back with, and returns nobody confirmed. */
export async function forgetReturns({ db, clock }: { db: Sql; clock: Clock }): Promise<void> {
  await db.query('delete from oauth_state where expires_at < $1', [new Date(clock.now().getTime() - KEPT_AFTER_MS)]);
}
