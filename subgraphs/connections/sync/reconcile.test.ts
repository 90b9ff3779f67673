import type { Database } from '#platform/database';
import { newId } from '#platform/ids';
import { createLogger } from '#platform/log';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import type { Vendor } from '../providers/provider.ts';
import { vendorsOf } from '../providers/registry.ts';
import { claimJob } from './claim-job.ts';
import { nightDue, pollQuiet, reconcileNow, reconcileTonight, type ReconcileParts } from './reconcile.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const vendors = vendorsOf([
  { provider: 'OURA', slug: 'oura', name: 'Oura', data: {} } as Vendor,
  { provider: 'WHOOP', slug: 'whoop', name: 'WHOOP', data: {} } as Vendor,
  { provider: 'GARMIN', slug: 'garmin', name: 'Garmin', data: { isAnsweredByWebhook: true } } as Vendor,
]);
let database: TestDatabase;
let pools: Database[];
let nowMs: number;
const clock = { now: () => new Date(nowMs) };

beforeAll(async () => {
  database = await createDatabase();
  pools = [await database.open('connections'), await database.open('connections')];
});
afterAll(() => database.drop());
beforeEach(async () => {
  nowMs = Date.parse('2026-11-16T09:00:00Z');
  await database.query('truncate connections.account, connections.athlete, connections.reconcile_night cascade');
});

const partsOf = (db: Database, change: Partial<ReconcileParts> = {}): ReconcileParts => ({
  db,
  vendors,
  clock,
  log: createLogger({ name: 'test', level: 'silent' }),
  at: '02:00',
  timeZone: 'UTC',
  quietAfterMs: 12 * HOUR_MS,
  ...change,
});
const [first, second] = [() => partsOf(pools[0] as Database), () => partsOf(pools[1] as Database)];

async function link(
  change: {
    provider?: string;
    state?: string;
    deliveredHoursAgo?: number | null;
    linkedHoursAgo?: number;
    timeZone?: string;
  } = {},
): Promise<{ athleteId: string; connectionId: string }> {
  const { provider = 'OURA', state = 'ACTIVE', deliveredHoursAgo = 1, linkedHoursAgo = 48, timeZone = 'UTC' } = change;
  const [accountId, athleteId, connectionId] = [newId(), newId(), newId()];
  await database.query(`insert into connections.account values ($1, $2, 'x', 'A', 'ATHLETE', now())`, [
    accountId,
    `${accountId}@example.com`,
  ]);
  await database.query(
    `insert into connections.athlete (id, account_id, display_name, time_zone) values ($1, $2, 'A', $3)`,
    [athleteId, accountId, timeZone],
  );
  await database.query(
    `insert into connections.provider_connection
       (id, athlete_id, provider, provider_user_id, state, granted_scopes, linked_at, last_delivery_at)
     values ($1, $2, $3, $4, $5, '{daily}', $6, $7)`,
    [
      connectionId,
      athleteId,
      provider,
      connectionId,
      state,
      new Date(nowMs - linkedHoursAgo * HOUR_MS),
      deliveredHoursAgo === null ? null : new Date(nowMs - deliveredHoursAgo * HOUR_MS),
    ],
  );
  return { athleteId, connectionId };
}

interface JobRow {
  connectionId: string;
  kind: string;
  from: string;
  to: string;
  beginsAt: Date;
}
const jobs = (): Promise<JobRow[]> =>
  database.query<JobRow>(
    `select connection_id as "connectionId", kind, from_date::text as from, to_date::text as to, leased_until as "beginsAt"
       from connections.sync_job where state = 'QUEUED' order by created_at, kind`,
  );
const endJobs = (): Promise<unknown> => database.query(`update connections.sync_job set state = 'DONE'`);

