import { useQuery } from 'urql';
import { sentenceOf } from '../client.ts';
import { DataTraceDocument } from '../graphql/graphql.ts';
import { browserZone, inWords, localDate, plusDays } from '../local-time.ts';
import { addresses, goTo } from '../route.ts';
import { ProviderTrace } from './provider-trace.tsx';
import { tell } from './tell.ts';

/** "Why is my data missing?": what came for one day, provider by provider, and what to do. */
export function TracePage({ date: asked, timeZone }: { date: string | null; timeZone: string }) {
  const today = localDate(new Date(), timeZone);
  const date = asked ?? today;
  const [{ data, error, fetching }, ask] = useQuery({
    query: DataTraceDocument,
    variables: { date },
    requestPolicy: 'cache-and-network',
  });
  const steps = data?.viewer.athlete?.dataTrace;
  return (
    <main className="page page-reading" id="main">
      <p className="back">
        <a href={addresses.home}>← Today</a>
      </p>
      <header className="page-head">
        <div>
          <h1>Why is my data missing?</h1>
          <p className="lead">What came for this day, step by step, and what you can do.</p>
        </div>
      </header>
      <DayPicker date={date} today={today} />
      {error && <p className="notice notice-problem">{sentenceOf(error)}</p>}
      {!steps && fetching && <p className="empty">Looking…</p>}
      <div className="trace" aria-live="polite" data-testid="trace">
        {steps && tell(steps).map((day) => <ProviderTrace key={day.provider ?? 'none'} day={day} />)}
      </div>
      <div className="choices">
        <button
          type="button"
          className="button"
          disabled={fetching}
          onClick={() => ask({ requestPolicy: 'network-only' })}
        >
          Look again
        </button>
        <a className="button" href={addresses.connect}>
          See your connections
        </a>
      </div>
      {timeZone !== browserZone && <p className="foot-note">Times are those of this device.</p>}
    </main>
  );
}

function DayPicker({ date, today }: { date: string; today: string }) {
  const go = (to: string) => goTo(addresses.missing(to));
  return (
    <div className="trace-day" role="group" aria-label="Day">
      <button type="button" className="button" aria-label="The day before" onClick={() => go(plusDays(date, -1))}>
        ←
      </button>
      <label>
        <span className="visually-hidden">Day</span>
        <input
          type="date"
          value={date}
          max={today}
          onChange={(event) => event.target.value && go(event.target.value)}
        />
      </label>
      <button
        type="button"
        className="button"
        aria-label="The day after"
        disabled={date >= today}
        onClick={() => go(plusDays(date, 1))}
      >
        →
      </button>
      <h2 className="trace-date">{inWords.longDay(date)}</h2>
    </div>
  );
}
