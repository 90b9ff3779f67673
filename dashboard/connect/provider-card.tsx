import { useState } from 'react';
import { useMutation } from 'urql';
import { sentenceOf } from '../client.ts';
import {
  type ConnectionsQuery,
  LinkProviderDocument,
  type Provider,
  StartBackfillDocument,
  type UnlinkData,
  UnlinkProviderDocument,
} from '../graphql/graphql.ts';
import { inWords, localDate, plusDays, browserZone } from '../local-time.ts';
import { listed, providerWords, signalWord } from '../readiness/words.ts';
import { SyncProgress } from './sync-progress.tsx';

type Connection = NonNullable<NonNullable<ConnectionsQuery['viewer']['athlete']>['connections']>[number];

const HISTORY_DAYS = 90;

/** What is read, in words, before anybody is sent to the provider. */
const READS: Partial<Record<Provider, { readonly signals: readonly string[]; readonly arrives: string }>> = {
  OURA: {
    signals: [
      'HRV as rMSSD, whole night',
      'resting heart rate',
      'sleep with stages and naps',
      'steps',
      'workouts',
      'temperature and oxygen',
    ],
    arrives: 'Usually within minutes of opening the Oura app in the morning.',
  },
};

export function ProviderCard(parts: {
  provider: Provider;
  connection: Connection | null;
  startedJobId: string | null;
  onChanged: () => void;
}) {
  const { provider, connection, startedJobId, onChanged } = parts;
  const name = providerWords[provider];
  const reads = READS[provider];
  const [jobId, setJobId] = useState(startedJobId);
  const isConnected = connection !== null && connection.state !== 'REVOKED';
  return (
    <section className="card provider" aria-labelledby={`provider-${provider}`} data-testid={`provider-${provider}`}>
      <header className="provider-head">
        <h2 id={`provider-${provider}`}>{name}</h2>
        <StateWords connection={connection} />
      </header>
      {connection?.needsReconnect && (
        <p className="notice notice-problem">
          {connection.reason ?? `${name} no longer lets us read. Connect again to carry on.`}
        </p>
      )}
      {isConnected ? (
        <ConnectedFacts connection={connection} />
      ) : (
        reads && (
          <>
            <p>You will be asked at {name} to allow reading of:</p>
            <ul className="plain-list">
              {reads.signals.map((signal) => (
                <li key={signal}>{signal}</li>
              ))}
            </ul>
            <p className="aside">{reads.arrives} Leaving one out keeps the rest working.</p>
          </>
        )
      )}
      {connection?.dataDeletedAt && (
        <p className="aside">
          What {name} had sent was deleted on {inWords.moment(connection.dataDeletedAt)}, as you asked.
        </p>
      )}
      {jobId !== null && <SyncProgress key={jobId} jobId={jobId} onEnd={onChanged} />}
      <div className="choices">
        {(!isConnected || connection.needsReconnect) && (
          <LinkButton provider={provider} isAgain={connection !== null} />
        )}
        {isConnected && !connection.needsReconnect && <LoadHistory provider={provider} onStarted={setJobId} />}
        {isConnected && <Disconnect provider={provider} onDone={onChanged} />}
        {hasKeptData(connection) && <DeleteKept provider={provider} onDone={onChanged} />}
      </div>
    </section>
  );
}

/** Unlinked, and what it had brought was kept. */
const hasKeptData = (connection: Connection | null): boolean =>
  connection?.state === 'REVOKED' && connection.dataDeletedAt === null;

function StateWords({ connection }: { connection: Connection | null }) {
  if (connection === null || connection.state === 'REVOKED')
    return <span className="state state-off">not connected</span>;
  if (connection.needsReconnect) return <span className="state state-problem">reconnect needed</span>;
  return <span className="state state-on">connected</span>;
}

function ConnectedFacts({ connection }: { connection: Connection }) {
  return (
    <dl className="facts">
      <div>
        <dt>Signals</dt>
        <dd>{connection.signals.length > 0 ? listed(connection.signals.map(signalWord)) : 'none allowed'}</dd>
      </div>
      <div>
        <dt>Connected since</dt>
        <dd>{inWords.moment(connection.linkedAt)}</dd>
      </div>
      <div>
        <dt>Last delivery</dt>
        <dd>{connection.lastDeliveryAt ? inWords.moment(connection.lastDeliveryAt) : 'none yet'}</dd>
      </div>
    </dl>
  );
}

