import { type FormEvent, useId, useRef, useState } from 'react';
import { sentenceOf } from '../client.ts';
import { Hidden } from '../readiness/marks.tsx';
import { addresses } from '../route.ts';
import { queryOf, tableOf } from '../table/address.ts';
import type { TableInAddress } from '../table/use-table.ts';
import { SavedViewItem } from './saved-view-item.tsx';
import { useSavedViews } from './use-saved-views.ts';
import { viewWords } from './view-words.ts';

/** As the server takes it. */
const LONGEST_NAME = 60;

/** A button that opens the coach's views of this team over the page, on a phone as a sheet from below. */
export function SavedViews({ teamId, table }: { teamId: string; table: TableInAddress }) {
  const panelId = useId();
  const panel = useRef<HTMLDivElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const saved = useSavedViews(teamId);
  const views = saved.views ?? [];
  // A view says its columns outright, so that it is the same table for whoever chose others meanwhile.
  const addressOf = (part: string): string => {
    const { columns, ...rest } = tableOf(part);
    return queryOf({ ...rest, columns: columns ?? table.choice.chosen });
  };
  const here = addressOf(queryOf(table));
  const open = views.find(({ query }) => addressOf(query) === here);
  return (
    <div>
      <button type="button" className="button button-quiet views-button" popoverTarget={panelId}>
        Views
        {open && (
          <span className="views-open">
            <Hidden>open: </Hidden>
            {open.name}
          </span>
        )}
      </button>
      <div
        ref={panel}
        id={panelId}
        popover="auto"
        className="filters-panel views-panel"
        role="dialog"
        aria-label="Views"
      >
        <h2 ref={heading} tabIndex={-1}>
          Your views of this team
        </h2>
        {saved.error && <p className="notice notice-problem">{sentenceOf(saved.error)}</p>}
        {saved.views?.length === 0 && (
          <p className="aside">None is saved yet. A view keeps filters, order, search and columns under a name.</p>
        )}
        <ul className="views-list">
          {views.map((view) => (
            <SavedViewItem
              key={view.id}
              view={view}
              words={viewWords(tableOf(view.query))}
              address={addresses.team(teamId, addressOf(view.query))}
              isOpen={view.id === open?.id}
              isBusy={saved.isBusy}
              longestName={LONGEST_NAME}
              onOpened={() => panel.current?.hidePopover()}
              onRename={(name) => saved.rename(view.id, name)}
              onRemove={async () => {
                const problem = await saved.remove(view.id);
                if (!problem) heading.current?.focus();
                return problem;
              }}
            />
          ))}
        </ul>
        <SaveForm
          words={viewWords(tableOf(here))}
          names={views.map(({ name }) => name)}
          isBusy={saved.isBusy}
          onSave={(name) => saved.save(name, here)}
        />
      </div>
    </div>
  );
}

type Save = ReturnType<typeof useSavedViews>['save'];

/** Says before whether a view of that name is replaced. */
function SaveForm(parts: {
  words: string;
  names: readonly string[];
  isBusy: boolean;
  onSave: (name: string) => ReturnType<Save>;
}) {
  const { words, names, isBusy, onSave } = parts;
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [saved, setSaved] = useState<string | null>(null);
  const wanted = name.trim();

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const error = await onSave(wanted);
    setProblem(error ? sentenceOf(error) : null);
    setSaved(error ? null : wanted);
    if (!error) setName('');
  }

  return (
    <form className="filters-foot views-save" onSubmit={(event) => void submit(event)}>
      <label className="field">
        <span>
          Save the table as it is now
          <span className="aside views-words">{words}</span>
        </span>
        <input
          required
          maxLength={LONGEST_NAME}
          placeholder="Name of the view"
          value={name}
          onChange={(event) => {
            setName(event.target.value);
            setSaved(null);
          }}
        />
      </label>
      <button type="submit" className="button button-main" disabled={isBusy || wanted === ''}>
        {names.includes(wanted) ? 'Replace' : 'Save'}
      </button>
      <p role="status" className="views-said">
        {saved !== null && names.includes(saved) && `Saved as “${saved}”.`}
      </p>
      {problem !== null && (
        <p className="notice notice-problem" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}
