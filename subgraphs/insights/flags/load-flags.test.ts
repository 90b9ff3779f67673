import 'reflect-metadata';
import type { Database } from '#platform/database';
import type { Viewer } from '#platform/identity';
import { dateOf, dayNumber } from '#platform/slots';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { ask, createTeamOf, grant } from '../ask.test-support.ts';
import { linkWatch, monthOf, SPIKE, train, type Trained } from '../training/trained.test-support.ts';
import { bitsOf } from './facts.ts';
import type { FlagCode } from './flags.ts';

const NOW = new Date('2026-11-20T10:00:00Z');
const TODAY = '2026-11-20';
const ago = (days: number): string => dateOf(dayNumber(TODAY) - days);
const LONG_AGO = '2026-01-01';
const ATHLETES = 40;

let database: TestDatabase;
let db: Database;
let coach: Viewer;
let athleteIds: string[];
let self: (athleteId: string) => Viewer;
let teamId: string;

beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('insights');
  ({ athleteIds, coach, self, teamId } = await createTeamOf(database, ATHLETES));
  await linkWatch(database, athleteIds);
});
afterAll(() => database.drop());
beforeEach(() =>
  database.query(
    `truncate insights.readiness_day, insights.flag_acknowledgement, health_data.workout, connections.consent,
              connections.consent_history, audit.entry`,
  ),
);

const trains = (ids: readonly string[], trained: Trained) =>
  train(database, { athleteIds: ids, today: TODAY, trained });

/** Views of one basis in which the 7-day HRV is over its range, for so many days up to today. */
async function storeElevated(athleteId: string, basis: number, days: number): Promise<void> {
  await database.query(
    `insert into insights.readiness_day (athlete_id, date, basis, revision, reason, payload, week_scores, input_hash, computed_at, facts)
     select $1, $3::date - back, $2, 1, 'COMPUTED', '{"signals": {}, "score": null, "confidence": 0}', '{}', '\\x00', $5, $6
       from generate_series(0, $4::int - 1) back`,
    [athleteId, basis, TODAY, days, NOW, bitsOf(['HRV_ELEVATED'])],
  );
}

interface Flag {
  id: string;
  code: FlagCode;
  openedOn: string;
  holdsToday: boolean;
  signals: string[];
}
const FLAGS = 'flags { id code openedOn holdsToday signals }';

async function flagsOf(viewer: Viewer, ids: readonly string[], now = NOW) {
  const { data, statements } = await ask<{ _entities: { flags: Flag[] | null }[] }>({
    ...{ db, viewer, now },
    fields: FLAGS,
    of: ids,
  });
  return { flags: data._entities.map(({ flags }) => flags ?? []), statements };
}
const codesOf = async (viewer: Viewer, id: string, now = NOW) =>
  (await flagsOf(viewer, [id], now)).flags[0]?.map(({ code }) => code);
const share = (ids: readonly string[], signals: readonly string[], since = LONG_AGO) =>
  Promise.all(signals.map((signal) => grant(database, { athleteIds: ids, signal, since })));

