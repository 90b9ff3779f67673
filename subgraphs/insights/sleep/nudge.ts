import type { LocalDate } from '#platform/signals';
import { quietUntil, type QuietHours } from '../alerts/quiet-hours.ts';

export const NUDGE_KINDS = ['FIFTEEN_MINUTES', 'HALF_HOUR', 'THREE_QUARTERS'] as const;
export type NudgeKind = (typeof NUDGE_KINDS)[number];

/** From how much debt on, in minutes, which nudge; the largest first. */
const STEPS: readonly (readonly [number, NudgeKind])[] = [
  [480, 'THREE_QUARTERS'],
  [300, 'HALF_HOUR'],
  [120, 'FIFTEEN_MINUTES'],
];

/** Nobody is nudged at night, whatever their own quiet hours are. */
const NIGHT = { from: '22:00', to: '07:00' } as const;
const IGNORED_IN_A_ROW = 2;

/** A nudge that was shown on a day, and whether the athlete said anything to it. */
export type ShownNudge = { readonly date: LocalDate; readonly isAnswered: boolean };

/** Section 9: none below two hours of debt. */
export function nudgeKind(debtMin: number | null): NudgeKind | null {
  return STEPS.find(([from]) => debtMin !== null && debtMin >= from)?.[1] ?? null;
}

/** Two days running, of the days with a nudge, passed without a word: then there are no more until the athlete wants them. */
export function areStopped({ shown, today }: { shown: readonly ShownNudge[]; today: LocalDate }): boolean {
  const newest = shown.filter(({ date }) => date < today).toSorted((a, b) => (a.date < b.date ? 1 : -1));
  const last = newest.slice(0, IGNORED_IN_A_ROW);
  return last.length === IGNORED_IN_A_ROW && last.every(({ isAnswered }) => !isAnswered);
}

/** Whether this instant lies in the night or in the athlete's quiet hours. */
export const isQuiet = ({ now, quiet }: { now: Date; quiet: QuietHours }): boolean =>
  [{ ...NIGHT, timeZone: quiet.timeZone }, quiet].some((hours) => quietUntil(hours, now) !== null);
