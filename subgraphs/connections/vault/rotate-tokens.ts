import type { Clock } from '#platform/clock';
import type { KeyRing } from '#platform/crypto';
import type { Database, Sql } from '#platform/database';
import { holdTokenKeys, makeDataKey, type StoredDataKey } from './data-keys.ts';
import { openTokens, readTokenRows, sealPair, type SealedPair, type TokenRow } from './sealed-token.ts';
import { untilDone, type Pass } from './until-done.ts';
import { auditDecrypt } from './vault.ts';

const BATCH_SIZE = 200;

export interface Rotated {
  newKeys: number;
  resealed: number;
  removedKeys: number;
  /** Connections whose tokens do not open, so that they cannot be sealed anew; their old key stays. */
  broken: string[];
}

/**
 * Gives each athlete a new token key and seals their provider tokens under it. Three steps, each its own transaction: the key
 * gets a successor, the tokens move to it one batch after the other, a key under which nothing is sealed any more is removed.
 * A kill between or within them leaves nothing half done, and the next run goes on. Readers take token and key from one
 * snapshot, and writers hold the key they seal under, so neither notices.
 */
export async function rotateTokenKeys(options: {
  db: Database;
  ring: KeyRing;
  clock: Clock;
  /** null: everybody. */
  athleteId: string | null;
  /** Keys made before this get a successor; see `beginRotation`. */
  startedAt: Date;
  onBatch: (done: Rotated) => Promise<void> | void;
  batchSize?: number;
}): Promise<Rotated> {
  const done: Rotated = { newKeys: 0, resealed: 0, removedKeys: 0, broken: [] };
  const batchSize = options.batchSize ?? BATCH_SIZE;
  await untilDone({
    what: 'token keys or sealed tokens',
    pass: async (pass) => {
      await inBatches({ ...options, batchSize, done, pass, step: replaceKeys });
      await inBatches({ ...options, batchSize, done, pass, step: resealTokens });
      done.removedKeys += await removeUnusedKeys(options);
    },
    remaining: () => remaining({ ...options, done }),
  });
  return done;
}

interface Step {
  db: Database;
  ring: KeyRing;
  clock: Clock;
  athleteId: string | null;
  startedAt: Date;
  done: Rotated;
  batchSize: number;
  /** The last id of the batch before. */
  after: string | null;
}

/** Runs `step` over all rows in the order of their ids; it answers the last id it met, or null when there is none. */
async function inBatches(
  options: Omit<Step, 'after'> & {
    pass: Pass;
    step: (step: Step) => Promise<string | null>;
    onBatch: (done: Rotated) => Promise<void> | void;
  },
): Promise<void> {
  const { done, pass } = options;
  const sum = (): number => done.newKeys + done.resealed + done.broken.length;
  for (let after: string | null = null; ;) {
    const before = sum();
    after = await options.step({ ...options, after });
    if (after === null) return;
    pass.moved(sum() - before);
    await options.onBatch(done);
  }
}

/** From here on everything new is sealed under the successor. */
async function replaceKeys({
  db,
  ring,
  clock,
  athleteId,
  startedAt,
  done,
  batchSize,
  after,
}: Step): Promise<string | null> {
  const [last, count] = await db.transaction(async (tx) => {
    const old = await tx.query<{ id: string; athleteId: string }[]>(
      `select id, athlete_id as "athleteId" from data_key
        where kind = 'token' and retired_at is null and created_at < $1
          and ($2::uuid is null or athlete_id = $2) and ($3::uuid is null or id > $3)
        order by id limit $4 for no key update skip locked`,
      [startedAt, athleteId, after, batchSize],
    );
    const now = clock.now();
    const keys = old.map((key) => makeDataKey(ring, { athleteId: key.athleteId, kind: 'token' }));
    await tx.query('update data_key set retired_at = $2 where id = any($1::uuid[])', [old.map(({ id }) => id), now]);
    await tx.query(
      `insert into data_key (id, athlete_id, kind, wrapped, kek_version, created_at)
       select id, athlete_id, 'token', wrapped, $4, $5 from unnest($1::uuid[], $2::uuid[], $3::bytea[]) as n(id, athlete_id, wrapped)`,
      [
        keys.map((key) => key.id),
        keys.map((key) => key.athleteId),
        keys.map((key) => key.wrapped),
        ring.currentVersion,
        now,
      ],
    );
    return [old.at(-1)?.id ?? null, old.length] as const;
  });
  done.newKeys += count;
  return last;
}

