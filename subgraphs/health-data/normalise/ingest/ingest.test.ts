import type { Item, Normalised } from '../normaliser.ts';
import { closedIn, deliveryOf, fuzzSuite, observedIn } from '../normaliser.test-suite.ts';
import { normaliserOf } from '../registry.ts';

const RECEIVED = new Date('2026-11-20T12:00:00Z');

function normalise(domain: string, body: unknown): Normalised {
  const normaliser = normaliserOf({ provider: 'GARMIN', domain });
  if (!normaliser) throw new Error('nobody reads this domain');
  return normaliser.normalise(deliveryOf({ provider: 'GARMIN', domain, body, receivedAt: RECEIVED }));
}
const hrv = (...items: unknown[]): Normalised => normalise('ingest_hrv', { items });
const sleep = (...items: unknown[]): Normalised => normalise('ingest_sleep', { items });

const HRV: Item = {
  date: '2026-11-19',
  rmssdMs: 52,
  restingHeartRateBpm: 47,
  capturedAt: '2026-11-19T06:38:00+02:00',
};
const NIGHT: Item = {
  date: '2026-11-19',
  startAt: '2026-11-18T22:30:00+02:00',
  endAt: '2026-11-19T06:30:00+02:00',
  durationMin: 440,
  efficiencyPct: 91,
  latencyMin: 12,
  wakeCount: 3,
};

test('an HRV and a resting heart rate of a day are streams of their own, apart from those of the provider', () => {
  expect(observedIn(hrv(HRV))).toMatchObject([
    {
      kind: 'hrv_night',
      provider: 'GARMIN',
      recordId: 'ingest:2026-11-19',
      metric: 'RMSSD',
      method: 'ingested',
      ms: 52,
      lnMs: Math.log(52),
      day: '2026-11-19',
      capturedAt: new Date('2026-11-19T04:38:00Z'),
      zoneOffsetMin: 120,
      sleepRecordId: null,
      flags: ['ingested'],
    },
    { kind: 'resting_heart_rate', recordId: 'ingest:2026-11-19', bpm: 47, method: 'ingested', flags: ['ingested'] },
  ]);
});

test('a day without a resting heart rate closes the one it had before', () => {
  const result = hrv({ date: '2026-11-19', rmssdMs: 52 });
  expect(observedIn(result)).toMatchObject([{ kind: 'hrv_night', capturedAt: null, zoneOffsetMin: null }]);
  expect(closedIn(result)).toEqual(['resting_heart_rate ingest:2026-11-19']);
});

test('a night has its window, its sleep and what else was said of it', () => {
  expect(observedIn(sleep(NIGHT))).toMatchObject([
    {
      kind: 'sleep_night',
      recordId: 'ingest:2026-11-19',
      role: 'night_candidate',
      day: '2026-11-19',
      zoneOffsetMin: 120,
      bedtimeStart: new Date('2026-11-18T20:30:00Z'),
      bedtimeEnd: new Date('2026-11-19T04:30:00Z'),
      inBedMin: 480,
      asleepMin: 440,
      efficiencyPct: 91,
      latencyMin: 12,
      wakeCount: 3,
      deepMin: null,
      stages: null,
      flags: ['ingested'],
    },
  ]);
});

test('the local day of waking is told by zoneOffset where the instants are in UTC', () => {
  const inUtc = { ...NIGHT, startAt: '2026-11-17T13:00:00Z', endAt: '2026-11-17T20:30:00Z', date: '2026-11-18' };
  expect(observedIn(sleep({ ...inUtc, zoneOffset: '+09:00' }))).toMatchObject([{ zoneOffsetMin: 540 }]);
  expect(sleep({ ...inUtc, date: '2026-11-19' }).rejected).toMatchObject([{ reason: 'bad_day' }]);
  expect(sleep({ ...inUtc, date: '2026-11-19', zoneOffset: '+09:00' }).rejected).toEqual([]);
});

