import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  APPLICATION,
  ask,
  link,
  play,
  read,
  receive,
  start,
  subscribe,
  until,
  useWorld,
  world,
} from '../world.test-support.ts';
import type { Json, Received } from '../world.test-support.ts';

const AINO_HRV_MS = 62;

useWorld();

describe('subscriptions', () => {
  test('need the application’s credentials', async () => {
    expect((await ask(start(), { url: '/oura/v2/webhook/subscription' })).statusCode).toBe(401);
  });

  test('are made only if the address echoes the challenge and knows the token', async () => {
    const simulator = start();
    const right = await receive();
    const wrong = await receive({ token: 'another token' });
    expect((await subscribe(simulator, wrong.url, 'create')).statusCode).toBe(422);
    expect((await subscribe(simulator, 'http://127.0.0.1:1/nobody', 'create')).statusCode).toBe(422);
    const made = await subscribe(simulator, right.url, 'create');
    expect(made.statusCode).toBe(201);
    expect(made.json().expiration_time).toBe('2027-02-18T09:00:00.000000');
    expect((await subscribe(simulator, right.url, 'create')).statusCode).toBe(409);
    expect((await subscribe(simulator, right.url, 'hourly')).statusCode).toBe(422);
  });

  test('are listed, renewed and removed', async () => {
    const simulator = start();
    const { url } = await receive();
    const { id } = (await subscribe(simulator, url, 'create')).json();
    world.nowMs += 86_400_000;
    const call = (method: 'GET' | 'PUT' | 'DELETE', path: string) =>
      ask(simulator, { method, url: `/oura/v2/webhook/subscription${path}`, headers: APPLICATION });
    expect((await call('GET', '')).json()).toHaveLength(1);
    expect((await call('PUT', `/renew/${id}`)).json().expiration_time).toBe('2027-02-19T09:00:00.000000');
    expect((await call('DELETE', `/${id}`)).statusCode).toBe(204);
    expect((await call('GET', '')).json()).toEqual([]);
    expect((await call('PUT', `/renew/${id}`)).statusCode).toBe(403);
  });
});

