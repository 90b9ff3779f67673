import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { sentenceOf } from '../client.ts';
import { LeaveTeamDocument, SharingDocument, type SharingQuery, type Signal } from '../graphql/graphql.ts';
import { inWords } from '../local-time.ts';
import { capitalised, listed, signalWord } from '../readiness/words.ts';
import { type Consent, ConsentRow } from './consent-row.tsx';

type Team = SharingQuery['viewer']['teams'][number];
type AccessLog = NonNullable<NonNullable<SharingQuery['viewer']['athlete']>['accessLog']>;

const SCORE_SIGNALS: readonly Signal[] = ['HRV', 'RESTING_HEART_RATE', 'SLEEP', 'TRAINING'];
const OTHER_SIGNALS: readonly Signal[] = ['HEART_RATE', 'STEPS', 'VITALS', 'CHECK_IN'];

/** What each team may see, per signal. Every row is decided by itself; nothing is on before somebody turned it on. */
export function ConsentPage({ timeZone }: { timeZone: string }) {
  const [{ data, error, fetching }, ask] = useQuery({ query: SharingDocument, requestPolicy: 'cache-and-network' });
  const refresh = () => ask({ requestPolicy: 'network-only' });
  const viewer = data?.viewer;
  return (
    <main className="page page-reading" id="main">
      <h1>Sharing</h1>
      <p className="lead">You decide per team and per signal. Nothing is shared until you share it.</p>
      {error && <p className="notice notice-problem">{sentenceOf(error)}</p>}
      {!viewer && fetching && <p className="empty">Loading…</p>}
      {viewer?.teams.length === 0 && (
        <p className="empty">You are in no team. A coach’s invitation link brings you into one.</p>
      )}
      {viewer?.teams.map((team) => (
        <TeamSharing
          key={team.id}
          team={team}
          consents={(viewer.athlete?.consents ?? []).filter((consent) => consent.team.id === team.id)}
          timeZone={timeZone}
          onChanged={refresh}
        />
      ))}
      {viewer && <GoodToKnow />}
      {viewer?.athlete?.accessLog && <AccessLogTable log={viewer.athlete.accessLog} />}
    </main>
  );
}

function TeamSharing(parts: { team: Team; consents: readonly Consent[]; timeZone: string; onChanged: () => void }) {
  const { team, consents, timeZone, onChanged } = parts;
  const rows = (signals: readonly Signal[]) =>
    signals.map((signal) => (
      <ConsentRow
        key={signal}
        team={team}
        signal={signal}
        consents={consents.filter((consent) => consent.signal === signal)}
        timeZone={timeZone}
        onChanged={onChanged}
      />
    ));
  return (
    <section className="card" aria-labelledby={`team-${team.id}`}>
      <h2 id={`team-${team.id}`}>{team.name}</h2>
      <p className="aside">
        {team.coaches.length > 0
          ? `Coached by ${listed(team.coaches.map(({ displayName }) => displayName))}`
          : 'No coach at present'}
      </p>
      <table className="consents" role="table">
        <caption className="visually-hidden">What {team.name} may see</caption>
        <thead role="rowgroup">
          <tr role="row">
            {['Signal', 'Shared', 'From day', 'Your decision'].map((words) => (
              <th key={words} role="columnheader" scope="col">
                {words}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows(SCORE_SIGNALS)}
          {rows(OTHER_SIGNALS)}
        </tbody>
      </table>
      <LeaveTeam team={team} onLeft={onChanged} />
    </section>
  );
}

function LeaveTeam({ team, onLeft }: { team: Team; onLeft: () => void }) {
  const [isAsking, setAsking] = useState(false);
  const [{ error, fetching }, leave] = useMutation(LeaveTeamDocument);
  if (!isAsking) {
    return (
      <button type="button" className="button button-quiet" onClick={() => setAsking(true)}>
        Leave this team
      </button>
    );
  }
  return (
    <div className="confirm" role="group" aria-label={`Leave ${team.name}`}>
      <p>Leaving withdraws everything you share with {team.name}, at once and for all days.</p>
      {error && <p className="notice notice-problem">{sentenceOf(error)}</p>}
      <button type="button" className="button" onClick={() => setAsking(false)}>
        Stay
      </button>
      <button
        type="button"
        className="button"
        disabled={fetching}
        onClick={() => void leave({ teamId: team.id }).then((answer) => !answer.error && onLeft())}
      >
        Leave
      </button>
    </div>
  );
}

/** The sentences every athlete must be able to read before deciding. */
function GoodToKnow() {
  return (
    <section className="card good-to-know" aria-labelledby="good-to-know">
      <h2 id="good-to-know">Before you decide</h2>
      <ul>
        <li>The score your coach sees is made of the shared signals only, and may differ from yours.</li>
        <li>
          A shared signal is compared with your earlier nights and sessions, also those before the day you share from.
        </li>
        <li>Signals are related: from one, another can partly be guessed. Resting heart rate hints at HRV.</li>
        <li>
          Accepting a suggestion that only you can see changes a plan your coach sees; the change itself may be noticed.
        </li>
        <li>
          You may change this at any time. It takes effect at once and for all days, except in files already exported.
        </li>
        <li>Not sharing has no effect on what this app does for you, and your coach gets no warning.</li>
      </ul>
    </section>
  );
}

function AccessLogTable({ log }: { log: AccessLog }) {
  return (
    <section className="card" aria-labelledby="access-log">
      <h2 id="access-log">Who looked at what</h2>
      {log.edges.length === 0 ? (
        <p className="empty">Nobody has looked at your data yet.</p>
      ) : (
        <div className="twin-scroll" tabIndex={0} role="group" aria-labelledby="access-log">
          <table className="plain">
            <caption className="visually-hidden">
              The last {log.edges.length} of {log.totalCount} entries, newest first
            </caption>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Who</th>
                <th scope="col">What</th>
                <th scope="col">Team</th>
              </tr>
            </thead>
            <tbody>
              {log.edges.map(({ cursor, node }) => (
                <tr key={cursor}>
                  <th scope="row">{inWords.moment(node.at)}</th>
                  <td>{node.who}</td>
                  <td>
                    {capitalised(node.action.replaceAll('_', ' ').toLowerCase())}
                    {node.signals.length > 0 && `: ${listed(node.signals.map(wordOf))}`}
                  </td>
                  <td>{node.team?.name ?? '–'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

/** The log may name things that are no signals; those are said as they are. */
function wordOf(signal: string): string {
  return signalWord(signal as Signal) ?? signal.replaceAll('_', ' ').toLowerCase();
}
