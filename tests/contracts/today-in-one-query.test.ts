import { globSync, readFileSync } from 'node:fs';
import { parse, print, separateOperations } from 'graphql';
import type { Viewer } from '#platform/identity';
import { createLimits } from '../../gateway/limits.ts';
import { deriveNights } from '../support/derive-nights.ts';
import { createMeasuredTeam, measureNights, type MeasuredTeam } from '../support/measured-team.ts';
import { openWholeGraph, type WholeAnswer, type WholeGraph } from '../support/whole-graph.ts';

const NOW = new Date('2026-11-20T10:00:00Z');
const TODAY = '2026-11-20';
const SINCE = '2026-10-22';
/**
 * In each subgraph. Not counted: what the gateway asks of the session beforehand. No reads, and so not of these: the note
 * of what a coach read, and the one of a nudge that is shown for the first time.
 */
const MOST = 3;

let team: MeasuredTeam;
let graph: WholeGraph;
let athleteId: string;
let viewer: Viewer;
beforeAll(async () => {
  team = await createMeasuredTeam({ athletes: 1, timeZone: 'Europe/Helsinki', since: '2026-01-01' });
  await measureNights(team.database, { until: TODAY, nights: 30 });
  await deriveNights(team.database);
  [athleteId = ''] = team.athleteIds;
  viewer = await team.self(athleteId);
  await team.database.query(
    `insert into connections.provider_connection (id, athlete_id, provider, provider_user_id, state, granted_scopes, linked_at, workouts_since)
     values (gen_random_uuid(), $1, 'OURA', 'u', 'ACTIVE', '{}', '2026-01-01', '2026-01-01')`,
    [athleteId],
  );
  // What tells a rest from an unknown day, and a load from its heart rate: then the end of the training is enough.
  await team.database.query('update connections.athlete set max_hr_bpm = 190 where id = $1', [athleteId]);
  await team.database.query('update health_data.workout set average_heart_rate_bpm = 150 where athlete_id = $1', [
    athleteId,
  ]);
  await team.database.query(
    `insert into health_data.check_in (athlete_id, id, created_at, changed_at, is_deleted, soreness)
     values ($1, $2, now(), now(), false, 2)`,
    [athleteId, TODAY],
  );
  graph = await openWholeGraph({ database: team.database, now: NOW });
  const session = { date: TODAY, title: 'Intervals', intensity: 'HIGH', minutes: 60 };
  const query = 'mutation ($input: ScheduledSessionInput!) { saveScheduledSession(input: $input) { id } }';
  await asked({ query, variables: { input: session } });
  // The views are there from the first morning on.
  await asked(STORED['today'] as Operation);
}, 60_000);
afterAll(async () => {
  await graph?.close();
  await team?.database.drop();
});

interface Operation {
  query: string;
  variables: Record<string, unknown>;
}

const DAYS = { from: SINCE, to: TODAY };
const BETWEEN = { from: '2026-10-22T00:00:00Z', to: '2026-11-22T00:00:00Z' };

const stored = (name: string, variables: Record<string, unknown> = {}): Operation => {
  return { query: readFileSync(`schema/operations/${name}.graphql`, 'utf8'), variables };
};
const STORED: Readonly<Record<string, Operation>> = {
  today: stored('today', {
    ...{ today: TODAY, since: SINCE, dayBegins: '2026-11-19T22:00:00Z', dayEnds: '2026-11-20T22:00:00Z' },
  }),
  'readiness-today': stored('readiness-today'),
  'sleep-summary': stored('sleep-summary', DAYS),
};
const OF_ONE = (id: string): Readonly<Record<string, Operation>> => ({
  'athlete-daily': stored('athlete-daily', { id, start: SINCE, end: TODAY }),
  'athlete-activities': stored('athlete-activities', { id, ...BETWEEN, after: null }),
});

/** What the dashboard sends for an athlete's own day, beside who is signed in. */
const PAGE: Readonly<Record<string, object>> = {
  Viewer: {},
  AthleteDays: DAYS,
  OwnSleepDebt: {},
  AthletePlan: { from: TODAY, to: TODAY },
  CheckIn: { date: TODAY },
  AthleteWeek: { week: null },
  Sessions: BETWEEN,
};
const documents = globSync('dashboard/**/*.graphql').map((file) => readFileSync(file, 'utf8'));
const ofDashboard = separateOperations(parse(documents.join('\n')));

function ofPage(name: string): Operation {
  const document = ofDashboard[name];
  if (document === undefined) throw new Error(`the dashboard has no operation ${name} any more`);
  return { query: print(document), variables: { id: athleteId, ...PAGE[name] } };
}

async function asked({ query, variables, viewer: by = viewer }: Operation & { viewer?: Viewer }): Promise<WholeAnswer> {
  const answer = await graph.ask({ viewer: by, query, variables });
  expect(answer.errors).toEqual([]);
  return answer;
}

function expectFew({ statements }: WholeAnswer): void {
  for (const [subgraph, sent] of Object.entries(statements))
    expect([subgraph, sent.length <= MOST]).toEqual([subgraph, true]);
}

test('the day of an athlete is one query of at most three statements in each subgraph', async () => {
  const { data, statements } = await asked(STORED['today'] as Operation);
  expect(Object.fromEntries(Object.entries(statements).map(([name, sent]) => [name, sent.length]))).toEqual({
    ...{ connections: MOST, 'health-data': MOST, insights: MOST },
  });
  const { athlete } = data['viewer'] as { athlete: Record<string, unknown> };
  expect(athlete).toMatchObject({
    connections: [{ provider: 'OURA', needsReconnect: false, loading: null }],
    readiness: { date: TODAY, score: expect.any(Number) },
    sleepDebt: { debtMin: expect.any(Number), bedtime: { usualWakeAt: expect.any(String) } },
    plan: [{ title: 'Intervals', changes: [{ version: 1 }] }],
    hrv: { streams: [{ nights: expect.arrayContaining([{ date: TODAY, ms: 50 }]) }] },
    heartRate: { state: 'AVAILABLE' },
    workouts: { edges: [{ node: { sport: expect.any(String) } }] },
    checkIn: { soreness: 2 },
  });
});

test('its text is within the limits of an operation', () => {
  const { query } = STORED['today'] as Operation;
  expect(() => createLimits({ mayIntrospect: false }).parse(query)).not.toThrow();
});

test.each(['readiness-today', 'sleep-summary', 'athlete-daily', 'athlete-activities'])(
  'the stored operation %s takes no more',
  async (name) => {
    const answer = await asked({ ...STORED, ...OF_ONE(athleteId) }[name] as Operation);
    expectFew(answer);
    expect(Object.keys(answer.statements).length).toBeGreaterThan(1);
  },
);

test.each(Object.keys(PAGE))('the dashboard’s %s takes no more', async (name) => {
  expectFew(await asked(ofPage(name)));
});

test.each(['AthleteDays', 'AthletePlan', 'AthleteWeek', 'Sessions', 'CheckIn'])(
  'to a coach %s takes no more but the note of what was read',
  async (name) => {
    const { statements } = await asked({ ...ofPage(name), viewer: team.coach });
    for (const subgraph of ['health-data', 'insights'] as const) {
      const sent = statements[subgraph] ?? [];
      const reads = sent.filter((sql) => !sql.includes('audit.append'));
      expect(sent.length - reads.length).toBe(sent.length > 0 ? 1 : 0);
      expect([subgraph, reads.length <= MOST]).toEqual([subgraph, true]);
    }
  },
);
