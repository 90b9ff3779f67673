import { readFileSync } from 'node:fs';
import { createGarmin, garminConfig } from '../../subgraphs/connections/providers/garmin.ts';
import { vendorWith } from '../../subgraphs/connections/providers/vendor.test-support.ts';
import type { Measurement } from '../../subgraphs/health-data/measurements/measurement.ts';
import { garmin } from '../../subgraphs/health-data/normalise/garmin/garmin.ts';
import { parseBody } from '../../subgraphs/health-data/normalise/normaliser.ts';

/**
 * Two subgraphs read a pushed body: connections takes it apart by person, health-data turns the parts into rows. They share
 * no code, so what one calls a part and a kind of data must be what the other reads.
 */
const vendor = vendorWith(createGarmin, garminConfig, {
  GARMIN_CLIENT_ID: 'id',
  GARMIN_CLIENT_SECRET: 'the client secret',
  GARMIN_PATH_TOKEN: 'a-path-token-of-a-test',
});
const FIXTURES = '../shared/fixtures';
type Body = Record<string, Record<string, unknown>[]>;
const read = <T = Body>(path: string): T => JSON.parse(readFileSync(`${FIXTURES}/${path}.json`, 'utf8')) as T;

const stress = read<{ stressDetails_body: Body; other: { bodies: Record<string, Body> } }>(
  'garmin/push_stress_and_small_types',
);
const { deliveries: nights } = read<{ deliveries: Body[] }>('garmin/push_sleeps_tentative_then_final');
const BODIES: [string, Body][] = [
  ...['push_activities', 'push_activityDetails', 'push_dailies', 'push_hrv', 'sleep_edge_cases'].map(
    (name): [string, Body] => [name, read(`garmin/${name}`)],
  ),
  ...nights.map((body, n): [string, Body] => [`a night as delivered, ${n + 1}`, body]),
  ['stressDetails', stress.stressDetails_body],
  ...Object.entries(stress.other.bodies),
  ...[
    'ow-daily-partial-day',
    'ow-hrv-overnight',
    'ow-sleep-duration-excludes-awake',
    'ow-sleep-tentative-no-stages',
    'ow-sleep-with-nap',
    'radar-activities-shared-id',
    'radar-activity-details',
    'radar-dailies-two-users',
    'radar-epochs-walking',
    'radar-hrv',
    'radar-sleeps-two-users',
    'radar-stress-details',
  ].map((name): [string, Body] => [name, read(`public-samples/garmin/${name}`)]),
];

const RECEIVED_AT = new Date('2026-11-20T12:00:00Z');

function normalise(domain: string, body: unknown): { rows: Measurement[]; kinds: string[] } {
  const { measurements, rejected, ignored } = garmin.normalise({
    provider: 'GARMIN',
    deliveryId: '018f0000-0000-7000-8000-000000000001',
    athleteId: '018f0000-0000-7000-8000-0000000000aa',
    domain,
    body,
    sourceUpdatedAt: RECEIVED_AT,
    receivedAt: RECEIVED_AT,
  });
  return { rows: measurements, kinds: [...rejected, ...ignored].map(({ reason }) => reason).sort() };
}

const people = (body: Body): Set<unknown> =>
  new Set(Object.values(body).flatMap((list) => list.map(({ userId }) => userId)));

test.each(BODIES)('%s: the parts give the rows of the summaries they hold, person by person', (_name, body) => {
  const { items, unreadable } = vendor.webhook.parse(Buffer.from(JSON.stringify(body)));
  expect(unreadable).toEqual([]);
  const pushed = items.flatMap((item) => (item.kind === 'data' ? [item] : []));
  expect(pushed).toHaveLength(items.length);
  expect(new Set(pushed.map(({ providerUserId }) => providerUserId))).toEqual(people(body));
  for (const { providerUserId, domain, body: part } of pushed) {
    const [[key, summaries] = ['', []], ...others] = Object.entries(body).filter(
      ([name]) => domain.replaceAll('_', '') === name.toLowerCase(),
    );
    expect(others).toEqual([]);
    const own = { [key]: summaries.filter(({ userId }) => userId === providerUserId) };
    expect(normalise(domain, parseBody(part))).toEqual(normalise(domain, own));
    expect(normalise(domain, own).kinds).not.toContain('unknown_data_type');
  }
});

test('a body of several people gives nobody the rows of another', () => {
  const body = read('public-samples/garmin/radar-dailies-two-users');
  const { items } = vendor.webhook.parse(Buffer.from(JSON.stringify(body)));
  const days = items.map((item) => normalise('dailies', parseBody(item.body)).rows.map((row) => row.recordId));
  expect(days).toHaveLength(2);
  expect(days[0]).not.toEqual([]);
  expect(days[0]?.filter((id) => days[1]?.includes(id))).toEqual([]);
});

test('what a callback answers is read as the push of the same night is', () => {
  const { ping } = read<{ ping: { callback_response_sleeps: unknown } }>('garmin/ping_and_account_notifications');
  const callback = ping.callback_response_sleeps;
  const pushed = nights[1];
  expect(normalise('sleeps', callback).rows).toEqual(normalise('sleeps', pushed).rows);
});
