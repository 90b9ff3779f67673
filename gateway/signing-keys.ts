import { createLocalJWKSet, errors, type FlattenedJWSInput, type JSONWebKeySet, type JWSHeaderParameters } from 'jose';
import type { Clock } from '#platform/clock';
import type { Logger } from '#platform/log';
import type { Subgraph } from './subgraphs.ts';

const FRESH_FOR_MS = 10 * 60_000;
/** An unknown key id makes us look again, but never more often than this: strangers choose key ids. */
const COOLDOWN_MS = 30_000;
/** While connections is down, the last good set is believed this long. */
const USABLE_FOR_MS = 60 * 60_000;
const ANSWER_WITHIN_MS = 2_000;

type KeySet = ReturnType<typeof createLocalJWKSet>;

/** The public keys of access tokens, from connections. */
export interface SigningKeys {
  /** For jose: the key of a token. Throws JWKSNoMatchingKey for a key id nobody knows. */
  find(header: JWSHeaderParameters, token: FlattenedJWSInput): ReturnType<KeySet>;
  /** Reads the keys; false when that was not possible. */
  load(): Promise<boolean>;
  isLoaded(): boolean;
}

export function createSigningKeys(options: { connections: Subgraph; clock: Clock; log: Logger }): SigningKeys {
  const { connections, clock, log } = options;
  let current: { keys: KeySet; readAt: number } | null = null;
  let lookedAt = -Infinity;
  let reading: Promise<boolean> | null = null;

  const now = (): number => clock.now().getTime();
  const isWithin = (ms: number): boolean => current !== null && now() - current.readAt < ms;

  async function read(): Promise<boolean> {
    lookedAt = now();
    try {
      const response = await connections.pool.request({
        method: 'GET',
        path: '/internal/jwks',
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      const body = (await response.body.json()) as JSONWebKeySet;
      if (response.statusCode !== 200) throw new Error(`the key set was answered with status ${response.statusCode}`);
      current = { keys: createLocalJWKSet(body), readAt: now() };
      return true;
    } catch (error) {
      log.warn({ err: error }, 'the signing keys could not be read');
      return false;
    }
  }

  const load = (): Promise<boolean> => (reading ??= read().finally(() => (reading = null)));

  return {
    load,
    isLoaded: () => isWithin(USABLE_FOR_MS),
    async find(header, token) {
      if (!isWithin(FRESH_FOR_MS)) await load();
      if (current === null || !isWithin(USABLE_FOR_MS)) throw new errors.JWKSTimeout('the signing keys are not loaded');
      try {
        return await current.keys(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey) || now() - lookedAt < COOLDOWN_MS) throw error;
        await load();
        return current.keys(header, token);
      }
    },
  };
}
