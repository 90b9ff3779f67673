import type { FastifyInstance } from 'fastify';
import { graphiqlFetcher } from './graphiql-fetcher.ts';
import { IDE_POLICY } from './security-headers.ts';

const AUTHORIZATION = JSON.stringify({ authorization: 'Bearer <accessToken of the first tab>' }, null, 2);

const TABS = [
  {
    query: `# 1. Sign in, then put the access token into the headers of the other tabs.
mutation SignIn {
  login(input: { email: "coach@example.org", password: "" }) {
    accessToken
    refreshToken
    expiresAt
  }
}`,
  },
  {
    query: `# 2. Who am I, and how is my team today?
query Roster {
  viewer {
    displayName
    teams {
      id
      name
      roster(first: 50) {
        totalCount
        edges {
          node {
            athlete { id displayName }
            readiness { date status score band drivers { id points } }
            changeFromWeek
          }
        }
      }
    }
  }
}`,
    headers: AUTHORIZATION,
  },
  {
    query: `# 3. One athlete: three subgraphs in one answer.
query Athlete($id: ID!, $from: Date!, $to: Date!) {
  athlete(id: $id) {
    displayName
    timeZone
    sleep(from: $from, to: $to) { state nights { date asleepMin efficiencyPct } }
    hrv(from: $from, to: $to) { state streams { provider metric nights { date ms } } }
    readiness { date status score band confidence }
  }
}`,
    variables: JSON.stringify({ id: '', from: '2026-01-01', to: '2026-01-31' }, null, 2),
    headers: AUTHORIZATION,
  },
  {
    query: `# 4. Live: one event with everybody, then each change as it happens.
subscription LiveTeam($teamId: ID!) {
  teamReadinessChanged(teamId: $teamId) {
    cursor
    gap
    changes {
      reason
      athleteId
      athlete { displayName }
      readiness { date status score band }
    }
  }
}`,
    variables: JSON.stringify({ teamId: '' }, null, 2),
    headers: AUTHORIZATION,
  },
];

const FETCHER_PLACE = '"the fetcher goes here"';

/** The IDE at /graphiql, made once when it is first opened (the page is some 9 MB). Asks nothing outside. Not for production. */
export function serveGraphiql(server: FastifyInstance): void {
  let page: Promise<Buffer> | null = null;
  server.get('/graphiql', async (_request, reply) =>
    reply
      .header('content-type', 'text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('content-security-policy', IDE_POLICY)
      .send(await (page ??= renderPage())),
  );
}

async function renderPage(): Promise<Buffer> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL({
    title: 'Athlete Ally GraphiQL',
    defaultTabs: TABS,
    // A token must not outlive the tab in the browser's storage.
    shouldPersistHeaders: false,
    fetcher: JSON.parse(FETCHER_PLACE),
  } as Parameters<typeof renderGraphiQL>[0]);
  const at = html.lastIndexOf(FETCHER_PLACE);
  const fetcher = `(${graphiqlFetcher.toString()})(new URL('/graphql', location.href).href)`;
  return Buffer.from(html.slice(0, at) + fetcher + html.slice(at + FETCHER_PLACE.length));
}
