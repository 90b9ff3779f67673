import type { Sql } from '#platform/database';
import { makeDataKey, type StoredDataKey } from './data-keys.ts';
import { openTokens, readTokenRows, sealPair } from './sealed-token.ts';
import { oura, startVaults, tokensNamed, twoVersions, type Linked, type VaultWorld } from './vault.test-support.ts';

// What rotate-tokens.ts does within one transaction, held open until somebody else has run into it.
const { before: rings } = twoVersions();
let world: VaultWorld;
let replicas: VaultWorld['replicas'];
let rotating: VaultWorld['replicas'][number];

beforeAll(async () => {
  world = await startVaults([rings, rings, rings]);
  const [first, second, third] = world.replicas;
  if (!first || !second || !third) throw new Error('three replicas were asked for');
  replicas = [first, second];
  rotating = third;
});
afterAll(() => world?.database.drop());

async function replaceKey(tx: Sql, athleteId: string): Promise<StoredDataKey> {
  const key = makeDataKey(rings.tokenRing, { athleteId, kind: 'token' });
  await tx.query(`update data_key set retired_at = $2 where athlete_id = $1 and kind = 'token'`, [
    athleteId,
    new Date(),
  ]);
  await tx.query(
    `insert into data_key (id, athlete_id, kind, wrapped, kek_version, created_at) values ($1, $2, 'token', $3, $4, $5)`,
    [key.id, athleteId, key.wrapped, key.kekVersion, new Date()],
  );
  return key;
}

async function reseal(tx: Sql, { connectionId }: Linked, key: StoredDataKey): Promise<void> {
  const [row] = await readTokenRows(tx, [connectionId]);
  if (!row) throw new Error('there are no tokens to seal anew');
  const opened = openTokens(rings.tokenRing, row);
  const tokens = { accessToken: opened.access(), refreshToken: opened.refresh() };
  const sealed = sealPair({ ring: rings.tokenRing, key, place: row, tokens });
  await tx.query(
    'update sealed_token set key_id = $2, access_sealed = $3, refresh_sealed = $4 where connection_id = $1',
    [connectionId, sealed.keyId, sealed.accessSealed, sealed.refreshSealed],
  );
}

/** Runs `others` while the transaction of `work` is open, and commits it once somebody waits for one of its rows. */
async function whileOpen<T, U>(work: (tx: Sql) => Promise<T>, others: () => Promise<U>): Promise<[T, U]> {
  const done = Promise.withResolvers<void>();
  const somebodyWaits = Promise.withResolvers<void>();
  const open = rotating.db.transaction(async (tx) => {
    const result = await work(tx);
    done.resolve();
    await somebodyWaits.promise;
    return result;
  });
  await done.promise;
  const running = others();
  for (let isWaiting = false; !isWaiting;) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    const waiting = await rotating.db.query<unknown[]>(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    isWaiting = waiting.length > 0;
  }
  somebodyWaits.resolve();
  return Promise.all([open, running]);
}

test('a link that meets the replacement of its key is sealed under the new one', async () => {
  const { athleteId, connectionId } = await world.linked('met');
  const [replica] = replicas as [VaultWorld['replicas'][number]];
  const [key] = await whileOpen(
    (tx) => replaceKey(tx, athleteId),
    () => replica.db.transaction((tx) => replica.vault.sealTokens(tx, { connectionId, tokens: tokensNamed('again') })),
  );
  const [row] = await world.database.query(
    'select key_id as id from connections.sealed_token where connection_id = $1',
    [connectionId],
  );
  expect(row).toEqual({ id: key.id });
  expect((await replica.vault.openForRevocation(connectionId))?.accessToken).toBe('access-again');
});

test('refreshes that meet the re-sealing of their tokens still ask the provider once', async () => {
  const linked = await world.linked('moved');
  const key = await replaceKey(rotating.db, linked.athleteId);
  let asked = 0;
  const exchange = async () => {
    asked += 1;
    await new Promise((resolve) => setTimeout(resolve, 100));
    return tokensNamed('renewed');
  };
  const [, renewed] = await whileOpen(
    (tx) => reseal(tx, linked, key),
    () =>
      Promise.all(
        replicas.map(({ vault }) =>
          vault.renew({ vendor: oura, connectionId: linked.connectionId, purpose: 'test', seen: 1, exchange }),
        ),
      ),
  );
  expect(renewed.map((token) => `${token.accessToken}/${token.generation}`)).toEqual([
    'access-renewed/2',
    'access-renewed/2',
  ]);
  expect(asked).toBe(1);
});

test('a key that a transaction is sealing under is not replaced before that ends', async () => {
  const linked = await world.linked('held');
  const [replica] = replicas as [VaultWorld['replicas'][number]];
  const free = `select id from connections.data_key where athlete_id = $1 and kind = 'token' for no key update skip locked`;
  await replica.db.transaction(async (tx) => {
    await replica.vault.sealTokens(tx, { connectionId: linked.connectionId, tokens: tokensNamed('held') });
    expect(await world.database.query(free, [linked.athleteId])).toHaveLength(0);
  });
  expect(await world.database.query(free, [linked.athleteId])).toHaveLength(1);
});
