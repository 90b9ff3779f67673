import { signalsOf } from '#platform/basis';
import type { Replayed, StoredRevision } from './views/replay.ts';
import { ORDINARY_DAY, type DriverId } from './formula/score.ts';
import type { ReadinessView } from './formula/view.ts';

/** How a stored score comes about, for an operator: `lines` to be printed, `isSame` whether the replay gives what is stored. */
export interface Explanation {
  lines: string[];
  isSame: boolean;
}

/**
 * The sum of a score line by line, from the view that was computed anew. `newest`: the newest revision of that day.
 * Holds health values: who prints it has put the read on record.
 */
export function explain(stored: StoredRevision, replayed: Replayed, newest: number): Explanation {
  const { view, sameInput, sameView } = replayed;
  const isSame = sameInput && sameView;
  return {
    isSame,
    lines: [
      `${view.algorithm}  ${stored.date}, from ${signalsOf(stored.basis).join(', ')}`,
      `revision    ${stored.revision} of ${newest}, ${stored.reason}, computed ${stored.computedAt.toISOString()}`,
      `input       ${stored.inputHash.toString('hex')} (SHA-256), ${sameInput ? 'as stored' : 'NOT the hash of the series stored under it'}`,
      '',
      ...sumOf(view),
      '',
      verdictOf(stored.view, replayed),
    ],
  };
}

function sumOf(view: ReadinessView): string[] {
  if (view.score === null) return [`no score: ${view.status}, confidence ${view.confidence}`];
  const line = (points: number, words: string): string => `${signed(points).padStart(5)}  ${words}`;
  return [
    `${String(ORDINARY_DAY).padStart(5)}  an ordinary day`,
    ...view.drivers.map(({ id, points, index, weight }) =>
      line(points, `${id.padEnd(15)} ${MEASURES[id](view.signals).padEnd(24)} index ${index}  weight ${weight}`),
    ),
    `${String(view.score).padStart(5)}  ${view.band ?? ''}, confidence ${view.confidence}${staleOf(view)}`,
  ];
}

const signed = (points: number): string => (points > 0 ? `+${points}` : String(points));
const staleOf = ({ staleSignals }: ReadinessView): string =>
  staleSignals.length === 0 ? '' : `, estimated: ${staleSignals.join(', ')}`;

/** What the index of a driver is made of (readiness.md, section 4). */
const MEASURES: Record<DriverId, (signals: ReadinessView['signals']) => string> = {
  hrv_day: ({ hrv }) => `z ${hrv?.z}`,
  hrv_trend: ({ hrv }) => `t ${hrv?.t}`,
  rhr: ({ rhr }) => `z ${rhr?.z}`,
  sleep_duration: ({ sleep }) => `${sleep?.asleepMin} of ${sleep?.needMin} min`,
  sleep_debt: ({ sleep }) => `debt ${sleep?.debtMin} min`,
  sleep_quality: ({ sleep }) => `efficiency ${sleep?.efficiencyPct} %`,
};

function verdictOf(stored: ReadinessView, { view, sameInput, sameView }: Replayed): string {
  if (!sameInput) return 'The series stored under this hash are others than those the score was computed from.';
  if (sameView) return `Computed again from its stored input it is the same: ${stored.score ?? stored.status}.`;
  return `Computed again from its stored input it is ${view.score ?? view.status}; stored is ${stored.score ?? stored.status}, by ${stored.algorithm}.`;
}
