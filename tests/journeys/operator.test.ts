import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { systemClock } from '#platform/clock';
import { createKeyRing, type KeyRing } from '#platform/crypto';
import { newId } from '#platform/ids';
import { environmentOf } from '../../embedded/environment.ts';
import { isChaos, randomOf, seed } from '../support/chaos.ts';
import { linkMany, type Linked } from '../../subgraphs/connections/vault/vault.test-support.ts';
import { createVault } from '../../subgraphs/connections/vault/vault.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

const ATHLETES = isChaos ? 5_000 : 300;
const KILLS = isChaos ? 20 : 4;

let world: World;
let athletes: Linked[];
let old: { token: Buffer; payload: Buffer };
const next = { token: randomBytes(32), payload: randomBytes(32) };

const ringsOf = (version: number, roots: { token: Buffer; payload: Buffer }) => ({
  tokenRing: ringOf('token', version, roots.token),
  payloadRing: ringOf('payload', version, roots.payload),
});
const ringOf = (purpose: 'token' | 'payload', version: number, root: Buffer): KeyRing =>
  createKeyRing({ purpose, roots: new Map([[version, root]]) });

beforeAll(async () => {
  world = await createWorld({ programs: [] });
  const { tokenRootSecret, payloadRootSecret } = world.secrets;
  old = { token: Buffer.from(tokenRootSecret, 'base64'), payload: Buffer.from(payloadRootSecret, 'base64') };
  athletes = await linkMany(world.database, ringsOf(1, old), ATHLETES);
});
afterAll(() => world?.stop());

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** Runs a verb as in production: beside connections, with its environment and nothing else. */
function ops(
  args: string[],
  { variables = {}, untilKilled }: { variables?: Record<string, string>; untilKilled?: () => Promise<void> } = {},
): Promise<Ended> {
  const env = { ...environmentOf('connections', world.place), ...variables };
  return new Promise((resolve) => {
    const script = 'dist/subgraphs/connections/ops/main.js';
    const child = execFile(process.execPath, [script, ...args], { env, timeout: 300_000 }, (_error, out, err) =>
      resolve({ code: child.exitCode, out: out.trim(), err: err.trim() }),
    );
    void untilKilled?.().then(() => child.kill('SIGKILL'));
  });
}

const base64 = (secret: Buffer): string => secret.toString('base64');

/** The second version is current, the first is still known. */
const bothVersions = (): Record<string, string> => ({
  TOKEN_ROOT_SECRET: base64(next.token),
  TOKEN_ROOT_SECRET_VERSION: '2',
  TOKEN_ROOT_SECRET_PREVIOUS: `1=${base64(old.token)}`,
  PAYLOAD_ROOT_SECRET: base64(next.payload),
  PAYLOAD_ROOT_SECRET_VERSION: '2',
  PAYLOAD_ROOT_SECRET_PREVIOUS: `1=${base64(old.payload)}`,
});

const newVersionOnly = (): Record<string, string> => ({
  ...bothVersions(),
  TOKEN_ROOT_SECRET_PREVIOUS: '',
  PAYLOAD_ROOT_SECRET_PREVIOUS: '',
});

const countsAt = (version: number) =>
  ['token', 'payload'].map((kind) => ({ kind, version, keys: ATHLETES, isCurrent: true }));

test('all verbs are listed without any configuration', async () => {
  const { code, out } = await ops([], { variables: { DATABASE_URL: '', TOKEN_ROOT_SECRET: '' } });
  expect(code).toBe(0);
  for (const verb of ['keys status', 'keys rotate', 'tokens rotate']) expect(out).toContain(verb);
});

test('an operator replays archived days, or learns in a sentence why not', async () => {
  const days = ['--from', '2026-11-01', '--to', '2026-11-10'];
  const nothing = await ops(['replay', '--provider', 'oura', ...days, '--dry-run']);
  expect(nothing).toEqual({ code: 0, out: '0 objects read', err: '' });
  const unknown = await ops(['replay', '--provider', 'fitbit', ...days]);
  expect(unknown).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/^There is no provider of this name/) });
  const inverted = await ops(['replay', '--provider', 'oura', '--from', '2026-11-10', '--to', '2026-11-01']);
  expect(inverted).toMatchObject({ code: 1, err: expect.stringMatching(/^The range ends before it begins/) });
});

test('what keeps a verb from running is one sentence, and the code is 1', async () => {
  const { code, out, err } = await ops(['keys', 'status'], {
    variables: { DATABASE_URL: 'postgres://x:y@127.0.0.1:1/x' },
  });
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^PostgreSQL does not answer at 127\.0\.0\.1:1\. .*DATABASE_URL.*$/);
  const wrong = { TOKEN_ROOT_SECRET: base64(next.token) };
  expect((await ops(['keys', 'status'], { variables: wrong })).err).toMatch(
    /^TOKEN_ROOT_SECRET does not hold the secret that version 1 of this database was made with[^\n]*$/,
  );
  const twice = { TOKEN_ROOT_SECRET_PREVIOUS: `1=${base64(old.token)}` };
  expect((await ops(['keys', 'status'], { variables: twice })).err).toContain('Version 1 stands in');
});

