import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { approve, ask, askToken, link, play, receive, start, useWorld } from '../world.test-support.ts';
import type { Json } from '../world.test-support.ts';

useWorld();

const { sleep, exercise }: Json = JSON.parse(readFileSync('../shared/fixtures/polar/data.json', 'utf8'));
const SIGNATURE_SECRET = 'a secret that was shown once';
const DATE = '2026-11-19';

type Simulator = ReturnType<typeof start>;

const call = (
  simulator: Simulator,
  token: string,
  path: string,
  {
    method = 'GET',
    payload,
    query = {},
  }: { method?: 'GET' | 'POST' | 'DELETE'; payload?: object; query?: Record<string, string> } = {},
) =>
  ask(simulator, {
    method,
    url: `/polar/v3/${path}`,
    query,
    headers: { authorization: `Bearer ${token}` },
    ...(payload === undefined ? {} : { payload }),
  });

const register = (simulator: Simulator, token: string) =>
  call(simulator, token, 'users', { method: 'POST', payload: { 'member-id': 'm-1' } });

async function linked(simulator: Simulator): Promise<string> {
  const { access_token: token } = await link(simulator, {}, 'polar');
  expect((await register(simulator, token)).statusCode).toBe(200);
  return token;
}

describe('the link', () => {
  test('says who the person is, and brings no refresh token', async () => {
    const simulator = start();
    const code = (await approve(simulator, {}, 'polar')).searchParams.get('code') ?? '';
    const answer = (await askToken(simulator, { grant_type: 'authorization_code', code }, 'polar')).json();
    expect(Object.keys(answer).toSorted()).toEqual(['access_token', 'expires_in', 'token_type', 'x_user_id']);
    expect(answer.expires_in).toBe(315_359_999);
    expect((await register(simulator, answer.access_token)).json()['polar-user-id']).toBe(answer.x_user_id);
  });

  test('serves those who are registered; once is enough', async () => {
    const simulator = start();
    const { access_token: token } = await link(simulator, {}, 'polar');
    expect((await call(simulator, token, 'users/sleep')).statusCode).toBe(403);
    expect((await call(simulator, token, 'users', { method: 'POST', payload: {} })).statusCode).toBe(400);
    expect((await register(simulator, token)).statusCode).toBe(200);
    expect((await register(simulator, token)).statusCode).toBe(409);
    expect((await call(simulator, token, 'users/sleep')).statusCode).toBe(200);
  });

  test('ends when the person is removed, and nobody removes another', async () => {
    const simulator = start();
    const token = await linked(simulator);
    const id = (await call(simulator, token, 'users/sleep')).json().nights[0].polar_user.split('/').at(-1);
    expect((await call(simulator, token, 'users/1', { method: 'DELETE' })).statusCode).toBe(403);
    expect((await call(simulator, token, `users/${id}`, { method: 'DELETE' })).statusCode).toBe(204);
    expect((await call(simulator, token, 'users/sleep')).statusCode).toBe(401);
    await linked(simulator);
  });
});

