import type { z } from 'zod';
import type { Archive } from '#platform/archive';
import type { Clock } from '#platform/clock';
import { readConfig } from '#platform/config';
import { createKeyRing, createMessageSigner, type KeyRing } from '#platform/crypto';
import type { Database } from '#platform/database';
import type { Logger } from '#platform/log';
import type { Bus } from '#platform/bus';
import { createPublisher, type Publisher } from '#platform/messages';
import { openArchive } from '#platform/open-archive';
import type { Terminal } from '#platform/ops';
import { openSubgraphParts } from '#platform/ops-parts';
import { createPayloadKeys, type PayloadKeys } from '#platform/payload-keys';
import { payloadRoots, tokenRoots } from '#platform/root-secrets';
import { subgraphVariables } from '../config.ts';
import { proveRootSecrets } from '../vault/known-answers.ts';
import { createVault, type Vault } from '../vault/vault.ts';

/**
 * What the verbs of connections work with, opened at the first use: `--help` needs no configuration, and a verb that only
 * reads the database needs no bus. All are what the subgraph itself would open from this environment.
 */
export interface OpsParts {
  readonly terminal: Terminal;
  config(): Promise<z.infer<z.ZodObject<typeof subgraphVariables>>>;
  /** To standard error: standard output belongs to the result. */
  log(): Promise<Logger>;
  clock(): Promise<Clock>;
  db(): Promise<Database>;
  bus(): Promise<Bus>;
  /** Of references of deliveries, signed. */
  rawPublisher(): Promise<Publisher>;
  archive(): Promise<Archive>;
  /** The key rings by purpose, their secrets proven against the database. */
  rings(): Promise<{ token: KeyRing; payload: KeyRing }>;
  vault(): Promise<Vault>;
  payloadKeys(): Promise<PayloadKeys>;
  close(): Promise<void>;
}

export function createOpsParts(options: { env: NodeJS.ProcessEnv; terminal: Terminal }): OpsParts {
  const parts = openSubgraphParts({
    name: 'connections-ops',
    schema: 'connections',
    readConfig: () => readConfig(subgraphVariables, options.env),
  });
  const { config, log, clock, db, bus } = parts;
  const archive = parts.part(
    async () => {
      const { ARCHIVE_URL: url, ARCHIVE_SSE: kind, ARCHIVE_SSE_KMS_KEY_ID: kmsKeyId } = await config();
      return openArchive({ url, encryption: { kind, kmsKeyId } });
    },
    (opened) => opened.close(),
  );
  const rings = parts.part(async () => {
    const roots = await config();
    const made = { token: createKeyRing(tokenRoots(roots)), payload: createKeyRing(payloadRoots(roots)) };
    for (const ring of [made.token, made.payload])
      await proveRootSecrets({ db: await db(), ring, clock: await clock() });
    return made;
  });
  return {
    terminal: options.terminal,
    config,
    log,
    clock,
    db,
    bus,
    rawPublisher: parts.part(async () => {
      const { MESSAGE_KEY_ID: keyId, MESSAGE_SIGNING_KEY: privateKey } = await config();
      return createPublisher({ bus: await bus(), signer: createMessageSigner({ keyId, privateKey }), stream: 'RAW' });
    }),
    archive,
    rings,
    vault: parts.part(async () => {
      const { token: tokenRing, payload: payloadRing } = await rings();
      return createVault({ db: await db(), tokenRing, payloadRing, clock: await clock() });
    }),
    payloadKeys: parts.part(async () => createPayloadKeys({ ring: (await rings()).payload })),
    close: () => parts.close(),
  };
}
