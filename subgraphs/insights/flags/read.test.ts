import 'reflect-metadata';
import type { Database } from '#platform/database';
import type { Viewer } from '#platform/identity';
import { dateOf, dayNumber } from '#platform/slots';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { ask, createTeamOf, grant } from '../ask.test-support.ts';
import { bitsOf, type Fact } from './facts.ts';

const NOW = new Date('2026-11-20T10:00:00Z');
const TODAY = '2026-11-20';
const ago = (days: number): string => dateOf(dayNumber(TODAY) - days);
const SIZES = [1, 30];

let database: TestDatabase;
let db: Database;
let coach: Viewer;
let athleteIds: string[];
let self: (athleteId: string) => Viewer;
let teamId: string;

beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('insights');
  ({ athleteIds, coach, self, teamId } = await createTeamOf(database, Math.max(...SIZES)));
});
afterAll(() => database.drop());
beforeEach(() =>
  database.query(
    'truncate insights.readiness_day, insights.flag_acknowledgement, connections.consent, connections.consent_history, audit.entry',
  ),
);

const VIEW = {
  algorithm: 'readiness/1',
  status: 'INSUFFICIENT',
  state: 'FINAL',
  score: null,
  band: null,
  drivers: [],
  confidence: 0,
  confidenceLevel: 'LOW',
  stale: false,
  staleSignals: [],
  staleShare: 0,
  signals: {},
};

/** What the view of one basis says of its days; `facts` null: a row that was stored before there were facts. */
async function store(
  athleteId: string,
  basis: number,
  days: Record<number, Fact[] | null>,
  shown: object = {},
): Promise<void> {
  for (const [back, facts] of Object.entries(days)) {
    await database.query(
      `insert into insights.readiness_day (athlete_id, date, basis, revision, reason, payload, week_scores, input_hash, computed_at, facts)
       values ($1, $2, $3, 1, 'COMPUTED', $4, '{}', '\\x00', $5, $6)`,
      [
        athleteId,
        ago(Number(back)),
        basis,
        JSON.stringify({ ...VIEW, date: ago(Number(back)), ...shown }),
        NOW,
        facts === null ? null : bitsOf(facts),
      ],
    );
  }
}

interface Flags {
  flags: { id: string; code: string; openedOn: string; holdsToday: boolean; acknowledgedAt: Date | null }[] | null;
}
const FLAGS = 'flags { id code openedOn holdsToday acknowledgedAt }';
const flagsOf = async (viewer: Viewer, ids: readonly string[]) => {
  const { data, statements } = await ask<{ _entities: Flags[] }>({ db, viewer, now: NOW, fields: FLAGS, of: ids });
  return { flags: data._entities.map(({ flags }) => flags), statements };
};
const codesOf = async (viewer: Viewer, id: string) => (await flagsOf(viewer, [id])).flags[0]?.map(({ code }) => code);
const acknowledge = (viewer: Viewer, id: string) =>
  ask<{ acknowledgeFlag: { acknowledgedAt: Date } } | null>({
    db,
    viewer,
    now: NOW,
    source: `mutation { acknowledgeFlag(id: "${id}") { acknowledgedAt } }`,
  });

const NOT_FOUND = [{ message: expect.stringContaining('no such open flag') }];

const SUPPRESSED: Record<number, Fact[]> = { 0: ['HRV_SUPPRESSED'], 1: ['HRV_SUPPRESSED'] };

describe('flags', () => {
  it('are those of the view that the viewer has: the athlete in full, the coach of what is shared', async () => {
    const [id = ''] = athleteIds;
    await store(id, 7, { 0: ['SCORE_LOW', 'ILLNESS_PATTERN', 'SLEPT_SHORT'], 1: ['SLEPT_SHORT'] });
    await store(id, 5, { 0: ['SLEPT_SHORT'], 1: ['SLEPT_SHORT'] });
    expect(await codesOf(self(id), id)).toEqual(['ILLNESS_PATTERN', 'READINESS_LOW', 'SLEEP_SHORT']);
    expect(await codesOf(coach, id)).toEqual([]);
    for (const signal of ['HRV', 'SLEEP']) await grant(database, { athleteIds: [id], signal, since: '2026-01-01' });
    expect(await codesOf(coach, id)).toEqual(['SLEEP_SHORT']);
  });

  it('of somebody the viewer may not know are not answered at all', async () => {
    const [id = '', other = ''] = athleteIds;
    await store(id, 7, { 0: ['SCORE_LOW'] });
    expect((await flagsOf(self(other), [id])).flags).toEqual([null]);
    expect((await flagsOf({ kind: 'anonymous' }, [id])).flags).toEqual([null]);
  });

  it('count no day before the grant', async () => {
    const [id = ''] = athleteIds;
    await store(id, 1, { ...SUPPRESSED, 2: ['HRV_SUPPRESSED'] });
    await grant(database, { athleteIds: [id], signal: 'HRV', since: ago(1) });
    expect((await flagsOf(coach, [id])).flags[0]).toMatchObject([{ code: 'HRV_SUPPRESSED', openedOn: TODAY }]);
    await database.query('update connections.consent set since = $1', [TODAY]);
    expect(await codesOf(coach, id)).toEqual([]);
  });

  it('of a row without facts are read from what it shows', async () => {
    const [id = ''] = athleteIds;
    await store(id, 7, { 0: null }, { score: 30, confidence: 0.8 });
    expect(await codesOf(self(id), id)).toEqual(['READINESS_LOW']);
  });

  it('take the same statements for one athlete and for a squad', async () => {
    for (const athleteId of athleteIds) await store(athleteId, 1, SUPPRESSED);
    await grant(database, { athleteIds, signal: 'HRV', since: '2026-01-01' });
    const counts = [];
    for (const size of SIZES) {
      const { flags, statements } = await flagsOf(coach, athleteIds.slice(0, size));
      expect(flags.every((each) => each?.[0]?.code === 'HRV_SUPPRESSED')).toBe(true);
      counts.push(statements.length);
    }
    // Consent, facts with acknowledgements, and the entry in the access log.
    expect(counts).toEqual([3, 3]);
  });
});

