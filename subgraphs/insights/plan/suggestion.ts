import type { Basis } from '#platform/basis';
import { isId } from '#platform/ids';
import type { LocalDate } from '#platform/signals';
import { dayNumber } from '#platform/slots';
import { isIllnessPattern } from '../flags/facts.ts';
import type { FlagCode, OpenFlag } from '../flags/flags.ts';
import type { WeekScores } from '../readiness/formula/score-days.ts';
import type { ReadinessView } from '../readiness/formula/view.ts';
import { type AdjustRule, adjust, expectedLoad, type Intensity, type Rationale } from '../training/adjust.ts';
import { isSameLoad, type SessionContent } from './session.ts';

/**
 * All that a suggestion is made of, by name: a version of the session, a revision of one view of its day, how many high
 * days stood before it in the plan (no more than two count), and what the load says of the day. Its id says these and
 * nothing else, so that nothing is stored until somebody decides, and what is accepted is what was shown.
 */
export interface SuggestionKey {
  sessionId: string;
  baseVersion: number;
  basis: Basis;
  revision: number;
  highDays: number;
  /** Of LOAD_SAYS, as bits. */
  loadSays: number;
}

/** The flags that the rules ask about and that a view alone does not tell. Stored as bits: the order never changes. */
const LOAD_SAYS = ['LOAD_SPIKE', 'HRV_ELEVATED_OVERLOAD'] as const satisfies readonly FlagCode[];

/** Those of LOAD_SAYS whose condition holds on the day itself: a flag that is merely still open says nothing of it. */
export const loadSaysOf = (flags: readonly OpenFlag[], date: LocalDate): number =>
  LOAD_SAYS.reduce((bits, asked, place) => {
    const holds = flags.some(({ code, lastOn }) => code === asked && lastOn === date);
    return holds ? bits | (1 << place) : bits;
  }, 0);

const says = (bits: number, code: (typeof LOAD_SAYS)[number]): boolean => (bits & (1 << LOAD_SAYS.indexOf(code))) !== 0;

export type SuggestionState = 'PENDING' | 'ACCEPTED' | 'REVERTED' | 'EXPIRED' | 'SUPERSEDED';

export interface Load {
  intensity: Intensity;
  minutes: number;
}

/** What is suggested and why, out of one view. `load` in AU: RPE 0, 2, 3, 5 or 7 times minutes. */
export interface SuggestionContent {
  rule: AdjustRule;
  /** A race, a test, or locked by the coach: to be read only. */
  isAdviceOnly: boolean;
  from: Load & { load: number };
  to: Load & { load: number };
  rationale: Rationale;
}

export const suggestionId = (key: SuggestionKey): string =>
  Buffer.from([key.sessionId, key.baseVersion, key.basis, key.revision, key.highDays, key.loadSays].join(' ')).toString(
    'base64url',
  );

/** Null for what is no id of a suggestion. */
export function suggestionKeyOf(id: string): SuggestionKey | null {
  const [sessionId = '', ...numbers] = Buffer.from(id, 'base64url').toString().split(' ');
  const parts = numbers.map(Number);
  const [baseVersion = 0, basis = 0, revision = 0, highDays = 0, loadSays = 0] = parts;
  const key = { sessionId, baseVersion, basis, revision, highDays, loadSays };
  const isWhole = parts.every((part) => Number.isInteger(part) && part < 2 ** 31);
  return isId(sessionId) && isWhole && suggestionId(key) === id ? key : null;
}

/** What is known of the day beside the session: from one view, and from the plan and the load that go with it. */
export interface SuggestionFacts {
  view: ReadinessView;
  weekScores: WeekScores;
  /** From when on the viewer sees this view; null: all days. */
  since: LocalDate | null;
  highDays: number;
  loadSays: number;
}

/** The suggestion for one session on the day of the view; null where the plan may stay as it is. */
export function suggest(session: SessionContent, facts: SuggestionFacts): SuggestionContent | null {
  const planned = { intensity: session.intensity, durationMin: session.minutes };
  const found = adjust({
    session: { ...planned, locked: session.isLocked, kind: session.kind.toLowerCase() },
    view: facts.view,
    context: {
      lowDays: lowDaysOf(facts),
      illnessPattern: isIllnessPattern(facts.view),
      highDaysBefore: facts.highDays,
      coachAllowsIncrease: session.allowsIncrease,
      hrvElevatedOverload: says(facts.loadSays, 'HRV_ELEVATED_OVERLOAD'),
      loadSpike: says(facts.loadSays, 'LOAD_SPIKE'),
    },
  });
  const target = found.changed ? found : found.advice;
  if (target === null) return null;
  const { rule, intensity, durationMin } = target;
  return {
    rule,
    isAdviceOnly: !found.changed,
    from: { intensity: session.intensity, minutes: session.minutes, load: expectedLoad(planned) },
    to: { intensity, minutes: durationMin, load: expectedLoad({ intensity, durationMin }) },
    rationale: found.rationale,
  };
}

const LOW_BELOW = 40;

/** Low days running, today included; days before the viewer's grant end the run. */
function lowDaysOf({ view, weekScores, since }: SuggestionFacts): number {
  if (view.band !== 'LOW') return 0;
  const open = since === null ? weekScores.length : Math.max(0, dayNumber(view.date) - dayNumber(since));
  const before = weekScores.slice(0, open);
  const end = before.findIndex((score) => score === null || score >= LOW_BELOW);
  return 1 + (end < 0 ? before.length : end);
}

const HIGH_DAYS_THAT_COUNT = 2;

/** Days running before `date` with a high session, two at most; `planned`: what stands in the plan of these days. */
export function highDaysBefore(
  date: LocalDate,
  planned: readonly Pick<SessionContent, 'date' | 'intensity'>[],
): number {
  const high = new Set(planned.filter(({ intensity }) => intensity === 'HIGH').map((each) => dayNumber(each.date)));
  let days = 0;
  while (days < HIGH_DAYS_THAT_COUNT && high.has(dayNumber(date) - days - 1)) days += 1;
  return days;
}

/** An undecided suggestion that is still the newest one. */
export const openState = (expiresAt: Date, now: Date): SuggestionState => (now < expiresAt ? 'PENDING' : 'EXPIRED');

/**
 * What became of a coach's suggestion on a session that the athlete changed on its day. It is read off the two plans,
 * which the coach sees anyway: whether the athlete accepted something or wrote it by hand makes no difference here.
 * Null: they chose something else, and nothing is suggested on top of it.
 */
export function stateByPlan(suggested: SuggestionContent, current: Load): SuggestionState | null {
  if (suggested.isAdviceOnly) return null;
  if (isSameLoad(current, suggested.to)) return 'ACCEPTED';
  return isSameLoad(current, suggested.from) ? 'REVERTED' : null;
}
