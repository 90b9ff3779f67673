import { randomBytes } from 'node:crypto';
import { ANONYMOUS, ASSERTION_HEADER, signAssertion } from '#platform/identity';
import { createHttpServer } from '#platform/http';
import { createLogger } from '#platform/log';
import { startPeople, type Json, type People } from './people.test-support.ts';
import { addSessionRoutes } from './session-routes.ts';

const assertionKey = randomBytes(32);
const server = createHttpServer({ log: createLogger({ name: 'test', level: 'silent' }) });
let people: People;
let url = '';

beforeAll(async () => {
  people = await startPeople();
  addSessionRoutes(server, { assertionKey, tokens: people.tokens, sessions: people.sessions });
  url = await server.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await server.close();
  await people.stop();
});

async function askSession(
  question: unknown,
  options: { key?: Buffer; signed?: string } = {},
): Promise<{ status: number; body: Json; type: string | null }> {
  const body = JSON.stringify(question);
  const assertion = signAssertion({
    key: options.key ?? assertionKey,
    viewer: ANONYMOUS,
    requestId: 'r',
    body: options.signed ?? body,
  });
  const answer = await fetch(`${url}/internal/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [ASSERTION_HEADER]: assertion },
    body,
  });
  return { status: answer.status, body: await answer.json(), type: answer.headers.get('content-type') };
}

test('the gateway learns who stands behind a live session', async () => {
  const athlete = await people.athlete();
  const { status, body } = await askSession({ sessionId: athlete.sessionId, isActivity: true });
  expect(status).toBe(200);
  expect(body).toEqual({
    accountId: athlete.accountId,
    sessionId: athlete.sessionId,
    role: 'ATHLETE',
    athleteId: athlete.athleteId,
  });
});

test('a coach has no athlete id', async () => {
  const coach = await people.coach();
  expect((await askSession({ sessionId: coach.sessionId, isActivity: false })).body).toMatchObject({
    role: 'COACH',
    athleteId: null,
  });
});

test('an ended session and an idle one are told apart by their code', async () => {
  const [ended, idle] = [await people.athlete(), await people.coach()];
  await people.sessions.logout(ended);
  expect(await askSession({ sessionId: ended.sessionId, isActivity: true })).toMatchObject({
    status: 401,
    type: expect.stringContaining('application/problem+json'),
    body: { code: 'unauthenticated' },
  });
  people.moveClock(901_000);
  expect(await askSession({ sessionId: idle.sessionId, isActivity: true })).toMatchObject({
    status: 401,
    body: { code: 'session_idle' },
  });
});

test('only the gateway is answered, and only for the body it signed', async () => {
  const { sessionId } = await people.coach();
  const question = { sessionId, isActivity: true };
  expect((await askSession(question, { key: randomBytes(32) })).status).toBe(401);
  expect((await askSession(question, { signed: JSON.stringify({ sessionId, isActivity: false }) })).status).toBe(401);
  const unsigned = await fetch(`${url}/internal/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(question),
  });
  expect(unsigned.status).toBe(401);
});

test('a question of another form is refused', async () => {
  expect(await askSession({ sessionId: 7 })).toMatchObject({ status: 400, body: { code: 'bad_user_input' } });
});

test('the public keys are for anybody', async () => {
  await people.coach();
  const answer = await fetch(`${url}/internal/jwks`);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({
    keys: [expect.objectContaining({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA' })],
  });
});
