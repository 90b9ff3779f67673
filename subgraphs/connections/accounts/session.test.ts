import { publicError } from '#platform/errors';
import { createPasswords } from './password.ts';
import { PASSWORD, startPeople, statementsOf, type People, type Person } from './people.test-support.ts';
import { stateOf, type SessionState } from './session.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe('a session, looked at', () => {
  const now = new Date('2025-03-01T12:00:00Z');
  const before = (ms: number): Date => new Date(now.getTime() - ms);
  const live: SessionState = {
    role: 'COACH',
    lastActivityAt: before(0),
    endsAt: before(-HOUR_MS),
    endedAt: null,
    endReason: null,
  };

  test.each<[string, Partial<SessionState>, ReturnType<typeof stateOf>]>([
    ['a coach who was active 899 s ago', { lastActivityAt: before(899_000) }, 'LIVE'],
    ['a coach who was active 900 s ago', { lastActivityAt: before(900_000) }, 'IDLE'],
    ['an athlete who was active a day ago', { role: 'ATHLETE', lastActivityAt: before(24 * HOUR_MS) }, 'LIVE'],
    ['one that ends a millisecond from now', { endsAt: before(-1) }, 'LIVE'],
    ['one that ends now', { endsAt: now }, 'EXPIRED'],
    ['an idle one whose end has come too', { endsAt: now, lastActivityAt: before(901_000) }, 'EXPIRED'],
    ['one that was ended', { endedAt: before(1), endReason: 'LOGOUT' }, 'ENDED'],
  ])('%s', (_name, changes, state) => {
    expect(stateOf({ ...live, ...changes }, now)).toBe(state);
  });
});

