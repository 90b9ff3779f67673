import { memo, useEffect, useRef, useState } from 'react';
import { browserZone, zoneName } from '../local-time.ts';
import { TodayCell, type Today, type Todays } from '../plan/team-today.tsx';
import { ReadinessValue } from '../readiness/readiness-value.tsx';
import { addresses } from '../route.ts';
import { FlagsCell } from './flags-cell.tsx';
import { ChangeCell, DataCell, SleepCell, WhyCell } from './roster-cells.tsx';
import type { Sort, SortColumn } from './roster-order.ts';
import { groupOf, type Row, rowLook } from './roster-row.ts';

const MARKED_MS = 2_500;

type Column = {
  readonly label: string;
  readonly detail?: string;
  readonly sort?: SortColumn;
  readonly isDescendingFirst?: boolean;
};

const COLUMNS: readonly Column[] = [
  { label: 'Athlete', sort: 'name' },
  { label: 'Readiness', sort: 'readiness' },
  { label: 'Change', detail: 'vs 7-day mean', sort: 'change' },
  { label: 'Why' },
  { label: 'Flags' },
  { label: 'Sleep', detail: 'last night', sort: 'sleep' },
  { label: 'Today', detail: 'planned' },
  { label: 'Data' },
];

/** Roles are written out because the phone layout takes the table's own display, and with it its meaning, away. */
export function RosterTable(parts: {
  rows: readonly Row[];
  todays: Todays;
  caption: string;
  sort: Sort;
  now: Date;
  isGreyed: boolean;
  focusId: string | null;
  onSort: (sort: Sort) => void;
}) {
  const { rows, todays, caption, sort, now, isGreyed, focusId, onSort } = parts;
  const table = useRef<HTMLTableElement>(null);
  useEffect(() => {
    if (focusId !== null)
      table.current?.querySelector<HTMLElement>(`[data-athlete="${CSS.escape(focusId)}"] a`)?.focus();
  }, [focusId]);
  return (
    <div className="roster-scroll">
      <table ref={table} className={`roster${isGreyed ? ' roster-greyed' : ''}`} role="table" data-testid="roster">
        <caption>{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {COLUMNS.map((column) => (
              <HeaderCell key={column.label} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <RosterRow key={row.athlete.id} row={row} today={todays.get(row.athlete.id)} now={now} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function HeaderCell({ column, sort, onSort }: { column: Column; sort: Sort; onSort: (sort: Sort) => void }) {
  const { label, detail, sort: by } = column;
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
      <th role="columnheader" scope="col">
        {words}
      </th>
    );
  }
  const isSorted = sort.column === by;
  const direction = sort.isDescending ? 'descending' : 'ascending';
  return (
    <th role="columnheader" scope="col" aria-sort={isSorted ? direction : undefined}>
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

const RosterRow = memo(function RosterRow(parts: { row: Row; today: Today | undefined; now: Date }) {
  const { row, today, now } = parts;
  const { athlete, readiness, changeFromWeek, freshness, flags } = row;
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
      <td role="cell" className="cell-change" data-label="Change">
        <ChangeCell change={readiness.score === null ? null : changeFromWeek} />
      </td>
      <td role="cell" className="cell-why" data-label="Why">
        <WhyCell readiness={readiness} />
      </td>
      <td role="cell" className="cell-flags" data-label="Flags">
        <FlagsCell name={athlete.displayName} flags={flags} />
      </td>
      <td role="cell" className="cell-sleep" data-label="Sleep">
        <SleepCell readiness={readiness} />
      </td>
      <td role="cell" className="cell-today" data-label="Today">
        <TodayCell today={today} />
      </td>
      <td role="cell" className="cell-data" data-label="Data">
        <DataCell freshness={freshness} />
      </td>
    </tr>
  );
});

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
