import { useState } from 'react';
import { useMutation } from 'urql';
import { sentenceOf } from '../client.ts';
import { type ConnectionsQuery, type Provider, StartBackfillDocument } from '../graphql/graphql.ts';
import { browserZone, inWords, localDate, plusDays } from '../local-time.ts';
import { providerWords } from '../readiness/words.ts';
import { BroughtList } from './brought-list.tsx';
import { Disconnect } from './disconnect.tsx';
import { LinkButton } from './link-button.tsx';
import { factsOf, isPhone } from './provider-facts.ts';
import { SyncProgress } from './sync-progress.tsx';

export type Connection = NonNullable<NonNullable<ConnectionsQuery['viewer']['athlete']>['connections']>[number];

const HISTORY_DAYS = 90;

/** A provider that is connected, or that was until it took our access no more. */
export function ConnectedCard(parts: {
  connection: Connection;
  isLinkable: boolean;
  startedJobId: string | null;
  onChanged: () => void;
}) {
  const { connection, isLinkable, onChanged } = parts;
  const { provider, needsReconnect } = connection;
  const name = providerWords[provider];
  const [jobId, setJobId] = useState(parts.startedJobId);
  // Kept when it has ended: its last word stays on the page.
  if (connection.loading && connection.loading.id !== jobId) setJobId(connection.loading.id);
  return (
    <section className="card provider" aria-labelledby={`provider-${provider}`} data-testid={`provider-${provider}`}>
      <header className="provider-head">
        <h2 id={`provider-${provider}`}>{name}</h2>
        {needsReconnect ? (
          <span className="state state-problem">reconnect needed</span>
        ) : (
          <span className="state state-on">connected</span>
        )}
      </header>
      {needsReconnect ? (
        <p className="notice notice-problem">
          {connection.reason ?? `${name} no longer lets us read. Connect again to carry on.`}
        </p>
      ) : (
        connection.reason && <p className="notice notice-partly">{connection.reason}</p>
      )}
      <BroughtList
        brings={factsOf(provider).brings}
        granted={connection.signals}
        missingWords={isPhone(provider) ? 'not sent yet' : `not allowed at ${name}`}
      />
      <dl className="facts">
        <div>
          <dt>Last delivery</dt>
          <dd>{connection.lastDeliveryAt ? inWords.moment(connection.lastDeliveryAt) : 'none yet'}</dd>
        </div>
        <div>
          <dt>Connected since</dt>
          <dd>{inWords.moment(connection.linkedAt)}</dd>
        </div>
      </dl>
      <p className="aside">{factsOf(provider).arrives}</p>
      {jobId !== null && <SyncProgress key={jobId} jobId={jobId} onEnd={onChanged} />}
      <div className="choices">
        {isLinkable && (needsReconnect || connection.reason !== null) && (
          <LinkButton provider={provider} isAgain isMain={needsReconnect} />
        )}
        {isLinkable && !needsReconnect && <LoadHistory provider={provider} onStarted={setJobId} />}
        <Disconnect provider={provider} onDone={onChanged} />
      </div>
    </section>
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
