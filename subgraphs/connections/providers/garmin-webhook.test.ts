import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { createGarmin, garminConfig } from './garmin.ts';
import { seeded } from './altered-requests.test-support.ts';
import type { BodyItem, ParsedBody } from './provider.ts';
import { signatureVectors, vectorRequest, vendorWith, verify } from './vendor.test-support.ts';

const TOKEN = 'a-path-token-of-a-test';
const VARIABLES = {
  GARMIN_CLIENT_ID: 'test-garmin-client-id-5b0e',
  GARMIN_CLIENT_SECRET: 'the client secret',
  GARMIN_PATH_TOKEN: TOKEN,
};
const garminWith = (more: Record<string, string> = {}) =>
  vendorWith(createGarmin, garminConfig, { ...VARIABLES, ...more });
const garmin = garminWith();
const fixture = (path: string): Buffer => readFileSync(`../shared/fixtures/${path}.json`);
const pingFixture = JSON.parse(fixture('garmin/ping_and_account_notifications').toString('utf8')) as Record<
  'ping' | 'account',
  { bodies: Record<string, object> }
>;
const USER = '158928f1ea1b5ac88945a5ead5544ba8';

describe('what vouches for a delivery', () => {
  const headers = { 'garmin-client-id': VARIABLES.GARMIN_CLIENT_ID };
  const params = { token: TOKEN, type: 'sleeps' };
  const vectors = signatureVectors('garmin');

  test('the list of vectors is there', () => expect(vectors.length).toBeGreaterThanOrEqual(2));

  test.each(vectors.map((vector) => [vector.id, vector] as const))('vector %s', async (_id, vector) => {
    expect((await verify(garmin, { ...vectorRequest(vector), params })).ok).toBe(vector.valid);
    expect((await verify(garmin, { ...vectorRequest(vector), params: { token: 'x', type: 'sleeps' } })).ok).toBe(false);
  });

  test('the address and the client id, and no more than that', async () =>
    expect(await verify(garmin, { headers, params })).toEqual({ ok: true, provenance: 'unsigned', signedAt: '' }));

  test.each([
    ['without a token', {}, headers, 'wrong_token'],
    ['with another token', { ...params, token: `${TOKEN}x` }, headers, 'wrong_token'],
    ['with an empty token', { ...params, token: '' }, headers, 'wrong_token'],
    ['without a client id', params, {}, 'missing_header'],
    ['with another client id', params, { 'garmin-client-id': 'someone-else' }, 'wrong_client'],
    [
      'with the client id twice',
      params,
      { 'garmin-client-id': [headers['garmin-client-id'], 'x'] },
      'malformed_header',
    ],
  ])('%s it is refused', async (_name, given, sent, reason) =>
    expect(await verify(garmin, { headers: sent, params: given })).toEqual({ ok: false, reason }),
  );

  test('the token before a rotation is taken, an older one is not', async () => {
    const rotated = garminWith({ GARMIN_PATH_TOKEN: 'the-token-after-rotation', GARMIN_PATH_TOKEN_PREVIOUS: TOKEN });
    expect((await verify(rotated, { headers, params })).ok).toBe(true);
    expect((await verify(rotated, { headers, params: { token: 'the-token-after-rotation' } })).ok).toBe(true);
    expect((await verify(rotated, { headers, params: { token: 'the-token-two-before' } })).ok).toBe(false);
  });

  test('a token that fits no address is refused at the start', () =>
    expect(() => garminWith({ GARMIN_PATH_TOKEN: 'has/a/slash/in/its/middle' })).toThrow('part of an address'));
});

const parse = (body: unknown): ParsedBody =>
  garmin.webhook.parse(
    Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  );

const data = (item: BodyItem | undefined) =>
  item?.kind === 'data' ? { user: item.providerUserId, domain: item.domain, body: item.body.toString() } : null;
const notification = (item: BodyItem | undefined) => (item?.kind === 'notification' ? item.notification : null);

