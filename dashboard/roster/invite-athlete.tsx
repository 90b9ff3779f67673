import { useRef, useState } from 'react';
import { useMutation } from 'urql';
import { sentenceOf } from '../client.ts';
import { InviteAthleteDocument } from '../graphql/graphql.ts';
import { inWords } from '../local-time.ts';

/** Makes an invitation link. The link is shown once, here: the server keeps only its hash. */
export function InviteAthlete({ teamId }: { teamId: string }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [email, setEmail] = useState('');
  const [{ data, error, fetching }, invite] = useMutation(InviteAthleteDocument);
  const invitation = data?.inviteAthlete;
  return (
    <>
      <button type="button" className="button button-quiet" onClick={() => dialog.current?.showModal()}>
        Invite
      </button>
      <dialog ref={dialog} className="dialog" aria-labelledby="invite-title">
        <form
          method="dialog"
          onSubmit={(event) => {
            event.preventDefault();
            void invite({ input: { teamId, email: email.trim() || null } });
          }}
        >
          <h2 id="invite-title">Invite an athlete</h2>
          <p>You get a link to pass on. Joining shares nothing: each athlete decides per signal afterwards.</p>
          <label className="field">
            E-mail (optional)
            <input type="email" autoComplete="off" value={email} onChange={(event) => setEmail(event.target.value)} />
          </label>
          {error && <p className="notice notice-problem">{sentenceOf(error)}</p>}
          {invitation && (
            <label className="field">
              Link, valid until {inWords.moment(invitation.expiresAt)}
              <input readOnly value={invitation.url} onFocus={(event) => event.target.select()} />
            </label>
          )}
          <div className="dialog-actions">
            <button type="button" className="button" onClick={() => dialog.current?.close()}>
              Close
            </button>
            <button type="submit" className="button" disabled={fetching}>
              Create link
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}
