import { AppError } from '#platform/errors';
import type { Signal } from '#platform/signals';
import { FLAG_CODES, RULES, type FlagCode } from '../flags/flags.ts';
import type { Flag } from '../flags/graph-types.ts';
import { SCORE_SIGNALS } from '../readiness/views/bases.ts';
import type { SignalFreshness } from '../readiness/graph-types.ts';
import type { Presented } from '../readiness/present.ts';
import type { Suggestion } from '../plan/graph-types.ts';
import type { RosterFilter, RosterSort } from './graph-types.ts';
import type { Member } from './members.ts';
import type { Planned } from './today.ts';

/** One athlete in the view that this team gets of them: nothing here knows of what is withheld. */
export interface Row extends Member {
  shown: Presented;
  /** What this team may see of today: signals of the score, and TRAINING. */
  signals: readonly Signal[];
  /** The week against the three before; null where nobody asked about it. */
  loadChange: number | null;
  /** Open today, most urgent first; empty where nobody asked about flags. */
  flags: readonly Pick<Flag, 'code' | 'acknowledgedAt'>[];
  /** What stands in today's plan; empty where nobody asked about today. */
  planned: readonly Planned[];
  /** The state of today's suggestion; null where there is none, or nobody asked about today. */
  suggestion: Suggestion['state'] | null;
}

/** The rows that match, and the number of athletes of whom nobody can say whether they match: what is asked about is withheld. */
export interface Filtered {
  matching: Row[];
  notSharedCount: number;
}

/**
 * A withheld value matches neither a filter nor its opposite (readiness.md, section 13): whoever withholds something
 * that is asked about is counted apart, whatever else is true of them.
 */
export function filterRows(rows: readonly Row[], filter: RosterFilter): Filtered {
  const wanted = foldName(filter.search?.trim() ?? '');
  const named = wanted === '' ? rows : rows.filter(({ displayName }) => foldName(displayName).includes(wanted));
  const conditions = conditionsOf(filter);
  const told = named.filter((row) => conditions.every(({ isTold }) => isTold(row)));
  return {
    matching: told.filter((row) => conditions.every(({ holds }) => holds(row))),
    notSharedCount: named.length - told.length,
  };
}

/** Letters without case and accents: who types "zoe" finds Zoë. */
const foldName = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{Diacritic}/gu, '')
    .toLocaleLowerCase('en');

interface Condition {
  /** Whether the viewer is told what the condition asks about. */
  isTold: (row: Row) => boolean;
  holds: (row: Row) => boolean;
}

const has =
  (signal: Signal) =>
  ({ signals }: Row): boolean =>
    signals.includes(signal);
const isScoreShared = ({ shown }: Row): boolean => shown.readiness.status !== 'NOT_SHARED';
const isScoreSignal = (signal: Signal): boolean => (SCORE_SIGNALS as readonly Signal[]).includes(signal);
/** A flag that names no signal is told from the score, or from all of its signals. */
const isFlagTold = (code: FlagCode, row: Row): boolean => {
  const { needs } = RULES[code];
  return needs.length === 0 ? isScoreShared(row) : needs.every((signal) => has(signal)(row));
};
const NO_FRESHNESS = `Freshness is known of ${SCORE_SIGNALS.join(', ')}. Ask for one of these.`;

function conditionsOf(filter: RosterFilter): Condition[] {
  const { bands, hrvStates, freshness, isBasisComplete } = filter;
  const conditions: Condition[] = [...ofFlags(filter), ...ofToday(filter)];
  if (bands)
    conditions.push({
      isTold: isScoreShared,
      holds: ({ shown: { readiness } }) => readiness.band !== null && bands.includes(readiness.band),
    });
  if (hrvStates)
    conditions.push({
      isTold: has('HRV'),
      holds: ({ shown: { readiness } }) => {
        const state = readiness.signals.hrv?.state ?? null;
        return state !== null && hrvStates.includes(state);
      },
    });
  for (const { signal, states } of freshness ?? []) {
    if (!isScoreSignal(signal)) throw new AppError('BAD_USER_INPUT', NO_FRESHNESS);
    conditions.push({
      isTold: has(signal),
      holds: ({ shown }) => shown.freshness.some((each) => each.signal === signal && states.includes(each.state)),
    });
  }
  // Whether a signal is shared is no secret: the coach sees the lock in its place.
  if (isBasisComplete !== null && isBasisComplete !== undefined)
    conditions.push({
      isTold: () => true,
      holds: ({ shown: { readiness } }) =>
        SCORE_SIGNALS.every((signal) => readiness.basis.includes(signal)) === isBasisComplete,
    });
  return conditions;
}

function ofFlags({ flags }: RosterFilter): Condition[] {
  if (!flags) return [];
  return [
    {
      isTold: (row) => flags.every((code) => isFlagTold(code, row)),
      holds: (row) => row.flags.some(({ code }) => flags.includes(code)),
    },
  ];
}

/** A plan belongs to TRAINING; a suggestion is told from it and from the score. */
function ofToday({ planned, suggestions }: RosterFilter): Condition[] {
  const conditions: Condition[] = [];
  if (planned)
    conditions.push({
      isTold: has('TRAINING'),
      holds: (row) => row.planned.some((each) => planned.includes(each)),
    });
  if (suggestions)
    conditions.push({
      isTold: (row) => has('TRAINING')(row) && isScoreShared(row),
      holds: ({ suggestion }) => suggestion !== null && suggestions.includes(suggestion),
    });
  return conditions;
}

