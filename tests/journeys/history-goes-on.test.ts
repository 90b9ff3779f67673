import { linkVendorUser, sleepDocument, startOuraVendor, vendorEnv, type OuraVendor } from '../support/oura-vendor.ts';
import { register } from '../support/people.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

const DAY_MS = 86_400_000;
const NIGHTS = 60;
/** Twelve pages to each chunk of days. */
const PAGE_SIZE = 5;
/** In the second chunk of the nights. */
const KILLED_AT = 17;
/** A lease is a minute. */
const LATER = { CLOCK_OFFSET_MS: '61000' };

let vendor: OuraVendor;
let world: World;

beforeAll(async () => {
  vendor = await startOuraVendor();
  vendor.pageSize = PAGE_SIZE;
  world = await createWorld({
    // What the killed program had stored and not yet told of is found by a sweep.
    env: { ...vendorEnv(vendor), OURA_QUOTA: '100000/60', SWEEP_AFTER_MS: '2000' },
    programs: ['connections', 'health-data', 'gateway'],
  });
});
afterAll(async () => {
  await world?.stop();
  await vendor?.close();
});

interface Job {
  state: string;
  stepsDone: number;
  records: number;
}
const job = async (): Promise<Job | undefined> => {
  const [row] = await world.database.query<Job>(
    `select state, steps_done as "stepsDone", records from connections.sync_job where kind = 'HISTORICAL'`,
  );
  return row;
};

const nightsStored = async (): Promise<number> => {
  const [row] = await world.database.query<{ n: number }>('select count(*)::int as n from health_data.sleep_night');
  return row?.n ?? 0;
};

it('a program killed in the middle of a history goes on at the page where it stood, and brings each night once', async () => {
  for (let n = 0; n < NIGHTS; n += 1) {
    const day = new Date(Date.now() - (NIGHTS - n) * DAY_MS).toISOString().slice(0, 10);
    vendor.documents.set(`sleep/night-${n}`, sleepDocument({ id: `night-${n}`, day }));
  }
  const asked: string[] = [];
  const [reached, dead] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  vendor.beforePage = async (address) => {
    asked.push(address);
    if (asked.length !== KILLED_AT) return;
    reached.resolve();
    await dead.promise;
  };
  await linkVendorUser(world, { athlete: await register(world, 'ATHLETE'), userId: 'oura-user-1' });
  await reached.promise;
  const before = await job();
  await world.kill('connections');
  dead.resolve();
  expect(before).toMatchObject({ state: 'RUNNING', stepsDone: 1 });

  await world.start('connections', LATER);
  const after = await until('the history', async () => {
    const now = await job();
    return now?.state === 'DONE' && now;
  });
  // The page in hand was asked for again, those before it were not, and none was left out.
  expect(asked[KILLED_AT]).toBe(asked[KILLED_AT - 1]);
  const once = asked.toSpliced(KILLED_AT, 1);
  expect(new Set(once).size).toBe(once.length);
  const sleepPages = once.filter((address) => address.includes('/sleep?'));
  expect(sleepPages).toHaveLength((NIGHTS / PAGE_SIZE) * new Set(sleepPages.map(chunkOf)).size);
  expect(after.records).toBe(NIGHTS);

  await until('all nights', async () => (await nightsStored()) >= NIGHTS);
  const deliveries = await world.database.query(
    `select count(*)::int - count(distinct body_hash)::int as twice from connections.delivery where domain = 'sleep'`,
  );
  expect([await nightsStored(), deliveries]).toEqual([NIGHTS, [{ twice: 0 }]]);
});

const chunkOf = (address: string): string | null => new URL(address, 'http://vendor').searchParams.get('start_date');
