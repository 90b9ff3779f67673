import type { AthletePlanQuery, Intensity, SessionKind } from '../graphql/graphql.ts';
import { inWords } from '../local-time.ts';
import { capitalised } from '../readiness/words.ts';

export type Session = NonNullable<NonNullable<AthletePlanQuery['athlete']>['plan']>[number];
export type Suggestion = NonNullable<Session['suggestion']>;
export type Change = Session['changes'][number];

export const INTENSITIES: readonly Intensity[] = ['REST', 'RECOVERY', 'LOW', 'MODERATE', 'HIGH'];

export const intensityWords: Record<Intensity, string> = {
  REST: 'rest',
  RECOVERY: 'recovery',
  LOW: 'low',
  MODERATE: 'moderate',
  HIGH: 'high',
};

export const kindWords: Record<SessionKind, string> = { NORMAL: 'session', RACE: 'race', TEST: 'test' };

/** "75 min", "1:30 h" from two hours on; a rest takes no time. */
export function minutesWords(minutes: number): string {
  if (minutes < 120) return `${minutes} min`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')} h`;
}

/** "high, 75 min"; "rest". */
export function loadWords({ intensity, minutes }: { intensity: Intensity; minutes: number }): string {
  return intensity === 'REST' ? 'rest' : `${intensityWords[intensity]}, ${minutesWords(minutes)}`;
}

export const capitalisedLoad = (load: { intensity: Intensity; minutes: number }): string =>
  capitalised(loadWords(load));

/** In a few words, for where there is no room for the difference. */
export function suggestionWords(suggestion: {
  state: Suggestion['state'];
  isAdviceOnly: boolean;
  to: { intensity: Intensity; minutes: number };
}): string | null {
  const { state, isAdviceOnly, to } = suggestion;
  if (state === 'ACCEPTED') return 'as suggested';
  if (state !== 'PENDING') return null;
  return `${isAdviceOnly ? 'advice' : 'suggested'}: ${loadWords(to)}`;
}

/** What a suggestion does to the intensity, as a word: the sign alone could be overlooked. */
export function intensityChange(from: Intensity, to: Intensity): string {
  const steps = INTENSITIES.indexOf(to) - INTENSITIES.indexOf(from);
  if (steps === 0) return 'same';
  return steps < 0 ? 'easier' : 'harder';
}

const fieldWords: Record<string, string> = {
  date: 'day',
  startTime: 'time',
  title: 'title',
  sport: 'sport',
  intensity: 'intensity',
  minutes: 'duration',
  kind: 'kind',
  isLocked: 'locked',
  allowsIncrease: 'may grow',
  notes: 'notes',
};

/** "high → low", "75 min → 45 min". */
function valueWords(field: string, value: string | null): string {
  if (value === null) return 'none';
  if (field === 'date') return inWords.shortDay(value);
  if (field === 'minutes') return minutesWords(Number(value));
  if (field === 'intensity') return intensityWords[value as Intensity] ?? value;
  if (field === 'kind') return kindWords[value as SessionKind] ?? value;
  if (value === 'true') return 'yes';
  return value === 'false' ? 'no' : value;
}

export function fieldSentence({ field, from, to }: Change['fields'][number]): string {
  return `${fieldWords[field] ?? field}: ${valueWords(field, from)} → ${valueWords(field, to)}`;
}

const actionWords: Record<Change['action'], string> = {
  CREATED: 'Planned',
  CHANGED: 'Changed',
  REMOVED: 'Removed',
  ACCEPTED: 'Suggestion accepted',
  REVERTED: 'Suggestion taken back',
};

/** "Changed by the athlete"; to the athlete: "Changed by you". */
export function changeWords({ action, by }: Change, isOwn: boolean): string {
  const who = by === 'ATHLETE' ? (isOwn ? 'you' : 'the athlete') : isOwn ? 'a coach' : 'the coach';
  return `${actionWords[action]} by ${who}`;
}

/** Whether the athlete was the last to change what the session asks of them. */
export function isChangedByAthlete({ changes }: Pick<Session, 'changes'>): boolean {
  const last = changes.findLast(({ fields }) =>
    fields.some(({ field }) => field === 'intensity' || field === 'minutes'),
  );
  return last?.by === 'ATHLETE';
}
