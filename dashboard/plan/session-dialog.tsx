import { useEffect, useId, useRef, useState } from 'react';
import { type CombinedError, useMutation } from 'urql';
import { sentenceOf } from '../client.ts';
import { type Intensity, RemoveSessionDocument, SaveSessionDocument, type SessionKind } from '../graphql/graphql.ts';
import { inWords } from '../local-time.ts';
import { capitalised } from '../readiness/words.ts';
import { SessionDiff, SuggestionReason } from './session-diff.tsx';
import {
  changeWords,
  fieldSentence,
  INTENSITIES,
  intensityWords,
  kindWords,
  suggestionWords,
  type Session,
  type Suggestion,
} from './words.ts';

/** A session to change, or null and the day of a new one. */
export interface Editing {
  readonly date: string;
  readonly session: Session | null;
}

interface Draft {
  date: string;
  startTime: string;
  title: string;
  sport: string;
  intensity: Intensity;
  minutes: string;
  kind: SessionKind;
  isLocked: boolean;
  allowsIncrease: boolean;
  notes: string;
}

const KINDS: readonly SessionKind[] = ['NORMAL', 'RACE', 'TEST'];

/** Writes one session. Opened as a modal dialog; whatever closes it tells `onClose`. */
export function SessionDialog(parts: {
  athleteId: string;
  isOwn: boolean;
  editing: Editing;
  onChanged: () => void;
  onClose: () => void;
}) {
  const { athleteId, isOwn, editing, onChanged, onClose } = parts;
  const { session } = editing;
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const [draft, setDraft] = useState(() => draftOf(editing));
  const [saving, save] = useMutation(SaveSessionDocument);
  const [removing, remove] = useMutation(RemoveSessionDocument);
  const [problem, setProblem] = useState<CombinedError | undefined>();
  useEffect(() => dialog.current?.showModal(), []);
  const set = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const isBusy = saving.fetching || removing.fetching;
  const finish = (error: CombinedError | undefined) => {
    setProblem(error);
    onChanged();
    if (!error) onClose();
  };
  return (
    <dialog ref={dialog} className="dialog session-dialog" aria-labelledby={titleId} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save({ input: inputOf({ draft, session, athleteId, isOwn }) }).then(({ error }) => finish(error));
        }}
      >
        <h2 id={titleId}>{session ? 'Change the session' : `New session on ${inWords.shortDay(editing.date)}`}</h2>
        {session?.suggestion && suggestionWords(session.suggestion) && <Suggested suggestion={session.suggestion} />}
        <Fields draft={draft} isOwn={isOwn} set={set} />
        {problem && (
          <p className="notice notice-problem" role="alert">
            {sentenceOf(problem)}
          </p>
        )}
        <div className="dialog-actions">
          {session && (
            <button
              type="button"
              className="button button-quiet session-remove"
              disabled={isBusy}
              onClick={() => void remove({ id: session.id }).then(({ error }) => finish(error))}
            >
              Remove
            </button>
          )}
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" className="button button-main" disabled={isBusy}>
            Save
          </button>
        </div>
        {session && <History session={session} isOwn={isOwn} />}
      </form>
    </dialog>
  );
}

/** Nothing here decides: the athlete does that where the day is shown, and a coach by writing into the plan. */
function Suggested({ suggestion }: { suggestion: Suggestion }) {
  return (
    <div className="suggestion-body">
      <SessionDiff suggestion={suggestion} />
      <SuggestionReason suggestion={suggestion} />
    </div>
  );
}

function Fields({ draft, isOwn, set }: { draft: Draft; isOwn: boolean; set: (part: Partial<Draft>) => void }) {
  const isRest = draft.intensity === 'REST';
  return (
    <>
      <label className="field">
        Title
        <input required maxLength={80} value={draft.title} onChange={(event) => set({ title: event.target.value })} />
      </label>
      <div className="field-row">
        <label className="field">
          Day
          <input type="date" required value={draft.date} onChange={(event) => set({ date: event.target.value })} />
        </label>
        <label className="field">
          Time (optional)
          <input type="time" value={draft.startTime} onChange={(event) => set({ startTime: event.target.value })} />
        </label>
      </div>
      <div className="field-row">
        <label className="field">
          Intensity
          <select value={draft.intensity} onChange={(event) => set({ intensity: event.target.value as Intensity })}>
            {INTENSITIES.map((intensity) => (
              <option key={intensity} value={intensity}>
                {capitalised(intensityWords[intensity])}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          Minutes
          <input
            type="number"
            required
            min={isRest ? 0 : 1}
            max={1440}
            disabled={isRest}
            value={isRest ? '0' : draft.minutes}
            onChange={(event) => set({ minutes: event.target.value })}
          />
        </label>
      </div>
      <div className="field-row">
        <label className="field">
          Sport (optional)
          <input maxLength={40} value={draft.sport} onChange={(event) => set({ sport: event.target.value })} />
        </label>
        <label className="field">
          Kind
          <select value={draft.kind} onChange={(event) => set({ kind: event.target.value as SessionKind })}>
            {KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {capitalised(kindWords[kind])}
              </option>
            ))}
          </select>
        </label>
      </div>
      <label className="field">
        Notes, for both of you (optional)
        <textarea
          rows={2}
          maxLength={500}
          value={draft.notes}
          onChange={(event) => set({ notes: event.target.value })}
        />
      </label>
      {!isOwn && (
        <div className="ticks">
          <label>
            <input type="checkbox" checked={draft.isLocked} onChange={() => set({ isLocked: !draft.isLocked })} />
            Lock: suggestions are advice only
          </label>
          <label>
            <input
              type="checkbox"
              checked={draft.allowsIncrease}
              onChange={() => set({ allowsIncrease: !draft.allowsIncrease })}
            />
            On a high day a little more may be suggested
          </label>
        </div>
      )}
    </>
  );
}

function History({ session, isOwn }: { session: Session; isOwn: boolean }) {
  return (
    <details className="session-history">
      <summary>History</summary>
      <ol>
        {session.changes.toReversed().map((change) => (
          <li key={change.version}>
            <b>{changeWords(change, isOwn)}</b>{' '}
            <span className="aside">{change.at ? inWords.moment(change.at) : inWords.shortDay(change.date)}</span>
            {change.fields.map((each) => (
              <span key={each.field} className="history-field">
                {capitalised(fieldSentence(each))}
              </span>
            ))}
          </li>
        ))}
      </ol>
    </details>
  );
}

function draftOf({ date, session }: Editing): Draft {
  return {
    date: session?.date ?? date,
    startTime: session?.startTime ?? '',
    title: session?.title ?? '',
    sport: session?.sport ?? '',
    intensity: session?.intensity ?? 'MODERATE',
    minutes: String(session && session.minutes > 0 ? session.minutes : 60),
    kind: session?.kind ?? 'NORMAL',
    isLocked: session?.isLocked ?? false,
    allowsIncrease: session?.allowsIncrease ?? false,
    notes: session?.notes ?? '',
  };
}

function inputOf(parts: { draft: Draft; session: Session | null; athleteId: string; isOwn: boolean }) {
  const { draft, session, athleteId, isOwn } = parts;
  const { isLocked, allowsIncrease, ...rest } = draft;
  return {
    ...rest,
    ...(session ? { id: session.id, version: session.version } : { athleteId }),
    startTime: draft.startTime || null,
    sport: draft.sport || null,
    notes: draft.notes || null,
    minutes: draft.intensity === 'REST' ? 0 : Number(draft.minutes),
    // A coach's to say; what an athlete leaves out stays as it is.
    ...(isOwn ? {} : { isLocked, allowsIncrease }),
  };
}
