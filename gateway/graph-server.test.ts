import { ANNA, TEAM, TRIED_TOO_OFTEN } from './testing/small-graph.ts';
import { openWorld, type World } from './testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const ATHLETE = `query($id: ID!) {
  athlete(id: $id) { displayName sleep(from: "2026-01-01", to: "2026-01-02") { state } readiness { score } }
}`;

test('one answer holds fields of all three subgraphs', async () => {
  const { status, headers, body } = await world.post({ query: ATHLETE, variables: { id: ANNA } });
  expect(body).toEqual({
    data: { athlete: { displayName: 'Anna', sleep: { state: 'AVAILABLE' }, readiness: { score: 70 } } },
  });
  expect(status).toBe(200);
  expect(headers.get('cache-control')).toBe('no-store');
});

test('nobody is signed in without a token, and signing in works that way', async () => {
  const { body } = await world.post({
    query: 'mutation { login(input: {email: "a", password: "b"}) { accessToken } }',
  });
  expect(body).toEqual({ data: { login: { accessToken: 'a' } } });
  const refused = await world.post({ query: '{ viewer { id } }' });
  expect(refused.body).toMatchObject({
    data: null,
    errors: [{ message: 'Nobody is signed in.', extensions: { code: 'UNAUTHENTICATED' }, path: ['viewer'] }],
  });
});

test('a token makes its account the viewer, and the request counts as activity unless it says otherwise', async () => {
  const account = world.coach([TEAM]);
  const authorization = `Bearer ${await world.token(account)}`;
  const { body } = await world.post({ query: '{ viewer { id role } }' }, { authorization });
  expect(body).toEqual({ data: { viewer: { id: account.accountId, role: 'COACH' } } });
  await world.post({ query: '{ viewer { id } }' }, { authorization, 'athlete-ally-background': '1' });
  expect(world.small.sessions.get(account.sessionId)?.isActivity).toEqual([true, false]);
});

describe('a token that is not right', () => {
  const cases: [string, Parameters<World['token']>[1]][] = [
    ['expired', { lifetimeS: -10 }],
    ['of another type', { header: { typ: 'JWT' } }],
    ['with an unknown key', { header: { kid: 'k2' } }],
    ['with a key id that is none of ours', { header: { kid: '../k1' } }],
    ['that brings its own key address', { header: { jku: 'https://example.org/keys' } }],
    ['without a session', { claims: { sid: undefined } }],
  ];
  test.each(cases)('%s is refused with UNAUTHENTICATED and 401', async (_name, options) => {
    const authorization = `Bearer ${await world.token(world.coach([]), options)}`;
    const { status, body } = await world.post({ query: '{ viewer { id } }' }, { authorization });
    expect(status).toBe(401);
    expect(body.errors[0].extensions).toEqual({ code: 'UNAUTHENTICATED' });
    expect(body.data).toBeUndefined();
  });

  test('signed with a shared secret instead of the key pair is refused', async () => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: 'athlete-ally', aud: 'athlete-ally', sub: 'a', sid: 's', iat: now, exp: now + 60 };
    for (const alg of ['none', 'HS256']) {
      const token = `${part({ alg, typ: 'at+jwt', kid: 'k1' })}.${part(claims)}.AAAA`;
      expect((await world.post({ query: '{ viewer { id } }' }, { authorization: `Bearer ${token}` })).status).toBe(401);
    }
  });
});

test('an idle session is told apart from one that ended', async () => {
  const account = world.coach([]);
  const session = world.small.sessions.get(account.sessionId);
  const authorization = `Bearer ${await world.token(account)}`;
  if (session) session.refused = 'session_idle';
  expect((await world.post({ query: '{ viewer { id } }' }, { authorization })).body.errors[0].extensions.code).toBe(
    'SESSION_IDLE',
  );
  if (session) session.refused = 'unauthenticated';
  expect((await world.post({ query: '{ viewer { id } }' }, { authorization })).body.errors[0].extensions.code).toBe(
    'UNAUTHENTICATED',
  );
});

test('identity headers of a client never reach a subgraph', async () => {
  const { connections } = world.small.servers;
  connections.headers.length = 0;
  connections.calls.length = 0;
  const forged = {
    'athlete-ally-assertion': 'x.y',
    'x-account-id': 'admin',
    cookie: 'session=1',
    'x-forwarded-for': '1.2.3.4',
  };
  const { body } = await world.post({ query: '{ viewer { id } }' }, forged);
  expect(body.errors[0].extensions.code).toBe('UNAUTHENTICATED');
  expect(connections.calls.map((call) => call.viewer)).toEqual([{ kind: 'anonymous' }]);
  const [received] = connections.headers;
  expect(Object.keys(received ?? {}).sort()).toEqual([
    'accept',
    'athlete-ally-assertion',
    'connection',
    'content-length',
    'content-type',
    'host',
  ]);
  expect(received?.['athlete-ally-assertion']).not.toBe('x.y');
});

test('a subgraph learns where the client is from the assertion, and a forged header changes nothing', async () => {
  const { connections } = world.small.servers;
  connections.calls.length = 0;
  await world.post({ query: '{ viewer { id } }' }, { 'x-forwarded-for': '1.2.3.4' });
  expect(connections.calls.map((call) => call.clientAddress)).toEqual(['127.0.0.1']);
});

test('a limit is told with the time to wait', async () => {
  const { status, headers, body } = await world.post({
    query: `mutation { login(input: {email: "a", password: "${TRIED_TOO_OFTEN}"}) { accessToken } }`,
  });
  expect([status, headers.get('retry-after')]).toEqual([200, '42']);
  expect(body.errors[0].extensions).toEqual({ code: 'RATE_LIMITED', retryAfterS: 42 });
});

test('no time to wait is told where there is none', async () => {
  const { headers } = await world.post({ query: '{ viewer { id } }' });
  expect(headers.has('retry-after')).toBe(false);
});

test('what fails inside is told in one neutral sentence', async () => {
  const { body } = await world.post({ query: '{ syncJob(id: "1") { id } }' });
  expect(body.errors).toEqual([
    {
      message: 'Something failed on our side. The request was not completed; please try again.',
      path: ['syncJob'],
      extensions: { code: 'INTERNAL' },
    },
  ]);
});

test('a subgraph that is down leaves null and a sentence without addresses', async () => {
  const { 'health-data': healthData } = world.small.servers;
  await healthData.stop();
  const { status, body } = await world.post({ query: ATHLETE, variables: { id: ANNA } });
  expect(status).toBe(200);
  expect(body).toEqual({
    data: { athlete: { displayName: 'Anna', sleep: null, readiness: { score: 70 } } },
    errors: [{ message: 'health-data is not answering right now', extensions: { code: 'UNAVAILABLE' } }],
  });
  const ready = await fetch(world.url.replace('/graphql', '/health/ready'));
  expect(await ready.json()).toEqual({
    status: 'degraded',
    checks: { connections: 'ok', 'health-data': 'degraded', insights: 'ok', keys: 'ok' },
  });
  await healthData.start();
  expect((await world.post({ query: ATHLETE, variables: { id: ANNA } })).body.errors).toBeUndefined();
});

test('a wrong document or variable is a 200 for plain JSON clients and a 400 for GraphQL ones', async () => {
  for (const query of ['{ nothing }', '{', 'query($id: ID!) { athlete(id: $id) { id } }']) {
    const plain = await world.post({ query }, { accept: 'application/json' });
    expect([plain.status, plain.body.errors[0].extensions.code]).toEqual([200, 'BAD_USER_INPUT']);
    const strict = await world.post({ query }, { accept: 'application/graphql-response+json' });
    expect(strict.status).toBe(400);
  }
  expect((await world.post({ variables: {} }, { accept: 'application/json' })).status).toBe(400);
  expect((await world.post('{not json', { accept: 'application/json' })).status).toBe(400);
});

test('limits hold before anything is planned', async () => {
  const { status, body } = await world.post({ query: `{ ${'a: readinessAlgorithm '.repeat(40)} }` });
  expect(status).toBe(400);
  expect(body.errors[0]).toMatchObject({
    extensions: { code: 'OPERATION_TOO_COMPLEX' },
    message: expect.stringContaining('"aliases" of 30'),
  });
  const large = await fetch(world.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: ' '.repeat(70_000) }),
  });
  expect(large.status).toBe(413);
});

test('a request that a foreign page could send without asking is refused', async () => {
  const simple = await fetch(`${world.url}?query=${encodeURIComponent('{ readinessAlgorithm }')}`);
  expect(simple.status).toBe(400);
  const asked = await fetch(`${world.url}?query=${encodeURIComponent('{ readinessAlgorithm }')}`, {
    headers: { 'apollo-require-preflight': '1' },
  });
  expect(await asked.json()).toEqual({ data: { readinessAlgorithm: 'test/1' } });
});

test('a subscription over HTTP is told where to go', async () => {
  const { body } = await world.post({ query: `subscription { teamReadinessChanged(teamId: "${TEAM}") { cursor } }` });
  expect(body.errors[0]).toMatchObject({
    extensions: { code: 'BAD_USER_INPUT' },
    message: expect.stringContaining('WebSocket'),
  });
});

test('introspection answers in development, with a query as deep as an IDE sends', async () => {
  const { getIntrospectionQuery } = await import('graphql');
  const { body } = await world.post({ query: getIntrospectionQuery() });
  expect(body.errors).toBeUndefined();
  expect(body.data.__schema.subscriptionType.name).toBe('Subscription');
});
