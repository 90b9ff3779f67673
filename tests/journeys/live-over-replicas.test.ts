import type { LiveStream } from '../support/client.ts';
import {
  deliver,
  linkVendorUser,
  signDelivery,
  sleepDocument,
  sleepEvent,
  startOuraVendor,
  vendorEnv,
  type OuraVendor,
} from '../support/oura-vendor.ts';
import { createTeam, join, register, share, withdraw, type Person } from '../support/people.ts';
import { until } from '../support/wait.ts';
import { createWorld, type Replica, type World } from '../support/world.ts';

const SCORE_SIGNALS = ['HRV', 'RESTING_HEART_RATE', 'SLEEP'];
const USER = 'replicas';
const DAY_MS = 86_400_000;
const NIGHTS = 30;
/** Eight hours behind UTC: there the night of a date has always ended, since the vendor's end at 04:38 UTC. */
const TIME_ZONE = 'Etc/GMT+8';
const today = new Date(Date.now() - 8 * 3_600_000).toISOString().slice(0, 10);
const dayAgo = (days: number): string => new Date(Date.parse(today) - days * DAY_MS).toISOString().slice(0, 10);

const LIVE = `subscription ($id: ID!, $since: String) { teamReadinessChanged(teamId: $id, since: $since) { cursor gap changes {
  reason athleteId athlete { displayName readiness { basis } }
  readiness { date status revision score basis drivers { id } signals { hrv { z } restingHeartRate { z } sleep { asleepMin } } }
} } }`;
interface Change {
  reason: string;
  athlete: { displayName: string; readiness: { basis: string[] } } | null;
  readiness: {
    date: string;
    status: string;
    revision: number;
    score: number | null;
    basis: string[];
    drivers: { id: string }[];
    signals: Record<string, unknown>;
  };
}
interface Live {
  teamReadinessChanged: { cursor: string; gap: boolean; changes: Change[] };
}

let vendor: OuraVendor;
let world: World;
let worker: Replica;
let secondGateway: Replica;
let coach: Person;
let athlete: Person;
let teamId: string;
let nightsPlayed = 0;

/** Two gateways, each with an insights of its own that only serves; a third insights computes. */
beforeAll(async () => {
  vendor = await startOuraVendor();
  world = await createWorld({ env: vendorEnv(vendor), programs: ['connections', 'health-data'] });
  await world.start('insights', { ROLE: 'serve' });
  worker = await world.startReplica('insights', { ROLE: 'work' });
  const secondInsights = await world.startReplica('insights', { ROLE: 'serve' });
  await world.start('gateway');
  secondGateway = await world.startReplica('gateway', { INSIGHTS_URL: secondInsights.url });
  [coach, athlete] = await Promise.all([register(world, 'COACH', 'UTC'), register(world, 'ATHLETE', TIME_ZONE)]);
  teamId = await createTeam(world, coach);
  await join(world, { coach, teamId, athlete });
  await share(world, { athlete, teamId, signals: SCORE_SIGNALS, since: dayAgo(NIGHTS) });
  for (let back = 0; back < NIGHTS; back += 1) {
    const document = sleepDocument({ id: `n${back}`, day: dayAgo(back), hrvMs: 50 + (back % 5) });
    vendor.documents.set(`sleep/n${back}`, document);
  }
  await linkVendorUser(world, { athlete, userId: USER });
  await until('the first score', async () => ((await stored())?.score ?? null) !== null, 90_000);
}, 240_000);
beforeEach(async () => {
  await until('everything to be scored', isSettled, 90_000);
}, 100_000);
afterAll(async () => {
  await world?.stop();
  await vendor?.close();
});

async function stored(): Promise<{ revision: number; score: number | null } | undefined> {
  const [row] = await world.database.query<{ revision: number; score: number | null }>(
    'select revision, score from insights.readiness_day where athlete_id = $1 and date = $2 and basis = 7',
    [athlete.athleteId, today],
  );
  return row;
}

/** No night is on its way any more: whatever revision comes now is of what the test does. */
async function isSettled(): Promise<boolean> {
  const [row] = await world.database.query<{ isSettled: boolean }>(
    `select not exists (select from connections.sync_job where state <> 'DONE')
        and not exists (select from connections.delivery d
                         where case d.domain
                                 when 'notification' then not exists (select from connections.fetched_notification f where f.delivery_id = d.id)
                                 else not exists (select from health_data.processed_delivery p where p.delivery_id = d.id) end)
        and not exists (select from health_data.touched_day_v1 t
                          left join insights.taken_touch k using (athlete_id, day, signal)
                         where t.signal = any($1) and (k.revision is null or k.revision < t.revision)) as "isSettled"`,
    [SCORE_SIGNALS],
  );
  return row?.isSettled ?? false;
}

/** A changed version of today's night: a webhook, what is fetched for it, a new score. */
async function playNight(): Promise<void> {
  nightsPlayed += 1;
  vendor.documents.set('sleep/n0', sleepDocument({ id: 'n0', day: today, hrvMs: 40 + nightsPlayed }));
  const event = sleepEvent({ userId: USER, objectId: 'n0', type: 'update', time: new Date().toISOString() });
  expect((await deliver(world, signDelivery(event))).status).toBe(200);
}

async function nextRevision(): Promise<number> {
  const before = (await stored())?.revision ?? 0;
  await playNight();
  return until('the new score', async () => {
    const now = (await stored())?.revision ?? 0;
    return now > before && now;
  });
}

const watch = (gateway?: string, since?: string): LiveStream<Live> =>
  world.live(coach.token, gateway).subscribe<Live>(LIVE, { id: teamId, since: since ?? null });

