import type { KeyRing } from '#platform/crypto';
import type { Database } from '#platform/database';
import { dataKeyAad, keysByVersion, KINDS_UNDER, unwrapDataKey, type StoredDataKey } from './data-keys.ts';
import { untilDone, type Pass } from './until-done.ts';

const BATCH_SIZE = 500;

export interface Rewrapped {
  rewrapped: number;
  /** Ids of keys that do not open, so that they cannot be wrapped anew: what is sealed under them is lost already. */
  broken: string[];
}

/**
 * Wraps every data key of a ring's purpose under its current version. Each batch is one transaction, so it can be stopped
 * anywhere and run again, also by several at once; what is sealed under the keys is not touched, and no reader waits.
 */
export async function rewrapKeys(options: {
  db: Database;
  ring: KeyRing;
  onBatch: (done: Rewrapped) => Promise<void> | void;
  batchSize?: number;
}): Promise<Rewrapped> {
  const done: Rewrapped = { rewrapped: 0, broken: [] };
  await untilDone({
    what: 'data keys',
    pass: (pass) => passOver({ ...options, done, pass }),
    remaining: async () => (await keysNotUnderCurrent(options.db, options.ring)) - done.broken.length,
  });
  return done;
}

async function passOver(options: {
  db: Database;
  ring: KeyRing;
  done: Rewrapped;
  pass: Pass;
  onBatch: (done: Rewrapped) => Promise<void> | void;
  batchSize?: number;
}): Promise<void> {
  const { db, ring, done, pass, batchSize = BATCH_SIZE } = options;
  for (let after: string | null = null, isMore = true; isMore;) {
    const batch = await rewrapBatch({ db, ring, after, except: done.broken, batchSize });
    done.rewrapped += batch.rewrapped;
    done.broken.push(...batch.broken);
    pass.moved(batch.rewrapped + batch.broken.length);
    if (batch.last !== null) await options.onBatch(done);
    after = batch.last;
    isMore = batch.last !== null;
  }
}

/** The next keys in the order of their ids. One that somebody holds is left out; a later pass meets it again. */
async function rewrapBatch(options: {
  db: Database;
  ring: KeyRing;
  after: string | null;
  except: readonly string[];
  batchSize: number;
}): Promise<Rewrapped & { last: string | null }> {
  const { db, ring } = options;
  return db.transaction(async (tx) => {
    // "no key update": a foreign key that points at the row does not hold it, and is not held up.
    const keys = await tx.query<StoredDataKey[]>(
      `select id, athlete_id as "athleteId", kind, wrapped, kek_version as "kekVersion" from data_key
        where kind = any($1) and kek_version <> $2 and ($3::uuid is null or id > $3) and id <> all($4::uuid[])
        order by id limit $5 for no key update skip locked`,
      [KINDS_UNDER[ring.purpose], ring.currentVersion, options.after, options.except, options.batchSize],
    );
    const broken: string[] = [];
    const wrapped = keys.flatMap((key) => {
      try {
        const dataKey = unwrapDataKey(ring, key);
        return [{ id: key.id, ...ring.wrap({ dataKey, aad: dataKeyAad(key) }) }];
      } catch {
        broken.push(key.id);
        return [];
      }
    });
    await tx.query(
      `update data_key k set wrapped = n.wrapped, kek_version = $3
         from unnest($1::uuid[], $2::bytea[]) as n(id, wrapped) where k.id = n.id`,
      [wrapped.map((key) => key.id), wrapped.map((key) => key.wrapped), ring.currentVersion],
    );
    return { rewrapped: wrapped.length, broken, last: keys.at(-1)?.id ?? null };
  });
}

async function keysNotUnderCurrent(db: Database, ring: KeyRing): Promise<number> {
  const counts = await keysByVersion(db, ring);
  return counts.reduce((sum, { keys, isCurrent }) => sum + (isCurrent ? 0 : keys), 0);
}
