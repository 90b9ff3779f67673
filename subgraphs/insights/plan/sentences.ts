import type { AdjustRule } from '../training/adjust.ts';
import type { SuggestionContent } from './suggestion.ts';

/**
 * Why, in one sentence. Filled with parameters of the suggestion's own view and nothing else: what that view does not
 * hold cannot be said. No sentence diagnoses, and none says what must be done.
 */
export function sentenceOf({ rule, rationale, isAdviceOnly }: SuggestionContent): string {
  const sentence = SENTENCES[rule]({ score: String(rationale.score ?? ''), lowDays: rationale.lowDays });
  const estimated = rationale.stale ? ' Part of it is estimated from the last days.' : '';
  const advice = isAdviceOnly ? ' This session stays as it is planned; read this as advice.' : '';
  return `${sentence}${estimated}${advice}`;
}

interface Parts {
  score: string;
  lowDays: number;
}

const SENTENCES: Record<AdjustRule, (parts: Parts) => string> = {
  illness_pattern: () =>
    'Unusual night signals: resting heart rate is far up and HRV far down. A day of rest is suggested.',
  readiness_low: ({ score, lowDays }) =>
    lowDays >= 3
      ? `Readiness is low at ${score}, the ${ordinal(lowDays)} day running. A day of rest is suggested.`
      : `Readiness is low at ${score}. An easier and shorter session is suggested.`,
  hrv_suppressed: () => 'HRV has been under its usual range this week. An easy, somewhat shorter session is suggested.',
  readiness_reduced: ({ score }) =>
    `Readiness is reduced at ${score}. A moderate, somewhat shorter session is suggested.`,
  hrv_elevated_overload: () =>
    'HRV has been above its usual range for three days, after much more training than before. An easy session is suggested.',
  two_high_in_row: () => 'The two days before were planned hard. An easy session is suggested.',
  readiness_high: ({ score }) => `Readiness is high at ${score}. A little more is possible.`,
  as_planned: () => 'The plan may stay as it is.',
  locked_session: () => 'This session is fixed.',
  insufficient_data: () => 'There is too little data for a suggestion.',
};

function ordinal(count: number): string {
  return count === 3 ? 'third' : `${count}th`;
}