describe('the night', () => {
  test.each([
    ['2026-11-16T01:59:59Z', '02:00', 'UTC', '2026-11-15'],
    ['2026-11-16T02:00:00Z', '02:00', 'UTC', '2026-11-16'],
    ['2026-11-15T23:59:59Z', '02:00', 'Europe/Helsinki', '2026-11-15'],
    ['2026-11-16T00:00:00Z', '02:00', 'Europe/Helsinki', '2026-11-16'],
    ['2026-11-16T06:59:59Z', '02:00', 'America/New_York', '2026-11-15'],
    // 02:30 does not exist on this day: the clocks go from 02:00 to 03:00.
    ['2026-03-08T06:59:59Z', '02:30', 'America/New_York', '2026-03-07'],
    ['2026-03-08T07:00:00Z', '02:30', 'America/New_York', '2026-03-08'],
  ])('at %s, told for %s in %s, is that of %s', (now, at, timeZone, night) => {
    expect(nightDue({ now: new Date(now), at, timeZone })).toBe(night);
  });

  test('every active connection gets one job over its last days, spread over an hour', async () => {
    const here = await link();
    const there = await link({ provider: 'WHOOP', timeZone: 'Pacific/Kiritimati' });
    await link({ state: 'REVOKED' });
    await link({ state: 'NEEDS_RECONNECT' });
    await link({ provider: 'GARMIN' });
    expect(await reconcileTonight(first())).toBe(2);
    const queued = await jobs();
    expect(queued.map(({ kind }) => kind)).toEqual(['RECONCILE', 'RECONCILE']);
    const of = (connection: { connectionId: string }): JobRow | undefined =>
      queued.find((job) => job.connectionId === connection.connectionId);
    expect(of(here)).toMatchObject({ from: '2026-11-13', to: '2026-11-16' });
    expect(of(there)).toMatchObject({ from: '2026-11-13', to: '2026-11-16' });
    for (const { beginsAt } of queued) {
      expect(beginsAt.getTime()).toBeGreaterThanOrEqual(nowMs);
      expect(beginsAt.getTime()).toBeLessThanOrEqual(nowMs + HOUR_MS);
    }
  });

  test('comes once over all replicas, and again the next night', async () => {
    for (let n = 0; n < 20; n += 1) await link();
    const queued = await Promise.all([
      reconcileTonight(first()),
      reconcileTonight(second()),
      reconcileTonight(first()),
      reconcileTonight(second()),
    ]);
    expect(queued.toSorted((one, other) => other - one)).toEqual([20, 0, 0, 0]);
    await endJobs();
    expect(await reconcileTonight(second())).toBe(0);
    nowMs += 24 * HOUR_MS;
    expect(await reconcileTonight(second())).toBe(20);
    expect(await database.query('select night, jobs from connections.reconcile_night order by night')).toHaveLength(2);
  });

  test('a connection whose job still waits gets no second one', async () => {
    await link();
    await reconcileTonight(first());
    nowMs += DAY_MS;
    expect(await reconcileTonight(first())).toBe(0);
  });

  test('old jobs are swept out, but not the last look of a connection', async () => {
    const { connectionId } = await link();
    for (const [ago, state] of [
      [20, 'DONE'],
      [18, 'DONE'],
      [17, 'FAILED'],
      [16, 'CANCELLED'],
    ] as const) {
      await look(connectionId, { endedDaysAgo: ago, state });
    }
    await reconcileTonight(first());
    const left = await database.query<{ state: string; to: string }>(
      'select state, to_date::text as to from connections.sync_job order by to_date',
    );
    expect(left).toEqual([
      { state: 'DONE', to: '2026-10-29' },
      { state: 'QUEUED', to: '2026-11-16' },
    ]);
  });
});

/** A night's job that has ended, over its three days. */
const look = (connectionId: string, job: { endedDaysAgo: number; state: string }): Promise<unknown> =>
  database.query(
    `insert into connections.sync_job
       (id, athlete_id, connection_id, provider, kind, state, from_date, to_date, created_at, updated_at)
     select $1, athlete_id, id, provider, 'RECONCILE', $3, $4::timestamptz::date - 3, $4::timestamptz::date, $4, $4
       from connections.provider_connection where id = $2`,
    [newId(), connectionId, job.state, new Date(nowMs - job.endedDaysAgo * DAY_MS)],
  );

