import {
  CHANGES,
  createPlanRig,
  IMPORT,
  INTERVALS,
  MORNING,
  of,
  PLAN,
  REMOVE,
  SAVE,
  SESSION,
  SUGGESTION,
  TODAY,
  type Athlete,
  type PlanRig,
  type Plans,
  type ShownSession,
} from './plan.test-support.ts';

let rig: PlanRig;
beforeAll(async () => {
  rig = await createPlanRig();
});
afterAll(() => rig.close());
beforeEach(() => void (rig.now = MORNING));

const ALL = ['HRV', 'RESTING_HEART_RATE', 'SLEEP', 'TRAINING'];
type Viewer = PlanRig['coach'];
interface Saved {
  saveScheduledSession: ShownSession;
}
interface Imported {
  importScheduledSessions: ShownSession[];
}

const save = (viewer: Viewer, input: object) => rig.ask<Saved>(viewer, SAVE, { input });
const planOf = async (viewer: Viewer, athlete: Athlete) =>
  (await rig.ask<Plans>(viewer, PLAN, of(athlete))).data._entities[0]?.plan ?? null;

async function planned(athlete: Athlete, by: Viewer, more: object = {}): Promise<ShownSession> {
  const { data, messages } = await save(by, { athleteId: athlete.id, ...INTERVALS, ...more });
  expect(messages).toEqual([]);
  return data.saveScheduledSession;
}

describe('who may see and write a plan', () => {
  it('the athlete and a coach with TRAINING write the same plan, and each sees who changed what', async () => {
    const athlete = await rig.addAthlete(ALL);
    const { id } = await planned(athlete, rig.coach);
    const edited = await save(athlete.viewer, {
      ...INTERVALS,
      id,
      version: 1,
      date: '2026-11-22',
      notes: ' On the track ',
    });
    expect(edited.data.saveScheduledSession).toMatchObject({ version: 2, date: '2026-11-22', notes: 'On the track' });
    for (const viewer of [athlete.viewer, rig.coach]) {
      const [session] = (await planOf(viewer, athlete)) ?? [];
      expect(session?.changes).toMatchObject([
        { version: 1, action: 'CREATED', by: 'COACH', fields: [] },
        {
          version: 2,
          action: 'CHANGED',
          by: 'ATHLETE',
          fields: [
            { field: 'date', from: TODAY, to: '2026-11-22' },
            { field: 'notes', from: null, to: 'On the track' },
          ],
        },
      ]);
    }
  });

  it('a coach without TRAINING gets null for the plan and NOT_FOUND for its ids, as a stranger does', async () => {
    const athlete = await rig.addAthlete(['HRV', 'SLEEP']);
    const stranger = await rig.addStranger();
    const { id } = await planned(athlete, athlete.viewer);
    for (const viewer of [rig.coach, stranger]) {
      expect(await planOf(viewer, athlete)).toBeNull();
      expect((await save(viewer, { ...INTERVALS, id, version: 1, minutes: 10 })).codes).toEqual(['NOT_FOUND']);
      expect((await rig.ask(viewer, REMOVE, { id })).codes).toEqual(['NOT_FOUND']);
      expect((await save(viewer, { ...INTERVALS, athleteId: athlete.id })).codes).toEqual(['NOT_FOUND']);
    }
    const unknown = await rig.ask(rig.coach, REMOVE, { id: '0193a000-0000-7000-8000-0000000000ff' });
    expect(unknown.messages).toEqual((await rig.ask(rig.coach, REMOVE, { id })).messages);
    expect(await planOf(athlete.viewer, athlete)).toHaveLength(1);
  });

  it('another athlete sees and changes nothing of it', async () => {
    const [athlete, other] = [await rig.addAthlete(ALL), await rig.addAthlete(ALL)];
    const { id } = await planned(athlete, athlete.viewer);
    expect(await planOf(other.viewer, athlete)).toBeNull();
    expect((await save(other.viewer, { ...INTERVALS, id, version: 1, minutes: 10 })).codes).toEqual(['NOT_FOUND']);
    expect((await save(other.viewer, { ...INTERVALS, athleteId: athlete.id })).codes).toEqual(['NOT_FOUND']);
  });

  it('a withdrawal closes the plan at once, to reading and to writing', async () => {
    const athlete = await rig.addAthlete(ALL);
    const { id } = await planned(athlete, rig.coach);
    await rig.database.query(`delete from connections.consent where athlete_id = $1 and signal = 'TRAINING'`, [
      athlete.id,
    ]);
    expect(await planOf(rig.coach, athlete)).toBeNull();
    expect((await rig.ask(rig.coach, REMOVE, { id })).codes).toEqual(['NOT_FOUND']);
  });

  it('a coach sees no day before the grant, in no list and in no history, and plans none', async () => {
    const athlete = await rig.addAthlete(ALL, '2026-11-20');
    const { id } = await planned(athlete, athlete.viewer, { date: '2026-11-18' });
    expect(await planOf(rig.coach, athlete)).toEqual([]);
    expect((await rig.ask(rig.coach, REMOVE, { id })).codes).toEqual(['NOT_FOUND']);
    expect((await save(rig.coach, { ...INTERVALS, athleteId: athlete.id, date: '2026-11-19' })).codes).toEqual([
      'BAD_USER_INPUT',
    ]);
    await save(athlete.viewer, { ...INTERVALS, id, version: 1, date: '2026-11-21', minutes: 50 });
    const [moved] = (await planOf(rig.coach, athlete)) ?? [];
    expect(moved?.changes).toMatchObject([{ version: 2, fields: [] }]);
    expect(JSON.stringify(moved)).not.toContain('2026-11-18');
  });

  it('what a coach writes stands in the access log of the athlete', async () => {
    const athlete = await rig.addAthlete(ALL);
    await planned(athlete, rig.coach);
    await planned(athlete, athlete.viewer);
    const entries = await rig.database.query(
      `select action, signals, purpose from audit.entry where athlete_id = $1 order by id`,
      [athlete.id],
    );
    expect(entries[0]).toEqual({ action: 'WRITE', signals: ['TRAINING'], purpose: 'plan' });
    expect(entries.filter((entry) => (entry as { action: string }).action === 'WRITE')).toHaveLength(1);
  });

  it('only a coach locks a session and allows more of it; an athlete changes the rest and both stay', async () => {
    const athlete = await rig.addAthlete(ALL);
    expect((await save(athlete.viewer, { ...INTERVALS, isLocked: true })).codes).toEqual(['FORBIDDEN']);
    const { id } = await planned(athlete, rig.coach, { isLocked: true, allowsIncrease: true });
    const { data } = await save(athlete.viewer, { ...INTERVALS, id, version: 1, minutes: 60 });
    expect(data.saveScheduledSession).toMatchObject({ minutes: 60, isLocked: true, allowsIncrease: true });
    expect((await save(athlete.viewer, { ...INTERVALS, id, version: 2, isLocked: false })).codes).toEqual([
      'FORBIDDEN',
    ]);
  });
});

