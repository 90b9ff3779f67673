import type { HrvState } from '../graphql/graphql.ts';
import type { Freshness, Readiness } from '../readiness/look.ts';
import { NotShared } from '../readiness/readiness-value.tsx';
import { CalibratingWords, EstimatedTag } from './cell-words.tsx';

/** SUPPRESSED and ELEVATED are of the week, LOW of last night. */
export const hrvWords: Record<HrvState, string> = {
  SUPPRESSED: 'below range',
  LOW: 'low last night',
  ELEVATED: 'above range',
  NORMAL: 'in range',
};

/** A word for the state, and fourteen nights against the athlete's own usual range. */
export function HrvCell(parts: {
  readiness: Readiness;
  freshness: readonly Freshness[];
  days: readonly (number | null)[] | null;
}) {
  const { readiness, freshness, days } = parts;
  if (!readiness.basis.includes('HRV')) return <NotShared />;
  const known = freshness.find(({ signal }) => signal === 'HRV');
  const hrv = readiness.signals.hrv;
  if (known?.state === 'CALIBRATING') return <CalibratingWords night={known.nights} />;
  if (!hrv || hrv.state === null) return <span className="quiet">no data</span>;
  return (
    <span className="hrv">
      <span className={`hrv-state hrv-${hrv.state.toLowerCase()}`}>
        {hrvWords[hrv.state]} {hrv.ageDays > 0 && <EstimatedTag />}
      </span>
      {days && <Sparkline days={days} />}
    </span>
  );
}

const [STEP, HEIGHT, DEVIATION, MOST] = [7, 26, 5.2, 2.2];
const USUAL = 0.5;

/** Nights as dots, those that follow each other joined; the usual range shaded. Further than 2.2 deviations is drawn at the edge. */
function Sparkline({ days }: { days: readonly (number | null)[] }) {
  const width = days.length * STEP;
  const points = days.flatMap((z, at) => (z === null ? [] : [{ at, x: (at + 0.5) * STEP, y: yOf(z), z }]));
  const last = points.at(-1);
  return (
    <svg
      className="spark"
      viewBox={`0 0 ${width} ${HEIGHT}`}
      width={width}
      height={HEIGHT}
      role="img"
      aria-label={told(points)}
    >
      <rect className="spark-range" x="0" y={yOf(USUAL)} width={width} height={yOf(-USUAL) - yOf(USUAL)} rx="2" />
      {points.slice(1).map((point, index) => {
        const before = points[index];
        if (before?.at !== point.at - 1) return null;
        return <path key={point.at} className="spark-line" d={`M${before.x} ${before.y}L${point.x} ${point.y}`} />;
      })}
      {points.map(({ at, x, y }) => (
        <circle
          key={at}
          className={at === last?.at ? 'spark-last' : 'spark-dot'}
          cx={x}
          cy={y}
          r={at === last?.at ? 2.6 : 1.2}
        />
      ))}
    </svg>
  );
}

const yOf = (z: number): number => HEIGHT / 2 - Math.max(-MOST, Math.min(MOST, z)) * DEVIATION;

function told(points: readonly { z: number }[]): string {
  const under = points.filter(({ z }) => z < -USUAL).length;
  const over = points.filter(({ z }) => z > USUAL).length;
  return `${points.length} nights: ${points.length - under - over} in the usual range, ${under} below, ${over} above`;
}
