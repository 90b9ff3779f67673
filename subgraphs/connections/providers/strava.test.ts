import { createHmac } from 'node:crypto';
import { falselyJudged, type Signer } from './altered-requests.test-support.ts';
import type { Vendor, Verification, VendorSubscriptions } from './provider.ts';
import { createStrava, stravaConfig } from './strava.ts';
import { answering, fixture, signatureVectors, vectorRequest, vendorWith, verify } from './vendor.test-support.ts';

const SECRET = 'test_strava_signing_secret_71c4';
const PATH_TOKEN = 'a-path-token-of-strava';
const VERIFICATION_TOKEN = 'test_strava_verify_token';
const VARIABLES = {
  STRAVA_CLIENT_ID: '123456',
  STRAVA_CLIENT_SECRET: 'test_strava_client_secret_71c4',
  STRAVA_SIGNING_SECRET: SECRET,
  STRAVA_PATH_TOKEN: PATH_TOKEN,
  STRAVA_VERIFICATION_TOKEN: VERIFICATION_TOKEN,
  STRAVA_API_URL: 'https://api.vendor.example/api/v3',
};
const stravaWith = (more: Record<string, string> = {}) =>
  vendorWith(createStrava, stravaConfig, { ...VARIABLES, ...more });
const strava = stravaWith();
const enforcing = stravaWith({ STRAVA_SIGNATURE: 'enforce' });
const { events } = fixture<{ event_bodies: { events: Record<string, Record<string, unknown>> } }>(
  'strava/webhook_subscription_and_events.json',
).event_bodies;

const params = { token: PATH_TOKEN };
const now = new Date('2026-11-15T16:01:10Z');
const seconds = String(now.getTime() / 1000);

const signed = (options: { body: string | Buffer; time: string; secret?: string }) => ({
  'x-strava-signature': `t=${options.time},v1=${createHmac('sha256', options.secret ?? SECRET)
    .update(`${options.time}.`)
    .update(options.body)
    .digest('hex')}`,
});

describe('the address', () => {
  const rawBody = Buffer.from(JSON.stringify(events['activity_create']));
  const at = (token: string | undefined, vendor = strava) =>
    verify(vendor, { rawBody, params: token === undefined ? {} : { token } });

  test('is what a delivery is known by, signature or none', async () => {
    expect(await at(PATH_TOKEN)).toEqual({ ok: true, provenance: 'unsigned', signedAt: '' });
    for (const wrong of [undefined, '', `${PATH_TOKEN}x`, PATH_TOKEN.toUpperCase()]) {
      expect(await at(wrong)).toEqual({ ok: false, reason: 'wrong_token' });
    }
  });

  test('holds the current or the previous secret, no third one', async () => {
    const rotated = stravaWith({
      STRAVA_PATH_TOKEN: 'another-path-token-0',
      STRAVA_PATH_TOKEN_PREVIOUS: PATH_TOKEN,
    });
    for (const [token, isTaken] of [
      [PATH_TOKEN, true],
      ['another-path-token-0', true],
      ['a-third-path-token-00', false],
    ] as const) {
      expect((await at(token, rotated)).ok).toBe(isTaken);
    }
  });

  test.each(['too-short', 'with/a/slash/in/the/middle', 'a'.repeat(129)])('%s is no secret for it', (token) =>
    expect(() => stravaWith({ STRAVA_PATH_TOKEN: token })).toThrow('STRAVA_PATH_TOKEN'),
  );

  test('of a signed delivery is asked for as well', async () => {
    const headers = signed({ body: rawBody, time: seconds });
    expect(await verify(enforcing, { rawBody, headers, now })).toEqual({ ok: false, reason: 'wrong_token' });
  });

  test('and the subscription, once its number is configured', async () => {
    const vendor = stravaWith({ STRAVA_SUBSCRIPTION_ID: '284117' });
    const judge = (body: unknown) => verify(vendor, { rawBody: Buffer.from(JSON.stringify(body)), params });
    expect((await judge(events['activity_create'])).ok).toBe(true);
    for (const body of [
      events['wrong_subscription'],
      { ...events['activity_create'], subscription_id: undefined },
      1,
    ]) {
      expect(await judge(body)).toEqual({ ok: false, reason: 'wrong_client' });
    }
  });
});

