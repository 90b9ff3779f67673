import pg from 'pg';
import type { Database } from '#platform/database';
import { theCluster, type TestDatabase } from '../../../tests/support/database.ts';
import { oura, startVaults, tokensNamed as tokens, twoVersions, type VaultWorld } from './vault.test-support.ts';
import { GrantLost, type ProviderTokens, type Vault } from './vault.ts';

let world: VaultWorld;
let database: TestDatabase;
let db: Database;
let vault: Vault;
let secondReplica: Vault;

beforeAll(async () => {
  const { before } = twoVersions();
  world = await startVaults([before, before]);
  database = world.database;
  const [first, second] = world.replicas;
  if (!first || !second) throw new Error('two replicas were asked for');
  ({ db, vault } = first);
  secondReplica = second.vault;
});
afterAll(() => world?.database.drop());

const linked = (name: string) => world.linked(name);
const newConnection = (...args: Parameters<VaultWorld['newConnection']>) => world.newConnection(...args);

const decrypts = async (athleteId: string): Promise<string[]> =>
  (
    await database.query<{ purpose: string }>(
      `select purpose from audit.entry where athlete_id = $1 and action = 'DECRYPT' order by id`,
      [athleteId],
    )
  ).map(({ purpose }) => purpose);

test('a token opens again, and each opening is in the access log with its purpose', async () => {
  const { athleteId, connectionId } = await linked('one');
  expect(await vault.openAccessToken({ connectionId, purpose: 'fetch sleep' })).toEqual({
    accessToken: 'access-one',
    accessExpiresAt: new Date('2026-12-01'),
    generation: 1,
  });
  expect(await decrypts(athleteId)).toEqual(['fetch sleep']);
});

test('a token that cannot be logged is not opened', async () => {
  const { connectionId } = await linked('unlogged');
  await database.query('revoke execute on function audit.append(jsonb) from connections');
  try {
    await expect(vault.openAccessToken({ connectionId, purpose: 'fetch' })).rejects.toThrow(/permission denied/);
  } finally {
    await database.query('grant execute on function audit.append(jsonb) to connections');
  }
});

test('neither database nor rows hold a token in the clear', async () => {
  await linked('canary-token');
  const [row] = await database.query<{ found: string }>(
    `select count(*) as found from connections.sealed_token where position('canary'::bytea in access_sealed) > 0 or position('canary'::bytea in refresh_sealed) > 0`,
  );
  expect(Number(row?.found)).toBe(0);
});

test('a sealed token moved to another athlete, connection or kind does not open', async () => {
  const [mine, other] = [await linked('mine'), await linked('other')];
  const otherProvider = await newConnection(mine.athleteId, { provider: 'WHOOP' });
  const olderLink = await newConnection(mine.athleteId, { state: 'REVOKED' });
  for (const connectionId of [otherProvider, olderLink])
    await vault.sealTokens(db, { connectionId, tokens: tokens('second') });
  const open = (connectionId: string) => vault.openAccessToken({ connectionId, purpose: 'attack' });
  for (const target of [other.connectionId, otherProvider, olderLink]) {
    await database.query(
      `update connections.sealed_token t set access_sealed = s.access_sealed, key_id = s.key_id from connections.sealed_token s where t.connection_id = $1 and s.connection_id = $2`,
      [target, mine.connectionId],
    );
    await expect(open(target)).rejects.toThrow('a sealed record did not open');
  }
  await database.query('update connections.sealed_token set access_sealed = refresh_sealed where connection_id = $1', [
    mine.connectionId,
  ]);
  await expect(open(mine.connectionId)).rejects.toThrow('a sealed record did not open');
});

test('twenty refreshes on two replicas ask the provider once, and all get the new pair', async () => {
  const { connectionId } = await linked('old');
  const asked: string[] = [];
  const exchange = async (refreshToken: string): Promise<ProviderTokens> => {
    asked.push(refreshToken);
    await new Promise((resolve) => setTimeout(resolve, 50));
    return tokens('new');
  };
  const renewed = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      (n % 2 ? vault : secondReplica).renew({ vendor: oura, connectionId, purpose: 'fetch', seen: 1, exchange }),
    ),
  );
  expect(asked).toEqual(['refresh-old']);
  expect(new Set(renewed.map((token) => `${token.accessToken}/${token.generation}`))).toEqual(
    new Set(['access-new/2']),
  );
});

test('the new pair is committed before anybody gets it', async () => {
  const { connectionId } = await linked('before');
  const { accessToken } = await vault.renew({
    vendor: oura,
    connectionId,
    purpose: 'fetch',
    seen: 1,
    exchange: async () => tokens('after'),
  });
  expect(accessToken).toBe('access-after');
  expect((await secondReplica.openAccessToken({ connectionId, purpose: 'fetch' })).accessToken).toBe('access-after');
});

test('a provider that sends no new refresh token leaves the old one good', async () => {
  const { connectionId } = await linked('kept');
  await vault.renew({
    vendor: oura,
    connectionId,
    purpose: 'fetch',
    seen: 1,
    exchange: async () => ({ ...tokens('second'), refreshToken: null }),
  });
  expect(await vault.openForRevocation(connectionId)).toMatchObject({ refreshToken: 'refresh-kept', generation: 2 });
});

