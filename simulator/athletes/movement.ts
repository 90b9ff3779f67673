import { atMinute, zoneOf } from './day.ts';
import type { Day } from './day.ts';
import { bodyNight, sessionOn } from './physiology.ts';
import type { Session } from './physiology.ts';
import { randomFor } from './random.ts';

/** A session of training as it took place. */
export interface Workout extends Session {
  startMs: number;
  endMs: number;
  timeZone: string;
  /** Whole minutes that it took. */
  minutes: number;
  /** Metres; null for sports without. */
  distanceM: number | null;
  kcal: number;
}

/** What a day's five-minute slots were spent with, from four in the morning on. */
export interface DayMovement {
  startMs: number;
  /** Per slot: 1 asleep, 2 sitting, 3 light, 4 brisk, 5 hard. Today's end with the waking. */
  classes: number[];
  /** Metabolic equivalents per slot. */
  mets: number[];
  steps: number;
  activeKcal: number;
  inactivityAlerts: number;
}

export const SLOT_MS = 300_000;
const SLOTS = 288;
const DAY_STARTS_MINUTE = 240;

/** The day's session, null on rest days, travel days and in illness. Of today it is what is planned for the evening. */
export function workoutOf(day: Day): Workout | null {
  const session = sessionOn(day);
  if (!session) return null;
  const random = randomFor(day.seed, day.athlete.key, day.dayIndex, 'workout');
  const startMinute = day.athlete.body.wakeMinute + 600 + random.integer(-25, 25);
  const minutes = session.minutes + random.integer(-6, 6);
  const startMs = atMinute(day, startMinute);
  const kcalPerMinute = { easy: 8, moderate: 7, hard: 12.5 }[session.intensity];
  const { metresPerMinute } = session;
  return {
    ...session,
    minutes,
    startMs,
    endMs: startMs + 60_000 * minutes,
    timeZone: zoneOf(day),
    distanceM:
      metresPerMinute === null ? null : Math.round(10 * minutes * metresPerMinute * random.between(0.96, 1.04)) / 10,
    kcal: Math.round(10 * minutes * kcalPerMinute) / 10,
  };
}

/** Steps and the like of one day. */
export function movementOf(day: Day): DayMovement {
  const random = randomFor(day.seed, day.athlete.key, day.dayIndex, 'activity');
  const isPartial = day.isPartial ?? false;
  const startMs = atMinute(day, DAY_STARTS_MINUTE);
  const wakeMs = day.wakeAtMs ?? atMinute(day, bodyNight(day).wakeMinute);
  const workout = workoutOf(day);
  const isRestful = day.athlete.shiftOn(day.dayIndex).trains === false;
  const slots = isPartial ? Math.max(0, Math.min(SLOTS, Math.floor((wakeMs - startMs) / SLOT_MS))) : SLOTS;
  const asleepAgainMs = startMs + SLOTS * SLOT_MS - 5 * 3_600_000;
  const classes = Array.from({ length: slots }, (_, slot) => {
    const atMs = startMs + slot * SLOT_MS;
    if (workout && atMs >= workout.startMs && atMs < workout.endMs) return workout.intensity === 'hard' ? 5 : 4;
    if (atMs < wakeMs || atMs >= asleepAgainMs) return 1;
    return random.next() < (isRestful ? 0.75 : 0.55) ? 2 : random.next() < 0.85 ? 3 : 4;
  });
  const metOf = [0.9, 1, 1.4, 2.4, 4.2, 8.5];
  const mets = classes.map((kind) => Math.round(10 * (metOf[kind] ?? 1) * random.between(0.9, 1.1)) / 10);
  const full = day.athlete.body.steps * random.between(0.82, 1.18) * (isRestful ? 0.45 : workout ? 1.1 : 0.8);
  // Today's steps so far: a few hundred, a little more with each synchronisation.
  const steps = Math.round(isPartial ? full * (0.02 + 0.01 * (day.change?.edits ?? 0)) : full);
  return {
    startMs,
    classes,
    mets,
    steps,
    activeKcal: Math.round(steps / 24 + (workout && !isPartial ? workout.kcal * 0.6 : 0)),
    inactivityAlerts: random.integer(0, 3),
  };
}

/** What else devices measure of a day: seconds of strain and recovery, blood oxygen and breathing of the night. */
export function vitalsOf(day: Day): {
  breathingDisturbanceIndex: number;
  spo2Pct: number;
  recoverySec: number;
  stressSec: number;
  isStressful: boolean;
} {
  const random = randomFor(day.seed, day.athlete.key, day.dayIndex, 'day');
  const isStressful = bodyNight(day).lnHrvFromUsual < -0.2;
  return {
    breathingDisturbanceIndex: random.integer(3, 8),
    spo2Pct: Math.round(1000 * random.between(96.3, 98.4)) / 1000,
    recoverySec: 900 * random.integer(2, 10),
    stressSec: 900 * random.integer(2, isStressful ? 13 : 6),
    isStressful,
  };
}
