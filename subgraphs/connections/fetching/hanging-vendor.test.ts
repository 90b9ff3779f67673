import { systemClock } from '#platform/clock';
import { newId } from '#platform/ids';
import { until } from '../../../tests/support/wait.ts';
import { ProviderUnavailable } from '../asking/ask-provider.ts';
import { startBackfill } from '../sync/backfill.ts';
import { startTwoVendors, type TwoVendors } from './two-vendors.test-support.ts';

/** Below the six seconds after which a token call is given up, and the ten of any other: whoever waits for one is late. */
const NEIGHBOUR_WITHIN_MS = 4_000;

let world: TwoVendors;
beforeEach(async () => {
  world = await startTwoVendors();
  world.servers.WHOOP.mode = 'hangs';
});
afterEach(() => world.close());

test.each([
  ['token calls', { hasEnded: true, asks: 2 }],
  ['calls for data', { hasEnded: false, asks: 12 }],
])(
  `while one vendor takes %s and never answers, its neighbour’s tokens are refreshed and its data fetched within ${NEIGHBOUR_WITHIN_MS} ms`,
  async (_what, { hasEnded, asks }) => {
    const { whoop, oura, fetcher, servers } = world;
    const hanging: Promise<string>[] = [];
    for (let n = 0; n < 12; n += 1) {
      const references = await world.notify(whoop, await world.link(whoop, { hasEnded }));
      hanging.push(fetcher.handle(references));
    }
    const links = await Promise.all(Array.from({ length: 8 }, () => world.link(oura, { hasEnded: true })));
    const references = (await Promise.all(links.map((link) => world.notify(oura, link)))).flat();
    await until('calls that hang', () => servers.WHOOP.heard >= asks);

    const started = performance.now();
    expect(await fetcher.handle(references)).toBe('done');
    expect(performance.now() - started).toBeLessThan(NEIGHBOUR_WITHIN_MS);
    expect(servers.OURA.refreshes).toBe(8);
    await world.hangUp();
    expect(new Set(await Promise.all(hanging))).toEqual(new Set(['later']));
  },
);

test('more than may wait for a vendor that hangs are told to come again, at once', async () => {
  const { vault, whoop } = world;
  const exchange = (): Promise<never> =>
    world.ask(whoop, { method: 'POST', url: whoop.oauth.tokenUrl }, { isRepeatable: false }) as Promise<never>;
  const links = await Promise.all(Array.from({ length: 54 }, () => world.link(whoop)));
  const ended: number[] = [];
  const renewing = links.map(async ({ connectionId }, n) => {
    const request = { vendor: whoop, connectionId, purpose: 'test', seen: 1, exchange };
    await expect(vault.renew(request)).rejects.toBeInstanceOf(ProviderUnavailable);
    ended.push(n);
  });
  // Two ask, fifty wait: two are too many.
  await until('two that are told', () => ended.length === 2, NEIGHBOUR_WITHIN_MS);
  expect(ended).toEqual([52, 53]);
  await world.hangUp();
  await Promise.all(renewing);
});

test('jobs of a vendor that hangs leave a lane to those of its neighbour', async () => {
  const { db, whoop, oura } = world;
  const queue = async (vendor: typeof whoop): Promise<string> => {
    const [id, { athleteId, connectionId }] = [newId(), await world.link(vendor)];
    await world.database.query(
      `insert into connections.sync_job (id, athlete_id, connection_id, provider, kind, state, from_date, to_date, created_at, updated_at)
       values ($1, $2, $3, $4, 'HISTORICAL', 'QUEUED', '2026-11-15', '2026-11-16', now(), now())`,
      [id, athleteId, connectionId, vendor.provider],
    );
    return id;
  };
  for (let n = 0; n < 8; n += 1) await queue(whoop);
  const backfill = startBackfill({
    ...world,
    db,
    clock: systemClock,
    parallel: 4,
    onProgress: () => undefined,
    onStored: () => undefined,
  });
  try {
    await until('three jobs that hang', () => world.servers.WHOOP.heard === 3);
    const id = await queue(oura);
    backfill.wake();
    const stateOf = (): Promise<{ state: string }[]> =>
      world.database.query('select state from connections.sync_job where id = $1', [id]);
    await until('the job of the neighbour', async () => (await stateOf())[0]?.state === 'DONE', NEIGHBOUR_WITHIN_MS);
    expect(world.servers.WHOOP.heard).toBe(3);
  } finally {
    await world.hangUp();
    await backfill.close();
  }
});
