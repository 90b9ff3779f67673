import { createHmac } from 'node:crypto';
import { falselyJudged, type Signer } from './altered-requests.test-support.ts';
import { createPolar, polarConfig } from './polar.ts';
import type { VendorCall } from './provider.ts';
import { answering, fixture, signatureVectors, vectorRequest, vendorWith, verify } from './vendor.test-support.ts';

const SECRET = 'test_polar_signature_secret_key_0c2d';
const VARIABLES = {
  POLAR_CLIENT_ID: 'test_polar_client_id',
  POLAR_CLIENT_SECRET: 'test_polar_client_secret',
  POLAR_SIGNATURE_SECRET: SECRET,
  POLAR_API_URL: 'https://api.vendor.example',
};
const polarWith = (more: Record<string, string> = {}) =>
  vendorWith(createPolar, polarConfig, { ...VARIABLES, ...more });
const polar = polarWith();
const { token, events } = fixture<{
  token: Record<string, unknown>;
  events: Record<string, Record<string, unknown>>;
}>('polar/webhooks_and_tokens.json');

const signed = (body: string | Buffer, secret = SECRET) => ({
  'polar-webhook-signature': createHmac('sha256', secret).update(body).digest('hex'),
});

describe('signatures', () => {
  const vectors = signatureVectors('polar').filter(({ valid }) => typeof valid === 'boolean');
  test('the list of vectors is there', () => expect(vectors.length).toBeGreaterThanOrEqual(2));

  test.each(vectors.map((vector) => [vector.id, vector] as const))('vector %s', async (_id, vector) => {
    expect((await verify(polar, vectorRequest(vector))).ok).toBe(vector.valid);
  });

  const rawBody = Buffer.from(JSON.stringify(events['sleep']));

  test('current and previous secret sign, no third one', async () => {
    const vendor = polarWith({ POLAR_SIGNATURE_SECRET: 'the new secret', POLAR_SIGNATURE_SECRET_PREVIOUS: SECRET });
    for (const [secret, isTaken] of [
      [SECRET, true],
      ['the new secret', true],
      ['an older secret', false],
    ] as const) {
      expect((await verify(vendor, { rawBody, headers: signed(rawBody, secret) })).ok).toBe(isTaken);
    }
  });

  test('until the secret is known no delivery is taken, however it is signed', async () => {
    const { POLAR_SIGNATURE_SECRET: _, ...without } = VARIABLES;
    const vendor = vendorWith(createPolar, polarConfig, without);
    for (const secret of [SECRET, '', 'undefined', VARIABLES.POLAR_CLIENT_SECRET]) {
      expect(await verify(vendor, { rawBody, headers: signed(rawBody, secret) })).toEqual({
        ok: false,
        reason: 'wrong_signature',
      });
    }
  });

  test('a header that is missing or comes twice is refused', async () => {
    const { 'polar-webhook-signature': signature } = signed(rawBody);
    const judge = (headers: Record<string, string[]>) =>
      polar.webhook.verify({ rawBody, headers, params: {}, now: new Date() });
    expect(judge({})).toEqual({ ok: false, reason: 'missing_header' });
    expect(judge({ 'polar-webhook-signature': [signature, signature] })).toEqual({
      ok: false,
      reason: 'malformed_header',
    });
  });

  test('5,000 altered requests are refused, 500 true ones accepted', async () => {
    const judged = await falselyJudged({ vendor: polar, signer, now: new Date('2026-11-16T12:00:00Z') });
    expect(judged).toEqual({ seed: judged.seed, failures: [] });
  });
});

const signer: Signer = {
  signature: 'polar-webhook-signature',
  encoding: 'hex',
  body: (random) => JSON.stringify({ event: 'SLEEP', user_id: random(1e9), date: `2026-11-${10 + random(20)}` }),
  sign({ body, secret }) {
    const headers = signed(body, secret);
    // Both cases are taken.
    if (body.length % 2 === 0) headers['polar-webhook-signature'] = headers['polar-webhook-signature'].toUpperCase();
    return headers;
  },
};

