import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber } from '#platform/slots';

/** Older nights change baselines to come, never a score that was already given. */
const RESCORED_DAYS = 7;

export type AffectedDay = {
  readonly date: LocalDate;
  readonly reason: 'COMPUTED' | 'LATE_DATA' | 'BACKFILL';
};

/**
 * Which days to score after nights changed (section 8), in date order.
 * - A day that has a score is scored again (LATE_DATA) only if a night on or before it, within 7 days of today, changed.
 * - A day without a score from the first touched night to today gets one: today COMPUTED, an earlier one BACKFILL. So
 *   the first sixty nights of a new athlete score all sixty days.
 *
 * `touched`: the nights that were written or deleted, in any order. `scoredDays`: days with a stored score.
 * `firstNight`: the oldest night that is left, null if none is: no day before it is scored for the first time, but a
 * score whose night was deleted is taken up again. Nights after `today` (written under a zone further east) are left
 * to the day on which they are tonight.
 */
export function affectedDays(input: {
  touched: readonly LocalDate[];
  today: LocalDate;
  scoredDays: ReadonlySet<LocalDate>;
  firstNight: LocalDate | null;
}): AffectedDay[] {
  const today = dayNumber(input.today);
  const nights = input.touched.map(dayNumber);
  const firstTouched = nights.reduce((least, night) => Math.min(least, night), Infinity);
  const firstRecent = nights.reduce((least, night) => {
    return night >= today - RESCORED_DAYS ? Math.min(least, night) : least;
  }, Infinity);
  const firstNight = input.firstNight === null ? Infinity : dayNumber(input.firstNight);
  const affected: AffectedDay[] = [];
  for (let day = firstTouched; day <= today; day++) {
    const date = dateOf(day);
    if (input.scoredDays.has(date)) {
      if (day >= firstRecent) affected.push({ date, reason: 'LATE_DATA' });
    } else if (day >= firstNight) {
      affected.push({ date, reason: day === today ? 'COMPUTED' : 'BACKFILL' });
    }
  }
  return affected;
}
