import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Provider as GraphProvider } from 'urql';
import { App } from './app.tsx';
import { createGraphClient } from './client.ts';
import { createLive } from './live.ts';
import { ServicesContext } from './services.ts';
import { createSession } from './session.ts';
import { createAuthClient } from './sign-in/auth-client.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/shell.css';
import './styles/readiness.css';
import './styles/roster.css';
import './styles/columns.css';
import './styles/filters.css';
import './styles/views.css';
import './styles/density.css';
import './styles/charts.css';
import './styles/athlete.css';
import './styles/sessions.css';
import './styles/sharing.css';
import './styles/connections.css';
import './styles/sources.css';
import './styles/trace.css';
import './styles/entries.css';
import './styles/plan.css';
import './styles/alerts.css';
import './styles/weekly.css';

const url = new URL('/graphql', window.location.href);
const socketUrl = new URL(url);
socketUrl.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';

const auth = createAuthClient({ url: url.href });
const session = createSession({ auth, storage: window.sessionStorage });
const live = createLive({ url: socketUrl.href, session });

/** One client per session: its cache must not outlive the person it was read for. */
let client = createGraphClient({ url: url.href, session });
session.subscribe(() => {
  if (session.state().kind === 'signed-out') client = createGraphClient({ url: url.href, session });
  draw();
});

const root = createRoot(document.getElementById('root') as HTMLElement);

function draw() {
  root.render(
    <StrictMode>
      <ServicesContext value={{ session, live, auth }}>
        <GraphProvider value={client}>
          <App />
        </GraphProvider>
      </ServicesContext>
    </StrictMode>,
  );
}

draw();
void session.restore();
