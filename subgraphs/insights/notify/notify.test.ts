import { createHash } from 'node:crypto';
import type { Database } from '#platform/database';
import type { Viewer } from '#platform/identity';
import { pino } from 'pino';
import { createLogger, hashedId } from '#platform/log';
import { dateOf, dayNumber } from '#platform/slots';
import { createMetrics } from '#platform/telemetry';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { heardDatabase } from '../../../tests/support/heard-database.ts';
import { keepBrowser } from '../alerts/browsers.ts';
import { createTeamOf, grant } from '../ask.test-support.ts';
import { writeViews, type NewView } from '../readiness/views/snapshots.ts';
import type { ReadinessView } from '../readiness/formula/view.ts';
import { createLogNotifier, type Notifier } from './notifier.ts';
import { notifyOnce } from './notify.ts';
import { startPushService, type PlayedBrowser, type PushService } from './push-service.test-support.ts';
import { createWebPush } from './web-push.ts';

const ATHLETES = 30;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** A Friday, noon in Helsinki. */
const NOON = new Date('2026-11-20T10:00:00Z');
const at = (time: string): Date => new Date(`2026-11-${time}Z`);
const after = (ms: number, from = NOON): Date => new Date(from.getTime() + ms);
const log = createLogger({ name: 'test', level: 'silent' });

let database: TestDatabase;
let db: Database;
let service: PushService;
let athleteIds: string[];
let coach: Extract<Viewer, { kind: 'account' }>;
let self: (athleteId: string) => Viewer;
let teamId: string;

beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('insights');
  service = await startPushService();
  const team = await createTeamOf(database, ATHLETES);
  ({ athleteIds, self, teamId } = team);
  coach = team.coach as typeof coach;
}, 30_000);
afterAll(async () => {
  await service.close();
  await database.drop();
});
beforeEach(async () => {
  Object.assign(service, { received: [], answers: [] });
  await database.query(
    `truncate insights.notice, insights.changed_view, insights.push_subscription, insights.alert_channel, insights.alert_choice,
              insights.readiness_day, insights.readiness_revision, insights.readiness_input, insights.flag_acknowledgement,
              insights.plan_session, insights.plan_change, insights.suggestion_decision, insights.sleep_nudge,
              connections.consent, audit.entry`,
  );
  await database.query('delete from connections.provider_connection');
});

const FULL = 7;
const HRV_ALONE = 1;

/** A view as it is stored; `score` 30 is a flag. */
function viewOn(date: string, part: Partial<ReadinessView> = {}): ReadinessView {
  return {
    ...{ algorithm: 'readiness/1', date, status: 'OK', state: 'FINAL', score: 70, band: 'NORMAL', drivers: [] },
    ...{ confidence: 0.9, confidenceLevel: 'HIGH', stale: false, staleSignals: [], staleShare: 0, signals: {} },
    ...part,
  } as ReadinessView;
}
const LOW = { score: 30, band: 'LOW' } as const;

async function publish(
  athleteId: string,
  options: { basis?: number; date: string; at: Date; view?: Partial<ReadinessView>; revision?: number },
): Promise<void> {
  const view = viewOn(options.date, options.view);
  const payload = JSON.stringify(view);
  const row: NewView = {
    ...{
      athleteId,
      basis: options.basis ?? FULL,
      date: options.date,
      revision: options.revision ?? 1,
      reason: 'COMPUTED',
    },
    ...{ view, payload, weekScores: [], computedAt: options.at },
    input: { hash: createHash('sha256').update(payload).digest(), series: '{}' },
  };
  await db.prepared.transaction((tx) => writeViews(tx, [row]));
}

async function browserOf(viewer: Viewer, now = NOON): Promise<PlayedBrowser> {
  const browser = service.newBrowser();
  const { accountId } = viewer as typeof coach;
  const { endpoint, p256dh, auth } = browser;
  await keepBrowser(db, { registration: { accountId, endpoint, p256dh, auth }, keys: service.keys, now });
  return browser;
}

async function choose(viewer: Viewer, audienceId: string, kind: string, isOn: boolean): Promise<void> {
  await database.query('insert into insights.alert_choice values ($1, $2, $3, $4)', [
    (viewer as typeof coach).accountId,
    audienceId,
    kind,
    isOn,
  ]);
}

const webPush = (now: Date): Notifier =>
  createWebPush({ keys: service.keys, clock: { now: () => now }, log, dispatcher: service.dispatcher });

