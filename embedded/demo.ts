import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Client } from 'graphql-ws';
import { openSocket, signIn } from './graph-client.ts';
import { readStatus, type Status } from './status-file.ts';

const USAGE = `npm run demo -- <what> [--athlete KEY] [--provider NAME] [--count N]

  night      today's night of an athlete arrives (again: it is changed); --count 50 prints p50 and p99
  week       the last seven nights are edited
  illness    yesterday's and today's nights look unusual
  fault NAME something goes wrong at the provider (list: npm run demo -- fault)
  athletes   who there is, and which providers they are linked with

  --provider whoop   that provider tells of the night, or goes wrong; without it Oura. --count orders a fault so many times`;

const SEEN_WITHIN_MS = 15_000;

class DemoError extends Error {}

interface Played {
  athlete: string;
  date: string;
  event: 'create' | 'update';
  isLinked: boolean;
  sentAt: string;
  deliveries: { status: number | null }[];
}

interface Change {
  athleteId: string;
  reason: string;
  athlete: { displayName: string } | null;
  readiness: { date: string; score: number | null; band: string | null; status: string; revision: number };
}

const TEAM_LIVE = /* GraphQL */ `
  subscription TeamLive($teamId: ID!) {
    teamReadinessChanged(teamId: $teamId) {
      changes {
        athleteId
        reason
        athlete {
          displayName
        }
        readiness {
          date
          score
          band
          status
          revision
        }
      }
    }
  }
`;

async function post<Answer>(status: Status, path: string, body: object): Promise<Answer> {
  const response = await fetch(`${status.urls['simulator']}/control/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Answer & { error?: string };
  if (!response.ok) throw new DemoError(answer.error ?? `The simulator answered ${response.status}.`);
  return answer;
}

/** Every change the coach's screen gets, newest last, and a way to wait for one. */
function watchTeam(socket: Client, teamId: string) {
  const latest = new Map<string, Change>();
  const waiting = new Set<(change: Change, at: number) => void>();
  const opened = new Promise<void>((resolve, reject) => {
    socket.subscribe<{ teamReadinessChanged: { changes: Change[] } }>(
      { query: TEAM_LIVE, variables: { teamId } },
      {
        next: ({ data, errors }) => {
          if (errors?.[0]) return reject(new DemoError(errors[0].message));
          const at = Date.now();
          for (const change of data?.teamReadinessChanged.changes ?? []) {
            for (const tell of waiting) tell(change, at);
            latest.set(`${change.athleteId} ${change.readiness.date}`, change);
          }
          resolve();
        },
        error: (error) =>
          reject(
            error instanceof Error ? error : new DemoError(`The live stream was refused: ${JSON.stringify(error)}`),
          ),
        complete: () => reject(new DemoError('The live stream ended.')),
      },
    );
  });
  return {
    opened,
    latest,
    /** null when none came within 15 seconds. */
    next(isIt: (change: Change) => boolean): Promise<{ change: Change; at: number } | null> {
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          waiting.delete(tell);
          resolve(null);
        }, SEEN_WITHIN_MS);
        function tell(change: Change, at: number): void {
          if (!isIt(change)) return;
          clearTimeout(timer);
          waiting.delete(tell);
          resolve({ change, at });
        }
        waiting.add(tell);
      });
    },
  };
}

const words = (change: Change | undefined): string =>
  change === undefined
    ? 'nothing'
    : change.readiness.score === null
      ? change.readiness.status.toLowerCase()
      : `${change.readiness.score} ${change.readiness.band?.toLowerCase()}`;

async function night(
  status: Status,
  options: { athlete: string | undefined; provider: string; count: number; what: 'night' | 'illness' },
): Promise<void> {
  const [team] = status.teams;
  const coach = status.logins.find(({ role }) => role === 'COACH');
  if (!team || !coach)
    throw new DemoError('This demo has no team and coach. Load it with npm run reset, then npm start.');
  const token = await signIn({ url: status.urls['graphql'] as string, email: coach.email, password: coach.password });
  const socket = openSocket({ url: status.urls['subscriptions'] as string, token });
  try {
    const live = watchTeam(socket, team.id);
    await live.opened;
    const names = await cast(status, options);
    const took: number[] = [];
    for (let n = 0; n < options.count; n += 1) {
      const name = names[n % names.length] as Named;
      const arrival = live.next(
        (change) => change.athlete?.displayName === name.displayName && change.reason !== 'SNAPSHOT',
      );
      const before = [...live.latest.values()]
        .filter((change) => change.athlete?.displayName === name.displayName)
        .at(-1);
      const asked = Date.now();
      const played = post<Played>(status, options.what, { athlete: name.key, provider: options.provider });
      const [arrived, { event, sentAt, date, deliveries }] = await Promise.all([arrival, played]);
      if (arrived === null) throw new DemoError(unmoved(name, { provider: options.provider, deliveries }));
      const { change, at } = arrived;
      took.push(at - Date.parse(sentAt));
      const line = `${name.displayName}, night of ${date} (${event}): ${words(before)} -> ${words(change)} on the coach's socket`;
      process.stdout.write(
        `  ${line}, ${at - Date.parse(sentAt)} ms after the webhook (${at - asked} ms after the command)\n`,
      );
    }
    if (took.length > 1) process.stdout.write(`\n  ${took.length} nights, webhook to socket: ${percentiles(took)}\n`);
  } finally {
    await socket.dispose();
  }
}

