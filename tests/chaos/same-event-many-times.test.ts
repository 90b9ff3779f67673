import { isChaos, pick, randomOf, seed, tell } from '../support/chaos.ts';
import { NOTHING_LOST_OR_DOUBLED, accountFor } from '../support/night-account.ts';
import { WITHOUT_LIMITS, settledWithin, startNightShift, type NightShift } from '../support/night-shift.ts';
import { startOuraVendor, vendorEnv, type OuraVendor } from '../support/oura-vendor.ts';
import { createWorld, type World } from '../support/world.ts';

const EVENTS = isChaos ? 1_000 : 20;
const TIMES = 50;
const ATHLETES = isChaos ? 10 : 2;
const SETTLED_WITHIN_MS = isChaos ? 600_000 : 60_000;

const random = randomOf(seed);
let vendor: OuraVendor;
let world: World;
let shift: NightShift;
let replicas: string[];

beforeAll(async () => {
  vendor = await startOuraVendor();
  world = await createWorld({
    env: { ...vendorEnv(vendor), ...WITHOUT_LIMITS },
    programs: ['connections', 'health-data', 'insights', 'gateway'],
  });
  shift = await startNightShift(world, { vendor, athletes: ATHLETES, count: EVENTS });
  replicas = [world.urls.webhooks, `${(await world.startReplica('connections')).url}/v1/webhooks`];
}, 300_000);
afterAll(async () => {
  await world?.stop();
  await vendor?.close();
});

test(
  `an event that comes fifty times at once, to two replicas, is one delivery and one change (CHAOS_SEED=${seed})`,
  async () => {
    tell(`${EVENTS} events, ${TIMES} times each, CHAOS_SEED=${seed}`);
    const startedAt = Date.now();
    for (let n = 0; n < EVENTS; n += 1) {
      await Promise.all(Array.from({ length: TIMES }, () => shift.deliverOnce(n, pick(replicas, random))));
    }
    tell(`${EVENTS * TIMES} deliveries in ${Date.now() - startedAt} ms`);
    expect(shift.accepted.size).toBe(EVENTS);
    const settledAfterMs = await settledWithin(world, shift, SETTLED_WITHIN_MS);
    expect(await accountFor(world, shift)).toEqual(NOTHING_LOST_OR_DOUBLED);
    expect(settledAfterMs).not.toBeNull();
    // The repeats were counted, not stored.
    const [repeats] = await world.database.query<{ n: number }>(
      `select sum(repeats)::int as n from connections.delivery_repeat r join connections.delivery d on d.id = r.delivery_id
        where d.domain = 'notification'`,
    );
    expect(repeats?.n).toBe(EVENTS * (TIMES - 1));
  },
  isChaos ? 1_800_000 : 180_000,
);
