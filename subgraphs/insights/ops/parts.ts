import type { Clock } from '#platform/clock';
import { insightsConfig, readConfig } from '#platform/config';
import type { Database } from '#platform/database';
import type { Terminal } from '#platform/ops';
import { openSubgraphParts } from '#platform/ops-parts';

/** What the verbs of insights work with, opened at the first use, as the subgraph itself would from this environment. */
export interface OpsParts {
  readonly terminal: Terminal;
  db(): Promise<Database>;
  clock(): Promise<Clock>;
  close(): Promise<void>;
}

export function createOpsParts(options: { env: NodeJS.ProcessEnv; terminal: Terminal }): OpsParts {
  const { db, clock, close } = openSubgraphParts({
    name: 'insights-ops',
    schema: 'insights',
    readConfig: () => readConfig(insightsConfig, options.env),
  });
  return { terminal: options.terminal, db, clock, close };
}