test('a failed refresh changes nothing, and a lost grant is told as one', async () => {
  const { connectionId } = await linked('stays');
  const failing = (error: Error) =>
    vault.renew({ vendor: oura, connectionId, purpose: 'fetch', seen: 1, exchange: () => Promise.reject(error) });
  await expect(failing(new Error('the provider is away'))).rejects.toThrow('the provider is away');
  await expect(failing(new GrantLost('invalid_grant'))).rejects.toBeInstanceOf(GrantLost);
  expect(await vault.openAccessToken({ connectionId, purpose: 'fetch' })).toMatchObject({
    accessToken: 'access-stays',
    generation: 1,
  });
});

/** Ends the database session that holds the row, as a failover would. */
async function loseTheSession(): Promise<void> {
  const superuser = new pg.Client({ connectionString: theCluster().superuserUrl });
  await superuser.connect();
  try {
    await superuser.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and state = 'idle in transaction'`,
      [database.name],
    );
  } finally {
    await superuser.end();
  }
}

test('a grant that another replica has used up is not lost: its new pair is taken', async () => {
  const { connectionId } = await linked('contested');
  const renew = (replica: Vault, exchange: (refreshToken: string) => Promise<ProviderTokens>) =>
    replica.renew({ vendor: oura, connectionId, purpose: 'fetch', seen: 1, exchange });
  const renewed = await renew(vault, async () => {
    // The lock is gone while the provider is asked; the other replica uses the same refresh token, and wins.
    await loseTheSession();
    await renew(secondReplica, () => Promise.resolve(tokens('theirs')));
    throw new GrantLost('invalid_grant');
  });
  expect(renewed).toMatchObject({ accessToken: 'access-theirs', generation: 2 });
});

test('the second reading of a lost grant waits for a replica that is about to commit', async () => {
  const { connectionId } = await linked('nearly');
  let answerTheirs: (pair: ProviderTokens) => void = () => undefined;
  let theirs: Promise<unknown> = Promise.resolve();
  const renewed = await vault.renew({
    vendor: oura,
    connectionId,
    purpose: 'fetch',
    seen: 1,
    async exchange() {
      await loseTheSession();
      const isAsking = new Promise<void>((asking) => {
        theirs = secondReplica.renew({
          vendor: oura,
          connectionId,
          purpose: 'fetch',
          seen: 1,
          exchange: () => {
            asking();
            return new Promise((resolve) => (answerTheirs = resolve));
          },
        });
      });
      await isAsking;
      setTimeout(() => answerTheirs(tokens('late')), 100);
      throw new GrantLost('invalid_grant');
    },
  });
  await theirs;
  expect(renewed).toMatchObject({ accessToken: 'access-late', generation: 2 });
});

test('a new pair outlives the loss of the database session it was to be stored by', async () => {
  const { connectionId } = await linked('failover');
  const renewed = await vault.renew({
    vendor: oura,
    connectionId,
    purpose: 'fetch',
    seen: 1,
    async exchange() {
      await loseTheSession();
      return tokens('saved');
    },
  });
  expect(renewed).toMatchObject({ accessToken: 'access-saved', generation: 2 });
  expect((await secondReplica.openForRevocation(connectionId))?.refreshToken).toBe('refresh-saved');
});

test('more refreshes at once than the pool has connections all get through', async () => {
  const links = await Promise.all(Array.from({ length: 12 }, (_, n) => linked(`many-${n}`)));
  const renewed = await Promise.all(
    links.map(({ connectionId }, n) =>
      vault.renew({
        vendor: oura,
        connectionId,
        purpose: 'fetch',
        seen: 1,
        exchange: () => Promise.resolve(tokens(`new-${n}`)),
      }),
    ),
  );
  expect(renewed.map((token) => token.accessToken)).toEqual(links.map((_, n) => `access-new-${n}`));
});

test('who joins a refresh that began before does not get the token that was refused', async () => {
  const { connectionId } = await linked('joined');
  const renew = (seen: number, name: string) =>
    vault.renew({ vendor: oura, connectionId, purpose: 'fetch', seen, exchange: () => Promise.resolve(tokens(name)) });
  const [first, second] = await Promise.all([renew(1, 'second'), renew(2, 'third')]);
  expect([first.generation, second.generation]).toEqual([2, 3]);
});

test('destroyed tokens are gone', async () => {
  const { connectionId } = await linked('gone');
  await vault.destroyTokens(db, connectionId);
  await expect(vault.openAccessToken({ connectionId, purpose: 'fetch' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await vault.openForRevocation(connectionId)).toBeNull();
});

test('keys of an athlete are made once', async () => {
  const athleteId = await world.newAthlete();
  const first = await vault.payloadKeyOf(athleteId);
  await vault.createAthleteKeys(db, athleteId);
  expect((await vault.payloadKeyOf(athleteId)).id).toBe(first.id);
  expect((await vault.intakeKey()).id).toBe((await secondReplica.intakeKey()).id);
});
