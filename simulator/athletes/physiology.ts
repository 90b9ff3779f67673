import { randomFor } from './random.ts';
import { modulo } from './stories.ts';
import type { Story } from './stories.ts';

/** How a night was changed after (or while) it was played; `edits` counts up so that no two versions are alike. */
export interface NightChange {
  edits: number;
  mood: 'ordinary' | 'worse' | 'better' | 'ill';
}

/** A session of the training week. */
export interface Session {
  activity: string;
  intensity: 'easy' | 'moderate' | 'hard';
  minutes: number;
  metresPerMinute: number | null;
}

/** What the body did in one night and felt of it in the morning; no vendor's words yet. */
export interface BodyNight {
  isWorn: boolean;
  hrvMs: number;
  /** Lowest 30-second heart rate of the night. */
  lowestHeartRateBpm: number;
  /** Difference to the athlete's own usual values, for scores a vendor derives. */
  lnHrvFromUsual: number;
  heartRateFromUsualBpm: number;
  /** Whole half minutes. */
  asleepMin: number;
  latencyMin: number;
  /** Length of each awakening between first and last sleep, in half minutes. */
  awakeningEpochs: number[];
  /** Local minute of the day, whole half minutes. */
  wakeMinute: number;
  temperatureC: number;
  breathsPerMinute: number;
}

/**
 * The training week repeats every seven day indices, whatever the calendar says, and the nights follow it: HRV dips
 * after hard days and comes back after rest. The dips add up to zero, so a seven-night mean stays at the usual value
 * and only a story moves it.
 */
const WEEK: { session: Session | null; lnHrv: number; asleepMin: number }[] = [
  { session: session('running', 'easy', 45, 175), lnHrv: 0, asleepMin: 0 },
  { session: session('running', 'hard', 65, 235), lnHrv: 0.05, asleepMin: 6 },
  { session: session('cycling', 'easy', 80, 430), lnHrv: -0.06, asleepMin: -4 },
  { session: session('running', 'hard', 60, 240), lnHrv: 0.02, asleepMin: 0 },
  { session: null, lnHrv: -0.07, asleepMin: -6 },
  { session: session('cycling', 'hard', 110, 520), lnHrv: 0.09, asleepMin: 12 },
  { session: session('strengthTraining', 'moderate', 50, null), lnHrv: -0.03, asleepMin: -8 },
];

const NO_SHIFT = {
  lnHrv: 0,
  restingHeartRateBpm: 0,
  asleepMin: 0,
  awakenings: 0,
  temperatureC: 0,
  isWorn: true,
  trains: true,
};

/** The numbers of one night, from seed, athlete and day index alone (and the change made to it, if any). */
export function bodyNight({
  seed,
  athlete,
  dayIndex,
  change = { edits: 0, mood: 'ordinary' },
}: {
  seed: number;
  athlete: Story;
  dayIndex: number;
  change?: NightChange | undefined;
}): BodyNight {
  const random = randomFor(seed, athlete.key, dayIndex, 'night');
  const week = weekday(dayIndex);
  const shift = { ...NO_SHIFT, ...athlete.shiftOn(dayIndex) };
  const ordinary = {
    lnHrv: week.lnHrv + 0.045 * random.normal() + shift.lnHrv,
    heartRateBpm: -12 * week.lnHrv + 0.6 * random.normal() + shift.restingHeartRateBpm,
    asleepMin: athlete.body.asleepMin + week.asleepMin + 8 * random.normal() + shift.asleepMin,
    awakenings: random.integer(0, 2) + shift.awakenings,
    temperatureC: 0.08 * random.normal() + shift.temperatureC,
  };
  const night = changed({ ordinary, change, needMin: athlete.sleepNeedMin });
  const latencyMin = Math.max(2, athlete.body.latencyMin + 3 * random.normal());
  return {
    isWorn: shift.isWorn || change.mood !== 'ordinary',
    hrvMs: Math.round(athlete.body.hrvMs * Math.exp(night.lnHrv)),
    lowestHeartRateBpm: Math.round(athlete.body.restingHeartRateBpm + night.heartRateBpm),
    lnHrvFromUsual: night.lnHrv,
    heartRateFromUsualBpm: night.heartRateBpm,
    asleepMin: halfMinutes(Math.max(75, night.asleepMin)),
    latencyMin: halfMinutes(latencyMin),
    awakeningEpochs: Array.from({ length: night.awakenings }, () => random.integer(6, 14)),
    wakeMinute: halfMinutes(athlete.body.wakeMinute + 9 * random.normal()),
    temperatureC: Math.round(100 * night.temperatureC) / 100,
    breathsPerMinute: Math.round(10 * (14.2 + 0.25 * random.normal() + 1.2 * shift.temperatureC)) / 10,
  };
}

/** The session of a day, null on rest days, travel days and in illness. */
export function sessionOn({ athlete, dayIndex }: { athlete: Story; dayIndex: number }): Session | null {
  const shift = { ...NO_SHIFT, ...athlete.shiftOn(dayIndex) };
  return shift.trains ? weekday(dayIndex).session : null;
}

/**
 * The mood of the next edit of a night: away from where the night stands now, so that every edit moves each driver of
 * readiness the same way and the score with them.
 */
export function nextMood({ night, change }: { night: BodyNight; change: NightChange }): 'worse' | 'better' {
  if (change.mood === 'ordinary') return night.lnHrvFromUsual > -0.12 ? 'worse' : 'better';
  return change.mood === 'better' ? 'worse' : 'better';
}

type Numbers = { lnHrv: number; heartRateBpm: number; asleepMin: number; awakenings: number; temperatureC: number };

function changed({ ordinary, change, needMin }: { ordinary: Numbers; change: NightChange; needMin: number }): Numbers {
  const step = change.edits % 3;
  if (change.mood === 'ordinary') return ordinary;
  if (change.mood === 'worse') {
    return {
      ...ordinary,
      lnHrv: Math.min(ordinary.lnHrv, 0) - 0.1 - 0.02 * step,
      heartRateBpm: Math.max(ordinary.heartRateBpm, 0) + 1.5 + 0.5 * step,
      asleepMin: Math.min(ordinary.asleepMin, needMin) - 35 - 5 * step,
      awakenings: ordinary.awakenings + 1,
    };
  }
  if (change.mood === 'better') {
    return {
      ...ordinary,
      lnHrv: Math.max(ordinary.lnHrv, 0) + 0.03 + 0.01 * step,
      heartRateBpm: Math.min(ordinary.heartRateBpm, 0),
      asleepMin: Math.max(ordinary.asleepMin, needMin) + 6 + 4 * step,
      awakenings: 0,
    };
  }
  return {
    lnHrv: -0.52 - 0.03 * step,
    heartRateBpm: 11 + step,
    asleepMin: needMin - 40 - 5 * step,
    awakenings: 3,
    temperatureC: 1.2,
  };
}

function weekday(dayIndex: number): (typeof WEEK)[number] {
  return WEEK[modulo(dayIndex, 7)] ?? { session: null, lnHrv: 0, asleepMin: 0 };
}

function session(
  activity: string,
  intensity: Session['intensity'],
  minutes: number,
  metresPerMinute: number | null,
): Session {
  return { activity, intensity, minutes, metresPerMinute };
}

function halfMinutes(minutes: number): number {
  return Math.round(2 * minutes) / 2;
}