/** One coach at each gateway, both with their opening. */
async function watchBoth(): Promise<[LiveStream<Live>, LiveStream<Live>]> {
  const both: [LiveStream<Live>, LiveStream<Live>] = [watch(), watch(secondGateway.url)];
  await until('both openings', () => both.every(({ events }) => events.length > 0));
  return both;
}

const changesOf = (stream: LiveStream<Live>): Change[] =>
  stream.events.flatMap(({ data }) => data.teamReadinessChanged.changes);
const toldRevisions = (stream: LiveStream<Live>): number[] =>
  changesOf(stream)
    .filter(({ reason, readiness }) => reason !== 'SNAPSHOT' && readiness.date === today)
    .map(({ readiness }) => readiness.revision);

describe('with two gateways, two insights that serve and one that computes', () => {
  it('an event reaches the sockets of both gateways, each once', async () => {
    const both = await watchBoth();
    const expected: number[] = [];
    for (let night = 0; night < 5; night += 1) {
      const revision = await nextRevision();
      expected.push(revision);
      await until('both to be told', () => both.every((stream) => toldRevisions(stream).includes(revision)));
    }
    // What comes after it comes after a repeat of it, too.
    for (const stream of both) {
      expect(toldRevisions(stream)).toEqual(expected);
      expect(stream.events.flatMap(({ errors }) => errors)).toEqual([]);
      expect(changesOf(stream).at(-1)?.athlete).toEqual({
        displayName: expect.any(String),
        readiness: { basis: SCORE_SIGNALS },
      });
      stream.close();
    }
  });

  it('a withdrawal narrows the sockets of both at once, and no later event holds what was withdrawn', async () => {
    const both = await watchBoth();
    await withdraw(world, { athlete, teamId, signal: 'SLEEP' });
    const committedAt = Date.now();
    await Promise.all([playNight(), playNight()]);
    for (const signal of ['HRV', 'RESTING_HEART_RATE']) await withdraw(world, { athlete, teamId, signal });
    await until('both to be empty', () =>
      both.every((stream) => changesOf(stream).at(-1)?.readiness.status === 'NOT_SHARED'),
    );
    for (const stream of both) {
      const later = stream.events
        .filter(({ at }) => at > committedAt + 250)
        .flatMap(({ data }) => data.teamReadinessChanged.changes);
      for (const { readiness } of later) {
        expect(readiness.basis).not.toContain('SLEEP');
        expect(readiness.signals['sleep']).toBeNull();
      }
      const narrowed = changesOf(stream).filter(({ reason }) => reason === 'CONSENT_CHANGED');
      expect(narrowed[0]?.readiness.basis).toEqual(['HRV', 'RESTING_HEART_RATE']);
      expect(narrowed.at(-1)).toMatchObject({
        athlete: { readiness: { basis: [] } },
        readiness: { status: 'NOT_SHARED', score: null, basis: [], drivers: [] },
      });
      stream.close();
    }
    await share(world, { athlete, teamId, signals: SCORE_SIGNALS, since: dayAgo(NIGHTS) });
  });

  it('a view that one insights computes for a reader is told at both', async () => {
    await worker.kill();
    await world.database.query('delete from insights.readiness_day where basis = 5');
    const both = await watchBoth();
    await withdraw(world, { athlete, teamId, signal: 'RESTING_HEART_RATE' });
    await until('both to be narrowed', () =>
      both.every((stream) => changesOf(stream).some(({ reason }) => reason === 'CONSENT_CHANGED')),
    );
    worker = await world.startReplica('insights', { ROLE: 'work' });
    await nextRevision();
    await until('both to be told of the next night', () =>
      both.every((stream) => changesOf(stream).filter(({ reason }) => reason !== 'SNAPSHOT').length > 1),
    );
    for (const stream of both) {
      const told = changesOf(stream).filter(({ reason }) => reason !== 'SNAPSHOT');
      expect(told.map(({ readiness }) => [readiness.basis, readiness.revision])).toEqual([
        [['HRV', 'SLEEP'], 1],
        [['HRV', 'SLEEP'], 2],
      ]);
      expect(told[0]?.readiness.score).not.toBeNull();
      stream.close();
    }
    await share(world, { athlete, teamId, signals: ['RESTING_HEART_RATE'], since: dayAgo(NIGHTS) });
  });

  it('whoever was at a gateway that was killed goes on at the other, and misses nothing', async () => {
    const [first, second] = await watchBoth();
    const seen = await nextRevision();
    await until('both to be told', () => [first, second].every((stream) => toldRevisions(stream).includes(seen)));
    const cursor = first.events.at(-1)?.data.teamReadinessChanged.cursor;
    await world.kill('gateway');
    await until('the socket to end', () => first.ended);
    const missed = await nextRevision();
    // Its announcement has passed: else it may come once by the resume and once live, which tells the same state twice.
    await until('the other to be told', () => toldRevisions(second).includes(missed));
    const resumed = watch(secondGateway.url, cursor);
    await until('what was missed', () => toldRevisions(resumed).includes(missed));
    const next = await nextRevision();
    await until('both to be told', () => [resumed, second].every((stream) => toldRevisions(stream).includes(next)));
    expect(resumed.events.map(({ data }) => data.teamReadinessChanged.gap)).not.toContain(true);
    expect(changesOf(resumed).map(({ reason }) => reason)).not.toContain('SNAPSHOT');
    // A resume tells state: what came just before the position may come once more, what came after it once.
    expect(toldRevisions(resumed).filter((revision) => revision > seen)).toEqual([missed, next]);
    expect(toldRevisions(second)).toEqual([seen, missed, next]);
  });
});
