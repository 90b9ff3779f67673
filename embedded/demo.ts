import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Client } from 'graphql-ws';
import { openSocket, signIn } from './graph-client.ts';
import { readStatus, type Status } from './status-file.ts';

const USAGE = `npm run demo -- <what> [--athlete KEY] [--count N]

  night      today's night of an athlete arrives (again: it is changed); --count 50 prints p50 and p99
  week       the last seven nights are edited
  illness    yesterday's and today's nights look unusual
  fault NAME something goes wrong at the provider (list: npm run demo -- fault)
  athletes   who there is`;

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
    next(isIt: (change: Change) => boolean): Promise<{ change: Change; at: number }> {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(tell);
          reject(
            new DemoError(
              `No change reached the socket within ${SEEN_WITHIN_MS / 1000} s. The logs in .data/logs say why.`,
            ),
          );
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
  options: { athlete: string | undefined; count: number; what: 'night' | 'illness' },
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
      const played = post<Played>(status, options.what, { athlete: name.key });
      const [{ change, at }, { event, sentAt, date }] = await Promise.all([arrival, played]);
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
  isLinked: boolean;
}

const SCORED_NIGHTS = 8;

/**
 * Whose nights are played: the named athlete's, or the default one's; many nights go round all whose score the coach
 * sees at once, since repeats of one record within a second are fetched together.
 */
async function cast(status: Status, options: { athlete: string | undefined; count: number }): Promise<Named[]> {
  if (options.athlete !== undefined || options.count === 1) return [await nameOf(status, options.athlete)];
  const isSeen = ({ shares, nights, isLinked }: Named): boolean =>
    isLinked && nights >= SCORED_NIGHTS && shares.includes('HRV') && shares.includes('SLEEP');
  return (await athletesOf(status)).filter(isSeen);
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

async function week(status: Status, athlete: string | undefined): Promise<void> {
  const { key, displayName } = await nameOf(status, athlete);
  const { nights } = await post<{ nights: unknown[] }>(status, 'week', { athlete: key });
  process.stdout.write(
    `  ${nights.length} nights of ${displayName} were edited and sent again; the scores follow on the dashboard.\n`,
  );
}

async function fault(status: Status, name: string | undefined, athlete: string | undefined): Promise<void> {
  if (name === undefined) {
    const faults = (await (await fetch(`${status.urls['simulator']}/control/faults`)).json()) as Record<string, string>;
    for (const [key, effect] of Object.entries(faults)) process.stdout.write(`  ${key.padEnd(16)} ${effect}\n`);
    return;
  }
  const { effect } = await post<{ effect: string }>(status, 'fault', {
    name,
    ...(athlete === undefined ? {} : { athlete }),
  });
  process.stdout.write(`  ${name}: ${effect}.\n`);
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
  if (values.provider.toLowerCase() !== 'oura') throw new DemoError('Only --provider oura is simulated so far.');
  const count = Number(values.count);
  if (!Number.isInteger(count) || count < 1 || count > 1_000)
    throw new DemoError('--count takes a whole number from 1 to 1000.');
  const status = readStatus(join(process.cwd(), '.data'));
  if (status?.state !== 'ready')
    throw new DemoError('Nothing runs here. Start it with npm start, in another terminal.');
  switch (what) {
    case 'night':
    case 'illness':
      return night(status, { athlete: values.athlete, count, what });
    case 'week':
      return week(status, values.athlete);
    case 'fault':
      return fault(status, name, values.athlete);
    case 'athletes':
      for (const athlete of await athletesOf(status))
        process.stdout.write(`  ${athlete.key.padEnd(10)} ${athlete.displayName.padEnd(22)} ${athlete.story}\n`);
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