/** One round of one process. */
const round = (now: Date, part: { notifier?: Notifier; isByClock?: boolean; db?: Database } = {}): Promise<boolean> =>
  notifyOnce(
    {
      db: part.db ?? db,
      notifier: part.notifier ?? webPush(now),
      keys: service.keys,
      metrics: createMetrics(),
      clock: { now: () => now },
    },
    { isByClock: part.isByClock ?? false },
  );

const share = (signal: string, since = '2026-01-01', ids = athleteIds): Promise<void> =>
  grant(database, { athleteIds: ids, signal, since });
const shareAll = async (ids: string[]): Promise<void> => {
  for (const signal of ['HRV', 'RESTING_HEART_RATE', 'SLEEP']) await share(signal, '2026-01-01', ids);
};
const bodies = (): string[] => service.received.map(({ text }) => (JSON.parse(text) as { body: string }).body);
const states = async (): Promise<string[]> =>
  (await database.query<{ state: string }>('select state from insights.notice order by state')).map(
    ({ state }) => state,
  );

describe('a flag that opens', () => {
  it('reaches the coach: signed with our key, sealed for their browser, and telling nothing', async () => {
    const [id = ''] = athleteIds;
    const browser = await browserOf(coach);
    await coachIsAt('UTC');
    await shareAll([id]);
    await publish(id, { date: '2026-11-20', at: NOON, view: LOW });
    await round(NOON);
    const [message, ...others] = service.received;
    expect(others).toEqual([]);
    expect(message).toMatchObject({
      endpoint: browser.endpoint,
      claims: { sub: 'mailto:operator@example.org' },
      headers: { 'content-encoding': 'aes128gcm', urgency: 'normal', ttl: '43200' },
    });
    expect(message?.headers['topic']).toMatch(/^[\w-]{32}$/);
    expect(message?.text).toHaveLength(1024);
    expect(JSON.parse(message?.text ?? '')).toEqual({
      title: 'Athlete Ally',
      body: 'Something on your team page is worth a look.',
      url: `/#/team/${teamId}`,
      topic: message?.headers['topic'],
    });
    const [entry] = await database.query('select actor_kind, action, purpose, signals, team_id from audit.entry');
    expect(entry).toEqual({
      ...{ actor_kind: 'TEAM_STREAM', action: 'WATCH', purpose: 'notification', team_id: teamId },
      signals: ['HRV', 'RESTING_HEART_RATE', 'SLEEP'],
    });
  });

  it('is told of once while it stays open, and not again when it reopens within three days', async () => {
    const [id = ''] = athleteIds;
    await browserOf(coach);
    await shareAll([id]);
    const days: [back: number, isLow: boolean][] = [
      [0, true],
      [1, true],
      [2, false],
      [3, false],
      [4, true],
      [5, false],
      [6, false],
    ];
    for (const [day, isLow] of days) {
      const now = after(day * DAY_MS);
      await publish(id, { date: dateOf(dayNumber('2026-11-20') + day), at: now, view: isLow ? LOW : {} });
      await round(now);
      await round(now);
    }
    expect(bodies()).toHaveLength(1);
    for (const day of [7, 8, 9, 10])
      await publish(id, { date: dateOf(dayNumber('2026-11-20') + day), at: after(day * DAY_MS) });
    await round(after(10 * DAY_MS));
    await publish(id, { date: '2026-12-01', at: after(11 * DAY_MS), view: LOW });
    await round(after(11 * DAY_MS));
    expect(bodies()).toHaveLength(2);
  });

  it('in a view that the coach does not have is nothing to them, and neither is its time', async () => {
    const [id = ''] = athleteIds;
    await browserOf(coach);
    await choose(coach, teamId, 'HRV_SUPPRESSED', true);
    await share('HRV', '2026-01-01', [id]);
    const suppressed = { signals: { hrv: { t: -0.8 } } } as unknown as Partial<ReadinessView>;
    await publish(id, { date: '2026-11-19', at: NOON, basis: HRV_ALONE, view: suppressed });
    await publish(id, { date: '2026-11-20', at: NOON, basis: HRV_ALONE, view: suppressed });
    await database.query('truncate insights.changed_view');
    await publish(id, { date: '2026-11-20', at: NOON, view: LOW });
    await round(NOON);
    expect(service.received).toEqual([]);
    await publish(id, { date: '2026-11-20', at: NOON, basis: HRV_ALONE, view: suppressed, revision: 2 });
    await round(NOON);
    expect(bodies()).toHaveLength(1);
  });

  it('that somebody of the team has seen, or that was there for days, is no news', async () => {
    const [id = '', other = ''] = athleteIds;
    await browserOf(coach);
    await shareAll([id, other]);
    await database.query(
      `insert into insights.flag_acknowledgement values ($1, $2, 'READINESS_LOW', '2026-11-20', $1, $3)`,
      [id, teamId, NOON],
    );
    await publish(id, { date: '2026-11-20', at: NOON, view: LOW });
    for (let back = 5; back >= 0; back -= 1)
      await publish(other, { date: dateOf(dayNumber('2026-11-20') - back), at: NOON, view: LOW });
    await choose(coach, teamId, 'READINESS_LOW_STREAK', false);
    await round(NOON);
    expect(service.received).toEqual([]);
  });

  it('is told to nobody who turned it off, or notifications as a whole', async () => {
    const [id = ''] = athleteIds;
    await browserOf(coach);
    await shareAll([id]);
    await choose(coach, teamId, 'READINESS_LOW', false);
    await publish(id, { date: '2026-11-20', at: NOON, view: LOW });
    await round(NOON);
    await database.query('truncate insights.alert_choice');
    await database.query('insert into insights.alert_channel (account_id, is_push_on) values ($1, false)', [
      coach.accountId,
    ]);
    await publish(id, { date: '2026-11-20', at: NOON, view: { ...LOW, score: 29 }, revision: 2 });
    await round(NOON);
    expect(service.received).toEqual([]);
    expect(await states()).toEqual([]);
  });
});

