import { createHmac } from 'node:crypto';
import { falselyJudged, type Signer } from './altered-requests.test-support.ts';
import type { Verification } from './provider.ts';
import { answering, fixture, signatureVectors, vectorRequest, vendorWith, verify } from './vendor.test-support.ts';
import { createWhoop, whoopConfig } from './whoop.ts';

const SECRET = 'test_whoop_client_secret_a81d55e2';
const VARIABLES = {
  WHOOP_CLIENT_ID: 'test_whoop_client_id',
  WHOOP_CLIENT_SECRET: SECRET,
  WHOOP_API_URL: 'https://api.vendor.example',
};
const whoopWith = (more: Record<string, string> = {}) =>
  vendorWith(createWhoop, whoopConfig, { ...VARIABLES, ...more });
const whoop = whoopWith();
const SCOPES = whoop.oauth.scopes;

const signed = (options: { body: string | Buffer; timestamp: string; secret?: string }) => ({
  'x-whoop-signature-timestamp': options.timestamp,
  'x-whoop-signature': createHmac('sha256', options.secret ?? SECRET)
    .update(options.timestamp)
    .update(options.body)
    .digest('base64'),
});

describe('signatures', () => {
  const vectors = signatureVectors('whoop');
  test('the list of vectors is there', () => expect(vectors.length).toBeGreaterThanOrEqual(8));

  test.each(vectors.map((vector) => [vector.id, vector] as const))('vector %s', async (_id, vector) => {
    expect((await verify(whoop, vectorRequest(vector))).ok).toBe(vector.valid);
  });

  const body = '{"type":"sleep.updated"}';
  const now = new Date('2026-11-16T11:40:10.250Z');
  const check = (headers: Record<string, string | string[]>, vendor = whoop): Verification =>
    vendor.webhook.verify({ rawBody: Buffer.from(body), headers, params: {}, now }) as Verification;
  const timestamp = String(now.getTime());

  test.each([
    [-300_000, true],
    [-300_001, false],
    [300_000, true],
    [300_001, false],
  ])('signed %d ms from now: accepted %s', (offsetMs, isAccepted) => {
    expect(check(signed({ body, timestamp: String(now.getTime() + offsetMs) })).ok).toBe(isAccepted);
  });

  test('a time in seconds is far outside the tolerance: WHOOP writes milliseconds', () => {
    const seconds = String(Math.floor(now.getTime() / 1000));
    expect(check(signed({ body, timestamp: seconds }))).toEqual({ ok: false, reason: 'outside_tolerance' });
  });

  test('current and previous secret sign, no third one', () => {
    const rotated = whoopWith({ WHOOP_CLIENT_SECRET: 'the new secret', WHOOP_CLIENT_SECRET_PREVIOUS: SECRET });
    expect(check(signed({ body, timestamp }), rotated).ok).toBe(true);
    expect(check(signed({ body, timestamp, secret: 'the new secret' }), rotated).ok).toBe(true);
    expect(check(signed({ body, timestamp, secret: 'an older secret' }), rotated).ok).toBe(false);
  });

  test('32 bytes have one spelling: others that decode to the same are refused', () => {
    const headers = signed({ body, timestamp });
    const signature = headers['x-whoop-signature'];
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    const next = letters[letters.indexOf(signature[42] as string) + 1] as string;
    const twin = `${signature.slice(0, 42)}${next}=`;
    expect(Buffer.from(twin, 'base64')).toEqual(Buffer.from(signature, 'base64'));
    for (const other of [twin, signature.slice(0, 43), ` ${signature}`, signature.replaceAll('+', '-')]) {
      if (other === signature) continue;
      expect(check({ ...headers, 'x-whoop-signature': other })).toEqual({ ok: false, reason: 'malformed_header' });
    }
  });

  test('a header sent twice is refused, as a list and joined', () => {
    const headers = signed({ body, timestamp });
    for (const name of ['x-whoop-signature-timestamp', 'x-whoop-signature'] as const) {
      for (const twice of [[headers[name], headers[name]], `${headers[name]}, ${headers[name]}`]) {
        expect(check({ ...headers, [name]: twice })).toEqual({ ok: false, reason: 'malformed_header' });
      }
    }
  });

  test('a digit cannot pass from the signed time to the body', () => {
    const headers = { ...signed({ body, timestamp: `${timestamp}7` }), 'x-whoop-signature-timestamp': timestamp };
    const shifted = Buffer.from(`7${body}`);
    expect(whoop.webhook.verify({ rawBody: shifted, headers, params: {}, now })).toEqual({
      ok: false,
      reason: 'wrong_signature',
    });
  });

  test('5,000 altered requests are refused, 500 true ones accepted', async () => {
    const judged = await falselyJudged({ vendor: whoop, signer, now });
    expect(judged).toEqual({ seed: judged.seed, failures: [] });
  });
});

