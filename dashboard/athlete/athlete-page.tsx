import { useEffect, useRef } from 'react';
import { sentenceOf } from '../client.ts';
import { Waterfall } from '../charts/waterfall.tsx';
import { CheckInFacts } from '../entries/check-in-facts.tsx';
import type { LiveState } from '../live.ts';
import { inWords, zoneName } from '../local-time.ts';
import { WeekPlan } from '../plan/week-plan.tsx';
import { lookOf, type Readiness } from '../readiness/look.ts';
import { LockMark } from '../readiness/marks.tsx';
import { ReadinessValue } from '../readiness/readiness-value.tsx';
import { basisWords, capitalised, confidenceWords, signalWord } from '../readiness/words.ts';
import { DataCell } from '../roster/roster-cells.tsx';
import { LiveBadge } from '../roster/live-badge.tsx';
import type { Row } from '../roster/roster-row.ts';
import { SessionsCard } from '../sessions/sessions-card.tsx';
import { WeekCard } from '../weekly/week-card.tsx';
import { AthleteCharts } from './athlete-charts.tsx';
import { useAthleteDays } from './use-athlete-days.ts';

const SCORE_SIGNALS = ['HRV', 'RESTING_HEART_RATE', 'SLEEP'] as const;

/** One athlete as the coach may see them. `row` is the team's live row; a change in it fetches the days anew. */
export function AthletePage(parts: { athleteId: string; row: Row | undefined; live: LiveState; back: string }) {
  const { athleteId, row, live, back } = parts;
  const { athlete, error, fetching, refresh } = useAthleteDays(athleteId);
  const heading = useRef<HTMLHeadingElement>(null);
  useRefreshOnChange({ row, refresh });
  const isHere = athlete !== null && athlete !== undefined;
  useEffect(() => {
    if (isHere) heading.current?.focus();
  }, [isHere]);

  if (!athlete) {
    return (
      <main className="page" id="main">
        <BackLink address={back} />
        {error ? <p className="notice notice-problem">{sentenceOf(error)}</p> : null}
        {!error && <p className="empty">{fetching ? 'Loading…' : 'There is no such athlete in your teams.'}</p>}
      </main>
    );
  }
  const { readiness } = athlete;
  return (
    <main className="page" id="main">
      <BackLink address={back} />
      <header className="page-head">
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {athlete.displayName}
          </h1>
          <p className="page-facts">
            {readiness && <span>{inWords.longDay(readiness.date)}</span>}
            <span>{zoneName(athlete.timeZone)} time</span>
          </p>
        </div>
        <LiveBadge live={live} />
      </header>
      {error && <p className="notice notice-problem">{sentenceOf(error)}</p>}
      {readiness ? (
        <>
          <div className="today">
            <Today readiness={readiness} athlete={athlete} athleteId={athleteId} row={row} />
            {readiness.score !== null && (
              <section className="card" aria-labelledby="made-of">
                <h2 id="made-of">What the score is made of</h2>
                <Waterfall readiness={readiness} isOwn={false} />
              </section>
            )}
          </div>
          <WeekCard athleteId={athleteId} isOwn={false} />
          <WeekPlan athleteId={athleteId} today={readiness.date} isOwn={false} />
          <AthleteCharts athlete={athlete} today={readiness} />
          <SessionsCard athleteId={athleteId} timeZone={athlete.timeZone} />
        </>
      ) : (
        !error && <p className="empty">Readiness is not available right now.</p>
      )}
    </main>
  );
}

function Today(parts: {
  readiness: Readiness;
  athlete: { timeZone: string };
  athleteId: string;
  row: Row | undefined;
}) {
  const { readiness, athlete, athleteId, row } = parts;
  const freshness = row?.freshness ?? [];
  const look = lookOf({ readiness, freshness, timeZone: athlete.timeZone, now: new Date() });
  return (
    <section className="card today-card" aria-labelledby="today">
      <h2 id="today">Today</h2>
      <p className="readiness-large" data-testid="readiness">
        <ReadinessValue readiness={readiness} look={look} />
      </p>
      {readiness.status !== 'NOT_SHARED' && (
        <p className="today-words">
          {capitalised(basisWords(readiness.basis))}
          {readiness.confidenceLevel && readiness.score !== null && (
            <>. {capitalised(confidenceWords[readiness.confidenceLevel])}</>
          )}
          {readiness.stale && '. Estimated from the last days'}.
        </p>
      )}
      <h3>How they feel</h3>
      <CheckInFacts athleteId={athleteId} date={readiness.date} />
      <h3>Shared with you</h3>
      <ul className="shared">
        {SCORE_SIGNALS.map((signal) => {
          const isShared = readiness.basis.includes(signal);
          return (
            <li key={signal} className={isShared ? 'is-shared' : 'not-shared'}>
              {isShared ? <CheckMark /> : <LockMark />} {capitalised(signalWord(signal))}
              {!isShared && ': not shared'}
            </li>
          );
        })}
      </ul>
      {freshness.length > 0 && (
        <>
          <h3>Data</h3>
          <DataCell freshness={freshness} />
        </>
      )}
    </section>
  );
}

function CheckMark() {
  return (
    <svg className="check" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <path d="M3 8.5 6.5 12 13 4.5" />
    </svg>
  );
}

function BackLink({ address }: { address: string }) {
  return (
    <p className="back">
      <a href={address}>← Team</a>
    </p>
  );
}

/** The view's date, basis and revision name its state: when they move, what is on the page is out of date. */
function useRefreshOnChange({ row, refresh }: { row: Row | undefined; refresh: () => void }) {
  const readiness = row?.readiness;
  const version = readiness && [readiness.date, readiness.status, readiness.basis.join(), readiness.revision].join('|');
  const seen = useRef(version);
  useEffect(() => {
    const before = seen.current;
    seen.current = version;
    if (before !== undefined && before !== version) refresh();
  }, [version, refresh]);
}
