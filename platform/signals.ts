/** What can be measured and shared. Order and names are those of the public graph. */
export const SIGNALS = [
  'HRV',
  'RESTING_HEART_RATE',
  'HEART_RATE',
  'SLEEP',
  'TRAINING',
  'STEPS',
  'VITALS',
  'CHECK_IN',
] as const;
export type Signal = (typeof SIGNALS)[number];

export const PROVIDERS = [
  'OURA',
  'WHOOP',
  'GARMIN',
  'STRAVA',
  'APPLE_HEALTH',
  'GOOGLE_HEALTH',
  'HEALTH_CONNECT',
  'POLAR',
] as const;
export type Provider = (typeof PROVIDERS)[number];

/** Where a value may come from: a provider, or the athlete's own hand, which nobody links and nothing is fetched from. */
export const ORIGINS = [...PROVIDERS, 'MANUAL'] as const;
export type Origin = (typeof ORIGINS)[number];

export const isProvider = (origin: Origin): origin is Provider => origin !== 'MANUAL';

/** A provider as it stands in paths and NATS subjects: `GOOGLE_HEALTH` is `google-health`. */
export const providerSlug = (provider: Provider): string => provider.toLowerCase().replaceAll('_', '-');

/** The provider a path names, or null. */
export function providerNamed(slug: string): Provider | null {
  return PROVIDERS.find((provider) => providerSlug(provider) === slug) ?? null;
}

/** A calendar date in somebody's own zone, `YYYY-MM-DD`. */
export type LocalDate = string;

/** No athlete was measured before 1900; PostgreSQL knows no year 0, and JavaScript takes 0 to 99 for 1900 to 1999. */
const LOCAL_DATE = /^(19|2\d)\d{2}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

export function isLocalDate(value: string): value is LocalDate {
  if (!LOCAL_DATE.test(value)) return false;
  const day = Number(value.slice(8));
  // Every month has 28 days; only the last ones need a calendar.
  return day <= 28 || day <= new Date(Date.UTC(Number(value.slice(0, 4)), Number(value.slice(5, 7)), 0)).getUTCDate();
}
