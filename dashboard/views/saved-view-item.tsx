import { type FormEvent, type RefObject, useEffect, useRef, useState } from 'react';
import type { CombinedError } from 'urql';
import { sentenceOf } from '../client.ts';
import type { SavedViewItemFragment } from '../graphql/graphql.ts';
import { Hidden } from '../readiness/marks.tsx';

type Doing = 'nothing' | 'renaming' | 'deleting';
type Answer = Promise<CombinedError | undefined>;

/** A view: a link to its table, and what can be done with it. One thing at a time stands in its row. */
export function SavedViewItem(parts: {
  view: SavedViewItemFragment;
  words: string;
  address: string;
  isOpen: boolean;
  isBusy: boolean;
  longestName: number;
  onOpened: () => void;
  onRename: (name: string) => Answer;
  /** When it is done the row is gone, and whoever asked for it says where the focus goes. */
  onRemove: () => Answer;
}) {
  const { view, words, address, isOpen, isBusy, longestName, onOpened, onRename, onRemove } = parts;
  const { row, doing, begin, stop } = useDoing();
  const [problem, setProblem] = useState<string | null>(null);
  const leave = (): void => {
    stop();
    setProblem(null);
  };
  async function rename(name: string): Promise<void> {
    const error = name === view.name ? undefined : await onRename(name);
    if (error) setProblem(sentenceOf(error));
    else leave();
  }
  async function remove(): Promise<void> {
    const error = await onRemove();
    if (error) setProblem(sentenceOf(error));
  }

  return (
    <li
      ref={row}
      className="views-item"
      data-testid="saved-view"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || doing === 'nothing') return;
        // Of the row alone: the panel stays.
        event.preventDefault();
        leave();
      }}
    >
      {doing === 'nothing' && (
        <>
          <a className="views-link" href={address} aria-current={isOpen ? 'true' : undefined} onClick={onOpened}>
            <span className="views-name">
              {view.name}
              {isOpen && <span className="views-mark"> ✓ open</span>}
            </span>
            <span className="aside views-words">{words}</span>
          </a>
          <Actions name={view.name} onBegin={begin} />
        </>
      )}
      {doing === 'renaming' && (
        <RenameForm
          {...{ name: view.name, longestName, isBusy }}
          onSubmit={(name) => void rename(name)}
          onStop={leave}
        />
      )}
      {doing === 'deleting' && (
        <DeleteQuestion name={view.name} isBusy={isBusy} onDelete={() => void remove()} onStop={leave} />
      )}
      {problem !== null && (
        <p className="notice notice-problem" role="alert">
          {problem}
        </p>
      )}
    </li>
  );
}

/** What is being done with a row. The focus goes to the field or the question, and back to the button that led there. */
function useDoing(): {
  row: RefObject<HTMLLIElement | null>;
  doing: Doing;
  begin: (doing: Doing) => void;
  stop: () => void;
} {
  const [doing, setDoing] = useState<Doing>('nothing');
  const row = useRef<HTMLLIElement>(null);
  const left = useRef<Doing>('nothing');
  useEffect(() => {
    const target = doing === 'nothing' ? left.current : 'first';
    if (target !== 'nothing') row.current?.querySelector<HTMLElement>(`[data-focus="${target}"]`)?.focus();
    left.current = doing;
  }, [doing]);
  return { row, doing, begin: setDoing, stop: () => setDoing('nothing') };
}

function Actions({ name, onBegin }: { name: string; onBegin: (doing: Doing) => void }) {
  return (
    <span className="views-actions">
      <button type="button" className="button-link" data-focus="renaming" onClick={() => onBegin('renaming')}>
        Rename<Hidden> {name}</Hidden>
      </button>
      <button type="button" className="button-link" data-focus="deleting" onClick={() => onBegin('deleting')}>
        Delete<Hidden> {name}</Hidden>
      </button>
    </span>
  );
}

function DeleteQuestion(parts: { name: string; isBusy: boolean; onDelete: () => void; onStop: () => void }) {
  const { name, isBusy, onDelete, onStop } = parts;
  return (
    <div className="views-ask" role="group" aria-label={`Delete ${name}`}>
      <span>Delete “{name}”?</span>
      <span className="views-actions">
        <button type="button" className="button" disabled={isBusy} onClick={onDelete}>
          Delete
        </button>
        <button type="button" className="button button-quiet" data-focus="first" onClick={onStop}>
          Keep
        </button>
      </span>
    </div>
  );
}

function RenameForm(parts: {
  name: string;
  longestName: number;
  isBusy: boolean;
  onSubmit: (name: string) => void;
  onStop: () => void;
}) {
  const { name, longestName, isBusy, onSubmit, onStop } = parts;
  const [typed, setTyped] = useState(name);
  function submit(event: FormEvent): void {
    event.preventDefault();
    onSubmit(typed.trim());
  }
  return (
    <form className="views-ask" onSubmit={submit}>
      <input
        required
        aria-label={`New name of ${name}`}
        data-focus="first"
        maxLength={longestName}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onFocus={(event) => event.target.select()}
      />
      <span className="views-actions">
        <button type="submit" className="button" disabled={isBusy || typed.trim() === ''}>
          Rename
        </button>
        <button type="button" className="button button-quiet" onClick={onStop}>
          Cancel
        </button>
      </span>
    </form>
  );
}