describe('PUSH', () => {
  test('one person and one type: the body as it came, byte for byte', () => {
    const body = '{ "sleeps" : [ {"userId":"u","n":12345678901234567890, "x": 1.0}, {"userId":"u"} ] }\n';
    expect(parse(body).items.map(data)).toEqual([{ user: 'u', domain: 'sleeps', body }]);
  });

  test('several people and types: one item each, every digit and the order kept', () => {
    const body = `{"sleeps":[{"userId":"a","z":1,"a":12345678901234567890},{"userId":"b", "n":1.10}, {"userId":"a","t":"}]"}],
      "moveIQActivities":[{"userId":"a"}]}`;
    expect(parse(body)).toMatchObject({ unreadable: [] });
    expect(parse(body).items.map(data)).toEqual([
      {
        user: 'a',
        domain: 'sleeps',
        body: '{"sleeps":[{"userId":"a","z":1,"a":12345678901234567890},{"userId":"a","t":"}]"}]}',
      },
      { user: 'b', domain: 'sleeps', body: '{"sleeps":[{"userId":"b", "n":1.10}]}' },
      { user: 'a', domain: 'move_iq_activities', body: '{"moveIQActivities":[{"userId":"a"}]}' },
    ]);
  });

  test('each part read again is that one item', () => {
    const whole = fixture('public-samples/garmin/radar-sleeps-two-users');
    const { items } = parse(whole);
    expect(items).toHaveLength(2);
    for (const item of items) expect(parse(item.body)).toEqual({ items: [item], unreadable: [] });
  });

  test('a type nobody knows is archived', () =>
    expect(parse({ newThings: [{ userId: 'u' }] }).items.map(data)).toMatchObject([{ domain: 'new_things' }]));

  test('an empty list says nothing and is no mistake', () =>
    expect(parse({ sleeps: [] })).toEqual({ items: [], unreadable: [] }));

  test('what stands beside the lists never reaches the normaliser: a body could order a deletion there', () => {
    const body = { deleted: { data_type: 'sleeps', object_id: '1794778260' }, sleeps: [{ userId: 'u' }] };
    expect(parse(body).items.map(data)).toMatchObject([{ body: '{"sleeps":[{"userId":"u"}]}' }]);
    expect(parse({ deleted: { data_type: 'sleeps' } }).items).toEqual([]);
  });

  test('the type in the address is not asked: the body says what it holds', () =>
    expect(parse({ hrv: [{ userId: 'u' }] }).items.map(data)).toMatchObject([{ domain: 'hrv' }]));
});

