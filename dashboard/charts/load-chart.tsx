import { useId } from 'react';
import type { AthleteDaysQuery, LoadMethod } from '../graphql/graphql.ts';
import { signed } from '../local-time.ts';
import { DayChart, type Days, type Plot } from './day-chart.tsx';
import { pathThrough, runsOf, ticksOf } from './scale.ts';

export type LoadSeries = NonNullable<NonNullable<AthleteDaysQuery['athlete']>['load']>;
type LoadDay = LoadSeries['days'][number];
type Means = LoadDay & { readonly fitness: number; readonly fatigue: number };

export const methodWords: Record<LoadMethod, string> = {
  SESSION_RPE: 'effort times minutes',
  BANISTER: 'TRIMP, by heart rate reserve',
  EDWARDS: 'by heart rate zones',
  LUCIA: 'by ventilatory thresholds',
};

/** A day that takes little more than this is drawn on the same scale as an easy one. */
const LEAST_TOP = 50;
const FORM_LEAST = 10;

/** Load per day as bars, with the two means over them. Unknown days are hatched: they are not rest days. */
export function LoadChart({ series, days }: { series: LoadSeries; days: Days }) {
  const inWindow = series.days.filter(({ date }) => days.dates.includes(date));
  const byDate = new Map(inWindow.map((day) => [day.date, day]));
  const values = inWindow.flatMap(({ load, fitness, fatigue }) => [load ?? 0, fitness ?? 0, fatigue ?? 0]);
  const top = Math.max(LEAST_TOP, ...values) * 1.08;
  return (
    <DayChart
      title="Training load"
      unit={series.method === null ? 'AU' : `AU, ${methodWords[series.method]}`}
      summary={summaryOf(inWindow)}
      days={days}
      domain={[0, top]}
      ticks={ticksOf({ domain: [0, top], count: 4 })}
      height={210}
      readout={(date) => dayWords(byDate.get(date))}
      twin={{
        head: ['Day', 'Load (AU)', 'Fitness (AU)', 'Fatigue (AU)', 'Form (AU)'],
        rows: days.dates.toReversed().map((date) => {
          const day = byDate.get(date);
          return [
            date,
            loadWords(day),
            bare(day?.fitness),
            bare(day?.fatigue),
            day?.form == null ? '–' : form(day.form),
          ];
        }),
      }}
      legend={<Legend />}
    >
      {(plot) => <Load days={days.dates.map((date) => byDate.get(date) ?? date)} plot={plot} />}
    </DayChart>
  );
}

/** Fitness less fatigue of the evening before, up and down from zero. */
export function FormChart({ series, days }: { series: LoadSeries; days: Days }) {
  const formOn = new Map(
    series.days.flatMap(({ date, form: value }) =>
      value !== null && days.dates.includes(date) ? [[date, value] as const] : [],
    ),
  );
  if (formOn.size === 0) return null;
  const most = Math.max(FORM_LEAST, ...[...formOn.values()].map(Math.abs)) * 1.1;
  const words = (date: string): string => {
    const value = formOn.get(date);
    return value === undefined ? 'unknown' : `${form(value)} AU`;
  };
  return (
    <DayChart
      title="Form"
      unit="fitness less fatigue, AU"
      summary={`Form on ${formOn.size} days, last ${words([...formOn.keys()].at(-1) ?? '')}.`}
      days={days}
      domain={[-most, most]}
      ticks={ticksOf({ domain: [-most, most], count: 5 })}
      tickWords={signed}
      height={130}
      readout={words}
      twin={{
        head: ['Day', 'Form (AU)'],
        rows: days.dates.toReversed().map((date) => [date, formOn.has(date) ? form(formOn.get(date) ?? 0) : '–']),
      }}
    >
      {({ x, y, step, left, right }) => (
        <>
          <line className="zero" x1={left} x2={right} y1={y(0)} y2={y(0)} />
          {[...formOn].map(([date, value]) => (
            <rect
              key={date}
              className={value < 0 ? 'form-below' : 'form-above'}
              x={x(date) - (step * 0.62) / 2}
              width={step * 0.62}
              y={Math.min(y(0), y(value))}
              height={Math.max(1, Math.abs(y(value) - y(0)))}
            />
          ))}
        </>
      )}
    </DayChart>
  );
}

