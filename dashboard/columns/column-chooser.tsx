import { useId } from 'react';
import { CHOOSABLE, COLUMNS, toggledColumn, USUAL } from './columns.ts';
import type { ChosenColumns } from './use-chosen-columns.ts';

/** A button that opens the list of columns over the page; each takes effect at once. */
export function ColumnChooser({ chosen, choose }: ChosenColumns) {
  const panelId = useId();
  return (
    <div className="columns">
      <button type="button" className="button button-quiet" popoverTarget={panelId}>
        Columns
      </button>
      <div id={panelId} popover="auto" className="columns-panel" aria-label="Columns of the table">
        <fieldset>
          <legend>Show in the table</legend>
          {CHOOSABLE.map((key) => (
            <label key={key}>
              <input type="checkbox" checked={chosen.has(key)} onChange={() => choose(toggledColumn(chosen, key))} />
              <span>{COLUMNS[key].label}</span>
              {COLUMNS[key].detail && <span className="aside">{COLUMNS[key].detail}</span>}
            </label>
          ))}
        </fieldset>
        <button type="button" className="button button-quiet" onClick={() => choose(new Set(USUAL))}>
          The usual columns
        </button>
      </div>
    </div>
  );
}
