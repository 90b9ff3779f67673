import { useQuery } from 'urql';
import { CheckInDocument } from '../graphql/graphql.ts';
import { LockMark } from '../readiness/marks.tsx';
import { AMOUNTS, MOODS, wordOf } from './words.ts';

/** What a coach may know of an athlete's check-in of a day. */
export function CheckInFacts({ athleteId, date }: { athleteId: string; date: string }) {
  const [{ data }] = useQuery({
    query: CheckInDocument,
    variables: { id: athleteId, date },
    requestPolicy: 'cache-and-network',
  });
  const checkIn = data?.athlete?.checkIn;
  if (!checkIn) return null;
  const facts = [
    ['Soreness', wordOf(AMOUNTS, checkIn.soreness)],
    ['Stress', wordOf(AMOUNTS, checkIn.stress)],
    ['Mood', wordOf(MOODS, checkIn.mood)],
  ] as const;
  return (
    <dl className="facts" data-testid="check-in">
      {checkIn.state === 'AVAILABLE' ? (
        facts.map(([name, word]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{word ?? 'no answer'}</dd>
          </div>
        ))
      ) : (
        <div>
          <dt>Check-in</dt>
          <dd>
            {checkIn.state === 'NOT_SHARED' ? (
              <span className="not-shared">
                <LockMark /> not shared
              </span>
            ) : (
              'none today'
            )}
          </dd>
        </div>
      )}
    </dl>
  );
}
