import type { Clock } from '#platform/clock';
import type { KeyRing } from '#platform/crypto';
import type { Sql } from '#platform/database';
import { missingSecret, provenBy, wrongSecret, type KnownAnswer } from '#platform/root-secrets';
import { KINDS_UNDER, unwrapDataKey, type StoredDataKey } from './data-keys.ts';

/**
 * Proves the configured root secrets of a ring, and makes the record of those that are new here. Called at start, before
 * anything is sealed or opened. Throws CannotStart for a wrong secret, and for a version that is still needed and missing.
 */
export async function proveRootSecrets(options: { db: Sql; ring: KeyRing; clock: Clock }): Promise<void> {
  const { db, ring, clock } = options;
  const { unknown } = provenBy(ring, await readAnswers(db, ring));
  for (const version of unknown) {
    await mustOpenWhatIsThere(db, ring, version);
    await db.query(
      'insert into root_secret (purpose, version, known_answer, created_at) values ($1, $2, $3, $4) on conflict do nothing',
      [ring.purpose, version, ring.knownAnswer(version), clock.now()],
    );
  }
  const answers = await readAnswers(db, ring);
  // Once more: of two replicas that start together with different secrets, one has made the record.
  if (unknown.length > 0) provenBy(ring, answers);
  for (const { version } of answers) {
    if (!ring.versions.includes(version) && (await keyUnder(db, ring, version))) throw missingSecret(ring, version);
  }
}

const readAnswers = (db: Sql, ring: KeyRing): Promise<KnownAnswer[]> =>
  db.query<KnownAnswer[]>('select version, known_answer as answer from root_secret where purpose = $1', [ring.purpose]);

/** A database older than these records has keys already: they are the proof then. */
async function mustOpenWhatIsThere(db: Sql, ring: KeyRing, version: number): Promise<void> {
  const key = await keyUnder(db, ring, version);
  if (!key) return;
  try {
    unwrapDataKey(ring, key);
  } catch {
    throw wrongSecret(ring, version);
  }
}

async function keyUnder(db: Sql, ring: KeyRing, version: number): Promise<StoredDataKey | undefined> {
  const [key] = await db.query<StoredDataKey[]>(
    `select id, athlete_id as "athleteId", kind, wrapped, kek_version as "kekVersion" from data_key
      where kek_version = $1 and kind = any($2) limit 1`,
    [version, KINDS_UNDER[ring.purpose]],
  );
  return key;
}