/** Why the coach's screen may have stood still. */
function unmoved(name: Named, { provider, deliveries }: { provider: string } & Pick<Played, 'deliveries'>): string {
  const taken = deliveries.filter(({ status }) => status !== null && status >= 200 && status < 300).length;
  const reason =
    taken === 0
      ? 'No delivery was taken; the simulator’s page shows the answers and the faults that are on.'
      : linksOf(name).length > 1
        ? 'Where an athlete has several devices, another provider may count for that night; one that tells of training moves no score at once.'
        : 'The logs in .data/logs say why.';
  return `${deliveries.length} deliveries of ${provider}, ${taken} taken, but no change reached the coach within ${SEEN_WITHIN_MS / 1000} s. ${reason}`;
}

function percentiles(values: number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${sorted.at(-1)} ms`;
}

interface Named {
  key: string;
  displayName: string;
  story: string;
  nights: number;
  shares: string[];
  /** By the provider's slug. */
  providers: Record<string, { isLinked: boolean }>;
}

const linksOf = ({ providers }: Named): string[] => Object.keys(providers).filter((slug) => providers[slug]?.isLinked);

const SCORED_NIGHTS = 8;

/**
 * Whose nights are played: the named athlete's, or the default one's; many nights go round all whose score the coach
 * sees at once, since repeats of one record within a second are fetched together.
 */
async function cast(
  status: Status,
  { athlete, provider, count }: { athlete: string | undefined; provider: string; count: number },
): Promise<Named[]> {
  const named = await nameOf(status, athlete);
  const isLinked = (one: Named): boolean => one.providers[provider]?.isLinked ?? false;
  if (athlete !== undefined && !isLinked(named)) {
    const links = linksOf(named).join(', ') || 'no provider';
    throw new DemoError(`${named.displayName} is linked with ${links}, not with ${provider}.`);
  }
  if (athlete !== undefined || (count === 1 && isLinked(named))) return [named];
  const isSeen = ({ shares, nights }: Named): boolean =>
    nights >= SCORED_NIGHTS && shares.includes('HRV') && shares.includes('SLEEP');
  const linked = (await athletesOf(status)).filter(isLinked);
  if (linked.length === 0) {
    throw new DemoError(`Nobody is linked with ${provider}. npm run demo -- athletes shows who is linked with what.`);
  }
  return linked.some(isSeen) ? linked.filter(isSeen) : linked;
}

async function athletesOf(status: Status): Promise<Named[]> {
  const response = await fetch(`${status.urls['simulator']}/control/athletes`);
  return ((await response.json()) as { athletes: Named[] }).athletes;
}

/** By key, by name, or by our own athlete id; without any, the one who shares everything. */
async function nameOf(status: Status, given: string | undefined): Promise<Named> {
  const athletes = await athletesOf(status);
  const login = status.logins.find(({ athleteId }) => athleteId !== null && athleteId === given);
  const wanted = (login?.email.split('@')[0] ?? given ?? 'aino').toLowerCase();
  const found = athletes.find(({ key, displayName }) => key === wanted || displayName.toLowerCase().includes(wanted));
  if (!found)
    throw new DemoError(`There is no athlete "${given}". There are: ${athletes.map(({ key }) => key).join(', ')}.`);
  return found;
}

async function week(status: Status, options: { athlete: string | undefined; provider: string }): Promise<void> {
  const { key, displayName } = await nameOf(status, options.athlete);
  const { nights } = await post<{ nights: unknown[] }>(status, 'week', { athlete: key, provider: options.provider });
  process.stdout.write(
    `  ${nights.length} nights of ${displayName} were edited and sent again; the scores follow on the dashboard.\n`,
  );
}

async function fault(
  status: Status,
  options: { name: string | undefined; athlete: string | undefined; provider: string; count: number },
): Promise<void> {
  const { name, athlete, provider, count: times } = options;
  if (name === undefined) {
    const faults = (await (await fetch(`${status.urls['simulator']}/control/faults`)).json()) as Record<string, string>;
    for (const [key, effect] of Object.entries(faults)) process.stdout.write(`  ${key.padEnd(16)} ${effect}\n`);
    return;
  }
  const key = athlete === undefined ? {} : { athlete: (await nameOf(status, athlete)).key };
  const { effect } = await post<{ effect: string }>(status, 'fault', { name, provider, times, ...key });
  process.stdout.write(`  ${name} at ${provider}: ${effect}.\n`);
}

async function run(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      athlete: { type: 'string' },
      provider: { type: 'string', default: 'oura' },
      count: { type: 'string', default: '1' },
    },
  });
  const [what, name] = positionals;
  if (what === undefined) throw new DemoError(USAGE);
  const provider = values.provider.toLowerCase().replaceAll('_', '-');
  const count = Number(values.count);
  if (!Number.isInteger(count) || count < 1 || count > 1_000)
    throw new DemoError('--count takes a whole number from 1 to 1000.');
  const status = readStatus(join(process.cwd(), '.data'));
  if (status?.state !== 'ready')
    throw new DemoError('Nothing runs here. Start it with npm start, in another terminal.');
  switch (what) {
    case 'night':
    case 'illness':
      return night(status, { athlete: values.athlete, provider, count, what });
    case 'week':
      return week(status, { athlete: values.athlete, provider });
    case 'fault':
      return fault(status, { name, athlete: values.athlete, provider, count });
    case 'athletes':
      for (const athlete of await athletesOf(status))
        process.stdout.write(
          `  ${athlete.key.padEnd(10)} ${athlete.displayName.padEnd(22)} ${linksOf(athlete).join(', ').padEnd(16)} ${athlete.story}\n`,
        );
      return undefined;
    default:
      throw new DemoError(USAGE);
  }
}

try {
  await run();
} catch (error) {
  process.stderr.write(`${error instanceof DemoError || error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
