import { readFileSync } from 'node:fs';
import type { Provider } from '#platform/signals';

/** One thing a vendor said, as connections would store it. */
export interface FixtureEvent {
  /** Says in a failing test which one it was. */
  name: string;
  provider: Provider;
  domain: string;
  body: unknown;
  /** When it was fetched or pushed: the version of records that carry none of their own. */
  at: Date;
}

type Item = Record<string, unknown>;

const FIXTURES = `${process.cwd()}/../shared/fixtures`;
const load = <Body>(path: string): Body => JSON.parse(readFileSync(`${FIXTURES}/${path}.json`, 'utf8')) as Body;
const hoursAfter = (at: Date, hours: number): Date => new Date(at.getTime() + hours * 3_600_000);
const FETCHED_AT = new Date('2026-11-21T08:00:00Z');

/**
 * What all vendors of the fixtures say of one athlete's fortnight, in the order of time: each night as it came, the pages
 * of a later fetch, corrections, deletions, a night that moved to another day, tentative and final ones, and the same
 * ones dated in the future, which are quarantined.
 */
export function fixtureEvents(): FixtureEvent[] {
  const events = [...oura(), ...whoop(), ...garmin(), ...strava(), ...polar(), ...google(), ...phones()];
  return events.toSorted((a, b) => a.at.getTime() - b.at.getTime());
}

/** A document at its first fetch, corrected, moved, deleted and gone for good, and once before it happened. */
function lifeOf(options: {
  provider: Provider;
  domain: string;
  name: string;
  document: Item;
  corrected: Item;
  deletion: Item;
  at: Date;
}): FixtureEvent[] {
  const { provider, domain, name, document, corrected, deletion, at } = options;
  const event = (what: string, body: unknown, hours: number): FixtureEvent => {
    return { name: `${name} ${what}`, provider, domain, body, at: hoursAfter(at, hours) };
  };
  return [
    event('before it happened', document, -48),
    event('first', document, 0),
    event('corrected', corrected, 2),
    event('corrected at the same instant', { ...corrected, note: 'another copy' }, 2),
    event('deleted', { deleted: deletion }, 3),
    event('deleted again at the instant of its correction', { deleted: deletion }, 2),
  ];
}

function oura(): FixtureEvent[] {
  const provider = 'OURA';
  const pages = ['sleep_page1', 'sleep_page2', 'sleep_edge_cases'].map((page) =>
    load<{ data: Item[] }>(`oura/${page}`),
  );
  const nights = pages.flatMap(({ data }) => data);
  const endOf = (night: Item): Date => new Date(night['bedtime_end'] as string);
  const single = nights.map((document): FixtureEvent => {
    return {
      name: `oura night ${String(document['day'])}`,
      provider,
      domain: 'sleep',
      body: document,
      at: hoursAfter(endOf(document), 1),
    };
  });
  const lives = nights.slice(0, 2).flatMap((document) =>
    lifeOf({
      provider,
      domain: 'sleep',
      name: `oura night ${String(document['day'])}`,
      document,
      corrected: { ...document, day: dayAfter(document['day'] as string), average_hrv: null },
      deletion: { data_type: 'sleep', object_id: document['id'] },
      at: hoursAfter(endOf(document), 2),
    }),
  );
  const daily = ['daily_activity', 'daily_readiness', 'heartrate', 'workout'].flatMap((domain) => {
    const body = load<{ data: Item[] }>(`oura/${domain}`);
    const halves = [body.data.slice(0, 9), body.data.slice(5)].map((data) => ({ data, next_token: null }));
    return halves.map((half, index): FixtureEvent => {
      return {
        name: `oura ${domain} ${index}`,
        provider,
        domain,
        body: half,
        at: hoursAfter(FETCHED_AT, -120 * index),
      };
    });
  });
  const spo2AndStress = load<Item>('oura/daily_spo2_and_stress');
  const edits = load<Item>('oura/sleep_single_documents');
  const fetched = (name: string, domain: string, body: unknown): FixtureEvent => {
    return { name: `oura ${name}`, provider, domain, body, at: FETCHED_AT };
  };
  return [
    ...single,
    ...lives,
    ...daily,
    ...pages.map((page, index) => fetched(`page ${index}`, 'sleep', page)),
    fetched('spo2', 'daily_spo2', spo2AndStress['GET /v2/usercollection/daily_spo2']),
    fetched('stress', 'daily_stress', spo2AndStress['GET /v2/usercollection/daily_stress']),
    fetched('first fetch', 'sleep', edits['first_fetch']),
    fetched('after an edit, at the same instant', 'sleep', edits['after_bedtime_edit']),
  ];
}