const signer: Signer = {
  signature: 'x-whoop-signature',
  timestamp: 'x-whoop-signature-timestamp',
  encoding: 'base64',
  body: (random) =>
    JSON.stringify({ user_id: random(1e9), id: `s-${random(1e9)}`, type: 'sleep.updated', trace_id: random(1e9) }),
  time: (random, now) => String(now.getTime() + random(600_000) - 300_000),
  sign: ({ body, time, secret }) => signed({ body, timestamp: time, ...(secret === undefined ? {} : { secret }) }),
};

const SLEEP_ID = 'af176ae3-6fc6-4ffd-b4a3-3b583ca8e2ff';

describe('notifications', () => {
  const parse = (body: unknown) =>
    whoop.webhook.parse(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));
  const notificationOf = (body: unknown) => {
    const [item] = parse(body).items;
    return item?.kind === 'notification' ? item.notification : null;
  };
  const { events } = fixture<{ events: Record<string, { id: string; user_id: number }> }>('whoop/webhook_events.json');

  test.each([
    ['sleep_updated', 'sleep', false],
    ['sleep_deleted', 'sleep', true],
    ['recovery_updated', 'recovery', false],
    ['recovery_deleted', 'recovery', true],
    ['workout_updated', 'workout', false],
    ['workout_deleted', 'workout', true],
    ['unknown_user', 'sleep', false],
  ])('%s', (name, dataType, isDeletion) =>
    expect(notificationOf(events[name])).toEqual({
      providerUserId: String(events[name]?.user_id),
      about: 'record',
      dataType,
      objectId: events[name]?.id,
      isDeletion,
      namesEvent: true,
    }),
  );

  const whole = { user_id: 27104913, id: SLEEP_ID, type: 'sleep.updated', trace_id: 't-1' };

  test.each([
    ['no trace', { trace_id: undefined }, { namesEvent: false }],
    ['another data type', { type: 'cycle.updated' }, { dataType: 'cycle' }],
    ['another action', { type: 'sleep.created' }, { isDeletion: false }],
    ['a user id as text', { user_id: '27104913' }, { providerUserId: '27104913' }],
  ])('with %s', (_name, change, expected) => expect(notificationOf({ ...whole, ...change })).toMatchObject(expected));

  test('a user id keeps all the digits of its 64 bits', () => {
    const text = JSON.stringify(whole).replace('27104913', '9223372036854775807');
    expect(notificationOf(text)?.providerUserId).toBe('9223372036854775807');
  });

  test.each([
    ['cut off', '{"user_id":27', 'not_json'],
    ['a list', [whole], 'not_an_object'],
    ['without a user', { ...whole, user_id: null }, 'no_user'],
    ['with a fraction of a user', { ...whole, user_id: 1.5 }, 'no_user'],
    ['with a user below zero', { ...whole, user_id: -1 }, 'no_user'],
    ['without a type', { ...whole, type: undefined }, 'no_data_type'],
    ['with a path for a type', { ...whole, type: '../sleep.updated' }, 'no_data_type'],
    ['with a type that does nothing', { ...whole, type: 'sleep' }, 'no_data_type'],
    ['with a path for an id', { ...whole, id: '../../user' }, 'bad_object_id'],
    ['with a list for an id', { ...whole, id: [SLEEP_ID] }, 'bad_object_id'],
    ['of version 1, whose ids are numbers', events['legacy_v1_recovery'], 'bad_object_id'],
  ])('a body %s is unreadable', (_name, body, reason) =>
    expect(parse(body)).toEqual({ items: [], unreadable: [{ reason, body: expect.any(Buffer) }] }),
  );
});

