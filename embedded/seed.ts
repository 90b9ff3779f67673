import { linkByConsent, type AskAsAthlete } from './consent-walk.ts';
import { ask, GraphFailure, signIn } from './graph-client.ts';
import type { DemoData } from './demo-data.ts';
import { seedPlan } from './seed-plan.ts';

const TEAM = 'Northern Lights';
const COACH = { email: 'coach@demo.athlete-ally.example', displayName: 'Maria Virtanen', timeZone: 'Europe/Helsinki' };
const AT_ONCE = 4;
const POLL_MS = 150;
const LOADED_WITHIN_MS = 60_000;
const DAY_MS = 86_400_000;

/** One athlete as the simulator tells of them. */
interface FictionalAthlete {
  key: string;
  displayName: string;
  email: string;
  timeZone: string;
  story: string;
  nights: number;
  shares: string[];
  sleepNeedMin: number;
  /** What training load is reckoned with. */
  profile: { sex: string; maxHr: number; restHr: number };
  /** Slugs of further providers. */
  alsoWears: string[];
  /** By slug: those that are simulated. */
  providers: Record<string, unknown>;
}

interface Places {
  graphqlUrl: string;
  simulatorUrl: string;
  /** The same for all demo logins; made once per checkout. */
  password: string;
}

/**
 * Loads the demo the way people would: a coach and twelve athletes register, join a team, link the simulated Oura (some a
 * second device too) on its consent page, share what their story says, and their history is fetched, normalised and scored.
 * The coach writes a week into the plan of each who shares training; the others write their own.
 * Idempotent: whoever is registered already signs in, and every further step may be repeated.
 */
export async function seedDemo(places: Places): Promise<DemoData> {
  const coachToken = await enter(places, { ...COACH, role: 'COACH' });
  const team = await theTeam(places, coachToken);
  const response = await fetch(`${places.simulatorUrl}/control/athletes`);
  const { athletes } = (await response.json()) as { athletes: FictionalAthlete[] };
  const athleteIds = await inParallel(athletes, (athlete) => seedAthlete(places, { athlete, team, coachToken }));
  return {
    teams: [team],
    logins: [
      { role: 'COACH', email: COACH.email, password: places.password, athleteId: null },
      ...athletes.map(({ email }, index) => {
        return { role: 'ATHLETE', email, password: places.password, athleteId: athleteIds[index] ?? null };
      }),
    ],
  };
}

/** The days since the demo was last loaded, a day more on each side since zones differ. */
export async function catchUpDemo(places: Places, demo: DemoData, since: string): Promise<void> {
  const response = await fetch(`${places.simulatorUrl}/control/athletes`);
  const { athletes } = (await response.json()) as { athletes: FictionalAthlete[] };
  const known = athletes.filter(({ email }) => demo.logins.some((login) => login.email === email));
  const nights = Math.ceil((Date.now() - Date.parse(since)) / DAY_MS) + 1;
  await inParallel(known, async (athlete) => {
    const token = await signIn({ url: places.graphqlUrl, email: athlete.email, password: places.password });
    await loadHistory(places.graphqlUrl, { token, athlete, nights });
    const athleteId = demo.logins.find(({ email }) => email === athlete.email)?.athleteId;
    if (athleteId)
      await seedPlan({ url: places.graphqlUrl, token, athleteId, today: todayOf(athlete), isFirst: false });
  });
}

/** Works through the list a few at a time; answers stand in the list's order. */
async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

const REGISTER = /* GraphQL */ `
  mutation Register($input: RegisterInput!) {
    register(input: $input) {
      accessToken
    }
  }
`;

async function enter(
  { graphqlUrl: url, password }: Places,
  person: { email: string; displayName: string; timeZone: string; role: 'COACH' | 'ATHLETE' },
): Promise<string> {
  const { email, displayName, timeZone, role } = person;
  const input = { email, password, displayName, timeZone, role };
  try {
    const { register } = await ask<{ register: { accessToken: string } }>({
      url,
      query: REGISTER,
      variables: { input },
    });
    return register.accessToken;
  } catch (error) {
    if (!(error instanceof GraphFailure) || error.code !== 'CONFLICT') throw error;
    return signIn({ url, email, password });
  }
}

const TEAMS = /* GraphQL */ `
  query Teams {
    viewer {
      teams {
        id
        name
      }
    }
  }
`;

const CREATE_TEAM = /* GraphQL */ `
  mutation CreateTeam($input: CreateTeamInput!) {
    createTeam(input: $input) {
      id
      name
    }
  }
`;

interface Team {
  id: string;
  name: string;
}

async function theTeam({ graphqlUrl: url }: Places, token: string): Promise<Team> {
  const { viewer } = await ask<{ viewer: { teams: Team[] } }>({ url, token, query: TEAMS });
  const [existing] = viewer.teams;
  if (existing) return existing;
  const { createTeam } = await ask<{ createTeam: Team }>({
    url,
    token,
    query: CREATE_TEAM,
    variables: { input: { name: TEAM } },
  });
  return createTeam;
}

const ATHLETE = /* GraphQL */ `
  query Me {
    viewer {
      teams {
        id
      }
      athlete {
        id
        connections {
          provider
          state
        }
      }
    }
  }
`;

