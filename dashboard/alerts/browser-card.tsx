import { useState } from 'react';
import { useMutation } from 'urql';
import { sentenceOf } from '../client.ts';
import {
  type AlertPreferencesViewFragment,
  RegisterBrowserDocument,
  UnregisterBrowserDocument,
} from '../graphql/graphql.ts';
import { browserZone } from '../local-time.ts';
import { type BrowserState, noteOwner, subscribe, unsubscribe, useThisBrowser } from './this-browser.ts';

type Preferences = AlertPreferencesViewFragment;

/** Whether notifications come to this browser. It asks for permission on a click and never by itself. */
export function BrowserCard(parts: {
  accountId: string;
  preferences: Preferences;
  isBusy: boolean;
  onPush: (isOn: boolean) => void;
  onChanged: () => void;
}) {
  const { accountId, preferences, isBusy, onPush, onChanged } = parts;
  const { pushKey, push, browsers, teamId } = preferences;
  return (
    <section className="card browser-card" aria-labelledby="this-browser">
      <h2 id="this-browser">Notifications</h2>
      {pushKey === null ? (
        <p>This installation sends no notifications. Everything stands on your page all the same.</p>
      ) : (
        <ThisBrowser accountId={accountId} pushKey={pushKey} onChanged={onChanged} />
      )}
      <figure className="sample">
        <div aria-hidden="true" className="sample-mark" />
        <figcaption>
          <b>Athlete Ally</b>
          <span>Something on your {teamId === null ? 'page' : 'team page'} is worth a look.</span>
        </figcaption>
      </figure>
      <p className="aside">
        That is all a notification ever says: no name and no value, since others may see your screen. The page shows the
        rest, when you open it.
      </p>
      {browsers > 0 && (
        <label className="switch-row switch-row-all">
          <span>
            <b>Send me notifications</b>
            <span className="aside">
              To {browsers === 1 ? 'the one browser' : `all ${browsers} browsers`} you turned them on in
            </span>
          </span>
          <input
            type="checkbox"
            role="switch"
            className="switch"
            checked={push}
            disabled={isBusy}
            onChange={(event) => onPush(event.target.checked)}
          />
        </label>
      )}
    </section>
  );
}

const stateWords: Record<BrowserState['kind'], string> = {
  asking: 'One moment…',
  unsupported: 'This browser cannot show notifications. On a phone, add this page to the home screen first.',
  blocked: 'This browser blocks notifications of this page. Allow them in its settings, then come back.',
  off: 'Off in this browser.',
  on: 'On in this browser.',
};

function ThisBrowser(parts: { accountId: string; pushKey: string; onChanged: () => void }) {
  const { accountId, pushKey, onChanged } = parts;
  const { state, look } = useThisBrowser(accountId);
  const [, register] = useMutation(RegisterBrowserDocument);
  const [, unregister] = useMutation(UnregisterBrowserDocument);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  const turnOn = async (): Promise<void> => {
    const subscribed = await subscribe(pushKey);
    if (subscribed === null) return;
    const { error } = await register({ input: { ...subscribed, timeZone: browserZone } });
    if (!error) return noteOwner(accountId);
    await unsubscribe();
    setProblem(sentenceOf(error));
  };
  const turnOff = async (endpoint: string): Promise<void> => {
    const { error } = await unregister({ endpoint });
    if (error) setProblem(sentenceOf(error));
    else await unsubscribe();
  };
  const run = (work: () => Promise<void>): void => {
    setProblem(null);
    setBusy(true);
    void work()
      .catch(() => setProblem('This browser reached no push service. Check the connection, then try again.'))
      .finally(() => {
        setBusy(false);
        void look();
        onChanged();
      });
  };
  return (
    <>
      <div className="browser-state">
        <p role="status" className={state.kind === 'on' ? 'is-on' : undefined}>
          {stateWords[state.kind]}
        </p>
        {state.kind === 'off' && (
          <button type="button" className="button button-main" disabled={isBusy} onClick={() => run(turnOn)}>
            Turn on notifications in this browser
          </button>
        )}
        {state.kind === 'on' && (
          <button type="button" className="button" disabled={isBusy} onClick={() => run(() => turnOff(state.endpoint))}>
            Turn off
          </button>
        )}
      </div>
      {problem && (
        <p className="notice notice-problem" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}
