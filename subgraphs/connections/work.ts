import type { z } from 'zod';
import type { AnnounceLetters } from '#platform/announce-letters';
import type { Clock } from '#platform/clock';
import { createMessageVerifier } from '#platform/crypto';
import type { Database } from '#platform/database';
import type { Logger } from '#platform/log';
import type { Bus } from '#platform/bus';
import { openArchive } from '#platform/open-archive';
import type { PayloadKeys } from '#platform/payload-keys';
import type { Shutdown } from '#platform/shutdown';
import { createSpareTime } from '#platform/spare-time';
import type { Metrics } from '#platform/telemetry';
import { startArchiver } from './archive/archiver.ts';
import { startErasingObjects } from './archive/erase.ts';
import { startPurge } from './archive/purge.ts';
import type { subgraphVariables } from './config.ts';
import { createAccountEvents } from './linking/account-events.ts';
import { keepRevoking } from './linking/revocation.ts';
import type { Vendor } from './providers/provider.ts';
import type { Vendors } from './providers/registry.ts';
import type { OpenAccess } from './asking/access.ts';
import { startAlarms } from './fetching/alarms.ts';
import type { AskProvider } from './asking/ask-provider.ts';
import { createDeadLetters } from './fetching/dead-letters.ts';
import { startErasing } from './sync/erase.ts';
import { startFetching } from './fetching/consume.ts';
import { createFetcher } from './fetching/fetch.ts';
import { keepGrants } from './sync/keep-grants.ts';
import { keepReconciled } from './sync/reconcile.ts';
import { startSweep } from './fetching/sweep.ts';
import type { Vault } from './vault/vault.ts';
import type { Reference } from './webhooks/relay.ts';

/** What the workers share with those who serve. */
export interface WorkParts {
  config: z.infer<z.ZodObject<typeof subgraphVariables>>;
  db: Database;
  bus: Bus;
  announceLetters: AnnounceLetters;
  vault: Vault;
  vendors: Vendors;
  payloadKeys: PayloadKeys;
  ask: AskProvider;
  openAccess: OpenAccess;
  /** After each commit of deliveries, with what is to be published. */
  onStored: (references: readonly Reference[]) => void;
  /** When an account of a provider is no longer linked. */
  onEnded: (account: { vendor: Vendor; providerUserId: string }) => void;
  clock: Clock;
  metrics: Metrics;
  log: Logger;
  shutdown: Shutdown;
}

/** Fetches what notifications speak of, keeps links and schedules alive, archives, and forgets what is over. */
export async function startWork(parts: WorkParts): Promise<void> {
  const { config, db, bus, announceLetters, vault, vendors, payloadKeys, ask, openAccess, onStored, onEnded } = parts;
  const { clock, metrics, log, shutdown } = parts;
  const deadLetters = createDeadLetters({ db, announceLetters, clock, metrics });
  const fetcher = createFetcher({
    db,
    vendors,
    payloadKeys,
    openAccess,
    accountEvents: createAccountEvents({ db, vault, openAccess, clock, log, onEnded }),
    deadLetters,
    clock,
    log,
    coalesceMs: config.FETCH_COALESCE_MS,
    onStored,
  });
  const verify = createMessageVerifier(config.MESSAGE_PUBLIC_KEYS);
  const fetching = startFetching({ bus, fetcher, verify, metrics, log });
  shutdown.add('fetcher', () => fetching.close());
  const alarms = startAlarms({ bus, db, verify, announceLetters, clock, metrics, log });
  shutdown.add('alarms', () => alarms.close());
  const sweep = startSweep({ db, fetcher, clock, metrics, log, sweepAfterMs: config.SWEEP_AFTER_MS });
  shutdown.add('sweep', () => sweep.close());
  const erasing = startErasing({ db, clock, log });
  shutdown.add('erasing', () => erasing.close());
  const reconciling = keepReconciled({
    db,
    vendors,
    clock,
    log,
    at: config.RECONCILE_AT,
    timeZone: config.RECONCILE_ZONE,
    quietAfterMs: config.QUIET_AFTER_S * 1000,
  });
  shutdown.add('reconcile', () => reconciling.close());
  const keeping = keepGrants({ db, vendors, openAccess, clock, log });
  shutdown.add('grants', () => keeping.close());
  const revoking = keepRevoking({ db, vault, vendors, ask, clock, log });
  shutdown.add('revocations', () => revoking.close());

  const encryption = { kind: config.ARCHIVE_SSE, kmsKeyId: config.ARCHIVE_SSE_KMS_KEY_ID };
  const archive = openArchive({ url: config.ARCHIVE_URL, encryption });
  shutdown.add('archive', () => archive.close());
  const archiver = await startArchiver({
    ...{ db, archive, payloadKeys, clock, metrics, log },
    spareTime: createSpareTime(),
    givesWayS: config.ARCHIVE_GIVES_WAY_S,
  });
  shutdown.add('archiver', () => archiver.close());
  const erasingObjects = startErasingObjects({ db, archive, clock, log });
  shutdown.add('erasing objects', () => erasingObjects.close());
  const purge = startPurge({
    db,
    archive,
    clock,
    metrics,
    log,
    archiveRetentionDays: config.ARCHIVE_RETENTION_DAYS,
    deliveryRetentionDays: config.DELIVERY_RETENTION_DAYS,
  });
  shutdown.add('retention', () => purge.close());
}