describe('two who write at once', () => {
  it('one of two changes to the same version is written, the other is a CONFLICT that names the current one', async () => {
    const athlete = await rig.addAthlete(ALL);
    const { id } = await planned(athlete, rig.coach);
    const answers = await Promise.all([
      save(rig.coach, { ...INTERVALS, id, version: 1, minutes: 90 }),
      save(athlete.viewer, { ...INTERVALS, id, version: 1, minutes: 40 }),
    ]);
    expect(answers.flatMap(({ codes }) => codes)).toEqual(['CONFLICT']);
    expect(answers.flatMap(({ messages }) => messages)[0]).toMatch(/at version 2, and you changed version 1/);
    const [session] = (await planOf(athlete.viewer, athlete)) ?? [];
    expect(session?.version).toBe(2);
    expect(session?.changes).toHaveLength(2);
  });

  it('of ten writers at a time exactly one succeeds per version, and the history holds each success', async () => {
    const athlete = await rig.addAthlete(ALL);
    const { id } = await planned(athlete, athlete.viewer);
    for (let version = 1; version <= 4; version += 1) {
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          save(athlete.viewer, { ...INTERVALS, id, version, minutes: 100 * version + n }),
        ),
      );
      expect(answers.filter(({ codes }) => codes.length === 0)).toHaveLength(1);
      expect(new Set(answers.flatMap(({ codes }) => codes))).toEqual(new Set(['CONFLICT']));
    }
    const [session] = (await planOf(athlete.viewer, athlete)) ?? [];
    expect(session?.changes.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
  });

  it('a change sent twice is one change', async () => {
    const athlete = await rig.addAthlete(ALL);
    const { id } = await planned(athlete, athlete.viewer);
    for (let n = 0; n < 2; n += 1) {
      const { data } = await save(athlete.viewer, { ...INTERVALS, id, version: 1, minutes: 40 });
      expect(data.saveScheduledSession).toMatchObject({ version: 2, minutes: 40 });
    }
  });

  it('a removed session is gone, for changes too, and may be removed again', async () => {
    const athlete = await rig.addAthlete(ALL);
    const { id } = await planned(athlete, athlete.viewer);
    for (let n = 0; n < 2; n += 1) {
      expect((await rig.ask(athlete.viewer, REMOVE, { id })).data).toEqual({ removeScheduledSession: true });
    }
    expect(await planOf(athlete.viewer, athlete)).toEqual([]);
    expect((await save(athlete.viewer, { ...INTERVALS, id, version: 2, minutes: 10 })).codes).toEqual(['NOT_FOUND']);
  });
});

