import { randomFor } from './random.ts';
import { illness, isInTokyo, overreaching, travel } from './story-lines.ts';
import type { DayShift } from './story-lines.ts';

/** What an athlete shares with the demo team; names as in the graph. */
export type SharedSignal = 'HRV' | 'RESTING_HEART_RATE' | 'SLEEP' | 'HEART_RATE' | 'STEPS' | 'TRAINING' | 'VITALS';

/** The ordinary body an athlete comes back to when no story pulls at it. */
export interface Body {
  hrvMs: number;
  restingHeartRateBpm: number;
  asleepMin: number;
  /** Local minute of the day of an ordinary waking. */
  wakeMinute: number;
  latencyMin: number;
  steps: number;
  age: number;
  weightKg: number;
  heightM: number;
  sex: 'female' | 'male';
}

/**
 * One fictional athlete. Day indices count from the end of the history: 0 is the last night there is at the first
 * start ("yesterday"), -59 the oldest of sixty, 1 and up are the days that follow.
 */
export interface Story {
  key: string;
  displayName: string;
  email: string;
  /** Home; what the account says. `zoneOn` may differ on journeys. */
  timeZone: string;
  story: string;
  nights: number;
  shares: SharedSignal[];
  /** Slugs of devices and services besides the ring. */
  alsoWears: string[];
  sleepNeedMin: number;
  body: Body;
  shiftOn: (dayIndex: number) => Partial<DayShift>;
  zoneOn: (dayIndex: number) => string;
  /** Sleep besides the night: none, odd documents now and then, or a life of naps and split nights. */
  extraSleep: 'rare' | 'odd' | 'naps';
}

const EVERYTHING: SharedSignal[] = ['HRV', 'RESTING_HEART_RATE', 'SLEEP', 'HEART_RATE', 'STEPS', 'TRAINING', 'VITALS'];

type Draft = Pick<Story, 'key' | 'displayName' | 'timeZone' | 'story' | 'body'> & Partial<Story>;

const DRAFTS: Draft[] = [
  {
    key: 'aino',
    displayName: 'Aino Lindqvist',
    timeZone: 'Europe/Helsinki',
    story: 'Steady: trains hard, sleeps well, every signal near her own normal.',
    alsoWears: ['strava'],
    body: body({ hrvMs: 62, restingHeartRateBpm: 48, age: 27, weightKg: 63.5, heightM: 1.71, sex: 'female' }),
  },
  {
    key: 'tane',
    displayName: 'Tane Parata',
    timeZone: 'Pacific/Auckland',
    story: 'A steady high performer on the other side of the world, who shares HRV and sleep only.',
    shares: ['HRV', 'SLEEP'],
    alsoWears: ['whoop'],
    body: body({
      hrvMs: 96,
      restingHeartRateBpm: 41,
      asleepMin: 508,
      wakeMinute: 375,
      age: 24,
      weightKg: 84,
      heightM: 1.88,
    }),
  },
  {
    key: 'luca',
    displayName: 'Luca Moretti',
    timeZone: 'Europe/Rome',
    story: 'Overreaching: over ten days his HRV slides below its band while the nights get short.',
    alsoWears: ['garmin'],
    body: body({ hrvMs: 71, restingHeartRateBpm: 46, age: 29, weightKg: 72, heightM: 1.8 }),
    shiftOn: overreaching,
  },
  {
    key: 'priya',
    displayName: 'Priya Raman',
    timeZone: 'Asia/Kolkata',
    story: 'Unusual nights: for three nights HRV is far down and the resting heart rate far up.',
    body: body({ hrvMs: 55, restingHeartRateBpm: 52, age: 31, weightKg: 58, heightM: 1.64, sex: 'female' }),
    shiftOn: illness,
  },
  {
    key: 'eero',
    displayName: 'Eero Saari',
    timeZone: 'Europe/Helsinki',
    story: 'Flew to Tokyo nine mornings ago and is back for three: short nights after both flights.',
    alsoWears: ['strava'],
    body: body({ hrvMs: 66, restingHeartRateBpm: 47, wakeMinute: 420, age: 26, weightKg: 77, heightM: 1.83 }),
    shiftOn: travel,
    zoneOn: (dayIndex) => (isInTokyo(dayIndex) ? 'Asia/Tokyo' : 'Europe/Helsinki'),
  },
  {
    key: 'nia',
    displayName: 'Nia Okafor',
    timeZone: 'Africa/Lagos',
    story: 'Leaves the ring in a drawer for two nights every fortnight, the last two among them.',
    body: body({ hrvMs: 58, restingHeartRateBpm: 51, age: 23, weightKg: 66, heightM: 1.74, sex: 'female' }),
    shiftOn: (dayIndex) => ({ isWorn: ![13, 0].includes(modulo(dayIndex, 14)) }),
  },
  {
    key: 'diego',
    displayName: 'Diego Fuentes',
    timeZone: 'America/Mexico_City',
    story: 'Two weeks new: the baseline is young, so the score is provisional and its effects are damped.',
    nights: 13,
    body: body({ hrvMs: 49, restingHeartRateBpm: 54, asleepMin: 465, age: 33, weightKg: 70, heightM: 1.72 }),
  },
  {
    key: 'freya',
    displayName: 'Freya Dahl',
    timeZone: 'Europe/Oslo',
    story: 'Four nights new: still calibrating, so there is no score yet.',
    nights: 4,
    body: body({ hrvMs: 68, restingHeartRateBpm: 49, age: 22, weightKg: 61, heightM: 1.69, sex: 'female' }),
  },
  {
    key: 'chloe',
    displayName: 'Chloé Martin',
    timeZone: 'Europe/Paris',
    story: 'Steady, and shares only her sleep: the coach sees the nights but no score.',
    shares: ['SLEEP'],
    body: body({ hrvMs: 64, restingHeartRateBpm: 50, age: 28, weightKg: 60, heightM: 1.68, sex: 'female' }),
    extraSleep: 'odd',
  },
  {
    key: 'jonas',
    displayName: 'Jonas Weber',
    timeZone: 'Europe/Berlin',
    story: 'Steady, and shares nothing with the team.',
    shares: [],
    alsoWears: ['polar'],
    body: body({ hrvMs: 60, restingHeartRateBpm: 50, age: 30, weightKg: 79, heightM: 1.85 }),
  },
  {
    key: 'amara',
    displayName: 'Amara Diallo',
    timeZone: 'Africa/Dakar',
    story: 'Shares HRV and resting heart rate but withholds sleep: the coach sees two fixed times a day.',
    shares: ['HRV', 'RESTING_HEART_RATE'],
    alsoWears: ['google-health'],
    body: body({ hrvMs: 74, restingHeartRateBpm: 45, age: 25, weightKg: 64, heightM: 1.76, sex: 'female' }),
  },
  {
    key: 'sam',
    displayName: 'Sam Whitaker',
    timeZone: 'America/New_York',
    story: 'Works late shifts: split nights and naps, and a sleep debt that stays high.',
    body: body({
      hrvMs: 44,
      restingHeartRateBpm: 56,
      asleepMin: 362,
      wakeMinute: 640,
      latencyMin: 19,
      age: 35,
      weightKg: 82,
      heightM: 1.79,
    }),
    extraSleep: 'naps',
  },
];

