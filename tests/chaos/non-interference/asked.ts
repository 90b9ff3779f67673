import { FLAG_CODES } from '../../../subgraphs/insights/flags/flags.ts';
import { SCORE_SIGNALS } from '../../../subgraphs/insights/readiness/views/bases.ts';
import { LAST_DAY } from './pair.ts';
import { OTHER_TEAM, TEAM } from './side.ts';

/** One way to ask for a field. `selection`: in place of all that lies below it. */
export interface Asking {
  args: string;
  selection?: string;
}

const DAYS = `(from: "2026-09-20", to: "${LAST_DAY}")`;
const LATELY = `from: "2026-11-15T00:00:00Z", to: "2026-11-21T00:00:00Z"`;

const ROWS = `{ edges { cursor node { athlete { id } } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  totalCount notSharedCount counts { high normal reduced low noScore notShared } }`;

const ORDERS = [
  ...['ATTENTION', 'NAME', 'READINESS', 'CHANGE', 'HRV', 'RESTING_HEART_RATE', 'SLEEP', 'LOAD', 'TODAY'],
  ...['FLAGS', 'DATA'],
];
const FILTERS = [
  'search: "athlete 1"',
  ...['HIGH', 'NORMAL', 'REDUCED', 'LOW'].map((band) => `bands: [${band}]`),
  ...['SUPPRESSED', 'LOW', 'ELEVATED', 'NORMAL'].map((state) => `hrvStates: [${state}]`),
  ...SCORE_SIGNALS.flatMap((signal) =>
    ['LAST_NIGHT', 'ESTIMATED', 'CALIBRATING', 'NO_DATA', 'NOT_SHARED'].map(
      (state) => `freshness: [{ signal: ${signal}, states: [${state}] }]`,
    ),
  ),
  ...FLAG_CODES.map((code) => `flags: [${code}]`),
  'flags: []',
  ...['NOTHING', 'REST', 'SESSION', 'RACE', 'TEST'].map((planned) => `planned: [${planned}]`),
  ...['PENDING', 'ACCEPTED', 'REVERTED', 'EXPIRED', 'SUPERSEDED'].map((state) => `suggestions: [${state}]`),
  'isBasisComplete: true',
  'isBasisComplete: false',
  // Signals of which nobody tells the freshness: refused for everybody alike.
  ...['HEART_RATE', 'TRAINING', 'STEPS', 'VITALS', 'CHECK_IN'].map(
    (signal) => `freshness: [{ signal: ${signal}, states: [LAST_NIGHT] }]`,
  ),
];

const roster = (args: string): Asking => ({ args: `(${args})`, selection: ROWS });

/** What is asked of an athlete below an event: all that an athlete has is asked for beside it. */
export const OF_AN_EVENT = `{ id readiness { score revision computedAt } flags { id acknowledgedAt } sleepDebt { state debtMin }
  load(from: "${LAST_DAY}", to: "${LAST_DAY}") { state days { load } } plan(from: "${LAST_DAY}", to: "${LAST_DAY}") { id
  version suggestion { id } } }`;