function LinkButton({ provider, isAgain }: { provider: Provider; isAgain: boolean }) {
  const [{ error, fetching }, link] = useMutation(LinkProviderDocument);
  const go = async () => {
    const { data } = await link({ provider });
    if (data) window.location.assign(data.linkProvider.authorizationUrl);
  };
  return (
    <>
      <button type="button" className="button button-main" disabled={fetching} onClick={() => void go()}>
        Connect {providerWords[provider]} {isAgain && 'again'}
      </button>
      {error && <p className="notice notice-problem">{sentenceOf(error)}</p>}
    </>
  );
}

function LoadHistory({ provider, onStarted }: { provider: Provider; onStarted: (jobId: string) => void }) {
  const [{ error, fetching }, start] = useMutation(StartBackfillDocument);
  const load = async () => {
    const from = plusDays(localDate(new Date(), browserZone), -HISTORY_DAYS);
    const { data } = await start({ input: { provider, from } });
    if (data) onStarted(data.startBackfill.id);
  };
  return (
    <>
      <button type="button" className="button" disabled={fetching} onClick={() => void load()}>
        Load the last {HISTORY_DAYS} days
      </button>
      {error && <p className="notice notice-problem">{sentenceOf(error)}</p>}
    </>
  );
}

function Disconnect({ provider, onDone }: { provider: Provider; onDone: () => void }) {
  const [isAsking, setAsking] = useState(false);
  const [{ error, fetching }, unlink] = useMutation(UnlinkProviderDocument);
  const name = providerWords[provider];
  const choose = (data: UnlinkData) => {
    void unlink({ provider, data }).then((answer) => {
      if (answer.error) return;
      setAsking(false);
      onDone();
    });
  };
  if (!isAsking) {
    return (
      <button type="button" className="button" onClick={() => setAsking(true)}>
        Disconnect
      </button>
    );
  }
  return (
    <div className="confirm" role="group" aria-label={`Disconnect ${name}`}>
      <p>
        <b>Keep:</b> past nights stay and go on counting in your usual range; nothing new arrives.
      </p>
      <p>
        <b>Delete:</b> <DeleteWords name={name} />
      </p>
      {error && <p className="notice notice-problem">{sentenceOf(error)}</p>}
      <button type="button" className="button" disabled={fetching} onClick={() => choose('KEEP')}>
        Disconnect, keep data
      </button>
      <button type="button" className="button" disabled={fetching} onClick={() => choose('DELETE')}>
        Disconnect, delete data
      </button>
      <button type="button" className="button" onClick={() => setAsking(false)}>
        Stay connected
      </button>
    </div>
  );
}

function DeleteWords({ name }: { name: string }) {
  return (
    <>
      everything {name} ever sent goes, with your usual range and the scores made of it. It cannot be brought back from
      here; a score needs seven new nights.
    </>
  );
}

/** For whoever kept the data at the disconnect and thinks otherwise later. */
function DeleteKept({ provider, onDone }: { provider: Provider; onDone: () => void }) {
  const [isAsking, setAsking] = useState(false);
  const [{ error, fetching }, unlink] = useMutation(UnlinkProviderDocument);
  const name = providerWords[provider];
  const erase = async () => {
    const answer = await unlink({ provider, data: 'DELETE' });
    if (!answer.error) onDone();
  };
  if (!isAsking) {
    return (
      <button type="button" className="button" onClick={() => setAsking(true)}>
        Delete the kept data
      </button>
    );
  }
  return (
    <div className="confirm" role="group" aria-label={`Delete the data of ${name}`}>
      <p>
        <b>Delete:</b> <DeleteWords name={name} />
      </p>
      {error && <p className="notice notice-problem">{sentenceOf(error)}</p>}
      <button type="button" className="button" disabled={fetching} onClick={() => void erase()}>
        Delete for good
      </button>
      <button type="button" className="button" onClick={() => setAsking(false)}>
        Keep
      </button>
    </div>
  );
}
