import { isObjectType } from 'graphql';
import { healthDataSubgraph } from '../../../subgraphs/health-data/schema.ts';
import { createMeasuredTeam, measureNights, type MeasuredTeam } from '../../support/measured-team.ts';

const NOW = new Date('2026-11-20T10:00:00Z');
const SIZES = [1, 30, 500];
const DAYS = 'from: "2026-11-01", to: "2026-11-20"';
const TIMES = 'from: "2026-11-19T00:00:00Z", to: "2026-11-20T08:00:00Z"';

/** Consent, the rows, and the note of what was read. */
const SERIES = 3;

/** How each field is asked for, and the statements it may take for a whole team. A new field is named by the first test. */
const FIELDS: Readonly<Record<string, { selection: string; statements: number }>> = {
  hrv: { selection: `hrv(${DAYS}) { state streams { nights { date ms capturedAt } } }`, statements: SERIES },
  restingHeartRate: { selection: `restingHeartRate(${DAYS}) { state streams { nights { bpm } } }`, statements: SERIES },
  sleep: { selection: `sleep(${DAYS}) { state nights { date asleepMin naps { asleepMin } } }`, statements: SERIES },
  heartRate: { selection: `heartRate(${TIMES}, resolution: HOUR) { state points { at bpm } }`, statements: SERIES },
  steps: { selection: `steps(${DAYS}) { state days { date steps } }`, statements: SERIES },
  vitals: { selection: `vitals(${DAYS}) { state days { date spo2Pct } }`, statements: SERIES },
  workouts: { selection: `workouts(${TIMES}) { state totalCount edges { node { startedAt } } }`, statements: SERIES },
  checkIn: { selection: 'checkIn(date: "2026-11-19") { state soreness }', statements: SERIES },
  // Nobody but the athlete is answered: consent says so, and nothing is read.
  sources: { selection: 'sources { signal }', statements: 1 },
  dataTrace: { selection: 'dataTrace(date: "2026-11-19") { stage }', statements: 1 },
};

const OWN_ALONE = ['dataTrace', 'sources'];

let team: MeasuredTeam;
beforeAll(async () => {
  team = await createMeasuredTeam({ athletes: Math.max(...SIZES), timeZone: 'Europe/Helsinki', since: '2026-11-01' });
  await measureNights(team.database, { until: '2026-11-20', nights: 3 });
  await team.database.query(
    `insert into health_data.check_in (athlete_id, id, created_at, changed_at, is_deleted, soreness)
     select id, '2026-11-19', now(), now(), false, 2 from connections.athlete`,
  );
}, 60_000);
afterAll(() => team?.database.drop());

test('every field of an athlete is counted below', async () => {
  const { schema } = await healthDataSubgraph();
  const athlete = schema.getType('Athlete');
  if (!isObjectType(athlete)) throw new Error('the subgraph adds nothing to Athlete');
  const fields = Object.keys(athlete.getFields()).filter((name) => name !== 'id');
  expect(Object.keys(FIELDS).sort()).toEqual(fields.sort());
});

test.each(Object.entries(FIELDS))(
  '%s takes the same statements for 1, 30 and 500 athletes',
  async (name, { selection, statements: most }) => {
    for (const size of SIZES) {
      const ids = team.athleteIds.slice(0, size);
      const { athletes, statements } = await team.ask<Record<string, { state?: string } | null>>({
        viewer: team.coach,
        ids,
        fields: selection,
        now: NOW,
      });
      expect([size, statements.length]).toEqual([size, most]);
      // All were answered by them: a field that read nothing would need no statement.
      const states = new Set(athletes.map((athlete) => athlete[name]?.state));
      expect([athletes.length, ...states]).toEqual([
        size,
        OWN_ALONE.includes(name) ? undefined : expect.stringMatching(/^(AVAILABLE|CALIBRATING)$/),
      ]);
    }
  },
);

test('all fields together are one statement beside consent, heart rate and the note of what was read', async () => {
  const fields = Object.values(FIELDS).map(({ selection }) => selection);
  const { statements } = await team.ask({
    viewer: team.coach,
    ids: team.athleteIds,
    fields: fields.join(' '),
    now: NOW,
  });
  // Samples come by the thousand: as rows, by a statement of their own.
  expect(statements).toHaveLength(4);
});
