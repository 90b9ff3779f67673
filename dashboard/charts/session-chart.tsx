import { type PointerEvent, useState } from 'react';
import { useWidth } from './day-chart.tsx';
import { domainOf, pathThrough, scaleOf, ticksOf } from './scale.ts';

const MARGIN = { top: 10, right: 10, bottom: 22, left: 40 };
const HEIGHT = 170;

type Point = { readonly offsetS: number; readonly bpm: number };

/** Heart rate over one session; the edges of its splits stand behind it. The point under the pointer is told in words. */
export function SessionChart(parts: {
  points: readonly Point[];
  lengthS: number;
  splitEdgesS: readonly number[];
  clockOf: (seconds: number) => string;
}) {
  const { points, lengthS, splitEdgesS, clockOf } = parts;
  const [frame, width] = useWidth();
  const [cursor, setCursor] = useState<Point | null>(null);
  const values = points.map(({ bpm }) => bpm);
  const domain = domainOf({ values, least: 30 });
  if (!domain) return null;
  const [left, right, top, bottom] = [MARGIN.left, width - MARGIN.right, MARGIN.top, HEIGHT - MARGIN.bottom];
  const endS = Math.max(lengthS, points.at(-1)?.offsetS ?? 0, 60);
  const x = scaleOf({ domain: [0, endS], range: [left, right] });
  const y = scaleOf({ domain, range: [bottom, top] });
  const line = points.map(({ offsetS, bpm }) => [x(offsetS), y(bpm)] as const);
  const minutes = ticksOf({ domain: [0, endS / 60], count: Math.max(2, Math.floor((right - left) / 64)) });
  const most = Math.round(Math.max(...values));
  const least = Math.round(Math.min(...values));

  const follow = (event: PointerEvent<SVGSVGElement>) => {
    const at = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const near = (point: Point) => Math.abs(x(point.offsetS) - at);
    setCursor(points.reduce((best, point) => (near(point) < near(best) ? point : best)));
  };

  return (
    <figure className="session-chart">
      <figcaption className="chart-head">
        <span>
          Heart rate <span className="unit">bpm</span>
        </span>
        <span className="readout">
          {cursor ? `${clockOf(cursor.offsetS)}: ${Math.round(cursor.bpm)} bpm` : `${least} to ${most} bpm`}
        </span>
      </figcaption>
      <div ref={frame} className="chart-frame">
        {width > 0 && (
          <svg
            width={width}
            height={HEIGHT}
            role="img"
            aria-label={`Heart rate from ${least} to ${most} bpm over ${clockOf(endS)}.`}
            onPointerMove={follow}
            onPointerDown={follow}
            onPointerLeave={() => setCursor(null)}
          >
            {splitEdgesS.map((edge) => (
              <line key={edge} className="split-edge" x1={x(edge)} x2={x(edge)} y1={top} y2={bottom} />
            ))}
            {ticksOf({ domain, count: 5 }).map((tick) => (
              <g key={tick} className="grid">
                <line x1={left} x2={right} y1={y(tick)} y2={y(tick)} />
                <text x={left - 8} y={y(tick)} dy="0.32em" textAnchor="end">
                  {tick}
                </text>
              </g>
            ))}
            <g className="dates">
              {minutes.map((minute) => (
                <text key={minute} x={x(minute * 60)} y={bottom + 16} textAnchor={minute === 0 ? 'start' : 'middle'}>
                  {minute === 0 ? '0 min' : minute}
                </text>
              ))}
            </g>
            <path className="beat-area" d={areaUnder(line, bottom)} />
            <path className="line" d={pathThrough(line)} />
            {cursor && (
              <>
                <line className="cursor" x1={x(cursor.offsetS)} x2={x(cursor.offsetS)} y1={top} y2={bottom} />
                <circle className="beat" cx={x(cursor.offsetS)} cy={y(cursor.bpm)} r="4" />
              </>
            )}
          </svg>
        )}
      </div>
    </figure>
  );
}

function areaUnder(line: readonly (readonly [number, number])[], bottom: number): string {
  const [first, last] = [line[0], line.at(-1)];
  if (!first || !last) return '';
  return `${pathThrough(line)}L${last[0].toFixed(1)} ${bottom}L${first[0].toFixed(1)} ${bottom}Z`;
}
