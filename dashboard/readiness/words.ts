import type { Band, ConfidenceLevel, FlagCode, Provider, Signal } from '../graphql/graphql.ts';

export const bandWords: Record<Band, string> = { LOW: 'low', REDUCED: 'reduced', NORMAL: 'normal', HIGH: 'high' };

/** What a band suggests, never what to do. */
export const bandMeanings: Record<Band, string> = {
  LOW: 'Far below this athlete’s ordinary day',
  REDUCED: 'Below this athlete’s ordinary day',
  NORMAL: 'Around this athlete’s ordinary day',
  HIGH: 'Above this athlete’s ordinary day',
};

export const confidenceWords: Record<ConfidenceLevel, string> = {
  HIGH: 'high confidence',
  MEDIUM: 'medium confidence',
  LOW: 'low confidence',
};

/** Short words for a chip, most urgent first; the whole sentence comes with the flag. */
export const flagWords: Record<FlagCode, string> = {
  ILLNESS_PATTERN: 'unusual night',
  READINESS_LOW: 'readiness low',
  READINESS_LOW_STREAK: 'below ordinary for days',
  HRV_SUPPRESSED: 'HRV below its range',
  HRV_ELEVATED_OVERLOAD: 'HRV high, much training',
  RHR_ELEVATED: 'resting HR up',
  HRV_FLATTENED: 'HRV flat',
  HRV_UNSTABLE: 'HRV unsteady',
  SLEEP_DEBT_HIGH: 'sleep debt',
  SLEEP_SHORT: 'short nights',
  LOAD_SPIKE: 'much more training',
  MONOTONY_HIGH: 'days much alike',
  DATA_GAP: 'no nights coming in',
};

/** As many as there are kinds of them. */
export const MOST_FLAGS = Object.keys(flagWords).length;

/** 0 is the most urgent. */
export const flagUrgency = (code: FlagCode): number => Object.keys(flagWords).indexOf(code);

const signalWords: Record<Signal, string> = {
  HRV: 'HRV',
  RESTING_HEART_RATE: 'resting HR',
  HEART_RATE: 'heart rate',
  SLEEP: 'sleep',
  TRAINING: 'training load',
  STEPS: 'steps',
  VITALS: 'vitals',
  CHECK_IN: 'check-in',
};

export function signalWord(signal: Signal): string {
  return signalWords[signal];
}

export function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** "HRV", "HRV and sleep", "HRV, resting HR and sleep". */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

const SCORE_SIGNALS: readonly Signal[] = ['HRV', 'RESTING_HEART_RATE', 'SLEEP'];

/** "from HRV and sleep; resting HR not shared". Without a basis: "nothing is shared". */
export function basisWords(basis: readonly Signal[]): string {
  if (basis.length === 0) return 'nothing is shared';
  const withheld = SCORE_SIGNALS.filter((signal) => !basis.includes(signal)).map(signalWord);
  const from = `from ${listed(basis.map(signalWord))}`;
  return withheld.length === 0 ? from : `${from}; ${listed(withheld)} not shared`;
}

const driverWordsById: Record<string, string> = {
  hrv_day: 'last night’s HRV',
  hrv_trend: '7-day HRV',
  rhr: 'resting HR',
  sleep_duration: 'sleep length',
  sleep_debt: 'sleep debt',
  sleep_quality: 'sleep quality',
};

export function driverWord(id: string): string {
  return driverWordsById[id] ?? id.replaceAll('_', ' ');
}

/** Lower ends of `index` (-1 to 1) and what they are called, for values whose usual range is the athlete's own. */
const comparedWithUsual: Record<string, readonly (readonly [number, string])[]> = {
  hrv_day: [
    [0.15, 'Last night’s HRV was above your usual range'],
    [-0.1, 'Last night’s HRV was as usual'],
    [-0.35, 'Last night’s HRV was a little under your usual range'],
    [-0.7, 'Last night’s HRV was under your usual range'],
    [-1, 'Last night’s HRV was far under your usual range'],
  ],
  hrv_trend: [
    [0.15, '7-day HRV above your usual range'],
    [-0.1, '7-day HRV as usual'],
    [-0.5, '7-day HRV a little under your usual range'],
    [-0.8, '7-day HRV under your usual range'],
    [-1, '7-day HRV far under your usual range'],
  ],
  rhr: [
    [0.15, 'Resting heart rate lower than usual'],
    [-0.1, 'Resting heart rate as usual'],
    [-0.4, 'Resting heart rate a little higher than usual'],
    [-0.75, 'Resting heart rate higher than usual'],
    [-1, 'Resting heart rate much higher than usual'],
  ],
  sleep_duration: [
    [0.15, 'You slept longer than you need'],
    [-0.1, 'You slept about as long as you need'],
    [-0.5, 'You slept a little less than you need'],
    [-1, 'You slept much less than you need'],
  ],
  sleep_debt: [
    [0.15, 'Hardly any sleep debt'],
    [-0.1, 'Little sleep debt'],
    [-0.5, 'Some sleep debt from the last two weeks'],
    [-1, 'Much sleep debt from the last two weeks'],
  ],
  sleep_quality: [
    [0.15, 'You slept soundly'],
    [-0.1, 'Sleep quality as usual'],
    [-0.5, 'Somewhat restless sleep'],
    [-1, 'Restless sleep'],
  ],
};

/** The driver as a sentence to the athlete, without the points. */
export function driverSentence({ id, index }: { id: string; index: number }): string {
  const found = comparedWithUsual[id]?.find(([least]) => index >= least);
  return found?.[1] ?? capitalised(driverWord(id));
}

export const providerWords: Record<Provider, string> = {
  OURA: 'Oura',
  WHOOP: 'WHOOP',
  GARMIN: 'Garmin',
  STRAVA: 'Strava',
  APPLE_HEALTH: 'Apple Health',
  GOOGLE_HEALTH: 'Google Health',
  HEALTH_CONNECT: 'Health Connect',
  POLAR: 'Polar',
  MANUAL: 'entered by hand',
};

/** A provider as it stands in an address: `google-health`. Unknown ones are called what they are. */
export function providerOfSlug(slug: string | null): string {
  const known = providerWords[(slug ?? '').toUpperCase().replaceAll('-', '_') as Provider] as string | undefined;
  return known ?? 'the provider';
}

export const slugOf = (provider: Provider): string => provider.toLowerCase().replaceAll('_', '-');
