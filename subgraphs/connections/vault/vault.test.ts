import { randomBytes } from 'node:crypto';
import { systemClock } from '#platform/clock';
import { createKeyRing } from '#platform/crypto';
import type { Database } from '#platform/database';
import { newId } from '#platform/ids';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { createVault, GrantLost, type ProviderTokens, type Vault } from './vault.ts';

let database: TestDatabase;
let db: Database;
let vault: Vault;
let secondReplica: Vault;

beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('connections');
  const tokenRing = createKeyRing({ purpose: 'token', roots: new Map([[1, randomBytes(32)]]) });
  const payloadRing = createKeyRing({ purpose: 'payload', roots: new Map([[1, randomBytes(32)]]) });
  vault = createVault({ db, tokenRing, payloadRing, clock: systemClock });
  secondReplica = createVault({ db: await database.open('connections'), tokenRing, payloadRing, clock: systemClock });
});
afterAll(() => database?.drop());

const tokens = (name: string): ProviderTokens => ({
  accessToken: `access-${name}`,
  refreshToken: `refresh-${name}`,
  accessExpiresAt: new Date('2026-12-01'),
});

async function newAthlete(): Promise<string> {
  const [account, athlete] = [newId(), newId()];
  await database.query(`insert into connections.account values ($1, $2, 'x', 'A', 'ATHLETE', now())`, [
    account,
    `${account}@example.com`,
  ]);
  await database.query(
    `insert into connections.athlete (id, account_id, display_name, time_zone) values ($1, $2, 'A', 'UTC')`,
    [athlete, account],
  );
  await vault.createAthleteKeys(db, athlete);
  return athlete;
}

async function newConnection(athleteId: string, { provider = 'OURA', state = 'ACTIVE' } = {}): Promise<string> {
  const id = newId();
  await database.query(
    `insert into connections.provider_connection (id, athlete_id, provider, provider_user_id, state, granted_scopes, linked_at)
     values ($1, $2, $3, $4, $5, '{}', now())`,
    [id, athleteId, provider, `user-${id}`, state],
  );
  return id;
}

async function linked(name: string): Promise<{ athleteId: string; connectionId: string }> {
  const athleteId = await newAthlete();
  const connectionId = await newConnection(athleteId);
  await vault.sealTokens(db, { connectionId, tokens: tokens(name) });
  return { athleteId, connectionId };
}

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
      (n % 2 ? vault : secondReplica).renew({ connectionId, purpose: 'fetch', seen: 1, exchange }),
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
    connectionId,
    purpose: 'fetch',
    seen: 1,
    exchange: async () => ({ ...tokens('second'), refreshToken: null }),
  });
  expect((await vault.openForRevocation(connectionId))?.refreshToken).toBe('refresh-kept');
});

test('a failed refresh changes nothing, and a lost grant is told as one', async () => {
  const { connectionId } = await linked('stays');
  const failing = (error: Error) =>
    vault.renew({ connectionId, purpose: 'fetch', seen: 1, exchange: () => Promise.reject(error) });
  await expect(failing(new Error('the provider is away'))).rejects.toThrow('the provider is away');
  await expect(failing(new GrantLost('invalid_grant'))).rejects.toBeInstanceOf(GrantLost);
  expect(await vault.openAccessToken({ connectionId, purpose: 'fetch' })).toMatchObject({
    accessToken: 'access-stays',
    generation: 1,
  });
});

test('destroyed tokens are gone', async () => {
  const { connectionId } = await linked('gone');
  await vault.destroyTokens(db, connectionId);
  await expect(vault.openAccessToken({ connectionId, purpose: 'fetch' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await vault.openForRevocation(connectionId)).toBeNull();
});

test('keys of an athlete are made once', async () => {
  const athleteId = await newAthlete();
  const first = await vault.payloadKeyOf(athleteId);
  await vault.createAthleteKeys(db, athleteId);
  expect((await vault.payloadKeyOf(athleteId)).id).toBe(first.id);
  expect((await vault.intakeKey()).id).toBe((await secondReplica.intakeKey()).id);
});