interface Me {
  viewer: { teams: { id: string }[]; athlete: { id: string; connections: { provider: string; state: string }[] } };
}

async function seedAthlete(
  places: Places,
  options: { athlete: FictionalAthlete; team: Team; coachToken: string },
): Promise<string> {
  const { athlete, team, coachToken } = options;
  const { graphqlUrl: url } = places;
  const token = await enter(places, { ...athlete, role: 'ATHLETE' });
  const { viewer } = await ask<Me>({ url, token, query: ATHLETE });
  if (!viewer.teams.some(({ id }) => id === team.id)) await join(url, { team, coachToken, token });
  const input = { sleepNeedMin: athlete.sleepNeedMin, ...athlete.profile };
  await ask({ url, token, query: UPDATE_PROFILE, variables: { input } });
  const since = new Date(Date.now() - (athlete.nights + 1) * DAY_MS).toISOString().slice(0, 10);
  for (const signal of athlete.shares) {
    await ask({ url, token, query: GRANT, variables: { input: { teamId: team.id, signal, since } } });
  }
  const isLinked = (provider: string): boolean =>
    viewer.athlete.connections.some((connection) => connection.provider === provider && connection.state === 'ACTIVE');
  const asAthlete: AskAsAthlete = (query, variables) => ask({ url, token, query, variables });
  for (const provider of ['OURA', ...secondDevices(athlete)]) {
    if (!isLinked(provider)) await linkByConsent({ ask: asAthlete, provider, key: athlete.key });
  }
  await loadHistory(url, { token, athlete, nights: athlete.nights });
  const { id: athleteId } = viewer.athlete;
  const planner = athlete.shares.includes('TRAINING') ? coachToken : token;
  await seedPlan({ url, token: planner, athleteId, today: todayOf(athlete), isFirst: true });
  return athleteId;
}

/** Linked, but without history: the numbers of the demo follow from one source, and a second one shows what it adds. */
function secondDevices({ alsoWears, providers }: FictionalAthlete): string[] {
  return alsoWears.filter((slug) => slug in providers).map((slug) => slug.toUpperCase().replaceAll('-', '_'));
}

const INVITE = /* GraphQL */ `
  mutation Invite($input: InviteAthleteInput!) {
    inviteAthlete(input: $input) {
      token
    }
  }
`;

const ACCEPT = /* GraphQL */ `
  mutation Accept($token: String!) {
    acceptInvitation(token: $token) {
      id
    }
  }
`;

const UPDATE_PROFILE = /* GraphQL */ `
  mutation UpdateProfile($input: UpdateProfileInput!) {
    updateProfile(input: $input) {
      id
    }
  }
`;

const GRANT = /* GraphQL */ `
  mutation Grant($input: GrantConsentInput!) {
    grantConsent(input: $input) {
      signal
    }
  }
`;

async function join(
  url: string,
  { team, coachToken, token }: { team: Team; coachToken: string; token: string },
): Promise<void> {
  const { inviteAthlete } = await ask<{ inviteAthlete: { token: string } }>({
    url,
    token: coachToken,
    query: INVITE,
    variables: { input: { teamId: team.id } },
  });
  await ask({ url, token, query: ACCEPT, variables: { token: inviteAthlete.token } });
}

const BACKFILL = /* GraphQL */ `
  mutation Backfill($input: StartBackfillInput!) {
    startBackfill(input: $input) {
      id
    }
  }
`;

const JOB = /* GraphQL */ `
  query Job($id: ID!) {
    syncJob(id: $id) {
      state
      failureReason
    }
  }
`;

const SCORED = /* GraphQL */ `
  query Scored($date: Date!) {
    viewer {
      athlete {
        readiness(date: $date) {
          revision
        }
      }
    }
  }
`;

const todayOf = ({ timeZone }: FictionalAthlete): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone }).format(new Date());

/** The history up to yesterday: fetched, and yesterday scored. */
async function loadHistory(
  url: string,
  { token, athlete, nights }: { token: string; athlete: FictionalAthlete; nights: number },
): Promise<void> {
  const today = todayOf(athlete);
  const back = (days: number): string => new Date(Date.parse(today) - days * DAY_MS).toISOString().slice(0, 10);
  const input = { provider: 'OURA', from: back(nights), to: back(1) };
  const { startBackfill } = await ask<{ startBackfill: { id: string } }>({
    url,
    token,
    query: BACKFILL,
    variables: { input },
  });
  await until(`the history of ${athlete.displayName} to be fetched`, async () => {
    const { syncJob } = await ask<{ syncJob: { state: string; failureReason: string | null } }>({
      url,
      token,
      query: JOB,
      variables: { id: startBackfill.id },
    });
    if (syncJob.state === 'FAILED')
      throw new Error(`Loading the history of ${athlete.displayName} failed: ${syncJob.failureReason}`);
    return syncJob.state === 'DONE';
  });
  await until(`yesterday of ${athlete.displayName} to be scored`, async () => {
    const { viewer } = await ask<{ viewer: { athlete: { readiness: { revision: number } | null } } }>({
      url,
      token,
      query: SCORED,
      variables: { date: back(1) },
    });
    return (viewer.athlete.readiness?.revision ?? 0) > 0;
  });
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + LOADED_WITHIN_MS;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`Waited a minute for ${what}, in vain. The logs in .data/logs say why.`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
