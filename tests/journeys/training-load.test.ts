import { createTeam, join, linkSimulated, register, share, withdraw, type Person } from '../support/people.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

const DAY_MS = 86_400_000;
const back = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);

let world: World;
let athlete: Person;
let coach: Person;
let teamId: string;

beforeAll(async () => {
  world = await createWorld();
  [athlete, coach] = await Promise.all([register(world, 'ATHLETE'), register(world, 'COACH')]);
  teamId = await createTeam(world, coach);
  await join(world, { coach, teamId, athlete });
  await share(world, { athlete, teamId, signals: ['SLEEP', 'HRV'], since: back(30) });
}, 120_000);
afterAll(() => world?.stop());

interface Load {
  state: string;
  method: string | null;
  days: { date: string; load: number | null; isRest: boolean; fitness: number | null; form: number | null }[];
  weekEnd: string | null;
  weekLoad: number | null;
  loadChange: number | null;
}

const LOAD = `load(from: $from, to: $to) { state method days { date load isRest fitness form sessions { activity minutes load } }
  weekEnd weekLoad monotony strain loadChange ewmaRatio }`;

async function loadFor(person: Person, from = back(40)): Promise<Load> {
  const { athlete: answer } = await world.ask<{ athlete: { load: Load } }>(
    `query ($id: ID!, $from: Date!, $to: Date!) { athlete(id: $id) { ${LOAD} } }`,
    // The athlete's zone may be a day ahead; nothing is told of days to come.
    { id: athlete.athleteId, from, to: back(-1) },
    person.token,
  );
  return answer.load;
}

/** All that a coach can ask for besides load, as it stands in the answer. */
async function everythingElse(): Promise<string> {
  const answer = await world.ask(
    `query ($id: ID!, $team: ID!, $from: Date!, $to: Date!) {
       athlete(id: $id) { displayName timeZone profile { maxHr } consents { signal since }
         readiness { status score revision computedAt drivers { id points } basis confidence }
         readinessHistory(from: $from, to: $to) { date score revision }
         sleepDebt { state debtMin nightsCounted trend needMin nudge { id } nudgesStopped bedtime { at } }
         sleep(from: $from, to: $to) { state nights { date asleepMin } }
         workouts(from: "${back(40)}T00:00:00Z", to: "${back(0)}T00:00:00Z") { state totalCount edges { cursor } } }
       team(id: $team) { roster { totalCount edges { cursor node { changeFromWeek freshness { signal state ageDays nights }
         readiness { score revision basis } } } } } }`,
    { id: athlete.athleteId, team: teamId, from: back(40), to: back(0) },
    coach.token,
  );
  return JSON.stringify(answer);
}

const updateProfile = (input: object) =>
  world.ask('mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { id } }', { input }, athlete.token);

describe('training load', () => {
  it('without heart rates in the profile nothing is made up', async () => {
    await linkSimulated(world, { athlete, provider: 'STRAVA', key: 'aino' });
    await until('the sessions', async () => {
      const { days } = await loadFor(athlete);
      return days.some((day) => (day as { sessions?: unknown[] }).sessions?.length);
    });
    const load = await loadFor(athlete);
    expect(load).toMatchObject({ state: 'CALIBRATING', method: null, weekLoad: null });
    expect(load.days.every(({ load: value }) => value === null || value === 0)).toBe(true);
  });

  it('is there as soon as the athlete tells them, over the history that was loaded at the link', async () => {
    await updateProfile({ sex: 'FEMALE', maxHr: 190, restHr: 48 });
    const load = await until('the whole history', async () => {
      const now = await loadFor(athlete);
      return now.weekLoad !== null && now.loadChange !== null && now;
    });
    expect(load.method).toBe('BANISTER');
    expect(load.days.filter(({ load: value }) => (value ?? 0) > 20).length).toBeGreaterThan(15);
    expect(load.days.filter(({ isRest, load: value }) => isRest && value === 0).length).toBeGreaterThan(3);
    const [yesterday, today] = load.days.slice(-2);
    expect(yesterday?.fitness).toBeGreaterThan(10);
    expect(today?.fitness).toBeNull();
    expect(today?.form).not.toBeNull();
  });

  it('says the same to the coach who may see TRAINING, from the first day of the grant on', async () => {
    expect(await loadFor(coach)).toMatchObject({ state: 'NOT_SHARED', days: [], weekEnd: null });
    await share(world, { athlete, teamId, signals: ['TRAINING'], since: back(20) });
    const [seen, own] = [await loadFor(coach), await loadFor(athlete, back(20))];
    expect(seen).toEqual(own);
    expect(seen.days[0]?.date).toBe(back(20));
    const { athlete: log } = await world.ask<{ athlete: { accessLog: { edges: { node: { signals: string[] } }[] } } }>(
      `query ($id: ID!) { athlete(id: $id) { accessLog(first: 5) { edges { node { signals } } } } }`,
      { id: athlete.athleteId },
      athlete.token,
    );
    expect(log.accessLog.edges[0]?.node.signals).toEqual(['TRAINING']);
  });

  it('is gone with the word of the athlete, and then no byte of anything else follows what is trained', async () => {
    await withdraw(world, { athlete, teamId, signal: 'TRAINING' });
    expect(await loadFor(coach)).toMatchObject({ state: 'NOT_SHARED', days: [], weekEnd: null });
    const before = await everythingElse();
    const own = JSON.stringify(await loadFor(athlete));
    await updateProfile({ maxHr: 175, restHr: 60, vt1: 130, vt2: 155 });
    await world.database.query(`update health_data.workout set average_heart_rate_bpm = average_heart_rate_bpm + 5`);
    expect(JSON.stringify(await loadFor(athlete))).not.toBe(own);
    expect(await everythingElse()).toBe(before);
  });
});