/** Where a row stands: null stands last in both directions, withheld or missing alike. */
const VALUES: Record<Exclude<RosterSort['by'], 'ATTENTION' | 'NAME'>, (row: Row) => number | null> = {
  READINESS: ({ shown }) => shown.readiness.score,
  CHANGE: ({ shown }) => shown.changeFromWeek,
  // Never by milliseconds: those of two athletes do not compare.
  HRV: ({ shown }) => shown.readiness.signals.hrv?.t ?? null,
  RESTING_HEART_RATE: ({ shown }) => {
    const { value = null, mean = null } = shown.readiness.signals.restingHeartRate ?? {};
    return value === null || mean === null ? null : value - mean;
  },
  SLEEP: ({ shown }) => shown.readiness.signals.sleep?.asleepMin ?? null,
  // Never by AU: those of two methods do not compare.
  LOAD: ({ loadChange }) => loadChange,
  TODAY: ({ suggestion }) => (suggestion === null ? null : SUGGESTION_ORDER.indexOf(suggestion)),
  FLAGS: ({ flags }) => flagsPlace(flags),
  DATA: ({ shown }) => dataAge(shown.freshness),
};

const SUGGESTION_ORDER: readonly Suggestion['state'][] = ['PENDING', 'ACCEPTED', 'REVERTED', 'EXPIRED', 'SUPERSEDED'];

/** Flags that nobody has seen come before those that somebody has; of each the most urgent first, then more of them. */
function flagsPlace(flags: Row['flags']): number | null {
  const unseen = flags.filter(({ acknowledgedAt }) => acknowledgedAt === null);
  const counted = unseen.length > 0 ? unseen : flags;
  const [first] = counted;
  if (first === undefined) return null;
  const urgency = FLAG_CODES.indexOf(first.code) + (unseen.length > 0 ? 0 : FLAG_CODES.length);
  // There are no more flags than codes: a number of them never outweighs a step of urgency.
  return urgency * (FLAG_CODES.length + 1) - counted.length;
}

/** In days; whoever calibrates has nights and no value of them, and stands between old values and none. */
const AGE_WITHOUT_VALUE = { CALIBRATING: 1_000, NO_DATA: 1_001 } as const;

/** That of the oldest signal that is shared, 0 for last night; null where none is. */
function dataAge(freshness: readonly SignalFreshness[]): number | null {
  const ages = freshness.flatMap(({ state, ageDays }) => {
    if (state === 'NOT_SHARED') return [];
    if (state === 'LAST_NIGHT') return [0];
    return [state === 'ESTIMATED' ? Math.max(1, ageDays ?? 1) : AGE_WITHOUT_VALUE[state]];
  });
  return ages.length === 0 ? null : Math.max(...ages);
}

const BANDS = ['LOW', 'REDUCED', 'NORMAL', 'HIGH'] as const;

/** Whoever has a flag comes before whoever has none, by the most urgent one; then the lower band. */
function attentionOf({ shown, flags }: Row): number | null {
  const { band } = shown.readiness;
  const [flag] = flags;
  if (flag === undefined && band === null) return null;
  const urgency = flag === undefined ? FLAG_CODES.length : FLAG_CODES.indexOf(flag.code);
  return urgency * (BANDS.length + 1) + (band === null ? BANDS.length : BANDS.indexOf(band));
}

function keyOf(row: Row, by: RosterSort['by']): number | null {
  if (by === 'NAME') return 0;
  return by === 'ATTENTION' ? attentionOf(row) : VALUES[by](row);
}

/** Rows of the same value come by name, then by id, whatever the direction. */
export function sortRows(rows: readonly Row[], { by, isDescending }: RosterSort): Row[] {
  const turn = isDescending ? -1 : 1;
  const keyed = rows.map((row) => ({ row, key: keyOf(row, by), name: foldName(row.displayName) }));
  keyed.sort((a, b) => {
    const byName = compare(a.name, b.name) || compare(a.row.athleteId, b.row.athleteId);
    if (by === 'NAME') return turn * byName;
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null) || byName;
    return turn * (a.key - b.key) || byName;
  });
  return keyed.map(({ row }) => row);
}

/** Not by the server's locale: every replica must give the same order. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** How many athletes stand in which band, over all athletes of the team. */
export interface Counts {
  high: number;
  normal: number;
  reduced: number;
  low: number;
  noScore: number;
  notShared: number;
}

export function countRows(rows: readonly Row[]): Counts {
  const counts: Counts = { high: 0, normal: 0, reduced: 0, low: 0, noScore: 0, notShared: 0 };
  for (const { shown } of rows) counts[groupOf(shown)] += 1;
  return counts;
}

const GROUP_OF_BAND = { HIGH: 'high', NORMAL: 'normal', REDUCED: 'reduced', LOW: 'low' } as const;

function groupOf({ readiness: { status, band } }: Presented): keyof Counts {
  if (status === 'NOT_SHARED') return 'notShared';
  return band === null ? 'noScore' : GROUP_OF_BAND[band];
}
