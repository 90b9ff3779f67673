import { createTeam, join, linkSimulated, register, share, withdraw, type Person } from '../support/people.ts';
import type { LiveStream } from '../support/client.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

const SCORE_SIGNALS = ['HRV', 'RESTING_HEART_RATE', 'SLEEP'];
const HISTORY_START = new Date(Date.now() - 59 * 86_400_000).toISOString().slice(0, 10);

let world: World;
let coach: Person;
let otherCoach: Person;
let teamId: string;
let otherTeamId: string;
let open: Person;
let guarded: Person;

beforeAll(async () => {
  world = await createWorld();
  [coach, otherCoach, open, guarded] = await Promise.all([
    register(world, 'COACH'),
    register(world, 'COACH'),
    register(world, 'ATHLETE'),
    register(world, 'ATHLETE'),
  ]);
  teamId = await createTeam(world, coach);
  otherTeamId = await createTeam(world, otherCoach);
  for (const athlete of [open, guarded]) await join(world, { coach, teamId, athlete });
  await share(world, { athlete: open, teamId, signals: SCORE_SIGNALS, since: HISTORY_START });
  await linkSimulated(world, { athlete: open, key: 'aino' });
  await linkSimulated(world, { athlete: guarded, key: 'tane' });
  for (const athlete of [open, guarded]) {
    await until(
      'the history to be scored',
      async () => {
        const { viewer } = await world.ask<Own>(OWN, {}, athlete.token);
        return viewer.athlete.readinessHistory.filter(({ score }) => score !== null).length > 40;
      },
      90_000,
    );
  }
}, 120_000);
afterAll(() => world?.stop());

const OWN = `query { viewer { athlete {
  readiness { date status score basis drivers { points } }
  readinessHistory(from: "${HISTORY_START}", to: "${new Date().toISOString().slice(0, 10)}") { date score status drivers { points } }
} } }`;
interface Own {
  viewer: { athlete: { readiness: Readiness; readinessHistory: Readiness[] } };
}

const READINESS =
  'date status state revision score band basis stale drivers { id points } signals { hrv { z } restingHeartRate { z } sleep { asleepMin } } computedAt';
interface Readiness {
  date: string;
  status: string;
  state: string;
  revision: number;
  score: number | null;
  band: string | null;
  basis: string[];
  drivers: { id: string; points: number }[];
  signals: Record<string, unknown>;
}

const ROSTER = `query ($id: ID!) { team(id: $id) { id name roster(first: 500) { totalCount edges { node {
  athlete { id displayName hrv(from: "${HISTORY_START}", to: "2030-01-01") { state streams { id } } sleep(from: "${HISTORY_START}", to: "2030-01-01") { state nights { date } } }
  readiness { ${READINESS} } freshness { signal state ageDays nights } changeFromWeek
} } } } }`.replaceAll('2030-01-01', new Date(Date.now() + 86_400_000).toISOString().slice(0, 10));
interface Roster {
  team: {
    roster: {
      totalCount: number;
      edges: {
        node: {
          athlete: {
            id: string;
            displayName: string;
            hrv: { state: string; streams: unknown[] };
            sleep: { state: string; nights: unknown[] };
          };
          readiness: Readiness;
          freshness: { signal: string; state: string }[];
        };
      }[];
    } | null;
  } | null;
}

const LIVE = `subscription ($id: ID!, $since: String) { teamReadinessChanged(teamId: $id, since: $since) { cursor gap changes {
  reason athleteId
  athlete { displayName sleep(from: "2026-11-01", to: "2026-11-02") { state } readiness { status score basis } flags { code } }
  readiness { ${READINESS} }
} } }`;
interface Change {
  reason: string;
  athleteId: string;
  athlete: {
    displayName: string;
    sleep: { state: string } | null;
    readiness: Pick<Readiness, 'status' | 'score' | 'basis'>;
    flags: { code: string }[];
  } | null;
  readiness: Readiness;
}
interface Live {
  teamReadinessChanged: { cursor: string; gap: boolean; changes: Change[] };
}