const coachIsAt = (timeZone: string): Promise<unknown> =>
  database.query(
    `insert into insights.alert_channel (account_id, time_zone) values ($1, $2)
     on conflict (account_id) do update set time_zone = excluded.time_zone`,
    [coach.accountId, timeZone],
  );

describe('quiet hours', () => {
  const NIGHT = at('20T02:00:00');

  beforeEach(async () => {
    await browserOf(coach, NIGHT);
    await coachIsAt('Europe/Helsinki');
    const [id = ''] = athleteIds;
    await shareAll([id]);
    await publish(id, { date: '2026-11-20', at: NIGHT, view: LOW });
    await round(NIGHT);
    await round(at('20T04:59:00'));
    expect(service.received).toEqual([]);
  });

  it('hold a message back until they are over', async () => {
    await round(at('20T05:00:00'));
    expect(bodies()).toEqual(['Something on your team page is worth a look.']);
  });

  it('drop it when it does not hold any more', async () => {
    const [id = ''] = athleteIds;
    await publish(id, { date: '2026-11-20', at: at('20T03:00:00'), revision: 2 });
    await round(at('20T05:00:00'));
    expect(service.received).toEqual([]);
    expect(await states()).toEqual(['DROPPED']);
  });

  it('drop it when consent was withdrawn meanwhile', async () => {
    await database.query('delete from connections.consent');
    await round(at('20T05:00:00'));
    expect(service.received).toEqual([]);
    expect(await states()).toEqual(['DROPPED']);
    expect(await database.query('select 1 from audit.entry')).toEqual([]);
  });

  it('drop it for a coach who left the team', async () => {
    await database.query('update connections.team_coach set left_at = now()');
    await round(at('20T05:00:00'));
    await database.query('update connections.team_coach set left_at = null');
    expect(service.received).toEqual([]);
    expect(await states()).toEqual(['DROPPED']);
  });
});

it('quiet hours that began since, or that nothing was told of when it came up, are kept all the same', async () => {
  const monday = at('23T06:30:00');
  await browserOf(coach);
  await coachIsAt('Europe/Helsinki');
  await database.query(`update insights.alert_channel set quiet_from = '22:00', quiet_to = '10:00'`);
  await round(monday, { isByClock: true });
  expect(service.received).toEqual([]);
  await round(at('23T08:00:00'));
  expect(bodies()).toEqual(['The week of your team is summed up.']);
});

it('without push keys the log is told for whom there is something on which page, and nothing else', async () => {
  const [id = ''] = athleteIds;
  await database.query('update connections.membership set left_at = now() where athlete_id <> $1', [id]);
  await shareAll([id]);
  await publish(id, { date: '2026-11-20', at: NOON, view: LOW });
  const lines: string[] = [];
  const told = pino({ base: null, timestamp: false }, { write: (line: string) => void lines.push(line) });
  const parts = { db, keys: null, metrics: createMetrics(), clock: { now: () => NOON } };
  await notifyOnce({ ...parts, notifier: createLogNotifier(told) }, { isByClock: false });
  await database.query('update connections.membership set left_at = null');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      ...{ level: 30, account: hashedId(coach.accountId), page: 'team' },
      msg: 'somebody would be notified; no push keys are configured',
    },
  ]);
  expect(await states()).toEqual(['SENT']);
});

