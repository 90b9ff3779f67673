import { systemClock } from '#platform/clock';
import { createVault, type Vault } from './vault.ts';
import { keysByVersion } from './data-keys.ts';
import { rewrapKeys } from './rewrap.ts';
import { beginRotation, endRotation, rotateTokenKeys, type Rotated } from './rotate-tokens.ts';
import { isChaos, pick, randomOf, seed } from '../../../tests/support/chaos.ts';
import {
  linkMany,
  oura,
  startVaults,
  tokensNamed,
  twoVersions,
  type Linked,
  type VaultWorld,
} from './vault.test-support.ts';

/** What a hundred thousand tokens take stands in docs/how-to/rotate-keys.md; 300 show the same in a second. */
const ATHLETES = isChaos ? 100_000 : 300;
const BATCH_SIZE = isChaos ? 500 : 20;
const KILLS = isChaos ? 20 : 5;
const READS_PER_SECOND = 200;
const READERS = 8;

const rings = twoVersions();
const random = randomOf(seed);
let world: VaultWorld;
let athletes: Linked[];
/** One replica that wraps with the old version still, one that wraps with the new one. */
let replicas: Vault[];
let worker: VaultWorld['replicas'][number];

beforeAll(async () => {
  world = await startVaults([rings.before, rings.after, rings.after]);
  replicas = world.replicas.slice(0, 2).map(({ vault }) => vault);
  worker = world.replicas[2] as VaultWorld['replicas'][number];
  athletes = await linkMany(world.database, rings.before, ATHLETES);
}, 600_000);
afterAll(() => world?.database.drop());

/** Reads, refreshes and links as replicas do meanwhile; answers how many reads there were and what went wrong. */
async function underLoad<T>(work: () => Promise<T>): Promise<{ result: T; reads: number; failures: unknown[] }> {
  let isOver = false;
  let reads = 0;
  const failures: unknown[] = [];
  async function act(): Promise<void> {
    const { connectionId } = pick(athletes, random);
    const vault = pick(replicas, random);
    const read = await vault.openAccessToken({ connectionId, purpose: 'load' });
    expect(read.accessToken).toBe(`access-${connectionId}`);
    reads += 1;
    if (random() < 0.2) {
      const exchange = () => Promise.resolve(tokensNamed(connectionId));
      const renewed = await vault.renew({
        vendor: oura,
        connectionId,
        purpose: 'load',
        seen: read.generation,
        exchange,
      });
      expect(renewed.accessToken).toBe(`access-${connectionId}`);
    }
    if (random() < 0.05) {
      const db = world.replicas[replicas.indexOf(vault)]?.db;
      await db?.transaction((tx) => vault.sealTokens(tx, { connectionId, tokens: tokensNamed(connectionId) }));
    }
  }
  const readers = Array.from({ length: READERS }, async () => {
    while (!isOver) {
      await act().catch((error: unknown) => failures.push(error));
      await new Promise((resolve) => setTimeout(resolve, (1_000 * READERS) / READS_PER_SECOND / 2));
    }
  });
  try {
    return { result: await work(), reads, failures };
  } finally {
    isOver = true;
    await Promise.all(readers);
  }
}

class Killed extends Error {}

/** Ends the work after some batches, at another place each time, and begins it again until it is through. */
async function killedMidway<Done>(
  run: (onBatch: () => void) => Promise<Done>,
  batches: number,
): Promise<{ done: Done; kills: number }> {
  for (let kills = 0; ;) {
    let left = kills < KILLS ? Math.floor((random() * batches) / KILLS) : Infinity;
    const onBatch = (): void => {
      if (left-- <= 0) throw new Killed();
    };
    try {
      return { done: await run(onBatch), kills };
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      kills += 1;
    }
  }
}

async function everyTokenOpens(): Promise<number> {
  const vault = createVault({ db: worker.db, ...rings.after, clock: systemClock });
  for (const { connectionId } of athletes.slice(0, 2_000)) {
    const tokens = await vault.openForRevocation(connectionId);
    if (tokens?.accessToken !== `access-${connectionId}` || tokens.refreshToken !== `refresh-${connectionId}`)
      throw new Error(`the tokens of ${connectionId} are not what was sealed`);
  }
  return athletes.length;
}

test(`keys move to the new root secret under load, killed on the way, and no read fails (CHAOS_SEED=${seed})`, async () => {
  const rewrapAll = async (ring: 'tokenRing' | 'payloadRing') =>
    killedMidway(
      (onBatch) => rewrapKeys({ db: worker.db, ring: rings.after[ring], onBatch, batchSize: BATCH_SIZE }),
      ATHLETES / BATCH_SIZE,
    );
  const startedAt = performance.now();
  const { result, reads, failures } = await underLoad(async () => [
    await rewrapAll('tokenRing'),
    await rewrapAll('payloadRing'),
  ]);
  report('data keys wrapped anew', { count: 2 * ATHLETES, reads, startedAt });
  expect(failures).toEqual([]);
  expect(reads).toBeGreaterThan(10);
  for (const { kills } of result) expect(kills).toBe(KILLS);
  for (const ring of [rings.after.tokenRing, rings.after.payloadRing]) {
    const counts = await keysByVersion(worker.db, ring);
    expect(counts).toEqual([{ kind: ring.purpose, version: 2, keys: ATHLETES, isCurrent: true }]);
  }
  expect(await everyTokenOpens()).toBe(ATHLETES);
  // The old replica has gone by now: a new one knows nothing of version 1.
  replicas = [replicas[1] as Vault];
}, 600_000);

