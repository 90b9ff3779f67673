import type { Database } from '#platform/database';
import type { Viewer } from '#platform/identity';
import { dateOf, dayNumber } from '#platform/slots';
import { createMetrics } from '#platform/telemetry';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { heardDatabase } from '../../../tests/support/heard-database.ts';
import { createTeamOf, grant } from '../ask.test-support.ts';
import { runDue, enrol } from '../readiness/recompute/morning.ts';
import { linkWatch, monthOf, train, type Trained } from '../training/trained.test-support.ts';
import { notifyOnce } from './notify.ts';
import type { Notifier } from './notifier.ts';

/** A Friday, noon in Helsinki. */
const NOON = new Date('2026-11-20T10:00:00Z');
const TODAY = '2026-11-20';
const ATHLETES = 12;
const MINUTE_MS = 60_000;
const after = (ms: number): Date => new Date(NOON.getTime() + ms);
const ago = (days: number): string => dateOf(dayNumber(TODAY) - days);

let database: TestDatabase;
let db: Database;
let coach: Extract<Viewer, { kind: 'account' }>;
let athleteIds: string[];
let self: (athleteId: string) => Viewer;
let teamId: string;
/** Accounts, in the order in which they were told something. */
let told: string[];

beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('insights');
  const team = await createTeamOf(database, ATHLETES);
  ({ athleteIds, self } = team);
  coach = team.coach as typeof coach;
  [{ id: teamId }] = (await database.query('select id from connections.team')) as [{ id: string }];
  await linkWatch(database, athleteIds);
  // Whoever is asked wants to hear of load, at any hour.
  await database.query(
    `insert into insights.alert_channel (account_id, quiet_from, quiet_to) values ($1, '03:00', '03:01')`,
    [coach.accountId],
  );
  for (const kind of ['LOAD_SPIKE', 'HRV_ELEVATED_OVERLOAD'])
    await database.query('insert into insights.alert_choice values ($1, $2, $3, true)', [
      coach.accountId,
      teamId,
      kind,
    ]);
}, 30_000);
afterAll(() => database.drop());
beforeEach(async () => {
  told = [];
  await database.query('delete from insights.alert_choice where account_id <> $1', [coach.accountId]);
  await database.query(
    `truncate insights.notice, insights.changed_view, insights.taken_touch, insights.readiness_day, insights.schedule,
              health_data.workout, health_data.touched_day, connections.consent, audit.entry`,
  );
});

const notifier: Notifier = {
  needsBrowser: false,
  send: async ({ to }) => {
    told.push(to.accountId);
    return { kind: 'sent' };
  },
  close: async () => undefined,
};

const round = (now: Date, part: { db?: Database; isByClock?: boolean } = {}): Promise<boolean> =>
  notifyOnce(
    { db: part.db ?? db, notifier, keys: null, metrics: createMetrics(), clock: { now: () => now } },
    { isByClock: part.isByClock ?? false },
  );

/** What health-data stores with sessions: that these days were touched. No message comes of it here. */
async function trains(ids: readonly string[], trained: Trained, at: Date, signal = 'TRAINING'): Promise<void> {
  await train(database, { athleteIds: ids, today: TODAY, trained });
  await database.query(
    `insert into health_data.touched_day as t (athlete_id, day, signal, revision, touched_at)
     select a, d, $3, 1, $4 from unnest($1::uuid[]) a, unnest($2::date[]) d
     on conflict (athlete_id, day, signal) do update set revision = t.revision + 1, touched_at = excluded.touched_at`,
    [ids, Object.keys(trained).map((back) => ago(Number(back))), signal, at],
  );
}
const share = async (ids: readonly string[], signals: readonly string[], since = '2026-01-01'): Promise<void> => {
  for (const signal of signals) await grant(database, { athleteIds: ids, signal, since });
};
/** Weeks like one another, up to the day before yesterday. */
const STEADY: Trained = monthOf([30, 20, 30, 20, 30, 20]);
/** Yesterday's session, with which this week is much more than those before. */
const LAST: Trained = { 1: 400 };
const SPIKED: Trained = { ...STEADY, ...LAST };