describe('a played night', () => {
  test.each(['seconds', 'milliseconds'] as const)(
    'is signed over the timestamp in %s and the raw body',
    async (unit) => {
      const simulator = start({ vendors: { oura: { own: { TIMESTAMP_UNIT: unit } } } });
      const { received, url } = await receive();
      await subscribe(simulator, url, 'create');
      await link(simulator);
      const played = await play(simulator);
      expect(played).toMatchObject({ athlete: 'aino', date: '2026-11-20', event: 'create', isLinked: true });
      expect(played.deliveries).toEqual([
        { eventType: 'create', dataType: 'sleep', status: 204, ms: expect.any(Number) },
      ]);
      const [{ rawBody, headers }] = received as [Received];
      const timestamp = String(headers['x-oura-timestamp']);
      expect(timestamp).toBe(unit === 'seconds' ? String(world.nowMs / 1000) : String(world.nowMs));
      const expected = createHmac('sha256', 'secret').update(`${timestamp}${rawBody}`).digest('hex').toUpperCase();
      expect(headers['x-oura-signature']).toBe(expected);
      expect(JSON.parse(rawBody)).toEqual({
        event_type: 'create',
        data_type: 'sleep',
        object_id: played.documentId,
        event_time: '2026-11-20T09:00:00.000+00:00',
        user_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
    },
  );

  test('can then be read, ended ten minutes ago, and is another one after each further call', async () => {
    const simulator = start();
    const { access_token: token } = await link(simulator);
    const versions: Json[] = [];
    for (let turn = 0; turn < 4; turn++) {
      const { documentId, event } = await play(simulator);
      expect(event).toBe(turn === 0 ? 'create' : 'update');
      versions.push((await read(simulator, token, `sleep/${documentId}`)).json());
    }
    expect(new Set(versions.map(({ id }) => id)).size).toBe(1);
    expect(new Set(versions.map((version) => version.bedtime_end))).toEqual(new Set(['2026-11-20T10:50:00.000+02:00']));
    for (const [position, version] of versions.slice(1).entries()) {
      const before = versions[position];
      expect(Math.abs(Math.log(version.average_hrv / before.average_hrv))).toBeGreaterThan(0.1);
      expect(Math.abs(version.total_sleep_duration - before.total_sleep_duration)).toBeGreaterThan(30 * 60);
    }
  });

  test('just after midnight ends one minute after it', async () => {
    world.nowMs = Date.parse('2026-11-19T22:04:00Z');
    const simulator = start();
    const { access_token: token } = await link(simulator);
    const { documentId } = await play(simulator);
    const night = (await read(simulator, token, `sleep/${documentId}`)).json();
    expect(night).toMatchObject({ day: '2026-11-20', bedtime_end: '2026-11-20T00:01:00.000+02:00' });
  });

  test('is told of sleep first, then of the daily documents', async () => {
    const simulator = start();
    const { received, url } = await receive();
    for (const kind of ['daily_activity', 'daily_readiness', 'sleep']) await subscribe(simulator, url, 'create', kind);
    await link(simulator);
    await play(simulator);
    const kinds = received.map(({ rawBody }) => JSON.parse(rawBody).data_type);
    expect(kinds[0]).toBe('sleep');
    expect(kinds.toSorted((left, right) => left.localeCompare(right))).toEqual([
      'daily_activity',
      'daily_readiness',
      'sleep',
    ]);
  });

  test('of an athlete who is not linked is told to nobody', async () => {
    const simulator = start();
    const { received, url } = await receive();
    await subscribe(simulator, url, 'create');
    expect(await play(simulator, 'night', { athlete: 'luca' })).toMatchObject({ isLinked: false, deliveries: [] });
    expect(received).toEqual([]);
  });

  test('is sent again until it is taken, signed anew each time', async () => {
    const simulator = start();
    const { received, url } = await receive({ statuses: [503, 401, 500] });
    await subscribe(simulator, url, 'create');
    await link(simulator);
    expect((await play(simulator)).deliveries[0].status).toBe(503);
    await until(() => received.length === 4);
    expect(new Set(received.map(({ rawBody }) => rawBody)).size).toBe(1);
    await until(
      () => JSON.parse(readFileSync(join(world.folder, 'world.json'), 'utf8')).vendors.oura?.pending.length === 0,
    );
  });

  test('is given up after ten retries', async () => {
    const simulator = start({ retryAfterMs: () => 0 });
    const { received, url } = await receive({ statuses: Array(30).fill(500) });
    await subscribe(simulator, url, 'create');
    await link(simulator);
    await play(simulator);
    const pending = async () =>
      (await ask(simulator, { url: '/control/state' })).json().providers.oura.pendingDeliveries.length;
    while ((await pending()) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(received).toHaveLength(11);
  });

  test('answered with 410 ends the subscription', async () => {
    const simulator = start();
    const { received, url } = await receive({ statuses: [410] });
    await subscribe(simulator, url, 'create');
    await link(simulator);
    await play(simulator);
    const listed = await ask(simulator, { url: '/oura/v2/webhook/subscription', headers: APPLICATION });
    expect(listed.json()).toEqual([]);
    expect(received).toHaveLength(1);
  });

  test('week and illness change the nights they name', async () => {
    const simulator = start();
    const { access_token: token } = await link(simulator);
    const hrvOf = async () => {
      const query = { start_date: '2026-11-13', end_date: '2026-11-21' };
      return (await read(simulator, token, 'sleep', query)).json().data.map((night: Json) => night.average_hrv);
    };
    const before = await hrvOf();
    expect((await play(simulator, 'week')).nights.map(({ event }: Json) => event)).toEqual(Array(7).fill('update'));
    const edited = await hrvOf();
    expect(edited).toHaveLength(7);
    edited.forEach((hrv: number, index: number) => expect(hrv).not.toBe(before[index]));
    const { nights } = await play(simulator, 'illness');
    expect(nights.map(({ event }: Json) => event)).toEqual(['update', 'create']);
    const ill = await hrvOf();
    expect(ill).toHaveLength(8);
    expect(Math.max(...ill.slice(-2))).toBeLessThan(0.65 * AINO_HRV_MS);
  });
});
