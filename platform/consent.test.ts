import { createDatabase, type TestDatabase } from '../tests/support/database.ts';
import { createAccessReader, decide, mayKnow, type Access, type AccessReader } from './consent.ts';
import type { Database } from './database.ts';
import { newId } from './ids.ts';
import type { Viewer } from './identity.ts';

const AT = new Date('2026-11-20T10:00:00Z');
const coachAccess = (grants: Partial<Access['grants'][number]>[]): Access => ({
  athleteId: 'a1',
  timeZone: 'Europe/Helsinki',
  relation: 'coach',
  grants: grants.map((grant) => ({ teamId: 't1', signal: 'HRV', since: '2026-11-10', until: null, ...grant })),
});

describe('decide', () => {
  it('refuses whoever has nothing to do with the athlete, as if the athlete were not there', () => {
    expect(decide({ access: undefined, signal: 'HRV', at: AT })).toEqual({ allowed: false, reason: 'NOT_FOUND' });
    const stranger: Access = { ...coachAccess([{}]), relation: 'none' };
    expect(decide({ access: stranger, signal: 'HRV', at: AT })).toEqual({ allowed: false, reason: 'NOT_FOUND' });
    expect(mayKnow(stranger)).toBe(false);
  });

  it('lets athletes read all of their own, from the first day', () => {
    const self: Access = { ...coachAccess([]), relation: 'self' };
    expect(decide({ access: self, signal: 'SLEEP', on: '2001-01-01', at: AT })).toEqual({ allowed: true, since: null });
  });

  it('gives a coach nothing by default', () => {
    expect(decide({ access: coachAccess([]), signal: 'HRV', at: AT })).toEqual({
      allowed: false,
      reason: 'NOT_SHARED',
    });
  });

  it('gives a coach one signal and not its neighbours', () => {
    const access = coachAccess([{ signal: 'HRV' }]);
    expect(decide({ access, signal: 'HRV', at: AT })).toEqual({ allowed: true, since: '2026-11-10' });
    for (const signal of [
      'RESTING_HEART_RATE',
      'SLEEP',
      'HEART_RATE',
      'TRAINING',
      'STEPS',
      'VITALS',
      'CHECK_IN',
    ] as const) {
      expect(decide({ access, signal, at: AT }).allowed).toBe(false);
    }
  });

  it.each([
    ['2026-11-09', false],
    ['2026-11-10', true],
    ['2026-11-11', true],
  ])('shares from the first day on: %s is %s', (on, allowed) => {
    expect(decide({ access: coachAccess([{}]), signal: 'HRV', on, at: AT }).allowed).toBe(allowed);
  });

  it('ends at the instant a grant names, not a moment later', () => {
    const until = new Date(AT.getTime() + 1);
    expect(decide({ access: coachAccess([{ until }]), signal: 'HRV', at: AT }).allowed).toBe(true);
    expect(decide({ access: coachAccess([{ until: AT }]), signal: 'HRV', at: AT }).allowed).toBe(false);
  });

  it('takes the widest of several grants that hold', () => {
    const access = coachAccess([
      { since: '2026-11-12' },
      { teamId: 't2', since: '2026-11-01' },
      { teamId: 't3', since: '2026-10-01', until: AT },
    ]);
    expect(decide({ access, signal: 'HRV', at: AT })).toEqual({ allowed: true, since: '2026-11-01' });
  });
});

