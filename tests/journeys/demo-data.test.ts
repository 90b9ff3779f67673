import { readFileSync } from 'node:fs';
import { lastSlot } from '#platform/slots';
import { seedDemo } from '../../embedded/seed.ts';
import type { DemoData } from '../../embedded/demo-data.ts';
import { createWorld, type World } from '../support/world.ts';

interface View {
  status: string;
  score: number | null;
  band: string | null;
}

const { athletes: expected } = JSON.parse(readFileSync('tests/payloads/demo/expected.json', 'utf8')) as {
  athletes: Record<string, { own: View; coach: View; coachAfterSlot?: View }>;
};
const PASSWORD = 'a password for the demo';

let world: World;
let demo: DemoData;
const seededAt = new Date();

const seed = (): Promise<DemoData> =>
  seedDemo({ graphqlUrl: world.urls.graphql, simulatorUrl: world.urls.simulator, password: PASSWORD });

beforeAll(async () => {
  world = await createWorld();
  demo = await seed();
}, 180_000);
afterAll(() => world?.stop());

const tokens = new Map<string, Promise<string>>();

/** Signed in once: a password is slow to check. */
function tokenOf(email: string): Promise<string> {
  const known = tokens.get(email) ?? signIn(email);
  tokens.set(email, known);
  return known;
}

async function signIn(email: string): Promise<string> {
  const { login } = await world.ask<{ login: { accessToken: string } }>(
    'mutation ($input: LoginInput!) { login(input: $input) { accessToken } }',
    { input: { email, password: PASSWORD } },
  );
  return login.accessToken;
}

const FIELDS =
  'displayName timeZone readiness(date: $date) { status score band drivers { points } stale confidenceLevel }';

const yesterdayIn = (timeZone: string): string =>
  new Date(Date.parse(new Intl.DateTimeFormat('en-CA', { timeZone }).format(new Date())) - 86_400_000)
    .toISOString()
    .slice(0, 10);

async function viewOf(
  athleteId: string,
  token: string,
): Promise<View & { drivers: { points: number }[]; stale: boolean }> {
  const ask = (date: string) =>
    world.ask<{ athlete: { timeZone: string; readiness: View & { drivers: { points: number }[]; stale: boolean } } }>(
      `query ($id: ID!, $date: Date!) { athlete(id: $id) { ${FIELDS} } }`,
      { id: athleteId, date },
      token,
    );
  const { athlete } = await ask('2026-01-01');
  return (await ask(yesterdayIn(athlete.timeZone))).athlete.readiness;
}

describe('the demo', () => {
  it('has a coach and twelve athletes, all loaded through the real pipeline', async () => {
    expect(demo.logins.map(({ role }) => role)).toEqual(['COACH', ...Array.from({ length: 12 }, () => 'ATHLETE')]);
    const token = await tokenOf(demo.logins[0]?.email ?? '');
    const { team } = await world.ask<{ team: { roster: { totalCount: number } } }>(
      'query ($id: ID!) { team(id: $id) { roster { totalCount } } }',
      { id: demo.teams[0]?.id },
      token,
    );
    expect(team.roster.totalCount).toBe(12);
  });

  it.each(Object.entries(expected))(
    'shows %s with the result that is written down, to the athlete and to the coach',
    async (key, views) => {
      const login = demo.logins.find(({ email }) => email.startsWith(`${key}@`));
      const id = login?.athleteId ?? '';
      const own = await viewOf(id, await tokenOf(login?.email ?? ''));
      const coach = await viewOf(id, await tokenOf(demo.logins[0]?.email ?? ''));
      const hasSlotPassed = lastSlot(new Date(), 'Africa/Dakar') > seededAt;
      const seen = hasSlotPassed ? (views.coachAfterSlot ?? views.coach) : views.coach;
      expect({ own, coach }).toMatchObject({ own: views.own, coach: seen });
      for (const view of [own, coach]) {
        if (view.score !== null) expect(view.drivers.reduce((sum, { points }) => sum + points, 70)).toBe(view.score);
      }
    },
  );

  it('has 60 nights of those who wore the ring every night', async () => {
    const rows = await world.database.query<{ nights: number }>(
      `select count(distinct n.day)::int as nights from health_data.effective_night n
         join connections.athlete a on a.id = n.athlete_id join connections.account c on c.id = a.account_id
        where c.email = any($1) group by a.id order by 1`,
      [demo.logins.filter(({ email }) => /^(aino|luca|amara)@/.test(email)).map(({ email }) => email)],
    );
    expect(rows.map(({ nights }) => nights)).toEqual([60, 60, 60]);
  });

  it('has a plan of the week for each, written by the coach where training is shared, and a suggestion on a low day', async () => {
    const plans = await world.database.query<{ sessions: number; by: string[] }>(
      `select count(*)::int as sessions, array_agg(distinct actor_kind) as by from insights.plan_change group by athlete_id`,
    );
    expect(plans).toHaveLength(12);
    for (const { sessions, by } of plans) expect([sessions, by]).toEqual([9, [expect.stringMatching(/COACH|ATHLETE/)]]);
    expect(new Set(plans.flatMap(({ by }) => by))).toEqual(new Set(['COACH', 'ATHLETE']));
    const luca = demo.logins.find(({ email }) => email.startsWith('luca@'))?.email ?? '';
    const { viewer } = await world.ask<{
      viewer: { athlete: { plan: { date: string; title: string; suggestion: object | null }[] } };
    }>(
      '{ viewer { athlete { plan(from: "2026-01-01", to: "2026-01-01") { date title suggestion { state } } } } }'.replaceAll(
        '2026-01-01',
        new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Rome' }).format(new Date()),
      ),
      {},
      await tokenOf(luca),
    );
    expect(viewer.athlete.plan).toMatchObject([{ title: 'Intervals', suggestion: { state: 'PENDING' } }]);
  });

  it('changes nothing when it is loaded again', async () => {
    const count = async () =>
      (
        await world.database.query<{ all: string }>(
          `select (select count(*) from connections.account) || ' ' || (select count(*) from connections.team) || ' '
               || (select count(*) from connections.provider_connection) || ' ' || (select count(*) from health_data.sleep_night) || ' '
               || (select count(*) from insights.readiness_revision where basis = 7) || ' '
               || (select count(*) from insights.plan_change) as all`,
        )
      )[0]?.all;
    const before = await count();
    expect(await seed()).toEqual(demo);
    expect(await count()).toBe(before);
  }, 120_000);
});