describe('signatures', () => {
  const vectors = signatureVectors('strava');
  test('the list of vectors is there', () => expect(vectors.length).toBeGreaterThanOrEqual(3));

  test.each(vectors.map((vector) => [vector.id, vector] as const))('vector %s', async (_id, vector) => {
    const request = { ...vectorRequest(vector), params };
    expect((await verify(enforcing, request)).ok).toBe(vector.valid === true);
    const remark = vector.valid === false ? { remark: 'signature_not_matching' } : {};
    expect(await verify(strava, request)).toEqual({ ok: true, provenance: 'unsigned', signedAt: '', ...remark });
  });

  const body = '{"object_type":"activity"}';
  const check = (headers: Record<string, string | string[]>, vendor: Vendor = enforcing): Verification =>
    vendor.webhook.verify({ rawBody: Buffer.from(body), headers, params, now }) as Verification;

  test('that are enforced make a delivery a signed one', () =>
    expect(check(signed({ body, time: seconds }))).toEqual({ ok: true, provenance: 'signed', signedAt: seconds }));

  test.each([
    ['300 s ago', -300, true],
    ['301 s ago', -301, false],
    ['300 s ahead', 300, true],
    ['301 s ahead', 301, false],
  ])('of %s: accepted %s', (_name, offsetS, isAccepted) => {
    const headers = signed({ body, time: String(Number(seconds) + offsetS) });
    expect(check(headers).ok).toBe(isAccepted);
    expect(check(headers, strava)).toMatchObject(isAccepted ? { ok: true } : { remark: 'signature_not_matching' });
  });

  test('the client secret is the key where no other is known', () => {
    const { STRAVA_SIGNING_SECRET: _, ...without } = VARIABLES;
    const vendor = vendorWith(createStrava, stravaConfig, { ...without, STRAVA_SIGNATURE: 'enforce' });
    const secret = VARIABLES.STRAVA_CLIENT_SECRET;
    expect(check(signed({ body, time: seconds, secret }), vendor).ok).toBe(true);
    expect(check(signed({ body, time: seconds }), vendor).ok).toBe(false);
  });

  test('are made with the current or the previous secret, no third one', () => {
    const rotated = stravaWith({
      STRAVA_SIGNATURE: 'enforce',
      STRAVA_SIGNING_SECRET: 'the new secret',
      STRAVA_SIGNING_SECRET_PREVIOUS: SECRET,
    });
    for (const [secret, isTaken] of [
      ['the new secret', true],
      [SECRET, true],
      ['a third secret', false],
    ] as const) {
      expect(check(signed({ body, time: seconds, secret }), rotated).ok).toBe(isTaken);
    }
  });

  test('may be made with the client secret before a rotation too, where that is the key', () => {
    const { STRAVA_SIGNING_SECRET: _, ...without } = VARIABLES;
    const variables = { ...without, STRAVA_SIGNATURE: 'enforce', STRAVA_SIGNING_SECRET_PREVIOUS: 'the old secret' };
    const vendor = vendorWith(createStrava, stravaConfig, variables);
    for (const secret of [VARIABLES.STRAVA_CLIENT_SECRET, 'the old secret'])
      expect(check(signed({ body, time: seconds, secret }), vendor).ok).toBe(true);
    expect(check(signed({ body, time: seconds }), vendor).ok).toBe(false);
  });

  test.each([
    ['without a time', (header: string) => header.replace(/^t=\d+,/, '')],
    ['with two signatures', (header: string) => `${header},${header.split(',')[1]}`],
    ['twice', (header: string) => `${header}, ${header}`],
    ['with words for the time', (header: string) => header.replace(/^t=\d+/, 't=now')],
  ])('a header %s is refused', (_name, change) => {
    const headers = signed({ body, time: seconds });
    const malformed = { ok: false, reason: 'malformed_header' };
    expect(check({ 'x-strava-signature': change(headers['x-strava-signature']) })).toEqual(malformed);
  });

  test('5,000 altered requests are refused, 500 true ones accepted', async () => {
    const judged = await falselyJudged({ vendor: enforcing, signer, now });
    expect(judged).toEqual({ seed: judged.seed, failures: [] });
  });
});

const signer: Signer = {
  signature: 'x-strava-signature',
  encoding: 'hex',
  body: (random) => JSON.stringify({ object_type: 'activity', object_id: random(1e9), owner_id: random(1e6) }),
  time: (random, at) => String(Math.ceil((at.getTime() + random(600_000) - 300_000) / 1000)),
  sign: ({ body, time, secret }) => signed({ body, time, ...(secret === undefined ? {} : { secret }) }),
};

