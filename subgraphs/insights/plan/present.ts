import { signalsOf } from '#platform/basis';
import { confidenceLevelOf } from '../readiness/formula/score.ts';
import type { Rationale } from '../training/adjust.ts';
import type { Suggestion, SuggestionRationale, SuggestionRuleEnum } from './graph-types.ts';
import { sentenceOf } from './sentences.ts';
import { suggestionId, type SuggestionContent, type SuggestionKey, type SuggestionState } from './suggestion.ts';

const DRIVERS_SHOWN = 3;

/** A suggestion as the graph shows it. Everything here comes from the one view it was made of. */
export function presentSuggestion(parts: {
  key: SuggestionKey;
  content: SuggestionContent;
  state: SuggestionState;
  expiresAt: Date;
}): Suggestion {
  const { key, content, state, expiresAt } = parts;
  const { isAdviceOnly, from, to } = content;
  return {
    id: suggestionId(key),
    sessionId: key.sessionId,
    baseVersion: key.baseVersion,
    state,
    isAdviceOnly,
    from,
    to,
    rule: content.rule.toUpperCase() as keyof typeof SuggestionRuleEnum,
    sentence: sentenceOf(content),
    rationale: rationaleOf(content),
    basis: signalsOf(key.basis),
    revision: key.revision,
    expiresAt,
  };
}

function rationaleOf({ rationale, from, to }: SuggestionContent): SuggestionRationale {
  const { score, band, confidence, stale, staleSignals, hrvState, lowDays } = rationale;
  return {
    score,
    band,
    confidence,
    confidenceLevel: confidenceLevelOf(confidence),
    stale,
    staleSignals,
    hrvState: hrvState as SuggestionRationale['hrvState'],
    drivers: strongest(rationale.drivers, to.load > from.load ? 1 : -1),
    lowDays,
  };
}

/** Those that point the way of the change, the largest first. */
function strongest(drivers: Rationale['drivers'], direction: 1 | -1): Rationale['drivers'] {
  return drivers
    .filter(({ points }) => points * direction > 0)
    .toSorted((a, b) => direction * (b.points - a.points))
    .slice(0, DRIVERS_SHOWN);
}
