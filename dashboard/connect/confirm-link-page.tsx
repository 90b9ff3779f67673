import { useEffect, useRef } from 'react';
import { useMutation, useQuery } from 'urql';
import { sentenceOf } from '../client.ts';
import { ConfirmProviderLinkDocument, PendingLinkDocument, type ViewerQuery } from '../graphql/graphql.ts';
import { providerOfSlug, providerWords, slugOf } from '../readiness/words.ts';
import { addresses, replaceWith } from '../route.ts';

type Viewer = ViewerQuery['viewer'];

/**
 * The end of the way back from a provider. Begun in this very session it goes on by itself; in another one the athlete is
 * asked, and sees whose account is joined. What is somebody else's is given to the server too: it refuses and destroys it.
 */
export function ConfirmLinkPage(parts: { handle: string; slug: string | null; viewer: Viewer }) {
  const { handle, slug, viewer } = parts;
  const [{ data, error }] = useQuery({
    query: PendingLinkDocument,
    variables: { handle },
    requestPolicy: 'network-only',
  });
  const [answer, confirm] = useMutation(ConfirmProviderLinkDocument);
  const pending = data?.pendingLink;
  const name = pending ? providerWords[pending.provider] : providerOfSlug(slug);
  const send = async () => {
    const { data: linked } = await confirm({ handle });
    if (linked) replaceWith(addresses.connected(slugOf(linked.confirmProviderLink.provider)));
  };
  const goesOn = pending === null || pending?.isFromThisSession === true;
  useOnce(goesOn, () => void send());

  const problem = error ?? answer.error;
  return (
    <main className="page page-narrow" id="main">
      <section className="card" data-testid="confirm-link">
        {problem ? (
          <Ending sentence={sentenceOf(problem)} viewer={viewer} />
        ) : pending && !goesOn ? (
          <Question name={name} viewer={viewer} isBusy={answer.fetching} onYes={() => void send()} />
        ) : (
          <>
            <h1>One moment…</h1>
            <p role="status">
              Connecting {name} to <Whose viewer={viewer} />.
            </p>
          </>
        )}
      </section>
    </main>
  );
}

function Question(parts: { name: string; viewer: Viewer; isBusy: boolean; onYes: () => void }) {
  const { name, viewer, isBusy, onYes } = parts;
  return (
    <>
      <h1>Connect {name}?</h1>
      <p>
        You are back from {name}, in another sign-in than the one that began. What this {name} account measures would go
        to <Whose viewer={viewer} />.
      </p>
      <p className="aside">Did somebody send you here? Then do not connect.</p>
      <div className="choices">
        <button type="button" className="button button-main" disabled={isBusy} onClick={onYes}>
          Connect {name}
        </button>
        <button type="button" className="button" disabled={isBusy} onClick={() => replaceWith(addresses.connect)}>
          Do not connect
        </button>
      </div>
    </>
  );
}

function Ending({ sentence, viewer }: { sentence: string; viewer: Viewer }) {
  return (
    <>
      <h1>Not connected</h1>
      <p className="notice notice-problem" role="alert">
        {sentence}
      </p>
      <p className="aside">
        You are signed in as <Whose viewer={viewer} />.
      </p>
      <div className="choices">
        <button
          type="button"
          className="button"
          onClick={() => replaceWith(viewer.athlete ? addresses.connect : addresses.home)}
        >
          {viewer.athlete ? 'To my connections' : 'To my team'}
        </button>
      </div>
    </>
  );
}

function Whose({ viewer }: { viewer: Viewer }) {
  return (
    <>
      <b>{viewer.displayName}</b> ({viewer.email})
    </>
  );
}

/** React may run an effect twice; a handle works once. */
function useOnce(isDue: boolean, work: () => void): void {
  const isDone = useRef(false);
  useEffect(() => {
    if (!isDue || isDone.current) return;
    isDone.current = true;
    work();
  });
}