describe('sessions of people', () => {
  let people: People;
  beforeAll(async () => {
    people = await startPeople();
  });
  afterAll(() => people.stop());

  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'OK',
      (error: unknown) => publicError(error).code,
    );
  const check = (person: Person, isActivity = false): Promise<string> =>
    codeOf(people.sessions.check({ sessionId: person.sessionId, isActivity }));
  const rowOf = async (person: Person) =>
    (
      await people.database.query<{
        ended_at: Date | null;
        end_reason: string | null;
        last_activity_at: Date;
        ends_at: Date;
        signed_in_at: Date;
      }>('select * from connections.session where id = $1', [person.sessionId])
    )[0];
  const announcedEnds = async (person: Person) => {
    await people.settle();
    return people.heard.filter(({ body }) => body.sessionId === person.sessionId).map(({ body }) => body);
  };

  test('an athlete who registers is an athlete with data keys and a name, and may sign in', async () => {
    const athlete = await people.athlete({ displayName: 'Ada', email: 'Ada@Example.org' });
    const keys = await people.database.query<{ kind: string }>(
      'select kind from connections.data_key where athlete_id = $1 order by kind',
      [athlete.athleteId],
    );
    expect(keys.map((key) => key.kind)).toEqual(['payload', 'token']);
    const { data } = await people.ask(
      athlete.viewer,
      '{ viewer { email role displayName athlete { id displayName timeZone } teams { id } } }',
    );
    expect(data.viewer).toEqual({
      email: 'Ada@Example.org',
      role: 'ATHLETE',
      displayName: 'Ada',
      athlete: { id: athlete.athleteId, displayName: 'Ada', timeZone: 'Europe/Berlin' },
      teams: [],
    });
    await expect(people.signIn.login({ email: ' ada@example.ORG ', password: PASSWORD })).resolves.toMatchObject({
      accessToken: expect.any(String),
    });
  });

  test('a coach who registers is no athlete', async () => {
    const coach = await people.coach();
    expect(coach.viewer.athleteId).toBeNull();
    const { data } = await people.ask(coach.viewer, '{ viewer { role athlete { id } } }');
    expect(data.viewer).toEqual({ role: 'COACH', athlete: null });
  });

  test('an address is registered once, however it is written, and a refused registration leaves nothing behind', async () => {
    await people.athlete({ email: 'once@example.org' });
    const before = await people.database.query('select 1 from connections.athlete');
    expect(await codeOf(people.athlete({ email: 'ONCE@example.org' }))).toBe('CONFLICT');
    expect(await people.database.query('select 1 from connections.athlete')).toHaveLength(before.length);
  });

  test('an ADMIN, a short password or an unknown zone cannot be registered', async () => {
    const register = (changes: Record<string, string>) =>
      people.ask(people.anonymous, 'mutation($input: RegisterInput!) { register(input: $input) { accessToken } }', {
        input: {
          email: 'no@example.org',
          password: PASSWORD,
          displayName: 'No',
          timeZone: 'UTC',
          role: 'COACH',
          ...changes,
        },
      });
    for (const changes of [
      { role: 'ADMIN' },
      { password: 'short' },
      { timeZone: '+01:00' },
      { displayName: '' },
      { email: 'no' },
    ]) {
      expect((await register(changes)).codes).toEqual(['BAD_USER_INPUT']);
    }
    expect((await register({})).codes).toEqual([]);
  });

  test('a wrong password, an unknown address and a thing that is no address are refused alike', async () => {
    const athlete = await people.athlete();
    const refusals = await Promise.all(
      [athlete.email, 'nobody@example.org', 'a\u0000@example.org', ''].map((email) =>
        people.ask(people.anonymous, 'mutation($i: LoginInput!) { login(input: $i) { accessToken } }', {
          i: { email, password: 'not the password' },
        }),
      ),
    );
    expect(new Set(refusals.map((refusal) => JSON.stringify([refusal.codes, refusal.messages]))).size).toBe(1);
    expect(refusals[0]?.codes).toEqual(['UNAUTHENTICATED']);
  });

  test('a password stored at an older cost is stored anew at the next sign-in', async () => {
    const athlete = await people.athlete();
    const old = await createPasswords({ cost: { logN: 9, r: 8, p: 1 } }).hash(PASSWORD);
    await people.database.query('update connections.account set password_hash = $2 where id = $1', [
      athlete.accountId,
      old,
    ]);
    await people.signIn.login({ email: athlete.email, password: PASSWORD });
    const [row] = await people.database.query<{ password_hash: string }>(
      'select password_hash from connections.account where id = $1',
      [athlete.accountId],
    );
    expect(row?.password_hash).toMatch(/^\$scrypt\$ln=10,/);
    await expect(people.signIn.login({ email: athlete.email, password: PASSWORD })).resolves.toBeDefined();
  });

  test('a refresh token works once, and each answer brings the next', async () => {
    const athlete = await people.athlete();
    const second = await people.sessions.refresh(athlete.refreshToken);
    const third = await people.sessions.refresh(second.refreshToken);
    expect(new Set([athlete.refreshToken, second.refreshToken, third.refreshToken]).size).toBe(3);
    expect(await check(athlete)).toBe('OK');
    expect(await announcedEnds(athlete)).toEqual([]);
  });

  test('a used refresh token ends the session with everything of it, and that is told', async () => {
    const athlete = await people.athlete();
    const second = await people.sessions.refresh(athlete.refreshToken);
    expect(await codeOf(people.sessions.refresh(athlete.refreshToken))).toBe('UNAUTHENTICATED');
    expect(await codeOf(people.sessions.refresh(second.refreshToken))).toBe('UNAUTHENTICATED');
    expect(await check(athlete)).toBe('UNAUTHENTICATED');
    expect((await rowOf(athlete))?.end_reason).toBe('REUSED');
    expect(await announcedEnds(athlete)).toEqual([{ accountId: athlete.accountId, sessionId: athlete.sessionId }]);
  });

  test('of twenty refreshes with one token at once, one wins and the session ends', async () => {
    const athlete = await people.athlete();
    const codes = await Promise.all(
      Array.from({ length: 20 }, () => codeOf(people.sessions.refresh(athlete.refreshToken))),
    );
    expect(codes.filter((code) => code === 'OK')).toHaveLength(1);
    expect(await check(athlete)).toBe('UNAUTHENTICATED');
    expect(await announcedEnds(athlete)).toHaveLength(1);
  });

  test('a refresh token nobody gave out is refused', async () => {
    expect(await codeOf(people.sessions.refresh('nobody'))).toBe('UNAUTHENTICATED');
  });

  test('logging out ends the session at once and is told once', async () => {
    const coach = await people.coach();
    expect((await people.ask(coach.viewer, 'mutation { logout }')).data).toEqual({ logout: true });
    await people.ask(coach.viewer, 'mutation { logout }');
    expect(await check(coach)).toBe('UNAUTHENTICATED');
    expect(await codeOf(people.sessions.refresh(coach.refreshToken))).toBe('UNAUTHENTICATED');
    expect(await announcedEnds(coach)).toHaveLength(1);
  });

  test('logging out of one session leaves the others of the account', async () => {
    const coach = await people.coach();
    const other = await people.signIn.login({ email: coach.email, password: PASSWORD });
    await people.sessions.logout(coach);
    await expect(people.sessions.refresh(other.refreshToken)).resolves.toBeDefined();
  });

  test('a coach is signed out after 900 s without activity, for checks and refreshes alike, and that is told once', async () => {
    const coach = await people.coach();
    people.moveClock(899_000 - 1_000);
    expect(await check(coach)).toBe('OK');
    people.moveClock(3_000);
    expect(await check(coach)).toBe('SESSION_IDLE');
    expect(await check(coach, true)).toBe('SESSION_IDLE');
    expect(await codeOf(people.sessions.refresh(coach.refreshToken))).toBe('SESSION_IDLE');
    expect((await rowOf(coach))?.end_reason).toBe('IDLE');
    expect(await announcedEnds(coach)).toHaveLength(1);
  });

  test('a refresh finds the idle coach too', async () => {
    const coach = await people.coach();
    people.moveClock(901_000);
    expect(await codeOf(people.sessions.refresh(coach.refreshToken))).toBe('SESSION_IDLE');
    expect((await rowOf(coach))?.end_reason).toBe('IDLE');
    expect(await announcedEnds(coach)).toHaveLength(1);
  });

  test('activity keeps a coach signed in; refreshing and looking do not', async () => {
    const [active, passive] = [await people.coach(), await people.coach()];
    let refreshToken = passive.refreshToken;
    for (let minute = 0; minute < 20; minute += 5) {
      people.moveClock(5 * MINUTE_MS - 30_000);
      expect(await check(active, true)).toBe('OK');
      if (minute < 15) {
        expect(await check(passive, false)).toBe('OK');
        ({ refreshToken } = await people.sessions.refresh(refreshToken));
      }
    }
    expect(await check(passive, true)).toBe('SESSION_IDLE');
    expect(await check(active, true)).toBe('OK');
  });

  test('activity is written down every 15 s at most', async () => {
    const coach = await people.coach();
    const first = (await rowOf(coach))?.last_activity_at;
    people.moveClock(10_000);
    await check(coach, true);
    expect((await rowOf(coach))?.last_activity_at).toEqual(first);
    people.moveClock(6_000);
    await check(coach, false);
    expect((await rowOf(coach))?.last_activity_at).toEqual(first);
    await check(coach, true);
    expect((await rowOf(coach))?.last_activity_at.getTime()).toBeGreaterThan((first as Date).getTime() + 15_000);
  });

  test('activity brings no ended session back', async () => {
    const coach = await people.coach();
    await people.sessions.logout(coach);
    people.moveClock(60_000);
    expect(await check(coach, true)).toBe('UNAUTHENTICATED');
    const row = await rowOf(coach);
    expect(row?.last_activity_at).toEqual(row?.signed_in_at);
  });

  test('a coach’s session ends after 12 hours and an athlete’s after 30 days, whatever they do', async () => {
    const [coach, athlete] = [await people.coach(), await people.athlete()];
    let refreshToken = athlete.refreshToken;
    for (let past = 0; past < 12 * 60; past += 10) {
      expect(await check(coach, true)).toBe('OK');
      people.moveClock(10 * MINUTE_MS);
    }
    expect(await check(coach, true)).toBe('UNAUTHENTICATED');
    expect(await codeOf(people.sessions.refresh(coach.refreshToken))).toBe('UNAUTHENTICATED');
    people.moveClock(29 * 24 * HOUR_MS);
    expect(await check(athlete)).toBe('OK');
    ({ refreshToken } = await people.sessions.refresh(refreshToken));
    people.moveClock(13 * HOUR_MS);
    expect(await check(athlete)).toBe('UNAUTHENTICATED');
    expect(await codeOf(people.sessions.refresh(refreshToken))).toBe('UNAUTHENTICATED');
  });

  test.each(['', 'x', '00000000-0000-4000-8000-000000000000'])('the session %p is nobody’s', async (sessionId) => {
    expect(await codeOf(people.sessions.check({ sessionId, isActivity: true }))).toBe('UNAUTHENTICATED');
  });

  test('the database holds no token and no password', async () => {
    const athlete = await people.athlete();
    const [account] = await people.database.query<{ password_hash: string }>(
      'select * from connections.account where id = $1',
      [athlete.accountId],
    );
    const tokens = await people.database.query(
      'select encode(hash, $2) as hash from connections.refresh_token where session_id = $1',
      [athlete.sessionId, 'escape'],
    );
    expect(JSON.stringify([account, tokens])).not.toContain(athlete.refreshToken);
    expect(JSON.stringify([account, tokens])).not.toContain(PASSWORD);
  });

  test('a session is checked by one statement', async () => {
    const coach = await people.coach();
    people.moveClock(20_000);
    expect(await statementsOf(people, () => check(coach, true))).toHaveLength(1);
  });
});
