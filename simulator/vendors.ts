import { garmin } from './garmin/garmin.ts';
import { googleHealth } from './google-health/google-health.ts';
import { oura } from './oura/oura.ts';
import { polar } from './polar/polar.ts';
import { strava } from './strava/strava.ts';
import type { VendorDefinition } from './vendor/definition.ts';
import { whoop } from './whoop/whoop.ts';

/** Every vendor that is simulated, in the order in which they are shown. One more is one more line. */
export const VENDORS: readonly VendorDefinition[] = [oura, whoop, garmin, strava, googleHealth, polar];