describe('a push service', () => {
  const news = async (): Promise<void> => {
    const [id = ''] = athleteIds;
    await shareAll([id]);
    await publish(id, { date: '2026-11-20', at: NOON, view: LOW });
  };
  const browsers = async (): Promise<number> =>
    (await database.query('select 1 from insights.push_subscription')).length;

  it.each([404, 410])('that answers %d has its browser forgotten', async (status) => {
    await browserOf(coach);
    await news();
    service.answers.push({ status });
    await round(NOON);
    expect(await browsers()).toBe(0);
    expect(await states()).toEqual(['DROPPED']);
  });

  it('that asks us to wait is left alone that long, with everything', async () => {
    await browserOf(coach);
    await news();
    service.answers.push({ status: 429, headers: { 'retry-after': '600' } });
    await round(NOON);
    const [, other = ''] = athleteIds;
    await shareAll([other]);
    await publish(other, { date: '2026-11-20', at: NOON, view: LOW });
    await round(after(9 * MINUTE_MS));
    expect(service.received).toEqual([]);
    await round(after(10 * MINUTE_MS));
    expect(bodies()).toHaveLength(1);
    expect(await states()).toEqual(['SENT', 'SENT']);
  });

  it('that fails is asked again, and the browser that has it is not told twice', async () => {
    const [first, second] = [await browserOf(coach), await browserOf(coach)];
    await news();
    service.answers.push({ status: 503 });
    await round(NOON);
    expect(service.received).toHaveLength(1);
    await round(after(MINUTE_MS));
    expect(service.received.map(({ endpoint }) => endpoint).toSorted()).toEqual(
      [first.endpoint, second.endpoint].toSorted(),
    );
    await round(after(60 * MINUTE_MS));
    expect(service.received).toHaveLength(2);
  });

  it('that refuses is not asked again', async () => {
    await browserOf(coach);
    await news();
    service.answers.push({ status: 413 });
    await round(NOON);
    await round(after(60 * MINUTE_MS));
    expect(service.received).toEqual([]);
    expect(await states()).toEqual(['DROPPED']);
  });

  it('is not asked for a browser that registered with other keys', async () => {
    const other = await startPushService();
    const { endpoint, p256dh, auth } = service.newBrowser();
    await keepBrowser(db, {
      registration: { accountId: coach.accountId, endpoint, p256dh, auth },
      keys: other.keys,
      now: NOON,
    });
    await other.close();
    await news();
    await round(NOON);
    expect(service.received).toEqual([]);
    expect(await browsers()).toBe(0);
  });
});

describe('several processes', () => {
  it('tell everybody once between them', async () => {
    for (const id of athleteIds) {
      await choose(self(id), id, 'READINESS_LOW', true);
      await browserOf(self(id));
      await publish(id, { date: '2026-11-20', at: NOON, view: LOW });
    }
    await Promise.all([1, 2, 3, 4].map(() => round(NOON)));
    await round(NOON);
    expect(new Set(service.received.map(({ endpoint }) => endpoint)).size).toBe(ATHLETES);
    expect(service.received).toHaveLength(ATHLETES);
  });

  it('take over from one that ended in the middle: the message comes again under its topic, and no other does', async () => {
    const [id = ''] = athleteIds;
    await browserOf(coach);
    await shareAll([id]);
    await publish(id, { date: '2026-11-20', at: NOON, view: LOW });
    const ended: Notifier = {
      needsBrowser: true,
      async send(options) {
        await webPush(NOON).send(options);
        throw new Error('the process ends here');
      },
      close: async () => undefined,
    };
    await expect(round(NOON, { notifier: ended })).rejects.toThrow('the process ends here');
    await round(after(MINUTE_MS));
    expect(service.received).toHaveLength(1);
    await round(after(3 * MINUTE_MS));
    await round(after(9 * MINUTE_MS));
    expect(service.received).toHaveLength(2);
    const [first, second] = service.received;
    expect(second?.headers['topic']).toBe(first?.headers['topic']);
    expect(await states()).toEqual(['SENT']);
  });

  it('lose nothing that one had looked at and not written down', async () => {
    const [id = ''] = athleteIds;
    await browserOf(coach);
    await shareAll([id]);
    await publish(id, { date: '2026-11-20', at: NOON, view: LOW });
    const dying = {
      ...db,
      query: (sql: string, parameters?: unknown[]) =>
        sql.includes('insert into insights.notice') ? Promise.reject(new Error('gone')) : db.query(sql, parameters),
    } as Database;
    await expect(round(NOON, { db: dying })).rejects.toThrow('gone');
    await round(after(2 * MINUTE_MS));
    expect(bodies()).toHaveLength(1);
  });

  it('take as many statements for a squad as for one athlete', async () => {
    const counts: number[] = [];
    for (const size of [1, ATHLETES]) {
      await database.query(
        'truncate insights.notice, insights.readiness_day, insights.readiness_revision, connections.consent',
      );
      const ids = athleteIds.slice(0, size);
      await shareAll(ids);
      await browserOf(coach);
      for (const id of ids) await publish(id, { date: '2026-11-20', at: NOON, view: LOW });
      let count = 0;
      const counting = heardDatabase(db, () => void (count += 1));
      service.received = [];
      await round(NOON, { db: counting });
      expect(bodies()).not.toEqual([]);
      counts.push(count);
    }
    expect(counts[1]).toBe(counts[0]);
  });
});

