import { DayChart, type Days } from './day-chart.tsx';
import { type DayValue, domainOf, pathThrough, runsOf, ticksOf, weekMeans } from './scale.ts';

/** The athlete's usual range, drawn as a band behind the dots. */
export type UsualRange = { readonly low: number; readonly high: number };

/** Nightly values of one stream: daily dots, the 7-day line, the usual range. Streams never share a line. */
export function StreamChart(parts: {
  title: string;
  unit: string;
  unitWord: string;
  values: readonly DayValue[];
  usual: UsualRange | null;
  usualWords: string;
  days: Days;
  isLog?: boolean;
  least: number;
}) {
  const { title, unit, unitWord, values, usual, usualWords, days, isLog = false, least } = parts;
  const inWindow = values
    .filter(({ date }) => days.dates.includes(date))
    .toSorted((a, b) => a.date.localeCompare(b.date));
  const means = weekMeans({ days: values, dates: days.dates, isLog });
  const domain = domainOf({
    values: [...inWindow.map(({ value }) => value), ...(usual ? [usual.low, usual.high] : [])],
    least,
  });
  if (!domain) return <NoDays title={title} />;
  const valueOn = new Map(inWindow.map(({ date, value }) => [date, value]));
  const meanOn = new Map(means.map(({ date, value }) => [date, value]));
  const words = (date: string) => withUnit(valueOn.get(date), unitWord);
  return (
    <DayChart
      title={title}
      unit={unit}
      summary={`${title}: ${inWindow.length} nights, last ${words(inWindow.at(-1)?.date ?? '')}.`}
      days={days}
      domain={domain}
      ticks={ticksOf({ domain, count: 4 })}
      isLog={isLog}
      readout={(date) =>
        [words(date), meanOn.has(date) && `7-day ${withUnit(meanOn.get(date), unitWord)}`].filter(Boolean).join(', ')
      }
      twin={{
        head: ['Night', `${title} (${unitWord})`, `7-day mean (${unitWord})`],
        rows: days.dates.toReversed().map((date) => [date, bare(valueOn.get(date)), bare(meanOn.get(date))]),
      }}
      legend={
        <>
          <span>
            <svg width="12" height="12" viewBox="-6 -6 12 12" aria-hidden="true">
              <circle className="dot" r="2.6" />
            </svg>{' '}
            night
          </span>
          <span>
            <svg width="18" height="12" viewBox="0 -6 18 12" aria-hidden="true">
              <path className="line" d="M0 0H18" />
            </svg>{' '}
            7-day mean
          </span>
          {usual && (
            <span>
              <svg width="18" height="12" viewBox="0 0 18 12" aria-hidden="true">
                <rect className="usual" width="18" height="12" />
              </svg>{' '}
              {usualWords}
            </span>
          )}
        </>
      }
    >
      {({ x, y, left, right, step }) => (
        <>
          {usual && (
            <rect
              className="usual"
              x={left}
              width={right - left}
              y={y(usual.high)}
              height={Math.max(0, y(usual.low) - y(usual.high))}
            />
          )}
          {inWindow.map(({ date, value }) => (
            <circle key={date} className="dot" cx={x(date)} cy={y(value)} r={step > 9 ? 3 : 2.2} />
          ))}
          {runsOf(means).map((run) => (
            <path
              key={run[0]?.date}
              className="line"
              d={pathThrough(run.map(({ date, value }) => [x(date), y(value)] as const))}
            />
          ))}
        </>
      )}
    </DayChart>
  );
}

/** The place of a chart that has nothing to draw. */
export function NoDays({ title }: { title: string }) {
  return (
    <section className="chart card" aria-label={title}>
      <h3>{title}</h3>
      <p className="empty">No data in this window.</p>
    </section>
  );
}

function withUnit(value: number | undefined, unit: string): string {
  return value === undefined ? 'no data' : `${Math.round(value)} ${unit}`;
}

function bare(value: number | undefined): string {
  return value === undefined ? '–' : value.toFixed(1);
}
