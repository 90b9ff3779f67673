import 'reflect-metadata';
import {
  ACCEPT,
  createPlanRig,
  INTERVALS,
  MORNING,
  SAVE,
  TODAY,
  type Athlete,
  type PlanRig,
} from '../plan/plan.test-support.ts';
import { plannedOf } from './today.ts';

const LOW = { score: 30, band: 'LOW' } as const;
const ALL = ['HRV', 'RESTING_HEART_RATE', 'SLEEP', 'TRAINING'];

let rig: PlanRig;
beforeAll(async () => {
  rig = await createPlanRig();
});
afterAll(() => rig.close());
beforeEach(async () => {
  rig.now = MORNING;
  await rig.database.query('delete from connections.membership');
});

interface Page {
  edges: { cursor: string; node: { athlete: { id: string } } }[];
  notSharedCount: number;
  totalCount: number;
  pageInfo: { hasNextPage: boolean };
}

async function roster(args: string) {
  const { data, codes, statements } = await rig.ask<{ _entities: [{ roster: Page }] }>(
    rig.coach,
    `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Team { roster(${args}) {
      edges { cursor node { athlete { id } } } notSharedCount totalCount pageInfo { hasNextPage } } } } }`,
    { of: [{ __typename: 'Team', id: rig.teamId }] },
  );
  expect(codes).toEqual([]);
  const page = data._entities[0].roster;
  return { ...page, ids: page.edges.map(({ node }) => node.athlete.id), statements };
}

const plan = async (athlete: Athlete, part: object = {}): Promise<void> => {
  const input = { athleteId: athlete.id, ...INTERVALS, ...part };
  expect((await rig.ask(athlete.viewer, SAVE, { input })).codes).toEqual([]);
};

test.each([
  [[], ['NOTHING']],
  [[{ intensity: 'REST', kind: 'NORMAL' }], ['REST']],
  [
    [
      { intensity: 'HIGH', kind: 'NORMAL' },
      { intensity: 'HIGH', kind: 'RACE' },
      { intensity: 'LOW', kind: 'TEST' },
    ],
    ['SESSION', 'RACE', 'TEST'],
  ],
] as const)('of %j it is said: %j', (sessions, expected) => {
  expect(plannedOf(sessions)).toEqual(expected);
});

describe('a roster by today', () => {
  it('finds who has a session, a race, a rest or nothing; who withholds training is counted only', async () => {
    const [session, race, rest, free] = [
      await rig.addAthlete(ALL),
      await rig.addAthlete(['TRAINING']),
      await rig.addAthlete(['TRAINING']),
      await rig.addAthlete(['TRAINING']),
    ];
    const withheld = await rig.addAthlete(['HRV', 'RESTING_HEART_RATE', 'SLEEP']);
    for (const each of [session, withheld]) await plan(each);
    await plan(race, { kind: 'RACE' });
    await plan(rest, { intensity: 'REST', minutes: 0, startTime: null });
    await plan(free, { date: '2026-11-21' });
    for (const [planned, athlete] of [
      ['SESSION', session],
      ['RACE', race],
      ['REST', rest],
      ['NOTHING', free],
    ] as const)
      expect(await roster(`filter: { planned: [${planned}] }`)).toMatchObject({ ids: [athlete.id], notSharedCount: 1 });
    expect(await roster('filter: { planned: [SESSION, RACE] }')).toMatchObject({ totalCount: 2, notSharedCount: 1 });
  });

  it("finds whose suggestion is open, accepted or none, in the team's own view", async () => {
    const [open, accepted, calm] = [await rig.addAthlete(ALL), await rig.addAthlete(ALL), await rig.addAthlete(ALL)];
    const [withoutScore, withoutTraining] = [
      await rig.addAthlete(['TRAINING']),
      await rig.addAthlete(['HRV', 'RESTING_HEART_RATE', 'SLEEP']),
    ];
    for (const each of [open, accepted, calm, withoutScore, withoutTraining]) {
      await plan(each);
      await rig.setView(each, { revision: 1, view: each === calm ? { score: 70, band: 'NORMAL' } : LOW });
    }
    const own = await rig.ask<{ _entities: [{ plan: [{ suggestion: { id: string } }] }] }>(
      accepted.viewer,
      `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Athlete { plan(from: "${TODAY}", to: "${TODAY}") {
        suggestion { id } } } } }`,
      { of: [{ __typename: 'Athlete', id: accepted.id }] },
    );
    expect((await rig.ask(accepted.viewer, ACCEPT, { id: own.data._entities[0].plan[0].suggestion.id })).codes).toEqual(
      [],
    );
    const asked = (states: string) => roster(`filter: { suggestions: [${states}] }`);
    expect(await asked('PENDING')).toMatchObject({ ids: [open.id], notSharedCount: 2 });
    expect(await asked('ACCEPTED')).toMatchObject({ ids: [accepted.id], notSharedCount: 2 });
    expect(await asked('REVERTED, EXPIRED, SUPERSEDED')).toMatchObject({ ids: [], notSharedCount: 2 });
    rig.now = new Date('2026-11-20T15:30:00Z');
    expect(await asked('PENDING')).toMatchObject({ ids: [] });
    expect(await asked('EXPIRED')).toMatchObject({ ids: [open.id] });
  });

  it('is sorted by it page by page, and the pages are the whole', async () => {
    const athletes: Athlete[] = [];
    for (let at = 0; at < 5; at += 1) athletes.push(await rig.addAthlete(ALL));
    for (const each of athletes) await plan(each);
    for (const each of athletes.slice(3)) await rig.setView(each, { revision: 1, view: LOW });
    const [first, second] = [athletes.slice(3), athletes.slice(0, 3)].map((part) =>
      part.map(({ id }) => id).toSorted(),
    );
    const whole = [...(first ?? []), ...(second ?? [])];
    expect((await roster('sort: { by: TODAY }')).ids).toEqual(whole);
    const pages: string[] = [];
    let after = '';
    for (let isMore = true; isMore;) {
      const page = await roster(`first: 2, sort: { by: TODAY }, filter: { planned: [SESSION] }${after}`);
      pages.push(...page.ids);
      after = `, after: "${page.edges.at(-1)?.cursor}"`;
      isMore = page.pageInfo.hasNextPage;
    }
    expect(pages).toEqual(whole);
  });

  it('takes as many statements for a squad as for one athlete', async () => {
    const counts: number[] = [];
    for (const size of [1, 20]) {
      while ((await roster('first: 1')).totalCount < size) {
        const athlete = await rig.addAthlete(ALL);
        await plan(athlete);
        await rig.setView(athlete, { revision: 1, view: LOW });
      }
      const page = await roster(
        'first: 500, sort: { by: TODAY }, filter: { suggestions: [PENDING], planned: [SESSION] }',
      );
      expect(page.totalCount).toBe(size);
      counts.push(page.statements.length);
    }
    expect(counts[1]).toBe(counts[0]);
  });
});
