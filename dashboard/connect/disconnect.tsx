import { useState } from 'react';
import { useMutation } from 'urql';
import { sentenceOf } from '../client.ts';
import { type Provider, type UnlinkData, UnlinkProviderDocument } from '../graphql/graphql.ts';
import { providerWords } from '../readiness/words.ts';

/** Asks what shall happen to what came, then ends the connection. */
export function Disconnect({ provider, onDone }: { provider: Provider; onDone: () => void }) {
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
export function DeleteKept({ provider, onDone }: { provider: Provider; onDone: () => void }) {
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
