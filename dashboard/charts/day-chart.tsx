import { type PointerEvent, type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import { inWords } from '../local-time.ts';
import { scaleOf } from './scale.ts';

/** The window of days all charts of a page share, and the day under the pointer. */
export type Days = {
  readonly dates: readonly string[];
  readonly cursor: string | null;
  readonly onCursor: (date: string | null) => void;
};

export type Plot = {
  readonly x: (date: string) => number;
  readonly y: (value: number) => number;
  /** Width of one day. */
  readonly step: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
};

type Twin = { readonly head: readonly string[]; readonly rows: readonly (readonly [string, ...string[]])[] };

const MARGIN = { top: 10, right: 10, bottom: 22, left: 40 };

/**
 * A chart over days with its table twin. `summary` is the picture in a sentence; `readout` says one day in words, and
 * follows the shared cursor. The table lists the newest day first.
 */
export function DayChart(parts: {
  title: string;
  unit: string;
  summary: string;
  days: Days;
  domain: readonly [number, number];
  ticks: readonly number[];
  isLog?: boolean;
  height?: number;
  tickWords?: (value: number) => string;
  readout: (date: string) => string;
  twin: Twin;
  legend?: ReactNode;
  children: (plot: Plot) => ReactNode;
}) {
  const {
    title,
    unit,
    summary,
    days,
    domain,
    ticks,
    isLog = false,
    height = 180,
    tickWords = String,
    twin,
    legend,
  } = parts;
  const [frame, width] = useWidth();
  const { dates, cursor, onCursor } = days;
  const plot = plotOf({ width, height, dates, domain, isLog });
  const shownDate = cursor ?? dates.at(-1) ?? null;

  const follow = (event: PointerEvent<SVGSVGElement>) => {
    const inside = event.clientX - event.currentTarget.getBoundingClientRect().left - plot.left;
    const index = Math.min(dates.length - 1, Math.max(0, Math.floor(inside / plot.step)));
    onCursor(dates[index] ?? null);
  };

  return (
    <section className="chart card" aria-label={title}>
      <header className="chart-head">
        <h3>
          {title} <span className="unit">{unit}</span>
        </h3>
        <p className="readout">{shownDate && `${inWords.shortDay(shownDate)}: ${parts.readout(shownDate)}`}</p>
      </header>
      <div ref={frame} className="chart-frame">
        {width > 0 && (
          <svg
            width={width}
            height={height}
            role="img"
            aria-label={summary}
            onPointerMove={follow}
            onPointerDown={follow}
            onPointerLeave={() => onCursor(null)}
          >
            {ticks.map((tick) => (
              <g key={tick} className="grid">
                <line x1={plot.left} x2={plot.right} y1={plot.y(tick)} y2={plot.y(tick)} />
                <text x={plot.left - 8} y={plot.y(tick)} dy="0.32em" textAnchor="end">
                  {tickWords(tick)}
                </text>
              </g>
            ))}
            <DateTicks dates={dates} plot={plot} />
            {parts.children(plot)}
            {cursor && (
              <line className="cursor" x1={plot.x(cursor)} x2={plot.x(cursor)} y1={plot.top} y2={plot.bottom} />
            )}
          </svg>
        )}
      </div>
      {legend && <div className="legend">{legend}</div>}
      <TableTwin title={title} twin={twin} />
    </section>
  );
}

function DateTicks({ dates, plot }: { dates: readonly string[]; plot: Plot }) {
  const room = Math.max(1, Math.floor((plot.right - plot.left) / 64));
  const every = Math.max(7, Math.ceil(dates.length / room / 7) * 7);
  const last = dates.length - 1;
  return (
    <g className="dates">
      {dates.map((date, index) => {
        if ((last - index) % every !== 0) return null;
        const isLast = index === last;
        return (
          <text
            key={date}
            x={isLast ? plot.right : plot.x(date)}
            y={plot.bottom + 16}
            textAnchor={isLast ? 'end' : 'middle'}
          >
            {inWords.dayMonth(date)}
          </text>
        );
      })}
    </g>
  );
}

function TableTwin({ title, twin }: { title: string; twin: Twin }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="twin" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title} as a table</summary>
      {isOpen && (
        <div className="twin-scroll" tabIndex={0} role="group" aria-label={`${title}, table`}>
          <table>
            <caption className="visually-hidden">{title}, newest day first</caption>
            <thead>
              <tr>
                {twin.head.map((words) => (
                  <th key={words} scope="col">
                    {words}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {twin.rows.map(([date, ...cells]) => (
                <tr key={date}>
                  <th scope="row">{inWords.shortDay(date)}</th>
                  {cells.map((words, index) => (
                    <td key={twin.head[index + 1]}>{words}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}

function plotOf(parts: {
  width: number;
  height: number;
  dates: readonly string[];
  domain: readonly [number, number];
  isLog: boolean;
}): Plot {
  const { width, height, dates, domain, isLog } = parts;
  const [left, right, top, bottom] = [MARGIN.left, width - MARGIN.right, MARGIN.top, height - MARGIN.bottom];
  const step = (right - left) / Math.max(1, dates.length);
  const indices = new Map(dates.map((date, index) => [date, index]));
  return {
    x: (date) => left + ((indices.get(date) ?? 0) + 0.5) * step,
    y: scaleOf({ domain, range: [bottom, top], isLog }),
    step,
    left,
    right,
    top,
    bottom,
  };
}

export function useWidth() {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return undefined;
    setWidth(element.clientWidth);
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [frame, width] as const;
}
