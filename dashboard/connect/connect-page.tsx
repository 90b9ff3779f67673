import { useEffect, useState } from 'react';
import { useQuery } from 'urql';
import { sentenceOf } from '../client.ts';
import { ConnectionsDocument, type Provider } from '../graphql/graphql.ts';
import { capitalised, providerWords } from '../readiness/words.ts';
import { ProviderCard } from './provider-card.tsx';

/** Providers that can be linked from here. Others are listed only when a connection already exists. */
const OFFERED: readonly Provider[] = ['OURA'];

type Arrival = { readonly provider: string | null; readonly result: string | null; readonly jobId: string | null };

/** What the address said on arrival from the provider is read once and kept: the address itself is tidied at once. */
export function ConnectPage(parts: Arrival) {
  const [{ provider, result, jobId }] = useState(parts);
  useEffect(() => {
    if (result !== null) window.history.replaceState(null, '', '#/connect');
  }, [result]);
  const [{ data, error, fetching }, ask] = useQuery({ query: ConnectionsDocument, requestPolicy: 'cache-and-network' });
  const refresh = () => ask({ requestPolicy: 'network-only' });
  const connections = data?.viewer.athlete?.connections ?? [];
  const shown = [...new Set([...OFFERED, ...connections.map((connection) => connection.provider)])];
  return (
    <main className="page page-reading" id="main">
      <h1>Connections</h1>
      <p className="lead">Where your nights come from. You can disconnect at any time.</p>
      <ResultWords provider={provider} result={result} />
      {error && <p className="notice notice-problem">{sentenceOf(error)}</p>}
      {!data && fetching ? (
        <p className="empty">Loading…</p>
      ) : (
        shown.map((name) => (
          <ProviderCard
            key={name}
            provider={name}
            connection={connections.findLast((connection) => connection.provider === name) ?? null}
            startedJobId={provider?.toUpperCase().replaceAll('-', '_') === name ? jobId : null}
            onChanged={refresh}
          />
        ))
      )}
    </main>
  );
}

/** Said once, after the provider sent the browser back: a reload does not repeat it. */
function ResultWords({ provider, result }: { provider: string | null; result: string | null }) {
  if (result === null) return null;
  const isGood = result === 'linked';
  return (
    <p className={`notice ${isGood ? 'notice-good' : 'notice-problem'}`} role="status" data-testid="connect-result">
      {resultSentence({ provider, result })}
    </p>
  );
}

/** The words of the OAuth callback: linked, refused, expired, taken, failed. */
function resultSentence({ provider, result }: { provider: string | null; result: string }): string {
  const name =
    providerWords[(provider ?? '').toUpperCase().replaceAll('-', '_') as Provider] ??
    capitalised(provider ?? 'The provider');
  if (result === 'linked') return `${name} is connected. Your earlier nights are being loaded.`;
  if (result === 'refused') return `You did not allow access, so ${name} stays unconnected.`;
  if (result === 'expired') return `The request to ${name} had expired. Start again from here.`;
  if (result === 'taken')
    return `This ${name} account is connected to another athlete here. Disconnect it there first.`;
  return `${name} could not be connected. Try again in a moment.`;
}
