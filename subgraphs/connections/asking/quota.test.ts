import { openDatabase, type Database } from '#platform/database';
import { createLogger } from '#platform/log';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { createCounter } from '../limits/counter.ts';
import type { VendorQuota } from '../providers/provider.ts';
import { createQuotas, type QuotaHolder, type Quotas } from './quota.ts';

const log = createLogger({ name: 'test', level: 'silent' });
let database: TestDatabase;
/** Two replicas: a pool, a counter and a memory each. */
let replicas: Quotas[];
let pools: Database[];
let nowMs = Date.parse('2026-11-16T05:07:00Z');
const clock = { now: () => new Date(nowMs) };

const newReplica = (db: Database): Quotas => createQuotas({ db, counter: createCounter({ db }), clock, log });

beforeAll(async () => {
  database = await createDatabase();
  pools = [await database.open('connections'), await database.open('connections')];
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.query('truncate connections.rate_limit, connections.provider_pause');
  nowMs = Date.parse('2026-11-16T05:07:00Z');
  replicas = pools.map(newReplica);
});

const vendorWith = (...quotas: VendorQuota[]): QuotaHolder => ({ provider: 'OURA', slug: 'oura', quotas });

/** Asks on both replicas in turn, eight at a time; how many might go out. */
async function flood(vendor: QuotaHolder, calls: number, options?: { isBulk?: boolean }): Promise<number> {
  let admitted = 0;
  let left = calls;
  const lane = async (quotas: Quotas): Promise<void> => {
    while (left-- > 0) if ((await quotas.take(vendor, options)) === null) admitted += 1;
  };
  await Promise.all(replicas.flatMap((quotas) => [lane(quotas), lane(quotas), lane(quotas), lane(quotas)]));
  return admitted;
}

test('two replicas together stay within nine tenths of what the provider allows, and use nearly all of it', async () => {
  const admitted = await flood(vendorWith({ points: 1_000, perS: 300 }), 3_000);
  expect(admitted).toBeLessThanOrEqual(900);
  // What one replica holds when the other runs dry.
  expect(admitted).toBeGreaterThanOrEqual(880);
});

test('a small quota is shared out call by call', async () => {
  expect(await flood(vendorWith({ points: 10, perS: 60 }), 50)).toBe(9);
});

test('the shortest window that is full says when to come back, and then there is more', async () => {
  const vendor = vendorWith({ points: 100, perS: 900 }, { points: 1_000, perS: 86_400 });
  expect(await flood(vendor, 200)).toBe(90);
  expect(await replicas[0]?.take(vendor)).toEqual(new Date('2026-11-16T05:15:00Z'));
  nowMs = Date.parse('2026-11-16T05:15:00Z');
  expect(await flood(vendor, 200)).toBe(90);
});

test('the day is counted beside the minutes', async () => {
  const vendor = vendorWith({ points: 100, perS: 60 }, { points: 150, perS: 86_400 });
  expect(await flood(vendor, 200)).toBe(90);
  nowMs += 60_000;
  expect(await flood(vendor, 200)).toBe(45);
  expect(await replicas[0]?.take(vendor)).toEqual(new Date('2026-11-17T00:00:00Z'));
});

test('history and checks leave a part of the quota to what people wait for', async () => {
  const vendor = vendorWith({ points: 1_000, perS: 300 });
  const bulk = await flood(vendor, 2_000, { isBulk: true });
  expect(bulk).toBeLessThanOrEqual(630);
  expect(bulk).toBeGreaterThanOrEqual(600);
  expect(await flood(vendor, 2_000)).toBeGreaterThanOrEqual(250);
});

test('a lease spares the database: ten calls are one statement', async () => {
  const db = pools[0] as Database;
  const counter = createCounter({ db });
  let takes = 0;
  const counting: typeof counter = {
    ...counter,
    take(options) {
      takes += 1;
      return counter.take(options);
    },
  };
  const quotas = createQuotas({ db, counter: counting, clock, log });
  const vendor = vendorWith({ points: 5_000, perS: 300 });
  for (let n = 0; n < 100; n += 1) expect(await quotas.take(vendor)).toBeNull();
  expect(takes).toBe(10);
});

test('what one replica was told, the other knows within about a second, and no shorter pause ends it', async () => {
  const vendor = vendorWith({ points: 100, perS: 60 });
  const [first, second] = replicas as [Quotas, Quotas];
  expect(await second.take(vendor)).toBeNull();
  const until = new Date(nowMs + 30_000);
  await first.pause(vendor, until);
  expect(await first.take(vendor)).toEqual(until);
  await new Promise((resolve) => setTimeout(resolve, 1_050));
  expect(await second.take(vendor)).toEqual(until);
  await second.pause(vendor, new Date(nowMs + 1_000));
  nowMs += 29_000;
  expect(await second.take(vendor)).toEqual(until);
  nowMs += 1_001;
  expect(await second.take(vendor)).toBeNull();
});

test('a pause holds for its provider alone', async () => {
  const [first] = replicas as [Quotas];
  await first.pause(vendorWith(), new Date(nowMs + 30_000));
  expect(await first.take({ provider: 'WHOOP', slug: 'whoop', quotas: [{ points: 100, perS: 60 }] })).toBeNull();
});

test('with the database away nothing goes out, and a time to come back is named', async () => {
  const db = await openDatabase({
    url: database.urlOf('connections'),
    schema: 'connections',
    name: 'test',
    entities: [],
    log,
  });
  const quotas = newReplica(db);
  await db.close();
  expect(await quotas.take(vendorWith({ points: 100, perS: 60 }))).toEqual(new Date(nowMs + 5_000));
});
