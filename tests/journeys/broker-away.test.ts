import {
  deliver,
  linkVendorUser,
  signDelivery,
  sleepDocument,
  sleepEvent,
  startOuraVendor,
  vendorEnv,
  type OuraVendor,
} from '../support/oura-vendor.ts';
import { register } from '../support/people.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

const USER = 'oura-user-1';
const NIGHTS = 20;
let vendor: OuraVendor;
let world: World;

beforeAll(async () => {
  vendor = await startOuraVendor();
  world = await createWorld({
    env: { ...vendorEnv(vendor), SWEEP_AFTER_MS: '2000' },
    programs: ['connections', 'health-data', 'gateway'],
  });
  await linkVendorUser(world, { athlete: await register(world, 'ATHLETE'), userId: USER });
});
afterAll(async () => {
  await world?.stop();
  await vendor?.close();
});

test('with the broker gone deliveries are accepted all the same, and stored when it is back with nothing remembered', async () => {
  await world.nats.stop();
  for (let n = 0; n < NIGHTS; n += 1) {
    const [id, day] = [`night-${n}`, new Date(Date.UTC(2026, 0, 2 + n)).toISOString().slice(0, 10)];
    vendor.documents.set(`sleep/${id}`, sleepDocument({ id, day }));
    expect((await deliver(world, signDelivery(sleepEvent({ userId: USER, objectId: id })))).status).toBe(200);
  }
  await world.restartNatsEmpty();
  await until('the nights', async () => {
    const [row] = await world.database.query<{ n: number }>('select count(*)::int as n from health_data.sleep_night');
    return row?.n === NIGHTS;
  });
}, 120_000);