describe('a ping', () => {
  const shake = (body: string, headers: Record<string, string> = {}) =>
    polar.webhook.handshake?.({ rawBody: Buffer.from(body), headers, params: {}, now: new Date() });
  const ping = signatureVectors('polar').find(({ id }) => id === 'polar-ping-unsigned')?.rawBody as string;

  test('is answered, signed or not: it comes before there is a secret', () => {
    expect(shake(ping, { 'polar-webhook-event': 'PING' })).toEqual({ status: 200 });
    expect(shake(ping, signed(ping))).toEqual({ status: 200 });
  });

  test.each([
    ['a delivery that calls itself a ping', JSON.stringify(events['sleep'])],
    ['a long one', JSON.stringify({ event: 'PING', padding: 'x'.repeat(2000) })],
    ['a list', '["PING"]'],
    ['no JSON', 'PING'],
    ['nothing', ''],
  ])('%s is none', (_name, body) => expect(shake(body, { 'polar-webhook-event': 'PING' })).toBeNull());
});

describe('notifications', () => {
  const parse = (body: unknown) =>
    polar.webhook.parse(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));
  const notificationOf = (body: unknown) => {
    const [item] = parse(body).items;
    return item?.kind === 'notification' ? item.notification : null;
  };
  const heartRate = { ...events['sleep'], event: 'CONTINUOUS_HEART_RATE' };

  test.each([
    ['exercise', events['exercise'], 'exercise', '2AC312F'],
    ['sleep', events['sleep'], 'sleep', '2026-11-15'],
    ['activity_summary', events['activity_summary'], 'activity', '2026-11-14'],
    ['continuous heart rate', heartRate, 'continuous_heart_rate', '2026-11-15'],
  ])('%s: the address in it is not taken along', (_name, body, dataType, objectId) =>
    expect(notificationOf(body)).toEqual({
      providerUserId: '2278512',
      about: 'record',
      dataType,
      objectId,
      isDeletion: false,
      namesEvent: true,
    }),
  );

  test.each(['SLEEP_WISE_ALERTNESS', 'PHYSICAL_INFORMATION', 'CONSTRUCTOR'])('%s is nothing we fetch', (event) => {
    const notification = notificationOf({ ...events['sleep'], event });
    expect(notification).toMatchObject({ dataType: event.toLowerCase(), objectId: null });
    expect(polar.data.resources.map(({ dataType }) => dataType)).not.toContain(notification?.dataType);
  });

  test.each([
    ['cut off', '{"event":"SL', 'not_json'],
    ['a list', [events['sleep']], 'not_an_object'],
    ['without a user', { ...events['sleep'], user_id: undefined }, 'no_user'],
    ['with a path for a user', { ...events['sleep'], user_id: '../1' }, 'no_user'],
    ['without an event', { ...events['sleep'], event: undefined }, 'no_data_type'],
    ['with a path for an event', { ...events['sleep'], event: '../SLEEP' }, 'no_data_type'],
    ['without the day it is about', { ...events['sleep'], date: undefined }, 'bad_object_id'],
    ['with a day that is none', { ...events['sleep'], date: '2026-02-30' }, 'bad_object_id'],
    ['with a path for a day', { ...events['sleep'], date: '../available' }, 'bad_object_id'],
    ['with a path for an exercise', { ...events['exercise'], entity_id: '..' }, 'bad_object_id'],
    ['with a list for an exercise', { ...events['exercise'], entity_id: ['a'] }, 'bad_object_id'],
  ])('a body %s is unreadable', (_name, body, reason) =>
    expect(parse(body)).toEqual({ items: [], unreadable: [{ reason, body: expect.any(Buffer) }] }),
  );
});

const recentDays = { from: '2026-11-13', to: '2026-11-16' };

