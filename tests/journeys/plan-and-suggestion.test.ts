import { createLowMorning, type LowMorning } from '../support/low-morning.ts';
import type { Person } from '../support/people.ts';

let morning: LowMorning;
beforeAll(async () => {
  // HRV is withheld: the coach's own view has no score at all.
  morning = await createLowMorning({ shares: ['SLEEP', 'TRAINING'] });
}, 120_000);
afterAll(() => morning?.stop());

interface Session {
  id: string;
  version: number;
  intensity: string;
  minutes: number;
  suggestion: { id: string; state: string; sentence: string; to: { intensity: string; minutes: number } } | null;
  changes: { action: string; by: string; fields: { field: string; from: string; to: string }[] }[];
}

const PLAN = `query ($id: ID!, $day: Date!) { athlete(id: $id) { displayName plan(from: $day, to: $day) {
  id version intensity minutes suggestion { id state sentence to { intensity minutes } }
  changes { action by fields { field from to } } } } }`;

async function planFor(person: Person): Promise<Session> {
  const { world, athlete, today } = morning;
  const { athlete: found } = await world.ask<{ athlete: { plan: Session[] } }>(
    PLAN,
    { id: athlete.athleteId, day: today },
    person.token,
  );
  return found.plan[0] as Session;
}

const decide = (verb: 'acceptSuggestion' | 'revertSuggestion', id: string) =>
  morning.world.ask(`mutation ($id: ID!) { ${verb}(id: $id) { version } }`, { id }, morning.athlete.token);

describe('a coach plans, and the athlete’s own readiness speaks against it', () => {
  it('the coach writes a hard session into the plan of today', async () => {
    const { world, coach, athlete, today } = morning;
    const input = { athleteId: athlete.athleteId, date: today, title: 'Intervals', intensity: 'HIGH', minutes: 75 };
    await world.ask(
      'mutation ($input: ScheduledSessionInput!) { saveScheduledSession(input: $input) { id } }',
      { input },
      coach.token,
    );
    expect(await planFor(coach)).toMatchObject({ version: 1, minutes: 75, suggestion: null });
  });

  it('the athlete is offered less, and why', async () => {
    const { suggestion } = await planFor(morning.athlete);
    expect(suggestion).toMatchObject({ state: 'PENDING', sentence: expect.stringMatching(/suggested/) });
    expect(suggestion?.to.minutes).toBeLessThan(75);
  });

  it('accepted, the plan is changed, and the coach reads by whom and what, never why', async () => {
    const { suggestion } = await planFor(morning.athlete);
    await decide('acceptSuggestion', suggestion?.id ?? '');
    expect(await planFor(morning.athlete)).toMatchObject({ version: 2, suggestion: { state: 'ACCEPTED' } });
    const seen = await planFor(morning.coach);
    expect(seen).toMatchObject({ version: 2, ...suggestion?.to, suggestion: null });
    expect(seen.changes.map(({ action, by }) => [action, by])).toEqual([
      ['CREATED', 'COACH'],
      ['CHANGED', 'ATHLETE'],
    ]);
    expect(JSON.stringify(seen)).not.toMatch(/readiness|score|HRV|accept/i);
  });

  it('taken back, the plan is what the coach wrote', async () => {
    const { suggestion } = await planFor(morning.athlete);
    await decide('revertSuggestion', suggestion?.id ?? '');
    expect(await planFor(morning.coach)).toMatchObject({ version: 3, intensity: 'HIGH', minutes: 75 });
    expect((await planFor(morning.athlete)).suggestion).toMatchObject({ state: 'REVERTED' });
  });

  it('the roster shows today’s plan, and the athlete finds in the access log who wrote and read it', async () => {
    const { world, coach, athlete, teamId } = morning;
    const { team } = await world.ask<{ team: { roster: { edges: { node: object }[] } } }>(
      'query ($id: ID!) { team(id: $id) { roster { edges { node { athlete { displayName } sessions { title } suggestion { state } } } } } }',
      { id: teamId },
      coach.token,
    );
    expect(team.roster.edges[0]?.node).toMatchObject({ sessions: [{ title: 'Intervals' }], suggestion: null });
    const { viewer } = await world.ask<{
      viewer: { athlete: { accessLog: { edges: { node: { action: string; signals: string[] } }[] } } };
    }>('{ viewer { athlete { accessLog { edges { node { action signals } } } } } }', {}, athlete.token);
    const log = viewer.athlete.accessLog.edges.map(({ node }) => node);
    expect(log).toContainEqual({ action: 'WRITE', signals: ['TRAINING'] });
    expect(log).toContainEqual({ action: 'READ', signals: ['TRAINING'] });
  });
});
