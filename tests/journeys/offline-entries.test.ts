import { createTeam, join, register, share, type Person } from '../support/people.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

const DAY_MS = 86_400_000;
const today = new Date().toISOString().slice(0, 10);
const dayAgo = (days: number): string => new Date(Date.parse(today) - days * DAY_MS).toISOString().slice(0, 10);

let world: World;
let athlete: Person;
let trusted: Person;
let other: Person;
let trustedTeam: string;
let otherTeam: string;

beforeAll(async () => {
  world = await createWorld({ programs: ['connections', 'health-data', 'insights', 'gateway'] });
  athlete = await register(world, 'ATHLETE', 'UTC');
  trusted = await register(world, 'COACH', 'UTC');
  other = await register(world, 'COACH', 'UTC');
  trustedTeam = await createTeam(world, trusted);
  otherTeam = await createTeam(world, other);
  await join(world, { coach: trusted, teamId: trustedTeam, athlete });
  await join(world, { coach: other, teamId: otherTeam, athlete });
  const since = dayAgo(30);
  await share(world, { athlete, teamId: trustedTeam, signals: ['SLEEP', 'CHECK_IN', 'TRAINING'], since });
  await share(world, { athlete, teamId: otherTeam, signals: ['SLEEP'], since });
});
afterAll(() => world?.stop());

const CHECK_IN =
  'query ($id: ID!, $date: Date!) { athlete(id: $id) { checkIn(date: $date) { state soreness stress mood feel } } }';
const checkInFor = async (person: Person, date = today) => {
  const variables = { id: athlete.athleteId, date };
  const { athlete: seen } = await world.ask<{ athlete: { checkIn: object } }>(CHECK_IN, variables, person.token);
  return seen.checkIn;
};

const RECORD = 'mutation ($input: CheckInInput!) { recordCheckIn(input: $input) { state } }';
const SHARED = { state: 'AVAILABLE', soreness: 4, stress: 2, mood: 3, feel: null };
const WITHHELD = { state: 'NOT_SHARED', soreness: null, stress: null, mood: null, feel: null };

const CHANGES = `checkIns { created { id mood } updated { id mood } deleted } manualWorkouts { created { id sport } updated { id sport } deleted }`;
const PULL = `query ($since: DateTime) { changesSince(timestamp: $since) { timestamp changes { ${CHANGES} } } }`;
const PUSH = `mutation ($input: PushChangesInput!) { pushChanges(input: $input) { conflicts { ${CHANGES} } refused { table id code message } } }`;

interface Pulled {
  changesSince: {
    timestamp: string;
    changes: Record<string, { created: { id: string }[]; updated: object[]; deleted: string[] }>;
  };
}
const pull = async (since: string | null) => (await world.ask<Pulled>(PULL, { since }, athlete.token)).changesSince;
const push = async (input: object) =>
  (
    await world.ask<{ pushChanges: { conflicts: Pulled['changesSince']['changes']; refused: object[] } }>(
      PUSH,
      { input },
      athlete.token,
    )
  ).pushChanges;

describe('an athlete says how they feel', () => {
  it('and a coach with whom it is shared sees it at once, without how it compares to the score; another one does not', async () => {
    expect(await checkInFor(trusted)).toEqual({ ...WITHHELD, state: 'NO_DATA' });
    const input = { date: today, soreness: 4, stress: 2, mood: 3, feel: 'WORSE' };
    await world.ask(RECORD, { input }, athlete.token);
    expect(await checkInFor(athlete)).toEqual({ ...SHARED, feel: 'WORSE' });
    expect(await checkInFor(trusted)).toEqual(SHARED);
    expect(await checkInFor(other)).toEqual(WITHHELD);
  });

  it('and it stands beside the readiness in the live stream of the one coach, and not of the other', async () => {
    interface Event {
      teamReadinessChanged: { changes: { reason: string; athlete: { checkIn: object } }[] };
    }
    const query = `subscription ($teamId: ID!, $date: Date!) { teamReadinessChanged(teamId: $teamId) { changes { reason athlete { checkIn(date: $date) { state soreness stress mood feel } } } } }`;
    const streams = [
      world.live(trusted.token).subscribe<Event>(query, { teamId: trustedTeam, date: today }),
      world.live(other.token).subscribe<Event>(query, { teamId: otherTeam, date: today }),
    ] as const;
    for (const stream of streams) await until('the snapshot', () => stream.events.length > 0);
    // A night typed in goes the whole way: it changes the readiness that both may see.
    const night = {
      id: 'n1',
      bedtimeStart: `${dayAgo(1)}T21:00:00Z`,
      bedtimeEnd: `${dayAgo(1)}T23:59:00Z`,
      asleepMin: 175,
    };
    const nights = Array.from({ length: 9 }, (_, n) => ({
      id: `n${n + 2}`,
      bedtimeStart: `${dayAgo(n + 3)}T22:00:00Z`,
      bedtimeEnd: `${dayAgo(n + 2)}T06:00:00Z`,
      asleepMin: 450,
    }));
    const { refused } = await push({ changes: { manualNights: { created: [night, ...nights] } } });
    expect(refused).toEqual([]);
    const { athlete: seen } = await world.ask<{ athlete: { sleep: { nights: { provider: string }[] } } }>(
      `query ($id: ID!) { athlete(id: $id) { sleep(from: "${dayAgo(20)}", to: "${today}") { nights { provider } } } }`,
      { id: athlete.athleteId },
      other.token,
    );
    expect(new Set(seen.sleep.nights.map(({ provider }) => provider))).toEqual(new Set(['MANUAL']));
    for (const [index, stream] of streams.entries()) {
      const last = await until('a change', () =>
        stream.events.find(({ data }) => data.teamReadinessChanged.changes.some(({ reason }) => reason !== 'SNAPSHOT')),
      );
      expect(last.data.teamReadinessChanged.changes[0]?.athlete.checkIn).toEqual(index === 0 ? SHARED : WITHHELD);
    }
  });
});