describe('what a notification names', () => {
  const fetchWith = async (dataType: string, objectId: string, answers: Record<string, unknown>) => {
    const provider = answering(answers);
    const fetched = await polar.data.fetch({ notification: { dataType, objectId }, recentDays, ask: provider.ask });
    return { fetched, asked: provider.asked };
  };
  const SLEEP_AT = 'GET /v3/users/sleep/2026-11-15';
  const RECHARGE_AT = 'GET /v3/users/nightly-recharge/2026-11-15';

  test('a night brings its recharge, byte for byte', async () => {
    const { fetched, asked } = await fetchWith('sleep', '2026-11-15', {
      [SLEEP_AT]: '{ "a": 1.0 }',
      [RECHARGE_AT]: '{ }',
    });
    expect(asked).toEqual([SLEEP_AT, RECHARGE_AT]);
    expect(fetched).toEqual({
      outcome: 'found',
      documents: [
        { domain: 'sleep', body: Buffer.from('{ "a": 1.0 }') },
        { domain: 'nightly_recharge', body: Buffer.from('{ }') },
      ],
    });
  });

  test.each([404, 204])('a night without a recharge (%d) is a night', async (status) => {
    const { fetched } = await fetchWith('sleep', '2026-11-15', { [SLEEP_AT]: '{}', [RECHARGE_AT]: status });
    expect(fetched).toMatchObject({ outcome: 'found', documents: [{ domain: 'sleep' }] });
  });

  test.each([
    ['is gone', { [SLEEP_AT]: 204, [RECHARGE_AT]: 404 }, { outcome: 'gone' }],
    ['may not be read', { [SLEEP_AT]: 403 }, { outcome: 'forbidden' }],
    ['is refused in part', { [SLEEP_AT]: '{}', [RECHARGE_AT]: 400 }, { outcome: 'refused', status: 400 }],
  ])('a night that %s', async (_name, answers, outcome) =>
    expect((await fetchWith('sleep', '2026-11-15', answers)).fetched).toEqual(outcome),
  );

  test.each([
    ['exercise', '2AC312F', 'GET /v3/exercises/2AC312F?samples=true&zones=true'],
    ['activity', '2026-11-14', 'GET /v3/users/activities/2026-11-14'],
    ['nightly_recharge', '2026-11-15', RECHARGE_AT],
  ])('one of %s is one read', async (dataType, objectId, address) => {
    const { fetched, asked } = await fetchWith(dataType, objectId, { [address]: '{}' });
    expect(asked).toEqual([address]);
    expect(fetched).toMatchObject({ outcome: 'found', documents: [{ domain: dataType }] });
  });
});

describe('pages', () => {
  const readPage = async (dataType: string, answers: Record<string, unknown>, range = recentDays) => {
    const provider = answering(answers);
    const page = await polar.data.readPage({ dataType, range, nextToken: null, ask: provider.ask });
    const documents = page.outcome === 'found' ? page.documents : [];
    return { asked: provider.asked, page, bodies: documents.map(({ body }) => JSON.parse(body.toString()) as unknown) };
  };
  const days = ['2026-11-12', '2026-11-13', '2026-11-16', '2026-11-17'];
  const dated = days.map((date) => ({ date }));
  const started = days.map((date) => ({ start_time: `${date}T23:59:59` }));

  test.each([
    ['sleep', 'GET /v3/users/sleep', { nights: dated }, dated],
    ['nightly_recharge', 'GET /v3/users/nightly-recharge', { recharges: dated }, dated],
    ['exercise', 'GET /v3/exercises?zones=true', started, started],
    ['activity', 'GET /v3/users/activities?from=2026-11-13&to=2026-11-16', started, started],
  ])('of %s keep the days asked for', async (dataType, address, answer, records) => {
    const { asked, page, bodies } = await readPage(dataType, { [address]: answer });
    expect(asked).toEqual([address]);
    expect(page).toMatchObject({ records: 2, nextToken: null });
    expect(bodies).toEqual([{ data: records.slice(1, 3) }]);
  });

  test.each(polar.data.resources.map(({ dataType }) => dataType))('of %s that hold nothing', async (dataType) => {
    const nothing = { 'GET /v3/users/sleep': 204, 'GET /v3/users/nightly-recharge': 204, 'GET /v3/exercises': 204 };
    expect((await readPage(dataType, { ...nothing, 'GET /v3/users/activities': 204 })).page).toEqual({
      outcome: 'found',
      documents: [],
      records: 0,
      nextToken: null,
    });
  });

  test('keep what has no readable day: judging it is not our business', async () =>
    expect((await readPage('exercise', { 'GET /v3/exercises': [null, { id: 'x' }] })).bodies).toEqual([
      { data: [null, { id: 'x' }] },
    ]));

  test.each([
    ['sleep', { 'GET /v3/users/sleep': { data: [] } }],
    ['exercise', { 'GET /v3/exercises': {} }],
    ['continuous_heart_rate', { 'GET /v3/users/sleep': { nights: {} } }],
  ])('of %s that are none are refused', (dataType, answers) =>
    expect(readPage(dataType, answers)).rejects.toThrow('no list of documents'),
  );

  test.each([
    [403, { outcome: 'forbidden' }],
    [400, { outcome: 'refused', status: 400 }],
  ])('answered %d', async (status, expected) => {
    expect((await readPage('sleep', { 'GET /v3/users/sleep': status })).page).toEqual(expected);
    expect((await readPage('continuous_heart_rate', { 'GET /v3/users/sleep': status })).page).toEqual(expected);
  });
});

