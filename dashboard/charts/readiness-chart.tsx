import type { AthleteDaysQuery } from '../graphql/graphql.ts';
import { inWords } from '../local-time.ts';
import { BandMark, BandShape } from '../readiness/marks.tsx';
import { bandWords, basisWords } from '../readiness/words.ts';
import { DayChart, type Days, type Plot } from './day-chart.tsx';
import { pathThrough, runsOf } from './scale.ts';

type HistoryDay = NonNullable<NonNullable<AthleteDaysQuery['athlete']>['readinessHistory']>[number];
type ScoredDay = HistoryDay & { readonly score: number; readonly band: NonNullable<HistoryDay['band']> };

const BAND_EDGES = [40, 60, 80];
const SHAPE_SCALE = { wide: 0.95, narrow: 0.62 };

/** Days as shapes by band, estimated ones hollow; the line stops at gaps and where basis or algorithm changed. */
export function ReadinessChart({ history, days }: { history: readonly HistoryDay[]; days: Days }) {
  const inWindow = history.filter(({ date }) => days.dates.includes(date));
  const scored = inWindow.filter(isScored).toSorted((a, b) => a.date.localeCompare(b.date));
  const byDate = new Map(inWindow.map((day) => [day.date, day]));
  const words = (date: string) => dayWords(byDate.get(date));
  return (
    <DayChart
      title="Readiness"
      unit="0 to 100"
      summary={summaryOf(scored)}
      days={days}
      domain={[0, 100]}
      ticks={[0, ...BAND_EDGES, 100]}
      height={220}
      readout={words}
      twin={{
        head: ['Day', 'Readiness', 'Basis'],
        rows: days.dates.toReversed().map((date) => {
          const day = byDate.get(date);
          return [date, words(date), day && day.status !== 'NOT_SHARED' ? basisWords(day.basis) : '–'];
        }),
      }}
      legend={<Legend />}
    >
      {(plot) => <History scored={scored} plot={plot} />}
    </DayChart>
  );
}

function History({ scored, plot }: { scored: readonly ScoredDay[]; plot: Plot }) {
  const size = plot.step > 12 ? SHAPE_SCALE.wide : SHAPE_SCALE.narrow;
  const changes = scored.filter((day, index) => {
    const before = scored[index - 1];
    return before !== undefined && isOtherScale(day, before);
  });
  return (
    <>
      <rect
        className="usual"
        x={plot.left}
        width={plot.right - plot.left}
        y={plot.y(80)}
        height={plot.y(60) - plot.y(80)}
      />
      {changes.map((day) => (
        <g key={day.date} className="scale-change">
          <line
            x1={plot.x(day.date) - plot.step / 2}
            x2={plot.x(day.date) - plot.step / 2}
            y1={plot.top}
            y2={plot.bottom}
          />
          <text x={plot.x(day.date) - plot.step / 2 + 4} y={plot.bottom - 5}>
            other basis
          </text>
        </g>
      ))}
      {runsOf(scored, isOtherScale).map((run) => (
        <path
          key={run[0]?.date}
          className="line line-quiet"
          d={pathThrough(run.map(({ date, score }) => [plot.x(date), plot.y(score)] as const))}
        />
      ))}
      {scored.map(({ date, score, band, stale }) => (
        <g
          key={date}
          className={`mark mark-${band.toLowerCase()}${stale ? ' mark-hollow' : ''}`}
          transform={`translate(${plot.x(date)} ${plot.y(score)}) scale(${size})`}
        >
          <BandShape band={band} />
        </g>
      ))}
    </>
  );
}

function Legend() {
  return (
    <>
      {(['HIGH', 'NORMAL', 'REDUCED', 'LOW'] as const).map((band) => (
        <span key={band}>
          <BandMark band={band} size={12} /> {bandWords[band]}
        </span>
      ))}
      <span>
        <BandMark band="NORMAL" size={12} isHollow /> hollow: estimated
      </span>
    </>
  );
}

function isScored(day: HistoryDay): day is ScoredDay {
  return day.score !== null && day.band !== null;
}

function isOtherScale(day: HistoryDay, before: HistoryDay): boolean {
  return day.basis.join() !== before.basis.join() || day.algorithm !== before.algorithm;
}

function dayWords(day: HistoryDay | undefined): string {
  if (!day) return 'no data';
  if (isScored(day)) return `${day.score} ${bandWords[day.band]}${day.stale ? ', estimated' : ''}`;
  if (day.status === 'NOT_SHARED') return 'not shared';
  return day.status === 'CALIBRATING' ? 'calibrating' : 'no data';
}

function summaryOf(scored: readonly ScoredDay[]): string {
  const last = scored.at(-1);
  if (!last) return 'Readiness: no scored day in this window.';
  const scores = scored.map(({ score }) => score);
  return `Readiness on ${scored.length} days, from ${Math.min(...scores)} to ${Math.max(...scores)}; last ${last.score} ${bandWords[last.band]} on ${inWords.shortDay(last.date)}.`;
}