/** How a coach asks for what has arguments: each of them, each value of an enum, each part of a filter. */
export const ARGUMENTS: Readonly<Record<string, readonly Asking[]>> = {
  'Query.team': [{ args: `(id: "${TEAM}")` }, { args: `(id: "${OTHER_TEAM}")` }],
  'Query.athlete': [{ args: '(id: $athlete)' }, { args: `(id: "${TEAM}")` }],
  'Query.suggestion': [{ args: '(id: "nothing")' }],
  'Team.members': [{ args: '' }, { args: '(first: 3, after: null)' }],
  'Athlete.accessLog': [{ args: '(first: 3, after: null)' }],
  'Athlete.hrv': [{ args: DAYS }],
  'Athlete.restingHeartRate': [{ args: DAYS }],
  'Athlete.sleep': ['', ', provider: OURA', ', provider: WHOOP'].map((provider) => ({
    args: `${DAYS.slice(0, -1)}${provider})`,
  })),
  'Athlete.steps': ['', ', provider: GARMIN'].map((provider) => ({ args: `${DAYS.slice(0, -1)}${provider})` })),
  'Athlete.vitals': [{ args: DAYS }],
  'Athlete.heartRate': [
    { args: `(from: "2026-11-20T00:00:00Z", to: "2026-11-21T00:00:00Z", resolution: RAW)` },
    ...['MINUTE', 'HOUR', 'DAY'].map((resolution) => ({ args: `(${LATELY}, resolution: ${resolution})` })),
  ],
  'Athlete.workouts': [
    // With all that is inside it: the series of few workouts may be asked for at once.
    { args: `(${LATELY}, first: 1)` },
    {
      args: `(from: "2026-09-20T00:00:00Z", to: "2026-11-21T00:00:00Z", provider: STRAVA, after: null)`,
      selection: WORKOUTS(),
    },
    { args: `(from: "2026-09-20T00:00:00Z", to: "2026-11-21T00:00:00Z", first: 2)`, selection: WORKOUTS() },
  ],
  'Workout.streams': [
    { args: '' },
    { args: '(kinds: [HEART_RATE, SPEED, POWER, CADENCE, ALTITUDE, DISTANCE], maxPoints: 3)' },
  ],
  'Athlete.checkIn': [{ args: `(date: "${LAST_DAY}")` }, { args: '(date: "2026-11-19")' }],
  'Athlete.dataTrace': [{ args: `(date: "${LAST_DAY}")` }],
  'Athlete.readiness': [{ args: '' }, { args: '(date: "2026-11-17")' }, { args: '(date: "2026-11-22")' }],
  'Athlete.readinessHistory': [{ args: '(from: "2026-11-06", to: "2026-11-21")' }],
  'Athlete.load': [{ args: '(from: "2026-11-06", to: "2026-11-21")' }],
  'Athlete.plan': [{ args: '(from: "2026-11-10", to: "2026-11-25")' }],
  'Athlete.weeklySummary': [{ args: '' }, { args: '(week: "2026-11-09")' }, { args: '(week: "2026-11-16")' }],
  'Team.weeklySummary': [{ args: '' }, { args: '(week: "2026-11-09")' }, { args: '(week: "2026-11-16")' }],
  'Team.roster': [
    { args: '(first: 500)' },
    { args: '', selection: ROWS },
    roster('first: 5, after: null'),
    ...ORDERS.flatMap((by) =>
      [false, true].map((turn) => roster(`first: 500, sort: { by: ${by}, isDescending: ${turn} }`)),
    ),
    ...FILTERS.map((filter) => roster(`filter: { ${filter} }`)),
    // Of what is withheld nothing is known either way: a value and its opposite together.
    ...ORDERS.map((by) => roster(`first: 7, filter: { bands: [HIGH, NORMAL, REDUCED, LOW] }, sort: { by: ${by} }`)),
  ],
  'Team.rosterTable': [
    { args: '(days: 2, after: null)' },
    // More than one part.
    { args: '(days: 40)', selection: '{ columns rows endCursor }' },
    ...['bands: [LOW, REDUCED]', 'flags: [READINESS_LOW]', 'suggestions: [PENDING]', 'search: "1"'].map((filter) => ({
      args: `(filter: { ${filter} })`,
      selection: '{ rows endCursor }',
    })),
  ],
  'Subscription.teamReadinessChanged': [{ args: `(teamId: "${TEAM}", since: null)` }],
};

function WORKOUTS(): string {
  return '{ state totalCount edges { cursor node { id } } pageInfo { hasNextPage endCursor } }';
}

/** What no coach asks for here, and why that is proved elsewhere or has nothing to do with what is withheld. */
export const ASIDE: Readonly<Record<string, string>> = {
  'Query.viewer': 'who is signed in: the coach; the teams are asked for by Query.team',
  'Query.pendingLink': 'an athlete’s own link, known by a secret handle (connections/linking/linking.test.ts)',
  'Query.syncJob': 'an athlete’s own job; null for whoever is no athlete (connections/sync/job-progress.test.ts)',
  'Query.alertPreferences': 'what the coach chose to be told of (insights/alerts/alerts.test.ts)',
  'Team.savedViews':
    'how the coach looks at the table: an address of their own (insights/saved-views/saved-views.test.ts)',
  'Query.changesSince': 'an athlete’s own entries; refused to others (health-data/sync/sync.test.ts)',
  'Subscription.syncJobProgress': 'an athlete’s own job; refused to others (connections/sync/job-progress.test.ts)',
  'Subscription.readinessChanged': 'an athlete’s own stream; NOT_FOUND for others (coach-watches-team.test.ts)',
};

/** For the athlete alone: null for every coach, whatever is shared. */
export const OWN: Readonly<Record<string, string>> = {
  'Athlete.profile': 'what the athlete said of themselves',
  'Athlete.connections': 'which providers are linked, and when they were last heard',
  'Athlete.accessLog': 'who looked at what',
  'Athlete.dataTrace': 'what arrived when, of every signal',
  'Athlete.sources': 'who measures what, of every signal',
  'Query.suggestion': 'what became of the athlete’s own suggestions',
  'Consent.withdrawnAt': 'a coach is shown what holds now',
  'CheckIn.feel': 'answers to a score of the athlete’s own',
  'Source.deliveryId': 'one delivery brings many signals, at its own time',
  'Source.normaliserVersion': 'changes with the delivery',
  'SleepDebt.nudge': 'advice to the athlete',
  'SleepDebt.nudgesStopped': 'advice to the athlete',
  'SleepDebt.bedtime': 'advice to the athlete',
};
