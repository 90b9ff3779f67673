import { useEffect, useState } from 'react';
import { useQuery } from 'urql';
import { sentenceOf } from '../client.ts';
import { ConnectionsDocument, type Provider } from '../graphql/graphql.ts';
import { capitalised, listed, providerOfSlug, providerWords, slugOf } from '../readiness/words.ts';
import { type Connection, ConnectedCard } from './connected-card.tsx';
import { OfferedCard } from './offered-card.tsx';
import { isPhone, OFFERED_ORDER } from './provider-facts.ts';
import { SourceChoices } from './source-choice.tsx';

type Arrival = { readonly provider: string | null; readonly result: string | null; readonly jobId: string | null };

/** What the address said on arrival is read once and kept: the address itself is tidied at once. */
export function ConnectPage(parts: Arrival) {
  const [arrival] = useState(parts);
  useEffect(() => {
    if (arrival.result !== null) window.history.replaceState(null, '', '#/connect');
  }, [arrival.result]);
  const [{ data, error, fetching }, ask] = useQuery({ query: ConnectionsDocument, requestPolicy: 'cache-and-network' });
  const refresh = () => ask({ requestPolicy: 'network-only' });
  const viewer = data?.viewer;
  return (
    <main className="page page-reading" id="main">
      <h1>Connections</h1>
      <p className="lead">Where your nights and workouts come from. You can disconnect at any time.</p>
      {error && <p className="notice notice-problem">{sentenceOf(error)}</p>}
      {!viewer && fetching && <p className="empty">Loading…</p>}
      {viewer && (
        <Rooms
          connections={viewer.athlete?.connections ?? []}
          linkable={viewer.linkableProviders}
          arrival={arrival}
          onChanged={refresh}
        />
      )}
    </main>
  );
}

function Rooms(parts: {
  connections: readonly Connection[];
  linkable: readonly Provider[];
  arrival: Arrival;
  onChanged: () => void;
}) {
  const { connections, linkable, arrival, onChanged } = parts;
  const lastOf = (provider: Provider) => connections.findLast((connection) => connection.provider === provider) ?? null;
  const connected = OFFERED_ORDER.map(lastOf).filter(
    (connection) => connection?.state === 'ACTIVE' || connection?.needsReconnect,
  );
  const rest = OFFERED_ORDER.filter((provider) => !connected.some((connection) => connection?.provider === provider));
  const offered = rest.filter((provider) => !isPhone(provider) && (linkable.includes(provider) || lastOf(provider)));
  const phones = rest.filter(isPhone);
  const absent = rest.filter((provider) => !isPhone(provider) && !offered.includes(provider));
  const card = (provider: Provider) => (
    <OfferedCard
      key={provider}
      provider={provider}
      connection={lastOf(provider)}
      isLinkable={linkable.includes(provider)}
      isFirst={connected.length === 0}
      onChanged={onChanged}
    />
  );
  return (
    <>
      <ResultWords
        arrival={arrival}
        isConnected={connected.some((one) => one && slugOf(one.provider) === arrival.provider)}
      />
      {connected.map(
        (connection) =>
          connection && (
            <ConnectedCard
              key={connection.id}
              connection={connection}
              isLinkable={linkable.includes(connection.provider)}
              startedJobId={slugOf(connection.provider) === arrival.provider ? arrival.jobId : null}
              onChanged={onChanged}
            />
          ),
      )}
      <SourceChoices />
      {offered.length > 0 && (
        <section className="offers" aria-labelledby="to-connect">
          <h2 id="to-connect">{connected.length === 0 ? 'Connect where you measure' : 'Connect more'}</h2>
          <div className="offers-list">{offered.map(card)}</div>
        </section>
      )}
      {phones.length > 0 && (
        <section className="offers" aria-labelledby="on-the-phone">
          <h2 id="on-the-phone">On your phone</h2>
          <div className="offers-list">{phones.map(card)}</div>
        </section>
      )}
      {absent.length > 0 && (
        <p className="foot-note">
          Not set up on this installation: {listed(absent.map((provider) => providerWords[provider]))}.
        </p>
      )}
    </>
  );
}

/** Said once, after the way back from a provider: a reload does not repeat it. An address alone makes nobody connected. */
function ResultWords({ arrival, isConnected }: { arrival: Arrival; isConnected: boolean }) {
  const { provider, result } = arrival;
  if (result === null || (result === 'linked' && !isConnected)) return null;
  const name = capitalised(providerOfSlug(provider));
  const isGood = result === 'linked';
  return (
    <p className={`notice ${isGood ? 'notice-good' : 'notice-problem'}`} role="status" data-testid="connect-result">
      {isGood && `${name} is connected. Your earlier days are being loaded.`}
      {result === 'expired' && `The request to ${name} had expired, so nothing was connected. Start again from here.`}
      {!isGood && result !== 'expired' && `${name} could not be connected. Try again in a moment.`}
    </p>
  );
}
