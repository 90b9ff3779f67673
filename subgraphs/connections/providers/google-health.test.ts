import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createLogger } from '#platform/log';
import { falselyJudged, type Signer } from './altered-requests.test-support.ts';
import { createGoogleHealth, googleHealthConfig } from './google-health.ts';
import type { WebhookRequest } from './provider.ts';
import { answering, fixture, signatureVectors, vectorRequest, vendorWith, verify } from './vendor.test-support.ts';

const AUTHORIZATION = 'Bearer test-google-health-endpoint-secret';
const VARIABLES = {
  GOOGLE_HEALTH_CLIENT_ID: 'test_google_client_id',
  GOOGLE_HEALTH_CLIENT_SECRET: 'test_google_client_secret',
  GOOGLE_HEALTH_AUTHORIZATION: AUTHORIZATION,
  GOOGLE_HEALTH_API_URL: 'https://api.vendor.example',
};
const log = createLogger({ name: 'test', level: 'silent' });

/** What the loader gives, and how often it was asked. */
function keySource(first: unknown) {
  const source = {
    set: first,
    calls: 0,
    load: (): Promise<Buffer> => {
      source.calls += 1;
      if (source.set === null) return Promise.reject(new Error('away'));
      return Promise.resolve(Buffer.from(JSON.stringify(source.set)));
    },
  };
  return source;
}
const googleWith = (source: ReturnType<typeof keySource>, more: Record<string, string> = {}) =>
  vendorWith((config) => createGoogleHealth(config, { load: source.load, log }), googleHealthConfig, {
    ...VARIABLES,
    ...more,
  });

/** Fields of protobuf: bytes, one number. */
const bytesField = (field: number, bytes: Buffer) => Buffer.concat([Buffer.of((field << 3) | 2, bytes.length), bytes]);
const numberField = (field: number, value: number) => Buffer.of(field << 3, value);

interface TinkKey {
  keyId: number;
  status: string;
  outputPrefixType: string;
  keyData: { typeUrl: string; value: string };
}

/** A key as Tink writes it. Everything in it can be made wrong. */
function tinkKey(options: {
  keyId: number;
  publicKey: KeyObject;
  curve?: number;
  hash?: number;
  zeros?: number;
  change?: Partial<TinkKey>;
}): TinkKey {
  const { x = '', y = '' } = options.publicKey.export({ format: 'jwk' }) as { x?: string; y?: string };
  const { keyId, curve = 2, hash = 3, zeros = 1, change } = options;
  const coordinate = (text: string) => Buffer.concat([Buffer.alloc(zeros), Buffer.from(text, 'base64url')]);
  const value = Buffer.concat([
    bytesField(2, Buffer.concat([numberField(1, hash), numberField(2, curve), numberField(3, 2)])),
    bytesField(3, coordinate(x)),
    bytesField(4, coordinate(y)),
  ]);
  const typeUrl = 'type.googleapis.com/google.crypto.tink.EcdsaPublicKey';
  return {
    keyId,
    status: 'ENABLED',
    outputPrefixType: 'TINK',
    keyData: { typeUrl, value: value.toString('base64') },
    ...change,
  };
}

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const KEY_ID = 0xfedcba98;

function signed(body: Buffer | string, options: { keyId?: number; privateKey?: KeyObject } = {}) {
  const prefix = Buffer.alloc(5);
  prefix[0] = 1;
  prefix.writeUInt32BE(options.keyId ?? KEY_ID, 1);
  const signature = sign('sha256', Buffer.from(body), options.privateKey ?? pair.privateKey);
  return {
    authorization: AUTHORIZATION,
    'google-health-api-signature': Buffer.concat([prefix, signature]).toString('base64'),
  };
}