const dayAfter = (day: string): string => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);

function whoop(): FixtureEvent[] {
  const provider = 'WHOOP';
  const recordsOf = (...paths: string[]): Item[] =>
    paths.flatMap((path) => load<{ records: Item[] }>(`whoop/${path}`).records);
  const edge = load<Record<string, { records: Item[] }>>('whoop/edge_cases');
  const sleeps = [...recordsOf('sleep_page1', 'sleep_page2'), ...(edge['GET /v2/activity/sleep']?.records ?? [])];
  const recoveries = [...recordsOf('recovery_page1', 'recovery_page2'), ...(edge['GET /v2/recovery']?.records ?? [])];
  const updatedAt = (item: Item, hours = 0): Date => hoursAfter(new Date(item['updated_at'] as string), hours);
  const single =
    (domain: string) =>
    (document: Item): FixtureEvent => {
      return {
        name: `whoop ${domain} ${String(document['updated_at'])}`,
        provider,
        domain,
        body: document,
        at: updatedAt(document, 0.1),
      };
    };
  const lives = sleeps.slice(0, 2).flatMap((document) =>
    lifeOf({
      provider,
      domain: 'sleep',
      name: `whoop sleep ${String(document['updated_at'])}`,
      document,
      corrected: { ...document, updated_at: updatedAt(document, 1).toISOString(), timezone_offset: '+11:00' },
      deletion: { data_type: 'sleep', object_id: document['id'] },
      at: updatedAt(document),
    }),
  );
  // A recovery alone knows less of its day than one beside its sleep, and both are the same version.
  const together = recoveries.map((recovery): FixtureEvent => {
    const sleep = sleeps.find(({ id }) => id === recovery['sleep_id']);
    const records = sleep === undefined ? [recovery] : [recovery, sleep];
    return {
      name: `whoop recovery and sleep ${String(recovery['updated_at'])}`,
      provider,
      domain: 'recovery',
      body: { records },
      at: updatedAt(recovery, 5),
    };
  });
  const workouts = {
    name: 'whoop workouts',
    provider,
    domain: 'workout',
    body: load('whoop/workout_page'),
    at: FETCHED_AT,
  } as const;
  return [...sleeps.map(single('sleep')), ...recoveries.map(single('recovery')), ...lives, ...together, workouts];
}

function garmin(): FixtureEvent[] {
  const provider = 'GARMIN';
  const snake = (key: string): string => key.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
  const push = (name: string, body: Item, at: Date): FixtureEvent => {
    return { name: `garmin ${name}`, provider, domain: snake(Object.keys(body)[0] ?? ''), body, at };
  };
  const replay = load<{ deliveries: { deliverAt: string; rawBody: string }[] }>('garmin/webhook_replay_14_nights');
  const pushed = replay.deliveries.map(({ deliverAt, rawBody }) =>
    push(`push of ${deliverAt}`, JSON.parse(rawBody) as Item, new Date(deliverAt)),
  );
  const twice = load<{ deliveries: Item[] }>('garmin/push_sleeps_tentative_then_final').deliveries;
  const small = load<{ other: { bodies: Record<string, Item> }; stressDetails_body: Item }>(
    'garmin/push_stress_and_small_types',
  );
  const files = ['push_activities', 'push_activityDetails', 'push_dailies', 'push_hrv', 'sleep_edge_cases'];
  return [
    ...pushed,
    // The tentative one comes last by the clock: it must not win.
    ...twice.map((body, index) => push(`tentative or final ${index}`, body, hoursAfter(FETCHED_AT, -index))),
    ...files.map((file) => push(file, load<Item>(`garmin/${file}`), FETCHED_AT)),
    ...Object.entries(small.other.bodies).map(([name, body]) => push(name, body, FETCHED_AT)),
    push('stress', small.stressDetails_body, FETCHED_AT),
  ];
}

