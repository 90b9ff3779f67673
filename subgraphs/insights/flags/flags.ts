import { has, type Basis } from '#platform/basis';
import type { LocalDate, Signal } from '#platform/signals';
import { dateOf, dayNumber } from '#platform/slots';
import type { Fact } from './facts.ts';

/** Most urgent first: the order of lists and of "needs attention". */
export const FLAG_CODES = [
  'ILLNESS_PATTERN',
  'READINESS_LOW',
  'READINESS_LOW_STREAK',
  'HRV_SUPPRESSED',
  'RHR_ELEVATED',
  'HRV_FLATTENED',
  'HRV_UNSTABLE',
  'SLEEP_DEBT_HIGH',
  'SLEEP_SHORT',
  'DATA_GAP',
] as const;
export type FlagCode = (typeof FLAG_CODES)[number];

/** Whether the fact holds on the day that many days before. */
type Said = (fact: Fact, daysBefore: number) => boolean;

interface Rule {
  /** Signals without which the flag says nothing: who withholds one has it neither open nor closed. */
  needs: readonly Signal[];
  holds: (said: Said) => boolean;
  /** For people: no value in it, and nothing that diagnoses. */
  sentence: string;
}

function count(said: Said, fact: Fact, days: number): number {
  let found = 0;
  for (let back = 0; back < days; back += 1) if (said(fact, back)) found += 1;
  return found;
}
const running = (said: Said, fact: Fact, days: number): boolean => count(said, fact, days) === days;

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
 * The flags that are open today in one view. `facts` are those of the view's days; a day without a view says nothing.
 * `since`: days before it are closed to this viewer and count for nothing.
 */
export function openFlags(input: {
  basis: Basis;
  facts: ReadonlyMap<LocalDate, readonly Fact[]>;
  today: LocalDate;
  since: LocalDate | null;
}): OpenFlag[] {
  const { basis, facts, since } = input;
  const today = dayNumber(input.today);
  const firstSeen = since === null ? -Infinity : dayNumber(since);
  // By the number of the day: a date is made of it once, not for every rule that looks at it.
  const first = today - DAYS_READ + 1;
  const seen = Array.from({ length: DAYS_READ }, (_, at): readonly Fact[] =>
    first + at < firstSeen ? [] : (facts.get(dateOf(first + at)) ?? []),
  );
  const saidOn =
    (day: number): Said =>
    (fact, back) =>
      seen[day - back - first]?.includes(fact) ?? false;
  return FLAG_CODES.filter((code) => RULES[code].needs.every((signal) => has(basis, signal))).flatMap((code) => {
    let openedOn: number | null = null;
    let lastOn = -Infinity;
    for (let day = Math.max(today - WINDOW_DAYS + 1, firstSeen); day <= today; day++) {
      if (RULES[code].holds(saidOn(day))) {
        openedOn ??= day;
        lastOn = day;
      } else if (day - lastOn >= CLOSES_AFTER_DAYS) openedOn = null;
    }
    return openedOn === null ? [] : [{ code, openedOn: dateOf(openedOn), lastOn: dateOf(lastOn) }];
  });
}
