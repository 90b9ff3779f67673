import { pausedUntil } from './rate-headers.ts';

const NOW = new Date('2026-11-16T05:07:00Z');
const waitS = (headers: Record<string, string>): number =>
  (pausedUntil({ headers, now: NOW }).getTime() - NOW.getTime()) / 1000;

test.each<[string, Record<string, string>, number]>([
  ['Retry-After in seconds', { 'retry-after': '42' }, 42],
  ['Retry-After as a date', { 'retry-after': 'Mon, 16 Nov 2026 05:08:00 GMT' }, 60],
  ['Retry-After before all others', { 'retry-after': '42', 'x-ratelimit-reset': '7' }, 42],
  ['a date that has passed', { 'retry-after': 'Mon, 16 Nov 2026 04:00:00 GMT' }, 1],
  ['a word that is no time', { 'retry-after': 'soon' }, 60],
  ['nothing said', {}, 60],
  ['more than a day', { 'retry-after': '999999' }, 86_400],
  ['WHOOP: seconds to wait', { 'x-ratelimit-limit': '100, 100;window=60', 'x-ratelimit-reset': '17' }, 17],
  ['Oura: the instant', { 'x-ratelimit-reset': String(NOW.getTime() / 1000 + 123) }, 123],
  ['Strava: the quarter hour is full', { 'x-ratelimit-limit': '200,2000', 'x-ratelimit-usage': '201,500' }, 8 * 60],
  [
    'Strava: the day is full',
    {
      'x-ratelimit-limit': '200,2000',
      'x-ratelimit-usage': '20,1001',
      'x-readratelimit-limit': '100,1000',
      'x-readratelimit-usage': '20,1001',
    },
    (24 * 60 - 307) * 60,
  ],
  [
    'Polar: the first window is full',
    { 'ratelimit-limit': '520, 5100', 'ratelimit-usage': '521, 900', 'ratelimit-reset': '240, 40000' },
    240,
  ],
  [
    'Polar: the day is full',
    { 'ratelimit-limit': '520, 5100', 'ratelimit-usage': '3, 5100', 'ratelimit-reset': '240, 40000' },
    40_000,
  ],
])('%s', (_name, headers, expectedS) => {
  expect(waitS(headers)).toBe(expectedS);
});
