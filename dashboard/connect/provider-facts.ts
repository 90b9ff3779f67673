import type { Provider, Signal } from '../graphql/graphql.ts';

/** What a provider brings, in the words of the person who wears it. */
export type Brought = { readonly signal: Signal; readonly words: string };

export type ProviderFacts = {
  readonly brings: readonly Brought[];
  readonly arrives: string;
};

/** Apple Health and Health Connect have no server: an app on the phone sends what they hold. */
const PHONES: ReadonlySet<Provider> = new Set(['APPLE_HEALTH', 'HEALTH_CONNECT']);
export const isPhone = (provider: Provider): boolean => PHONES.has(provider);

const RESTING: Brought = { signal: 'RESTING_HEART_RATE', words: 'resting heart rate' };
const ALL_DAY: Brought = { signal: 'HEART_RATE', words: 'heart rate through the day' };
const SLEEP: Brought = { signal: 'SLEEP', words: 'sleep with stages and naps' };
const STEPS: Brought = { signal: 'STEPS', words: 'steps' };
const WORKOUTS: Brought = { signal: 'TRAINING', words: 'workouts with heart rate' };
const hrv = (how: string): Brought => ({ signal: 'HRV', words: `HRV (${how})` });
const vitals = (words: string): Brought => ({ signal: 'VITALS', words });

/** In the order in which they are offered. */
const PROVIDER_FACTS: Readonly<Record<Exclude<Provider, 'MANUAL'>, ProviderFacts>> = {
  OURA: {
    brings: [
      hrv('rMSSD, whole night'),
      RESTING,
      SLEEP,
      ALL_DAY,
      { signal: 'TRAINING', words: 'workouts' },
      STEPS,
      vitals('temperature, breathing and oxygen'),
    ],
    arrives: 'Usually within minutes of opening the Oura app in the morning.',
  },
  WHOOP: {
    brings: [hrv('rMSSD, asleep'), RESTING, SLEEP, WORKOUTS, vitals('breathing, oxygen and skin temperature')],
    arrives: 'With the recovery, soon after WHOOP has seen you wake up.',
  },
  GARMIN: {
    brings: [hrv('rMSSD, at night'), RESTING, SLEEP, ALL_DAY, WORKOUTS, STEPS, vitals('breathing and oxygen')],
    arrives: 'Each time the watch syncs with Garmin Connect.',
  },
  POLAR: {
    brings: [
      hrv('rMSSD, four hours of the night'),
      SLEEP,
      ALL_DAY,
      WORKOUTS,
      STEPS,
      vitals('breathing and temperature'),
    ],
    arrives: 'Each time the watch syncs with Polar Flow.',
  },
  STRAVA: {
    brings: [WORKOUTS, { signal: 'HEART_RATE', words: 'heart rate during workouts' }],
    arrives: 'Minutes after an activity is uploaded. Strava knows no nights.',
  },
  GOOGLE_HEALTH: {
    brings: [hrv('rMSSD, at night'), RESTING, SLEEP, ALL_DAY, WORKOUTS, STEPS, vitals('breathing and oxygen')],
    arrives: 'Soon after the Fitbit or Pixel Watch has synced.',
  },
  APPLE_HEALTH: {
    brings: [
      hrv('Apple’s SDNN: in the charts, not in the score'),
      RESTING,
      SLEEP,
      ALL_DAY,
      WORKOUTS,
      STEPS,
      vitals('breathing and oxygen'),
    ],
    arrives: 'Comes from the app on your iPhone. Its first sync connects it; there is nothing to do here.',
  },
  HEALTH_CONNECT: {
    brings: [hrv('rMSSD'), RESTING, SLEEP, ALL_DAY, WORKOUTS, STEPS, vitals('breathing and oxygen')],
    arrives: 'Comes from the app on your Android phone. Its first sync connects it; there is nothing to do here.',
  },
};

/** Of a provider that is connected or offered: MANUAL never is. */
export const factsOf = (provider: Provider): ProviderFacts => PROVIDER_FACTS[provider as keyof typeof PROVIDER_FACTS];

export const OFFERED_ORDER = Object.keys(PROVIDER_FACTS) as Provider[];
