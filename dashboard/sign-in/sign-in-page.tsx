import { type FormEvent, useState } from 'react';
import type { Role } from '../graphql/graphql.ts';
import { browserZone } from '../local-time.ts';
import { BrandMark } from '../brand.tsx';
import { useServices } from '../services.ts';
import type { AuthAnswer } from './auth-client.ts';

const SHORTEST_PASSWORD = 12;

/** What goes on once somebody is signed in. */
export type Waiting = { readonly kind: 'invitation' } | { readonly kind: 'return'; readonly provider: string };

/** `because`: why the last session ended. */
export function SignInPage({ because, waiting }: { because: string | null; waiting: Waiting | null }) {
  const { auth, session } = useServices();
  const [isNew, setNew] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const said = (name: string) => {
      const value = form.get(name);
      return typeof value === 'string' ? value : '';
    };
    const [email, password] = [said('email').trim(), said('password')];
    setBusy(true);
    setProblem(null);
    const answer = isNew
      ? await auth.register({
          email,
          password,
          displayName: said('displayName').trim(),
          timeZone: browserZone,
          role: said('role') as Role,
        })
      : await auth.login({ email, password });
    setBusy(false);
    if (answer.kind === 'tokens') session.start(answer.tokens);
    else setProblem(problemWords(answer));
  };

  return (
    <main className="sign-in" id="main">
      <div className="sign-in-brand">
        <BrandMark size={44} />
        <p className="brand-name">Athlete Ally</p>
        <p>Readiness from the nights an athlete chooses to share, with every point explained.</p>
      </div>
      <form className="card" onSubmit={(event) => void submit(event)}>
        <h1>{isNew ? 'Create an account' : 'Sign in'}</h1>
        {waiting && <WaitingWords waiting={waiting} />}
        {because && !problem && (
          <p className="notice" role="status">
            {because}
          </p>
        )}
        {problem && (
          <p className="notice notice-problem" role="alert">
            {problem}
          </p>
        )}
        {isNew && <NewAccountFields isInvited={waiting?.kind === 'invitation'} />}
        <label className="field">
          E-mail
          <input name="email" type="email" autoComplete="username" required autoFocus />
        </label>
        <label className="field">
          Password
          <input
            name="password"
            type="password"
            autoComplete={isNew ? 'new-password' : 'current-password'}
            required
            minLength={isNew ? SHORTEST_PASSWORD : undefined}
          />
        </label>
        <button type="submit" className="button button-main" disabled={isBusy}>
          {isNew ? 'Create account' : 'Sign in'}
        </button>
        <button
          type="button"
          className="button-link"
          onClick={() => {
            setNew(!isNew);
            setProblem(null);
          }}
        >
          {isNew ? 'I have an account' : 'Create an account'}
        </button>
      </form>
    </main>
  );
}

function WaitingWords({ waiting }: { waiting: Waiting }) {
  if (waiting.kind === 'invitation')
    return <p className="notice notice-good">An invitation to a team is waiting for you.</p>;
  return (
    <p className="notice">
      You are back from {waiting.provider}, and nothing is connected yet. If you began this here yourself, sign in to
      carry on. If somebody sent you the link, close this page.
    </p>
  );
}

function NewAccountFields({ isInvited }: { isInvited: boolean }) {
  return (
    <>
      <label className="field">
        Name
        <input name="displayName" autoComplete="name" required />
      </label>
      <fieldset className="field roles">
        <legend>I am</legend>
        <label>
          <input type="radio" name="role" value="ATHLETE" required defaultChecked={isInvited} /> an athlete
        </label>
        <label>
          <input type="radio" name="role" value="COACH" required /> a coach
        </label>
      </fieldset>
    </>
  );
}

function problemWords(answer: Exclude<AuthAnswer, { kind: 'tokens' }>): string {
  if (answer.kind === 'unreachable') return 'The server could not be reached. Check the connection and try again.';
  if (answer.code === 'UNAUTHENTICATED') return 'E-mail and password do not match. Check both and try again.';
  return answer.sentence;
}