describe('after a stop of the whole product', () => {
  const LONG_AGO = { linkedHoursAgo: 200 * 24 };

  test('the days since the last look are asked for, by night and in between', async () => {
    const { connectionId } = await link({ ...LONG_AGO, deliveredHoursAgo: 13 });
    await look(connectionId, { endedDaysAgo: 1, state: 'DONE' });
    await reconcileTonight(first());
    expect(await jobs()).toMatchObject([{ from: '2026-11-13', to: '2026-11-16' }]);
    await endJobs();

    nowMs += 6 * DAY_MS;
    expect(await reconcileTonight(first())).toBe(1);
    expect(await jobs()).toMatchObject([{ kind: 'RECONCILE', from: '2026-11-15', to: '2026-11-22' }]);
    await database.query(`delete from connections.sync_job where state = 'QUEUED'`);
    expect(await pollQuiet(first())).toBe(1);
    expect(await jobs()).toMatchObject([{ kind: 'INCREMENTAL', from: '2026-11-15', to: '2026-11-22' }]);

    await endJobs();
    nowMs += DAY_MS;
    await reconcileTonight(first());
    expect(await jobs()).toMatchObject([{ from: '2026-11-20', to: '2026-11-23' }]);
  });

  test('a look that came to nothing does not count, nor does history', async () => {
    const { connectionId } = await link(LONG_AGO);
    await look(connectionId, { endedDaysAgo: 10, state: 'DONE' });
    await look(connectionId, { endedDaysAgo: 5, state: 'FAILED' });
    await look(connectionId, { endedDaysAgo: 4, state: 'CANCELLED' });
    await database.query(
      `update connections.sync_job set kind = 'HISTORICAL', state = 'DONE' where state = 'CANCELLED'`,
    );
    await reconcileTonight(first());
    expect(await jobs()).toMatchObject([{ from: '2026-11-05', to: '2026-11-16' }]);
  });

  test('ninety days are asked for at the most', async () => {
    const { connectionId } = await link(LONG_AGO);
    await look(connectionId, { endedDaysAgo: 150, state: 'DONE' });
    await reconcileTonight(first());
    expect(await jobs()).toMatchObject([{ from: '2026-08-18', to: '2026-11-16' }]);
  });

  test('who linked just before it is asked from the day of the link on: the rest is their history', async () => {
    await link({ linkedHoursAgo: 6 * 24 });
    await reconcileTonight(first());
    expect(await jobs()).toMatchObject([{ from: '2026-11-09', to: '2026-11-16' }]);
  });
});

describe('who has gone quiet', () => {
  test('is asked, and who delivers, never did or stopped long ago is not', async () => {
    const quiet = await link({ deliveredHoursAgo: 13 });
    await link({ deliveredHoursAgo: 11 });
    await link({ deliveredHoursAgo: null });
    await link({ deliveredHoursAgo: 24 * 15 });
    await link({ deliveredHoursAgo: 13, state: 'NEEDS_RECONNECT' });
    expect(await pollQuiet(first())).toBe(1);
    expect(await jobs()).toMatchObject([{ connectionId: quiet.connectionId, kind: 'INCREMENTAL', to: '2026-11-16' }]);
  });

  test('is asked once over two replicas, and again only hours later', async () => {
    await link({ deliveredHoursAgo: 13 });
    expect((await Promise.all([pollQuiet(first()), pollQuiet(second())])).toSorted()).toEqual([0, 1]);
    await endJobs();
    nowMs += 3 * HOUR_MS;
    expect(await pollQuiet(first())).toBe(0);
    nowMs += 1.1 * HOUR_MS;
    expect(await pollQuiet(first())).toBe(1);
  });

  test('a provider that sends nothing for any of many is asked for all, little by little', async () => {
    for (let n = 0; n < 205; n += 1) await link({ provider: 'WHOOP', deliveredHoursAgo: 4 });
    for (let n = 0; n < 12; n += 1) await link({ provider: 'OURA', deliveredHoursAgo: n === 0 ? 1 : 4 });
    expect(await pollQuiet(first())).toBe(200);
    expect(await pollQuiet(first())).toBe(5);
    expect(await pollQuiet(first())).toBe(0);
  });

  test('a handful of quiet connections is no quiet provider', async () => {
    for (let n = 0; n < 9; n += 1) await link({ provider: 'WHOOP', deliveredHoursAgo: 4 });
    expect(await pollQuiet(first())).toBe(0);
  });
});