describe('flags of load', () => {
  it('are seen by the athlete, and by a coach with TRAINING alone', async () => {
    const [id = ''] = athleteIds;
    await trains([id], SPIKE);
    expect(await codesOf(self(id), id)).toEqual(['LOAD_SPIKE']);
    expect(await codesOf(coach, id)).toEqual([]);
    await share([id], ['HRV', 'RESTING_HEART_RATE', 'SLEEP']);
    expect(await codesOf(coach, id)).toEqual([]);
    await database.query('truncate connections.consent');
    await share([id], ['TRAINING']);
    const [flag] = (await flagsOf(coach, [id])).flags[0] ?? [];
    expect(flag).toMatchObject({ code: 'LOAD_SPIKE', signals: ['TRAINING'], holdsToday: true });
  });

  it('that need HRV as well are told with both, and not with one', async () => {
    const [id = ''] = athleteIds;
    await trains([id], SPIKE);
    await storeElevated(id, 7, 3);
    await storeElevated(id, 1, 3);
    expect(await codesOf(self(id), id)).toEqual(['HRV_ELEVATED_OVERLOAD', 'LOAD_SPIKE']);
    await share([id], ['HRV']);
    expect(await codesOf(coach, id)).toEqual([]);
    await share([id], ['TRAINING']);
    expect(await codesOf(coach, id)).toEqual(['HRV_ELEVATED_OVERLOAD', 'LOAD_SPIKE']);
    // HRV of the day before yesterday is closed: nobody may say that it was high for three days.
    await database.query(`update connections.consent set since = $1 where signal = 'HRV'`, [ago(1)]);
    expect(await codesOf(coach, id)).toEqual(['LOAD_SPIKE']);
  });

  it('say nothing of a week that begins before the grant', async () => {
    const [id = ''] = athleteIds;
    await trains([id], SPIKE);
    await share([id], ['TRAINING'], ago(6));
    expect(await codesOf(coach, id)).toEqual([]);
    await database.query('update connections.consent set since = $1', [ago(7)]);
    expect((await flagsOf(coach, [id])).flags[0]).toMatchObject([{ code: 'LOAD_SPIKE', openedOn: TODAY }]);
  });

  it('close on the second day without their condition, and keep one name until then', async () => {
    const [id = ''] = athleteIds;
    await trains([id], monthOf([200, 20, 200, 20, 200, 20, 200]));
    const later = (days: number): Date => new Date(NOW.getTime() + days * 86_400_000);
    const spells = [];
    for (let day = 0; day < 9; day++) spells.push((await flagsOf(self(id), [id], later(day))).flags[0] ?? []);
    const last = spells.findLastIndex(([flag]) => flag?.holdsToday === true);
    expect(last).toBeGreaterThan(0);
    expect(spells.map(([flag]) => flag?.code ?? null)).toEqual(
      spells.map((_, day) => (day <= last + 1 ? 'LOAD_SPIKE' : null)),
    );
    expect(new Set(spells.flat().map((flag) => flag.id)).size).toBe(1);
  });

  it('are acknowledged like any other, by whom they are shown to', async () => {
    const [id = ''] = athleteIds;
    await trains([id], SPIKE);
    await share([id], ['TRAINING']);
    const [flag] = (await flagsOf(coach, [id])).flags[0] ?? [];
    const acknowledge = () =>
      ask<{ acknowledgeFlag: { code: string } } | null>({
        ...{ db, viewer: coach, now: NOW },
        source: `mutation { acknowledgeFlag(id: "${flag?.id}") { code } }`,
      });
    await database.query('truncate connections.consent');
    expect((await acknowledge()).errors).toMatchObject([{ message: expect.stringContaining('no such open flag') }]);
    await share([id], ['TRAINING']);
    expect((await acknowledge()).data?.acknowledgeFlag.code).toBe('LOAD_SPIKE');
    const entries = await database.query(`select signals from audit.entry where action = 'WRITE'`);
    expect(entries).toEqual([{ signals: ['TRAINING'] }]);
  });

  it('bring their athlete to the head of the roster, and count who withholds training', async () => {
    const [spiked = '', steady = '', withheld = ''] = athleteIds;
    await trains([spiked, withheld], SPIKE);
    await trains([steady], monthOf([30, 30, 30, 30, 30, 30, 30]));
    await share([spiked, steady], ['TRAINING']);
    const roster = async (argument: string) => {
      const { data } = await ask<{
        _entities: [{ roster: { notSharedCount: number; edges: { node: { athlete: { id: string } } }[] } }];
      }>({
        ...{ db, viewer: coach, now: NOW },
        source: `{ _entities(representations: [{ __typename: "Team", id: "${teamId}" }]) { ... on Team {
          roster(${argument}) { notSharedCount edges { node { athlete { id } } } } } } }`,
      });
      const { notSharedCount, edges } = data._entities[0].roster;
      return { notSharedCount, ids: edges.map(({ node }) => node.athlete.id) };
    };
    expect(await roster('filter: { flags: [LOAD_SPIKE] }')).toEqual({ notSharedCount: ATHLETES - 2, ids: [spiked] });
    expect((await roster('sort: { by: ATTENTION }')).ids[0]).toBe(spiked);
    const [{ noted } = { noted: 0 }] = await database.query<{ noted: number }>(
      `select count(distinct athlete_id)::int as noted from audit.entry where action = 'READ' and signals @> '{TRAINING}'`,
    );
    expect(noted).toBe(2);
  });

  it('take the same statements for one athlete and for a squad, one more where a method is open', async () => {
    await share(athleteIds, ['TRAINING']);
    await trains(athleteIds, SPIKE);
    const counts = [];
    for (const size of [1, ATHLETES]) {
      const { flags, statements } = await flagsOf(coach, athleteIds.slice(0, size));
      expect(flags.every(([flag]) => flag?.code === 'LOAD_SPIKE')).toBe(true);
      counts.push(statements.length);
    }
    // Consent, loads with the facts and who saw them, and the entry in the access log.
    expect(counts).toEqual([3, 3]);
    await database.query('truncate health_data.workout');
    expect((await flagsOf(coach, athleteIds)).statements).toHaveLength(4);
  });
});

test('a coach gets the same bytes of load flags whatever is withheld', async () => {
  const [one = '', other = ''] = athleteIds;
  await trains([one, other], SPIKE);
  await share([one, other], ['TRAINING']);
  await storeElevated(other, 7, 20);
  await storeElevated(other, 1, 20);
  const seen = async (id: string): Promise<string> => {
    const [flags = []] = (await flagsOf(coach, [id])).flags;
    const named = flags.map((flag) => ({ ...flag, id: Buffer.from(flag.id, 'base64url').toString() }));
    return JSON.stringify(named).replaceAll(id, 'athlete');
  };
  expect(await seen(other)).toBe(await seen(one));
  expect(await seen(one)).toContain('LOAD_SPIKE');
});
