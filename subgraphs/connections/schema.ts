import 'reflect-metadata';
import { buildSubgraph, type Subgraph } from '#platform/subgraph';
import { Account } from './accounts/account.entity.ts';
import { AccountResolver, AthleteResolver } from './accounts/account.resolver.ts';
import { Athlete } from './accounts/athlete.entity.ts';
import { knownAthlete } from './accounts/known-athlete.ts';
import {
  AccessLogConnectionResolver,
  AccessLogEntryResolver,
  AthleteConsentResolver,
  ConsentResolver,
} from './consent/consent.resolver.ts';
import { Consent } from './consent/consent.entity.ts';
import type { ConnectionsContext } from './context.ts';
import { ConnectionResolver, LinkableResolver, ProviderConnectionResolver } from './linking/connection.resolver.ts';
import { JobResolver, LoadingResolver } from './sync/job.resolver.ts';
import { knownTeam } from './teams/known-team.ts';
import { Team } from './teams/team.entity.ts';
import { TeamMemberResolver, TeamResolver } from './teams/team.resolver.ts';

/** The rows that TypeORM reads for accounts, teams and consent. */
export const peopleEntities: Function[] = [Account, Athlete, Team, Consent];

/** The schema of connections. No I/O: the build prints it. */
export function connectionsSubgraph(): Promise<Subgraph> {
  return buildSubgraph<ConnectionsContext>({
    resolvers: [
      AccountResolver,
      AthleteResolver,
      TeamResolver,
      TeamMemberResolver,
      ConsentResolver,
      AthleteConsentResolver,
      AccessLogConnectionResolver,
      AccessLogEntryResolver,
      LinkableResolver,
      ConnectionResolver,
      ProviderConnectionResolver,
      LoadingResolver,
      JobResolver,
    ],
    entities: [Athlete, Team],
    references: {
      Athlete: ({ id }, context) => knownAthlete(id, context),
      Team: ({ id }, context) => knownTeam(id, context),
    },
  });
}