test('without an efficiency it is sleep by time in bed, and flagged', () => {
  const { efficiencyPct: _left, ...rest } = NIGHT;
  expect(observedIn(sleep(rest))).toMatchObject([
    { efficiencyPct: (440 / 480) * 100, flags: ['ingested', 'efficiency_derived'] },
  ]);
});

test('a detail that cannot be true is dropped and flagged; the night stays', () => {
  const [night] = observedIn(sleep({ ...NIGHT, latencyMin: 481, wakeCount: -1, deepMin: 'much' }));
  expect(night).toMatchObject({ latencyMin: null, wakeCount: null, deepMin: null, asleepMin: 440 });
  expect(night?.flags).toEqual(['ingested', 'implausible_value_dropped']);
});

test.each([
  ['an HRV of 0', hrv, { ...HRV, rmssdMs: 0 }, 'implausible_value'],
  ['an HRV beyond 500 ms', hrv, { ...HRV, rmssdMs: 501 }, 'implausible_value'],
  ['a resting heart rate of 151', hrv, { ...HRV, restingHeartRateBpm: 151 }, 'implausible_value'],
  ['a day that does not exist', hrv, { ...HRV, date: '2026-02-30' }, 'bad_day'],
  ['a day to come', hrv, { ...HRV, date: '2026-11-22' }, 'future_dated'],
  ['a capture to come', hrv, { ...HRV, capturedAt: '2026-11-20T12:06:00Z' }, 'future_dated'],
  ['a capture without a zone', hrv, { ...HRV, capturedAt: '2026-11-19T06:38:00' }, 'bad_time'],
  ['a night that ends before it starts', sleep, { ...NIGHT, endAt: NIGHT['startAt'] }, 'window_inverted'],
  ['a night of more than a day', sleep, { ...NIGHT, startAt: '2026-11-18T06:00:00+02:00' }, 'window_too_long'],
  ['more sleep than time in bed', sleep, { ...NIGHT, durationMin: 481 }, 'implausible_value'],
])('%s is refused with its record, and its neighbour is not', (_name, read, item: Item, reason) => {
  const neighbour = { ...(read === hrv ? HRV : NIGHT) };
  const { rejected, measurements } = read(item, null, neighbour);
  expect(rejected.map((one) => one.reason)).toEqual([reason, 'unreadable_item']);
  expect(rejected[0]?.recordId).toBe(`ingest:${String(item['date'])}`);
  expect(measurements.length).toBeGreaterThan(0);
});

test.each([null, [], {}, { items: {} }, { items: [[], 'text', 7, {}] }, { data: [HRV] }])(
  'the body %j gives no rows and no exception',
  (body) => {
    for (const domain of ['ingest_hrv', 'ingest_sleep']) {
      const { measurements, rejected } = normalise(domain, body);
      expect(measurements).toEqual([]);
      expect(rejected.length).toBe(Array.isArray(body) || !isList(body) ? 1 : 4);
    }
  },
);

const isList = (body: unknown): boolean => Array.isArray((body as Item | null)?.['items']);

test('other domains go to the provider’s own normaliser', () => {
  expect(normaliserOf({ provider: 'GARMIN', domain: 'sleeps' })?.version).toMatch(/^garmin\//);
  expect(normaliserOf({ provider: 'GARMIN', domain: 'ingest_sleep' })?.version).toBe('ingest/1');
});

fuzzSuite({
  normalise: ({ domain, body }) => normalise(domain, body),
  cases: [
    {
      name: 'HRV of two days',
      domain: 'ingest_hrv',
      body: { items: [HRV, { ...HRV, date: '2026-11-18', capturedAt: null }] },
    },
    {
      name: 'two nights',
      domain: 'ingest_sleep',
      body: {
        items: [
          NIGHT,
          { ...NIGHT, date: '2026-11-18', startAt: '2026-11-17T22:30:00+02:00', endAt: '2026-11-18T06:30:00+02:00' },
        ],
      },
    },
  ],
});