/** Tokens that a refresh holds are left out: it seals them under the successor by itself, or a later pass meets them. */
async function resealTokens({ db, ring, clock, athleteId, done, batchSize, after }: Step): Promise<string | null> {
  const [last, outcome] = await db.transaction(async (tx) => {
    const held = await tx.query<{ id: string }[]>(
      `select t.connection_id as id from sealed_token t join data_key k on k.id = t.key_id
        where k.retired_at is not null and ($1::uuid is null or k.athlete_id = $1)
          and ($2::uuid is null or t.connection_id > $2) and t.connection_id <> all($3::uuid[])
        order by t.connection_id limit $4 for update of t skip locked`,
      [athleteId, after, done.broken, batchSize],
    );
    const rows = await readTokenRows(
      tx,
      held.map(({ id }) => id),
    );
    await auditDecrypt({ db, clock, rows, purpose: 'seal under a new key' });
    const keys = await holdTokenKeys(
      tx,
      rows.map((row) => row.athleteId),
    );
    const sealed = sealAnew({ ring, rows, keys });
    await storeResealed(tx, sealed.resealed);
    return [held.at(-1)?.id ?? null, sealed] as const;
  });
  done.resealed += outcome.resealed.length;
  done.broken.push(...outcome.broken);
  return last;
}

type Resealed = SealedPair & { connectionId: string };

function sealAnew(options: { ring: KeyRing; rows: readonly TokenRow[]; keys: ReadonlyMap<string, StoredDataKey> }): {
  resealed: Resealed[];
  broken: string[];
} {
  const { ring, keys } = options;
  const [resealed, broken]: [Resealed[], string[]] = [[], []];
  for (const row of options.rows) {
    const key = keys.get(row.athleteId);
    // Replaced in this very moment: the next pass meets the row again, under the key that follows.
    if (!key) continue;
    try {
      const opened = openTokens(ring, row);
      const tokens = { accessToken: opened.access(), refreshToken: opened.refresh() };
      resealed.push({ connectionId: row.connectionId, ...sealPair({ ring, key, place: row, tokens }) });
    } catch {
      broken.push(row.connectionId);
    }
  }
  return { resealed, broken };
}

/** The pair is the same, so its generation is too: nobody who holds it has to read again. */
async function storeResealed(tx: Sql, resealed: readonly Resealed[]): Promise<void> {
  await tx.query(
    `update sealed_token t set key_id = n.key_id, access_sealed = n.access_sealed, refresh_sealed = n.refresh_sealed
       from unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::bytea[]) as n(connection_id, key_id, access_sealed, refresh_sealed)
      where t.connection_id = n.connection_id`,
    [
      resealed.map((pair) => pair.connectionId),
      resealed.map((pair) => pair.keyId),
      resealed.map((pair) => pair.accessSealed),
      resealed.map((pair) => pair.refreshSealed),
    ],
  );
}

async function removeUnusedKeys({ db, athleteId }: { db: Sql; athleteId: string | null }): Promise<number> {
  const [, count] = await db.query<[unknown, number]>(
    `delete from data_key k where k.retired_at is not null and ($1::uuid is null or k.athlete_id = $1)
        and not exists (select from sealed_token t where t.key_id = k.id)`,
    [athleteId],
  );
  return count;
}

/** A key whose last token moved on while a pass removed keys is not gone yet. */
async function remaining({
  db,
  athleteId,
  startedAt,
  done,
}: Pick<Step, 'db' | 'athleteId' | 'startedAt' | 'done'>): Promise<number> {
  const [row] = await db.query<{ count: number }[]>(
    `select (select count(*) from data_key where kind = 'token' and retired_at is null and created_at < $2
                and ($1::uuid is null or athlete_id = $1))
          + (select count(*) from sealed_token t join data_key k on k.id = t.key_id
              where k.retired_at is not null and ($1::uuid is null or k.athlete_id = $1))
          + (select count(*) from data_key k
              where k.kind = 'token' and k.retired_at is not null and ($1::uuid is null or k.athlete_id = $1)
                and not exists (select from sealed_token t where t.key_id = k.id)) as count`,
    [athleteId, startedAt],
  );
  return (row?.count ?? 0) - done.broken.length;
}

/** The rotation that is under way, or a new one. What it has to replace is known by its start, whoever goes on with it. */
export async function beginRotation(db: Sql, clock: Clock): Promise<{ startedAt: Date; isResumed: boolean }> {
  const begun = await db.query<{ startedAt: Date }[]>(
    `insert into token_key_rotation (started_at) values ($1) on conflict do nothing returning started_at as "startedAt"`,
    [clock.now()],
  );
  if (begun[0]) return { startedAt: begun[0].startedAt, isResumed: false };
  const [open] = await db.query<{ startedAt: Date }[]>(
    'select started_at as "startedAt" from token_key_rotation where ended_at is null',
  );
  if (!open) return beginRotation(db, clock);
  return { startedAt: open.startedAt, isResumed: true };
}

export async function endRotation(db: Sql, options: { startedAt: Date; clock: Clock }): Promise<void> {
  await db.query('update token_key_rotation set ended_at = $2 where started_at = $1', [
    options.startedAt,
    options.clock.now(),
  ]);
}
