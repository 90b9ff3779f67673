import { isChaos, randomOf, seed, tell } from '../support/chaos.ts';
import { NOTHING_LOST_OR_DOUBLED, accountFor } from '../support/night-account.ts';
import { WITHOUT_LIMITS, settledWithin, startNightShift, type NightShift } from '../support/night-shift.ts';
import { startOuraVendor, vendorEnv, type OuraVendor } from '../support/oura-vendor.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

const LOSSES = isChaos ? 5 : 1;
/** Deliveries while each of the losses happens. */
const EACH = isChaos ? 2_000 : 300;
const ATHLETES = isChaos ? 25 : 2;
/** The long run lets the sweeps wait as long as in production. */
const SWEEPS = isChaos ? {} : { SWEEP_AFTER_MS: '2000' };
const SETTLED_WITHIN_MS = isChaos ? 600_000 : 90_000;

const random = randomOf(seed);
let vendor: OuraVendor;
let world: World;
let shift: NightShift;

beforeAll(async () => {
  vendor = await startOuraVendor();
  world = await createWorld({
    env: { ...vendorEnv(vendor), ...WITHOUT_LIMITS, ...SWEEPS },
    programs: ['connections', 'health-data', 'insights', 'gateway'],
  });
  shift = await startNightShift(world, { vendor, athletes: ATHLETES, count: LOSSES * EACH });
}, 300_000);
afterAll(async () => {
  await world?.stop();
  await vendor?.close();
});

const isAny = async (sql: string): Promise<boolean> => (await world.database.query(`${sql} limit 1`)).length > 0;

/**
 * Loses the broker when there are messages in it for each of the three consumers: the score and the normaliser are killed
 * first, so that what is meant for them piles up, and started again beside a broker that knows nothing.
 */
async function loseBrokerAt(count: number): Promise<void> {
  await world.kill('insights');
  await until('nights that the score has not taken', () =>
    isAny(`select 1 from health_data.touched_day t where signal = 'SLEEP' and not exists
             (select from insights.taken_touch k where (k.athlete_id, k.day, k.signal) = (t.athlete_id, t.day, t.signal))`),
  );
  await world.kill('health-data');
  await until('documents that are not normalised', () =>
    isAny(`select 1 from connections.delivery d where domain <> 'notification' and not exists
             (select from health_data.processed_delivery p where p.delivery_id = d.id)`),
  );
  await shift.untilAccepted(count);
  await world.loseNats();
  await Promise.all([world.start('health-data'), world.start('insights')]);
}

test(
  `a broker that loses all it stored under load loses nothing of what was accepted (CHAOS_SEED=${seed})`,
  async () => {
    tell(`${LOSSES} times the whole broker during ${LOSSES * EACH} deliveries, CHAOS_SEED=${seed}`);
    for (let loss = 0; loss < LOSSES; loss += 1) {
      const from = loss * EACH;
      // In the middle half: there must be enough on the bus to lose, and enough that comes after.
      const at = from + Math.floor((0.25 + random() / 2) * EACH);
      await Promise.all([loseBrokerAt(at), shift.deliver(from, from + EACH)]);
      const caughtUpAfterMs = await settledWithin(world, shift, SETTLED_WITHIN_MS);
      tell(`lost after ${at} deliveries: all ${shift.accepted.size} scored ${caughtUpAfterMs} ms after the last`);
      expect(await accountFor(world, shift)).toEqual(NOTHING_LOST_OR_DOUBLED);
      expect(caughtUpAfterMs).not.toBeNull();
    }
    expect(shift.accepted.size).toBe(LOSSES * EACH);
  },
  isChaos ? 3_600_000 : 240_000,
);
