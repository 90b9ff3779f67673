import DataLoader from 'dataloader';
import type { EntityTarget } from 'typeorm';
import type { Clock } from '#platform/clock';
import { createRequestContext, type RequestContext } from '#platform/context';
import type { Database } from '#platform/database';
import { isId } from '#platform/ids';
import type { Logger } from '#platform/log';
import type { Bus } from '#platform/bus';
import type { Call } from '#platform/subgraph';
import type { Metrics } from '#platform/telemetry';
import { Account } from './accounts/account.entity.ts';
import { Athlete } from './accounts/athlete.entity.ts';
import type { Sessions } from './accounts/session.ts';
import type { SignIn } from './accounts/sign-in.ts';
import { createAnnouncements, type Announcements } from './consent/announcements.ts';
import type { Consent } from './consent/consent.entity.ts';
import { consentsOf } from './consent/read.ts';
import type { Limits } from './limits/limits.ts';
import type { ProviderConnection } from './linking/connection.entity.ts';
import type { Linking } from './linking/linking.ts';
import { connectionsOf } from './linking/read.ts';
import type { Vendors } from './providers/registry.ts';
import { readEntities } from './read-entities.ts';
import type { SyncJob } from './sync/job.entity.ts';
import { loadingJobs, type Jobs } from './sync/jobs.ts';
import { coachesOf, membersCacheKey, membersOf, type MembersKey } from './teams/members.ts';
import { standingsOf, type Standing } from './teams/standing.ts';
import { Team, type Coach, type TeamMemberConnection } from './teams/team.entity.ts';
import { apiKeyNames } from './uploads/api-key.ts';
import type { Vault } from './vault/vault.ts';

/** Each asks once for all keys of a step. They load; whether the viewer may see what they load is asked before. */
export interface Loaders {
  accounts: DataLoader<string, Account | undefined>;
  athletes: DataLoader<string, Athlete | undefined>;
  teams: DataLoader<string, Team | undefined>;
  /** Names of the services behind API keys, by key id. */
  apiKeyNames: DataLoader<string, string | undefined>;
  /** The providers an athlete linked, by athlete id, those unlinked since too. */
  connections: DataLoader<string, ProviderConnection[]>;
  /** The job that loads a connection's history, by connection id. */
  loadingJobs: DataLoader<string, SyncJob | undefined>;
  /** What the viewer is in a team. */
  standing: DataLoader<string, Standing>;
  coaches: DataLoader<string, Coach[]>;
  members: DataLoader<MembersKey, TeamMemberConnection, string>;
  /** Every consent of an athlete, by athlete id, withdrawn ones too. */
  consents: DataLoader<string, Consent[]>;
}

/** What lives as long as the process and the resolvers use. */
export interface ConnectionsParts {
  db: Database;
  clock: Clock;
  bus: Bus;
  log: Logger;
  metrics: Metrics;
  sessions: Sessions;
  signIn: SignIn;
  vault: Vault;
  vendors: Vendors;
  linking: Linking;
  jobs: Jobs;
  limits: Limits;
  dashboardUrl: string;
}

export interface ConnectionsContext extends RequestContext, Omit<ConnectionsParts, 'db' | 'log'> {
  /** Whom tries are counted under: the client's address. On a socket nobody says it; there the account stands in. */
  address: string;
  announcements: Announcements;
  loaders: Loaders;
  /** After a mutation: what was loaded before it is asked for again. */
  forgetLoaded(): void;
}

export function createConnectionsContext(options: { call: Call; parts: ConnectionsParts }): ConnectionsContext {
  const { call, parts } = options;
  const request = createRequestContext({ ...call, db: parts.db, clock: parts.clock, log: parts.log });
  const loaders = createLoaders(request);
  return {
    ...parts,
    ...request,
    address: call.clientAddress ?? (call.viewer.kind === 'account' ? `account ${call.viewer.accountId}` : 'unknown'),
    announcements: createAnnouncements(parts),
    loaders,
    forgetLoaded() {
      request.access.clearAll();
      for (const loader of Object.values(loaders) as { clearAll(): unknown }[]) loader.clearAll();
    },
  };
}

function createLoaders(request: RequestContext): Loaders {
  const { db, together, viewer } = request;
  return {
    accounts: byId(request, Account),
    athletes: byId(request, Athlete),
    teams: byId(request, Team),
    apiKeyNames: new DataLoader((ids) => apiKeyNames(together, ids)),
    connections: new DataLoader((athleteIds) => connectionsOf(request, athleteIds)),
    loadingJobs: new DataLoader((ids) => loadingJobs(request, ids)),
    standing: new DataLoader((teamIds) => standingsOf(together, { viewer, teamIds })),
    coaches: new DataLoader((teamIds) => coachesOf(together, teamIds)),
    members: new DataLoader((keys) => membersOf(db, keys), { cacheKeyFn: membersCacheKey }),
    consents: new DataLoader((athleteIds) => consentsOf(request, athleteIds)),
  };
}

function byId<Row extends { id: string }>(
  request: RequestContext,
  entity: EntityTarget<Row>,
): DataLoader<string, Row | undefined> {
  return new DataLoader(async (ids) => {
    const rows = await readEntities(request, { entity, where: 'where id = any($1)', values: [ids.filter(isId)] });
    const found = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => found.get(id));
  });
}
