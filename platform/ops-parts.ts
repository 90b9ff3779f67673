import { offsetClock, type Clock } from '#platform/clock';
import { openDatabase, type Database } from '#platform/database';
import { createLogger, type Logger } from '#platform/log';
import { openBus, type Bus } from '#platform/bus';
import { openOnDemand, type OnDemand } from '#platform/ops';
import { reach } from '#platform/process';

/** What every subgraph's configuration says of these parts. */
interface PartsConfig {
  LOG_LEVEL: string;
  CLOCK_OFFSET_MS: number;
  DATABASE_URL: string;
  NATS_URL: string;
}

/** What the verbs of any subgraph work with, each opened at its first use and closed with `close`. */
export interface SubgraphParts<Config extends PartsConfig> extends OnDemand {
  config(): Promise<Config>;
  /** To standard error: standard output belongs to the result. */
  log(): Promise<Logger>;
  clock(): Promise<Clock>;
  db(): Promise<Database>;
  bus(): Promise<Bus>;
}

const POOL_SIZE = 4;

/** `name`: by which PostgreSQL and NATS know the program. */
export function openSubgraphParts<Config extends PartsConfig>(options: {
  name: string;
  schema: string;
  readConfig: () => Config;
}): SubgraphParts<Config> {
  const { name, schema } = options;
  const parts = openOnDemand();
  const config = parts.part(options.readConfig);
  const log = parts.part(async () => createLogger({ name, level: (await config()).LOG_LEVEL, to: 'stderr' }));
  return {
    ...parts,
    config,
    log,
    clock: parts.part(async () => offsetClock((await config()).CLOCK_OFFSET_MS)),
    db: parts.part(
      async () => {
        const [{ DATABASE_URL: url }, logger] = [await config(), await log()];
        return reach({ name: 'PostgreSQL', variable: 'DATABASE_URL', url }, () =>
          openDatabase({ url, schema, name, entities: [], poolSize: POOL_SIZE, log: logger }),
        );
      },
      (database) => database.close(),
    ),
    bus: parts.part(
      async () => {
        const [{ NATS_URL: url }, logger] = [await config(), await log()];
        return reach({ name: 'NATS', variable: 'NATS_URL', url }, () => openBus({ url, name, log: logger }));
      },
      (opened) => opened.close(),
    ),
  };
}