describe('what a notification names', () => {
  const recentDays = { from: '2026-11-13', to: '2026-11-16' };
  const fetchWith = async (dataType: string, answers: Record<string, unknown>, vendor = whoop) => {
    const provider = answering(answers);
    const fetched = await vendor.data.fetch({
      notification: { dataType, objectId: SLEEP_ID },
      recentDays,
      ask: provider.ask,
    });
    return { fetched, asked: provider.asked };
  };
  const SLEEP_AT = `GET /v2/activity/sleep/${SLEEP_ID}`;
  // Spaces and digits as they might come: nothing of them may change on the way.
  const sleep = `{ "id": "${SLEEP_ID}", "cycle_id": 9007199254740993, "score": 1.10 }`;

  test.each([
    ['sleep', SLEEP_AT],
    ['workout', `GET /v2/activity/workout/${SLEEP_ID}`],
  ])('a %s is one read, byte for byte', async (dataType, address) => {
    const { fetched, asked } = await fetchWith(dataType, { [address]: sleep });
    expect(asked).toEqual([address]);
    expect(fetched).toEqual({ outcome: 'found', documents: [{ domain: dataType, body: Buffer.from(sleep) }] });
  });

  test('a recovery is reached through its sleep and the cycle of that, and goes on beside its sleep', async () => {
    const recovery = `{ "sleep_id": "${SLEEP_ID.toUpperCase()}", "score": 2.50 }`;
    const { fetched, asked } = await fetchWith('recovery', {
      [SLEEP_AT]: sleep,
      'GET /v2/cycle/9007199254740993/recovery': recovery,
    });
    expect(asked).toEqual([SLEEP_AT, 'GET /v2/cycle/9007199254740993/recovery']);
    const body = Buffer.from(`{"records":[${recovery},${sleep}]}`);
    expect(fetched).toEqual({ outcome: 'found', documents: [{ domain: 'recovery', body }] });
  });

  const CYCLE_AT = 'GET /v2/cycle/9007199254740993/recovery';
  test.each([
    ['its sleep is gone', { [SLEEP_AT]: 404 }, { outcome: 'gone' }],
    ['sleep may not be read', { [SLEEP_AT]: 403 }, { outcome: 'forbidden' }],
    ['its cycle has none', { [SLEEP_AT]: sleep, [CYCLE_AT]: 404 }, { outcome: 'gone' }],
    ['its cycle has that of another sleep', { [SLEEP_AT]: sleep, [CYCLE_AT]: { sleep_id: 'x' } }, { outcome: 'gone' }],
    ['its sleep names no cycle', { [SLEEP_AT]: { cycle_id: '../..' } }, { outcome: 'refused', status: 200 }],
    ['its answer is no object', { [SLEEP_AT]: sleep, [CYCLE_AT]: '<html>' }, { outcome: 'refused', status: 200 }],
  ])('a recovery when %s', async (_name, answers, outcome) =>
    expect((await fetchWith('recovery', answers)).fetched).toEqual(outcome),
  );

  test('a recovery is not asked for where sleep was never asked for', async () => {
    const narrow = whoopWith({ WHOOP_SCOPES: 'offline read:recovery read:profile' });
    expect(await fetchWith('recovery', {}, narrow)).toEqual({ fetched: { outcome: 'forbidden' }, asked: [] });
  });
});

describe('pages', () => {
  const range = { from: '2026-11-08', to: '2026-11-16' };
  const WINDOW = 'limit=25&start=2026-11-06T00%3A00%3A00.000Z&end=2026-11-18T00%3A00%3A00.000Z';
  const readPage = async (dataType: string, answers: Record<string, unknown>, nextToken: string | null = null) => {
    const provider = answering(answers);
    const page = await whoop.data.readPage({ dataType, range, nextToken, ask: provider.ask });
    const documents = page.outcome === 'found' ? page.documents : [];
    const bodies = documents.map(({ body }) => JSON.parse(body.toString()) as { records: Record<string, string>[] });
    return { asked: provider.asked, page, records: bodies.flatMap(({ records }) => records) };
  };

  test('are asked for with two days more on both sides, and keep the local days asked for', async () => {
    const ends = {
      'the day before': ['2026-11-08T04:59:59Z', '-05:00'],
      'the first': ['2026-11-07T15:00:00Z', '+09:00'],
      'the last': ['2026-11-17T04:59:59Z', '-05:00'],
      'the day after': ['2026-11-16T15:00:00Z', '+09:00'],
    };
    const sleeps = Object.entries(ends).map(([id, [end, offset]]) => ({ id, end, timezone_offset: offset }));
    const { asked, page, records } = await readPage(
      'sleep',
      { 'GET /v2/activity/sleep': { records: sleeps, next_token: 'more' } },
      'MTIz:b',
    );
    expect(asked).toEqual([`GET /v2/activity/sleep?${WINDOW}&nextToken=MTIz%3Ab`]);
    expect(records.map(({ id }) => id)).toEqual(['the first', 'the last']);
    expect(page).toMatchObject({ records: 2, nextToken: 'more' });
  });

  test.each([undefined, null, ''])('the last one has %j for the next token', async (token) => {
    const { page } = await readPage('workout', { 'GET /v2/activity/workout': { records: [], next_token: token } });
    expect(page).toEqual({ outcome: 'found', documents: [], records: 0, nextToken: null });
  });

  test('keep what has no readable day: judging it is not our business', async () =>
    expect((await readPage('sleep', { 'GET /v2/activity/sleep': { records: [{ end: 'x' }, null] } })).records).toEqual([
      { end: 'x' },
      null,
    ]));

  test('of recoveries bring their sleeps, from as many pages as those take', async () => {
    const at = `GET /v2/activity/sleep?${WINDOW}`;
    const night = (id: string, end: string) => ({ id, end, timezone_offset: 'Z' });
    const recoveries = ['s1', 's2', 'outside', 'unknown'].map((id) => ({ sleep_id: id }));
    const { page, records, asked } = await readPage('recovery', {
      'GET /v2/recovery': { records: recoveries, next_token: 'r2' },
      [at]: { records: [night('s2', '2026-11-16T06:00:00Z')], next_token: 'n2' },
      [`${at}&nextToken=n2`]: {
        records: [
          night('s1', '2026-11-08T06:00:00Z'),
          night('outside', '2026-11-07T06:00:00Z'),
          night('nap', '2026-11-09T13:00:00Z'),
        ],
      },
    });
    expect(asked).toHaveLength(3);
    expect(page).toMatchObject({ records: 3, nextToken: 'r2' });
    expect(records.map(({ id, sleep_id: sleepId }) => id ?? sleepId)).toEqual(['s1', 's2', 'unknown', 's1', 's2']);
  });

  test('of recoveries come alone where sleep may not be read', async () => {
    const { records } = await readPage('recovery', {
      'GET /v2/recovery': { records: [{ sleep_id: 's1' }] },
      'GET /v2/activity/sleep': 403,
    });
    expect(records).toEqual([{ sleep_id: 's1' }]);
  });

  test.each([
    [404, { outcome: 'gone' }],
    [403, { outcome: 'forbidden' }],
    [400, { outcome: 'refused', status: 400 }],
  ])('answered %d', async (status, expected) => {
    expect((await readPage('workout', { 'GET /v2/activity/workout': status })).page).toEqual(expected);
    expect((await readPage('recovery', { 'GET /v2/recovery': status })).page).toEqual(expected);
  });

  test.each([
    ['sleep', '<html>'],
    ['workout', { data: [] }],
    ['recovery', []],
  ])('of %s that are none are refused', (dataType, body) => {
    const path = dataType === 'recovery' ? '/v2/recovery' : `/v2/activity/${dataType}`;
    return expect(readPage(dataType, { [`GET ${path}`]: body })).rejects.toThrow();
  });
});

