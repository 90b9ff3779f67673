import { openDatabase, type Database } from '#platform/database';
import type { AppError } from '#platform/errors';
import { createLogger } from '#platform/log';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { createCounter } from './counter.ts';
import { createLimits, networkOf, type Limits, type LimitName, type Whom } from './limits.ts';

const log = createLogger({ name: 'test', level: 'silent' });
let database: TestDatabase;
/** Two replicas. */
let replicas: Limits[];

beforeAll(async () => {
  database = await createDatabase();
  const pools = [await database.open('connections'), await database.open('connections')];
  replicas = pools.map((db) => createLimits({ counter: createCounter({ db }), log }));
});
afterAll(() => database.drop());
beforeEach(() => database.query('truncate connections.rate_limit'));

/** Tries on both replicas at once; how many were let through, and the last refusal. */
async function flood(
  name: LimitName,
  whom: Whom,
  tries: number,
): Promise<{ admitted: number; refusal: AppError | null }> {
  let admitted = 0;
  let refusal: AppError | null = null;
  await Promise.all(
    Array.from({ length: tries }, async (_, n) => {
      try {
        await replicas[n % 2]?.take(name, whom);
        admitted += 1;
      } catch (error) {
        refusal = error as AppError;
      }
    }),
  );
  return { admitted, refusal };
}

test('two replicas together let through what one limit allows, and say how long to wait', async () => {
  const { admitted, refusal } = await flood('startBackfill', { account: 'a', address: '192.0.2.1' }, 200);
  expect(admitted).toBe(30);
  expect(refusal?.code).toBe('RATE_LIMITED');
  expect(refusal?.retryAfterS).toBeGreaterThan(3_500);
  expect(refusal?.retryAfterS).toBeLessThanOrEqual(3_600);
  expect(refusal?.message).toContain('60 minutes');
});

test('a guesser at one address keeps nobody out who signs in from another', async () => {
  const [guesser, owner] = ['192.0.2.1', '198.51.100.7'];
  expect((await flood('login', { account: 'maya@example.org', address: guesser }, 50)).admitted).toBe(10);
  expect((await flood('login', { account: 'Maya@Example.org ', address: owner }, 3)).admitted).toBe(3);
});

test('many guessers together have a hundred tries at an account', async () => {
  let admitted = 0;
  for (let n = 0; n < 15; n += 1) {
    admitted += (await flood('login', { account: 'maya@example.org', address: `192.0.2.${n}` }, 10)).admitted;
  }
  expect(admitted).toBe(100);
});

test('an address that tries many accounts is held up as well, and each address by itself', async () => {
  let admitted = 0;
  for (let n = 0; n < 40; n += 1) {
    admitted += (await flood('login', { account: `person-${n}`, address: '192.0.2.1' }, 10)).admitted;
  }
  expect(admitted).toBe(300);
  expect((await flood('login', { account: 'person-0', address: '192.0.2.2' }, 1)).admitted).toBe(1);
});

test('who succeeds gets the try back, but for the address', async () => {
  const whom = { account: 'maya@example.org', address: '192.0.2.1' };
  for (let n = 0; n < 40; n += 1) {
    await replicas[n % 2]?.take('login', whom);
    await replicas[n % 2]?.succeeded('login', whom);
  }
  expect((await flood('login', whom, 20)).admitted).toBe(10);
  const points = await database.query<{ points: number }>(
    `select points from connections.rate_limit where key like 'login/address/%'`,
  );
  expect(points).toEqual([{ points: 50 }]);
});

test('limits of different names do not add up', async () => {
  const whom = { account: 'a', address: '192.0.2.1' };
  expect((await flood('startBackfill', whom, 40)).admitted).toBe(30);
  expect((await flood('linkProvider', whom, 40)).admitted).toBe(30);
});

test('the table knows no address of a person or a computer', async () => {
  await flood('login', { account: 'maya@example.org', address: '192.0.2.1' }, 1);
  const rows = await database.query<{ key: string }>('select key from connections.rate_limit');
  expect(rows).toHaveLength(3);
  expect(JSON.stringify(rows)).not.toMatch(/maya|example|192/);
});

test('with the database away nothing is let through', async () => {
  const db: Database = await openDatabase({
    url: database.urlOf('connections'),
    schema: 'connections',
    name: 'test',
    entities: [],
    log,
  });
  const limits = createLimits({ counter: createCounter({ db }), log });
  await db.close();
  await expect(limits.take('login', { account: 'a', address: '192.0.2.1' })).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  });
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:1::6', '2001:db8:1:0::/64'],
  ['2001:db8::', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['account 7', 'account 7'],
])('the network of %s is %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