function strava(): FixtureEvent[] {
  const provider = 'STRAVA';
  const [page, detail] = [load<Item[]>('strava/activities_page1'), load<Item>('strava/activity_detail')];
  const streams = { activity: detail, streams: load('strava/activity_streams') };
  const at = hoursAfter(FETCHED_AT, -24);
  return [
    { name: 'strava page', provider, domain: 'activity', body: page, at: FETCHED_AT },
    { name: 'strava streams', provider, domain: 'streams', body: streams, at: FETCHED_AT },
    ...lifeOf({
      provider,
      domain: 'activity',
      name: 'strava activity',
      document: detail,
      corrected: { ...detail, has_heartrate: false, name: 'renamed' },
      deletion: { data_type: 'activity', object_id: detail['id'] },
      at,
    }),
  ];
}

function polar(): FixtureEvent[] {
  const provider = 'POLAR';
  const { sleep, exercise } = load<Record<'sleep' | 'exercise', Record<string, Item>>>('polar/data');
  const night = sleep['GET /v3/users/sleep/2026-11-15'] as Item;
  const event = (name: string, domain: string, body: unknown): FixtureEvent => {
    return { name: `polar ${name}`, provider, domain, body, at: FETCHED_AT };
  };
  return [
    event('nights', 'sleep', sleep['GET /v3/users/sleep']),
    event('recharge', 'nightly_recharge', sleep['GET /v3/users/nightly-recharge/2026-11-15']),
    event('exercise', 'exercise', exercise['GET /v3/exercises/2AC312F']),
    event('activity', 'activity', exercise['GET /v3/users/activities/2026-11-14']),
    ...lifeOf({
      provider,
      domain: 'sleep',
      name: 'polar night',
      document: night,
      corrected: { ...night, light_sleep: 12_000 },
      deletion: { data_type: 'sleep', object_id: '2026-11-15' },
      at: hoursAfter(FETCHED_AT, -24),
    }),
  ];
}

function google(): FixtureEvent[] {
  const provider = 'GOOGLE_HEALTH';
  const other = load<Record<string, Item>>('google_health/datapoints_other');
  const nights = load<{ dataPoints: Item[] }>('google_health/datapoints_sleep');
  const points = Object.entries(other).flatMap(([name, body]): FixtureEvent[] => {
    const domain = name.split(':')[0] ?? name;
    const deletion = { deleted: { data_type: domain, object_id: '2026-11-15' } };
    return [
      { name: `google ${name}`, provider, domain, body, at: FETCHED_AT },
      { name: `google ${name} deleted`, provider, domain, body: deletion, at: FETCHED_AT },
      { name: `google ${name} later`, provider, domain, body, at: hoursAfter(FETCHED_AT, 1) },
    ];
  });
  const [first = {}] = nights.dataPoints;
  return [
    ...points,
    { name: 'google nights', provider, domain: 'sleep', body: nights, at: FETCHED_AT },
    { name: 'google first night', provider, domain: 'sleep', body: first, at: hoursAfter(FETCHED_AT, -20) },
  ];
}

/** The same records from a phone that stands in another zone by now: days follow the zone, versions do not. */
function phones(): FixtureEvent[] {
  const apple = load<Item>('apple_health/upload_day');
  const variants = load<Record<string, { body: Item }>>('apple_health/upload_variants');
  const android = load<{ data: { records: Item[] } } & Item>('health_connect/upload_day');
  const zoneless = android.data.records.map(
    ({ zoneOffset: _a, startZoneOffset: _b, endZoneOffset: _c, ...record }) => record,
  );
  const event = (provider: Provider, name: string, body: unknown, hours = 0): FixtureEvent => {
    return { name: `${provider} ${name}`, provider, domain: 'upload', body, at: hoursAfter(FETCHED_AT, hours) };
  };
  const inZone = (timeZone: string): Item => ({ ...android, timeZone, data: { records: zoneless } });
  const night = android.data.records.find(({ recordType }) => recordType === 'SleepSessionRecord') as {
    metadata: Item;
  };
  return [
    event('APPLE_HEALTH', 'day', apple),
    ...Object.entries(variants).map(([name, { body }]) => event('APPLE_HEALTH', name, body)),
    event('HEALTH_CONNECT', 'day', android),
    event('HEALTH_CONNECT', 'day without offsets', inZone('Europe/Helsinki')),
    event('HEALTH_CONNECT', 'day without offsets, in Auckland', inZone('Pacific/Auckland')),
    event(
      'HEALTH_CONNECT',
      'deletion',
      { ...android, data: { records: [] }, deletedRecordIds: [night.metadata['id']] },
      -30,
    ),
  ];
}