/** A day that the series does not hold is its date alone. */
function Load({ days, plot }: { days: readonly (LoadDay | string)[]; plot: Plot }) {
  const { x, y, step, top, bottom } = plot;
  const hatch = useId();
  const width = Math.min(26, step * 0.62);
  const known = days.filter((day) => typeof day !== 'string');
  const means = known.filter(hasMeans);
  const newSeries = known.filter(({ startsSeries }, at) => startsSeries && at > 0);
  return (
    <>
      <defs>
        <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line className="hatch" x1="0" x2="0" y1="0" y2="6" />
        </pattern>
      </defs>
      {days.map((day) => {
        const date = typeof day === 'string' ? day : day.date;
        if (!isUnknown(day)) return null;
        return (
          <rect key={date} x={x(date) - step / 2} width={step} y={top} height={bottom - top} fill={`url(#${hatch})`} />
        );
      })}
      {newSeries.map(({ date }) => (
        <g key={date} className="scale-change">
          <line x1={x(date) - step / 2} x2={x(date) - step / 2} y1={top} y2={bottom} />
        </g>
      ))}
      {known.map(({ date, load, isRest, isOver }) =>
        isRest ? (
          <circle key={date} className="rest" cx={x(date)} cy={bottom - 4} r="2.6" />
        ) : (
          load !== null && (
            <rect
              key={date}
              className={`bar bar-load${isOver ? '' : ' bar-open'}`}
              x={x(date) - width / 2}
              width={width}
              y={y(load)}
              height={Math.max(1, bottom - y(load))}
              rx={Math.min(2, width / 3)}
            />
          )
        ),
      )}
      {(['fatigue', 'fitness'] as const).map((name) =>
        runsOf(means, ({ startsSeries }) => startsSeries).flatMap((run) => {
          const settled = run.findIndex(({ warmingUp }) => !warmingUp);
          const split = settled === -1 ? run.length : settled;
          const path = (part: readonly Means[]): string => pathThrough(part.map((day) => [x(day.date), y(day[name])]));
          return [
            <path
              key={`${name} ${run[0]?.date} rising`}
              className={`line line-${name} line-warming`}
              d={path(run.slice(0, split + 1))}
            />,
            <path key={`${name} ${run[0]?.date}`} className={`line line-${name}`} d={path(run.slice(split))} />,
          ];
        }),
      )}
    </>
  );
}

function Legend() {
  const hatch = useId();
  return (
    <>
      <span>
        <svg width="10" height="12" aria-hidden="true">
          <rect className="bar bar-load" width="10" height="12" rx="1.5" />
        </svg>{' '}
        load
      </span>
      <span>
        <svg width="10" height="12" aria-hidden="true">
          <circle className="rest" cx="5" cy="8" r="2.6" />
        </svg>{' '}
        rest day
      </span>
      <span>
        <svg width="14" height="12" aria-hidden="true">
          <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <line className="hatch" x1="0" x2="0" y1="0" y2="6" />
          </pattern>
          <rect width="14" height="12" fill={`url(#${hatch})`} />
        </svg>{' '}
        unknown
      </span>
      <span>
        <svg width="18" height="12" viewBox="0 -6 18 12" aria-hidden="true">
          <path className="line line-fitness" d="M0 0H18" />
        </svg>{' '}
        fitness, 42 days
      </span>
      <span>
        <svg width="18" height="12" viewBox="0 -6 18 12" aria-hidden="true">
          <path className="line line-fatigue" d="M0 0H18" />
        </svg>{' '}
        fatigue, 7 days
      </span>
    </>
  );
}

const hasMeans = (day: LoadDay): day is Means => day.fitness !== null && day.fatigue !== null;

/** Today is not unknown: it is not over. */
const isUnknown = (day: LoadDay | string): boolean => typeof day !== 'string' && day.isOver && day.load === null;

const bare = (value: number | null | undefined): string => (value == null ? '–' : value.toFixed(0));
const form = (value: number): string => signed(Math.round(value));

function loadWords(day: LoadDay | undefined): string {
  if (!day) return '–';
  if (day.isRest) return 'rest, 0';
  if (day.load === null) return day.isOver ? 'unknown' : '–';
  return `${Math.round(day.load)}${day.isOver ? '' : ' so far'}`;
}

function dayWords(day: LoadDay | undefined): string {
  if (!day) return 'no data';
  const means = hasMeans(day) ? `, fitness ${bare(day.fitness)}, fatigue ${bare(day.fatigue)}` : '';
  if (day.isRest) return `rest day${means}`;
  if (day.load === null) return day.isOver ? 'load unknown' : 'not over yet';
  const sessions = day.sessions.map(({ activity, minutes }) => `${activity} ${Math.round(minutes)} min`).join(', ');
  return `${Math.round(day.load)} AU${day.isOver ? '' : ' so far'} (${sessions})${means}`;
}

function summaryOf(days: readonly LoadDay[]): string {
  const trained = days.filter(({ load, isRest }) => load !== null && !isRest);
  const last = days.findLast(hasMeans);
  const unknown = days.filter(isUnknown).length;
  const words = [
    `Training load on ${trained.length} days`,
    `${days.filter(({ isRest }) => isRest).length} rest days`,
    `${unknown} unknown`,
  ].join(', ');
  return last ? `${words}; fitness ${bare(last.fitness)}, fatigue ${bare(last.fatigue)}.` : `${words}.`;
}
