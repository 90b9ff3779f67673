import 'reflect-metadata';
import { buildSubgraph, type Subgraph } from '#platform/subgraph';
import { AlertResolver } from './alerts/alerts.resolver.ts';
import type { InsightsContext } from './context.ts';
import { FlagResolver, ReadinessChangeFlagResolver, RosterRowFlagResolver } from './flags/flag.resolver.ts';
import { PlanResolver, ScheduledSessionResolver } from './plan/plan.resolver.ts';
import { Athlete } from './readiness/graph-types.ts';
import { ReadinessResolver } from './readiness/readiness.resolver.ts';
import { Team } from './roster/graph-types.ts';
import { RosterResolver } from './roster/roster.resolver.ts';
import { SavedViewResolver } from './saved-views/saved-view.resolver.ts';
import { SleepDebtResolver, SleepResolver } from './sleep/sleep.resolver.ts';
import { LoadResolver } from './training/load.resolver.ts';
import { RosterColumnsResolver } from './roster/columns.resolver.ts';
import { TeamWeekResolver, WeekResolver } from './weekly/weekly.resolver.ts';
import { RosterFileResolver } from './roster-file/roster-file.resolver.ts';
import { RosterTodayResolver } from './roster/today.resolver.ts';

/** The schema of this subgraph. No I/O: the same call prints `schema/insights.graphql`. */
export function insightsSubgraph(): Promise<Subgraph> {
  return buildSubgraph<InsightsContext>({
    resolvers: [
      ReadinessResolver,
      FlagResolver,
      RosterRowFlagResolver,
      ReadinessChangeFlagResolver,
      RosterResolver,
      RosterColumnsResolver,
      RosterTodayResolver,
      RosterFileResolver,
      SavedViewResolver,
      PlanResolver,
      ScheduledSessionResolver,
      LoadResolver,
      SleepResolver,
      SleepDebtResolver,
      AlertResolver,
      WeekResolver,
      TeamWeekResolver,
    ],
    entities: [Athlete, Team],
    // Whether the viewer may know them is asked by each field: an id alone says nothing.
    references: { Athlete: ({ id }) => ({ id }), Team: ({ id }) => ({ id }) },
  });
}
