import { createLocalJWKSet, jwtVerify } from 'jose';
import { createAccessTokens } from './access-token.ts';
import { startPeople, type People } from './people.test-support.ts';

const DAY_MS = 86_400_000;

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.stop());

const fresh = () => createAccessTokens({ db: people.db, clock: people.clock, ring: people.tokenRing });
const subject = () => ({
  accountId: '00000000-0000-4000-8000-000000000001',
  sessionId: '00000000-0000-4000-8000-000000000002',
  endsAt: new Date(people.clock.now().getTime() + DAY_MS),
});
const verify = async (token: string) =>
  jwtVerify(token, createLocalJWKSet(await fresh().jwks()), {
    issuer: 'athlete-ally',
    audience: 'athlete-ally',
    typ: 'at+jwt',
    algorithms: ['EdDSA'],
    requiredClaims: ['sub', 'sid', 'jti', 'iat', 'exp'],
    currentDate: people.clock.now(),
  });

test('processes that start together agree on one key', async () => {
  const eight = Array.from({ length: 8 });
  // Their connections are open already, so that they meet.
  await Promise.all(eight.map(() => people.db.query('select pg_sleep(0.05)')));
  await Promise.all(eight.map(() => fresh().prepare()));
  expect(await people.database.query('select 1 from connections.signing_key')).toHaveLength(1);
  expect(await people.database.query(`select 1 from connections.data_key where kind = 'signing'`)).toHaveLength(1);
});

test('a token names account and session, and lives ten minutes', async () => {
  const { token, expiresAt } = await fresh().issue(subject());
  const { payload } = await verify(token);
  expect(payload).toMatchObject({ sub: subject().accountId, sid: subject().sessionId });
  expect(Number(payload.exp) - Number(payload.iat)).toBe(600);
  expect(expiresAt).toEqual(new Date(Number(payload.exp) * 1000));
});

test('a token does not outlive its session', async () => {
  const endsAt = new Date(people.clock.now().getTime() + 120_000);
  const { expiresAt } = await fresh().issue({ ...subject(), endsAt });
  expect(expiresAt.getTime()).toBeLessThanOrEqual(endsAt.getTime());
});

test('the key set holds public parts only, and the stored private key does not show its bytes', async () => {
  const { keys } = await fresh().jwks();
  expect(keys).toHaveLength(1);
  expect(Object.keys(keys[0] ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
  const [row] = await people.database.query<{ private_sealed: Buffer }>(
    'select private_sealed from connections.signing_key',
  );
  // Every Ed25519 private key in PKCS #8 begins so (RFC 8410).
  expect(row?.private_sealed.includes(Buffer.from('302e020100300506032b6570', 'hex'))).toBe(false);
});

test('after 30 days a new key signs, the old one still verifies for a day, and a running process notices', async () => {
  const running = fresh();
  const before = await running.issue(subject());
  people.moveClock(30 * DAY_MS - 60_000);
  await fresh().prepare();
  expect((await fresh().jwks()).keys).toHaveLength(1);
  people.moveClock(120_000);
  const after = await fresh().issue(subject());
  const { keys } = await running.jwks();
  expect(keys).toHaveLength(2);
  const kidOf = (token: string): string =>
    JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;
  expect(kidOf(after.token)).toBe(keys[0]?.kid);
  expect(kidOf(before.token)).toBe(keys[1]?.kid);
  people.moveClock(11 * 60_000);
  expect(kidOf((await running.issue(subject())).token)).toBe(keys[0]?.kid);
  people.moveClock(DAY_MS);
  expect((await fresh().jwks()).keys.map((key) => key.kid)).toEqual([keys[0]?.kid]);
});
