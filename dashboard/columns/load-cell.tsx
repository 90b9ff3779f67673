import { methodWords } from '../charts/load-chart.tsx';
import type { LoadMethod } from '../graphql/graphql.ts';
import { inWords, signed } from '../local-time.ts';
import { NotShared } from '../readiness/readiness-value.tsx';
import type { RowColumns } from './use-team-columns.ts';

const tags: Record<LoadMethod, string> = {
  SESSION_RPE: 'effort',
  BANISTER: 'TRIMP',
  EDWARDS: 'zones',
  LUCIA: 'thresholds',
};
const wholeNumber = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });

/** Seven days, the change against the three weeks before, and the method. It describes, and warns of nothing. */
export function LoadCell({ load }: { load: RowColumns['load'] }) {
  if (!load) return null;
  switch (load.state) {
    case 'NOT_SHARED':
      return <NotShared />;
    case 'NO_DATA':
      return <span className="quiet">no data</span>;
    case 'STALE':
      return <span className="quiet">{load.daysKnown} of 7 days known</span>;
    case 'CALIBRATING':
      if (load.toldFrom !== null)
        return <span className="quiet">a week from {inWords.dayMonth(load.toldFrom)} on</span>;
      break;
    case 'AVAILABLE':
      break;
  }
  return (
    <span className="load">
      <span className="cell-value">{wholeNumber.format(load.weekLoad ?? 0)}</span>{' '}
      {load.loadChange === null ? (
        <span className="aside">no four weeks yet</span>
      ) : (
        <span title="Against the mean of the three weeks before">
          {signed(Math.round((load.loadChange - 1) * 100))} %
        </span>
      )}
      {load.method && (
        <abbr className="tag" title={`In arbitrary units: ${methodWords[load.method]}`}>
          {tags[load.method]}
        </abbr>
      )}
    </span>
  );
}
