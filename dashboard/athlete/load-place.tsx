import type { Days } from '../charts/day-chart.tsx';
import { FormChart, LoadChart, type LoadSeries } from '../charts/load-chart.tsx';
import { NoDays } from '../charts/stream-chart.tsx';
import { inWords } from '../local-time.ts';

/** Load with form under it, and the week in figures. They describe what was done; nothing here foretells anything. */
export function LoadPlace({ series, days }: { series: LoadSeries | null | undefined; days: Days }) {
  if (!series) return <NoDays title="Training load" />;
  const hasDays = series.days.some(({ date, load, isRest }) => load !== null && !isRest && days.dates.includes(date));
  if (!hasDays) return <NothingKnown series={series} />;
  return (
    <>
      <LoadChart series={series} days={days} />
      <div className="load-grid">
        <FormChart series={series} days={days} />
        <Week series={series} />
      </div>
    </>
  );
}

function NothingKnown({ series }: { series: LoadSeries }) {
  const hasSessions = series.days.some(({ sessions }) => sessions.length > 0);
  if (!hasSessions) return <NoDays title="Training load" />;
  return (
    <section className="chart card" aria-label="Training load">
      <h3>Training load</h3>
      <p className="empty">
        There are sessions, but nothing to reckon their load with: a rating of the effort, or a heart rate together with
        the highest and the resting heart rate in the athlete’s profile.
      </p>
    </section>
  );
}

function Week({ series }: { series: LoadSeries }) {
  const { weekEnd, weekLoad, monotony, strain, loadChange, ewmaRatio, days } = series;
  const isWarmingUp = days.findLast(({ isOver }) => isOver)?.warmingUp === true;
  return (
    <section className="chart card" aria-label="The week in figures">
      <h3>
        The week <span className="unit">{weekEnd ? `up to ${inWords.dayMonth(weekEnd)}` : ''}</span>
      </h3>
      {weekLoad === null ? (
        <p className="empty">Not told: a day of this week is unknown or not visible.</p>
      ) : (
        <dl className="facts">
          <Fact words="Load of seven days" value={`${Math.round(weekLoad)} AU`} />
          <Fact
            words="Against the three weeks before"
            value={loadChange === null ? null : `× ${loadChange.toFixed(2)}`}
          />
          <Fact words="Monotony (mean over spread)" value={monotony?.toFixed(2) ?? null} />
          <Fact words="Strain (load times monotony)" value={strain === null ? null : `${Math.round(strain)} AU`} />
          <Fact words="Weighted, 7 over 28 days" value={ewmaRatio === null ? null : `× ${ewmaRatio.toFixed(2)}`} />
        </dl>
      )}
      <p className="foot-note">
        “Fitness” is a name for the load of the last weeks, “fatigue” for that of the last days.
        {isWarmingUp && ' Both still rise from zero: the series is younger than six weeks, dotted in the chart.'}
      </p>
    </section>
  );
}

function Fact({ words, value }: { words: string; value: string | null }) {
  return (
    <div>
      <dt>{words}</dt>
      <dd>{value ?? 'not known'}</dd>
    </div>
  );
}