const ownKeys = () => keySource({ key: [tinkKey({ keyId: KEY_ID, publicKey: pair.publicKey })] });
const now = new Date('2026-11-16T12:00:00Z');
const later = (ms: number) => new Date(now.getTime() + ms);
const DAY_MS = 86_400_000;
const body = '{"data":{}}';
const delivery = (more: Partial<WebhookRequest> = {}): Partial<WebhookRequest> => ({
  rawBody: Buffer.from(body),
  headers: signed(body),
  now,
  ...more,
});

describe('signatures', () => {
  const vectors = signatureVectors('google_health');
  const keyset = vectors.find(({ id }) => id === 'google-ok')?.['keyset'];
  test('the list of vectors is there', () => expect(vectors.length).toBeGreaterThanOrEqual(5));

  test.each(vectors.map((vector) => [vector.id, vector] as const))('vector %s', async (_id, vector) => {
    const google = googleWith(keySource(keyset));
    expect((await verify(google, vectorRequest(vector))).ok).toBe(vector.valid);
    const { 'google-health-api-signature': signature, ...headers } = vector.headers;
    const older = { ...vectorRequest(vector), headers: { ...headers, 'x-healthapi-signature': signature } };
    expect((await verify(google, older)).ok).toBe(vector.valid);
  });

  test('make a delivery a signed one, of no time', async () =>
    expect(await verify(googleWith(ownKeys()), delivery())).toEqual({ ok: true, provenance: 'signed', signedAt: '' }));

  test('the secret is asked for as well, the current or the previous one', async () => {
    const rotated = googleWith(ownKeys(), {
      GOOGLE_HEALTH_AUTHORIZATION: 'Bearer the-new-secret',
      GOOGLE_HEALTH_AUTHORIZATION_PREVIOUS: AUTHORIZATION,
    });
    const judge = async (authorization: string | undefined) =>
      verify(rotated, delivery({ headers: { ...signed(body), authorization } }));
    expect((await judge(AUTHORIZATION)).ok).toBe(true);
    expect((await judge('Bearer the-new-secret')).ok).toBe(true);
    expect(await judge('Bearer an-older-secret')).toEqual({ ok: false, reason: 'wrong_token' });
    expect(await judge(undefined)).toEqual({ ok: false, reason: 'missing_header' });
  });

  test.each([
    ['missing', undefined, 'missing_header'],
    ['twice', ['a', 'a'], 'malformed_header'],
    ['empty', '', 'malformed_header'],
    ['its prefix alone', Buffer.of(1, 0xfe, 0xdc, 0xba, 0x98).toString('base64'), 'malformed_header'],
    ['of another prefix', `AA${signed(body)['google-health-api-signature'].slice(2)}`, 'malformed_header'],
    ['base64 for addresses', signed(body)['google-health-api-signature'].replace(/.$/, '_'), 'malformed_header'],
  ])('a signature that is %s is refused', async (_name, signature, reason) => {
    const headers = { authorization: AUTHORIZATION, 'google-health-api-signature': signature };
    expect(await verify(googleWith(ownKeys()), delivery({ headers }))).toEqual({ ok: false, reason });
  });

  test('5,000 altered requests are refused, 500 true ones accepted', async () => {
    const judged = await falselyJudged({ vendor: googleWith(ownKeys()), signer, now });
    expect(judged).toEqual({ seed: judged.seed, failures: [] });
  }, 120_000);
});

const signer: Signer = {
  signature: 'google-health-api-signature',
  encoding: 'base64',
  body: (random) => JSON.stringify({ data: { healthUserId: `u${random(1e6)}`, dataType: 'sleep', at: random(1e9) } }),
  sign: ({ body: bytes, secret }) => signed(bytes, secret === undefined ? {} : { privateKey: stranger.privateKey }),
};