describe('reading consent', () => {
  let database: TestDatabase;
  let db: Database;
  let reader: AccessReader;
  const ids = Object.fromEntries(
    ['coach', 'otherCoach', 'admin', 'annaAccount', 'benAccount', 'anna', 'ben', 'team', 'otherTeam'].map((name) => [
      name,
      newId(),
    ]),
  ) as Record<
    'coach' | 'otherCoach' | 'admin' | 'annaAccount' | 'benAccount' | 'anna' | 'ben' | 'team' | 'otherTeam',
    string
  >;
  const account = (
    accountId: string,
    role: 'ATHLETE' | 'COACH' | 'ADMIN',
    athleteId: string | null = null,
  ): Viewer => ({
    kind: 'account',
    accountId,
    sessionId: newId(),
    role,
    athleteId,
  });

  beforeAll(async () => {
    database = await createDatabase();
    db = await database.open('insights');
    reader = createAccessReader({ db, clock: { now: () => AT } });
    for (const [id, role] of [
      [ids.coach, 'COACH'],
      [ids.otherCoach, 'COACH'],
      [ids.admin, 'ADMIN'],
      [ids.annaAccount, 'ATHLETE'],
      [ids.benAccount, 'ATHLETE'],
    ]) {
      await database.query(
        `insert into connections.account (id, email, password_hash, display_name, role, created_at) values ($1::uuid, $1::text, 'x', 'x', $2, $3)`,
        [id, role, AT],
      );
    }
    for (const [id, accountId] of [
      [ids.anna, ids.annaAccount],
      [ids.ben, ids.benAccount],
    ]) {
      await database.query(
        `insert into connections.athlete (id, account_id, display_name, time_zone) values ($1, $2, 'x', 'Europe/Helsinki')`,
        [id, accountId],
      );
    }
    for (const [team, coach] of [
      [ids.team, ids.coach],
      [ids.otherTeam, ids.otherCoach],
    ]) {
      await database.query(`insert into connections.team (id, name, created_at) values ($1, 'x', $2)`, [team, AT]);
      await database.query(`insert into connections.team_coach (team_id, account_id, joined_at) values ($1, $2, $3)`, [
        team,
        coach,
        AT,
      ]);
    }
  });
  afterAll(() => database.drop());
  beforeEach(() => database.query('truncate connections.membership, connections.consent'));

  const join = (team: string, athlete: string, leftAt: Date | null = null) =>
    database.query(
      'insert into connections.membership (team_id, athlete_id, joined_at, left_at) values ($1, $2, $3, $4)',
      [team, athlete, AT, leftAt],
    );
  const grant = (team: string, athlete: string, signal: string, more: { until?: Date; withdrawnAt?: Date } = {}) =>
    database.query(
      `insert into connections.consent (athlete_id, team_id, signal, since, until, granted_at, withdrawn_at, epoch)
       values ($1, $2, $3, '2026-11-10', $4, $5, $6, 1)`,
      [athlete, team, signal, more.until ?? null, AT, more.withdrawnAt ?? null],
    );
  const asked = async (viewer: Viewer, teamId: string | null = null) =>
    reader.forViewer({ viewer, athleteIds: [ids.anna, ids.ben], teamId });
  const signalsOf = (access: Access | undefined) => access?.grants.map(({ signal }) => signal).sort();

  it('knows athletes as themselves', async () => {
    const access = await asked(account(ids.annaAccount, 'ATHLETE', ids.anna));
    expect(access.get(ids.anna)?.relation).toBe('self');
    expect(access.get(ids.ben)?.relation).toBe('none');
  });

  it('gives a coach what was granted to the team, and nothing granted to another', async () => {
    await join(ids.team, ids.anna);
    await join(ids.otherTeam, ids.anna);
    await grant(ids.team, ids.anna, 'HRV');
    await grant(ids.otherTeam, ids.anna, 'SLEEP');
    expect(signalsOf((await asked(account(ids.coach, 'COACH'))).get(ids.anna))).toEqual(['HRV']);
    expect(signalsOf((await asked(account(ids.otherCoach, 'COACH'))).get(ids.anna))).toEqual(['SLEEP']);
    expect((await asked(account(ids.coach, 'COACH'), ids.otherTeam)).get(ids.anna)?.relation).toBe('none');
  });

  it('shows an admin no athlete', async () => {
    await join(ids.team, ids.anna);
    await grant(ids.team, ids.anna, 'HRV');
    await database.query('insert into connections.team_coach (team_id, account_id, joined_at) values ($1, $2, $3)', [
      ids.team,
      ids.admin,
      AT,
    ]);
    expect((await asked(account(ids.admin, 'ADMIN'))).get(ids.anna)?.relation).toBe('none');
  });

  it('leaves out what is withdrawn or has ended', async () => {
    await join(ids.team, ids.anna);
    await grant(ids.team, ids.anna, 'HRV', { withdrawnAt: AT });
    await grant(ids.team, ids.anna, 'SLEEP', { until: AT });
    await grant(ids.team, ids.anna, 'STEPS', { until: new Date(AT.getTime() + 1000) });
    expect(signalsOf((await asked(account(ids.coach, 'COACH'))).get(ids.anna))).toEqual(['STEPS']);
  });

  it('ends with the membership', async () => {
    await join(ids.team, ids.anna, AT);
    await grant(ids.team, ids.anna, 'HRV');
    expect((await asked(account(ids.coach, 'COACH'))).get(ids.anna)?.relation).toBe('none');
  });

  it('answers a shared team stream with that team only, and a stranger with nothing', async () => {
    await join(ids.team, ids.anna);
    await join(ids.otherTeam, ids.ben);
    await grant(ids.team, ids.anna, 'HRV');
    await grant(ids.otherTeam, ids.ben, 'HRV');
    const stream = await asked({ kind: 'team', teamId: ids.team });
    expect([...stream.keys()]).toEqual([ids.anna]);
    expect((await asked({ kind: 'anonymous' })).size).toBe(0);
  });

  it('reads one live event for all its teams by one query', async () => {
    await join(ids.team, ids.anna);
    await join(ids.otherTeam, ids.anna);
    await grant(ids.team, ids.anna, 'HRV');
    let queries = 0;
    const counting = createAccessReader({
      db: { query: (sql: string, parameters?: unknown[]) => ((queries += 1), db.query(sql, parameters)) } as Database,
      clock: { now: () => AT },
    });
    const access = await counting.forTeams({ teamIds: [ids.team, ids.otherTeam], athleteIds: [ids.anna] });
    expect(queries).toBe(1);
    expect(signalsOf(access.get(`${ids.team}/${ids.anna}`))).toEqual(['HRV']);
    expect(signalsOf(access.get(`${ids.otherTeam}/${ids.anna}`))).toEqual([]);
  });

  it('takes malformed ids for unknown ones', async () => {
    const viewer = account(ids.coach, 'COACH');
    expect((await reader.forViewer({ viewer, athleteIds: ["' or 1=1 --"], teamId: null })).size).toBe(0);
    expect((await reader.forViewer({ viewer, athleteIds: [ids.anna], teamId: 'x' })).size).toBe(0);
  });
});