describe('an import', () => {
  const rows = Array.from({ length: 50 }, (_, n) => ({
    ...INTERVALS,
    clientId: `row-${n}`,
    date: `2026-12-${String((n % 20) + 1).padStart(2, '0')}`,
    title: `Session ${n}`,
  }));
  const load = (viewer: Viewer, athlete: Athlete, sessions: object[] = rows) =>
    rig.ask<Imported>(viewer, IMPORT, { input: { athleteId: athlete.id, sessions } });

  it('repeated, even twice at once, makes each session once, and the same number of statements for 1 and for 50', async () => {
    const athlete = await rig.addAthlete(ALL);
    const answers = await Promise.all([load(rig.coach, athlete), load(athlete.viewer, athlete)]);
    const [first, second] = answers.map(({ data }) => data.importScheduledSessions.map(({ id }) => id));
    expect(first).toHaveLength(50);
    expect(second).toEqual(first);
    expect(await planOf(athlete.viewer, athlete)).toHaveLength(50);
    const one = await load(rig.coach, athlete, rows.slice(0, 1));
    expect(one.statements).toHaveLength((await load(rig.coach, athlete)).statements.length);
  });

  it('leaves alone what was changed or removed since', async () => {
    const athlete = await rig.addAthlete(ALL);
    const { data } = await load(athlete.viewer, athlete, rows.slice(0, 3));
    const [changed, removed] = data.importScheduledSessions;
    await save(athlete.viewer, { ...rows[0], clientId: null, id: changed?.id, version: 1, minutes: 30 });
    await rig.ask(athlete.viewer, REMOVE, { id: removed?.id });
    const again = await load(athlete.viewer, athlete, rows.slice(0, 3));
    expect(again.data.importScheduledSessions.map(({ minutes }) => minutes)).toEqual([30, 75]);
    expect((await save(athlete.viewer, { ...rows[1] })).codes).toEqual(['CONFLICT']);
  });

  it('two athletes may use the same names', async () => {
    const [a, b] = [await rig.addAthlete(ALL), await rig.addAthlete(ALL)];
    for (const athlete of [a, b]) await load(athlete.viewer, athlete, rows.slice(0, 1));
    for (const athlete of [a, b]) expect(await planOf(athlete.viewer, athlete)).toHaveLength(1);
  });

  it.each([
    ['without names', [{ ...INTERVALS }]],
    ['with a name that stands twice', [rows[0], rows[0]]],
    ['with an id of its own', [{ ...rows[0], id: '0193a000-0000-7000-8000-0000000000ff' }]],
    ['of more than 200', Array.from({ length: 201 }, (_, n) => ({ ...rows[0], clientId: `x${n}` }))],
    ['with one wrong session', [rows[0], { ...rows[1], minutes: 0 }]],
  ])('%s is refused as a whole', async (_, sessions) => {
    const athlete = await rig.addAthlete(ALL);
    expect((await load(athlete.viewer, athlete, sessions as object[])).codes).toEqual(['BAD_USER_INPUT']);
    expect(await planOf(athlete.viewer, athlete)).toEqual([]);
  });
});

