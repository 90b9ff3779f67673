import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { STORIES } from './athletes/stories.ts';
import {
  APPLICATION,
  approve,
  ask,
  askToken,
  link,
  play,
  read,
  receive,
  start,
  subscribe,
  until,
  useWorld,
  world,
} from './world.test-support.ts';
import type { Json, Received } from './world.test-support.ts';

useWorld();

describe('a restart', () => {
  test('keeps tokens, codes, subscriptions, played nights, open deliveries and the end of the history', async () => {
    const first = start({ retryAfterMs: () => 200 });
    const { received, url } = await receive({ statuses: [500] });
    const { id } = (await subscribe(first, url, 'create')).json();
    const tokens = await link(first);
    const played = await play(first);
    const night = (await read(first, tokens.access_token, `sleep/${played.documentId}`)).json();
    const code = (await approve(first, { athlete: 'luca' })).searchParams.get('code') ?? '';
    await ask(first, { method: 'POST', url: '/control/athletes', payload: { count: 2 } });
    await first.close();
    expect(received).toHaveLength(1);

    const second = start();
    await second.ready();
    await until(() => received.length === 2);
    const redeem = () => askToken(second, { grant_type: 'authorization_code', code });
    expect((await redeem()).statusCode).toBe(200);
    expect((await redeem()).statusCode).toBe(400);
    world.nowMs += 40_000_000;
    expect((await read(second, tokens.access_token, `sleep/${played.documentId}`)).json()).toEqual(night);
    const listed = await ask(second, { url: '/oura/v2/webhook/subscription', headers: APPLICATION });
    expect(listed.json().map((subscription: Json) => subscription.id)).toEqual([id]);
    const refreshed = await askToken(second, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token });
    expect(refreshed.statusCode).toBe(200);
    const { athletes } = (await ask(second, { url: '/control/athletes' })).json();
    expect(athletes).toHaveLength(14);
    const query = { start_date: '2026-11-19', end_date: '2026-11-30' };
    const days = (await read(second, tokens.access_token, 'sleep', query)).json().data.map((row: Json) => row.day);
    expect(days).toEqual(['2026-11-19', '2026-11-20']);
  });

  test('finds everything although the process was killed, a tenth of a second after the change', async () => {
    const first = start();
    const { refresh_token } = await link(first);
    await until(() => readFileSync(join(world.folder, 'world.json'), 'utf8').includes(refresh_token));
    const second = start();
    expect((await askToken(second, { grant_type: 'refresh_token', refresh_token })).statusCode).toBe(200);
  });
});