describe('the challenge', () => {
  const { request, response } = fixture<{
    subscription: { challenge: { request: { query: Record<string, unknown> }; response: Record<string, string> } };
  }>('strava/webhook_subscription_and_events.json').subscription.challenge;
  const challenge = (change: Record<string, unknown>, token = PATH_TOKEN) =>
    strava.webhook.challenge?.({ query: { ...request.query, ...change }, params: { token } });

  test('is answered to the right token at the right address', () => {
    expect(challenge({})).toEqual({ status: 200, body: response });
    expect(challenge({}, 'another-path-token-0')).toEqual({ status: 401 });
  });

  test.each([
    ['another token', { 'hub.verify_token': 'another' }],
    ['two tokens', { 'hub.verify_token': [VERIFICATION_TOKEN, VERIFICATION_TOKEN] }],
    ['no token', { 'hub.verify_token': undefined }],
    ['another mode', { 'hub.mode': 'unsubscribe' }],
    ['two challenges', { 'hub.challenge': ['a', 'b'] }],
  ])('with %s it is not', (_name, change) => expect(challenge(change)).toEqual({ status: 401 }));
});

describe('notifications', () => {
  const parse = (body: unknown) =>
    strava.webhook.parse(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));
  const notificationOf = (body: unknown) => {
    const [item] = parse(body).items;
    return item?.kind === 'notification' ? item.notification : null;
  };
  const ACTIVITY = {
    providerUserId: '41920317',
    about: 'record',
    dataType: 'activity',
    objectId: '16301000001',
    isDeletion: false,
    namesEvent: true,
  };
  const ATHLETE = { ...ACTIVITY, dataType: 'athlete', objectId: null };

  test.each([
    ['activity_create', ACTIVITY],
    ['activity_title_update', ACTIVITY],
    ['activity_made_private', ACTIVITY],
    ['activity_type_update', ACTIVITY],
    // Looked for, not believed.
    ['activity_delete', ACTIVITY],
    ['athlete_deauthorized', { ...ATHLETE, about: 'deauthorised' }],
    ['unknown_owner', { ...ACTIVITY, providerUserId: '7', objectId: '2' }],
  ])('%s', (name, expected) => expect(notificationOf(events[name])).toEqual(expected));

  test('every event of the fixtures is read', () => {
    for (const event of Object.values(events)) expect(parse(event).unreadable).toEqual([]);
  });

  test('an athlete who was deleted took us away too; one who changed otherwise did not', () => {
    const event = events['athlete_deauthorized'];
    expect(notificationOf({ ...event, aspect_type: 'delete', updates: {} })).toMatchObject({ about: 'deauthorised' });
    for (const updates of [{}, { authorized: 'true' }, null, 'authorized=false']) {
      expect(notificationOf({ ...event, updates })).toEqual(ATHLETE);
    }
  });

  test('ids of 64 bits keep their digits', () => {
    const body = JSON.stringify(events['activity_create'])
      .replace('16301000001', '9223372036854775807')
      .replace('41920317', '9007199254740993');
    expect(notificationOf(body)).toMatchObject({ objectId: '9223372036854775807', providerUserId: '9007199254740993' });
  });

  test('objects nobody knows are nothing we fetch', () => {
    const notification = notificationOf({ ...events['activity_create'], object_type: 'route' });
    expect(notification).toMatchObject({ dataType: 'route', objectId: null });
    expect(strava.data.resources.map(({ dataType }) => dataType)).not.toContain('route');
  });

  test.each([
    ['cut off', '{"owner_id":4', 'not_json'],
    ['a list', [events['activity_create']], 'not_an_object'],
    ['without an owner', { ...events['activity_create'], owner_id: undefined }, 'no_user'],
    ['with a path for an owner', { ...events['activity_create'], owner_id: '../1' }, 'no_user'],
    ['with half an owner', { ...events['activity_create'], owner_id: 1.5 }, 'no_user'],
    ['without an object type', { ...events['activity_create'], object_type: undefined }, 'no_data_type'],
    ['with a path for an object type', { ...events['activity_create'], object_type: '../athlete' }, 'no_data_type'],
    ['with a path for an activity', { ...events['activity_create'], object_id: '1/../../athlete' }, 'bad_object_id'],
    ['with a list for an activity', { ...events['activity_create'], object_id: [1] }, 'bad_object_id'],
    ['with a negative activity', { ...events['activity_create'], object_id: -1 }, 'bad_object_id'],
  ])('a body %s is unreadable', (_name, body, reason) =>
    expect(parse(body)).toEqual({ items: [], unreadable: [{ reason, body: expect.any(Buffer) }] }),
  );
});

const recentDays = { from: '2026-11-13', to: '2026-11-16' };

