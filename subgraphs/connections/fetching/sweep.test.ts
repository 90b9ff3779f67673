import { BREAKER } from '../asking/breaker.ts';
import { sweepOnce } from './sweep.ts';
import { startTwoVendors, type TwoVendors } from './two-vendors.test-support.ts';

const MINUTE_MS = 60_000;
let nowMs = Date.now();
const clock = { now: () => new Date(nowMs) };
let world: TwoVendors;

beforeEach(async () => {
  nowMs = Date.now();
  world = await startTwoVendors({ clock });
});
afterEach(() => world.close());

const sweep = (): Promise<number> => sweepOnce({ ...world, clock, sweepAfterMs: 30_000, isWhole: false });

/** How notifications of each provider ended. */
const answered = () =>
  world.database.query<{ provider: string; count: number }>(
    `select provider, count(*)::int as count from connections.fetched_notification f
       join connections.delivery d on d.received_on = f.received_on and d.id = f.delivery_id
      where f.outcome = 'fetched' group by provider order by provider`,
  );

test('201 older notifications of a vendor that is not to be asked yet hide nobody else’s, and are asked when their time has come', async () => {
  const down = await world.link(world.whoop);
  const waiting = await world.notify(world.whoop, down, { count: 201, ageMs: 10 * MINUTE_MS });
  await world.database.query(
    `insert into connections.fetch_attempt select id, $2::date, 1, $3, $4 from unnest($1::uuid[]) as t (id)`,
    [waiting.map(({ id }) => id), waiting[0]?.receivedOn, clock.now(), new Date(nowMs + 2 * MINUTE_MS)],
  );
  await world.notify(world.oura, await world.link(world.oura), { ageMs: MINUTE_MS });

  expect(await sweep()).toBe(1);
  expect(await answered()).toEqual([{ provider: 'OURA', count: 1 }]);
  expect(world.servers.WHOOP.heard).toBe(0);

  nowMs += 2 * MINUTE_MS;
  expect(await sweep()).toBe(201);
  expect(await answered()).toEqual([
    { provider: 'OURA', count: 1 },
    { provider: 'WHOOP', count: 201 },
  ]);
});

test('201 older notifications of a vendor that goes away now hide nobody else’s in the same round', async () => {
  world.servers.WHOOP.mode = 'fails';
  await world.notify(world.whoop, await world.link(world.whoop), { count: 201, ageMs: 10 * MINUTE_MS });
  await world.notify(world.oura, await world.link(world.oura), { ageMs: MINUTE_MS });

  expect(await sweep()).toBe(201);
  expect(await answered()).toEqual([{ provider: 'OURA', count: 1 }]);
  // The one that was beyond the batch; those of the batch have a time that has not come.
  expect(await sweep()).toBe(1);
});

test('no token is opened for a vendor that is left alone, nor for one that told us to wait', async () => {
  world.servers.WHOOP.mode = 'fails';
  const down = await world.link(world.whoop);
  const references = await world.notify(world.whoop, down, { count: BREAKER.windowCalls });
  expect(await world.fetcher.handle(references)).toBe('later');
  const [before, { heard }] = [await world.decrypts(), { ...world.servers.WHOOP }];
  expect(before).toBeGreaterThan(0);
  expect(await world.fetcher.handle(references)).toBe('later');
  expect(await world.decrypts()).toBe(before);
  expect(world.servers.WHOOP.heard).toBe(heard);

  await world.quotas.pause(world.oura, new Date(nowMs + MINUTE_MS));
  const paused = await world.notify(world.oura, await world.link(world.oura, { hasEnded: true }));
  expect(await world.fetcher.handle(paused)).toBe('later');
  expect(await world.decrypts()).toBe(before);
  expect(world.servers.OURA.heard).toBe(0);

  nowMs += MINUTE_MS;
  expect(await world.fetcher.handle(paused)).toBe('done');
  expect(await world.decrypts()).toBeGreaterThan(before);
});

test('a notification that fails for a reason nobody foresaw holds up none behind it, and after eight times leaves a letter', async () => {
  const { whoop } = world;
  const [reference] = await world.notify(whoop, await world.link(whoop), { ageMs: 10 * MINUTE_MS });
  await world.notify(whoop, await world.link(whoop), { count: 30, ageMs: 5 * MINUTE_MS });
  const { fetch } = whoop.data;
  const data: { fetch: typeof fetch } = whoop.data;
  // The oldest is asked for first.
  let bad: string | null = null;
  data.fetch = (request) => {
    bad ??= request.notification.objectId;
    return request.notification.objectId === bad
      ? Promise.reject(new TypeError('undefined is no function'))
      : fetch(request);
  };
  const letters = () =>
    world.database.query('select delivery_id as id, reason from connections.dead_letter where resolved_at is null');

  expect(await sweep()).toBe(31);
  expect(await answered()).toEqual([{ provider: 'WHOOP', count: 30 }]);
  expect(await sweep()).toBe(0);
  for (let failures = 1; failures < 8; failures += 1) {
    expect(await letters()).toEqual([]);
    nowMs += MINUTE_MS;
    expect(await sweepOnce({ ...world, clock, sweepAfterMs: 30_000, isWhole: true })).toBe(1);
  }
  expect(await letters()).toEqual([{ id: reference?.id, reason: 'failed_repeatedly' }]);
  nowMs += MINUTE_MS;
  expect(await sweepOnce({ ...world, clock, sweepAfterMs: 30_000, isWhole: true })).toBe(0);
});

test('waits for a provider that is away are no failures, however many there are', async () => {
  world.servers.WHOOP.mode = 'fails';
  const [reference] = await world.notify(world.whoop, await world.link(world.whoop), { ageMs: MINUTE_MS });
  for (let wait = 0; wait < 10; wait += 1) {
    await world.fetcher.handle(reference ? [reference] : []);
    nowMs += 10 * MINUTE_MS;
  }
  const [tried] = await world.database.query('select attempts, failures from connections.fetch_attempt');
  expect(tried).toEqual({ attempts: 10, failures: 0 });
  world.servers.WHOOP.mode = 'answers';
  expect(await world.fetcher.handle(reference ? [reference] : [])).toBe('done');
});
