import type { Clock } from '#platform/clock';
import { insightsConfig, readConfig } from '#platform/config';
import type { Database } from '#platform/database';
import type { Terminal } from '#platform/ops';
import { openSubgraphParts } from '#platform/ops-parts';
import { createAnnounce } from '../readiness/recompute/announcements.ts';
import type { RecomputeParts } from '../readiness/recompute/recompute.ts';

/** What the verbs of insights work with, opened at the first use, as the subgraph itself would from this environment. */
export interface OpsParts {
  readonly terminal: Terminal;
  db(): Promise<Database>;
  clock(): Promise<Clock>;
  /** What the recompute of the subgraph works with. */
  recomputing(): Promise<RecomputeParts>;
  close(): Promise<void>;
}

export function createOpsParts(options: { env: NodeJS.ProcessEnv; terminal: Terminal }): OpsParts {
  const { db, clock, bus, log, part, close } = openSubgraphParts({
    name: 'insights-ops',
    schema: 'insights',
    readConfig: () => readConfig(insightsConfig, options.env),
  });
  return {
    terminal: options.terminal,
    db,
    clock,
    recomputing: part(async () => {
      const announce = createAnnounce({ bus: await bus(), log: await log() });
      return { db: await db(), clock: await clock(), announce };
    }),
    close,
  };
}