async function rowOf(athlete: Person) {
  const { team } = await world.ask<Roster>(ROSTER, { id: teamId }, coach.token);
  return team?.roster?.edges.map(({ node }) => node).find(({ athlete: { id } }) => id === athlete.athleteId);
}

const changesOf = (stream: LiveStream<Live>, athlete: Person): Change[] =>
  stream.events
    .flatMap(({ data }) => data?.teamReadinessChanged.changes ?? [])
    .filter(({ athleteId }) => athleteId === athlete.athleteId);

const codeOf = (error: { extensions?: { code?: string } }): string | undefined => error.extensions?.code;

const playNight = (key: string): Promise<Response> =>
  fetch(`${world.urls.simulator}/control/night`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ athlete: key }),
  });

describe('a coach', () => {
  it('sees a score that is made of what the athlete shares and adds up', async () => {
    const row = await rowOf(open);
    expect(row?.readiness).toMatchObject({ status: 'OK', basis: SCORE_SIGNALS });
    const points = row?.readiness.drivers.reduce((sum, driver) => sum + driver.points, 70);
    expect(row?.readiness.score).toBe(points);
    expect(row?.athlete.hrv).toMatchObject({ state: expect.stringMatching(/AVAILABLE|STALE/) });
  });

  it('gets NOT_SHARED and nothing else of an athlete who shares nothing', async () => {
    const row = await rowOf(guarded);
    expect(row).toEqual({
      athlete: {
        id: guarded.athleteId,
        displayName: expect.any(String),
        hrv: { state: 'NOT_SHARED', streams: [] },
        sleep: { state: 'NOT_SHARED', nights: [] },
      },
      readiness: {
        date: expect.any(String),
        status: 'NOT_SHARED',
        state: 'PENDING',
        revision: 0,
        score: null,
        band: null,
        basis: [],
        stale: false,
        drivers: [],
        signals: { hrv: null, restingHeartRate: null, sleep: null },
        computedAt: null,
      },
      changeFromWeek: null,
      freshness: SCORE_SIGNALS.map((signal) => ({ signal, state: 'NOT_SHARED', ageDays: null, nights: 0 })),
    });
  });

  it('filters and sorts by what is shared: who withholds it is in no result, only counted', async () => {
    interface Arranged {
      team: {
        roster: {
          edges: { cursor: string; node: { athlete: { id: string } } }[];
          totalCount: number;
          notSharedCount: number;
          counts: Record<'high' | 'normal' | 'reduced' | 'low' | 'noScore' | 'notShared', number>;
        };
        readinessSummary: { athletes: number; sharing: number; scored: number };
      };
    }
    const arranged = async (more: object) => {
      const { team } = await world.ask<Arranged>(
        `query ($id: ID!, $filter: RosterFilter, $sort: RosterSort, $first: Int, $after: String) { team(id: $id) {
          roster(filter: $filter, sort: $sort, first: $first, after: $after) { edges { cursor node { athlete { id } } }
            totalCount notSharedCount counts { high normal reduced low noScore notShared } }
          readinessSummary { athletes sharing scored } } }`,
        { id: teamId, ...more },
        coach.token,
      );
      return { ...team, ids: team.roster.edges.map(({ node }) => node.athlete.id) };
    };
    const bands = ['HIGH', 'NORMAL', 'REDUCED', 'LOW'];
    const filtered = await arranged({ filter: { bands } });
    expect(filtered.ids).toEqual([open.athleteId]);
    expect(filtered.roster).toMatchObject({ totalCount: 1, notSharedCount: 1, counts: { notShared: 1, noScore: 0 } });
    expect(filtered.readinessSummary).toEqual({ athletes: 2, sharing: 1, scored: 1 });
    for (const isDescending of [false, true]) {
      const page = await arranged({ sort: { by: 'READINESS', isDescending }, first: 1 });
      expect(page.ids).toEqual([open.athleteId]);
      const next = await arranged({ sort: { by: 'READINESS', isDescending }, after: page.roster.edges[0]?.cursor });
      expect(next.ids).toEqual([guarded.athleteId]);
    }
  });

  it.each([
    ['an unknown team', () => '0193a000-0000-7000-8000-0000000000ff', 'team'],
    ["another coach's team", () => otherTeamId, 'team'],
    ['a malformed id', () => "x' or 1=1", 'team'],
    ['an unknown athlete', () => '0193a000-0000-7000-8000-0000000000ff', 'athlete'],
    ['a malformed athlete id', () => 'nobody', 'athlete'],
  ])('gets the same answer for %s', async (_name, id, field) => {
    const answer = await world.graph(`query ($id: ID!) { ${field}(id: $id) { id } }`, { id: id() }, coach.token);
    expect(answer).toEqual({ data: { [field]: null }, errors: [] });
  });

  it('of another team sees nobody of this one, by query or live', async () => {
    const { data } = await world.graph(
      'query ($id: ID!) { athlete(id: $id) { displayName readiness { score } } }',
      { id: open.athleteId },
      otherCoach.token,
    );
    expect(data).toEqual({ athlete: null });
    const stream = world.live(otherCoach.token).subscribe<Live>(LIVE, { id: teamId });
    await until('the refusal', () => stream.ended);
    expect(stream.events.map(({ data, errors }) => [data ?? null, errors.map(codeOf)])).toEqual([
      [null, ['NOT_FOUND']],
    ]);
  });

  it('is told of a night within two seconds of its webhook, with fields of all three subgraphs', async () => {
    const stream = world.live(coach.token).subscribe<Live>(LIVE, { id: teamId });
    await until('the opening', () => stream.events.length > 0);
    const [opening] = stream.events;
    expect(opening?.data.teamReadinessChanged.changes.map(({ reason }) => reason)).toEqual(['SNAPSHOT', 'SNAPSHOT']);
    expect(
      opening?.data.teamReadinessChanged.changes.find(({ athleteId }) => athleteId === guarded.athleteId)?.readiness,
    ).toMatchObject({ status: 'NOT_SHARED', score: null });
    const before = changesOf(stream, open).at(-1)?.readiness;
    const sentAt = Date.now();
    expect((await playNight('aino')).ok).toBe(true);
    const change = await until('the change', () => changesOf(stream, open).find(({ reason }) => reason !== 'SNAPSHOT'));
    expect(Date.now() - sentAt).toBeLessThan(2_000);
    expect(change).toMatchObject({
      reason: expect.stringMatching(/^(COMPUTED|LATE_DATA)$/),
      athlete: { displayName: expect.any(String), sleep: { state: expect.any(String) } },
    });
    expect(change.readiness.revision).toBe((before?.revision ?? 0) + 1);
    stream.close();
  });

  it('is not told that an athlete who shares nothing had a night', async () => {
    const stream = world.live(coach.token).subscribe<Live>(LIVE, { id: teamId });
    await until('the opening', () => stream.events.length > 0);
    expect((await playNight('tane')).ok).toBe(true);
    await until("the athlete's own view to change", async () => {
      const { viewer } = await world.ask<Own>(OWN, {}, guarded.token);
      return viewer.athlete.readiness.status === 'OK';
    });
    expect((await playNight('aino')).ok).toBe(true);
    await until('the next change', () => changesOf(stream, open).length > 1);
    expect(changesOf(stream, guarded).map(({ reason }) => reason)).toEqual(['SNAPSHOT']);
    stream.close();
  });

  it('resumes after a break with what changed meanwhile', async () => {
    const first = world.live(coach.token).subscribe<Live>(LIVE, { id: teamId });
    await until('the opening', () => first.events.length > 0);
    const cursor = first.events[0]?.data.teamReadinessChanged.cursor;
    first.close();
    const { viewer } = await world.ask<Own>(OWN, {}, open.token);
    expect((await playNight('aino')).ok).toBe(true);
    await until('the new score', async () => {
      const now = await world.ask<Own>(OWN, {}, open.token);
      return JSON.stringify(now.viewer.athlete.readiness) !== JSON.stringify(viewer.athlete.readiness);
    });
    const second = world.live(coach.token).subscribe<Live>(LIVE, { id: teamId, since: cursor });
    await until('what was missed', () => changesOf(second, open).length > 0);
    expect(second.events[0]?.data.teamReadinessChanged.gap).toBe(false);
    expect(changesOf(second, open)[0]?.reason).not.toBe('SNAPSHOT');
    second.close();
  });

  it('loses a signal at once when its consent is withdrawn, live and by query, and gets it back when it is granted again', async () => {
    const stream = world.live(coach.token).subscribe<Live>(LIVE, { id: teamId });
    await until('the opening', () => stream.events.length > 0);
    await withdraw(world, { athlete: open, teamId, signal: 'RESTING_HEART_RATE' });
    const committedAt = Date.now();
    expect((await rowOf(open))?.readiness.basis).toEqual(['HRV', 'SLEEP']);
    const change = await until('the narrowed view', () =>
      changesOf(stream, open).find(({ reason }) => reason === 'CONSENT_CHANGED'),
    );
    expect(Date.now() - committedAt).toBeLessThan(1_000);
    expect(change.readiness.basis).toEqual(['HRV', 'SLEEP']);
    expect(change.readiness.drivers.some(({ id }) => id === 'rhr')).toBe(false);
    for (const signal of ['HRV', 'SLEEP']) await withdraw(world, { athlete: open, teamId, signal });
    const emptied = await until('the emptied view', () =>
      changesOf(stream, open).find(({ readiness }) => readiness.status === 'NOT_SHARED'),
    );
    expect(emptied.readiness).toMatchObject({ score: null, drivers: [], basis: [] });
    // What hangs on the athlete is asked for anew at each event, and not remembered from the opening of the stream.
    expect(emptied.athlete).toMatchObject({ readiness: { status: 'NOT_SHARED', score: null, basis: [] }, flags: [] });
    await share(world, { athlete: open, teamId, signals: SCORE_SIGNALS, since: HISTORY_START });
    await until('the whole view again', () => changesOf(stream, open).at(-1)?.readiness.basis.length === 3);
    expect((await rowOf(open))?.readiness).toMatchObject({ status: 'OK', basis: SCORE_SIGNALS });
    stream.close();
  });

  it('holds nothing withdrawn in any answer whose consent was read after the commit, under a storm of nights', async () => {
    const stream = world.live(coach.token).subscribe<Live>(LIVE, { id: teamId });
    await until('the opening', () => stream.events.length > 0);
    for (let round = 0; round < 3; round += 1) {
      const storm = Promise.all(Array.from({ length: 4 }, () => playNight('aino')));
      await withdraw(world, { athlete: open, teamId, signal: 'SLEEP' });
      const committedAt = Date.now();
      const answers = await Promise.all(Array.from({ length: 5 }, () => rowOf(open)));
      for (const row of answers)
        expect(row).toMatchObject({
          athlete: { sleep: { state: 'NOT_SHARED', nights: [] } },
          readiness: { signals: { sleep: null } },
        });
      await storm;
      await new Promise((resolve) => setTimeout(resolve, 400));
      const late = stream.events
        .filter(({ at }) => at > committedAt + 250)
        .flatMap(({ data }) => data.teamReadinessChanged.changes);
      for (const { readiness } of late.filter(({ athleteId }) => athleteId === open.athleteId))
        expect(readiness.basis).not.toContain('SLEEP');
      await share(world, { athlete: open, teamId, signals: ['SLEEP'], since: HISTORY_START });
      await until('sleep to be shared again', async () => (await rowOf(open))?.readiness.basis.includes('SLEEP'));
    }
    stream.close();
  });

  it('leaves a trace with the athlete', async () => {
    const { viewer } = await world.ask<{
      viewer: { athlete: { accessLog: { edges: { node: { who: string; signals: string[] } }[] } } };
    }>(
      '{ viewer { athlete { accessLog(first: 5) { edges { node { at who action signals purpose } } } } } }',
      {},
      open.token,
    );
    expect(viewer.athlete.accessLog.edges.length).toBeGreaterThan(0);
    expect(
      await world.graph(
        'query ($id: ID!) { athlete(id: $id) { accessLog { totalCount } profile { sleepNeedMin } connections { id } } }',
        { id: open.athleteId },
        coach.token,
      ),
    ).toMatchObject({
      data: { athlete: { accessLog: null, profile: null, connections: null } },
    });
  });

  it('no longer knows an athlete who left', async () => {
    const stream = world.live(coach.token).subscribe<Live>(LIVE, { id: teamId });
    await until('the opening', () => stream.events.length > 0);
    await world.ask('mutation ($teamId: ID!) { leaveTeam(teamId: $teamId) }', { teamId }, guarded.token);
    await until('the farewell', () => changesOf(stream, guarded).some(({ reason }) => reason === 'LEFT_TEAM'));
    expect(await rowOf(guarded)).toBeUndefined();
    expect(
      await world.graph('query ($id: ID!) { athlete(id: $id) { id } }', { id: guarded.athleteId }, coach.token),
    ).toMatchObject({ data: { athlete: null } });
  });
});