describe('a flag that was seen', () => {
  it('is seen by the whole team and not by the athlete, who sees for themselves', async () => {
    const [id = ''] = athleteIds;
    await store(id, 7, { 0: ['SCORE_LOW'] });
    for (const signal of ['HRV', 'RESTING_HEART_RATE', 'SLEEP'])
      await grant(database, { athleteIds: [id], signal, since: '2026-01-01' });
    const [flag] = (await flagsOf(coach, [id])).flags[0] ?? [];
    const { data } = await acknowledge(coach, flag?.id ?? '');
    expect(data?.acknowledgeFlag.acknowledgedAt).toEqual(NOW);
    const [seen] = (await flagsOf(coach, [id])).flags[0] ?? [];
    expect(seen?.acknowledgedAt).toEqual(NOW);
    const roster = await ask<{ _entities: [{ roster: { edges: { node: Flags }[] } }] }>({
      db,
      viewer: coach,
      now: NOW,
      source: `{ _entities(representations: [{ __typename: "Team", id: "${teamId}" }]) { ... on Team {
        roster(filter: { flags: [READINESS_LOW] }) { edges { node { ${FLAGS} } } } } } }`,
    });
    expect(roster.data._entities[0].roster.edges.map(({ node }) => node.flags)).toMatchObject([
      [{ code: 'READINESS_LOW', acknowledgedAt: NOW }],
    ]);
    const [own] = (await flagsOf(self(id), [id])).flags[0] ?? [];
    expect(own?.acknowledgedAt).toBeNull();
    const entries = await database.query(`select action, purpose from audit.entry where action = 'WRITE'`);
    expect(entries).toEqual([{ action: 'WRITE', purpose: 'acknowledgeFlag' }]);
  });

  it('puts its athlete behind all whose flag nobody has seen, and a withheld one in no place', async () => {
    const [urgent = '', mild = '', withheld = ''] = athleteIds;
    await store(urgent, 1, { 0: ['SCORE_LOW'] });
    await store(mild, 1, SUPPRESSED);
    // A flag of the athlete's own view, of which this team is shown nothing.
    await store(withheld, 7, { 0: ['ILLNESS_PATTERN'] });
    await grant(database, { athleteIds: [urgent, mild], signal: 'HRV', since: '2026-01-01' });
    const roster = async (args: string) => {
      const { data, statements } = await ask<{
        _entities: [{ roster: { edges: { node: { athlete: { id: string } } }[] } }];
      }>({
        db,
        viewer: coach,
        now: NOW,
        source: `{ _entities(representations: [{ __typename: "Team", id: "${teamId}" }]) { ... on Team {
          roster(sort: { by: FLAGS ${args} }) { edges { node { athlete { id } } } } } } }`,
      });
      return { ids: data._entities[0].roster.edges.map(({ node }) => node.athlete.id), statements };
    };
    const before = await roster('');
    expect(before.ids.slice(0, 2)).toEqual([urgent, mild]);
    const [flag] = (await flagsOf(coach, [urgent])).flags[0] ?? [];
    await acknowledge(coach, flag?.id ?? '');
    const after = await roster('');
    expect(after.ids.slice(0, 2)).toEqual([mild, urgent]);
    const turned = await roster(', isDescending: true');
    expect(turned.ids.slice(0, 2)).toEqual([urgent, mild]);
    // Whoever has none stands as by name, the withheld one among them.
    const others = athleteIds.filter((id) => id !== urgent && id !== mild);
    expect([after.ids.slice(2), turned.ids.slice(2)]).toEqual([others, others]);
    expect(after.statements).toHaveLength(before.statements.length);
  });

  it('is not found once what it is told from is withdrawn, nor by anybody else', async () => {
    const [id = '', other = ''] = athleteIds;
    await store(id, 1, SUPPRESSED);
    await grant(database, { athleteIds: [id], signal: 'HRV', since: '2026-01-01' });
    const [flag] = (await flagsOf(coach, [id])).flags[0] ?? [];
    for (const [viewer, flagId] of [
      [self(other), flag?.id],
      [coach, 'nonsense'],
    ] as const)
      expect((await acknowledge(viewer, flagId ?? '')).errors).toMatchObject(NOT_FOUND);
    await database.query('truncate connections.consent');
    expect((await acknowledge(coach, flag?.id ?? '')).errors).toMatchObject(NOT_FOUND);
    expect(await database.query('select 1 from insights.flag_acknowledgement')).toEqual([]);
  });
});
