import { createHmac } from 'node:crypto';
import { falselyJudged, type Signer } from './altered-requests.test-support.ts';
import { createOura, ouraConfig } from './oura.ts';
import type { Verification } from './provider.ts';
import { answering, signatureVectors, vectorRequest, vendorWith, verify } from './vendor.test-support.ts';

const SECRET = 'test_oura_client_secret_3f9c0b7e';
const TOKEN = 'test_oura_verification_token';
const VARIABLES = {
  OURA_CLIENT_ID: 'test_oura_client_id',
  OURA_CLIENT_SECRET: SECRET,
  OURA_VERIFICATION_TOKEN: TOKEN,
  OURA_API_URL: 'https://api.vendor.example',
};
const ouraWith = (more: Record<string, string> = {}) => vendorWith(createOura, ouraConfig, { ...VARIABLES, ...more });
const oura = ouraWith();
const vectors = signatureVectors('oura');

const signed = (options: { body: string | Buffer; timestamp: string; secret?: string }) => ({
  'x-oura-timestamp': options.timestamp,
  'x-oura-signature': createHmac('sha256', options.secret ?? SECRET)
    .update(options.timestamp)
    .update(options.body)
    .digest('hex')
    .toUpperCase(),
});

describe('signatures', () => {
  test('the list of vectors is there', () => expect(vectors.length).toBeGreaterThanOrEqual(10));

  test.each(vectors.map((vector) => [vector.id, vector] as const))('vector %s', async (_id, vector) => {
    expect((await verify(oura, vectorRequest(vector))).ok).toBe(vector.valid === true);
    const tolerant = ouraWith({ OURA_RESERIALISED_SIGNATURE: 'accept' });
    expect((await verify(tolerant, vectorRequest(vector))).ok).toBe(vector.valid !== false);
  });

  const body = '{"event_type":"create"}';
  const now = new Date('2026-11-16T05:12:09Z');
  const seconds = String(now.getTime() / 1000);
  const check = (headers: Record<string, string | string[]>, vendor = oura): Verification =>
    vendor.webhook.verify({ rawBody: Buffer.from(body), headers, params: {}, now }) as Verification;

  test.each([
    ['300 s ago', -300, true],
    ['301 s ago', -301, false],
    ['300 s ahead', 300, true],
    ['301 s ahead', 301, false],
  ])('a signature of %s: accepted %s', (_name, offsetS, isAccepted) => {
    for (const timestamp of [String(Number(seconds) + offsetS), String((Number(seconds) + offsetS) * 1000)]) {
      expect(check(signed({ body, timestamp })).ok).toBe(isAccepted);
    }
  });

  test('current and previous secret sign, no third one', () => {
    const rotated = ouraWith({ OURA_CLIENT_SECRET: 'the new secret', OURA_CLIENT_SECRET_PREVIOUS: SECRET });
    expect(check(signed({ body, timestamp: seconds }), rotated).ok).toBe(true);
    expect(check(signed({ body, timestamp: seconds, secret: 'the new secret' }), rotated).ok).toBe(true);
    expect(check(signed({ body, timestamp: seconds, secret: 'an older secret' }), rotated).ok).toBe(false);
  });

  test('a header sent twice is refused, as a list and joined', () => {
    const headers = signed({ body, timestamp: seconds });
    for (const name of ['x-oura-timestamp', 'x-oura-signature'] as const) {
      expect(check({ ...headers, [name]: [headers[name], headers[name]] })).toEqual({
        ok: false,
        reason: 'malformed_header',
      });
      expect(check({ ...headers, [name]: `${headers[name]}, ${headers[name]}` })).toEqual({
        ok: false,
        reason: 'malformed_header',
      });
    }
  });

  test('a digit cannot pass from the signed time to the body', () => {
    const timestamp = `${seconds}137`;
    const headers = { ...signed({ body, timestamp }), 'x-oura-timestamp': seconds };
    const shifted = Buffer.from(`137${body}`);
    expect(oura.webhook.verify({ rawBody: shifted, headers, params: {}, now })).toMatchObject({ ok: false });
  });

  test('5,000 altered requests are refused, 500 true ones accepted', async () => {
    const judged = await falselyJudged({ vendor: oura, signer, now });
    expect(judged).toEqual({ seed: judged.seed, failures: [] });
  });
});

const signer: Signer = {
  signature: 'x-oura-signature',
  timestamp: 'x-oura-timestamp',
  encoding: 'hex',
  body: (random) =>
    JSON.stringify({
      event_type: 'update',
      data_type: 'sleep',
      object_id: `o-${random(1e9)}`,
      user_id: `u-${random(1e6)}`,
    }),
  time(random, now) {
    const atMs = now.getTime() + random(600_000) - 300_000;
    return random(2) === 0 ? String(Math.ceil(atMs / 1000)) : String(atMs);
  },
  sign({ body, time: timestamp, secret }) {
    const headers = signed({ body, timestamp, ...(secret === undefined ? {} : { secret }) });
    // Both cases are taken.
    if (body.length % 2 === 0) headers['x-oura-signature'] = headers['x-oura-signature'].toLowerCase();
    return headers;
  },
};

