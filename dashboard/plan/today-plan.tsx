import { useEffect, useRef, useState } from 'react';
import { type CombinedError, useMutation } from 'urql';
import { sentenceOf } from '../client.ts';
import { AcceptSuggestionDocument, RevertSuggestionDocument } from '../graphql/graphql.ts';
import { inWords } from '../local-time.ts';
import { LockMark } from '../readiness/marks.tsx';
import { addresses } from '../route.ts';
import { IntensityMark } from './marks.tsx';
import { SessionDiff, SuggestionReason } from './session-diff.tsx';
import { usePlan } from './use-plan.ts';
import { capitalisedLoad, kindWords, loadWords, type Session, type Suggestion } from './words.ts';

/** The athlete's sessions of today, each with what is suggested for it. `view` names the state of readiness: a new one asks anew. */
export function TodayPlan({ athleteId, date, view }: { athleteId: string; date: string; view: string }) {
  const { sessions, error, refresh } = usePlan({ athleteId, from: date, to: date });
  const seen = useRef(view);
  useEffect(() => {
    if (seen.current !== view) refresh();
    seen.current = view;
  }, [view, refresh]);
  return (
    <section className="card today-plan" aria-labelledby="today-plan" data-testid="today-plan">
      <header className="plan-head">
        <h2 id="today-plan">{sessions.length > 1 ? 'Today’s sessions' : 'Today’s session'}</h2>
        <a href={addresses.plan}>Plan of the week</a>
      </header>
      {error && <p className="notice notice-problem">{sentenceOf(error)}</p>}
      {!error && sessions.length === 0 && <p className="quiet">Nothing is planned for today.</p>}
      {sessions.map((session) => (
        <TodaySession key={session.id} session={session} onChanged={refresh} />
      ))}
    </section>
  );
}

function TodaySession({ session, onChanged }: { session: Session; onChanged: () => void }) {
  const { suggestion } = session;
  const isReplaced = useReplaced(suggestion);
  return (
    <article className="today-session" aria-label={session.title}>
      <div className="session-words">
        <h3>{session.title}</h3>
        <p className="session-facts">
          <span>
            <IntensityMark intensity={session.intensity} /> {capitalisedLoad(session)}
          </span>
          {session.startTime && <span>{session.startTime}</span>}
          {session.sport && <span>{session.sport}</span>}
          {session.kind !== 'NORMAL' && <span className="tag">{kindWords[session.kind]}</span>}
          {session.isLocked && (
            <span>
              <LockMark /> locked by the coach
            </span>
          )}
        </p>
        {session.notes && <p className="session-notes">{session.notes}</p>}
      </div>
      {isReplaced && (
        <p className="notice" role="status">
          Something changed since the suggestion before: this one takes its place.
        </p>
      )}
      {suggestion ? (
        <SuggestionBox suggestion={suggestion} hasTime={session.startTime !== null} onChanged={onChanged} />
      ) : (
        <p className="quiet">No change is suggested.</p>
      )}
    </article>
  );
}

/** True once an open suggestion gave way to another one while the reader looked at it. */
function useReplaced(suggestion: Suggestion | null): boolean {
  const open = useRef<string | null>(null);
  const [replacedBy, setReplacedBy] = useState<string | null>(null);
  const id = suggestion?.state === 'PENDING' ? suggestion.id : null;
  useEffect(() => {
    if (open.current !== null && id !== null && open.current !== id) setReplacedBy(id);
    open.current = id;
  }, [id]);
  return id !== null && replacedBy === id;
}

function SuggestionBox(parts: { suggestion: Suggestion; hasTime: boolean; onChanged: () => void }) {
  const { suggestion, hasTime, onChanged } = parts;
  const [accepting, accept] = useMutation(AcceptSuggestionDocument);
  const [reverting, revert] = useMutation(RevertSuggestionDocument);
  const [problem, setProblem] = useState<CombinedError | undefined>();
  const isBusy = accepting.fetching || reverting.fetching;
  const decide = async (decision: typeof accept | typeof revert) => {
    const answer = await decision({ id: suggestion.id });
    setProblem(answer.error);
    onChanged();
  };
  const { state, isAdviceOnly, to } = suggestion;
  const end = new Date(suggestion.expiresAt);
  const isOpen = end > new Date();
  const endWords = hasTime ? inWords.clock(end) : 'at the end of the day';
  return (
    <div className="suggestion">
      {problem && (
        <p className="notice notice-problem" role="alert">
          {sentenceOf(problem)}
        </p>
      )}
      <div className="suggestion-body">
        <SessionDiff suggestion={suggestion} />
        <SuggestionReason suggestion={suggestion} />
      </div>
      {isAdviceOnly && <p className="suggestion-state">Advice only.</p>}
      {!isAdviceOnly && state === 'PENDING' && (
        <>
          <div className="choices">
            <button type="button" className="button" disabled={isBusy} onClick={() => void decide(accept)}>
              Accept
            </button>
            <button type="button" className="button" disabled={isBusy} onClick={() => void decide(revert)}>
              Keep plan
            </button>
            <span className="aside suggestion-until">expires {endWords}</span>
          </div>
          <p className="foot-note">
            Your coach may see the plan: accepting changes it, and the change itself may be noticed. Why it was
            suggested stays with you.
          </p>
        </>
      )}
      {state === 'ACCEPTED' && (
        <div className="choices suggestion-state" role="status">
          <p>
            <b>Accepted.</b> The plan says {loadWords(to)} now.
          </p>
          {isOpen && (
            <button type="button" className="button" disabled={isBusy} onClick={() => void decide(revert)}>
              Undo
            </button>
          )}
          {isOpen && <span className="aside suggestion-until">until {hasTime ? endWords : 'the end of the day'}</span>}
        </div>
      )}
      {state === 'REVERTED' && (
        <p className="suggestion-state" role="status">
          <b>You keep the plan.</b> Nothing else is suggested for this session today.
        </p>
      )}
      {state === 'EXPIRED' && (
        <p className="suggestion-state">The session has begun, and the suggestion has expired.</p>
      )}
    </div>
  );
}