describe('the key set', () => {
  test('is loaded when the first delivery comes, and kept for a day', async () => {
    const source = ownKeys();
    const google = googleWith(source);
    expect(source.calls).toBe(0);
    await Promise.all([1, 2, 3].map(() => verify(google, delivery())));
    await verify(google, delivery({ now: later(DAY_MS - 1) }));
    expect(source.calls).toBe(1);
    await verify(google, delivery({ now: later(DAY_MS) }));
    expect(source.calls).toBe(2);
  });

  test('that cannot be loaded anew is good for seven days, and asked for no oftener than every 30 s', async () => {
    const source = ownKeys();
    const google = googleWith(source);
    await verify(google, delivery());
    source.set = null;
    for (const ms of [DAY_MS, DAY_MS + 1000, DAY_MS + 29_999, DAY_MS + 30_000, 7 * DAY_MS - 1]) {
      expect((await verify(google, delivery({ now: later(ms) }))).ok).toBe(true);
    }
    expect(source.calls).toBe(4);
    await expect(verify(google, delivery({ now: later(7 * DAY_MS) }))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    Object.assign(source, ownKeys(), { load: source.load });
    expect((await verify(google, delivery({ now: later(7 * DAY_MS + 30_000) }))).ok).toBe(true);
  });

  test('that was never loaded verifies nothing', async () => {
    const source = keySource(null);
    const google = googleWith(source);
    await expect(verify(google, delivery())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(verify(google, delivery())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(source.calls).toBe(1);
  });

  test('is loaded anew for an id it lacks', async () => {
    const source = keySource({ key: [tinkKey({ keyId: 1, publicKey: stranger.publicKey })] });
    const google = googleWith(source);
    await verify(google, delivery({ headers: signed(body, { keyId: 1, privateKey: stranger.privateKey }) }));
    source.set = { key: [tinkKey({ keyId: KEY_ID, publicKey: pair.publicKey })] };
    expect((await verify(google, delivery({ now: later(30_000) }))).ok).toBe(true);
    expect(source.calls).toBe(2);
  });

  test('a thousand unknown ids load it no more than once in 30 s', async () => {
    const source = ownKeys();
    const google = googleWith(source);
    for (let count = 0; count < 1000; count += 1) {
      const headers = signed(body, { keyId: count, privateKey: stranger.privateKey });
      const at = later(count * 60);
      expect(await verify(google, delivery({ headers, now: at }))).toEqual({ ok: false, reason: 'wrong_signature' });
    }
    // 60 seconds.
    expect(source.calls).toBe(2);
  });

  test('is loaded for nobody who does not know the secret', async () => {
    const source = ownKeys();
    const headers = { ...signed(body), authorization: 'Bearer of-somebody-else' };
    await verify(googleWith(source), delivery({ headers }));
    expect(source.calls).toBe(0);
  });

  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const mine = { keyId: KEY_ID, publicKey: pair.publicKey };
  const other = { typeUrl: 'type.googleapis.com/google.crypto.tink.Ed25519PublicKey', value: '' };
  test.each([
    ['disabled', tinkKey({ ...mine, change: { status: 'DISABLED' } })],
    ['of another prefix', tinkKey({ ...mine, change: { outputPrefixType: 'RAW' } })],
    ['of another kind', tinkKey({ ...mine, change: { keyData: other } })],
    ['said to be of another curve', tinkKey({ ...mine, curve: 3 })],
    ['for another hash', tinkKey({ ...mine, hash: 4 })],
    ['of another curve', tinkKey({ keyId: KEY_ID, publicKey: p384.publicKey })],
    ['cut off', tinkKey({ ...mine, change: { keyData: { ...tinkKey(mine).keyData, value: 'EgYIAxACGAIaIQC1' } } })],
    ['no object', null],
  ])('a key that is %s is not used, and its neighbour is', async (_name, key) => {
    const google = googleWith(keySource({ key: [key, tinkKey({ keyId: 2, publicKey: stranger.publicKey })] }));
    expect(await verify(google, delivery())).toEqual({ ok: false, reason: 'wrong_signature' });
    const headers = signed(body, { keyId: 2, privateKey: stranger.privateKey });
    expect((await verify(google, delivery({ headers }))).ok).toBe(true);
  });

  test('a point off the curve is no key', async () => {
    const key = tinkKey(mine);
    const bytes = Buffer.from(key.keyData.value, 'base64');
    bytes[bytes.length - 1]! ^= 1;
    key.keyData.value = bytes.toString('base64');
    await expect(verify(googleWith(keySource({ key: [key] })), delivery())).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
  });

  test.each([0, 1, 4])('%d zeros before a coordinate change nothing', async (zeros) => {
    const google = googleWith(keySource({ key: [tinkKey({ ...mine, zeros })] }));
    expect((await verify(google, delivery())).ok).toBe(true);
  });

  test.each([[[]], [{}], [{ key: [] }], ['text']])('%j is none', async (set) =>
    expect(verify(googleWith(keySource(set)), delivery())).rejects.toMatchObject({ code: 'UNAVAILABLE' }),
  );
});

const google = googleWith(ownKeys());

describe('the verification', () => {
  const shake = (text: string, authorization?: string) =>
    google.webhook.handshake?.({ rawBody: Buffer.from(text), headers: { authorization }, params: {}, now });
  const verification = JSON.stringify(fixture('public-samples/google/webhook-verification.json'));

  test('is answered by the secret alone', () => {
    expect(shake(verification, AUTHORIZATION)).toEqual({ status: 201 });
    expect(shake(verification, 'Bearer another')).toEqual({ status: 401 });
    expect(shake(verification)).toEqual({ status: 401 });
  });

  test.each([
    ['a delivery', '{"data":{"type":"verification"}}'],
    ['a list', '["verification"]'],
    ['a long one', JSON.stringify({ type: 'verification', padding: 'x'.repeat(2000) })],
    ['nothing', ''],
  ])('%s is none', (_name, text) => expect(shake(text, AUTHORIZATION)).toBeNull());
});

describe('notifications', () => {
  const { notifications } = fixture<{ notifications: Record<string, { data: Record<string, unknown> }> }>(
    'google_health/account_and_notifications.json',
  );
  const upsert = notifications['single_upsert_sleep']!;
  const daily = notifications['single_upsert_daily_hrv']!;
  const parse = (sent: unknown) =>
    google.webhook.parse(Buffer.from(typeof sent === 'string' ? sent : JSON.stringify(sent)));
  const namesOf = (sent: unknown) =>
    parse(sent).items.map((item) =>
      item.kind === 'notification' ? [item.notification.dataType, item.notification.objectId] : item,
    );
  const withIntervals = (entry: { data: Record<string, unknown> }, ...intervals: unknown[]) => ({
    data: { ...entry.data, intervals },
  });
  const physical = (startTime: unknown, endTime: unknown) => ({ physicalTimeInterval: { startTime, endTime } });
  const civil = (startTime: unknown, endTime: unknown) => ({ civilIso8601TimeInterval: { startTime, endTime } });

  test('name person, type and time; a deletion is read like any other', () => {
    const [item] = parse(upsert).items;
    expect(item).toEqual({
      kind: 'notification',
      body: Buffer.from(JSON.stringify(upsert)),
      notification: {
        providerUserId: '7QK2M4ZT5W',
        about: 'record',
        dataType: 'sleep',
        objectId: '2026-11-14T22:11:00.000Z/2026-11-15T05:41:00.000Z',
        isDeletion: false,
        namesEvent: true,
      },
    });
    expect(namesOf(notifications['delete_steps'])).toEqual([['steps', '2026-11-15']]);
  });

  test.each([
    ['by the day', daily, '2026-11-15'],
    ['of two days', withIntervals(daily, civil('2026-11-15T00:00', '2026-11-17T00:00')), '2026-11-15/2026-11-16'],
    [
      'past midnight',
      withIntervals(daily, civil('2026-11-15T23:50:00', '2026-11-16T00:10:00')),
      '2026-11-15/2026-11-16',
    ],
    [
      'without a clock',
      withIntervals(daily, physical('2026-11-14T23:00:00Z', '2026-11-15T23:00:00Z')),
      '2026-11-13/2026-11-16',
    ],
  ])('what is told %s', (_name, sent, expected) =>
    expect(namesOf(sent)).toEqual([['daily-heart-rate-variability', expected]]),
  );

  test('of several are taken apart, each a body that says the same again', () => {
    const sent = [
      ...(notifications['array_form'] as unknown as unknown[]),
      withIntervals(upsert, physical('2026-11-14T22:00:00Z', '2026-11-15T05:00:00Z'), physical('bad', null)),
      { data: { healthUserId: 'other', dataType: 'body-fat', intervals: [1, 2] } },
      { wrong: true },
    ];
    const { items, unreadable } = parse(sent);
    expect(namesOf(sent)).toEqual([
      ['steps', '2026-11-15'],
      ['heart-rate', '2026-11-15T05:41:00.000Z/2026-11-15T05:46:00.000Z'],
      ['sleep', '2026-11-14T22:00:00.000Z/2026-11-15T05:00:00.000Z'],
      ['body-fat', null],
    ]);
    for (const item of items) expect(google.webhook.parse(item.body)).toEqual({ items: [item], unreadable: [] });
    expect(unreadable.map(({ reason }) => reason)).toEqual(['bad_interval', 'not_an_object']);
  });

  test.each([
    ['no interval', []],
    ['half a year', [physical('2026-05-14T22:11:00Z', '2026-11-15T05:41:00Z')]],
  ])('with %s mean the recent days', (_name, intervals) =>
    expect(namesOf(withIntervals(upsert, ...intervals))).toEqual([['sleep', null]]),
  );

  test('every notification of the fixtures is read', () => {
    const { verification: _, ...events } = notifications;
    for (const event of Object.values(events)) expect(parse(event).unreadable).toEqual([]);
  });

  test.each([
    ['cut off', '{"data":{', 'not_json'],
    ['an empty list', [], 'no_items'],
    ['a number', 5, 'not_an_object'],
    ['without data', { data: [] }, 'not_an_object'],
    ['without a person', { data: { ...upsert.data, healthUserId: undefined } }, 'no_user'],
    ['with a NUL in the person', { data: { ...upsert.data, healthUserId: 'a\u0000b' } }, 'no_user'],
    ['with a path for a type', { data: { ...upsert.data, dataType: '../sleep' } }, 'no_data_type'],
    ['with a word for a time', withIntervals(upsert, physical('now', '2026-11-15T05:41:00Z')), 'bad_interval'],
    [
      'with a quote in a time',
      withIntervals(upsert, physical('2026-11-14T22:11:00Z" OR "', '2026-11-15T05:41:00Z')),
      'bad_interval',
    ],
    [
      'with a time without a zone',
      withIntervals(upsert, physical('2026-11-14T22:11:00', '2026-11-15T05:41:00')),
      'bad_interval',
    ],
    [
      'that ends before it begins',
      withIntervals(upsert, physical('2026-11-16T00:00:00Z', '2026-11-15T05:41:00Z')),
      'bad_interval',
    ],
    [
      'with days in no order',
      withIntervals(daily, civil('2026-11-16T00:00:00', '2026-11-14T00:00:00')),
      'bad_interval',
    ],
    [
      'with a day that is none',
      withIntervals(daily, civil('2026-02-30T00:00:00', '2026-03-01T00:00:00')),
      'bad_interval',
    ],
    ['with a list for an interval', withIntervals(upsert, [1]), 'bad_interval'],
  ])('a body %s is unreadable', (_name, sent, reason) =>
    expect(parse(sent)).toEqual({ items: [], unreadable: [{ reason, body: expect.any(Buffer) }] }),
  );
});

const recentDays = { from: '2026-11-13', to: '2026-11-16' };
const filterOf = (address: string): [string, string | null, string | null] => {
  const { pathname, searchParams } = new URL(address.replace('GET ', 'https://x'));
  return [pathname.split('/')[5] ?? '', searchParams.get('filter'), searchParams.get('pageSize')];
};

describe('what a notification names', () => {
  const fetchWith = async (dataType: string, objectId: string | null, answers: Record<string, unknown>) => {
    const provider = answering(answers);
    const fetched = await google.data.fetch({ notification: { dataType, objectId }, recentDays, ask: provider.ask });
    return { fetched, asked: provider.asked };
  };
  const pointsAt = (dataType: string) => `GET /v4/users/me/dataTypes/${dataType}/dataPoints`;
  const NIGHT = '2026-11-14T22:11:00.000Z/2026-11-15T05:41:00.000Z';

  test.each([
    [
      'sleep',
      NIGHT,
      'sleep.interval.end_time >= "2026-11-14T22:11:00.000Z" AND sleep.interval.end_time < "2026-11-15T05:41:01.000Z"',
      '25',
    ],
    [
      'exercise',
      NIGHT,
      'exercise.interval.civil_start_time >= "2026-11-13" AND exercise.interval.civil_start_time < "2026-11-17"',
      '25',
    ],
    [
      'heart-rate',
      NIGHT,
      'heart_rate.sample_time.physical_time >= "2026-11-14T22:11:00.000Z" AND heart_rate.sample_time.physical_time < "2026-11-15T05:41:01.000Z"',
      '10000',
    ],
    [
      'daily-heart-rate-variability',
      '2026-11-15',
      'daily_heart_rate_variability.date >= "2026-11-15" AND daily_heart_rate_variability.date < "2026-11-16"',
      '1000',
    ],
    [
      'daily-resting-heart-rate',
      '2026-11-15/2026-11-16',
      'daily_resting_heart_rate.date >= "2026-11-15" AND daily_resting_heart_rate.date < "2026-11-17"',
      '1000',
    ],
  ])('%s %s is asked for by its own field', async (dataType, objectId, filter, pageSize) => {
    const { fetched, asked } = await fetchWith(dataType, objectId, {
      [pointsAt(dataType)]: '{ "dataPoints": [ {} ] }',
    });
    expect(asked.map(filterOf)).toEqual([[dataType, filter, pageSize]]);
    const document = { domain: dataType, body: Buffer.from('{ "dataPoints": [ {} ] }') };
    expect(fetched).toEqual({ outcome: 'found', documents: [document] });
  });

  test('the days of one that names none are the recent ones', async () => {
    const { asked } = await fetchWith('sleep', null, { [pointsAt('sleep')]: {} });
    expect(asked.map(filterOf)).toEqual([
      ['sleep', 'sleep.interval.civil_end_time >= "2026-11-13" AND sleep.interval.civil_end_time < "2026-11-17"', '25'],
    ]);
  });

  test('comes page by page', async () => {
    const answers: Record<string, unknown> = { [pointsAt('exercise')]: { dataPoints: [1], nextPageToken: 'more' } };
    const first = await google.data.readPage({
      dataType: 'exercise',
      range: recentDays,
      nextToken: null,
      ask: answering(answers).ask,
    });
    expect(first).toMatchObject({ records: 1, nextToken: 'more' });
    const last = answering({ [pointsAt('exercise')]: { nextPageToken: '' } });
    expect(
      await google.data.readPage({ dataType: 'exercise', range: recentDays, nextToken: 'more', ask: last.ask }),
    ).toEqual({ outcome: 'found', documents: [], records: 0, nextToken: null });
    expect(last.asked[0]).toContain('pageToken=more');
  });

  test.each([
    ['a day with nothing on it is gone', 'daily-resting-heart-rate', '2026-11-15', {}, { outcome: 'gone' }],
    [
      'of several days nobody knows which',
      'daily-resting-heart-rate',
      '2026-11-15/2026-11-16',
      {},
      { outcome: 'found', documents: [] },
    ],
    ['a night has a name nobody told', 'sleep', NIGHT, {}, { outcome: 'found', documents: [] }],
    ['a scope is missing', 'sleep', NIGHT, 403, { outcome: 'forbidden' }],
    ['the filter is refused', 'sleep', NIGHT, 400, { outcome: 'refused', status: 400 }],
  ])('%s', async (_name, dataType, objectId, answer, outcome) =>
    expect((await fetchWith(dataType, objectId, { [pointsAt(dataType)]: answer })).fetched).toEqual(outcome),
  );

  test.each(['5', '[]', '{"dataPoints":{}}', '{'])('%s is no page', (answer) =>
    expect(fetchWith('sleep', NIGHT, { [pointsAt('sleep')]: answer })).rejects.toThrow('the provider answered'),
  );
});

test('samples are read by the UTC day', async () => {
  const provider = answering({});
  await google.data.readPage({ dataType: 'heart-rate', range: recentDays, nextToken: null, ask: provider.ask });
  expect(provider.asked.map(filterOf)[0]?.[1]).toBe(
    'heart_rate.sample_time.physical_time >= "2026-11-13T00:00:00Z" AND heart_rate.sample_time.physical_time < "2026-11-17T00:00:00Z"',
  );
});

test('steps are the totals of days, of midnight to midnight where the person is', async () => {
  const bodies: unknown[] = [];
  const page = await google.data.readPage({
    dataType: 'steps',
    range: { from: '2026-11-29', to: '2026-11-30' },
    nextToken: null,
    ask: ({ url, body: sent }) => {
      bodies.push([new URL(url).pathname, JSON.parse(sent ?? '')]);
      return Promise.resolve({ status: 200, body: Buffer.from('{"rollupDataPoints":[{}]}') });
    },
  });
  const midnight = (month: number, day: number) => ({
    date: { year: 2026, month, day },
    time: { hours: 0, minutes: 0, seconds: 0 },
  });
  expect(bodies).toEqual([
    [
      '/v4/users/me/dataTypes/steps/dataPoints:dailyRollUp',
      { range: { start: midnight(11, 29), end: midnight(12, 1) }, windowSizeDays: 1 },
    ],
  ]);
  expect(page).toMatchObject({ records: 1, documents: [{ domain: 'steps' }] });
});

describe('an account', () => {
  const { account } = fixture<{ account: Record<string, Record<string, unknown>> }>(
    'google_health/account_and_notifications.json',
  );
  const identify = (answer: unknown) =>
    google.oauth.identify({ answer: {}, ask: answering({ 'GET /v4/users/me/identity': answer }).ask });

  test('is named by the id that notifications bring', async () => {
    expect(await identify(account['identity'])).toEqual({ providerUserId: '7QK2M4ZT5W', scopes: null });
    expect(await identify({ legacyUserId: 'B7XK2Q' })).toBeNull();
    expect(await identify(403)).toBeNull();
  });

  test('is given back by the token that lives', () => {
    const revoke = (refreshToken: string | null) =>
      google.oauth.revocations({ accessToken: 'at', refreshToken, providerUserId: 'u' }).map(({ url }) => url);
    expect(revoke('r/t')).toEqual(['https://oauth2.googleapis.com/revoke?token=r%2Ft']);
    expect(revoke(null)).toEqual(['https://oauth2.googleapis.com/revoke?token=at']);
  });

  test('opens what its scopes say', () => {
    const scopes = String(account['refresh']?.['scope']).split(' ');
    expect(google.data.signalsOf(scopes)).toEqual(['SLEEP']);
    expect(google.data.missingScopes(scopes)).toHaveLength(2);
    expect(google.data.signalsOf(google.oauth.scopes)).toEqual([
      'HRV',
      'RESTING_HEART_RATE',
      'HEART_RATE',
      'SLEEP',
      'TRAINING',
      'STEPS',
      'VITALS',
    ]);
  });
});
