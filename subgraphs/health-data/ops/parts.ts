import { createAnnounceLetters } from '#platform/announce-letters';
import type { Clock } from '#platform/clock';
import { healthDataConfig, readConfig } from '#platform/config';
import { createKeyRing, createMessageSigner } from '#platform/crypto';
import type { Database } from '#platform/database';
import { createPublisher } from '#platform/messages';
import type { Terminal } from '#platform/ops';
import { openSubgraphParts } from '#platform/ops-parts';
import { createPayloadKeys, type PayloadKeys } from '#platform/payload-keys';
import { payloadRoots, proveOnce } from '#platform/root-secrets';
import { createMetrics } from '#platform/telemetry';
import type { ProcessParts } from '../deliveries/process.ts';

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

export function createOpsParts(options: { env: NodeJS.ProcessEnv; terminal: Terminal }): OpsParts {
  const parts = openSubgraphParts({
    name: 'health-data-ops',
    schema: 'health_data',
    readConfig: () => readConfig(healthDataConfig, options.env),
  });
  const { config, log, clock, db, bus } = parts;
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
        announceLetters: createAnnounceLetters({
          publisher: createPublisher({ bus: await bus(), signer, stream: null }),
          clock: await clock(),
          log: await log(),
        }),
        clock: await clock(),
        metrics: createMetrics(),
        log: await log(),
        sampleRetentionMonths: (await config()).SAMPLE_RETENTION_MONTHS,
      };
    }),
    close: () => parts.close(),
  };
}
