import type { Provider } from '#platform/signals';

/** As people call them. */
const PROVIDER_NAMES: Record<Provider, string> = {
  OURA: 'Oura',
  WHOOP: 'WHOOP',
  GARMIN: 'Garmin',
  STRAVA: 'Strava',
  APPLE_HEALTH: 'Apple Health',
  GOOGLE_HEALTH: 'Google Health',
  HEALTH_CONNECT: 'Health Connect',
  POLAR: 'Polar',
};
export const nameOf = (provider: Provider): string => PROVIDER_NAMES[provider];

const DOMAIN_WORDS: Record<string, string> = {
  hrv: 'HRV',
  heart_rate: 'heart rate',
  heartrate: 'heart rate',
  resting_heart_rate: 'resting heart rate',
  fitness_session: 'workouts',
  workout: 'workouts',
  check_in: 'check-in',
  daily_spo2: 'blood oxygen',
};

/** A kind of data, ours or a vendor's own word for it, as it is said in a sentence. */
export const domainWord = (domain: string | null): string =>
  domain === null ? 'data' : (DOMAIN_WORDS[domain] ?? domain.replaceAll('_', ' '));

/** "sleep", "sleep and HRV", "sleep, HRV and steps". */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

const OURS = 'This is on our side; nothing was lost, and our team can take it up again.';

/** Why something was set aside, and what to do. Reasons are those of the dead letters of connections and health-data. */
const SET_ASIDE_WORDS: Record<string, (name: string) => string> = {
  refused_by_provider: (name) => `${name} refused to hand it out. ${OURS}`,
  failed_repeatedly: (name) => `${name} could not be asked after many tries. ${OURS}`,
  not_answered_in_time: (name) =>
    `${name} could not be asked for three days. Load the last days again under Connections.`,
  gave_up: () => `It could not be stored after many tries. ${OURS}`,
  key_destroyed: () => 'Its key was destroyed, so nobody can read it any more.',
  hash_mismatch: () => `It was not what had been announced, so it was not used. ${OURS}`,
  not_opened: () => `It was altered on the way, so it was not used. ${OURS}`,
  unopenable: () => `It was altered on the way, so it was not used. ${OURS}`,
  not_json: (name) => `${name} sent something unreadable. Load the day again under Connections.`,
  normaliser_failed: (name) => `We could not read what ${name} sent. ${OURS}`,
  unstorable: (name) => `${name} sent a value that cannot be right. ${OURS}`,
};

export const setAsideWords = (reason: string | null, name: string): string =>
  (reason === null ? undefined : SET_ASIDE_WORDS[reason])?.(name) ?? `It could not be used. ${OURS}`;

/** Why the normaliser did not believe an item. */
const REJECT_WORDS: Record<string, string> = {
  unreadable_item: 'it was not in a form we know',
  no_record_id: 'it had no name of its own',
  bad_time: 'its times made no sense',
  bad_day: 'its date made no sense',
  window_inverted: 'it ended before it began',
  window_too_long: 'it was longer than it can have been',
  future_dated: 'it lay in the future; check the clock of the device',
  implausible_value: 'a value was outside of what a body can do',
  unknown_type: 'its type is new to us',
};
export const rejectWords = (reason: string): string => REJECT_WORDS[reason] ?? 'it was not in a form we know';

/** Why an item that was understood is no measurement. */
const IGNORE_WORDS: Record<string, string> = {
  unknown_data_type: 'a kind of data we do not use',
  scores_only: "the provider's own score, which holds no measurement",
  not_sleep: 'rest that the device did not take for sleep',
  no_value: 'a record without a value: was the device worn and charged?',
  duplicate: 'a copy of something that came with it',
  not_modelled: 'a kind of data we do not show yet',
  part_of_session: 'a part of a workout that is stored as a whole',
  past_retention: 'samples that are too old to be kept',
};
export const ignoreWords = (reason: string): string => IGNORE_WORDS[reason] ?? 'something we do not use';
