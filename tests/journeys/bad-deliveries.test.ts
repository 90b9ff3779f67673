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
import { register, type Person } from '../support/people.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

const USER = 'oura-user-1';
let vendor: OuraVendor;
let world: World;
let athlete: Person;

beforeAll(async () => {
  vendor = await startOuraVendor();
  world = await createWorld({ programs: ['connections', 'health-data', 'gateway'], env: vendorEnv(vendor) });
  athlete = await register(world, 'ATHLETE');
  await linkVendorUser(world, { athlete, userId: USER });
});
afterAll(async () => {
  await world?.stop();
  await vendor?.close();
});

const count = async (table: string, where = 'true'): Promise<number> => {
  const [row] = await world.database.query<{ n: string }>(`select count(*) as n from ${table} where ${where}`);
  return Number(row?.n);
};
const deliveries = () => count('connections.delivery', `domain = 'notification'`);

describe('a delivery that is not what it should be', () => {
  const good = () => signDelivery(sleepEvent({ userId: USER, objectId: 'x' }));
  it.each([
    [
      'has no signature',
      () => ({ ...good(), headers: { 'content-type': 'application/json', 'x-oura-timestamp': '1' } }),
    ],
    [
      'has a wrong signature',
      () => ({ ...good(), headers: { ...good().headers, 'x-oura-signature': 'A'.repeat(64) } }),
    ],
    [
      'is signed with another secret',
      () => signDelivery(sleepEvent({ userId: USER, objectId: 'x' }), { secret: 'another secret' }),
    ],
    ['was changed after signing', () => ({ ...good(), body: good().body.replace('create', 'delete') })],
    [
      'is too old',
      () => signDelivery(sleepEvent({ userId: USER, objectId: 'x' }), { at: new Date(Date.now() - 400_000) }),
    ],
    [
      'comes from the future',
      () => signDelivery(sleepEvent({ userId: USER, objectId: 'x' }), { at: new Date(Date.now() + 400_000) }),
    ],
    [
      'carries its signature twice',
      () => {
        const { body, headers } = good();
        return {
          body,
          headers: { ...headers, 'x-oura-signature': `${headers['x-oura-signature']}, ${headers['x-oura-signature']}` },
        };
      },
    ],
  ])('is refused and leaves nothing behind when it %s', async (_name, make) => {
    const before = await deliveries();
    const response = await deliver(world, make());
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'invalid_signature' });
    expect(await deliveries()).toBe(before);
  });

  it('is cut off while it is read when it is too large', async () => {
    const before = await deliveries();
    const response = await deliver(world, signDelivery('x'.repeat(256 * 1024 + 1)));
    expect(response.status).toBe(413);
    expect(await deliveries()).toBe(before);
  });

  it('is accepted and becomes a dead letter when it is broken JSON under a valid signature, and delays nobody', async () => {
    expect((await deliver(world, signDelivery('{"event_type": "create", '))).status).toBe(200);
    vendor.documents.set(
      'sleep/after-the-broken-one',
      sleepDocument({ id: 'after-the-broken-one', day: '2026-11-18' }),
    );
    expect(
      (await deliver(world, signDelivery(sleepEvent({ userId: USER, objectId: 'after-the-broken-one' })))).status,
    ).toBe(200);
    await until('the next night', () => count('health_data.sleep_night', `record_id = 'after-the-broken-one'`), 5_000);
    const letters = await world.database.query<{
      reason: string;
      athlete_id: string | null;
      kind: string;
      body: Buffer;
    }>(
      `select l.reason, d.athlete_id, k.kind, d.body_sealed as body from connections.dead_letter l
         join connections.delivery d on d.id = l.delivery_id join connections.data_key k on k.id = d.key_id`,
    );
    expect(letters).toEqual([expect.objectContaining({ athlete_id: null, kind: 'intake' })]);
    expect(letters[0]?.reason).toMatch(/json|malformed/);
    expect(letters[0]?.body.toString('latin1')).not.toContain('event_type');
  });

  it('is one row and at most one more fetch when it comes fifty times at once', async () => {
    vendor.documents.set('sleep/fifty', sleepDocument({ id: 'fifty', day: '2026-11-17' }));
    const before = await deliveries();
    const delivery = signDelivery(sleepEvent({ userId: USER, objectId: 'fifty' }));
    const answers = await Promise.all(Array.from({ length: 50 }, () => deliver(world, delivery)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await until('the night', () => count('health_data.sleep_night', `record_id = 'fifty'`));
    expect(await deliveries()).toBe(before + 1);
    expect(vendor.requests.filter((request) => request.endsWith('/sleep/fifty')).length).toBeLessThanOrEqual(2);
    // However often it is asked for, what it says is told once.
    expect(
      await world.database.query(
        `select signal, revision::int from health_data.touched_day where day = '2026-11-17' and signal = 'SLEEP'`,
      ),
    ).toEqual([{ signal: 'SLEEP', revision: 1 }]);
  });

  it('is asked for again when it looks like one that was answered: the record may have changed in the same second', async () => {
    const event = sleepEvent({
      userId: USER,
      objectId: 'same-second',
      type: 'update',
      time: '2026-11-19T05:00:00+00:00',
    });
    const asleep = async () =>
      (
        await world.database.query<{ min: number }>(
          `select asleep_min as min from health_data.sleep_night where record_id = 'same-second'`,
        )
      )[0]?.min;
    vendor.documents.set('sleep/same-second', sleepDocument({ id: 'same-second', day: '2026-11-19', asleepMin: 400 }));
    expect((await deliver(world, signDelivery(event))).status).toBe(200);
    await until('the first version', async () => (await asleep()) === 400);
    vendor.documents.set('sleep/same-second', sleepDocument({ id: 'same-second', day: '2026-11-19', asleepMin: 430 }));
    const before = await deliveries();
    expect((await deliver(world, signDelivery(event))).status).toBe(200);
    await until('the second version', async () => (await asleep()) === 430);
    expect(await deliveries()).toBe(before);
  });

  it('is answered with success and kept nowhere when nobody knows its user', async () => {
    const before = await deliveries();
    const keys = await count('connections.delivery_key');
    expect((await deliver(world, signDelivery(sleepEvent({ userId: 'a-stranger', objectId: 'y' })))).status).toBe(200);
    expect([await deliveries(), await count('connections.delivery_key')]).toEqual([before, keys]);
  });

  it('names its kind of failure for unknown providers and media types', async () => {
    const { body, headers } = good();
    const elsewhere = await fetch(`${world.urls.webhooks}/acme`, { method: 'POST', body, headers });
    expect(elsewhere.status).toBe(404);
    const encoded = await fetch(`${world.urls.webhooks}/oura`, {
      method: 'POST',
      body,
      headers: { ...headers, 'content-encoding': 'gzip' },
    });
    expect(encoded.status).toBe(415);
  });
});

