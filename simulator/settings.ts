import { z } from 'zod';
import { commonConfig } from '#platform/config';
import { VENDORS } from './vendors.ts';
import type { VendorDefinition } from './vendor/definition.ts';
import { prefixOf } from './vendor/tables.ts';
import type { VendorSettings } from './vendor/tables.ts';

const count = z.coerce.number().int().min(0);

const ownConfig = {
  ...commonConfig,
  /** Folder of what outlives a restart; without it everything is held in memory. */
  SIMULATOR_STATE: z.string().optional(),
  SIMULATOR_SEED: count.default(1),
};

/**
 * The simulator's environment, checked by `readConfig` like that of every process. The vendors' variables are in it too;
 * their names are made up from their tables, so `settingsFrom` alone knows them.
 */
export const simulatorConfig: typeof ownConfig = Object.assign({}, ownConfig, ...VENDORS.map(variablesOf));

/** What the parts of the simulator are told, in their own words. */
export interface Settings {
  /** Null keeps everything in memory. */
  stateFolder: string | null;
  seed: number;
  /** By slug; a vendor without credentials is not simulated. */
  vendors: Record<string, VendorSettings>;
}

/** The variables of one vendor, under its prefix: those every vendor has, and its own. */
function variablesOf(definition: VendorDefinition): Record<string, z.ZodType> {
  const shared = {
    CLIENT_ID: z.string().min(1).optional(),
    CLIENT_SECRET: z.string().min(1).optional(),
    /** Redirect addresses registered for the application, separated by spaces or commas; compared exactly. */
    REDIRECT_URIS: z.string().default(`http://127.0.0.1:4001/v1/oauth/${definition.slug}/callback`),
    ACCESS_TOKEN_SEC: count.default(definition.oauth.accessTokenSec),
    /** Requests in the shortest of the vendor's windows. */
    RATE_LIMIT: count.default(definition.api.windows[0].requests),
  };
  return Object.fromEntries(
    Object.entries({ ...shared, ...definition.variables }).map(([name, type]) => [
      `${prefixOf(definition.slug)}_${name}`,
      type,
    ]),
  );
}

/** Throws where no vendor at all has credentials. */
export function settingsFrom(config: Record<string, unknown>): Settings {
  const vendors = VENDORS.flatMap((definition) => {
    const settings = vendorSettings(definition, config);
    return settings ? [[definition.slug, settings] as const] : [];
  });
  if (vendors.length === 0) {
    const names = VENDORS.map(({ slug }) => prefixOf(slug)).join(', ');
    throw new Error(
      `No vendor can be simulated without credentials: set CLIENT_ID and CLIENT_SECRET of one of ${names}, for example OURA_CLIENT_ID and OURA_CLIENT_SECRET.`,
    );
  }
  return {
    stateFolder: (config['SIMULATOR_STATE'] as string | undefined) ?? null,
    seed: config['SIMULATOR_SEED'] as number,
    vendors: Object.fromEntries(vendors),
  };
}

function vendorSettings(definition: VendorDefinition, config: Record<string, unknown>): VendorSettings | null {
  const value = (name: string): unknown => config[`${prefixOf(definition.slug)}_${name}`];
  const clientId = value('CLIENT_ID');
  const clientSecret = value('CLIENT_SECRET');
  if (typeof clientId !== 'string' || typeof clientSecret !== 'string') return null;
  return {
    clientId,
    clientSecret,
    redirectUris: String(value('REDIRECT_URIS')).split(/[\s,]+/),
    accessTokenSec: Number(value('ACCESS_TOKEN_SEC')),
    rateLimit: Number(value('RATE_LIMIT')),
    own: Object.fromEntries(Object.keys(definition.variables).map((name) => [name, value(name)])),
  };
}