describe('notifications', () => {
  const parse = (body: unknown) =>
    oura.webhook.parse(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));
  const whole = {
    event_type: 'create',
    data_type: 'sleep',
    object_id: 'o-1',
    event_time: '2026-11-16T05:12:09+00:00',
    user_id: 'u-1',
  };

  const notificationOf = (body: unknown) => {
    const [item] = parse(body).items;
    return item?.kind === 'notification' ? item.notification : null;
  };

  test('names user, record and moment', () =>
    expect(notificationOf(whole)).toEqual({
      providerUserId: 'u-1',
      about: 'record',
      dataType: 'sleep',
      objectId: 'o-1',
      isDeletion: false,
      namesEvent: true,
    }));

  test.each([
    ['a deletion', { event_type: 'delete' }, { isDeletion: true }],
    ['no record', { object_id: undefined }, { objectId: null }],
    ['no moment', { event_time: undefined }, { namesEvent: false }],
    ['an unknown data type', { data_type: 'daily_cycle_phases' }, { dataType: 'daily_cycle_phases' }],
  ])('with %s', (_name, change, expected) => expect(notificationOf({ ...whole, ...change })).toMatchObject(expected));

  test.each([
    ['cut off', '{"user_id":"u', 'not_json'],
    ['a list', [whole], 'not_an_object'],
    ['without a user', { ...whole, user_id: undefined }, 'no_user'],
    ['with a NUL in the user id', { ...whole, user_id: 'a\u0000b' }, 'no_user'],
    ['with a path for a data type', { ...whole, data_type: '../sleep' }, 'no_data_type'],
    ['with a list for an object id', { ...whole, object_id: ['o'] }, 'bad_object_id'],
  ])('a body %s is unreadable', (_name, body, reason) =>
    expect(parse(body)).toEqual({ items: [], unreadable: [{ reason, body: expect.any(Buffer) }] }),
  );
});

describe('the challenge', () => {
  test('is answered to the right token only', () => {
    const challenge = (query: Record<string, unknown>) => oura.webhook.challenge?.({ query, params: {} });
    expect(challenge({ verification_token: TOKEN, challenge: 'c' })).toEqual({ status: 200, body: { challenge: 'c' } });
    expect(challenge({ verification_token: 'another', challenge: 'c' })).toEqual({ status: 401 });
    expect(challenge({ verification_token: [TOKEN], challenge: 'c' })).toEqual({ status: 401 });
    expect(challenge({ challenge: 'c' })).toEqual({ status: 401 });
  });
});

describe('pages', () => {
  const range = { from: '2026-11-02', to: '2026-11-03' };
  const pageOf = async (dataType: string, data: unknown[], nextToken: string | null = null) => {
    const provider = answering({
      [`GET /v2/usercollection/${dataType}`]: { data, next_token: nextToken },
    });
    const page = await oura.data.readPage({ dataType, range, nextToken: 't', ask: provider.ask });
    if (page.outcome !== 'found') throw new Error(page.outcome);
    const bodies = page.documents.map(({ body }) => JSON.parse(body.toString()) as { data: unknown[] });
    return { asked: provider.asked, page, records: bodies.flatMap((body) => body.data) };
  };

  test('are asked for with a day more on both sides, and keep the days asked for', async () => {
    const days = ['2026-11-01', '2026-11-02', '2026-11-03', '2026-11-04'].map((day) => ({ day }));
    const { asked, page, records } = await pageOf('sleep', days, 'more');
    expect(asked).toEqual(['GET /v2/usercollection/sleep?start_date=2026-11-01&end_date=2026-11-04&next_token=t']);
    expect(records).toEqual(days.slice(1, 3));
    expect(page).toMatchObject({ records: 2, nextToken: 'more' });
  });

  test('of heart rate go by UTC day', async () => {
    const samples = ['2026-11-02T00:00:00Z', '2026-11-04T01:00:00+02:00', '2026-11-04T00:00:00Z'].map((timestamp) => ({
      timestamp,
    }));
    expect((await pageOf('heartrate', samples)).records).toEqual(samples.slice(0, 2));
  });

  test('keep what has no readable day: judging it is not our business', async () =>
    expect((await pageOf('sleep', [{ id: 'x' }, null])).records).toHaveLength(2));

  test('that are none are refused', () =>
    expect(
      oura.data.readPage({
        dataType: 'sleep',
        range,
        nextToken: null,
        ask: answering({ 'GET /v2/usercollection/sleep': { detail: 'x' } }).ask,
      }),
    ).rejects.toThrow('no page of documents'));
});

describe('scopes', () => {
  test('bring signals, whichever spelling was granted', () => {
    expect(oura.data.signalsOf(['extapi:daily'])).toEqual(['HRV', 'RESTING_HEART_RATE', 'SLEEP', 'STEPS', 'VITALS']);
    expect(oura.data.signalsOf(['heartrate', 'workout'])).toEqual(['HEART_RATE', 'TRAINING']);
    expect(oura.data.signalsOf([])).toEqual([]);
  });

  test('that were not granted are named', () =>
    expect(oura.data.missingScopes(['email', 'personal', 'daily', 'extapi:heartrate', 'workout', 'spo2'])).toEqual([
      'session',
    ]));
});

test('a subscription expires in UTC, which its text does not say', () => {
  const read = (expiration: string) =>
    oura.subscriptions
      ?.readAll([
        { id: 's', callback_url: 'u', event_type: 'create', data_type: 'sleep', expiration_time: expiration },
      ])[0]
      ?.expiresAt?.toISOString();
  expect(read('2027-01-30T09:12:45.104000')).toBe('2027-01-30T09:12:45.104Z');
  expect(read('2027-01-30T09:12:45')).toBe('2027-01-30T09:12:45.000Z');
});