test(`each athlete gets a new token key under load, killed on the way, and no read fails (CHAOS_SEED=${seed})`, async () => {
  const before = await tokenKeys();
  const startedAt = performance.now();
  const rotations: boolean[] = [];
  const { result, reads, failures } = await underLoad(() =>
    killedMidway(
      async (onBatch) => {
        const rotation = await beginRotation(worker.db, systemClock);
        rotations.push(rotation.isResumed);
        const done = await rotateAll({ startedAt: rotation.startedAt, athleteId: null, onBatch });
        await endRotation(worker.db, { startedAt: rotation.startedAt, clock: systemClock });
        return done;
      },
      (2 * ATHLETES) / BATCH_SIZE,
    ),
  );
  report('tokens sealed anew', { count: ATHLETES, reads, startedAt });
  expect(failures).toEqual([]);
  expect(reads).toBeGreaterThan(10);
  expect(rotations).toEqual([false, ...Array.from({ length: KILLS }, () => true)]);
  expect(result.done.broken).toEqual([]);
  const after = await tokenKeys();
  expect(after.size).toBe(ATHLETES);
  expect([...after].filter((id) => before.has(id))).toEqual([]);
  expect(await everyTokenOpens()).toBe(ATHLETES);
}, 600_000);

test('one athlete gets a new token key, and the others keep theirs', async () => {
  const before = await tokenKeys();
  const { athleteId } = pick(athletes, random);
  const done = await rotateAll({ startedAt: new Date(), athleteId, onBatch: () => undefined });
  expect(done).toEqual({ newKeys: 1, resealed: 1, removedKeys: 1, broken: [] });
  const after = await tokenKeys();
  expect([...before].filter((id) => !after.has(id))).toHaveLength(1);
  expect(await everyTokenOpens()).toBe(ATHLETES);
});

test('a refresh that holds its row is waited for, and what it seals is under the new key', async () => {
  const { athleteId, connectionId } = pick(athletes, random);
  const { generation } = await worker.vault.openAccessToken({ connectionId, purpose: 'test' });
  let answer: () => void = () => undefined;
  const asked = Promise.withResolvers<void>();
  const renewing = (replicas[0] as Vault).renew({
    vendor: oura,
    connectionId,
    purpose: 'test',
    seen: generation,
    exchange: () => {
      asked.resolve();
      return new Promise((resolve) => (answer = () => resolve(tokensNamed(connectionId))));
    },
  });
  await asked.promise;
  const rotating = rotateAll({ startedAt: new Date(), athleteId, onBatch: () => undefined });
  setTimeout(() => answer(), 300);
  expect((await renewing).generation).toBe(generation + 1);
  // Sealed by the refresh itself: nothing was left for the rotation but to remove the old key.
  expect(await rotating).toEqual({ newKeys: 1, resealed: 0, removedKeys: 1, broken: [] });
  expect((await worker.vault.openForRevocation(connectionId))?.refreshToken).toBe(`refresh-${connectionId}`);
});

test('what was altered is named and left, and does not keep the others from moving', async () => {
  const altered = pick(athletes, random);
  await world.database.query(
    `update connections.sealed_token set access_sealed = access_sealed || 'x' where connection_id = $1`,
    [altered.connectionId],
  );
  const done = await rotateAll({ startedAt: new Date(), athleteId: null, onBatch: () => undefined });
  expect(done).toMatchObject({ newKeys: ATHLETES, resealed: ATHLETES - 1, broken: [altered.connectionId] });
  const [key] = await world.database.query<{ id: string }>(
    `update connections.data_key set wrapped = wrapped || 'x', kek_version = 1 where athlete_id = $1 and kind = 'payload' returning id`,
    [altered.athleteId],
  );
  const rewrapped = await rewrapKeys({ db: worker.db, ring: rings.after.payloadRing, onBatch: () => undefined });
  expect(rewrapped).toEqual({ rewrapped: 0, broken: [key?.id] });
}, 600_000);

const rotateAll = (which: {
  startedAt: Date;
  athleteId: string | null;
  onBatch: (done: Rotated) => void;
}): Promise<Rotated> =>
  rotateTokenKeys({ db: worker.db, ring: rings.after.tokenRing, clock: systemClock, batchSize: BATCH_SIZE, ...which });

async function tokenKeys(): Promise<Set<string>> {
  const rows = await world.database.query<{ id: string }>(`select id from connections.data_key where kind = 'token'`);
  return new Set(rows.map(({ id }) => id));
}

function report(what: string, { count, reads, startedAt }: { count: number; reads: number; startedAt: number }): void {
  if (!isChaos) return;
  const seconds = (performance.now() - startedAt) / 1000;
  process.stdout.write(
    `${count} ${what} in ${seconds.toFixed(1)} s, ${(reads / seconds).toFixed(0)} reads/s meanwhile\n`,
  );
}
