import { ask, askToken, approve, link, play, receive, start, until, useWorld, world } from '../world.test-support.ts';
import type { Json } from '../world.test-support.ts';
import { VENDORS } from '../vendors.ts';

useWorld();

const PATH_TOKEN = 'a-path-token-of-a-test';
const REST = '/garmin/wellness-api/rest';
const DAY_SEC = 86_400;

/** A simulator whose Garmin delivers to a receiver that answers as the product does: exactly 200. */
async function delivering({ by = 'push', statuses = [] as number[] } = {}) {
  const { received, url } = await receive({ statuses: [...statuses, ...Array<number>(100).fill(200)] });
  const own = { WEBHOOK_URL: url, PATH_TOKEN, DELIVERY: by };
  const simulator = start({ vendors: { garmin: { own } } });
  const bodies = (): Json[] => received.map(({ rawBody }) => JSON.parse(rawBody));
  const get = async (token: string, path: string, query: Record<string, string> = {}) =>
    ask(simulator, { url: `${REST}${path}`, query, headers: { authorization: `Bearer ${token}` } });
  return { simulator, received, bodies, get };
}

const backfill = (fromDaysAgo: number, days: number) => {
  const from = Math.floor(world.nowMs / 1000) - fromDaysAgo * DAY_SEC;
  return { summaryStartTimeInSeconds: String(from), summaryEndTimeInSeconds: String(from + days * DAY_SEC) };
};

test('it is one of the vendors', () => expect(VENDORS.map(({ slug }) => slug)).toContain('garmin'));

test('a link needs a proof key, and the permissions are those chosen on the page', async () => {
  const { simulator, get } = await delivering();
  const unproven = await approve(simulator, {}, 'garmin');
  expect(unproven.searchParams.get('error')).toBe('invalid_request');
  const { access_token: token, scope } = await link(simulator, { scope: 'HEALTH_EXPORT' }, 'garmin');
  expect(scope).toBe('PARTNER_WRITE PARTNER_READ CONNECT_READ CONNECT_WRITE');
  expect((await get(token, '/user/permissions')).json()).toEqual({ permissions: ['HEALTH_EXPORT'] });
  expect((await get(token, '/user/id')).json().userId).toMatch(/^[0-9a-f]{32}$/);
});

test('a refresh token works once', async () => {
  const { simulator } = await delivering();
  const { refresh_token } = await link(simulator, {}, 'garmin');
  const refresh = () => askToken(simulator, { grant_type: 'refresh_token', refresh_token }, 'garmin');
  expect((await refresh()).statusCode).toBe(200);
  expect((await refresh()).json().error).toBe('invalid_grant');
});

describe('a night', () => {
  test('is pushed with its summaries, unsigned', async () => {
    const { simulator, received, bodies, get } = await delivering();
    const { access_token: token } = await link(simulator, {}, 'garmin');
    const played = await play(simulator, 'night', { provider: 'garmin' });
    expect(bodies().flatMap((body) => Object.keys(body))).toEqual(['sleeps', 'hrv', 'dailies']);
    const { userId } = (await get(token, '/user/id')).json();
    const [{ sleeps }, { hrv }] = bodies();
    expect(sleeps).toMatchObject([
      { userId, summaryId: played.documentId, calendarDate: '2026-11-20', validation: 'ENHANCED_FINAL' },
    ]);
    expect(hrv[0].startTimeInSeconds).toBe(sleeps[0].startTimeInSeconds);
    const { deepSleepDurationInSeconds: deep, lightSleepDurationInSeconds: light, remSleepInSeconds: rem } = sleeps[0];
    expect(deep + light + rem).toBe(sleeps[0].durationInSeconds);
    expect(received[0]?.headers).toMatchObject({ 'garmin-client-id': 'client', 'user-agent': 'Garmin Health API' });
  });

  test('that is edited keeps its start', async () => {
    const { simulator, bodies } = await delivering();
    await link(simulator, {}, 'garmin');
    await play(simulator, 'night', { provider: 'garmin' });
    await play(simulator, 'night', { provider: 'garmin' });
    const nights = bodies().flatMap(({ sleeps = [] }) => sleeps);
    expect(nights).toHaveLength(2);
    expect(nights[1].startTimeInSeconds).toBe(nights[0].startTimeInSeconds);
    expect(nights[1].durationInSeconds).not.toBe(nights[0].durationInSeconds);
  });

  test('is not told where health is switched off', async () => {
    const { simulator, received } = await delivering();
    await link(simulator, { scope: 'ACTIVITY_EXPORT' }, 'garmin');
    await play(simulator, 'night', { provider: 'garmin' });
    expect(received).toEqual([]);
  });

  test('in a ping is an address, which answers the athlete’s token with the bare list', async () => {
    const { simulator, bodies, get } = await delivering({ by: 'ping' });
    const { access_token: token } = await link(simulator, {}, 'garmin');
    await get(token, '/user/id');
    await play(simulator, 'night', { provider: 'garmin' });
    const { callbackURL } = bodies()[0].sleeps[0];
    const read = async (authorization: string) => fetch(callbackURL, { headers: { authorization } });
    expect((await read('Bearer another')).status).toBe(401);
    const answer: Json = await (await read(`Bearer ${token}`)).json();
    expect(answer).toMatchObject([{ calendarDate: '2026-11-20' }]);
    expect(answer[0].userId).toBeUndefined();
  });

  test('is sent again until it hears exactly 200', async () => {
    const { simulator, received } = await delivering({ statuses: [204, 500] });
    await link(simulator, {}, 'garmin');
    await play(simulator, 'night', { provider: 'garmin' });
    await until(() => received.length === 5);
    expect(received.filter(({ rawBody }) => rawBody.startsWith('{"sleeps"')).length).toBeGreaterThan(1);
  });
});