test('history goes before all that wait, whenever it came', async () => {
  const { athleteId, connectionId } = await link({ deliveredHoursAgo: 13 });
  await link();
  await pollQuiet(first());
  await reconcileTonight(first());
  nowMs += HOUR_MS + 1;
  await database.query(
    `insert into connections.sync_job (id, athlete_id, connection_id, provider, kind, state, from_date, to_date, created_at, updated_at)
     values ($1, $2, $3, 'OURA', 'HISTORICAL', 'QUEUED', '2026-08-01', '2026-11-16', $4, $4)`,
    [newId(), athleteId, connectionId, new Date(nowMs)],
  );
  const claimed: (string | undefined)[] = [];
  for (let n = 0; n < 4; n += 1) claimed.push((await claimJob({ ...first(), heldBack: new Map() }))?.kind);
  expect(claimed).toEqual(['HISTORICAL', 'INCREMENTAL', 'RECONCILE', undefined]);
});

test('jobs of a provider that would not be asked now stay where they are until its time has come', async () => {
  const whoop = await link({ provider: 'WHOOP' });
  const oura = await link();
  await reconcileTonight(first());
  nowMs += HOUR_MS + 1;
  const heldBack = new Map([['WHOOP', new Date(nowMs + 60_000)]] as const);
  const claim = async () => (await claimJob({ ...first(), heldBack }))?.connectionId;
  expect([await claim(), await claim()]).toEqual([oura.connectionId, undefined]);
  nowMs += 60_000;
  expect(await claim()).toBe(whoop.connectionId);
});

describe('by hand', () => {
  test('one provider, one athlete, so many days at least', async () => {
    const one = await link();
    await link();
    await link({ provider: 'WHOOP' });
    const common = { db: pools[0] as Database, vendors, clock, days: 7 };
    expect(await reconcileNow({ ...common, provider: 'OURA', athleteId: one.athleteId })).toBe(1);
    expect(await jobs()).toMatchObject([{ connectionId: one.connectionId, from: '2026-11-09', to: '2026-11-16' }]);
    expect(await reconcileNow({ ...common, provider: 'OURA', athleteId: null })).toBe(1);
    expect(await reconcileNow({ ...common, provider: null, athleteId: null })).toBe(1);
  });

  test('a provider that answers by webhook is asked only when it is named', async () => {
    await link({ provider: 'GARMIN', deliveredHoursAgo: 13 });
    const common = { db: pools[0] as Database, vendors, clock, days: 7, athleteId: null };
    expect(await pollQuiet(first())).toBe(0);
    expect(await reconcileNow({ ...common, provider: null })).toBe(0);
    expect(await reconcileNow({ ...common, provider: 'GARMIN' })).toBe(1);
  });

  test('a provider that is not linked here is named', async () => {
    const asked = reconcileNow({
      db: pools[0] as Database,
      vendors,
      clock,
      days: 7,
      provider: 'STRAVA',
      athleteId: null,
    });
    await expect(asked).rejects.toThrow('Choose one of these: Oura, WHOOP, Garmin.');
  });
});