describe("the provider's challenge", () => {
  const ask = (token: string) => fetch(`${world.urls.webhooks}/oura?verification_token=${token}&challenge=b0c1d2e3f4`);

  it('is echoed to who knows the token, and to nobody else', async () => {
    const right = await ask('test_oura_verification_token');
    expect([right.status, await right.json()]).toEqual([200, { challenge: 'b0c1d2e3f4' }]);
    expect((await ask('a_wrong_verification_token')).status).toBe(401);
  });
});

describe('a stored token', () => {
  it('is refreshed once when many fetches meet its end, and the nights still arrive', async () => {
    for (let n = 0; n < 20; n += 1)
      vendor.documents.set(
        `sleep/late-${n}`,
        sleepDocument({ id: `late-${n}`, day: `2026-10-${String(n + 1).padStart(2, '0')}` }),
      );
    vendor.expireTokens();
    const refreshesBefore = vendor.requests.filter((request) => request === 'POST /oauth/token').length;
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        deliver(world, signDelivery(sleepEvent({ userId: USER, objectId: `late-${n}` }))),
      ),
    );
    await until(
      'twenty nights',
      async () => (await count('health_data.sleep_night', `record_id like 'late-%'`)) === 20,
    );
    expect(vendor.requests.filter((request) => request === 'POST /oauth/token').length).toBe(refreshesBefore + 1);
  });

  it('stands nowhere in the database in plain text', async () => {
    const rows = await world.database.query<{ access_sealed: Buffer; refresh_sealed: Buffer }>(
      'select access_sealed, refresh_sealed from connections.sealed_token',
    );
    expect(rows).toHaveLength(1);
    for (const row of rows)
      expect(`${row.access_sealed.toString('latin1')}${row.refresh_sealed.toString('latin1')}`).not.toContain(USER);
    expect(await world.logOf('connections')).not.toContain(`${USER}.at.`);
  });
});
