import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber } from '#platform/slots';

const DAYS = 7;
/** The first day of 1970 was a Thursday: three days after a Monday. */
const THURSDAY = 3;

/** A week of the calendar, Monday to Sunday, as one athlete sees it on their today. */
export interface Week {
  monday: LocalDate;
  sunday: LocalDate;
  /** Its last day that is not to come. */
  lastDay: LocalDate;
  isOver: boolean;
}

export function weekOf(day: LocalDate, today: LocalDate): Week {
  const monday = mondayOf(day);
  const sunday = dateOf(dayNumber(monday) + DAYS - 1);
  return { monday, sunday, lastDay: sunday < today ? sunday : today, isOver: sunday < today };
}

/** The Monday of the last week that is over. */
export const lastMonday = (today: LocalDate): LocalDate => dateOf(dayNumber(mondayOf(today)) - DAYS);

export const weekBefore = ({ monday }: Pick<Week, 'monday'>): { monday: LocalDate; sunday: LocalDate } => {
  return { monday: dateOf(dayNumber(monday) - DAYS), sunday: dateOf(dayNumber(monday) - 1) };
};

export function mondayOf(day: LocalDate): LocalDate {
  const number = dayNumber(day);
  return dateOf(number - ((number + THURSDAY) % DAYS));
}