describe('an athlete', () => {
  const [MONDAY, SUNDAY] = [at('23T06:30:00'), at('22T06:30:00')];

  it('is told of the week on Monday morning, a coach as well, each once', async () => {
    const [id = ''] = athleteIds;
    await browserOf(self(id));
    await browserOf(coach);
    await coachIsAt('Europe/Helsinki');
    await round(SUNDAY, { isByClock: true });
    await round(at('23T05:30:00'), { isByClock: true });
    expect(service.received).toEqual([]);
    await round(MONDAY, { isByClock: true });
    await round(after(60 * MINUTE_MS, MONDAY), { isByClock: true });
    expect(bodies().toSorted()).toEqual(['The week of your team is summed up.', 'Your week is summed up.']);
  });

  it('is told that a connection was lost, unless it was made again', async () => {
    const [id = '', other = ''] = athleteIds;
    for (const each of [id, other]) {
      await browserOf(self(each));
      await database.query(
        `insert into connections.provider_connection (id, athlete_id, provider, provider_user_id, state, granted_scopes, linked_at, needs_reconnect_at)
         values (gen_random_uuid(), $1, 'OURA', $2, 'NEEDS_RECONNECT', '{}', $3, $3)`,
        [each, each.slice(-6), after(-DAY_MS)],
      );
    }
    await database.query(`update connections.provider_connection set state = 'ACTIVE' where athlete_id = $1`, [other]);
    await round(NOON, { isByClock: true });
    await round(after(MINUTE_MS), { isByClock: true });
    expect(bodies()).toEqual(['One of your connections needs you again.']);
  });

  it('is told of a suggestion for a session that is still to come', async () => {
    const [id = '', other = ''] = athleteIds;
    for (const [athleteId, startTime] of [
      [id, '18:00'],
      [other, '09:00'],
    ] as const) {
      await browserOf(self(athleteId));
      await database.query(
        `insert into insights.plan_session (athlete_id, id, version, date, start_time, title, intensity, minutes, kind, is_locked, allows_increase)
         values ($1, gen_random_uuid(), 1, '2026-11-20', $2, 'Intervals', 'HIGH', 60, 'NORMAL', false, false)`,
        [athleteId, startTime],
      );
      await publish(athleteId, { date: '2026-11-20', at: NOON, view: { score: 50, band: 'REDUCED' } });
    }
    await round(NOON);
    expect(bodies()).toEqual(['There is a suggestion for today.']);
  });

  it('is nudged in the evening, not after an answer, and the push counts as shown', async () => {
    const [id = '', other = ''] = athleteIds;
    const owing = { signals: { sleep: { debtMin: 320 } } } as unknown as Partial<ReadinessView>;
    for (const each of [id, other]) {
      await browserOf(self(each));
      await choose(self(each), each, 'SLEEP_NUDGE', true);
      await publish(each, { date: '2026-11-20', at: NOON, view: owing });
    }
    await round(NOON);
    await database.query(
      `insert into insights.sleep_nudge values ($1, '2026-11-20', gen_random_uuid(), 'HALF_HOUR', $2, 'NOT_NOW', $2)`,
      [other, NOON],
    );
    expect(service.received).toEqual([]);
    await round(at('20T17:00:00'));
    expect(bodies()).toEqual(['There is a suggestion for this evening.']);
    expect(await database.query('select kind, answer from insights.sleep_nudge where athlete_id = $1', [id])).toEqual([
      { kind: 'HALF_HOUR', answer: null },
    ]);
  });

  it('who wants it is told that the day is there, once', async () => {
    const [id = ''] = athleteIds;
    await browserOf(self(id));
    await choose(self(id), id, 'READINESS_READY', true);
    await publish(id, { date: '2026-11-20', at: NOON });
    await round(NOON);
    await publish(id, { date: '2026-11-20', at: NOON, view: { score: 71 }, revision: 2 });
    await round(NOON);
    expect(bodies()).toEqual(['Your day is ready to look at.']);
  });
});
