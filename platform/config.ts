import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { isClockTime, isTimeZone } from '#platform/slots';

/**
 * Every environment variable of every process, checked at start. A process takes the groups it needs;
 * all mistakes are reported at once, each with the variable's name and what it should hold.
 * `NAME_FILE` may name a file that holds the value of `NAME` (mounted secrets).
 */
const port = z.coerce.number().int().min(0).max(65535);
const key32 = z
  .string()
  .transform((value) => Buffer.from(value, 'base64'))
  .refine((value) => value.length === 32, 'must be 32 bytes in base64');
/** `1=<32 bytes in base64>,2=...`: keys by their version. */
const keysByVersion = z.string().transform((text, context): ReadonlyMap<number, Buffer> => {
  const keys = new Map<number, Buffer>();
  for (const entry of text.split(',')) {
    const [, version, value = ''] = /^\s*([1-9]\d{0,8})=(\S+)\s*$/.exec(entry) ?? [];
    const key = Buffer.from(value, 'base64');
    if (version === undefined || key.length !== 32 || keys.has(Number(version))) {
      context.addIssue('must be version=key pairs with commas between, each version once, each key 32 bytes in base64');
      return z.NEVER;
    }
    keys.set(Number(version), key);
  }
  return keys;
});
const version = z.coerce.number().int().min(1);
const url = z.string().regex(/^[a-z]+:\/\/\S+$/, 'must be a URL');

/** `100/60` is 100 in a minute. */
const rate = z
  .string()
  .regex(/^[1-9]\d*\/[1-9]\d*$/, 'must be requests/seconds: 100/60')
  .transform((text) => {
    const [points, perS] = text.split('/').map(Number);
    return { points: points as number, perS: perS as number };
  });

const PROXY_NETWORK = /^(loopback|linklocal|uniquelocal|[\da-fA-F.:]+(\/\d{1,3})?)$/;
/** Addresses and networks, with commas between; nobody when empty. */
const trustedProxies = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  )
  .refine(
    (parts) => parts.every((part) => PROXY_NETWORK.test(part)),
    'must be addresses or networks: 10.0.0.0/8, loopback',
  );

