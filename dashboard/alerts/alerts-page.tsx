import { useState } from 'react';
import { type CombinedError, useMutation, useQuery } from 'urql';
import { sentenceOf } from '../client.ts';
import {
  AlertPreferencesDocument,
  type AlertPreferencesViewFragment,
  type AlertPreferencesInput,
  SetAlertPreferencesDocument,
} from '../graphql/graphql.ts';
import { zoneName } from '../local-time.ts';
import { BrowserCard } from './browser-card.tsx';
import { CoachQuietHours } from './coach-quiet-hours.tsx';
import { alertWords, groupOf } from './words.ts';

type Preferences = AlertPreferencesViewFragment;
type Setting = Preferences['alerts'][number];

/** What somebody is told of, and when not: an athlete about themselves, a coach for one team. */
export function AlertsPage(parts: { accountId: string; teamId: string | null; teamName: string | null }) {
  const { accountId, teamId, teamName } = parts;
  const [{ data, error, fetching }, ask] = useQuery({
    query: AlertPreferencesDocument,
    variables: { teamId },
    requestPolicy: 'cache-and-network',
  });
  const [{ data: written, fetching: isWriting }, write] = useMutation(SetAlertPreferencesDocument);
  const [problem, setProblem] = useState<CombinedError | undefined>();
  // What was written is newer than what was read; a team's preferences are not another's.
  const isWritten = written?.setAlertPreferences.teamId === teamId;
  const preferences = isWritten ? written.setAlertPreferences : data?.alertPreferences;
  const refresh = () => ask({ requestPolicy: 'network-only' });
  const set = async (input: Omit<AlertPreferencesInput, 'teamId'>): Promise<boolean> => {
    const answer = await write({ input: { ...input, teamId } });
    setProblem(answer.error);
    return !answer.error;
  };
  return (
    <main className="page page-reading" id="main">
      <h1>Alerts</h1>
      <p className="lead">
        {teamName === null
          ? 'What you want to be told of, and when not.'
          : `What you want to be told of ${teamName}, and when not.`}
      </p>
      {error && <p className="notice notice-problem">{sentenceOf(error)}</p>}
      {!preferences && fetching && <p className="empty">Loading…</p>}
      {preferences && (
        <>
          <BrowserCard
            accountId={accountId}
            preferences={preferences}
            isBusy={isWriting}
            onPush={(push) => void set({ push })}
            onChanged={refresh}
          />
          {problem && (
            <p className="notice notice-problem" role="alert">
              {sentenceOf(problem)}
            </p>
          )}
          <Kinds preferences={preferences} onTurn={(kind, isOn) => void set({ alerts: [{ kind, isOn }] })} />
          <section className="card" aria-labelledby="quiet-hours">
            <h2 id="quiet-hours">Quiet hours</h2>
            {preferences.quietHours.isOfProfile ? (
              <OwnQuietHours hours={preferences.quietHours} />
            ) : (
              <CoachQuietHours
                key={Object.values(preferences.quietHours).join(' ')}
                hours={preferences.quietHours}
                isBusy={isWriting}
                onSave={(quietHours) => set({ quietHours })}
              />
            )}
          </section>
        </>
      )}
    </main>
  );
}

function Kinds(parts: { preferences: Preferences; onTurn: (kind: Setting['kind'], isOn: boolean) => void }) {
  const { preferences, onTurn } = parts;
  const isCoach = preferences.teamId !== null;
  const group = (which: 'flags' | 'others') => preferences.alerts.filter(({ kind }) => groupOf(kind) === which);
  const rows = (settings: readonly Setting[]) =>
    settings.map((setting) => <KindRow key={setting.kind} setting={setting} onTurn={onTurn} />);
  return (
    <section className="card alert-kinds" aria-labelledby="alert-kinds">
      <h2 id="alert-kinds">What to be told of</h2>
      <h3>{isCoach ? 'The week' : 'Your day and week'}</h3>
      <ul>{rows(group('others'))}</ul>
      <h3>Flags{isCoach ? ' of an athlete' : ''}</h3>
      <p className="aside">
        {isCoach
          ? 'Told from what each athlete shares with this team, once when it opens.'
          : 'Told once when it opens; it stays on your page while it lasts.'}
      </p>
      <ul>{rows(group('flags'))}</ul>
    </section>
  );
}

function KindRow({ setting, onTurn }: { setting: Setting; onTurn: (kind: Setting['kind'], isOn: boolean) => void }) {
  const { kind, isOn, sentence } = setting;
  return (
    <li>
      <label className="switch-row">
        <span>
          <b>{alertWords(kind)}</b>
          <span className="aside">{sentence}</span>
        </span>
        <input
          type="checkbox"
          role="switch"
          className="switch"
          checked={isOn}
          onChange={(event) => onTurn(kind, event.target.checked)}
        />
      </label>
    </li>
  );
}

function OwnQuietHours({ hours }: { hours: Preferences['quietHours'] }) {
  const { from, to, timeZone } = hours;
  return (
    <p>
      {from === to ? 'You have none.' : `From ${from} to ${to}, ${zoneName(timeZone)} time.`}{' '}
      <span className="quiet">
        They stand in your profile. What comes up meanwhile waits, and is dropped if it has passed.
      </span>
    </p>
  );
}
