import { ask } from './graph-client.ts';

const DAY_MS = 86_400_000;

type Planned = { title: string; intensity: string; minutes: number } & Partial<{
  startTime: string;
  sport: string;
  kind: 'TEST';
  notes: string;
  allowsIncrease: boolean;
}>;

/** A week that a coach might write; the first day is the hard one. */
const WEEK: readonly Planned[] = [
  { title: 'Intervals', intensity: 'HIGH', minutes: 75, sport: 'Running', notes: '6 × 3 min, easy jog between.' },
  { title: 'Easy run', intensity: 'LOW', minutes: 45, startTime: '07:30', sport: 'Running' },
  { title: 'Tempo', intensity: 'MODERATE', minutes: 60, startTime: '17:30', sport: 'Running' },
  { title: 'Day off', intensity: 'REST', minutes: 0 },
  { title: 'Time trial', intensity: 'HIGH', minutes: 40, startTime: '10:00', sport: 'Running', kind: 'TEST' },
  { title: 'Long ride', intensity: 'LOW', minutes: 150, startTime: '09:00', sport: 'Cycling' },
  { title: 'Spin and stretch', intensity: 'RECOVERY', minutes: 30, sport: 'Cycling' },
];

const IMPORT = /* GraphQL */ `
  mutation ImportPlan($input: ImportScheduledSessionsInput!) {
    importScheduledSessions(input: $input) {
      id
    }
  }
`;

/**
 * Puts two days that are over, today and the six days to come into an athlete's plan; at the first time today is the hard
 * day. Each day is known by its date: what stands in the plan already stays as it is, so that this may be repeated.
 */
export async function seedPlan(options: {
  url: string;
  /** Of the athlete, or of a coach to whom training is shared. */
  token: string;
  athleteId: string;
  /** The athlete's date. */
  today: string;
  isFirst: boolean;
}): Promise<void> {
  const { url, token, athleteId, today, isFirst } = options;
  // Later on the days of the week decide: each start adds a day, and must not begin the week anew.
  const sessions = demoSessions({ today, from: isFirst ? today : A_MONDAY });
  await ask({ url, token, query: IMPORT, variables: { input: { athleteId, sessions } } });
}

const A_MONDAY = '2026-01-05';

/** Nine days around `today`, of weeks that began on `from`. */
export function demoSessions({
  today,
  from,
}: {
  today: string;
  from: string;
}): (Planned & { date: string; clientId: string })[] {
  return [-2, -1, 0, 1, 2, 3, 4, 5, 6].map((offset) => {
    const at = Date.parse(today) + offset * DAY_MS;
    const turn = ((at - Date.parse(from)) / DAY_MS) % WEEK.length;
    const date = new Date(at).toISOString().slice(0, 10);
    return { ...(WEEK.at(turn) as Planned), date, clientId: `demo ${date}` };
  });
}
