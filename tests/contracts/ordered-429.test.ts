import { ask, link, play, start, useWorld, world } from '../../simulator/world.test-support.ts';
import { VENDORS } from '../../simulator/vendors.ts';
import { pausedUntil } from '../../subgraphs/connections/asking/rate-headers.ts';

/**
 * The simulator words a 429 as the vendor does, and our client waits as the vendor's words say: what is shown in a demo is
 * what would happen. Nobody may have to guess how long.
 */
interface Refusal {
  path: string;
  /** Of these headers alone something is read. */
  headers: Record<string, string>;
  waitS: number;
}

const REFUSALS: Record<string, Refusal> = {
  oura: { path: 'v2/usercollection/personal_info', headers: { 'retry-after': '2' }, waitS: 2 },
  whoop: {
    path: 'developer/v2/user/profile/basic',
    headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '2' },
    waitS: 2,
  },
  garmin: { path: 'wellness-api/rest/user/id', headers: {}, waitS: 60 },
  strava: {
    path: 'api/v3/athlete',
    headers: {
      'x-readratelimit-limit': '100,1000',
      'x-readratelimit-usage': '100,1',
      'x-ratelimit-limit': '200,2000',
      'x-ratelimit-usage': '100,1',
    },
    // To the end of the quarter of an hour: it is five past.
    waitS: 600,
  },
  'google-health': {
    path: 'v4/users/me/identity',
    headers: { 'retry-after': '2' },
    waitS: 2,
  },
  polar: {
    path: 'v3/users/sleep',
    headers: { 'ratelimit-usage': '500, 2', 'ratelimit-limit': '500, 5000', 'ratelimit-reset': '2, 86400' },
    waitS: 2,
  },
};
const READ_BY_US = /^(retry-after|(x-)?(read)?ratelimit-(limit|usage|remaining|reset))$/;

useWorld();
beforeEach(() => (world.nowMs = Date.parse('2026-11-20T09:05:00Z')));

test('every simulated vendor is here', () =>
  expect(Object.keys(REFUSALS).sort()).toEqual(VENDORS.map(({ slug }) => slug).sort()));

test.each(Object.entries(REFUSALS))('%s: an ordered 429 says what the vendor says', async (slug, expected) => {
  const simulator = start();
  const { access_token: token } = await link(simulator, {}, slug);
  const authorization = `Bearer ${token}`;
  if (slug === 'polar')
    await ask(simulator, {
      method: 'POST',
      url: '/polar/v3/users',
      headers: { authorization },
      payload: { 'member-id': 'member' },
    });
  const read = () => ask(simulator, { url: `/${slug}/${expected.path}`, headers: { authorization } });
  await play(simulator, 'fault', { name: 'rate-limit', provider: slug });
  const refused = await read();
  expect(refused.statusCode).toBe(429);
  const said = Object.entries(refused.headers).filter(([name]) => READ_BY_US.test(name));
  expect(Object.fromEntries(said)).toMatchObject(expected.headers);
  if (slug === 'garmin') expect(said).toEqual([]);
  const now = new Date(world.nowMs);
  expect(pausedUntil({ headers: refused.headers, now }).getTime() - now.getTime()).toBe(expected.waitS * 1000);
  expect((await read()).statusCode).toBe(200);
});