describe('an athlete', () => {
  it('watches their own readiness, and nobody else theirs', async () => {
    const query = `subscription ($id: ID!) { readinessChanged(athleteId: $id) { changes { reason readiness { score basis } } } }`;
    const stream = world
      .live(open.token)
      .subscribe<{ readinessChanged: { changes: { reason: string; readiness: { basis: string[] } }[] } }>(query, {
        id: open.athleteId,
      });
    await until('the opening', () => stream.events.length > 0);
    expect(stream.events[0]?.data.readinessChanged.changes).toMatchObject([
      { reason: 'SNAPSHOT', readiness: { basis: SCORE_SIGNALS } },
    ]);
    await playNight('aino');
    await until('the change', () => stream.events.length > 1);
    for (const stranger of [coach, guarded]) {
      const refused = world.live(stranger.token).subscribe(query, { id: open.athleteId });
      await until('the refusal', () => refused.ended);
      expect(refused.events.map(({ data, errors }) => [data ?? null, errors.map(codeOf)])).toEqual([
        [null, ['NOT_FOUND']],
      ]);
    }
  });

  it('is signed out everywhere when a refresh token is used twice', async () => {
    const email = 'twice@example.com';
    const { register: session } = await world.ask<{ register: { refreshToken: string } }>(
      'mutation ($input: RegisterInput!) { register(input: $input) { refreshToken } }',
      {
        input: {
          email,
          password: 'a long demo password',
          displayName: 'Twice',
          timeZone: 'Asia/Tokyo',
          role: 'ATHLETE',
        },
      },
    );
    const refresh = (refreshToken: string) =>
      world.graph<{ refreshSession: { accessToken: string } }>(
        'mutation ($t: String!) { refreshSession(refreshToken: $t) { accessToken refreshToken } }',
        { t: refreshToken },
      );
    const renewed = await refresh(session.refreshToken);
    const token = renewed.data?.refreshSession.accessToken ?? '';
    expect((await world.graph('{ viewer { email } }', {}, token)).data).toEqual({ viewer: { email } });
    expect((await refresh(session.refreshToken)).errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect((await world.graph('{ viewer { email } }', {}, token)).errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });
});
