import { has, type Basis } from '#platform/basis';
import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber, daysFrom, localDate } from '#platform/slots';
import { isMeasured } from '../flags/facts.ts';
import { sightOn } from '../readiness/views/bases.ts';
import type { ReadContext } from '../readiness/read.ts';

export const SPARK_DAYS = 14;

/**
 * How HRV stood on each of the last days, in standard deviations from the baseline of that day; today last. No
 * milliseconds: those of two athletes do not compare. Null where HRV is not shared with this team.
 */
export async function readHrvDays(
  context: ReadContext,
  { athleteId, teamId }: { athleteId: string; teamId: string },
): Promise<(number | null)[] | null> {
  const access = await context.access.load({ athleteId, teamId });
  const today = localDate(context.now, access?.timeZone ?? 'UTC');
  const basisOn = (date: LocalDate): Basis => sightOn({ access, date, at: context.now })?.basis ?? 0;
  if (!has(basisOn(today), 'HRV')) return null;
  context.reads.note(athleteId, 'HRV');
  const first = dateOf(dayNumber(today) - SPARK_DAYS + 1);
  return await Promise.all(
    daysFrom(first, today).map(async (date) => {
      const basis = basisOn(date);
      if (!has(basis, 'HRV')) return null;
      const { hrv } = (await context.views.load({ athleteId, basis, date })).view.signals;
      return hrv && isMeasured(hrv) ? hrv.z : null;
    }),
  );
}