test('an operator sees under which version the data keys stand, and moves them to the new one', async () => {
  expect(JSON.parse((await ops(['keys', 'status', '--json'])).out)).toEqual({ keys: countsAt(1), unused: [] });
  const without = await ops(['keys', 'status'], { variables: newVersionOnly() });
  expect(without.err).toMatch(/^Data keys still stand under version 1 of TOKEN_ROOT_SECRET, which is not configured/);

  const rotated = await ops(['keys', 'rotate'], { variables: bothVersions() });
  expect(rotated.code).toBe(0);
  expect(rotated.err).toContain(`TOKEN_ROOT_SECRET: ${ATHLETES} wrapped under version 2`);
  expect(rotated.out).toMatch(/token +version 2 +\d+ {2}current/);
  expect(rotated.out).toMatch(/Version 1 of TOKEN_ROOT_SECRET wraps no key any more: .*PREVIOUS.* Destroy it when/);
  expect(JSON.parse((await ops(['keys', 'status', '--json'], { variables: newVersionOnly() })).out)).toEqual({
    keys: countsAt(2),
    unused: [],
  });
});

/** Keys that have a successor and still seal something. */
async function retiredKeys(): Promise<number> {
  const rows = await world.database.query('select from connections.data_key where retired_at is not null');
  return rows.length;
}

test(`a rotation of the tokens that is killed with -9 goes on where it was (CHAOS_SEED=${seed})`, async () => {
  const random = randomOf(seed);
  const variables = newVersionOnly();
  const db = await world.database.open('connections');
  /** Some moment after the verb has begun to work on the database; the last time, while tokens are on the move. */
  async function midway(isLast: boolean): Promise<void> {
    await until('the verb to be at work', async () => {
      const sessions = await db.query<unknown[]>(
        `select from pg_stat_activity where datname = current_database() and application_name = 'connections-ops'`,
      );
      return sessions.length > 0 && (!isLast || (await retiredKeys()) > 0);
    });
    await new Promise((resolve) => setTimeout(resolve, random() * (isChaos ? 1_000 : 100)));
  }
  // A refresh that does not end: the rotation cannot get through before it is killed.
  const refresh = new pg.Client({ connectionString: world.database.ownerUrl });
  await refresh.connect();
  await refresh.query('begin');
  await refresh.query('select from connections.sealed_token where connection_id = $1 for update', [
    athletes[0]?.connectionId,
  ]);
  for (let kill = 1; kill <= KILLS; kill += 1)
    await ops(['tokens', 'rotate'], { variables, untilKilled: () => midway(kill === KILLS) });
  expect(await retiredKeys()).toBeGreaterThan(0);
  await refresh.end();
  const { code, out } = await ops(['tokens', 'rotate', '--json'], { variables });
  expect(code).toBe(0);
  expect(JSON.parse(out).broken).toEqual([]);
  expect(await retiredKeys()).toBe(0);
  const vault = createVault({ db, ...ringsOf(2, next), clock: systemClock });
  for (const { connectionId } of athletes)
    expect((await vault.openForRevocation(connectionId))?.refreshToken).toBe(`refresh-${connectionId}`);
  const [athlete] = athletes;
  const one = await ops(['tokens', 'rotate', '--athlete', athlete?.athleteId ?? ''], { variables });
  expect(one).toMatchObject({ code: 0, out: expect.stringMatching(/^1 athletes have a new token key/) });
  const unknown = await ops(['tokens', 'rotate', '--athlete', newId()], { variables });
  expect(unknown).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/^There is no athlete .* token key/) });
}, 600_000);

test('a verb of insights runs beside it, with its environment and nothing else', async () => {
  const env = environmentOf('insights', world.place);
  const { athleteId = '' } = athletes[0] ?? {};
  const args = ['readiness', 'explain', '--athlete', athleteId, '--date', '2026-11-20'];
  const ended = await new Promise<Ended>((resolve) => {
    const script = 'dist/subgraphs/insights/ops/main.js';
    const child = execFile(process.execPath, [script, ...args], { env, timeout: 60_000 }, (_error, out, err) =>
      resolve({ code: child.exitCode, out: out.trim(), err: err.trim() }),
    );
  });
  expect(ended).toMatchObject({ code: 1, out: '' });
  expect(ended.err).toContain(`There is no stored score of athlete ${athleteId} in a view of 2026-11-20`);
});

test.each([
  ['tokens rotate', ['tokens', 'rotate'], /^1 athletes have a new token key/],
  ['reconcile', ['reconcile', '--provider', 'oura'], /^Queued 1 job\. /],
  [
    'replay',
    ['replay', '--provider', 'oura', '--from', '2026-11-01', '--to', '2026-11-02', '--dry-run'],
    /^0 objects read$/,
  ],
])(
  '%s takes an athlete by the e-mail they sign in with, and says so when it is nobody’s',
  async (_verb, verb, done) => {
    const variables = newVersionOnly();
    const { athleteId } = athletes[0] as Linked;
    const known = await ops([...verb, '--athlete', `${athleteId}@example.com`], { variables });
    expect(known).toMatchObject({ code: 0, out: expect.stringMatching(done) });
    const nobody = await ops([...verb, '--athlete', 'nobody@example.com'], { variables });
    expect(nobody).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/^No athlete signs in as "nobody@/) });
    // All of them are called so.
    const several = await ops([...verb, '--athlete', 'A'], { variables });
    expect(several).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^\d+ athletes are meant by "A", among them [^.]+\. Give/),
    });
  },
);