describe('what a session may be', () => {
  it.each<[string, object, RegExp]>([
    ['no title', { title: '   ' }, /title/],
    ['a title of 81 characters', { title: 'x'.repeat(81) }, /title/],
    ['notes of 501 characters', { notes: 'x'.repeat(501) }, /notes/],
    ['no minutes', { minutes: 0 }, /minutes/],
    ['more than a day', { minutes: 1441 }, /minutes/],
    ['a rest of ten minutes', { intensity: 'REST', minutes: 10 }, /rest/],
    ['half past 24', { startTime: '24:30' }, /startTime/],
    ['a day in three years', { date: '2029-11-20' }, /date/],
    ['a version without an id', { version: 1 }, /version/],
  ])('not %s', async (_, part, says) => {
    const athlete = await rig.addAthlete(ALL);
    const { codes, messages } = await save(athlete.viewer, { ...INTERVALS, ...part });
    expect(codes).toEqual(['BAD_USER_INPUT']);
    expect(messages[0]).toMatch(says);
  });

  it('begins at the time of the athlete’s own clock', async () => {
    const athlete = await rig.addAthlete(ALL);
    const session = await planned(athlete, athlete.viewer);
    expect(session).toMatchObject({ startTime: '17:00', startsAt: '2026-11-20T15:00:00.000Z', load: 525 });
  });
});

test('a team of 30 takes as many statements as one athlete: plans, suggestions and histories', async () => {
  const counts: number[] = [];
  for (const size of [1, 30]) {
    const athletes: Athlete[] = [];
    for (let n = 0; n < size; n += 1) {
      const athlete = await rig.addAthlete(ALL);
      await rig.setView(athlete, { revision: 1, view: { score: 30, band: 'LOW' } });
      await planned(athlete, athlete.viewer);
      athletes.push(athlete);
    }
    const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Athlete {
      plan(from: "${TODAY}", to: "${TODAY}") { ${SESSION} ${SUGGESTION} ${CHANGES} } } } }`;
    const { data, statements } = await rig.ask<Plans>(rig.coach, query, of(...athletes));
    expect(data._entities.every(({ plan }) => plan?.[0]?.suggestion?.state === 'PENDING')).toBe(true);
    counts.push(statements.length);
  }
  // Consent; plans and flags; histories with what else a suggestion rests on, and the load once more, since of nobody here
  // its end is enough; and the record of what was read.
  expect(counts).toEqual([4, 4]);
});

describe('what suggestions rest on', () => {
  const planAsked = (athlete: Athlete, selection: string) =>
    rig.ask<Plans>(
      rig.coach,
      `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Athlete {
        plan(from: "${TODAY}", to: "${TODAY}") { ${selection} } } } }`,
      of(athlete),
    );

  it('is read beside the plan, and is on record only where there is a session', async () => {
    const athlete = await rig.addAthlete(ALL);
    const signalsRead = async () => {
      const { data, messages } = await planAsked(athlete, `${SESSION} ${SUGGESTION}`);
      expect(messages).toEqual([]);
      const entries = await rig.database.query<{ signals: string[] }>(
        `select signals from audit.entry where athlete_id = $1 and action = 'READ' order by id desc limit 1`,
        [athlete.id],
      );
      return { sessions: data._entities[0]?.plan?.length, signals: entries[0]?.signals };
    };
    expect(await signalsRead()).toEqual({ sessions: 0, signals: ['TRAINING'] });
    await planned(athlete, athlete.viewer);
    expect(await signalsRead()).toEqual({ sessions: 1, signals: ALL });
  });

  it('is not read where no suggestion is asked for', async () => {
    const { statements } = await planAsked(await rig.addAthlete(ALL), SESSION);
    expect(statements.join()).toContain('insights.plan_session');
    expect(statements.join()).not.toMatch(/readiness_day|workout_v1/);
  });
});

test('a roster shows the plan of today and the suggestion in the view of its team', async () => {
  const athlete = await rig.addAthlete(['HRV', 'TRAINING']);
  await rig.setView(athlete, { revision: 1, view: { score: 20, band: 'LOW' } });
  await rig.setView(athlete, { basis: 1, revision: 1, view: { score: 50, band: 'REDUCED' } });
  await planned(athlete, rig.coach);
  const { data } = await rig.ask<{
    _entities: { roster: { edges: { node: { athlete: { id: string }; sessions: unknown; suggestion: unknown } }[] } }[];
  }>(
    rig.coach,
    `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Team { roster(first: 500) { edges { node {
      athlete { id } sessions { title minutes } ${SUGGESTION} } } } } } }`,
    { of: [{ __typename: 'Team', id: rig.teamId }] },
  );
  const row = data._entities[0]?.roster.edges.find(({ node }) => node.athlete.id === athlete.id)?.node;
  expect(row).toMatchObject({
    sessions: [{ title: 'Intervals', minutes: 75 }],
    suggestion: { rule: 'READINESS_REDUCED', basis: ['HRV'], to: { intensity: 'MODERATE', minutes: 60 } },
  });
});
