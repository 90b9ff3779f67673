import { z } from 'zod';
import { commonConfig } from '#platform/config';

const count = z.coerce.number().int().min(0);

/** The simulator's environment, checked by `readConfig` like that of every process. */
export const simulatorConfig = {
  ...commonConfig,
  /** Folder of what outlives a restart; without it everything is held in memory. */
  SIMULATOR_STATE: z.string().optional(),
  SIMULATOR_SEED: count.default(1),
  OURA_CLIENT_ID: z.string().min(1),
  OURA_CLIENT_SECRET: z.string().min(1),
  /** Redirect addresses registered for the application, separated by spaces or commas; compared exactly. */
  OURA_REDIRECT_URIS: z.string().default('http://127.0.0.1:4001/v1/oauth/oura/callback'),
  OURA_ACCESS_TOKEN_SEC: count.default(86_400),
  /** The vendor's papers say seconds, a live delivery had milliseconds: both can be played. */
  OURA_TIMESTAMP_UNIT: z.enum(['seconds', 'milliseconds']).default('seconds'),
  /** Requests per token and five minutes. */
  OURA_RATE_LIMIT: count.default(5000),
};

/** What the parts of the simulator are told, in their own words. */
export interface Settings {
  /** Null keeps everything in memory. */
  stateFolder: string | null;
  seed: number;
  clientId: string;
  clientSecret: string;
  redirectUris: string[];
  accessTokenSec: number;
  timestampUnit: 'seconds' | 'milliseconds';
  rateLimit: number;
}

type Config = z.infer<z.ZodObject<typeof simulatorConfig>>;

export function settingsFrom(config: Config): Settings {
  return {
    stateFolder: config.SIMULATOR_STATE ?? null,
    seed: config.SIMULATOR_SEED,
    clientId: config.OURA_CLIENT_ID,
    clientSecret: config.OURA_CLIENT_SECRET,
    redirectUris: config.OURA_REDIRECT_URIS.split(/[\s,]+/),
    accessTokenSec: config.OURA_ACCESS_TOKEN_SEC,
    timestampUnit: config.OURA_TIMESTAMP_UNIT,
    rateLimit: config.OURA_RATE_LIMIT,
  };
}