describe('documents', () => {
  test('have fields that the vendor’s have, and of their shape', async () => {
    const simulator = start();
    const token = await linked(simulator);
    const night = (await call(simulator, token, `users/sleep/${DATE}`)).json();
    const theirs = sleep['GET /v3/users/sleep/2026-11-15'];
    expect(Object.keys(theirs)).toEqual(expect.arrayContaining(Object.keys(night)));
    for (const field of ['sleep_start_time', 'sleep_end_time']) {
      expect(night[field]).toMatch(/^2026-11-1[89]T\d{2}:\d{2}:\d{2}\+02:00$/);
    }
    expect(Object.keys(night.hypnogram).every((time) => /^\d{2}:\d{2}$/.test(time))).toBe(true);
    expect(new Set(Object.values(night.hypnogram))).toEqual(new Set([0, 1, 3, 4]));
    const recharge = (await call(simulator, token, `users/nightly-recharge/${DATE}`)).json();
    expect(Object.keys(sleep['GET /v3/users/nightly-recharge/2026-11-15'])).toEqual(
      expect.arrayContaining(Object.keys(recharge)),
    );
    const activity = (await call(simulator, token, `users/activities/${DATE}`)).json();
    expect(Object.keys(activity)).toEqual(Object.keys(exercise['GET /v3/users/activities/2026-11-14']));
  });

  test('are listed as the vendor lists them', async () => {
    const simulator = start();
    const token = await linked(simulator);
    const list = async (path: string, query = {}): Promise<Json> =>
      (await call(simulator, token, path, { query })).json();
    expect((await list('users/sleep')).nights.at(-1).date).toBe(DATE);
    expect((await list('users/sleep')).nights).toHaveLength(27);
    expect((await list('users/nightly-recharge')).recharges).toHaveLength(27);
    expect(await list('users/activities', { from: '2026-11-10', to: DATE })).toHaveLength(10);
    const tooLong = { from: '2026-10-01', to: DATE };
    expect((await call(simulator, token, 'users/activities', { query: tooLong })).statusCode).toBe(400);
    for (const path of ['users/sleep/2026-11-20', 'users/sleep/2020-01-01', 'exercises/NOBODY']) {
      expect((await call(simulator, token, path)).statusCode).toBe(404);
    }
  });

  test('of an exercise come with samples only where these are asked for', async () => {
    const simulator = start();
    const token = await linked(simulator);
    const [, listed]: Json = (await call(simulator, token, 'exercises')).json();
    expect(listed).not.toHaveProperty('samples');
    const theirs = Object.keys(exercise['GET /v3/exercises/2AC312F']);
    expect(theirs).toEqual(expect.arrayContaining(Object.keys(listed)));
    const query = { samples: 'true' };
    const { samples, ...rest } = (await call(simulator, token, `exercises/${listed.id}`, { query })).json();
    expect(rest).toEqual(listed);
    expect(samples[0].data.split(',').length).toBeGreaterThan(100);
  });

  test('of heart rate hold one local day, each time once', async () => {
    const simulator = start();
    const token = await linked(simulator);
    const day = (await call(simulator, token, 'users/continuous-heart-rate/2026-11-18')).json();
    const times = day.heart_rate_samples.map(({ sample_time: time }: Json) => time);
    expect(times).toEqual([...new Set(times)].toSorted());
    expect(times[0] < '00:10:00' && times.at(-1) > '23:50:00').toBe(true);
  });
});

describe('a played night', () => {
  test('is told by dates, signed over the raw body alone', async () => {
    const { received, url } = await receive({ statuses: [200, 200, 200] });
    const simulator = start({ vendors: { polar: { own: { WEBHOOK_URL: url, SIGNATURE_SECRET } } } });
    const token = await linked(simulator);
    await play(simulator, 'night', { provider: 'polar' });
    const events = received.map(({ rawBody }) => JSON.parse(rawBody));
    expect(events.map(({ event, date }) => [event, date])).toEqual([
      ['SLEEP', '2026-11-20'],
      ['ACTIVITY_SUMMARY', '2026-11-20'],
      ['CONTINUOUS_HEART_RATE', '2026-11-20'],
    ]);
    for (const { rawBody, headers } of received) {
      const { event, url: address } = JSON.parse(rawBody);
      expect(headers['polar-webhook-event']).toBe(event);
      const signature = createHmac('sha256', SIGNATURE_SECRET).update(rawBody).digest('hex');
      expect(headers['polar-webhook-signature']).toBe(signature);
      expect((await call(simulator, token, address.split('/v3/')[1])).statusCode).toBe(200);
    }
  });

  test('goes in silence when it is deleted', async () => {
    const { received, url } = await receive();
    const simulator = start({ vendors: { polar: { own: { WEBHOOK_URL: url, SIGNATURE_SECRET } } } });
    const token = await linked(simulator);
    await play(simulator, 'fault', { name: 'deleted', provider: 'polar' });
    expect(received).toEqual([]);
    expect((await call(simulator, token, `users/sleep/${DATE}`)).statusCode).toBe(404);
    expect((await call(simulator, token, `users/nightly-recharge/${DATE}`)).statusCode).toBe(404);
  });
});

test('requests too many are refused in the vendor’s own headers', async () => {
  const simulator = start({ vendors: { polar: { rateLimit: 1 } } });
  const token = await linked(simulator);
  const refused = await call(simulator, token, 'users/sleep');
  expect(refused.statusCode).toBe(429);
  expect(refused.headers).toMatchObject({
    'ratelimit-usage': '2, 2',
    'ratelimit-limit': '1, 5000',
    'ratelimit-reset': '900, 86400',
  });
});

test('an ordered refusal says that the quarter hour is full', async () => {
  const simulator = start();
  const token = await linked(simulator);
  await play(simulator, 'fault', { name: 'rate-limit', provider: 'polar' });
  const refused = await call(simulator, token, 'users/sleep');
  expect(refused.statusCode).toBe(429);
  expect(refused.headers).toMatchObject({
    'ratelimit-usage': '500, 2',
    'ratelimit-reset': expect.stringMatching(/^2, /),
  });
  expect((await call(simulator, token, 'users/sleep')).statusCode).toBe(200);
});
