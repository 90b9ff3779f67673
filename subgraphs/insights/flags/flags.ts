import type { LocalDate, Signal } from '#platform/signals';
import { dateOf, dayNumber } from '#platform/slots';
import type { LoadFact } from '../training/recent-load.ts';
import type { Fact } from './facts.ts';

/** Most urgent first: the order of lists and of "needs attention". */
export const FLAG_CODES = [
  'ILLNESS_PATTERN',
  'READINESS_LOW',
  'READINESS_LOW_STREAK',
  'HRV_SUPPRESSED',
  'HRV_ELEVATED_OVERLOAD',
  'RHR_ELEVATED',
  'HRV_FLATTENED',
  'HRV_UNSTABLE',
  'SLEEP_DEBT_HIGH',
  'SLEEP_SHORT',
  'LOAD_SPIKE',
  'MONOTONY_HIGH',
  'DATA_GAP',
] as const;
export type FlagCode = (typeof FLAG_CODES)[number];

/** What is known of a day: from a view of it, and from the week of training before it. */
export type DayFact = Fact | LoadFact;

/** Whether the fact holds on the day that many days before. */
type Said = (fact: DayFact, daysBefore: number) => boolean;

interface Rule {
  /** Signals without which the flag says nothing: who withholds one has it neither open nor closed. */
  needs: readonly Signal[];
  holds: (said: Said) => boolean;
  /** For people: no value in it, and nothing that diagnoses. */
  sentence: string;
}

function count(said: Said, fact: DayFact, days: number): number {
  let found = 0;
  for (let back = 0; back < days; back += 1) if (said(fact, back)) found += 1;
  return found;
}
const running = (said: Said, fact: DayFact, days: number): boolean => count(said, fact, days) === days;

/** readiness.md, section 11: the condition of each flag on one day, from the facts of that day and of those before it. */
export const RULES: Readonly<Record<FlagCode, Rule>> = {
  ILLNESS_PATTERN: {
    needs: ['HRV', 'RESTING_HEART_RATE'],
    holds: (said) => said('ILLNESS_PATTERN', 0),
    sentence: 'Unusual night signals: ask how they feel.',
  },
  READINESS_LOW: {
    needs: [],
    holds: (said) => said('SCORE_LOW', 0),
    sentence: 'Readiness is low.',
  },
  READINESS_LOW_STREAK: {
    needs: [],
    holds: (said) => running(said, 'SCORE_UNDER_60', 3),
    sentence: 'Readiness has been below the ordinary for three days or more.',
  },
  HRV_SUPPRESSED: {
    needs: ['HRV'],
    holds: (said) => running(said, 'HRV_SUPPRESSED', 2),
    sentence: 'The 7-day HRV is below its usual range.',
  },
  HRV_ELEVATED_OVERLOAD: {
    needs: ['HRV', 'TRAINING'],
    holds: (said) => running(said, 'HRV_ELEVATED', 3) && said('LOAD_SPIKE', 0),
    sentence: 'The 7-day HRV has been above its usual range for three days, after much more training than before.',
  },
  RHR_ELEVATED: {
    needs: ['RESTING_HEART_RATE'],
    holds: (said) => running(said, 'RHR_HIGH', 2) || said('RHR_FAR_OVER_MEAN', 0),
    sentence: 'The resting heart rate is well above its own mean.',
  },
  HRV_FLATTENED: {
    needs: ['HRV'],
    holds: (said) => said('HRV_FLATTENED', 0),
    sentence: 'HRV is low and varies less than usual from night to night.',
  },
  HRV_UNSTABLE: {
    needs: ['HRV'],
    holds: (said) => said('HRV_UNSTABLE', 0),
    sentence: 'HRV varies more than usual from night to night.',
  },
  SLEEP_DEBT_HIGH: {
    needs: ['SLEEP'],
    holds: (said) => said('DEBT_HIGH', 0),
    sentence: 'Sleep owed over the last fortnight adds up to eight hours or more.',
  },
  SLEEP_SHORT: {
    needs: ['SLEEP'],
    holds: (said) => count(said, 'SLEPT_SHORT', 3) >= 2,
    sentence: 'Two of the last three nights were shorter than six hours.',
  },
  LOAD_SPIKE: {
    needs: ['TRAINING'],
    holds: (said) => said('LOAD_SPIKE', 0),
    sentence: 'The last seven days held much more training than the three weeks before.',
  },
  MONOTONY_HIGH: {
    needs: ['TRAINING'],
    holds: (said) => said('MONOTONY_HIGH', 0),
    sentence: 'In a week of more training than usual, one day was much like the other.',
  },
  DATA_GAP: {
    needs: [],
    holds: (said) => running(said, 'NO_NIGHT', 3),
    sentence: 'No night has come in for three days.',
  },
};

/** An open flag, as a function of one view's days. */
export interface OpenFlag {
  code: FlagCode;
  /** First day of this spell. */
  openedOn: LocalDate;
  /** Newest day on which the condition held. */
  lastOn: LocalDate;
}

/** Days looked back: a flag that is open for longer says that it opened on the first of them. */
export const WINDOW_DAYS = 28;
/** A flag closes after this many days without its condition. */
const CLOSES_AFTER_DAYS = 2;
/** The longest look back of a rule, its own day counted. */
const RULE_DAYS = 3;
/** Days whose facts are needed to tell today's flags. */
export const DAYS_READ = WINDOW_DAYS + RULE_DAYS - 1;

/**
 * The flags that are open today to a viewer of these signals. `facts`: of the days that are open to this viewer; a day
 * that is not there says nothing.
 */
export function openFlags(input: {
  signals: readonly Signal[];
  facts: ReadonlyMap<LocalDate, readonly DayFact[]>;
  today: LocalDate;
}): OpenFlag[] {
  const { signals, facts } = input;
  const today = dayNumber(input.today);
  // By the number of the day: a date is made of it once, not for every rule that looks at it.
  const first = today - DAYS_READ + 1;
  const told = Array.from({ length: DAYS_READ }, (_, at) => facts.get(dateOf(first + at)) ?? []);
  const saidOn =
    (day: number): Said =>
    (fact, back) =>
      told[day - back - first]?.includes(fact) ?? false;
  return FLAG_CODES.filter((code) => RULES[code].needs.every((need) => signals.includes(need))).flatMap((code) => {
    let openedOn: number | null = null;
    let lastOn = -Infinity;
    for (let day = today - WINDOW_DAYS + 1; day <= today; day++) {
      if (RULES[code].holds(saidOn(day))) {
        openedOn ??= day;
        lastOn = day;
      } else if (day - lastOn >= CLOSES_AFTER_DAYS) openedOn = null;
    }
    return openedOn === null ? [] : [{ code, openedOn: dateOf(openedOn), lastOn: dateOf(lastOn) }];
  });
}
