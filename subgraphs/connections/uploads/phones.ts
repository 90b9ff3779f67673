import { SIGNALS, type Provider, type Signal } from '#platform/signals';
import { appleHealth } from './apple-health.ts';
import { healthConnect } from './health-connect.ts';
import type { Phone } from './phone.ts';

/** A new one is one line here. */
const PHONES: readonly Phone[] = [appleHealth, healthConnect];

/** By the word in an address: `apple-health`. */
export const phoneNamed = (slug: string): Phone | null => PHONES.find((phone) => phone.slug === slug) ?? null;

/** null: the provider has a server, and is linked there. */
export const phoneOf = (provider: Provider): Phone | null =>
  PHONES.find((phone) => phone.provider === provider) ?? null;

/** What records of these types bring, in the graph's order of signals. */
export const phoneSignals = (phone: Phone, types: readonly string[]): Signal[] =>
  SIGNALS.filter((signal) => types.some((type) => phone.signalOf.get(type) === signal));
