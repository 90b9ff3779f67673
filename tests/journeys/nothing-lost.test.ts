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
const NIGHTS = 200;
let vendor: OuraVendor;
let world: World;

beforeAll(async () => {
  vendor = await startOuraVendor();
  world = await createWorld({
    env: vendorEnv(vendor),
    programs: ['connections', 'health-data', 'insights', 'gateway'],
  });
  const athlete = await register(world, 'ATHLETE');
  await linkVendorUser(world, { athlete, userId: USER });
});
afterAll(async () => {
  await world?.stop();
  await vendor?.close();
});

const stored = async (prefix: string): Promise<number> => {
  const [row] = await world.database.query<{ n: number }>(
    `select count(*)::int as n from health_data.sleep_night where record_id like '${prefix}-%'`,
  );
  return row?.n ?? 0;
};

function putNights(prefix: string): void {
  for (let n = 0; n < NIGHTS; n += 1) {
    const day = new Date(Date.UTC(2026, 0, 2 + n)).toISOString().slice(0, 10);
    vendor.documents.set(`sleep/${prefix}-${n}`, sleepDocument({ id: `${prefix}-${n}`, day }));
  }
}

/** As Oura does: again and again until it is answered with success. */
async function deliverUntilAccepted(objectId: string): Promise<void> {
  const delivery = signDelivery(sleepEvent({ userId: USER, objectId }));
  await until(
    `an answer about ${objectId}`,
    async () => (await deliver(world, delivery).catch(() => null))?.ok,
    20_000,
  );
}

describe('with processes killed and started again', () => {
  it('every accepted night is stored once', async () => {
    putNights('killed');
    const sending = (async () => {
      for (let n = 0; n < NIGHTS; n += 1) await deliverUntilAccepted(`killed-${n}`);
    })();
    for (const name of ['connections', 'health-data', 'insights'] as const) {
      await new Promise((resolve) => setTimeout(resolve, 150));
      await world.kill(name);
      await world.start(name);
    }
    await sending;
    await until('all nights', async () => (await stored('killed')) === NIGHTS, 60_000);
    const [duplicates] = await world.database.query<{ n: number }>(
      `select count(*)::int as n from (select 1 from health_data.sleep_night group by athlete_id, provider, record_id having count(*) > 1) d`,
    );
    expect(duplicates?.n).toBe(0);
  }, 180_000);
});

describe('with the broker gone', () => {
  it('deliveries are accepted all the same, and stored when it is back with nothing remembered', async () => {
    vendor.documents.set('sleep/lost-1', sleepDocument({ id: 'lost-1', day: '2025-12-01' }));
    await world.nats.stop();
    expect((await deliver(world, signDelivery(sleepEvent({ userId: USER, objectId: 'lost-1' })))).status).toBe(200);
    await world.restartNatsEmpty();
    await until('the night', async () => (await stored('lost')) === 1, 60_000);
  }, 180_000);
});
