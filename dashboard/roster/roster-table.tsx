import { memo, useEffect, useMemo, useRef, useState, type CSSProperties, type ReactNode } from 'react';
import { COLUMNS, inOrder, widthsOf, type ColumnKey } from '../columns/columns.ts';
import { HrvCell } from '../columns/hrv-cell.tsx';
import { LoadCell } from '../columns/load-cell.tsx';
import { RestingCell } from '../columns/resting-cell.tsx';
import type { RowColumns, TeamColumns } from '../columns/use-team-columns.ts';
import { browserZone, zoneName } from '../local-time.ts';
import { TodayCell, type Today, type Todays } from '../plan/team-today.tsx';
import { ReadinessValue } from '../readiness/readiness-value.tsx';
import { addresses } from '../route.ts';
import type { Density } from '../table/density.tsx';
import { FlagsCell } from './flags-cell.tsx';
import { ChangeCell, DataCell, SleepCell, WhyCell } from './roster-cells.tsx';
import type { Sort } from './roster-order.ts';
import { groupOf, type Row, rowLook } from './roster-row.ts';

const MARKED_MS = 2_500;

/** Roles are written out because the phone layout takes the table's own display, and with it its meaning, away. */
export function RosterTable(parts: {
  rows: readonly Row[];
  todays: Todays;
  columns: TeamColumns;
  chosen: ReadonlySet<ColumnKey>;
  density: Density;
  caption: string;
  sort: Sort;
  now: Date;
  isGreyed: boolean;
  focusId: string | null;
  onSort: (sort: Sort) => void;
}) {
  const { rows, todays, columns, chosen, density, caption, sort, now, isGreyed, focusId, onSort } = parts;
  const table = useRef<HTMLTableElement>(null);
  useEffect(() => {
    if (focusId !== null)
      table.current?.querySelector<HTMLElement>(`[data-athlete="${CSS.escape(focusId)}"] a`)?.focus();
  }, [focusId]);
  const shown = useMemo(() => ['athlete', 'readiness', ...inOrder(chosen)] as const, [chosen]);
  const { least, share } = widthsOf(shown);
  return (
    <div className="roster-scroll">
      <table
        ref={table}
        className={`roster roster-${density}${isGreyed ? ' roster-greyed' : ''}`}
        style={{ '--roster-least': least } as CSSProperties}
        role="table"
        data-testid="roster"
      >
        <caption>{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {shown.map((key) => (
              <HeaderCell key={key} name={key} share={share(key)} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <RosterRow
              key={row.athlete.id}
              row={row}
              today={todays.get(row.athlete.id)}
              columns={columns.get(row.athlete.id)}
              chosen={chosen}
              now={now}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function HeaderCell(parts: { name: keyof typeof COLUMNS; share: string; sort: Sort; onSort: (sort: Sort) => void }) {
  const { name, share, sort, onSort } = parts;
  const width = { '--column-share': share } as CSSProperties;
  const { label, detail, sort: by } = COLUMNS[name];
  const words = (
    <>
      <span>
        {label}
        {detail && <span className="head-detail"> {detail}</span>}
      </span>
    </>
  );
  if (!by) {
    return (
      <th role="columnheader" scope="col" style={width}>
        {words}
      </th>
    );
  }
  const isSorted = sort.column === by;
  const direction = sort.isDescending ? 'descending' : 'ascending';
  return (
    <th role="columnheader" scope="col" aria-label={label} style={width} aria-sort={isSorted ? direction : undefined}>
      <button type="button" onClick={() => onSort({ column: by, isDescending: isSorted && !sort.isDescending })}>
        {words}
        <svg
          className={`sort ${isSorted ? `sort-${direction}` : ''}`}
          viewBox="-5 -5 10 10"
          width="10"
          height="10"
          aria-hidden="true"
        >
          <path d="M0-3.5 3.5 2.5h-7z" />
        </svg>
      </button>
    </th>
  );
}

type RowParts = {
  readonly row: Row;
  readonly today: Today | undefined;
  readonly columns: RowColumns | undefined;
  readonly now: Date;
};

const RosterRow = memo(function RosterRow({ chosen, ...parts }: RowParts & { chosen: ReadonlySet<ColumnKey> }) {
  const { row, now } = parts;
  const { athlete, readiness } = row;
  const isMarked = useShortMark(row.changedAtMs);
  return (
    <tr
      role="row"
      className={`group-${groupOf(row).toLowerCase()}${isMarked ? ' changed' : ''}`}
      data-athlete={athlete.id}
      data-testid="roster-row"
    >
      <th role="rowheader" scope="row">
        <a href={addresses.athlete(athlete.id)}>{athlete.displayName}</a>
        {athlete.timeZone !== browserZone && <span className="zone">{zoneName(athlete.timeZone)}</span>}
      </th>
      <td role="cell" className="cell-readiness" data-label="Readiness" data-testid="readiness-cell">
        <ReadinessValue readiness={readiness} look={rowLook(row, now)} />
      </td>
      {inOrder(chosen).map((key) => (
        <td key={key} role="cell" className={`cell-${key}`} data-label={COLUMNS[key].label}>
          {CELLS[key](parts)}
        </td>
      ))}
    </tr>
  );
});

const CELLS: Readonly<Record<ColumnKey, (parts: RowParts) => ReactNode>> = {
  change: ({ row }) => <ChangeCell change={row.readiness.score === null ? null : row.changeFromWeek} />,
  why: ({ row }) => <WhyCell readiness={row.readiness} />,
  flags: ({ row }) => <FlagsCell name={row.athlete.displayName} flags={row.flags} />,
  hrv: ({ row, columns }) => (
    <HrvCell readiness={row.readiness} freshness={row.freshness} days={columns?.hrvDays ?? null} />
  ),
  resting: ({ row }) => <RestingCell readiness={row.readiness} freshness={row.freshness} />,
  sleep: ({ row, columns }) => <SleepCell readiness={row.readiness} trend={columns?.sleepDebt?.trend ?? null} />,
  load: ({ columns }) => <LoadCell load={columns?.load} />,
  today: ({ today }) => <TodayCell today={today} />,
  data: ({ row }) => <DataCell freshness={row.freshness} />,
};

/** True for a short while after a change, and not for one that was over before the row was drawn. */
function useShortMark(changedAtMs: number | null): boolean {
  const [endedMs, setEndedMs] = useState(0);
  const leftMs = changedAtMs === null ? 0 : changedAtMs + MARKED_MS - Date.now();
  useEffect(() => {
    if (changedAtMs === null || leftMs <= 0) return undefined;
    const timer = setTimeout(() => setEndedMs(changedAtMs), leftMs);
    return () => clearTimeout(timer);
  }, [changedAtMs]);
  return changedAtMs !== null && changedAtMs > endedMs && leftMs > 0;
}
