import { ColumnChooser } from '../columns/column-chooser.tsx';
import { inWords } from '../local-time.ts';
import { ATTENTION_FIRST } from '../roster/roster-order.ts';
import { SavedViews } from '../views/saved-views.tsx';
import { type Density, DensitySwitch } from './density.tsx';
import { FilterChips, FilterPanel } from './filter-panel.tsx';
import { OrderChoice } from './order-choice.tsx';
import type { TableInAddress } from './use-table.ts';

/** What stands above the table and changes how it is looked at. */
export function TableTools(parts: {
  teamId: string;
  table: TableInAddress;
  density: Density;
  onDensity: (density: Density) => void;
  moved: number;
  onResort: () => void;
  /** When the rows were last known to be right; null while they are. */
  asOf: Date | null;
}) {
  const { teamId, table, density, onDensity, moved, onResort, asOf } = parts;
  const { sort, search, filters, change } = table;
  return (
    <>
      <div className="roster-tools">
        <label className="search">
          <span className="visually-hidden">Search by name</span>
          <input
            type="search"
            placeholder="Search by name"
            value={search}
            onChange={(event) => table.type(event.target.value)}
          />
        </label>
        <FilterPanel filters={filters} onChange={(next) => change({ filters: next })} />
        <ColumnChooser {...table.choice} />
        <SavedViews teamId={teamId} table={table} />
        {sort.column !== 'attention' && (
          <button
            type="button"
            className="button button-quiet attention-first"
            onClick={() => change({ sort: ATTENTION_FIRST })}
          >
            Needs attention first
          </button>
        )}
        {moved > 0 && (
          <button type="button" className="button button-resort" onClick={onResort}>
            {moved} {moved === 1 ? 'row' : 'rows'} changed — re-sort
          </button>
        )}
        {asOf && <span className="as-of">as of {inWords.clock(asOf)}</span>}
        <DensitySwitch density={density} onChange={onDensity} />
        <OrderChoice sort={sort} onChange={(next) => change({ sort: next })} />
      </div>
      <FilterChips filters={filters} onChange={(next) => change({ filters: next })} />
    </>
  );
}