describe('what a notification names', () => {
  const ACTIVITY_AT = 'GET /api/v3/activities/16301000001';
  const STREAMS_AT = `${ACTIVITY_AT}/streams?keys=time,heartrate,velocity_smooth,watts,cadence,altitude,distance&key_by_type=true`;
  const notification = { dataType: 'activity', objectId: '16301000001' };
  const fetchWith = async (answers: Record<string, unknown>) => {
    const provider = answering(answers);
    const fetched = await strava.data.fetch({ notification, recentDays, ask: provider.ask });
    return { fetched, asked: provider.asked };
  };
  const documentsOf = ({ fetched }: Awaited<ReturnType<typeof fetchWith>>) =>
    fetched.outcome === 'found' ? fetched.documents.map(({ domain, body }) => [domain, body.toString()]) : fetched;

  test('is an activity and its streams, byte for byte', async () => {
    const activity = '{ "id": 9223372036854775807, "distance": 10.0 }';
    const found = await fetchWith({ [ACTIVITY_AT]: activity, [STREAMS_AT]: '{ "time": {} }' });
    expect(found.asked).toEqual([ACTIVITY_AT, STREAMS_AT]);
    expect(documentsOf(found)).toEqual([
      ['activity', activity],
      ['streams', `{"activity":${activity},"streams":{ "time": {} }}`],
    ]);
  });

  test('that was typed in is one call', async () => {
    const found = await fetchWith({ [ACTIVITY_AT]: { id: 1, manual: true } });
    expect(found.asked).toEqual([ACTIVITY_AT]);
    expect(documentsOf(found)).toEqual([['activity', '{"id":1,"manual":true}']]);
  });

  test('without a heart rate still has its speed and power', async () =>
    expect((await fetchWith({ [ACTIVITY_AT]: { id: 1, has_heartrate: false }, [STREAMS_AT]: '{}' })).asked).toEqual([
      ACTIVITY_AT,
      STREAMS_AT,
    ]));

  test('whose streams are gone has empty ones', async () =>
    expect(documentsOf(await fetchWith({ [ACTIVITY_AT]: '{"id":1}', [STREAMS_AT]: 404 }))).toEqual([
      ['activity', '{"id":1}'],
      ['streams', '{"activity":{"id":1},"streams":{}}'],
    ]));

  test.each([
    ['is gone, or private by now', { [ACTIVITY_AT]: 404 }, { outcome: 'gone' }],
    ['may not be read', { [ACTIVITY_AT]: 403 }, { outcome: 'forbidden' }],
    ['is refused in part', { [ACTIVITY_AT]: '{"id":1}', [STREAMS_AT]: 400 }, { outcome: 'refused', status: 400 }],
    [
      'has streams cut off',
      { [ACTIVITY_AT]: '{"id":1}', [STREAMS_AT]: '{"time"' },
      { outcome: 'refused', status: 200 },
    ],
  ])('that %s', async (_name, answers, outcome) => expect((await fetchWith(answers)).fetched).toEqual(outcome));
});

describe('pages', () => {
  const range = { from: '2026-11-12', to: '2026-11-14' };
  const ADDRESS = 'GET /api/v3/athlete/activities?after=1794355200&before=1794787200';
  const list = fixture<Record<string, unknown>[]>('strava/activities_page1.json');
  const read = async (nextToken: string | null, body: unknown) => {
    const provider = answering({ 'GET /api/v3/athlete/activities': body });
    const page = await strava.data.readPage({ dataType: 'activity', range, nextToken, ask: provider.ask });
    if (page.outcome !== 'found') throw new Error(page.outcome);
    const bodies = page.documents.map((document) => JSON.parse(document.body.toString()) as { data: { id: number }[] });
    return { asked: provider.asked, page, ids: bodies.flatMap(({ data }) => data.map(({ id }) => id)) };
  };

  test('are asked for with a day more on both sides, and keep the days of the athlete', async () => {
    const { asked, page, ids } = await read(null, list);
    expect(asked).toEqual([`${ADDRESS}&page=1&per_page=200`]);
    // The third was on the 13th where the athlete was, and on the 14th in UTC.
    expect(ids).toEqual([16301000002, 16301000003, 16301000004]);
    expect(page).toMatchObject({ records: 3, nextToken: '2', documents: [{ domain: 'activity' }] });
  });

  test('go on until one is empty, however short the one before was', async () => {
    const { asked, page } = await read('2', []);
    expect(asked).toEqual([`${ADDRESS}&page=2&per_page=200`]);
    expect(page).toEqual({ outcome: 'found', documents: [], records: 0, nextToken: null });
  });

  test('keep what has no readable day: judging it is not our business', async () =>
    expect((await read(null, [{ id: 1 }, { id: 2, start_date_local: 7 }])).ids).toEqual([1, 2]));

  test('that are none are refused', () =>
    expect(read(null, { message: 'x' })).rejects.toThrow('no page of activities'));
});

