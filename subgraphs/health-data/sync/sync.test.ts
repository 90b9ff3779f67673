import pg from 'pg';
import type { Database } from '#platform/database';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { until } from '../../../tests/support/wait.ts';
import { NOW, newAthlete, type Account } from '../entries/entries.test-support.ts';
import { workoutId } from '../measurements/workout-id.ts';
import { pullOnce, pushOnce } from './graph.test-support.ts';
import type { Changes } from './device.test-support.ts';

let database: TestDatabase;
let db: Database;
let athlete: Account & { athleteId: string };
beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('health_data');
});
afterAll(() => database.drop());
beforeEach(async () => void (athlete = await newAthlete(database)));

const tryPull = (since: string | null, as: Account = athlete) => pullOnce({ db, as, since });
const tryPush = (changes: Record<string, Partial<Changes>>, lastPulledAt: string | null, as: Account = athlete) =>
  pushOnce({ db, as, changes, lastPulledAt });

const run = {
  id: 'bRkPNoX1TqXSIsy8',
  sport: 'running',
  startedAt: '2026-11-19T15:00:00.000Z',
  durationMin: 45,
  distanceM: 8_000,
  avgHr: null,
};
const monday = { id: '2026-11-16', soreness: 2, stress: 1, mood: 4, feel: null };
const NOTHING: Changes = { created: [], updated: [], deleted: [] };

const clockOf = () =>
  database.query('select at, record_count from health_data.entry_clock where athlete_id = $1', [athlete.athleteId]);

describe('pulling and pushing', () => {
  it('gives everything as created the first time, and then what changed, table by table', async () => {
    const empty = await tryPull(null);
    expect(empty.changes['checkIns']).toEqual(NOTHING);
    // WatermelonDB takes a zero for no answer.
    expect(Date.parse(empty.timestamp)).toBeGreaterThan(0);
    await tryPush({ checkIns: { created: [monday] }, manualWorkouts: { created: [run] } }, empty.timestamp);
    const first = await tryPull(null);
    expect(first.changes['checkIns']).toEqual({ created: [monday], updated: [], deleted: [] });
    expect(first.changes['manualWorkouts']?.created).toEqual([run]);
    await tryPush(
      { checkIns: { updated: [{ ...monday, mood: 5 }] }, manualWorkouts: { deleted: [run.id] } },
      first.timestamp,
    );
    const next = await tryPull(first.timestamp);
    expect(next.changes['checkIns']).toEqual({ created: [], updated: [{ ...monday, mood: 5 }], deleted: [] });
    expect(next.changes['manualWorkouts']).toEqual({ created: [], updated: [], deleted: [run.id] });
    expect((await tryPull(next.timestamp)).changes['checkIns']).toEqual(NOTHING);
    // Nobody who begins anew is told of what is gone.
    expect((await tryPull(null)).changes['manualWorkouts']).toEqual(NOTHING);
  });

  it('changes nothing when the same push comes twice, whether or not its answer arrived', async () => {
    const { timestamp } = await tryPull(null);
    const sent = { checkIns: { created: [monday] }, manualWorkouts: { created: [run] } };
    await tryPush(sent, timestamp);
    const [before, pulled] = [await clockOf(), await tryPull(timestamp)];
    const again = await tryPush(sent, timestamp);
    expect(again).toMatchObject({
      refused: [],
      touched: [],
      conflicts: { checkIns: NOTHING, manualWorkouts: NOTHING },
    });
    expect(await clockOf()).toEqual(before);
    expect(await tryPull(timestamp)).toEqual(pulled);
  });

  it('lets the newer version of the server win, answers it, and takes the rest', async () => {
    const old = await tryPull(null);
    await tryPush({ checkIns: { created: [monday] }, manualWorkouts: { created: [run] } }, old.timestamp);
    await tryPush({ manualWorkouts: { deleted: [run.id] } }, (await tryPull(old.timestamp)).timestamp);
    const tuesday = { ...monday, id: '2026-11-17' };
    const late = await tryPush(
      {
        checkIns: { created: [{ ...monday, mood: 1 }, tuesday] },
        manualWorkouts: { updated: [{ ...run, sport: 'walking' }] },
      },
      old.timestamp,
    );
    expect(late.conflicts['checkIns']).toEqual({ created: [], updated: [monday], deleted: [] });
    expect(late.conflicts['manualWorkouts']).toEqual({ created: [], updated: [], deleted: [run.id] });
    const { changes } = await tryPull(null);
    expect(changes['checkIns']?.created).toEqual([monday, tuesday]);
    expect(changes['manualWorkouts']).toEqual(NOTHING);
  });

  it('takes a created one that is there for an update, and an updated one that is not for a creation', async () => {
    await tryPush({ manualWorkouts: { updated: [run] } }, null);
    const { timestamp } = await tryPull(null);
    await tryPush({ manualWorkouts: { created: [{ ...run, durationMin: 50 }] } }, timestamp);
    expect((await tryPull(null)).changes['manualWorkouts']?.created).toEqual([{ ...run, durationMin: 50 }]);
  });

  it('passes over a deletion of what it never had', async () => {
    const { refused, errors } = await tryPush({ manualNights: { deleted: ['unknown'] } }, null);
    expect([refused, errors]).toEqual([[], []]);
    expect(await database.query('select 1 from health_data.manual_night')).toEqual([]);
  });

  it('refuses one record with a reason and takes the others, so that a bad one never holds up a device', async () => {
    const { refused } = await tryPush(
      {
        checkIns: {
          created: [
            { ...monday, mood: 9 },
            { ...monday, id: '2026-12-24' },
            { ...monday, id: '2026-11-18' },
          ],
        },
      },
      null,
    );
    expect(refused.map(({ table, id, code }) => [table, id, code])).toEqual([
      ['checkIns', '2026-11-16', 'BAD_USER_INPUT'],
      ['checkIns', '2026-12-24', 'BAD_USER_INPUT'],
    ]);
    expect((await tryPull(null)).changes['checkIns']?.created.map(({ id }) => id)).toEqual(['2026-11-18']);
  });

  it('takes a session and its rating in one push, and gives both up together', async () => {
    const ratingId = workoutId({ provider: 'MANUAL', recordId: run.id });
    const first = await tryPush(
      { workoutRatings: { created: [{ id: ratingId, rpe: 4 }] }, manualWorkouts: { created: [run] } },
      null,
    );
    expect(first.refused).toEqual([]);
    const { timestamp, changes } = await tryPull(null);
    expect(changes['workoutRatings']?.created).toEqual([{ id: ratingId, rpe: 4 }]);
    await tryPush({ manualWorkouts: { deleted: [run.id] } }, timestamp);
    expect((await tryPull(timestamp)).changes['workoutRatings']?.deleted).toEqual([ratingId]);
  });

  it('is too long beyond 200 changes, and then nothing is taken', async () => {
    const many = Array.from({ length: 201 }, (_, n) => ({ ...run, id: `w${n}` }));
    const { errors } = await tryPush({ manualWorkouts: { created: many } }, null);
    expect(errors).toEqual([{ code: 'BAD_USER_INPUT', message: expect.stringMatching(/at most 200.*several pushes/) }]);
    expect((await tryPull(null)).changes['manualWorkouts']).toEqual(NOTHING);
  });

  it('takes no timestamp that was never given out', async () => {
    const future = new Date(NOW.getTime() + 60_000).toISOString();
    expect((await tryPull(future)).errors).toMatchObject([{ code: 'BAD_USER_INPUT' }]);
    expect((await tryPush({ checkIns: { created: [monday] } }, future)).errors).toMatchObject([
      { code: 'BAD_USER_INPUT' },
    ]);
    expect((await tryPull(null)).changes['checkIns']).toEqual(NOTHING);
  });

  it("is the athlete's own: another's same ids are other records", async () => {
    const other = await newAthlete(database);
    await tryPush({ checkIns: { created: [monday] }, manualWorkouts: { created: [run] } }, null, other);
    await tryPush({ checkIns: { created: [{ ...monday, mood: 1 }] }, manualWorkouts: { deleted: [run.id] } }, null);
    const theirs = await tryPull(null, other);
    expect(theirs.changes['checkIns']?.created).toEqual([monday]);
    expect(theirs.changes['manualWorkouts']?.created).toEqual([run]);
    const coach: Account = { ...athlete, role: 'COACH', athleteId: null };
    expect((await tryPull(null, coach)).errors).toMatchObject([{ code: 'FORBIDDEN' }]);
  });
});

