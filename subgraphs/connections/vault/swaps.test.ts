import { isChaos, pick, randomOf, seed } from '../../../tests/support/chaos.ts';
import { linkMany, oura, startVaults, tokensNamed, twoVersions } from './vault.test-support.ts';
import type { VaultWorld } from './vault.test-support.ts';

const ATTACKS = isChaos ? 10_000 : 300;
const ATHLETES = 20;

const { before: rings } = twoVersions();
const random = randomOf(seed);
let world: VaultWorld;

beforeAll(async () => {
  world = await startVaults([rings]);
});
afterAll(() => world?.database.drop());

/** Everything sealed of one connection, and the key it is sealed under: what somebody who writes rows could move about. */
interface Row {
  connectionId: string;
  provider: string;
  keyId: string;
  access: Buffer;
  refresh: Buffer;
  wrapped: Buffer;
  generation: number;
}

const readRows = (): Promise<Row[]> =>
  world.database.query<Row>(
    `select t.connection_id as "connectionId", c.provider, t.key_id as "keyId", t.access_sealed as access,
            t.refresh_sealed as refresh, k.wrapped, t.generation
       from connections.sealed_token t join connections.provider_connection c on c.id = t.connection_id
       join connections.data_key k on k.id = t.key_id order by t.connection_id`,
  );

async function write(row: Row): Promise<void> {
  await world.database.query(
    'update connections.sealed_token set key_id = $2, access_sealed = $3, refresh_sealed = $4 where connection_id = $1',
    [row.connectionId, row.keyId, row.access, row.refresh],
  );
  await world.database.query('update connections.provider_connection set provider = $2 where id = $1', [
    row.connectionId,
    row.provider,
  ]);
}

/** Ways to move what is sealed: between athletes, providers, connections of one athlete, kinds and keys. */
const ATTACKS_ON: Record<string, (target: Row, source: Row) => Row> = {
  'the access token of another connection': (target, source) => ({ ...target, access: source.access }),
  'the same with its key': (target, source) => ({ ...target, access: source.access, keyId: source.keyId }),
  'a whole row of another connection': (target, source) => ({
    ...target,
    ...source,
    connectionId: target.connectionId,
  }),
  'its own refresh token as access token': (target) => ({ ...target, access: target.refresh }),
  'its own access token as refresh token': (target) => ({ ...target, refresh: target.access }),
  'the refresh token of another connection': (target, source) => ({ ...target, refresh: source.refresh }),
  'the same with its key, as access token': (target, source) => ({
    ...target,
    access: source.refresh,
    keyId: source.keyId,
  }),
  'another provider for the same row': (target) => ({
    ...target,
    provider: target.provider === 'OURA' ? 'WHOOP' : 'OURA',
  }),
};

test(`of ${ATTACKS} sealed records moved to another place none opens (CHAOS_SEED=${seed})`, async () => {
  const { database, replicas } = world;
  const [{ db, vault }] = replicas as [VaultWorld['replicas'][number]];
  const athletes = await linkMany(database, rings, ATHLETES);
  for (const { athleteId } of athletes) {
    // An older link with the same provider: only the connection tells the two apart.
    const connectionId = await world.newConnection(athleteId, { state: 'REVOKED' });
    await vault.sealTokens(db, { connectionId, tokens: tokensNamed(connectionId) });
  }
  const rows = await readRows();
  expect(rows).toHaveLength(2 * ATHLETES);
  const opened: string[] = [];
  for (let attack = 0; attack < ATTACKS; attack += 1) {
    const target = pick(rows, random);
    const source = pick(
      rows.filter((row) => row !== target),
      random,
    );
    const name = pick(Object.keys(ATTACKS_ON), random);
    await write((ATTACKS_ON[name] as (target: Row, source: Row) => Row)({ ...target, provider: 'OURA' }, source));
    const result = await vault.openForRevocation(target.connectionId).catch((error: Error) => error.message);
    if (result !== 'a sealed record did not open') opened.push(`${name}: ${JSON.stringify(result)}`);
    await write(target);
  }
  expect(opened).toEqual([]);
  for (const { connectionId } of rows)
    expect((await vault.openForRevocation(connectionId))?.accessToken).toBe(`access-${connectionId}`);
}, 600_000);

test('a wrapped key moved to another row opens nothing', async () => {
  const { database, replicas } = world;
  const [{ vault }] = replicas as [VaultWorld['replicas'][number]];
  const [row, other] = await readRows();
  const [payload] = await database.query<{ wrapped: Buffer }>(
    `select wrapped from connections.data_key where kind = 'payload' limit 1`,
  );
  const { connectionId, keyId, wrapped } = row as Row;
  for (const moved of [(other as Row).keyId === keyId ? payload?.wrapped : other?.wrapped, payload?.wrapped]) {
    await database.query('update connections.data_key set wrapped = $2 where id = $1', [keyId, moved]);
    await expect(vault.openForRevocation(connectionId)).rejects.toThrow('a sealed record did not open');
  }
  await database.query('update connections.data_key set wrapped = $2 where id = $1', [keyId, wrapped]);
  expect(await vault.openForRevocation(connectionId)).not.toBeNull();
});

/** Rows of every table that hold one of the words, as text or as the bytes of a text, plain or in base64. */
async function tablesHolding(words: readonly string[]): Promise<string[]> {
  const { database } = world;
  const forms = words.flatMap((word) => {
    const bytes = Buffer.from(word);
    return [word, bytes.toString('hex'), bytes.toString('base64')];
  });
  const tables = await database.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname in ('connections', 'health_data', 'insights', 'audit') order by 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const hits = await database.query(
      `select from ${name} t where exists (select from unnest($1::text[]) word where position(word in t::text) > 0)`,
      [forms],
    );
    if (hits.length > 0) found.push(`${name}: ${hits.length}`);
  }
  return found;
}

test('no table holds a token in the clear', async () => {
  const { database, replicas } = world;
  const [{ vault }] = replicas as [VaultWorld['replicas'][number]];
  const rows = await readRows();
  for (const { connectionId, generation } of rows) {
    const exchange = () => Promise.resolve(tokensNamed(connectionId));
    await vault.renew({ vendor: oura, connectionId, purpose: 'test', seen: generation, exchange });
  }
  const words = rows.flatMap(({ connectionId }) => [`access-${connectionId}`, `refresh-${connectionId}`]);
  expect(await tablesHolding(words)).toEqual([]);
  // The same look finds what does lie in the open, in a text and in bytes.
  const [word] = words;
  await database.query(
    'update connections.account set display_name = $1 where id = (select min(id::text)::uuid from connections.account)',
    [word],
  );
  await database.query('update connections.sealed_token set access_sealed = $1 where connection_id = $2', [
    Buffer.from(`before ${word} after`),
    rows[0]?.connectionId,
  ]);
  expect(await tablesHolding(words)).toEqual(['connections.account: 1', 'connections.sealed_token: 1']);
});
