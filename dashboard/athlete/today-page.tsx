import { useEffect, useRef, useState } from 'react';
import { sentenceOf } from '../client.ts';
import { Waterfall } from '../charts/waterfall.tsx';
import { CheckInCard } from '../entries/check-in-card.tsx';
import { ManualWorkout } from '../entries/manual-workout.tsx';
import { AthleteReadinessDocument } from '../graphql/graphql.ts';
import type { LiveState } from '../live.ts';
import { hoursMinutes, inWords } from '../local-time.ts';
import { TodayPlan } from '../plan/today-plan.tsx';
import { type Freshness, type Look, lookOf, type Readiness } from '../readiness/look.ts';
import { ReadinessValue } from '../readiness/readiness-value.tsx';
import { LiveBadge } from '../roster/live-badge.tsx';
import { addresses } from '../route.ts';
import { SessionsCard } from '../sessions/sessions-card.tsx';
import { useServices } from '../services.ts';
import { WeekCard } from '../weekly/week-card.tsx';
import { AthleteCharts } from './athlete-charts.tsx';
import { SleepDebt } from './sleep-debt.tsx';
import { useAthleteDays } from './use-athlete-days.ts';

type Now = { readonly readiness: Readiness; readonly freshness: readonly Freshness[] };

/** The athlete's own day, in the full view. */
export function TodayPage({ athleteId, name }: { athleteId: string; name: string }) {
  const { athlete, error, fetching, refresh } = useAthleteDays(athleteId);
  const { now, live } = useOwnReadiness({ athleteId, onChange: refresh });
  const readiness = newer(now?.readiness, athlete?.readiness);
  if (!athlete || !readiness) {
    return (
      <main className="page" id="main">
        <h1>{name}</h1>
        {error ? <p className="notice notice-problem">{sentenceOf(error)}</p> : null}
        {!error && <p className="empty">{fetching ? 'Loading your day…' : 'Readiness is not available right now.'}</p>}
      </main>
    );
  }
  const look = lookOf({ readiness, freshness: now?.freshness ?? [], timeZone: athlete.timeZone, now: new Date() });
  return (
    <main className="page" id="main">
      <header className="page-head">
        <div>
          <h1>Today</h1>
          <p className="page-facts">
            <span>{inWords.longDay(readiness.date)}</span>
          </p>
        </div>
        <div className="page-actions">
          <a href={addresses.missing(readiness.date)}>Something missing?</a>
          <LiveBadge live={live} />
        </div>
      </header>
      {error && <p className="notice notice-problem">{sentenceOf(error)}</p>}
      <div className="today">
        <section className="card today-card" aria-labelledby="readiness-today">
          <h2 id="readiness-today">Readiness</h2>
          <p className="readiness-large" data-testid="readiness" aria-live="polite">
            <ReadinessValue readiness={readiness} look={look} />
          </p>
          <p className="today-words">{originWords({ readiness, look })}</p>
          <SleepWords readiness={readiness} />
        </section>
        {readiness.score !== null && (
          <section className="card" aria-labelledby="made-of">
            <h2 id="made-of">What it is made of</h2>
            <Waterfall readiness={readiness} isOwn />
          </section>
        )}
        <SleepDebt athleteId={athleteId} version={`${readiness.date} ${readiness.revision}`} />
      </div>
      <TodayPlan athleteId={athleteId} date={readiness.date} view={`${readiness.date} ${readiness.revision}`} />
      <CheckInCard
        key={readiness.date}
        athleteId={athleteId}
        date={readiness.date}
        hasScore={readiness.score !== null}
      />
      <WeekCard athleteId={athleteId} isOwn />
      <AthleteCharts athlete={athlete} today={readiness} />
      <ManualWorkout timeZone={athlete.timeZone} />
      <SessionsCard athleteId={athleteId} timeZone={athlete.timeZone} />
    </main>
  );
}

function originWords({ readiness, look }: { readiness: Readiness; look: Look }) {
  const confidence = readiness.confidenceLevel;
  switch (look.kind) {
    case 'value':
    case 'estimated':
      return (
        <>
          {look.kind === 'value' ? 'From last night.' : 'Estimated from the last days: part of last night is missing.'}
          {confidence === 'HIGH' && ' It rests on plenty of data.'}
          {confidence === 'MEDIUM' && ' It rests on some data; read it loosely.'}
          {confidence === 'LOW' && ' It rests on little data; read it very loosely.'}
        </>
      );
    case 'calibrating':
      return 'Your usual range is being learned. The score starts after seven nights; sleep is shown already.';
    case 'expected':
      return (
        <>
          Last night has not arrived yet. <a href={addresses.missing(readiness.date)}>See why</a>.
        </>
      );
    default:
      return (
        <>
          Nothing usable has arrived for today. <a href={addresses.missing(readiness.date)}>See why</a>.
        </>
      );
  }
}

function SleepWords({ readiness }: { readiness: Readiness }) {
  const sleep = readiness.signals.sleep;
  if (!sleep || sleep.asleepMin === null) return null;
  return (
    <dl className="facts">
      <div>
        <dt>{sleep.ageDays > 0 ? 'Sleep, mean of the last nights' : 'Slept last night'}</dt>
        <dd>{hoursMinutes(sleep.asleepMin)}</dd>
      </div>
      <div>
        <dt>Your need</dt>
        <dd>{hoursMinutes(sleep.needMin)}</dd>
      </div>
    </dl>
  );
}

/** The athlete's own live stream; `onChange` for whatever is not in the event, such as the history. */
function useOwnReadiness({ athleteId, onChange }: { athleteId: string; onChange: () => void }) {
  const { live: connection } = useServices();
  const [now, setNow] = useState<Now | null>(null);
  const [live, setLive] = useState<LiveState>({ kind: 'connecting' });
  const cursor = useRef<string | null>(null);
  useEffect(() => {
    return connection.watch({
      document: AthleteReadinessDocument,
      variables: () => ({ athleteId, since: cursor.current }),
      onData: ({ readinessChanged: event }) => {
        cursor.current = event.cursor;
        for (const { readiness, freshness } of event.changes) {
          setNow((before) => (before && before.readiness.date > readiness.date ? before : { readiness, freshness }));
        }
        if (event.gap || event.changes.some(({ reason }) => reason !== 'SNAPSHOT')) onChange();
      },
      onState: setLive,
    });
  }, [connection, athleteId, onChange]);
  return { now, live };
}

function newer(a: Readiness | undefined, b: Readiness | null | undefined): Readiness | null {
  if (!a || !b) return a ?? b ?? null;
  if (a.date !== b.date) return a.date > b.date ? a : b;
  return a.revision >= b.revision ? a : b;
}
