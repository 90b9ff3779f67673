import type { Basis } from '#platform/basis';
import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber } from '#platform/slots';
import type { AthleteHistory } from './history.ts';
import { restrict, viewOf, type ReadinessView } from './view.ts';

/** Why a view was stored. */
export type StoredReason = 'COMPUTED' | 'LATE_DATA' | 'CORRECTION' | 'DELETION' | 'BACKFILL';

/** Scores of the seven days before, the day before first; null where that basis has no score. */
export type WeekScores = readonly (number | null)[];

/** What is known of a stored view when its day is scored again. `payload` is null where it was not asked for. */
export interface StoredView {
  revision: number;
  score: number | null;
  payload: string | null;
  weekScores: WeekScores;
}

/** A view that is new or differs from the stored one. `payload` is its text. */
export interface ScoredView {
  date: LocalDate;
  reason: StoredReason;
  revision: number;
  view: ReadinessView;
  payload: string;
  weekScores: WeekScores;
}

export const WEEK_DAYS = 7;

/**
 * Computes the views of one basis on some days, in date order, and answers those that differ from what is stored. A
 * score that is new on one day counts in the weeks of the days after it.
 */
export function scoreDays(input: {
  history: AthleteHistory;
  basis: Basis;
  days: readonly { date: LocalDate; reason: StoredReason }[];
  stored: ReadonlyMap<LocalDate, StoredView>;
}): ScoredView[] {
  const history = restrict(input.history, input.basis);
  const fresh = new Map<LocalDate, number | null>();
  const scoreOn = (date: LocalDate): number | null =>
    fresh.has(date) ? (fresh.get(date) ?? null) : (input.stored.get(date)?.score ?? null);
  const changed: ScoredView[] = [];
  for (const { date, reason } of input.days) {
    const before = input.stored.get(date);
    const view = viewOf({ history, date });
    const payload = JSON.stringify(view);
    const day = dayNumber(date);
    const weekScores = Array.from({ length: WEEK_DAYS }, (_, back) => scoreOn(dateOf(day - back - 1)));
    fresh.set(date, view.score);
    if (before && before.payload === payload && sameScores(before.weekScores, weekScores)) continue;
    changed.push({ date, reason, revision: (before?.revision ?? 0) + 1, view, payload, weekScores });
  }
  return changed;
}

const sameScores = (a: WeekScores, b: WeekScores): boolean =>
  a.length === b.length && a.every((score, back) => score === b[back]);

const WEEK_SCORES_NEEDED = 3;

/**
 * Today's score minus the mean of those before it that the viewer may see, from `since` on; null with fewer than three.
 * Rounded half away from zero, so that a rise and a fall of the same size look the same.
 */
export function changeFromWeek(input: {
  date: LocalDate;
  score: number | null;
  weekScores: WeekScores;
  since: LocalDate | null;
}): number | null {
  const { score, since } = input;
  const open = since === null ? WEEK_DAYS : dayNumber(input.date) - dayNumber(since);
  const seen = input.weekScores.slice(0, Math.max(0, open)).filter((each) => each !== null);
  if (score === null || seen.length < WEEK_SCORES_NEEDED) return null;
  const change = score - seen.reduce((sum, each) => sum + each, 0) / seen.length;
  return Math.sign(change) * Math.round(Math.abs(change)) + 0;
}
