import type { Signal, SleepDebtTrend } from '../graphql/graphql.ts';
import { hoursMinutes, signed } from '../local-time.ts';
import { type Freshness, type Readiness, reasons, sleepLookOf } from '../readiness/look.ts';
import { Hidden, LockMark } from '../readiness/marks.tsx';
import { NotShared } from '../readiness/readiness-value.tsx';
import { capitalised, driverWord, listed, signalWord } from '../readiness/words.ts';

/** Against the 7-day mean. Null where basis or algorithm changed within the week: two scales are not compared. */
export function ChangeCell({ change }: { change: number | null }) {
  if (change === null)
    return (
      <span className="quiet" title="Not comparable with the last 7 days">
        n/a
      </span>
    );
  const direction = change === 0 ? 'level' : change > 0 ? 'up' : 'down';
  return (
    <span className="change" title="Against the mean of the last 7 days">
      <Arrow direction={direction} />
      <Hidden>{direction} </Hidden>
      {signed(change)}
    </span>
  );
}

function Arrow({ direction }: { direction: string }) {
  return (
    <svg className={`arrow arrow-${direction}`} viewBox="-6 -6 12 12" width="12" height="12" aria-hidden="true">
      <path d="M0-4.5 0 4.5M-3.5-1 0-4.5 3.5-1" />
    </svg>
  );
}

export function WhyCell({ readiness }: { readiness: Readiness }) {
  const found = reasons(readiness);
  if (found.length === 0) return <span className="quiet">{readiness.score === null ? '–' : 'as usual'}</span>;
  return (
    <ul className="reasons">
      {found.map(({ id, points }) => (
        <li key={id}>
          {capitalised(driverWord(id))} <b>{signed(points)}</b>
        </li>
      ))}
    </ul>
  );
}

const trendWords: Record<SleepDebtTrend, string> = {
  RISING: 'more than a week ago',
  STEADY: 'about as a week ago',
  FALLING: 'less than a week ago',
};
const trendArrows: Record<SleepDebtTrend, string> = { RISING: 'up', STEADY: 'level', FALLING: 'down' };

export function SleepCell({ readiness, trend }: { readiness: Readiness; trend: SleepDebtTrend | null }) {
  const look = sleepLookOf(readiness);
  if (look.kind === 'not-shared') return <NotShared />;
  if (look.kind === 'no-data') return <span className="quiet">no data</span>;
  return (
    <span className="sleep">
      <span className="sleep-hours">{hoursMinutes(look.asleepMin)}</span>{' '}
      {look.isEstimated && (
        <abbr className="tag" title="Mean of the last nights; last night is missing">
          est.
        </abbr>
      )}{' '}
      {look.debtMin === null ? (
        <span className="aside">debt not known yet</span>
      ) : (
        <span className="aside debt">
          debt {hoursMinutes(Math.max(0, look.debtMin))}
          {trend && (
            <span className="debt-trend" title={capitalised(trendWords[trend])}>
              <Arrow direction={trendArrows[trend]} />
              <Hidden>, {trendWords[trend]}</Hidden>
            </span>
          )}
        </span>
      )}
    </span>
  );
}

/** Freshness per signal, signals in the same state said together: "HRV, sleep: last night". */
export function DataCell({ freshness }: { freshness: readonly Freshness[] }) {
  const byWords = new Map<string, Signal[]>();
  for (const entry of freshness)
    byWords.set(freshnessWords(entry), [...(byWords.get(freshnessWords(entry)) ?? []), entry.signal]);
  const isOneState = byWords.size === 1;
  return (
    <ul className="freshness">
      {[...byWords].map(([words, signals]) => (
        <li key={words} className={words === 'not shared' ? 'not-shared' : undefined}>
          {words === 'not shared' && <LockMark />}
          {isOneState && signals.length > 1 ? (
            <>
              {capitalised(words)}
              <Hidden>: {listed(signals.map(signalWord))}</Hidden>
            </>
          ) : (
            <>
              <span className="freshness-signals">{capitalised(listed(signals.map(signalWord)))}</span> {words}
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

function freshnessWords({ state, ageDays, nights }: Freshness): string {
  switch (state) {
    case 'LAST_NIGHT':
      return 'last night';
    case 'ESTIMATED':
      return ageDays === null ? 'estimated' : `${ageDays} ${ageDays === 1 ? 'day' : 'days'} old`;
    case 'CALIBRATING':
      return `night ${nights} of 7`;
    case 'NO_DATA':
      return 'no data';
    case 'NOT_SHARED':
      break;
  }
  return 'not shared';
}