describe('the timestamp', () => {
  it('misses no change of a transaction that was held and commits late', async () => {
    let since: string | null = null;
    const seen: string[] = [];
    const look = async (): Promise<void> => {
      const { changes, timestamp } = await tryPull(since);
      for (const { created, updated } of Object.values(changes))
        seen.push(...[...created, ...updated].map(({ id }) => id));
      since = timestamp;
    };
    const heldUp = async (): Promise<number> => {
      const sql = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      return (await db.query<unknown[]>(sql)).length;
    };
    await tryPush({ checkIns: { created: [monday] } }, null);
    // Another session keeps a table, so a write that has taken its time already is held before its commit.
    const held = new pg.Client({ connectionString: database.ownerUrl });
    await held.connect();
    await held.query('begin; lock table health_data.check_in in share mode');
    const late = tryPush({ checkIns: { created: [{ ...monday, id: '2026-11-17' }] } }, null);
    await until('the write to be held', heldUp);
    await look();
    // A device that pulls waits for nobody. The push of another one, to a table that is free, comes after the one held.
    let isThrough = false;
    const next = tryPush({ manualWorkouts: { created: [run] } }, null).then(() => (isThrough = true));
    await until('the next write to wait, or not to', async () => isThrough || (await heldUp()) === 2);
    await look();
    expect(seen).toEqual(['2026-11-16']);
    await held.query('commit');
    await held.end();
    await Promise.all([late, next]);
    await look();
    expect(seen.toSorted()).toEqual(['2026-11-16', '2026-11-17', run.id]);
  });

  it('misses nothing of many devices that push and pull at once', async () => {
    const seen = new Map<string, unknown>();
    let since: string | null = null;
    let isOver = false;
    const watching = (async () => {
      for (let isLast = false; !isLast;) {
        isLast = isOver;
        const { changes, timestamp } = await tryPull(since);
        for (const row of [...(changes['manualWorkouts']?.created ?? [])]) seen.set(row.id, row);
        since = timestamp;
      }
    })();
    const pushes = Array.from({ length: 30 }, (_, n) =>
      tryPush({ manualWorkouts: { created: [{ ...run, id: `w${n}` }] } }, null),
    );
    for (const { errors } of await Promise.all(pushes)) expect(errors).toEqual([]);
    isOver = true;
    await watching;
    expect(seen.size).toBe(30);
  });
});
