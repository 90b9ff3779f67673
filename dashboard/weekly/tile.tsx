import type { SignalState } from '../graphql/graphql.ts';
import { inWords } from '../local-time.ts';
import { LockMark } from '../readiness/marks.tsx';

/** One part of a week: its number, what it is against, and a picture of its days. */
export function Tile(parts: {
  title: string;
  state: SignalState;
  since: string | null;
  value: string;
  unit: string;
  against: string | null;
  /** Said where nothing is known. */
  nothing?: string;
  children?: React.ReactNode;
}) {
  const { title, state, since, value, unit, against, nothing = 'no data', children } = parts;
  return (
    <div className={`week-tile${state === 'NOT_SHARED' ? ' week-tile-withheld' : ''}`}>
      <h3>{title}</h3>
      {state === 'NOT_SHARED' && (
        <p className="quiet">
          <LockMark /> not shared
        </p>
      )}
      {state !== 'NOT_SHARED' && state !== 'AVAILABLE' && (
        <p className="quiet">{state === 'CALIBRATING' ? 'calibrating' : nothing}</p>
      )}
      {state === 'AVAILABLE' && (
        <>
          <p className="week-value">
            <strong>{value}</strong> <span>{unit}</span>
          </p>
          {against !== null && <p className="week-against">{against}</p>}
          {children}
        </>
      )}
      {since !== null && <p className="week-cut">shared since {inWords.dayMonth(since)}</p>}
    </div>
  );
}
