import { useMutation } from 'urql';
import { sentenceOf } from '../client.ts';
import { AcceptInvitationDocument } from '../graphql/graphql.ts';
import { addresses, goTo } from '../route.ts';

/** A coach's invitation. Joining and declining weigh the same, and joining shares nothing. */
export function InvitationPage({ token, onJoined }: { token: string; onJoined: () => void }) {
  const [{ data, error, fetching }, accept] = useMutation(AcceptInvitationDocument);
  const team = data?.acceptInvitation;
  if (team) {
    return (
      <main className="page page-narrow" id="main">
        <section className="card">
          <h1>You are in {team.name}</h1>
          <p>Nothing is shared yet. You can decide now, later, or never.</p>
          <div className="choices">
            <a className="button" href={addresses.consent}>
              Decide what to share
            </a>
            <a className="button" href={addresses.home}>
              Go to today
            </a>
          </div>
        </section>
      </main>
    );
  }
  return (
    <main className="page page-narrow" id="main">
      <section className="card">
        <h1>Join a team?</h1>
        <p>A coach invited you. Joining puts your name on the team’s list and shares no measurement.</p>
        <p>You decide afterwards, per signal, and may leave at any time. Declining changes nothing for you.</p>
        {error && <p className="notice notice-problem">{sentenceOf(error)}</p>}
        <div className="choices">
          <button
            type="button"
            className="button"
            disabled={fetching}
            onClick={() => void accept({ token }).then((answer) => !answer.error && onJoined())}
          >
            Accept
          </button>
          <button type="button" className="button" onClick={() => goTo(addresses.home)}>
            Decline
          </button>
        </div>
      </section>
    </main>
  );
}