describe('an athlete whose phone was offline', () => {
  it('gets on the second device what the first one pushed, and the conflict where both changed it', async () => {
    const start = await pull(null);
    expect(start.changes['checkIns']?.created.map(({ id }) => id)).toEqual([today]);
    const run = { id: 'bRkPNoX1TqXSIsy8', sport: 'running', startedAt: `${dayAgo(1)}T08:00:00Z`, durationMin: 40 };
    const first = {
      lastPulledAt: start.timestamp,
      changes: { manualWorkouts: { created: [run] }, checkIns: { updated: [{ id: today, mood: 5 }] } },
    };
    expect(await push(first)).toMatchObject({ refused: [] });
    const second = await push({
      lastPulledAt: start.timestamp,
      changes: { checkIns: { updated: [{ id: today, mood: 1 }], created: [{ id: dayAgo(1), mood: 2 }] } },
    });
    expect(second.conflicts['checkIns']).toEqual({ created: [], updated: [{ id: today, mood: 5 }], deleted: [] });
    const { changes } = await pull(start.timestamp);
    expect(changes['manualWorkouts']?.created).toEqual([{ id: run.id, sport: 'running' }]);
    expect(changes['checkIns']).toEqual({
      created: [{ id: dayAgo(1), mood: 2 }],
      updated: [{ id: today, mood: 5 }],
      deleted: [],
    });
    // The same push once more, as after a lost answer.
    expect(await push(first)).toMatchObject({ refused: [], conflicts: { checkIns: { updated: [] } } });
  });

  it('takes as many changes at once as one push may hold, and tells what is too much', async () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, n) => ({
        id: `${n}`.padStart(64, '0'),
        bedtimeStart: `${dayAgo(300)}T21:00:00.000Z`,
        bedtimeEnd: `${dayAgo(299)}T05:00:00.000Z`,
        asleepMin: 450.123456,
      }));
    const pushed = (count: number) =>
      world.graph<object>(PUSH, { input: { changes: { manualNights: { created: many(count) } } } }, athlete.token);
    expect((await pushed(200)).errors).toEqual([]);
    expect((await pushed(201)).errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT' }, message: expect.stringMatching(/at most 200/) },
    ]);
  });

  it('rates the session, which the coach of the training reads and REST lists', async () => {
    const workouts = `query ($id: ID!) { athlete(id: $id) { workouts(from: "${dayAgo(5)}T00:00:00Z", to: "${today}T23:00:00Z") { state edges { node { id type provider rpe } } } } }`;
    const seenBy = async (person: Person) =>
      (
        await world.ask<{
          athlete: { workouts: { state: string; edges: { node: { id: string; rpe: number | null } }[] } };
        }>(workouts, { id: athlete.athleteId }, person.token)
      ).athlete.workouts;
    const { edges } = await seenBy(athlete);
    const id = edges[0]?.node.id ?? '';
    await world.ask('mutation ($id: ID!) { rateWorkout(workoutId: $id, rpe: 6.5) { rpe } }', { id }, athlete.token);
    expect((await seenBy(trusted)).edges).toEqual([{ node: { id, type: 'running', provider: 'MANUAL', rpe: 6.5 } }]);
    expect(await seenBy(other)).toEqual({ state: 'NOT_SHARED', edges: [] });
    const rest = await fetch(
      `${new URL(world.urls.graphql).origin}/api/v1/athletes/${athlete.athleteId}/activities?start=${dayAgo(5)}&end=${today}`,
      { headers: { authorization: `Bearer ${athlete.token}` } },
    );
    expect(rest.status).toBe(200);
    expect(await rest.text()).toMatch(/MANUAL/);
  });

  it('cannot link, load or unlink MANUAL, and is told why', async () => {
    for (const mutation of [
      'linkProvider(provider: MANUAL) { expiresAt }',
      'unlinkProvider(provider: MANUAL, data: DELETE) { id }',
      `startBackfill(input: { provider: MANUAL, from: "${today}" }) { id }`,
    ]) {
      const { errors } = await world.graph(`mutation { ${mutation} }`, {}, athlete.token);
      expect(errors[0]).toMatchObject({
        extensions: { code: 'BAD_USER_INPUT' },
        message: expect.stringMatching(/type in yourself/),
      });
    }
  });

  it('leaves no value of an entry in any log', async () => {
    for (const program of ['health-data', 'gateway', 'insights'] as const)
      expect(await world.logOf(program)).not.toMatch(/soreness|durationMin|asleepMin|"mood"/);
  });
});
