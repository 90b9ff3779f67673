import { useId, useRef } from 'react';
import { Hidden } from '../readiness/marks.tsx';
import { capitalised } from '../readiness/words.ts';
import {
  choicesOf,
  chosenIn,
  FILTER_KINDS,
  type FilterKind,
  FILTERS,
  type Filters,
  isChosen,
  NO_FILTERS,
  toggled,
} from './filters.ts';

type Parts = { filters: Filters; onChange: (filters: Filters) => void };

/** A button that opens the choices over the page, on a phone as a sheet from below. Each takes effect at once. */
export function FilterPanel({ filters, onChange }: Parts) {
  const panelId = useId();
  const panel = useRef<HTMLDivElement>(null);
  const count = chosenIn(filters).length;
  return (
    <div>
      <button type="button" className="button button-quiet" popoverTarget={panelId}>
        Filters
        {count > 0 && (
          <span className="filters-count">
            {count}
            <Hidden> chosen</Hidden>
          </span>
        )}
      </button>
      <div ref={panel} id={panelId} popover="auto" className="filters-panel" role="dialog" aria-label="Filters">
        <div className="filters-groups">
          {FILTER_KINDS.map((kind) => (
            <FilterGroup key={kind} kind={kind} filters={filters} onChange={onChange} />
          ))}
        </div>
        <div className="filters-foot">
          <button
            type="button"
            className="button button-quiet"
            disabled={count === 0}
            onClick={() => onChange(NO_FILTERS)}
          >
            Clear all
          </button>
          <button type="button" className="button button-main" onClick={() => panel.current?.hidePopover()}>
            Done
          </button>
        </div>
      </div>
    </div>
  );
}

function FilterGroup({ kind, filters, onChange }: Parts & { kind: FilterKind }) {
  return (
    <fieldset className="filters-group">
      <legend>{FILTERS[kind].legend}</legend>
      {choicesOf(kind).map(([value, words]) => (
        <label key={value} className="pill">
          <input
            type="checkbox"
            checked={isChosen(filters, kind, value)}
            onChange={() => onChange(toggled(filters, kind, value))}
          />
          <span>{capitalised(words)}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** What narrows the table, each with a way to take it out again. */
export function FilterChips({ filters, onChange }: Parts) {
  const chosen = chosenIn(filters);
  if (chosen.length === 0) return null;
  return (
    <ul className="filter-chips" aria-label="Filters in use">
      {chosen.map(({ kind, value, words }) => (
        <li key={`${kind} ${value}`}>
          <button type="button" className="chip" onClick={() => onChange(toggled(filters, kind, value))}>
            <Hidden>Remove </Hidden>
            {words}
            <svg viewBox="-5 -5 10 10" width="10" height="10" aria-hidden="true">
              <path d="M-3.2-3.2 3.2 3.2M3.2-3.2-3.2 3.2" />
            </svg>
          </button>
        </li>
      ))}
      {chosen.length > 1 && (
        <li>
          <button type="button" className="button-link chip-clear" onClick={() => onChange(NO_FILTERS)}>
            Clear all
          </button>
        </li>
      )}
    </ul>
  );
}