describe('an account', () => {
  const { token_responses: tokens, errors } = fixture<{
    token_responses: Record<string, Record<string, unknown>>;
    errors: Record<string, { body: unknown }>;
  }>('strava/account_and_errors.json');
  const identify = (answer: Record<string, unknown>, athlete: unknown) =>
    strava.oauth.identify({ answer, ask: answering({ 'GET /api/v3/athlete': athlete }).ask });

  test('is named by the first token answer, else by the athlete', async () => {
    const known = { providerUserId: '41920317', scopes: null };
    expect(await identify(tokens['authorization_code']!, 500)).toEqual(known);
    expect(await identify(tokens['refresh']!, { id: 41920317 })).toEqual(known);
    expect(await identify({ athlete: { id: 'x' } }, { id: 'x' })).toBeNull();
    expect(await identify({}, 401)).toBeNull();
  });

  test.each([
    ['a dead refresh token', tokens['refresh_invalid']!['body'], 'invalid_grant'],
    ['a dead code', { errors: [{ resource: 'AuthorizationCode', field: 'code', code: 'invalid' }] }, 'invalid_grant'],
    [
      'a wrong client secret',
      { errors: [{ resource: 'Application', field: 'client_id', code: 'invalid' }] },
      'invalid_client',
    ],
    ['a used-up quota', errors['rate_limited']!.body, 'invalid_client'],
    ['another refusal', errors['not_found']!.body, null],
    ['no list', { errors: { resource: 'RefreshToken' } }, null],
    ['nothing', null, null],
  ])('%s is told apart', (_name, body, expected) => expect(strava.oauth.tokenErrorOf?.(body)).toBe(expected));

  test('is given back by its refresh token, or the old way by the access token', () => {
    const [revoke, deauthorize] = strava.oauth.revocations({
      accessToken: 'at',
      refreshToken: 'rt',
      providerUserId: '1',
    });
    expect(revoke).toMatchObject({
      method: 'POST',
      url: 'https://www.strava.com/oauth/revoke',
      headers: { authorization: `Basic ${Buffer.from('123456:test_strava_client_secret_71c4').toString('base64')}` },
      body: 'token=rt&token_type_hint=refresh_token',
    });
    expect(deauthorize).toMatchObject({
      url: 'https://www.strava.com/oauth/deauthorize',
      body: 'access_token=at',
    });
  });

  test('opens what its scopes say', () => {
    expect(strava.data.signalsOf(['read', 'activity:read'])).toEqual(['HEART_RATE', 'TRAINING']);
    expect(strava.data.signalsOf(['read'])).toEqual([]);
    expect(strava.data.missingScopes(['read', 'activity:read'])).toEqual(['activity:read_all']);
  });
});

describe('the subscription', () => {
  const subscriptions = strava.subscriptions as VendorSubscriptions;
  const { create, list } = fixture<{
    subscription: { create: { request: { form: Record<string, string> }; response: unknown }; list: unknown[] };
  }>('strava/webhook_subscription_and_events.json').subscription;
  const callbackUrl = 'https://api.example.com/webhooks/strava';
  const ONE = { vendorId: '284117', dataType: 'activity', eventType: 'all', callbackUrl, expiresAt: null };

  test('is one for everything, at an address only Strava is told', () => {
    expect(subscriptions.wanted).toHaveLength(1);
    expect(subscriptions.callbackPath).toBe(`/${PATH_TOKEN}`);
    const call = subscriptions.create({ dataType: 'activity', eventType: 'all', callbackUrl });
    expect(Object.fromEntries(new URLSearchParams(call.body))).toEqual(create.request.form);
    expect(subscriptions.readOne(create.response, { dataType: 'activity', eventType: 'all', callbackUrl })).toEqual(
      ONE,
    );
  });

  test('is listed and removed', () => {
    expect(subscriptions.readAll(list)).toEqual([ONE]);
    const removal = subscriptions.remove?.('284117');
    expect(removal?.method).toBe('DELETE');
    expect(new URL(removal?.url ?? '').pathname).toBe('/api/v3/push_subscriptions/284117');
  });

  test.each([[{ message: 'x' }], [[{ id: 1 }]], [[{ callback_url: 'u' }]]])('is not read from %j', (body) =>
    expect(() => subscriptions.readAll(body)).toThrow('the provider'),
  );
});