describe('a flag of load', () => {
  it('is told to a coach with TRAINING alone when the session arrives that makes it, once', async () => {
    const [id = ''] = athleteIds;
    await share([id], ['TRAINING']);
    await trains([id], STEADY, after(-MINUTE_MS));
    await round(NOON);
    expect(told).toEqual([]);
    await trains([id], LAST, after(MINUTE_MS));
    await round(after(MINUTE_MS));
    await round(after(2 * MINUTE_MS));
    expect(told).toEqual([coach.accountId]);
    const entries = await database.query('select signals, purpose from audit.entry');
    expect(entries).toEqual([{ signals: ['TRAINING'], purpose: 'notification' }]);
  });

  it('is nothing to a coach without TRAINING, and nor is any other flag at that moment', async () => {
    const [id = ''] = athleteIds;
    await share([id], ['HRV', 'RESTING_HEART_RATE', 'SLEEP']);
    await database.query(
      `insert into insights.readiness_day (athlete_id, date, basis, revision, reason, payload, week_scores, input_hash, computed_at, facts)
       values ($1, $2, 7, 1, 'COMPUTED', '{"signals": {}, "score": 20, "band": "LOW", "confidence": 1}', '{}', '\\x00', $3, null)`,
      [id, TODAY, NOON],
    );
    await trains([id], SPIKED, NOON);
    await round(NOON);
    expect(told).toEqual([]);
    // The same view, noted as new, is told: it was there to be told.
    await database.query('insert into insights.changed_view values ($1, 7, 1, $2)', [id, NOON]);
    await round(NOON);
    expect(told).toEqual([coach.accountId]);
  });

  it('is not told of what was withheld meanwhile, nor of a week that begins before the grant', async () => {
    const [id = '', young = ''] = athleteIds;
    await share([id], ['TRAINING']);
    await share([young], ['TRAINING'], ago(6));
    await trains([id, young], SPIKED, NOON);
    await database.query('delete from connections.consent where athlete_id = $1', [id]);
    await round(NOON);
    expect(told).toEqual([]);
    expect(await database.query('select from audit.entry')).toEqual([]);
  });

  it('is told to the athlete who wants it', async () => {
    const [id = ''] = athleteIds;
    const { accountId } = self(id) as typeof coach;
    await database.query(`insert into insights.alert_choice values ($1, $2, 'LOAD_SPIKE', true)`, [accountId, id]);
    await trains([id], SPIKED, NOON);
    await round(NOON);
    expect(told).toEqual([accountId]);
  });

  it('is found by the look back over a week when its round was missed, and an old session wakes nobody', async () => {
    const [id = '', other = ''] = athleteIds;
    await share([id, other], ['TRAINING']);
    await trains([id], SPIKED, after(-60 * MINUTE_MS));
    await trains([other], { 90: 60 }, after(-60 * MINUTE_MS));
    await round(NOON);
    expect(told).toEqual([]);
    await round(NOON, { isByClock: true });
    expect(told).toEqual([coach.accountId]);
    const [pending] = await database.query(
      `select count(*)::int as pending from health_data.touched_day t
        where not exists (select from insights.taken_touch k where (k.athlete_id, k.day, k.signal) = (t.athlete_id, t.day, t.signal))`,
    );
    expect(pending).toEqual({ pending: 0 });
  });

  it('that yesterday’s session makes today is told in the morning, though nothing arrives and no view changes', async () => {
    const [id = ''] = athleteIds;
    await share([id], ['TRAINING']);
    const yesterday = new Date('2026-11-19T18:00:00Z');
    await trains([id], SPIKED, yesterday);
    await round(yesterday);
    expect(told).toEqual([]);
    const morning = new Date('2026-11-20T04:31:00Z');
    const parts = { db, clock: { now: () => morning }, announce: () => undefined };
    await enrol(db, morning);
    await runDue(parts);
    await round(morning);
    expect(told).toEqual([coach.accountId]);
  });

  it('takes as many statements for a squad as for one athlete, and two processes tell it once', async () => {
    const counts: number[] = [];
    for (const size of [1, ATHLETES]) {
      await database.query('truncate insights.notice, insights.taken_touch, health_data.workout, connections.consent');
      const ids = athleteIds.slice(0, size);
      await share(ids, ['TRAINING']);
      await trains(ids, SPIKED, NOON);
      let count = 0;
      await round(NOON, { db: heardDatabase(db, () => void (count += 1)) });
      counts.push(count);
    }
    expect(counts[1]).toBe(counts[0]);
    told = [];
    await database.query('truncate insights.notice, insights.taken_touch');
    await Promise.all([round(NOON), round(NOON), round(NOON)]);
    await round(after(3 * MINUTE_MS));
    expect(told).toEqual([coach.accountId]);
  });
});
