import { useMemo, useState } from 'react';
import { useQuery } from 'urql';
import { SessionsDocument } from '../graphql/graphql.ts';
import { browserZone, hoursMinutes, inWords, localDate, plusDays } from '../local-time.ts';
import { LockMark } from '../readiness/marks.tsx';
import { providerWords } from '../readiness/words.ts';
import type { Session } from './session.ts';
import { SessionDetails } from './session-details.tsx';
import { distanceWords, sportWord } from './words.ts';

const SHOWN_DAYS = 28;
const FIRST_SHOWN = 8;

/** The sessions of the last four weeks, newest first. One that is opened shows its heart rate and its splits. */
export function SessionsCard({ athleteId, timeZone }: { athleteId: string; timeZone: string }) {
  const today = localDate(new Date(), browserZone);
  const variables = useMemo(
    () => ({ id: athleteId, from: `${plusDays(today, -SHOWN_DAYS)}T00:00:00Z`, to: `${plusDays(today, 2)}T00:00:00Z` }),
    [athleteId, today],
  );
  const [{ data }] = useQuery({ query: SessionsDocument, variables, requestPolicy: 'cache-and-network' });
  const [isWhole, setWhole] = useState(false);
  const workouts = data?.athlete?.workouts;
  if (!workouts) return null;
  const sessions = workouts.edges.map(({ node }) => node);
  const shown = isWhole ? sessions : sessions.slice(0, FIRST_SHOWN);
  return (
    <section className="card sessions" aria-labelledby="sessions">
      <h2 id="sessions">
        Sessions <span className="unit">last {SHOWN_DAYS} days</span>
      </h2>
      {workouts.state === 'NOT_SHARED' && (
        <p className="not-shared">
          <LockMark /> not shared by the athlete
        </p>
      )}
      {workouts.state !== 'NOT_SHARED' && sessions.length === 0 && <p className="empty">No session in these days.</p>}
      <ul>
        {shown.map((session) => (
          <li key={session.id}>
            <OneSession session={session} athleteId={athleteId} timeZone={timeZone} />
          </li>
        ))}
      </ul>
      {sessions.length > shown.length && (
        <button type="button" className="button" onClick={() => setWhole(true)}>
          Show {sessions.length - shown.length} more
        </button>
      )}
    </section>
  );
}

function OneSession(parts: { session: Session; athleteId: string; timeZone: string }) {
  const { session, athleteId, timeZone } = parts;
  const [isOpen, setOpen] = useState(false);
  const startedAt = new Date(session.startedAt);
  const distance = distanceWords(session.distanceM);
  return (
    <details className="session" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span className="session-sport">{sportWord(session)}</span>
        <span className="session-day">{inWords.shortDay(localDate(startedAt, timeZone))}</span>
        <span className="session-number">{hoursMinutes(session.durationS / 60)} h</span>
        <span className="session-number">{distance ?? ''}</span>
        <span className="session-number">{session.avgHr === null ? '' : `${Math.round(session.avgHr)} bpm`}</span>
        <span className="session-source">{providerWords[session.provider]}</span>
      </summary>
      {isOpen && <SessionDetails athleteId={athleteId} session={session} />}
    </details>
  );
}
