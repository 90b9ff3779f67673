import { useState } from 'react';
import { sentenceOf } from '../client.ts';
import { datesBetween, inWords, plusDays } from '../local-time.ts';
import { LockMark } from '../readiness/marks.tsx';
import { NotShared } from '../readiness/readiness-value.tsx';
import { IntensityMark } from './marks.tsx';
import { SessionDialog, type Editing } from './session-dialog.tsx';
import { usePlan } from './use-plan.ts';
import { capitalisedLoad, isChangedByAthlete, kindWords, suggestionWords, type Session } from './words.ts';

const DAYS = 7;

/** Seven days of a plan, to read and to write. The athlete and a coach see the same; `isOwn` says who reads. */
export function WeekPlan({ athleteId, today, isOwn }: { athleteId: string; today: string; isOwn: boolean }) {
  const [monday, setMonday] = useState(() => mondayOf(today));
  const [editing, setEditing] = useState<Editing | null>(null);
  const sunday = plusDays(monday, DAYS - 1);
  const { sessions, isShared, error, fetching, refresh } = usePlan({ athleteId, from: monday, to: sunday });
  const load = sessions.reduce((sum, session) => sum + session.load, 0);
  return (
    <section className="card week" aria-labelledby="week-plan" data-testid="week-plan">
      <header className="plan-head">
        <h2 id="week-plan">
          Plan, {inWords.dayMonth(monday)} to {inWords.dayMonth(sunday)}
        </h2>
        <div className="week-steps" role="group" aria-label="Week">
          <button type="button" className="button button-quiet" onClick={() => setMonday(plusDays(monday, -DAYS))}>
            <span aria-hidden="true">←</span> <span className="week-step-words">Week before</span>
          </button>
          <button type="button" className="button button-quiet" onClick={() => setMonday(mondayOf(today))}>
            This week
          </button>
          <button type="button" className="button button-quiet" onClick={() => setMonday(plusDays(monday, DAYS))}>
            <span className="week-step-words">Week after</span> <span aria-hidden="true">→</span>
          </button>
        </div>
      </header>
      {error && <p className="notice notice-problem">{sentenceOf(error)}</p>}
      {isShared === false && (
        <p>
          <NotShared words="The plan is not shared with you" />
        </p>
      )}
      {isShared && (
        <>
          <ol className="week-days">
            {datesBetween(monday, sunday).map((date) => (
              <Day
                key={date}
                date={date}
                isToday={date === today}
                isOwn={isOwn}
                sessions={sessions.filter((session) => session.date === date)}
                onEdit={setEditing}
              />
            ))}
          </ol>
          <p className="aside week-load">Expected load of the week: {load}</p>
        </>
      )}
      {isShared === null && !error && (
        <p className="empty">{fetching ? 'Loading the plan…' : 'There is no plan here.'}</p>
      )}
      {editing && (
        <SessionDialog
          key={editing.session ? `${editing.session.id} ${editing.session.version}` : editing.date}
          athleteId={athleteId}
          isOwn={isOwn}
          editing={editing}
          onChanged={refresh}
          onClose={() => setEditing(null)}
        />
      )}
    </section>
  );
}

function Day(parts: {
  date: string;
  isToday: boolean;
  isOwn: boolean;
  sessions: readonly Session[];
  onEdit: (editing: Editing) => void;
}) {
  const { date, isToday, isOwn, sessions, onEdit } = parts;
  const words = inWords.shortDay(date);
  return (
    <li className={`week-day${isToday ? ' week-today' : ''}`}>
      <h3>
        {words}
        {isToday && <span className="tag">today</span>}
      </h3>
      <ul className="week-sessions">
        {sessions.map((session) => (
          <li key={session.id}>
            <button type="button" className="week-session" onClick={() => onEdit({ date, session })}>
              <span className="week-title">{session.title}</span>
              <span className="week-words">
                <IntensityMark intensity={session.intensity} /> {capitalisedLoad(session)}
              </span>
              {(session.startTime ?? session.sport) && (
                <span className="aside">{[session.startTime, session.sport].filter(Boolean).join(', ')}</span>
              )}
              {session.kind !== 'NORMAL' && <span className="tag">{kindWords[session.kind]}</span>}
              {session.isLocked && (
                <span className="aside">
                  <LockMark /> locked
                </span>
              )}
              {session.suggestion && suggestionWords(session.suggestion) && (
                <span className="tag">{suggestionWords(session.suggestion)}</span>
              )}
              {!isOwn && isChangedByAthlete(session) && <span className="tag">changed by the athlete</span>}
            </button>
          </li>
        ))}
      </ul>
      <button
        type="button"
        className="button button-quiet week-add"
        aria-label={`Add a session on ${words}`}
        onClick={() => onEdit({ date, session: null })}
      >
        + Add
      </button>
    </li>
  );
}

/** Weeks begin on Monday, as training weeks do. */
function mondayOf(date: string): string {
  const weekday = new Date(Date.parse(date)).getUTCDay();
  return plusDays(date, -((weekday + 6) % 7));
}
