import type { Provider } from '#platform/signals';
import { appleHealth } from './apple-health/apple-health.ts';
import { garmin } from './garmin/garmin.ts';
import { googleHealth } from './google-health/google-health.ts';
import { healthConnect } from './health-connect/health-connect.ts';
import { ingest, isIngestDomain } from './ingest/ingest.ts';
import type { Normaliser, Normalising } from './normaliser.ts';
import { oura } from './oura/oura.ts';
import { polar } from './polar/polar.ts';
import { strava } from './strava/strava.ts';
import { whoop } from './whoop/whoop.ts';

/** A new provider is one line here. */
const NORMALISERS: ReadonlyMap<Provider, Normaliser> = new Map([
  ['OURA', oura],
  ['WHOOP', whoop],
  ['GARMIN', garmin],
  ['STRAVA', strava],
  ['APPLE_HEALTH', appleHealth],
  ['GOOGLE_HEALTH', googleHealth],
  ['HEALTH_CONNECT', healthConnect],
  ['POLAR', polar],
]);

/** Whoever sent it decides before whoever measured it: what a service sends has one shape for all providers. */
export const normaliserOf = ({ provider, domain }: { provider: Provider; domain: string }): Normalising | undefined =>
  isIngestDomain(domain) ? ingest : NORMALISERS.get(provider);