describe('history', () => {
  test('is taken with 202 and pushed a moment later, once', async () => {
    const { simulator, received, bodies, get } = await delivering();
    const { access_token: token } = await link(simulator, {}, 'garmin');
    const range = backfill(20, 20);
    expect((await get(token, '/backfill/sleeps', range)).statusCode).toBe(202);
    expect((await get(token, '/backfill/sleeps', range)).statusCode).toBe(409);
    await until(() => received.length >= 2);
    expect(bodies().flatMap(({ sleeps }) => sleeps).length).toBeGreaterThan(15);
  });

  test.each([
    ['sleeps', 91, 400],
    ['activities', 31, 400],
    ['activities', 30, 202],
  ])('of %s over %s days: %s', async (type, days, status) => {
    const { simulator, get } = await delivering();
    const { access_token: token } = await link(simulator, {}, 'garmin');
    expect((await get(token, `/backfill/${type}`, backfill(days, days))).statusCode).toBe(status);
  });

  test('needs its own permission', async () => {
    const { simulator, get } = await delivering();
    const { access_token: token } = await link(simulator, { scope: 'HEALTH_EXPORT ACTIVITY_EXPORT' }, 'garmin');
    expect((await get(token, '/backfill/sleeps', backfill(5, 5))).statusCode).toBe(412);
  });
});

describe('the end', () => {
  test('by the application: 204, the tokens are dead, and it is told', async () => {
    const { simulator, received, bodies, get } = await delivering();
    const { access_token: token } = await link(simulator, {}, 'garmin');
    const answer = await ask(simulator, {
      method: 'DELETE',
      url: `${REST}/user/registration`,
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.statusCode).toBe(204);
    expect((await get(token, '/user/id')).statusCode).toBe(401);
    await until(() => received.length === 1);
    expect(bodies()).toEqual([{ deregistrations: [{ userId: expect.stringMatching(/^[0-9a-f]{32}$/) }] }]);
  });

  test('by the athlete: it is told as well', async () => {
    const { simulator, bodies } = await delivering();
    await link(simulator, {}, 'garmin');
    await play(simulator, 'fault', { name: 'revoked', provider: 'garmin' });
    expect(bodies().map((body) => Object.keys(body))).toEqual([['deregistrations']]);
  });
});

test('too many requests are 429', async () => {
  const simulator = start({ vendors: { garmin: { rateLimit: 1 } } });
  const { access_token: token } = await link(simulator, {}, 'garmin');
  const get = () => ask(simulator, { url: `${REST}/user/id`, headers: { authorization: `Bearer ${token}` } });
  expect([(await get()).statusCode, (await get()).statusCode]).toEqual([200, 429]);
});