describe('the link', () => {
  const { profile, token_responses: tokens } = fixture<{
    profile: Record<string, unknown>;
    token_responses: { authorization_code: Record<string, unknown>; refresh: Record<string, unknown> };
  }>('whoop/account_and_errors.json');
  const answer = tokens.authorization_code;

  test('is that of the person the profile names', async () => {
    expect(await whoop.oauth.identify({ answer, ask: answering(profile).ask })).toEqual({
      providerUserId: '27104913',
      scopes: null,
    });
    for (const other of [{}, { user_id: null }, 403]) {
      const { ask } = answering({ 'GET /v2/user/profile/basic': other });
      expect(await whoop.oauth.identify({ answer, ask })).toBeNull();
    }
  });

  test('asks for a refresh token, at the link and at every refresh', () => {
    expect(SCOPES).toContain('offline');
    expect(whoop.oauth.refreshParameters).toEqual({ scope: 'offline' });
    expect(whoop.oauth.normaliseTokenResponse(tokens.refresh)).toEqual(tokens.refresh);
    expect(whoop.oauth.normaliseTokenResponse({ access_token: 'a' })).toMatchObject({ token_type: 'bearer' });
  });

  test('is given back by the person it belongs to', () =>
    expect(whoop.oauth.revocations({ accessToken: 'a', refreshToken: 'r', providerUserId: '1' })).toEqual([
      { method: 'DELETE', url: 'https://api.vendor.example/v2/user/access', headers: { authorization: 'Bearer a' } },
    ]));

  test('needs both credentials', () => {
    expect(() => whoopWith({ WHOOP_CLIENT_ID: '' })).toThrow();
    const { WHOOP_CLIENT_SECRET: _, ...without } = VARIABLES;
    expect(() => vendorWith(createWhoop, whoopConfig, without)).toThrow('its credentials are missing');
  });
});

describe('scopes', () => {
  test('bring signals', () => {
    expect(whoop.data.signalsOf(SCOPES)).toEqual(['HRV', 'RESTING_HEART_RATE', 'SLEEP', 'TRAINING', 'VITALS']);
    expect(whoop.data.signalsOf(['read:sleep'])).toEqual(['SLEEP', 'VITALS']);
    expect(whoop.data.signalsOf([])).toEqual([]);
  });

  test('that were not granted are named', () => {
    expect(whoop.data.missingScopes(SCOPES)).toEqual([]);
    expect(whoop.data.missingScopes(['read:sleep', 'read:recovery', 'read:profile'])).toEqual([
      'offline',
      'read:workout',
    ]);
  });
});
