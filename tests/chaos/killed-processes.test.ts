import { isChaos, pick, randomOf, seed, tell } from '../support/chaos.ts';
import { NOTHING_LOST_OR_DOUBLED, accountFor } from '../support/night-account.ts';
import { WITHOUT_LIMITS, settledWithin, startNightShift, type NightShift } from '../support/night-shift.ts';
import { startOuraVendor, vendorEnv, type OuraVendor } from '../support/oura-vendor.ts';
import { createWorld, type World } from '../support/world.ts';

const KILLS = isChaos ? 50 : 6;
/** Deliveries while each of the kills happens. */
const EACH = isChaos ? 400 : 66;
const ATHLETES = isChaos ? 50 : 2;
/** The long run lets the sweeps wait as long as in production. */
const SWEEPS = isChaos ? {} : { SWEEP_AFTER_MS: '2000' };
const SETTLED_WITHIN_MS = isChaos ? 900_000 : 90_000;
const PROCESSES = ['connections', 'health-data', 'insights'] as const;
/** PostgreSQL comes back with what it committed, NATS with nothing. */
const VICTIMS = [...PROCESSES, 'postgres', 'nats'] as const;

const random = randomOf(seed);
let vendor: OuraVendor;
let world: World;
let shift: NightShift;

beforeAll(async () => {
  vendor = await startOuraVendor();
  world = await createWorld({
    env: { ...vendorEnv(vendor), ...WITHOUT_LIMITS, ...SWEEPS },
    programs: [...PROCESSES, 'gateway'],
    ownPostgres: true,
  });
  shift = await startNightShift(world, { vendor, athletes: ATHLETES, count: KILLS * EACH });
}, 300_000);
afterAll(async () => {
  await world?.stop();
  await vendor?.close();
});

/** Kills at the moment that many deliveries are accepted and others are under way; restarts at once, as a supervisor does. */
async function killAt(count: number, victim: (typeof VICTIMS)[number]): Promise<number> {
  await shift.untilAccepted(count);
  const killedAt = Date.now();
  if (victim === 'nats') await world.loseNats();
  else if (victim === 'postgres') {
    await world.postgres?.kill();
    await world.postgres?.start();
  } else {
    await world.kill(victim);
    await world.start(victim);
  }
  return Date.now() - killedAt;
}

test(
  `with processes killed with -9 at random instants each accepted delivery is stored and counts once (CHAOS_SEED=${seed})`,
  async () => {
    tell(`${KILLS} kills during ${KILLS * EACH} deliveries, CHAOS_SEED=${seed}`);
    const startedAt = Date.now();
    const readyAfterMs: number[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      const from = kill * EACH;
      const at = from + Math.floor(random() * EACH);
      const [backAfterMs] = await Promise.all([killAt(at, pick(VICTIMS, random)), shift.deliver(from, from + EACH)]);
      readyAfterMs.push(backAfterMs);
    }
    const sentInS = (Date.now() - startedAt) / 1000;
    const settledAfterMs = await settledWithin(world, shift, SETTLED_WITHIN_MS);
    readyAfterMs.sort((one, other) => one - other);
    tell(`accepted ${shift.accepted.size} in ${sentInS.toFixed(0)} s, all of it scored ${settledAfterMs} ms later`);
    tell(`ready again after ${readyAfterMs[KILLS >> 1]} ms (half of them), ${readyAfterMs.at(-1)} ms (the slowest)`);
    expect(shift.accepted.size).toBe(KILLS * EACH);
    expect(await accountFor(world, shift)).toEqual(NOTHING_LOST_OR_DOUBLED);
    expect(settledAfterMs).not.toBeNull();
  },
  isChaos ? 3_600_000 : 240_000,
);
