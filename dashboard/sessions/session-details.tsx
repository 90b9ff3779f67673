import { useMemo } from 'react';
import { useQuery } from 'urql';
import { SessionChart } from '../charts/session-chart.tsx';
import { sentenceOf } from '../client.ts';
import { type SessionDetailsQuery, SessionDetailsDocument } from '../graphql/graphql.ts';
import { LockMark } from '../readiness/marks.tsx';
import type { Session } from './session.ts';
import { clockOf, distanceWords, paceWords } from './words.ts';

type Workouts = NonNullable<NonNullable<SessionDetailsQuery['athlete']>['workouts']>;
type Details = Workouts['edges'][number]['node'];

/** What is inside one session, fetched when it is opened. */
export function SessionDetails({ athleteId, session }: { athleteId: string; session: Session }) {
  // No workout is asked for by its id: those that began in its second are few.
  const variables = useMemo(
    () => ({
      id: athleteId,
      from: session.startedAt,
      to: new Date(Date.parse(session.startedAt) + 1000).toISOString(),
    }),
    [athleteId, session.startedAt],
  );
  const [{ data, error, fetching }] = useQuery({ query: SessionDetailsDocument, variables });
  const details = data?.athlete?.workouts?.edges.find(({ node }) => node.id === session.id)?.node;
  if (!details) {
    if (error) return <p className="notice notice-problem">{sentenceOf(error)}</p>;
    return <p className="empty">{fetching ? 'Loading…' : 'This session is there no more.'}</p>;
  }
  return (
    <div className="session-inside">
      <HeartRate details={details} session={session} />
      <Splits splits={details.splits ?? []} session={session} />
      <Facts details={details} />
    </div>
  );
}

function HeartRate({ details, session }: { details: Details; session: Session }) {
  const stream = details.streams?.[0];
  if (stream?.state === 'NOT_SHARED') {
    return (
      <p className="not-shared">
        <LockMark /> heart rate through the session: not shared
      </p>
    );
  }
  if (!stream || stream.values.length < 2) return <p className="quiet">No heart rate was recorded.</p>;
  const points = stream.offsetsS.map((offsetS, index) => ({ offsetS, bpm: stream.values[index] ?? 0 }));
  const startMs = Date.parse(session.startedAt);
  const edges = (details.splits ?? []).slice(1).map((split) => (Date.parse(split.startedAt) - startMs) / 1000);
  const lengthS = (Date.parse(session.endedAt) - startMs) / 1000;
  return <SessionChart points={points} lengthS={lengthS} splitEdgesS={edges} clockOf={clockOf} />;
}

function Splits({ splits, session }: { splits: NonNullable<Details['splits']>; session: Session }) {
  if (splits.length === 0) return null;
  const speeds = splits.flatMap(({ durationS, distanceM }) => (distanceM ? [distanceM / durationS] : []));
  const hasDistance = speeds.length > 0;
  const [slowest, fastest] = [Math.min(...speeds), Math.max(...speeds)];
  const hasHeartRate = splits.some(({ averageHeartRateBpm }) => averageHeartRateBpm !== null);
  return (
    <div className="splits-scroll">
      <table className="splits">
        <caption className="visually-hidden">Splits, in order of time</caption>
        <thead>
          <tr>
            <th scope="col">Split</th>
            <th scope="col">Time</th>
            {hasDistance && <th scope="col">Distance</th>}
            {hasDistance && <th scope="col">Pace</th>}
            {hasDistance && (
              <td className="split-speed" aria-hidden="true">
                <span>slower</span> <span>faster</span>
              </td>
            )}
            {hasHeartRate && <th scope="col">bpm</th>}
          </tr>
        </thead>
        <tbody>
          {splits.map((split) => (
            <tr key={split.index}>
              <th scope="row">{split.index}</th>
              <td>{clockOf(split.durationS)}</td>
              {hasDistance && <td>{distanceWords(split.distanceM) ?? '–'}</td>}
              {hasDistance && <td>{paceWords({ sport: session.sport, ...split }) ?? '–'}</td>}
              {hasDistance && (
                <td className="split-speed" aria-hidden="true">
                  {split.distanceM ? (
                    <SpeedDot share={shareOf(split.distanceM / split.durationS, slowest, fastest)} />
                  ) : null}
                </td>
              )}
              {hasHeartRate && (
                <td>{split.averageHeartRateBpm === null ? '–' : Math.round(split.averageHeartRateBpm)}</td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Where a speed lies between the slowest (0) and the fastest (1) split; in the middle where all are alike. */
const shareOf = (speed: number, slowest: number, fastest: number): number =>
  fastest > slowest ? (speed - slowest) / (fastest - slowest) : 0.5;

function SpeedDot({ share }: { share: number }) {
  return (
    <svg viewBox="0 0 100 12" width="100" height="12">
      <line className="split-track" x1="5" x2="95" y1="6" y2="6" />
      <circle className="split-dot" cx={5 + 90 * share} cy="6" r="4" />
    </svg>
  );
}

function Facts({ details }: { details: Details }) {
  const facts = [
    details.maxHr !== null && `highest heart rate ${Math.round(details.maxHr)} bpm`,
    details.elevationGainM !== null && `${Math.round(details.elevationGainM)} m uphill`,
    details.energyKcal !== null && `${Math.round(details.energyKcal)} kcal`,
    details.isManual === true && 'typed in by hand',
  ].filter((fact) => fact !== false);
  return facts.length === 0 ? null : <p className="quiet session-facts">{facts.join(' · ')}</p>;
}
