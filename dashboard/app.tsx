import { useQuery } from 'urql';
import { BrandMark } from './brand.tsx';
import { AlertsPage } from './alerts/alerts-page.tsx';
import { endpointOf, unsubscribe } from './alerts/this-browser.ts';
import { TodayPage } from './athlete/today-page.tsx';
import { sentenceOf } from './client.ts';
import { ConfirmLinkPage } from './connect/confirm-link-page.tsx';
import { ConnectPage } from './connect/connect-page.tsx';
import { ConsentPage } from './consent/consent-page.tsx';
import { InvitationPage } from './consent/invitation-page.tsx';
import { ViewerDocument, type ViewerQuery } from './graphql/graphql.ts';
import { providerOfSlug } from './readiness/words.ts';
import { CoachHome, FirstTeam } from './roster/coach-home.tsx';
import { PlanPage } from './plan/plan-page.tsx';
import { addresses, goTo, type Route, useRoute } from './route.ts';
import { useServices, useSessionState } from './services.ts';
import { SignInPage, type Waiting } from './sign-in/sign-in-page.tsx';
import { TracePage } from './trace/trace-page.tsx';

type Viewer = ViewerQuery['viewer'];

export function App() {
  const state = useSessionState();
  const route = useRoute();
  if (state.kind === 'restoring') return <p className="empty empty-page">One moment…</p>;
  if (state.kind === 'signed-out') return <SignInPage because={state.because} waiting={waitingBehindSignIn(route)} />;
  return <SignedIn route={route} />;
}

function waitingBehindSignIn(route: Route): Waiting | null {
  if (route.kind === 'invitation') return { kind: 'invitation' };
  if (route.kind === 'connect' && route.handle !== null)
    return { kind: 'return', provider: providerOfSlug(route.provider) };
  return null;
}

function SignedIn({ route }: { route: Route }) {
  const [{ data, error }, ask] = useQuery({ query: ViewerDocument });
  const viewer = data?.viewer;
  if (!viewer) {
    return (
      <main className="page page-narrow" id="main">
        {error ? (
          <>
            <p className="notice notice-problem">{sentenceOf(error)}</p>
            <button type="button" className="button" onClick={() => ask({ requestPolicy: 'network-only' })}>
              Try again
            </button>
          </>
        ) : (
          <p className="empty">One moment…</p>
        )}
      </main>
    );
  }
  const refresh = () => ask({ requestPolicy: 'network-only' });
  const teamId = teamOf({ viewer, route });
  return (
    <>
      <a className="skip" href="#main" onClick={skipToMain}>
        Skip to the page
      </a>
      <TopBar viewer={viewer} route={route} teamId={teamId} />
      <Room viewer={viewer} route={route} teamId={teamId} onChanged={refresh} />
    </>
  );
}

function Room(parts: { viewer: Viewer; route: Route; teamId: string | null; onChanged: () => void }) {
  const { viewer, route, teamId, onChanged } = parts;
  if (route.kind === 'connect' && route.handle !== null)
    return <ConfirmLinkPage key={route.handle} handle={route.handle} slug={route.provider} viewer={viewer} />;
  if (viewer.role === 'COACH') {
    if (teamId === null) return <FirstTeam onCreated={onChanged} />;
    if (route.kind === 'alerts') {
      const team = viewer.teams.find(({ id }) => id === teamId);
      return <AlertsPage key={teamId} accountId={viewer.id} teamId={teamId} teamName={team?.name ?? null} />;
    }
    return <CoachHome key={teamId} viewerId={viewer.id} teamId={teamId} route={route} />;
  }
  const { athlete } = viewer;
  if (!athlete) {
    return (
      <main className="page page-narrow" id="main">
        <p className="empty">This account sees no health data. Its tools are on the command line.</p>
      </main>
    );
  }
  if (route.kind === 'invitation') return <InvitationPage token={route.token} onJoined={onChanged} />;
  if (route.kind === 'alerts') return <AlertsPage accountId={viewer.id} teamId={null} teamName={null} />;
  if (route.kind === 'plan') return <PlanPage athleteId={athlete.id} timeZone={athlete.timeZone} />;
  if (route.kind === 'consent') return <ConsentPage timeZone={athlete.timeZone} />;
  if (route.kind === 'missing') return <TracePage date={route.date} timeZone={athlete.timeZone} />;
  if (route.kind === 'connect')
    return <ConnectPage provider={route.provider} result={route.result} jobId={route.jobId} />;
  return <TodayPage athleteId={athlete.id} name={athlete.displayName} />;
}

function TopBar({ viewer, route, teamId }: { viewer: Viewer; route: Route; teamId: string | null }) {
  const { session, auth } = useServices();
  const signOut = async () => {
    const [accessToken, endpoint] = [await session.accessToken(), await endpointOf(viewer.id)];
    session.end(null);
    goTo(addresses.home);
    // Each ends them alone: a browser that is subscribed no more cannot be reached, whether or not the server heard.
    await Promise.all([
      endpoint === null ? null : unsubscribe(),
      accessToken === null ? null : auth.logout({ accessToken, endpoint }),
    ]);
  };
  return (
    <header className="top-bar">
      <a className="brand" href={addresses.home}>
        <BrandMark /> <span>Athlete Ally</span>
      </a>
      {viewer.athlete && (
        <nav aria-label="Rooms">
          <RoomLink address={addresses.home} words="Today" isHere={route.kind === 'home' || route.kind === 'missing'} />
          <RoomLink address={addresses.plan} words="Plan" isHere={route.kind === 'plan'} />
          <RoomLink address={addresses.consent} words="Sharing" isHere={route.kind === 'consent'} />
          <RoomLink address={addresses.connect} words="Connections" isHere={route.kind === 'connect'} />
          <RoomLink address={addresses.alerts} words="Alerts" isHere={route.kind === 'alerts'} />
        </nav>
      )}
      {viewer.role === 'COACH' && teamId !== null && (
        <nav aria-label="Rooms">
          <RoomLink address={addresses.team(teamId)} words="Team" isHere={route.kind !== 'alerts'} />
          <RoomLink address={addresses.alerts} words="Alerts" isHere={route.kind === 'alerts'} />
        </nav>
      )}
      {viewer.role === 'COACH' && viewer.teams.length > 1 && teamId !== null && (
        <label className="team-choice">
          <span className="visually-hidden">Team</span>
          <select value={teamId} onChange={(event) => goTo(addresses.team(event.target.value))}>
            {viewer.teams.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <span className="who">{viewer.displayName}</span>
      <button type="button" className="button button-quiet" onClick={() => void signOut()}>
        Sign out
      </button>
    </header>
  );
}

function RoomLink({ address, words, isHere }: { address: string; words: string; isHere: boolean }) {
  return (
    <a href={address} aria-current={isHere ? 'page' : undefined}>
      {words}
    </a>
  );
}

const TEAM_KEY = 'athlete-ally.team';

/** The team in the address, else the one looked at last in this tab, else the first. */
function teamOf({ viewer, route }: { viewer: Viewer; route: Route }): string | null {
  const wanted = route.kind === 'team' ? route.teamId : sessionStorage.getItem(TEAM_KEY);
  const team = viewer.teams.find(({ id }) => id === wanted) ?? viewer.teams[0];
  if (team) sessionStorage.setItem(TEAM_KEY, team.id);
  return team?.id ?? null;
}

/** The address holds the room, so the skip link moves the focus itself. */
function skipToMain(event: React.MouseEvent) {
  event.preventDefault();
  const main = document.getElementById('main');
  main?.setAttribute('tabindex', '-1');
  main?.focus();
}