describe('heart rate through the day', () => {
  const night = (day: string, start: string, end: string) => ({
    date: day,
    sleep_start_time: start,
    sleep_end_time: end,
  });
  const nights = [
    night('2026-11-14', '2026-11-13T23:00:00+02:00', '2026-11-14T06:00:00+01:00'),
    night('2026-11-16', '2026-11-15T23:30:00+09:00', '2026-11-16T07:00:00+09:00'),
    { date: '2026-11-12' },
  ];
  const dayOf = (date: string) => ({
    polar_user: 'u',
    date,
    heart_rate_samples: [{ heart_rate: 60, sample_time: '08:00:00' }],
  });
  const answers = {
    'GET /v3/users/sleep': { nights },
    ...Object.fromEntries(
      ['2026-11-13', '2026-11-14', '2026-11-15'].map((date) => [
        `GET /v3/users/continuous-heart-rate/${date}`,
        dayOf(date),
      ]),
    ),
  };
  const offsetsIn = (documents: readonly { body: Buffer }[]) =>
    documents.map(({ body }) => {
      const { date, zone_offset: offset } = JSON.parse(body.toString()) as Record<string, string>;
      return [date, offset];
    });

  test('carries the offset of the night it was woken from, or else of the one it was left for', async () => {
    const provider = answering(answers);
    const range = { from: '2026-11-12', to: '2026-11-16' };
    const page = await polar.data.readPage({
      dataType: 'continuous_heart_rate',
      range,
      nextToken: null,
      ask: provider.ask,
    });
    expect(page.outcome === 'found' && offsetsIn(page.documents)).toEqual([
      ['2026-11-13', '+02:00'],
      ['2026-11-14', '+01:00'],
      ['2026-11-15', '+09:00'],
    ]);
    // No night near the 12th: not even asked for. The 16th has none yet.
    expect(provider.asked).toHaveLength(5);
    expect(page).toMatchObject({ records: 3, nextToken: null });
  });

  test('of one day is fetched the same way', async () => {
    const notification = { dataType: 'continuous_heart_rate', objectId: '2026-11-14' };
    const fetched = await polar.data.fetch({ notification, recentDays, ask: answering(answers).ask });
    expect(fetched.outcome === 'found' && offsetsIn(fetched.documents)).toEqual([['2026-11-14', '+01:00']]);
    const without = await polar.data.fetch({
      notification: { ...notification, objectId: '2026-11-12' },
      recentDays,
      ask: answering(answers).ask,
    });
    expect(without).toEqual({ outcome: 'found', documents: [] });
  });
});

describe('the link', () => {
  const identifyWith = async (status: number, answer: Record<string, unknown> = token) => {
    const calls: VendorCall[] = [];
    const identity = await polar.oauth.identify({
      answer,
      async ask(call) {
        calls.push(call);
        return { status, body: Buffer.from('{}') };
      },
    });
    return { identity, calls };
  };

  test.each([200, 409])('registers the person of the token; %d is as good', async (status) => {
    const { identity, calls } = await identifyWith(status);
    expect(identity).toEqual({ providerUserId: '2278512', scopes: null });
    expect(calls).toEqual([
      {
        method: 'POST',
        url: 'https://api.vendor.example/v3/users',
        headers: { 'content-type': 'application/json' },
        body: '{"member-id":"2278512"}',
      },
    ]);
  });

  test('fails where Polar does not register, and registers nobody it cannot name', async () => {
    expect((await identifyWith(403)).identity).toBeNull();
    expect(await identifyWith(200, { ...token, x_user_id: '../1' })).toEqual({ identity: null, calls: [] });
  });

  test('is given back by the person it belongs to', () =>
    expect(polar.oauth.revocations({ accessToken: 'a', refreshToken: null, providerUserId: '2278512' })).toEqual([
      {
        method: 'DELETE',
        url: 'https://api.vendor.example/v3/users/2278512',
        headers: { authorization: 'Bearer a' },
      },
    ]));

  test('has one scope, which brings all but a resting heart rate', () => {
    expect(polar.data.signalsOf(['accesslink.read_all'])).toEqual([
      'HRV',
      'HEART_RATE',
      'SLEEP',
      'TRAINING',
      'STEPS',
      'VITALS',
    ]);
    expect(polar.data.signalsOf([])).toEqual([]);
    expect(polar.data.missingScopes([])).toEqual(['accesslink.read_all']);
    expect(polar.data.missingScopes(['accesslink.read_all'])).toEqual([]);
  });
});