describe('PING', () => {
  const pings = pingFixture.ping.bodies;
  const CALLBACK = 'https://apis.garmin.com/wellness-api/rest/sleeps?token=t';

  test.each(Object.entries(pings))('of %s is a notification, its body as it came', (type, body) => {
    const raw = Buffer.from(JSON.stringify(body));
    const { items, unreadable } = parse(raw);
    expect(unreadable).toEqual([]);
    expect(items.map(notification)).toEqual([
      {
        providerUserId: USER,
        about: 'record',
        dataType: type === 'activityFiles' ? 'activity_files' : type,
        objectId: expect.stringMatching(/^[0-9a-f]{64}$/),
        callbackUrl: expect.stringMatching(/^https:\/\/apis\.garmin\.com\//),
        isDeletion: false,
        namesEvent: true,
      },
    ]);
    expect(items[0]?.body).toEqual(raw);
  });

  test('two pings of one person are two records, each with a body of its own that reads the same', () => {
    const { items } = parse({ sleeps: [1, 2].map((n) => ({ userId: 'u', callbackURL: `${CALLBACK}${n}` })) });
    expect(new Set(items.map((item) => notification(item)?.objectId)).size).toBe(2);
    for (const item of items) expect(parse(item.body)).toEqual({ items: [item], unreadable: [] });
  });

  test('beside a push: each as what it is', () => {
    const { items } = parse({
      sleeps: [
        { userId: 'u', callbackURL: CALLBACK },
        { userId: 'u', n: 1 },
        { userId: 'u', callbackURL: null },
      ],
    });
    expect(items.map(({ kind }) => kind)).toEqual(['notification', 'data']);
    expect(data(items[1])?.body).toBe('{"sleeps":[{"userId":"u","n":1},{"userId":"u","callbackURL":null}]}');
  });

  test.each(['http://apis.garmin.com/x', 'https://evil.example/x', 'https://apis.garmin.com@127.0.0.1/', '', 7, ['x']])(
    'to %j is set aside, and its neighbour is not',
    (callbackURL) => {
      const { items, unreadable } = parse({
        sleeps: [
          { userId: 'u', callbackURL },
          { userId: 'u', callbackURL: CALLBACK },
        ],
      });
      expect(unreadable.map(({ reason }) => reason)).toEqual(['bad_callback']);
      expect(items).toHaveLength(1);
    },
  );
});

describe('about the account', () => {
  const { bodies } = pingFixture.account;

  test.each([
    ['deregistrations', 'deauthorised', 'deregistrations', false],
    ['permission_removed', 'permissions', 'user_permissions_change', true],
    ['permission_restored', 'permissions', 'user_permissions_change', true],
  ])('%s', (name, about, dataType, namesEvent) =>
    expect(parse(bodies[name]).items.map(notification)).toEqual([
      { providerUserId: USER, about, dataType, objectId: null, isDeletion: false, namesEvent },
    ]),
  );

  test('entries that cannot be read are set aside together, by kind', () => {
    const raw = fixture('public-samples/garmin/ow-lifecycle-malformed-entries');
    const { items, unreadable } = parse(raw);
    expect(items).toEqual([]);
    expect(unreadable.map(({ reason, body }) => [reason, JSON.parse(body.toString())])).toEqual([
      ['no_user', { deregistrations: ['not_a_dict', { otherField: 'x' }] }],
      ['no_user', { userPermissionsChange: ['not_a_dict', { permissions: ['ACTIVITY_EXPORT'] }] }],
    ]);
  });

  test('and sink no neighbour', () => {
    const { items, unreadable } = parse({ deregistrations: ['x', { userId: 'u' }, null, { userId: { a: 1 } }] });
    expect(items.map((item) => notification(item)?.providerUserId)).toEqual(['u']);
    expect(unreadable.map(({ body }) => body.toString())).toEqual([
      '{"deregistrations":["x",null,{"userId":{"a":1}}]}',
    ]);
  });
});

describe('bodies of no use', () => {
  test.each([
    ['cut off', '{"sleeps":[{"userId":"u"', 'not_json'],
    ['empty', '', 'not_json'],
    ['a list', [{ userId: 'u' }], 'not_an_object'],
    ['an empty object', {}, 'no_items'],
    ['a single summary', { userId: 'u', steps: 1 }, 'no_items'],
    ['a user with a NUL', { sleeps: [{ userId: 'a\u0000b' }] }, 'no_user'],
    ['a path for a type', { '../sleeps': [{ userId: 'u' }] }, 'no_data_type'],
    // It would go to the fetcher as one of its own.
    ['our word for a notification', { notification: [{ userId: 'u' }] }, 'no_data_type'],
    [
      'more people than a body can hold',
      `{"a":[${Array.from({ length: 50_001 }, (_, n) => `{"userId":"${n}"}`).join()}]}`,
      'too_many_items',
    ],
  ])('%s', (_name, body, reason) =>
    expect(parse(body)).toEqual({ items: [], unreadable: [{ reason, body: expect.any(Buffer) }] }),
  );

  test('2,000 broken bodies: none throws, none takes 100 ms, and no part names a person it does not speak of', () => {
    const seed = Date.now() % 1_000_000;
    const random = seeded(seed);
    const wholes = ['radar-sleeps-two-users', 'radar-dailies-two-users', 'ow-lifecycle-malformed-entries']
      .map((name) => fixture(`public-samples/garmin/${name}`))
      .concat(fixture('garmin/push_activityDetails'), fixture('garmin/push_dailies'));
    const failures: string[] = [];
    for (let run = 0; run < 2_000; run += 1) {
      const body = broken(wholes[random(wholes.length)] as Buffer, random);
      try {
        if (shortestMs(() => parse(body)) > 100) failures.push(`run ${run}: too slow`);
        for (const item of parse(body).items) {
          const again = parse(item.body).items;
          if (!isDeepStrictEqual(again, [item])) failures.push(`run ${run}: a part reads differently by itself`);
        }
      } catch (error) {
        failures.push(`run ${run}: ${String(error)}`);
      }
    }
    // The seed is part of what is compared, so that a failure prints it.
    expect({ seed, failures }).toEqual({ seed, failures: [] });
  });

  test.each([
    ['nested deep', '['.repeat(200_000)],
    ['nested deep in a list', `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
    ['one long text', `{"a":["${'\\"'.repeat(200_000)}"]}`],
    ['very many types', `{${Array.from({ length: 20_000 }, (_, n) => `"t${n}":[1]`).join()}}`],
    ['as many entries as are read', `{"a":[${'1,'.repeat(49_999)}1]}`],
    ['more than that', `{"a":[${'1,'.repeat(500_000)}1]}`],
    ['very long numbers', `{"a":[{"userId":"u","n":${'9'.repeat(400_000)}}]}`],
  ])('a bomb, %s, is over within 100 ms', (_name, body) => {
    expect(shortestMs(() => parse(Buffer.from(body)))).toBeLessThan(100);
  });
});

/** Of a few tries, the shortest: the machine may be busy with something else for a while. */
function shortestMs(work: () => void): number {
  let shortest = Infinity;
  for (let tries = 0; tries < 5 && shortest > 100; tries += 1) {
    const started = performance.now();
    work();
    shortest = Math.min(shortest, performance.now() - started);
  }
  return shortest;
}

const PIECES = [
  '"userId":',
  '{',
  '}',
  '[',
  ']',
  ',',
  '"',
  '\\',
  '"__proto__":[{"userId":"u"}],',
  '1e400',
  '\u0000',
  'null',
  '"sleeps":[',
  '"callbackURL":"https://apis.garmin.com/"',
  '"deleted":',
];

/** A few bytes changed, cut out, repeated or put in. */
function broken(whole: Uint8Array, random: (below: number) => number): Buffer {
  let body: Buffer = Buffer.from(whole);
  for (let times = 1 + random(4); times > 0; times -= 1) {
    const at = random(body.length);
    const to = Math.min(body.length, at + random(200));
    const kinds: (() => Buffer)[] = [
      () => Buffer.concat([body.subarray(0, at), Buffer.of(random(256)), body.subarray(at + 1)]),
      () => Buffer.concat([body.subarray(0, at), body.subarray(to)]),
      () => Buffer.concat([body.subarray(0, to), body.subarray(at)]),
      () =>
        Buffer.concat([body.subarray(0, at), Buffer.from(PIECES[random(PIECES.length)] as string), body.subarray(at)]),
      () => body.subarray(0, Math.max(1, at)),
    ];
    body = (kinds[random(kinds.length)] as () => Buffer)();
  }
  return body;
}