describe('control', () => {
  test('turns away another site’s page', async () => {
    const answer = await ask(start(), {
      method: 'POST',
      url: '/control/night',
      headers: { origin: 'https://elsewhere.example' },
      payload: {},
    });
    expect(answer.statusCode).toBe(403);
  });

  test('names what it does not know', async () => {
    const simulator = start();
    const status = async (path: string, payload: object) =>
      (await ask(simulator, { method: 'POST', url: `/control/${path}`, payload })).statusCode;
    expect(await status('night', { athlete: 'nobody' })).toBe(404);
    expect(await status('night', { provider: 'nokia' })).toBe(400);
    expect(await status('fault', { name: 'flood' })).toBe(400);
    expect(await status('fault', { name: 'slow', times: -1 })).toBe(400);
    expect(await status('athletes', { count: 0 })).toBe(400);
  });

  test('orders faults: a 429, a doubled and a badly signed delivery', async () => {
    const simulator = start();
    const { received, url } = await receive();
    await subscribe(simulator, url, 'create');
    const { access_token: token } = await link(simulator);
    const fault = (name: string) => ask(simulator, { method: 'POST', url: '/control/fault', payload: { name } });
    await fault('rate-limit');
    const limited = await read(simulator, token, 'personal_info');
    expect([limited.statusCode, limited.headers['retry-after']]).toEqual([429, '2']);
    expect((await read(simulator, token, 'personal_info')).statusCode).toBe(200);
    await fault('duplicate');
    await fault('bad-signature');
    await play(simulator);
    expect(received).toHaveLength(2);
    const isGood = ({ headers, rawBody }: Received) =>
      headers['x-oura-signature'] ===
      createHmac('sha256', 'secret').update(`${headers['x-oura-timestamp']}${rawBody}`).digest('hex').toUpperCase();
    expect(received.map(isGood)).toEqual([false, true]);
    expect(received[0]?.rawBody).toBe(received[1]?.rawBody);
  });

  test('orders a delivery behind the one that follows it', async () => {
    const simulator = start();
    const { received, url } = await receive();
    await subscribe(simulator, url, 'create');
    await subscribe(simulator, url, 'create', 'daily_activity');
    await link(simulator);
    await play(simulator, 'fault', { name: 'reordered' });
    const { deliveries } = await play(simulator);
    const kinds = received.map(({ rawBody }) => JSON.parse(rawBody).data_type);
    expect(kinds).toEqual(['daily_activity', 'sleep']);
    expect(deliveries.map(({ dataType, status }: Json) => [dataType, status])).toEqual([
      ['daily_activity', 204],
      ['sleep', 204],
    ]);
  });

  test('deletes the last night at the vendor, which says so; playing it again brings it back', async () => {
    const simulator = start();
    const { received, url } = await receive();
    await subscribe(simulator, url, 'delete');
    const { access_token: token } = await link(simulator);
    const { documentId } = await play(simulator);
    const status = async () => (await read(simulator, token, `sleep/${documentId}`)).statusCode;
    expect(await status()).toBe(200);
    const { deliveries } = await play(simulator, 'fault', { name: 'deleted' });
    expect(deliveries).toMatchObject([{ eventType: 'delete', dataType: 'sleep', status: 204 }]);
    expect(JSON.parse(received[0]?.rawBody ?? '')).toMatchObject({ event_type: 'delete', object_id: documentId });
    expect(await status()).toBe(404);
    expect(await play(simulator)).toMatchObject({ event: 'create', documentId });
    expect(await status()).toBe(200);
  });

  test('takes the application away: tokens end, and a vendor that is silent about it sends nothing', async () => {
    const simulator = start();
    const { received, url } = await receive();
    await subscribe(simulator, url, 'create');
    const tokens = await link(simulator);
    const luca = await link(simulator, { athlete: 'luca' });
    expect(await play(simulator, 'fault', { name: 'revoked' })).toMatchObject({ provider: 'oura', deliveries: [] });
    expect((await read(simulator, tokens.access_token, 'sleep')).statusCode).toBe(401);
    expect((await read(simulator, luca.access_token, 'sleep')).statusCode).toBe(200);
    expect(received).toEqual([]);
    const { athletes } = (await ask(simulator, { url: '/control/athletes' })).json();
    const linked = athletes.filter(({ isLinked }: Json) => isLinked).map(({ key }: Json) => key);
    expect(linked).toEqual(['luca']);
  });

  test('counts what is left of a fault, and calls it off', async () => {
    const simulator = start();
    const { access_token: token } = await link(simulator);
    const left = async () => (await ask(simulator, { url: '/control/state' })).json().providers.oura.faults;
    await play(simulator, 'fault', { name: 'server-error', times: 3, provider: 'OURA' });
    expect((await read(simulator, token, 'sleep')).statusCode).toBe(503);
    expect(await left()).toEqual({ 'server-error': 2 });
    await play(simulator, 'fault', { name: 'server-error', times: 0 });
    expect(await left()).toEqual({});
    expect((await read(simulator, token, 'sleep')).statusCode).toBe(200);
  });

  test('remembers how the last deliveries were answered', async () => {
    const simulator = start();
    const { url } = await receive({ statuses: [503] });
    await subscribe(simulator, url, 'create');
    await link(simulator);
    await play(simulator);
    const recent = async () => (await ask(simulator, { url: '/control/deliveries' })).json().deliveries;
    for (let turns = 0; (await recent()).length < 2 && turns < 500; turns++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await recent()).toMatchObject([
      { provider: 'oura', dataType: 'sleep', status: 204, attempt: 2, isOver: true },
      { provider: 'oura', dataType: 'sleep', status: 503, attempt: 1, isOver: false },
    ]);
  });

  test('moves the clock, and the days with it', async () => {
    const simulator = start();
    await ask(simulator, { method: 'POST', url: '/control/clock', payload: { offsetMs: 3 * 86_400_000 } });
    expect(await play(simulator)).toMatchObject({ date: '2026-11-23', event: 'create' });
  });

  test('the start page shows every athlete and loads nothing from outside', async () => {
    const page = await ask(start(), { url: '/' });
    for (const { displayName } of STORIES) expect(page.body).toContain(displayName);
    expect(page.body).not.toMatch(/(src|href)="(?!\?)/);
  });

  test('the start page says who is linked, which faults wait and how deliveries were answered', async () => {
    const simulator = start();
    const { url } = await receive({ statuses: [410] });
    await subscribe(simulator, url, 'create');
    await link(simulator, { athlete: 'luca' });
    await play(simulator, 'fault', { name: 'slow', times: 4 });
    await play(simulator, 'night', { athlete: 'luca' });
    const { body } = await ask(simulator, { url: '/?vendor=oura' });
    expect(body.match(/<span class="mark linked">Oura<\/span>/g)).toHaveLength(1);
    expect(body).toContain('<strong>slow</strong> <span class="badge">4 left</span>');
    expect(body).toMatch(/sleep create<\/td><td><span class="status bad">410<\/span>/);
  });
});
