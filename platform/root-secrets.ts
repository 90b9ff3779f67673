import type { z } from 'zod';
import { ConfigError, type connectionsConfig, type payloadRootConfig } from '#platform/config';
import type { KeyRing, RootPurpose, RootSecrets } from '#platform/crypto';
import type { Sql } from '#platform/database';
import type { Logger } from '#platform/log';
import { CannotStart } from '#platform/process';
import { pause } from '#platform/retry';

type PayloadRoots = z.infer<z.ZodObject<typeof payloadRootConfig>>;
type TokenRoots = Pick<
  z.infer<z.ZodObject<typeof connectionsConfig>>,
  'TOKEN_ROOT_SECRET' | 'TOKEN_ROOT_SECRET_VERSION' | 'TOKEN_ROOT_SECRET_PREVIOUS'
>;

export const payloadRoots = (config: PayloadRoots): RootSecrets =>
  together({
    purpose: 'payload',
    secret: config.PAYLOAD_ROOT_SECRET,
    current: config.PAYLOAD_ROOT_SECRET_VERSION,
    others: config.PAYLOAD_ROOT_SECRET_PREVIOUS,
  });

export const tokenRoots = (config: TokenRoots): RootSecrets =>
  together({
    purpose: 'token',
    secret: config.TOKEN_ROOT_SECRET,
    current: config.TOKEN_ROOT_SECRET_VERSION,
    others: config.TOKEN_ROOT_SECRET_PREVIOUS,
  });

function together(options: {
  purpose: RootPurpose;
  secret: Buffer;
  current: number;
  others: ReadonlyMap<number, Buffer>;
}): RootSecrets {
  const { purpose, secret, current, others } = options;
  if (others.has(current)) {
    const name = variableOf(purpose);
    throw new ConfigError(
      `Version ${current} stands in ${name}_PREVIOUS and is ${name}_VERSION as well. Take it out of ${name}_PREVIOUS, or give ${name} the version that is its own.`,
    );
  }
  return { purpose, current, roots: new Map([...others, [current, secret]]) };
}

/** What the database holds of one version, made with `KeyRing.knownAnswer` at its first start. */
export interface KnownAnswer {
  version: number;
  answer: Buffer;
}

/**
 * Compares the secrets of this process with what the database was made with, before anything is sealed or opened.
 * Throws CannotStart for a wrong one. Answers the configured versions of which the database knows nothing yet.
 */
export function provenBy(ring: KeyRing, answers: readonly KnownAnswer[]): { unknown: number[] } {
  for (const { version, answer } of answers) {
    if (ring.versions.includes(version) && !ring.isKnownAnswer({ version, answer })) throw wrongSecret(ring, version);
  }
  const known = new Set(answers.map(({ version }) => version));
  return { unknown: ring.versions.filter((version) => !known.has(version)) };
}

const LOOK_AGAIN_MS = 2_000;

/**
 * Proves the payload secrets of a process that only opens: connections makes the records. Throws CannotStart for a wrong
 * secret and for one that is needed and missing. A version without a record has sealed nothing yet; it is looked at again
 * until it has one, and `onWrong` is told when that shows a wrong secret.
 */
export async function provePayloadSecrets(options: {
  db: Sql;
  ring: KeyRing;
  log: Logger;
  onWrong: (error: CannotStart) => void;
}): Promise<{ close(): Promise<void> }> {
  const { db, ring, log } = options;
  const stop = new AbortController();
  let { unknown } = await proveOnce(db, ring);
  const watching = (async () => {
    while (unknown.length > 0 && !stop.signal.aborted) {
      await pause(LOOK_AGAIN_MS, stop.signal);
      try {
        if (!stop.signal.aborted) ({ unknown } = await proveOnce(db, ring));
      } catch (error) {
        if (error instanceof CannotStart) return options.onWrong(error);
        log.warn({ err: error }, 'the root secrets could not be compared with the database; tried again');
      }
    }
  })();
  return {
    async close() {
      stop.abort();
      await watching;
    },
  };
}

/** The same, once: for a program that opens a few bodies and ends. */
export async function proveOnce(db: Sql, ring: KeyRing): Promise<{ unknown: number[] }> {
  const answers = await db.query<(KnownAnswer & { isInUse: boolean })[]>(
    `select s.version, s.known_answer as answer,
            exists (select from connections.payload_key_v1 k where k.kek_version = s.version) as "isInUse"
       from connections.root_secret_v1 s`,
  );
  const missing = answers.find(({ version, isInUse }) => isInUse && !ring.versions.includes(version));
  if (missing) throw missingSecret(ring, missing.version);
  return provenBy(ring, answers);
}

/** The refusal to start with a secret that opens nothing here. */
export function wrongSecret(ring: KeyRing, version: number): CannotStart {
  const name = variableOf(ring.purpose);
  const where = version === ring.currentVersion ? name : `${name}_PREVIOUS`;
  return new CannotStart(
    `${where} does not hold the secret that version ${version} of this database was made with, so nothing sealed under it would open. Put that secret back; a new secret takes a new number in ${name}_VERSION (docs/how-to/rotate-keys.md).`,
  );
}

/** The refusal to start without a version that still wraps data keys. */
export function missingSecret(ring: KeyRing, version: number): CannotStart {
  const name = variableOf(ring.purpose);
  return new CannotStart(
    `Data keys still stand under version ${version} of ${name}, which is not configured. Add "${version}=<secret>" to ${name}_PREVIOUS; "keys rotate" makes it superfluous (docs/how-to/rotate-keys.md).`,
  );
}

/** The variable of a purpose's current secret. */
export const variableOf = (purpose: RootPurpose): string => `${purpose.toUpperCase()}_ROOT_SECRET`;