/** The twelve athletes of the demo, in the order in which they are shown. */
export const STORIES: Story[] = DRAFTS.map(complete);

const GIVEN_NAMES = [
  'Alma',
  'Bilal',
  'Carmen',
  'Deng',
  'Esi',
  'Farid',
  'Gita',
  'Hana',
  'Ivo',
  'Juno',
  'Kofi',
  'Leilani',
];
const FAMILY_NAMES = [
  'Abebe',
  'Berg',
  'Castro',
  'Duarte',
  'Evans',
  'Fofana',
  'Garg',
  'Haddad',
  'Ito',
  'Jansen',
  'Kaya',
];
const ZONES = [
  'Europe/Madrid',
  'America/Chicago',
  'Asia/Singapore',
  'Africa/Nairobi',
  'America/Sao_Paulo',
  'Australia/Perth',
];

/**
 * A steady athlete without a story, for tests and for load; number 1 and up. The key (`athlete-00001`) and everything
 * else follow from the number alone.
 */
export function genericStory(number: number): Story {
  const key = `athlete-${String(number).padStart(5, '0')}`;
  const random = randomFor('generic', number);
  return complete({
    key,
    displayName: `${pick(GIVEN_NAMES, number)} ${pick(FAMILY_NAMES, number)}`,
    timeZone: pick(ZONES, number),
    story: 'One of many: steady, without a story.',
    body: body({
      hrvMs: random.integer(40, 100),
      restingHeartRateBpm: random.integer(42, 58),
      asleepMin: random.integer(460, 510),
      wakeMinute: random.integer(350, 440),
      age: random.integer(19, 36),
      sex: random.next() < 0.5 ? 'female' : 'male',
    }),
  });
}

function complete(draft: Draft): Story {
  return {
    email: `${draft.key}@demo.athlete-ally.example`,
    nights: 60,
    shares: EVERYTHING,
    alsoWears: [],
    sleepNeedMin: 480,
    shiftOn: () => ({}),
    zoneOn: () => draft.timeZone,
    extraSleep: 'rare',
    ...draft,
  };
}

function body(parts: Partial<Body> & Pick<Body, 'hrvMs' | 'restingHeartRateBpm'>): Body {
  return {
    asleepMin: 484,
    wakeMinute: 400,
    latencyMin: 11,
    steps: 9600,
    age: 28,
    weightKg: 70,
    heightM: 1.75,
    sex: 'male',
    ...parts,
  };
}

function pick(list: string[], number: number): string {
  return list[modulo(number, list.length)] ?? '';
}

export function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
