import type { connectionsConfig } from '#platform/config';
import { AppError } from '#platform/errors';
import { providerNamed, type Provider } from '#platform/signals';
import type { z } from 'zod';
import { createOura } from './oura.ts';
import type { Vendor } from './provider.ts';

/** The providers that can be linked. */
export interface Vendors {
  readonly all: readonly Vendor[];
  /** By the word in an address: `oura`. */
  named(slug: string): Vendor | null;
  /** Throws BAD_USER_INPUT for a provider that cannot be linked. */
  of(provider: Provider): Vendor;
}

type Config = z.infer<z.ZodObject<typeof connectionsConfig>>;

/** A new provider is one line here. */
export function createVendors(config: Config): Vendors {
  return vendorsOf([
    createOura({
      clientId: config.OURA_CLIENT_ID,
      clientSecret: config.OURA_CLIENT_SECRET,
      previousClientSecret: config.OURA_CLIENT_SECRET_PREVIOUS ?? null,
      verificationToken: config.OURA_VERIFICATION_TOKEN,
      authorizeUrl: config.OURA_AUTHORIZE_URL,
      tokenUrl: config.OURA_TOKEN_URL,
      revokeUrl: config.OURA_REVOKE_URL,
      apiUrl: config.OURA_API_URL,
      scopes: config.OURA_SCOPES.split(/[\s,]+/).filter(Boolean),
      toleranceMs: config.SIGNATURE_TOLERANCE_S * 1000,
      quotas: config.OURA_QUOTA,
    }),
  ]);
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
        throw new AppError('BAD_USER_INPUT', `This provider cannot be linked yet. Choose one of these: ${known}.`);
      }
      return vendor;
    },
  };
}
