import { signed } from '../local-time.ts';
import type { Readiness } from '../readiness/look.ts';
import { BandMark } from '../readiness/marks.tsx';
import { bandWords, capitalised, driverSentence, driverWord } from '../readiness/words.ts';

const ORDINARY_DAY = 70;
const BAR_HEIGHT = 14;

type Step = {
  readonly id: string;
  readonly words: string;
  readonly points: number;
  readonly from: number;
  readonly to: number;
};

/**
 * How today's score came about: 70, each driver's points, the score. A table whose middle column draws it, so picture
 * and table are one. The steps always add up: the points are whole numbers and nothing is clamped.
 */
export function Waterfall({ readiness, isOwn }: { readiness: Readiness; isOwn: boolean }) {
  const { score, band, drivers } = readiness;
  if (score === null || band === null) return null;
  const steps = stepsOf({ drivers, isOwn });
  return (
    <table className="waterfall">
      <caption>
        {ORDINARY_DAY} {score === ORDINARY_DAY ? '± 0' : signed(score - ORDINARY_DAY).replace(/^([+−])/, '$1 ')} ={' '}
        {score}
      </caption>
      <thead>
        <tr>
          <th scope="col">Step</th>
          <td />
          <th scope="col">Points</th>
        </tr>
      </thead>
      <tbody>
        <tr className="waterfall-end">
          <th scope="row">An ordinary day</th>
          <td>
            <Bar from={0} to={ORDINARY_DAY} className="base" />
          </td>
          <td>{ORDINARY_DAY}</td>
        </tr>
        {steps.map(({ id, words, points, from, to }) => (
          <tr key={id}>
            <th scope="row">{words}</th>
            <td>
              <Bar from={from} to={to} className={points < 0 ? 'loss' : 'gain'} />
            </td>
            <td>{signed(points)}</td>
          </tr>
        ))}
        <tr className="waterfall-end">
          <th scope="row">
            Readiness <BandMark band={band} isHollow={readiness.stale} size={13} /> {bandWords[band]}
          </th>
          <td>
            <Bar from={0} to={score} className={`total total-${band.toLowerCase()}`} />
          </td>
          <td data-testid="waterfall-score">{score}</td>
        </tr>
      </tbody>
    </table>
  );
}

/** A floating bar on the whole scale of 0 to 100, stretched by its cell: only heights are true pixels. */
function Bar({ from, to, className }: { from: number; to: number; className: string }) {
  const left = Math.min(from, to);
  return (
    <svg
      viewBox={`0 0 100 ${BAR_HEIGHT}`}
      preserveAspectRatio="none"
      height={BAR_HEIGHT}
      width="100%"
      aria-hidden="true"
    >
      <line
        className="ordinary"
        x1={ORDINARY_DAY}
        x2={ORDINARY_DAY}
        y1="0"
        y2={BAR_HEIGHT}
        vectorEffect="non-scaling-stroke"
      />
      <rect className={className} x={left} width={Math.abs(to - from)} y="1" height={BAR_HEIGHT - 2} />
    </svg>
  );
}

function stepsOf({ drivers, isOwn }: { drivers: Readiness['drivers']; isOwn: boolean }): Step[] {
  let running = ORDINARY_DAY;
  return drivers.map(({ id, points, index }) => {
    const from = running;
    running += points;
    const words = isOwn ? driverSentence({ id, index }) : capitalised(driverWord(id));
    return { id, words, points, from, to: running };
  });
}
