import type { connectionsConfig } from '#platform/config';
import { AppError } from '#platform/errors';
import { providerNamed, type Provider } from '#platform/signals';
import { createGarmin, garminConfig } from './garmin.ts';
import { createGoogleHealth, googleHealthConfig } from './google-health.ts';
import { createOura, ouraConfig } from './oura.ts';
import { createPolar, polarConfig } from './polar.ts';
import type { Vendor, VendorTools } from './provider.ts';
import type { Configured } from './reading.ts';
import { createStrava, stravaConfig } from './strava.ts';
import { createWhoop, whoopConfig } from './whoop.ts';

/** The providers that can be linked. */
export interface Vendors {
  readonly all: readonly Vendor[];
  /** By the word in an address: `oura`. */
  named(slug: string): Vendor | null;
  /** Throws BAD_USER_INPUT for a provider that cannot be linked. */
  of(provider: Provider): Vendor;
}

/** A new provider is one line here, and one below. */
export const providersConfig = {
  ...ouraConfig,
  ...whoopConfig,
  ...garminConfig,
  ...polarConfig,
  ...stravaConfig,
  ...googleHealthConfig,
};

type Config = Configured<typeof providersConfig> & Configured<Pick<typeof connectionsConfig, 'SIGNATURE_TOLERANCE_S'>>;

/** Those that have credentials. */
export function createVendors(config: Config, tools: VendorTools): Vendors {
  const all = [
    createOura(config),
    createWhoop(config),
    createGarmin(config),
    createPolar(config),
    createStrava(config),
    createGoogleHealth(config, tools),
  ];
  return vendorsOf(all.filter((vendor) => vendor !== null));
}

export function vendorsOf(all: readonly Vendor[]): Vendors {
  const byProvider = new Map(all.map((vendor) => [vendor.provider, vendor]));
  return {
    all,
    named(slug) {
      const provider = providerNamed(slug);
      return provider === null ? null : (byProvider.get(provider) ?? null);
    },
    of(provider) {
      const vendor = byProvider.get(provider);
      if (!vendor) {
        const known = all.map(({ name }) => name).join(', ');
        throw new AppError('BAD_USER_INPUT', `This provider cannot be linked here. Choose one of these: ${known}.`);
      }
      return vendor;
    },
  };
}
