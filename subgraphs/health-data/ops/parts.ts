import { offsetClock, type Clock } from '#platform/clock';
import { healthDataConfig, readConfig } from '#platform/config';
import { createKeyRing, createMessageSigner } from '#platform/crypto';
import { openDatabase, type Database } from '#platform/database';
import { createLogger } from '#platform/log';
import { createPublisher, openBus } from '#platform/messages';
import { openOnDemand, type Terminal } from '#platform/ops';
import { createPayloadKeys, type PayloadKeys } from '#platform/payload-keys';
import { reach } from '#platform/process';
import { payloadRoots, proveOnce } from '#platform/root-secrets';
import { createMetrics } from '#platform/telemetry';
import type { ProcessParts } from '../normalise/process.ts';

/**
 * What the verbs of health-data work with, opened at the first use: `--help` needs no configuration, and a verb that only
 * reads the database needs no bus. All are what the subgraph itself would open from this environment.
 */
export interface OpsParts {
  readonly terminal: Terminal;
  db(): Promise<Database>;
  clock(): Promise<Clock>;
  /** Its root secrets proven against the database. */
  payloadKeys(): Promise<PayloadKeys>;
  /** What the normaliser of the subgraph works with. */
  processing(): Promise<ProcessParts>;
  close(): Promise<void>;
}

const NAME = 'health-data-ops';
const POOL_SIZE = 4;

export function createOpsParts(options: { env: NodeJS.ProcessEnv; terminal: Terminal }): OpsParts {
  const parts = openOnDemand();
  const config = parts.part(() => readConfig(healthDataConfig, options.env));
  const log = parts.part(async () => createLogger({ name: NAME, level: (await config()).LOG_LEVEL, to: 'stderr' }));
  const clock = parts.part(async () => offsetClock((await config()).CLOCK_OFFSET_MS));
  const db = parts.part(
    async () => {
      const [{ DATABASE_URL: url }, logger] = [await config(), await log()];
      return reach({ name: 'PostgreSQL', variable: 'DATABASE_URL', url }, () =>
        openDatabase({ url, schema: 'health_data', name: NAME, entities: [], poolSize: POOL_SIZE, log: logger }),
      );
    },
    (database) => database.close(),
  );
  const bus = parts.part(
    async () => {
      const [{ NATS_URL: url }, logger] = [await config(), await log()];
      return reach({ name: 'NATS', variable: 'NATS_URL', url }, () => openBus({ url, name: NAME, log: logger }));
    },
    (opened) => opened.close(),
  );
  const payloadKeys = parts.part(async () => {
    const ring = createKeyRing(payloadRoots(await config()));
    await proveOnce(await db(), ring);
    return createPayloadKeys({ ring });
  });
  return {
    terminal: options.terminal,
    db,
    clock,
    payloadKeys,
    processing: parts.part(async () => {
      const { MESSAGE_KEY_ID: keyId, MESSAGE_SIGNING_KEY: privateKey } = await config();
      const signer = createMessageSigner({ keyId, privateKey });
      return {
        db: await db(),
        keys: await payloadKeys(),
        publisher: createPublisher({ bus: await bus(), signer, stream: 'NORMALIZED' }),
        clock: await clock(),
        metrics: createMetrics(),
        log: await log(),
        sampleRetentionMonths: (await config()).SAMPLE_RETENTION_MONTHS,
      };
    }),
    close: () => parts.close(),
  };
}
