import { signed } from '../local-time.ts';
import type { Freshness, Readiness } from '../readiness/look.ts';
import { NotShared } from '../readiness/readiness-value.tsx';
import { CalibratingWords, EstimatedTag } from './cell-words.tsx';

/** Against the athlete's own mean: beats of two people do not compare. */
export function RestingCell({ readiness, freshness }: { readiness: Readiness; freshness: readonly Freshness[] }) {
  if (!readiness.basis.includes('RESTING_HEART_RATE')) return <NotShared />;
  const known = freshness.find(({ signal }) => signal === 'RESTING_HEART_RATE');
  if (known?.state === 'CALIBRATING') return <CalibratingWords night={known.nights} />;
  const difference = restingDifference(readiness);
  if (difference === null) return <span className="quiet">no data</span>;
  const { ageDays = 0 } = readiness.signals.restingHeartRate ?? {};
  return (
    <span className="resting">
      <span className="cell-value">{signed(Math.round(difference))}</span> <span className="aside">bpm</span>{' '}
      {ageDays > 0 && <EstimatedTag />}
    </span>
  );
}

/** In bpm; null where either is not known. */
export function restingDifference({ signals: { restingHeartRate } }: Readiness): number | null {
  const { value = null, mean = null } = restingHeartRate ?? {};
  return value === null || mean === null ? null : value - mean;
}
