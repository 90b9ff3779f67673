import { createSession, SIGNED_OUT_SENTENCES } from './session.ts';
import type { AuthAnswer, AuthClient } from './sign-in/auth-client.ts';

const MINUTE_MS = 60_000;

function tokens(name: string, lifeMs = 10 * MINUTE_MS) {
  const expiresAt = new Date(Date.now() + lifeMs).toISOString();
  return { accessToken: `access ${name}`, refreshToken: `refresh ${name}`, expiresAt };
}

/** A session over a server that answers from a list, and a tab's storage. */
function opened({ answers, kept }: { answers: AuthAnswer[]; kept?: string }) {
  const stored = new Map<string, string>();
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
  };
  if (kept !== undefined) storage.setItem('athlete-ally.refresh-token', kept);
  const asked: string[] = [];
  const auth = {
    refresh: async (refreshToken: string) => {
      asked.push(refreshToken);
      return answers.shift() ?? { kind: 'unreachable' };
    },
  } as unknown as AuthClient;
  return { session: createSession({ auth, storage }), asked, stored };
}

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test('a tab without a refresh token is signed out and says nothing about it', async () => {
  const { session, asked } = opened({ answers: [] });
  await session.restore();
  expect([session.state(), asked]).toEqual([{ kind: 'signed-out', because: null }, []]);
});

test('a reload carries on with the kept refresh token and keeps the rotated one', async () => {
  const { session, stored } = opened({ answers: [{ kind: 'tokens', tokens: tokens('2') }], kept: 'refresh 1' });
  await session.restore();
  expect([session.state().kind, await session.accessToken(), [...stored.values()]]).toEqual([
    'signed-in',
    'access 2',
    ['refresh 2'],
  ]);
});

test('many who need a fresh token at once share one rotation', async () => {
  const { session, asked } = opened({ answers: [{ kind: 'tokens', tokens: tokens('2') }] });
  session.start(tokens('1', 1_000));
  const got = await Promise.all([session.accessToken(), session.accessToken(), session.refresh()]);
  expect([got, asked]).toEqual([['access 2', 'access 2', 'access 2'], ['refresh 1']]);
});

test('the token is rotated a minute before it ends, and whoever listens is told', async () => {
  const { session, asked } = opened({ answers: [{ kind: 'tokens', tokens: tokens('2', 20 * MINUTE_MS) }] });
  const told: string[] = [];
  session.start(tokens('1'));
  session.onToken((accessToken) => told.push(accessToken));
  await jest.advanceTimersByTimeAsync(9 * MINUTE_MS - 1);
  expect(asked).toEqual([]);
  await jest.advanceTimersByTimeAsync(1);
  expect([asked, told]).toEqual([['refresh 1'], ['access 2']]);
});

test.each([
  ['cannot be reached', { kind: 'unreachable' }],
  ['asks to wait', { kind: 'refused', code: 'RATE_LIMITED', sentence: 'Too many tries.' }],
] as const)('a server that %s does not sign anybody out; it is asked again', async (_name, first) => {
  const { session, asked } = opened({
    answers: [first, { kind: 'tokens', tokens: tokens('2') }],
    kept: 'refresh 1',
  });
  await session.restore();
  expect(session.state().kind).toBe('restoring');
  await jest.advanceTimersByTimeAsync(5_000);
  expect([session.state().kind, asked]).toEqual(['signed-in', ['refresh 1', 'refresh 1']]);
});

test.each([
  ['UNAUTHENTICATED', SIGNED_OUT_SENTENCES.expired],
  ['SESSION_IDLE', SIGNED_OUT_SENTENCES.idle],
])('a refusal with %s ends the session with a sentence and forgets the token', async (code, because) => {
  const { session, stored } = opened({ answers: [{ kind: 'refused', code, sentence: 'no' }], kept: 'refresh 1' });
  await session.restore();
  expect([session.state(), stored.size]).toEqual([{ kind: 'signed-out', because }, 0]);
});

test('an answer that arrives after signing out does not sign in again', async () => {
  const { session } = opened({ answers: [{ kind: 'tokens', tokens: tokens('2') }] });
  session.start(tokens('1'));
  const refreshing = session.refresh();
  session.end(null);
  expect(await refreshing).toBeNull();
  expect(session.state().kind).toBe('signed-out');
});