export const commonConfig = {
  NODE_ENV: z.enum(['production', 'development', 'test']).default('development'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  HOST: z.string().default('127.0.0.1'),
  PORT: port,
  METRICS_PORT: port,
  EXIT_WITH_PARENT: z.enum(['0', '1']).default('0'),
  /** Moves the clock of a demo or a test. Refused in production. */
  CLOCK_OFFSET_MS: z.coerce.number().int().default(0),
};

export const subgraphConfig = {
  ...commonConfig,
  ROLE: z.enum(['serve', 'work', 'all']).default('all'),
  DATABASE_URL: url,
  NATS_URL: url,
  /** This subgraph's own key: only the gateway shares it. */
  ASSERTION_KEY: key32,
  MESSAGE_PUBLIC_KEYS: z.string().min(1),
  /** What is younger than this is on its way over the bus; what is older and stands in no ledger, a sweep takes. */
  SWEEP_AFTER_MS: z.coerce.number().int().min(1000).default(30_000),
};

export const publisherConfig = {
  MESSAGE_SIGNING_KEY: z.string().min(1),
  MESSAGE_KEY_ID: z.string().min(1),
};

/** The secret that wraps, its version, and those that only unwrap: older ones, or the next before it is used. */
export const payloadRootConfig = {
  PAYLOAD_ROOT_SECRET: key32,
  PAYLOAD_ROOT_SECRET_VERSION: version.default(1),
  PAYLOAD_ROOT_SECRET_PREVIOUS: keysByVersion.default(() => new Map()),
};

/** Multiplies the limits of what people may do how often. */
const limitFactor = z.coerce.number().positive().default(1);

export const connectionsConfig = {
  ...subgraphConfig,
  ...publisherConfig,
  ...payloadRootConfig,
  TOKEN_ROOT_SECRET: key32,
  TOKEN_ROOT_SECRET_VERSION: version.default(1),
  TOKEN_ROOT_SECRET_PREVIOUS: keysByVersion.default(() => new Map()),
  TRUSTED_PROXIES: trustedProxies,
  LIMIT_FACTOR: limitFactor,
  /** Deliveries of one provider that one process takes: requests/seconds. Far above what providers send. */
  WEBHOOK_CEILING: rate.prefault('100000/10'),
  PUBLIC_WEBHOOK_URL: url,
  PUBLIC_OAUTH_URL: url,
  DASHBOARD_URL: url,
  /** Accepted distance between a signed time and ours. No vendor documents one. */
  SIGNATURE_TOLERANCE_S: z.coerce.number().int().min(1).default(300),
  /** Repeats of a notification within this time make one more fetch, not one each. */
  FETCH_COALESCE_MS: z.coerce.number().int().min(0).default(1000),
  /** When the recent days of all connections are asked for again, every night. */
  RECONCILE_AT: z.string().refine(isClockTime, 'must be a time of day: 02:00').default('02:00'),
  /** The zone that time is told in. */
  RECONCILE_ZONE: z.string().refine(isTimeZone, 'must be a time zone: Europe/Helsinki').default('UTC'),
  /** A connection that delivered nothing for this long is asked in between. */
  QUIET_AFTER_S: z.coerce.number().int().min(60).default(43_200),
  /** Where raw deliveries are kept as ciphertext; see platform/open-archive.ts. Credentials never stand here. */
  /** Folder of this process alone, for deliveries while PostgreSQL is away. Without it they are refused meanwhile. */
  SPOOL_DIR: z.string().min(1).optional(),
  SPOOL_LIMIT_MIB: z.coerce.number().int().min(1).default(1024),
  ARCHIVE_URL: z.string().regex(/^(file|s3):\/\/\S+$/, 'must be file:///folder or s3://bucket/prefix?region=...'),
  /** Encryption at rest by S3 itself, on top of our own. */
  ARCHIVE_SSE: z.enum(['AES256', 'aws:kms']).default('AES256'),
  ARCHIVE_SSE_KMS_KEY_ID: z.string().min(1).optional(),
  /** How long copies to the archive wait, at most, while the machine is busy. */
  ARCHIVE_GIVES_WAY_S: z.coerce.number().int().min(0).default(300),
  ARCHIVE_RETENTION_DAYS: z.coerce.number().int().min(30).max(180).default(180),
  /** Days that archived deliveries stay in the database. Below 7 the sweeps would look for what is gone. */
  DELIVERY_RETENTION_DAYS: z.coerce.number().int().min(7).default(30),
};

export const healthDataConfig = {
  ...subgraphConfig,
  ...publisherConfig,
  ...payloadRootConfig,
  /** Whole months that samples are kept, beside the one that runs. */
  SAMPLE_RETENTION_MONTHS: z.coerce.number().int().min(3).max(1200).default(24),
};

/** Where browsers say they are reached: the push services of Chrome and Edge, Firefox, Safari, and Windows. */
const PUSH_SERVICES = 'fcm.googleapis.com,*.push.services.mozilla.com,*.push.apple.com,*.notify.windows.com';
const base64url = (bytes: number) =>
  z
    .string()
    .refine(
      (text) => /^[\w-]+$/.test(text) && Buffer.from(text, 'base64url').length === bytes,
      `must be ${bytes} bytes in base64url`,
    );

export const insightsConfig = {
  ...subgraphConfig,
  ...publisherConfig,
  /** The key pair of push messages. Without it people are told nothing, and the log says what they would have been. */
  VAPID_PUBLIC_KEY: base64url(65).optional(),
  VAPID_PRIVATE_KEY: base64url(32).optional(),
  /** Whom a push service may turn to. */
  VAPID_SUBJECT: z
    .string()
    .regex(/^(mailto:\S+@\S+|https:\/\/\S+)$/, 'must be mailto:... or https://...')
    .optional(),
  /** Hosts that push messages may go to. */
  PUSH_HOSTS: z
    .string()
    .default(PUSH_SERVICES)
    .transform((text) =>
      text
        .split(',')
        .map((host) => host.trim())
        .filter(Boolean),
    ),
  LIMIT_FACTOR: limitFactor,
  /** How long the address of a roster's file works. */
  CSV_LINK_MINUTES: z.coerce.number().int().min(1).max(60).default(5),
};

export const gatewayConfig = {
  ...commonConfig,
  NATS_URL: url,
  CONNECTIONS_URL: url,
  HEALTH_DATA_URL: url,
  INSIGHTS_URL: url,
  ASSERTION_KEY_CONNECTIONS: key32,
  ASSERTION_KEY_HEALTH_DATA: key32,
  ASSERTION_KEY_INSIGHTS: key32,
  TRUSTED_PROXIES: trustedProxies,
  /** Folder of the built dashboard. */
  DASHBOARD_DIR: z.string().default('dist/dashboard'),
  SUPERGRAPH_FILE: z.string().default('schema/supergraph.graphql'),
};

export const migrateConfig = {
  DATABASE_URL: url,
  CONNECTIONS_DB_PASSWORD: z.string().min(8),
  HEALTH_DATA_DB_PASSWORD: z.string().min(8),
  INSIGHTS_DB_PASSWORD: z.string().min(8),
};

/** Thrown once with every mistake in it. */
export class ConfigError extends Error {}

type Shape = Record<string, z.ZodType>;

/** Reads and checks the variables of `shape`. Throws ConfigError listing all that is wrong. */
export function readConfig<S extends Shape>(shape: S, env: NodeJS.ProcessEnv = process.env): z.infer<z.ZodObject<S>> {
  const values: Record<string, string> = {};
  for (const name of Object.keys(shape)) {
    const file = env[`${name}_FILE`];
    const value = file === undefined ? env[name] : readFileSync(file, 'utf8').trim();
    if (value !== undefined && value !== '') values[name] = value;
  }
  const result = z.object(shape).safeParse(values);
  if (!result.success) {
    const lines = result.error.issues.map((issue) => {
      const name = String(issue.path[0]);
      return `  ${name}: ${name in values ? issue.message : 'is not set'}`;
    });
    throw new ConfigError(
      `The configuration is not complete:\n${lines.join('\n')}\nSet these variables (see docs/reference/configuration.md) and start again.`,
    );
  }
  const config = result.data as z.infer<z.ZodObject<S>> & { NODE_ENV?: string; CLOCK_OFFSET_MS?: number };
  if (config.NODE_ENV === 'production' && config.CLOCK_OFFSET_MS) {
    throw new ConfigError('CLOCK_OFFSET_MS is set, but production runs on true time. Unset it and start again.');
  }
  return config;
}
