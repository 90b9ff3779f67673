import type { Database } from '#platform/database';
import type { Viewer } from '#platform/identity';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { NOW, ask, newAthlete, newCoach, type Account } from '../entries/entries.test-support.ts';

let database: TestDatabase;
let db: Database;
let athletes: (Account & { athleteId: string })[];
let coach: { viewer: Account; teamId: string };
beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('health_data');
  athletes = [await newAthlete(database), await newAthlete(database), await newAthlete(database)];
  coach = await newCoach(
    database,
    athletes.map(({ athleteId }) => athleteId),
  );
  await grant(athletes[0]!.athleteId, 'CHECK_IN', '2026-11-19');
  await grant(athletes[1]!.athleteId, 'TRAINING', '2026-11-01');
  for (const athlete of athletes) {
    for (const date of ['2026-11-18', '2026-11-20']) expect((await record(athlete, date)).errors).toEqual([]);
  }
});
afterAll(() => database.drop());

const grant = (athleteId: string, signal: string, since: string) =>
  database.query(
    `insert into connections.consent (athlete_id, team_id, signal, since, granted_at, epoch) values ($1, $2, $3, $4, $5, 1)`,
    [athleteId, coach.teamId, signal, since, NOW],
  );

const RECORD = `mutation ($input: CheckInInput!) { recordCheckIn(input: $input) { date state soreness stress mood feel } }`;
const record = (viewer: Viewer, date: string, more: object = { soreness: 2, stress: 1, mood: 4, feel: 'WORSE' }) =>
  ask<{ recordCheckIn: object }>({ db, viewer, source: RECORD, variables: { input: { date, ...more } } });

interface Seen {
  state: string;
  soreness: number | null;
  stress: number | null;
  mood: number | null;
  feel: string | null;
}
async function seenBy(viewer: Viewer, date: string, of = athletes) {
  const { data, statements } = await ask<{ _entities: { checkIn: Seen | null }[] }>({
    db,
    viewer,
    source: `query ($of: [_Any!]!, $date: Date!) { _entities(representations: $of) { ... on Athlete { checkIn(date: $date) { state soreness stress mood feel } } } }`,
    variables: { date, of: of.map(({ athleteId }) => ({ __typename: 'Athlete', id: athleteId })) },
  });
  return { checkIns: data._entities.map(({ checkIn }) => checkIn), statements };
}

const WITHHELD = { state: 'NOT_SHARED', soreness: null, stress: null, mood: null, feel: null };
const NO_DATA = { ...WITHHELD, state: 'NO_DATA' };

describe('a check-in', () => {
  it('is one a day: the second replaces the first, and what it leaves out is unanswered', async () => {
    const athlete = await newAthlete(database);
    const day = '2026-11-20';
    expect((await record(athlete, day)).touched).toEqual([{ day, signal: 'CHECK_IN', domain: 'check_in' }]);
    const { data } = await record(athlete, day, { mood: 5 });
    expect(data.recordCheckIn).toEqual({
      date: day,
      state: 'AVAILABLE',
      soreness: null,
      stress: null,
      mood: 5,
      feel: null,
    });
    expect((await seenBy(athlete, day, [athlete])).checkIns).toEqual([
      { state: 'AVAILABLE', soreness: null, stress: null, mood: 5, feel: null },
    ]);
    await ask({ db, viewer: athlete, source: `mutation { deleteCheckIn(date: "${day}") }` });
    expect((await seenBy(athlete, day, [athlete])).checkIns).toEqual([NO_DATA]);
  });

  it('is refused for tomorrow, for no answer, and from anybody but an athlete', async () => {
    const athlete = await newAthlete(database);
    expect((await record(athlete, '2026-11-21')).errors).toMatchObject([{ code: 'BAD_USER_INPUT' }]);
    expect((await record(athlete, '2026-11-20', {})).errors).toMatchObject([{ code: 'BAD_USER_INPUT' }]);
    expect((await record(coach.viewer, '2026-11-20')).errors).toMatchObject([{ code: 'FORBIDDEN' }]);
  });

  it('is seen whole by the athlete, and by nobody else than a coach with whom it is shared, without the feeling', async () => {
    expect((await seenBy(athletes[0]!, '2026-11-20')).checkIns).toEqual([
      { state: 'AVAILABLE', soreness: 2, stress: 1, mood: 4, feel: 'WORSE' },
      null,
      null,
    ]);
    expect((await seenBy(coach.viewer, '2026-11-20')).checkIns).toEqual([
      { state: 'AVAILABLE', soreness: 2, stress: 1, mood: 4, feel: null },
      WITHHELD,
      WITHHELD,
    ]);
    const stranger = (await newCoach(database, [])).viewer;
    expect((await seenBy(stranger, '2026-11-20')).checkIns).toEqual([null, null, null]);
  });

  it('of a day before the grant is withheld, whether or not there is one', async () => {
    const shared = [athletes[0]!];
    expect((await seenBy(coach.viewer, '2026-11-18', shared)).checkIns).toEqual([WITHHELD]);
    expect((await seenBy(coach.viewer, '2026-11-17', shared)).checkIns).toEqual([WITHHELD]);
    expect((await seenBy(coach.viewer, '2026-11-19', shared)).checkIns).toEqual([NO_DATA]);
  });

  it('that says only how the athlete feels against the score is none to a coach', async () => {
    const shared = [athletes[0]!];
    await record(athletes[0]!, '2026-11-19', { feel: 'BETTER' });
    expect((await seenBy(coach.viewer, '2026-11-19', shared)).checkIns).toEqual([NO_DATA]);
  });

  it('takes one statement for all athletes, and what a coach read is on record', async () => {
    const { statements } = await seenBy(coach.viewer, '2026-11-20');
    expect(statements.filter((sql) => sql.includes('health_data.check_in'))).toHaveLength(1);
    const entries = await database.query(
      `select distinct athlete_id, signals from audit.entry where actor_id = $1 and action = 'READ'`,
      [coach.viewer.accountId],
    );
    expect(entries).toEqual([{ athlete_id: athletes[0]!.athleteId, signals: ['CHECK_IN'] }]);
  });
});
