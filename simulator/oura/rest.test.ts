import type { FastifyInstance } from 'fastify';
import { historyOf } from './history.ts';
import { STORIES } from '../athletes/stories.ts';
import { ask, link, read, start, useWorld, world } from '../world.test-support.ts';
import type { Json } from '../world.test-support.ts';

useWorld();

describe('data', () => {
  async function pages(simulator: FastifyInstance, token: string, path: string, query: Record<string, string>) {
    const sizes: number[] = [];
    const rows: Json[] = [];
    for (let next: string | null = ''; next !== null;) {
      const answer: Json = (await read(simulator, token, path, next ? { ...query, next_token: next } : query)).json();
      sizes.push(answer.data.length);
      rows.push(...answer.data);
      next = answer.next_token;
    }
    return { sizes, rows };
  }

  test('paging gives the whole history up to yesterday, each document once', async () => {
    const simulator = start();
    const { access_token: token } = await link(simulator, { athlete: 'chloe' });
    const { sizes, rows } = await pages(simulator, token, 'sleep', {
      start_date: '2026-08-01',
      end_date: '2026-12-01',
    });
    const expected = STORIES.filter(({ key }) => key === 'chloe').flatMap(
      (athlete) => historyOf({ seed: 1, athlete, anchorDate: '2026-11-19' }).sleep,
    );
    expect(expected.length).toBeGreaterThan(60);
    expect(rows).toEqual(JSON.parse(JSON.stringify(expected)));
    expect(sizes.slice(0, -1).every((size) => size === 25)).toBe(true);
    expect(sizes.length).toBe(Math.ceil(expected.length / 25));
  });

  test('heart rate comes in pages of a thousand, each sample once, inside the asked interval', async () => {
    const simulator = start();
    const { access_token: token } = await link(simulator);
    const query = { start_datetime: '2026-11-10T00:00:00+02:00', end_datetime: '2026-11-18T00:00:00+02:00' };
    const { sizes, rows } = await pages(simulator, token, 'heartrate', query);
    expect(sizes[0]).toBe(1000);
    const instants = rows.map((row) => row.timestamp_unix);
    expect(instants).toEqual([...new Set(instants)].sort((left, right) => left - right));
    expect(Math.min(...instants)).toBeGreaterThanOrEqual(Date.parse(query.start_datetime));
    expect(Math.max(...instants)).toBeLessThan(Date.parse(query.end_datetime));
    expect(rows.length).toBeGreaterThan(8 * 250);
  });

  test('the day of a date-only end is missing, as at the vendor', async () => {
    const simulator = start();
    const { access_token: token } = await link(simulator);
    const query = { start_date: '2026-11-16', end_date: '2026-11-18' };
    const days = (await pages(simulator, token, 'daily_readiness', query)).rows.map((row) => row.day);
    expect(days).toEqual(['2026-11-16', '2026-11-17']);
  });

  test('one document is found by its id, by its owner only', async () => {
    const simulator = start();
    const aino = await link(simulator);
    const luca = await link(simulator, { athlete: 'luca' });
    const { rows } = await pages(simulator, aino.access_token, 'sleep', {
      start_date: '2026-11-18',
      end_date: '2026-11-19',
    });
    const path = `sleep/${rows[0].id}`;
    expect((await read(simulator, aino.access_token, path)).json()).toEqual(rows[0]);
    expect((await read(simulator, luca.access_token, path)).statusCode).toBe(404);
  });

  test('yesterday is there, today is not, and tomorrow today will be', async () => {
    const simulator = start();
    const { access_token: token } = await link(simulator);
    const last = async () =>
      (await pages(simulator, token, 'sleep', { start_date: '2026-11-15', end_date: '2026-12-15' })).rows.at(-1).day;
    expect(await last()).toBe('2026-11-19');
    world.nowMs += 86_000_000;
    expect(await last()).toBe('2026-11-20');
  });

  test('no token, a wrong one and an expired one are 401', async () => {
    const simulator = start();
    const { access_token: token } = await link(simulator);
    const none = await ask(simulator, { url: '/oura/v2/usercollection/sleep' });
    expect(none.statusCode).toBe(401);
    expect(none.json()).toMatchObject({ status: 401, title: 'Unauthorized' });
    expect((await read(simulator, 'wrong', 'sleep')).statusCode).toBe(401);
    expect((await read(simulator, '__proto__', 'sleep')).statusCode).toBe(401);
    world.nowMs += 86_400_000;
    expect((await read(simulator, token, 'sleep')).statusCode).toBe(401);
  });

  test('a scope that was unticked closes its paths and no others', async () => {
    const simulator = start();
    const { access_token: token, scope } = await link(simulator, { scope: 'daily personal' });
    expect(scope).toBe('daily personal');
    const statusOf = async (path: string) => (await read(simulator, token, path)).statusCode;
    expect(await statusOf('sleep')).toBe(200);
    expect(await statusOf('heartrate')).toBe(403);
    expect(await statusOf('workout')).toBe(403);
    expect(await statusOf('daily_spo2')).toBe(403);
    expect((await read(simulator, token, 'personal_info')).json().email).toBeNull();
  });

  test.each([
    ['sleep', { start_date: '2026-13-40' }, 'start_date'],
    ['sleep', { end_date: 'yesterday' }, 'end_date'],
    ['sleep', { next_token: 'bm90IG91cnM' }, 'next_token'],
    ['heartrate', { start_datetime: 'noon' }, 'start_datetime'],
  ])('%s with %p is 422', async (path, query, field) => {
    const simulator = start();
    const { access_token: token } = await link(simulator);
    const answer = await read(simulator, token, path, query);
    expect(answer.statusCode).toBe(422);
    expect(answer.json().detail[0].loc).toEqual(['query', field]);
  });

  test('more requests than the limit are 429 with the vendor’s headers', async () => {
    const simulator = start({ vendors: { oura: { rateLimit: 2 } } });
    const { access_token: token } = await link(simulator);
    const statuses = [];
    for (let turn = 0; turn < 3; turn++) statuses.push((await read(simulator, token, 'personal_info')).statusCode);
    expect(statuses).toEqual([200, 200, 429]);
    const { headers } = await read(simulator, token, 'personal_info');
    expect(headers).toMatchObject({ 'retry-after': '300', 'x-ratelimit-limit': '2', 'x-ratelimit-window': '300' });
  });
});
