import { useMemo, useState } from 'react';
import type { Days } from '../charts/day-chart.tsx';
import { ReadinessChart } from '../charts/readiness-chart.tsx';
import { SleepChart } from '../charts/sleep-chart.tsx';
import { NoDays, StreamChart, type UsualRange } from '../charts/stream-chart.tsx';
import type { Readiness } from '../readiness/look.ts';
import { LockMark } from '../readiness/marks.tsx';
import { providerWords } from '../readiness/words.ts';
import { LoadPlace } from './load-place.tsx';
import { type AthleteDays, windowDates } from './use-athlete-days.ts';

const WINDOWS = [28, 60] as const;
/** Half a standard deviation each side: the smallest change worth speaking of, for HRV. */
const HRV_SDS = 0.5;

export function AthleteCharts({ athlete, today }: { athlete: AthleteDays; today: Readiness }) {
  const [length, setLength] = useState<(typeof WINDOWS)[number]>(28);
  const [cursor, setCursor] = useState<string | null>(null);
  const dates = useMemo(() => windowDates({ last: today.date, days: length }), [today.date, length]);
  const days: Days = { dates, cursor, onCursor: setCursor };
  return (
    <section className="charts" aria-label="History">
      <div className="charts-head">
        <h2>History</h2>
        <div className="segments" role="group" aria-label="Days shown">
          {WINDOWS.map((option) => (
            <button key={option} type="button" aria-pressed={length === option} onClick={() => setLength(option)}>
              {option} days
            </button>
          ))}
        </div>
      </div>
      {athlete.readinessHistory ? (
        <ReadinessChart history={athlete.readinessHistory} days={days} />
      ) : (
        <NoDays title="Readiness" />
      )}
      <div className="chart-grid">
        <HrvCharts series={athlete.hrv} today={today} days={days} />
        <RestingHeartRateCharts series={athlete.restingHeartRate} today={today} days={days} />
        <SleepPlace series={athlete.sleep} today={today} days={days} />
      </div>
      {athlete.load?.state === 'NOT_SHARED' ? (
        <Withheld title="Training load" />
      ) : (
        <LoadPlace series={athlete.load} days={days} />
      )}
    </section>
  );
}

function HrvCharts({ series, today, days }: { series: AthleteDays['hrv']; today: Readiness; days: Days }) {
  if (!series) return <NoDays title="HRV" />;
  if (series.state === 'NOT_SHARED') return <Withheld title="HRV" />;
  const drawn = series.streams.filter(({ nights }) => nights.length > 0);
  if (drawn.length === 0) return <NoDays title="HRV" />;
  const { mean, sd } = today.signals.hrv ?? { mean: null, sd: null };
  const isAlone = drawn.filter(({ metric }) => metric === 'RMSSD').length === 1;
  return drawn.map((stream) => {
    // The baseline is of the stream that was scored; with several it is not said which, so none gets it.
    const hasUsual = stream.metric === 'RMSSD' && isAlone && mean !== null && sd !== null;
    const usual: UsualRange | null = hasUsual
      ? { low: Math.exp(mean - HRV_SDS * sd), high: Math.exp(mean + HRV_SDS * sd) }
      : null;
    const metric = stream.metric === 'RMSSD' ? 'rMSSD' : 'SDNN, not used in the score';
    return (
      <StreamChart
        key={stream.id}
        title={drawn.length > 1 ? `HRV, ${providerWords[stream.provider]}` : 'HRV'}
        unit={`ms ${metric}, log axis`}
        unitWord="ms"
        values={stream.nights.map(({ date, ms }) => ({ date, value: ms }))}
        usual={usual}
        usualWords="usual range"
        days={days}
        isLog
        least={16}
      />
    );
  });
}

function RestingHeartRateCharts(parts: { series: AthleteDays['restingHeartRate']; today: Readiness; days: Days }) {
  const { series, today, days } = parts;
  if (!series) return <NoDays title="Resting heart rate" />;
  if (series.state === 'NOT_SHARED') return <Withheld title="Resting heart rate" />;
  const drawn = series.streams.filter(({ nights }) => nights.length > 0);
  if (drawn.length === 0) return <NoDays title="Resting heart rate" />;
  const { mean, sd } = today.signals.restingHeartRate ?? { mean: null, sd: null };
  return drawn.map((stream) => (
    <StreamChart
      key={stream.id}
      title={drawn.length > 1 ? `Resting heart rate, ${providerWords[stream.provider]}` : 'Resting heart rate'}
      unit="bpm"
      unitWord="bpm"
      values={stream.nights.map(({ date, bpm }) => ({ date, value: bpm }))}
      usual={drawn.length === 1 && mean !== null && sd !== null ? { low: mean - sd, high: mean + sd } : null}
      usualWords="usual range"
      days={days}
      least={8}
    />
  ));
}

function SleepPlace({ series, today, days }: { series: AthleteDays['sleep']; today: Readiness; days: Days }) {
  if (!series) return <NoDays title="Sleep" />;
  if (series.state === 'NOT_SHARED') return <Withheld title="Sleep" />;
  return <SleepChart nights={series.nights} needMin={today.signals.sleep?.needMin ?? null} days={days} />;
}

/** Says that a signal is withheld and nothing more: no dates, no counts. */
function Withheld({ title }: { title: string }) {
  return (
    <section className="chart card chart-withheld" aria-label={title}>
      <h3>{title}</h3>
      <p className="not-shared">
        <LockMark /> not shared by the athlete
      </p>
    </section>
  );
}
