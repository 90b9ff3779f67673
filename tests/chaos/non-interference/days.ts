import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber } from '#platform/slots';
import { pick } from '../../support/chaos.ts';
import type {
  Measurement,
  SampleBlock,
  Workout,
  WorkoutSampleKind,
} from '../../../subgraphs/health-data/measurements/measurement.ts';
import { workoutId } from '../../../subgraphs/health-data/measurements/workout-id.ts';
import type { Deed, PlannedSession } from './deed.ts';
import { origin, tombstone } from './nights.ts';
import { FIRST_DAY, LAST_DAY, ticksOf, type Pair } from './pair.ts';

/** Days before the last one that is lived through. */
export const daysBefore = (day: LocalDate): number => dayNumber(LAST_DAY) - dayNumber(day);

const TRAINED_DAYS = 35;
/** The last days have series of their own: each is as long as it must be to be seen, no longer. */
const SAMPLED_DAYS = 3;
const SAMPLES = [0, 60, 120, 180, 240, 300];
const RECORDED: readonly WorkoutSampleKind[] = ['speed', 'power', 'cadence', 'altitude', 'distance'];

/** At noon of the day, for as long as it takes: the same hour for every draw, as the plan has it. */
const startOf = (day: LocalDate): Date => new Date(`${day}T11:00:00Z`);
const recordOf = (day: LocalDate): string => `w-${day}`;

function workout(pair: Pair, day: LocalDate, version: number, random: () => number): Workout {
  const minutes = 30 + Math.round(random() * 60);
  const hard = random();
  return {
    ...origin(pair, { day, version, recordId: recordOf(day) }),
    kind: 'workout',
    activity: pick(['running', 'cycling'], random),
    startedAt: startOf(day),
    endedAt: new Date(startOf(day).getTime() + minutes * 60_000),
    capturedAt: new Date(startOf(day).getTime() + minutes * 60_000),
    durationS: minutes * 60,
    distanceM: 4_000 + Math.round(hard * 9_000),
    energyKcal: 300 + Math.round(hard * 400),
    elevationGainM: Math.round(hard * 200),
    averageHeartRateBpm: 120 + Math.round(hard * 40),
    maxHeartRateBpm: 160 + Math.round(hard * 25),
    heartRateZonesS: [600, 600, 300, Math.round(hard * 600), 60],
    intensity: 'moderate',
    isManual: false,
  };
}

function ofWorkout(pair: Pair, one: Workout, random: () => number): Measurement[] {
  const shared = { ...origin(pair, { day: one.day, version: 1, recordId: one.recordId }), capturedAt: one.endedAt };
  const split = { durationS: 300, distanceM: 1_000, averageHeartRateBpm: 150, elevationGainM: 4 };
  const splits: Measurement = {
    ...shared,
    kind: 'workout_splits',
    splits: [1, 2].map((index) => ({ ...split, index, startedAt: one.startedAt })),
  };
  const series = RECORDED.map((sampleKind): SampleBlock => {
    const values = SAMPLES.map(() => Math.round(random() * 100));
    return { ...shared, kind: 'sample_block', sampleKind, startedAt: one.startedAt, offsetsS: SAMPLES, values };
  });
  return [splits, ...series];
}

/** Sessions, what is inside them, how hard they felt, and what is planned. */
export function trainingDeeds(pair: Pair, random: () => number): Deed[] {
  const history: Measurement[] = [];
  const ratings: Deed['entries'] = [];
  const rated = (day: LocalDate) => {
    const id = workoutId({ provider: pair.provider, recordId: recordOf(day) });
    return { table: 'workoutRatings' as const, id, entry: { id, rpe: pick([2, 4, 7, 9], random) } };
  };
  for (let back = TRAINED_DAYS; back >= 1; back--) {
    const day = dateOf(dayNumber(FIRST_DAY) - back);
    if (random() < 0.35) continue;
    const one = workout(pair, day, 1, random);
    history.push(one, ...(daysBefore(day) <= SAMPLED_DAYS ? ofWorkout(pair, one, random) : []));
    if (random() < 0.8) ratings.push(rated(day));
  }
  const deeds: Deed[] = [{ tick: 0, rows: history, entries: ratings }];
  const day = FIRST_DAY;
  const one = workout(pair, day, 1, random);
  const fate = random();
  if (fate < 0.8) {
    deeds.push({ tick: pick(ticksOf(0).slice(8), random), rows: [one, ...ofWorkout(pair, one, random)] });
    // The same session from another provider, a correction, or its end.
    const again = pick(ticksOf(1), random);
    if (fate < 0.2) deeds.push({ tick: again, rows: [{ ...one, provider: 'STRAVA', recordId: 'again' }] });
    else if (fate < 0.4) deeds.push({ tick: again, rows: [workout(pair, day, 2, random)] });
    else if (fate < 0.5) deeds.push({ tick: again, rows: [tombstone(one, 3)] });
    else deeds.push({ tick: again, entries: [rated(day)] });
  }
  return [...deeds, ...planDeeds(pair, random)];
}

/** Planned by the coach who sees the training; what they do not see, by the athlete. */
function planDeeds({ shares, since }: Pair, random: () => number): Deed[] {
  const isShared = shares.has('TRAINING');
  const by = isShared ? ('COACH' as const) : ('ATHLETE' as const);
  const all = [-2, -1, 0, 1].map((offset): PlannedSession => {
    const date = dateOf(dayNumber(FIRST_DAY) + offset);
    return {
      clientId: date,
      date,
      startTime: '17:00',
      title: 'Intervals',
      sport: 'running',
      notes: 'On the track.',
      intensity: pick(['MODERATE', 'HIGH', 'HIGH'], random),
      minutes: pick([45, 60, 75], random),
      kind: pick(['NORMAL', 'NORMAL', 'NORMAL', 'RACE'], random),
      ...(isShared ? { allowsIncrease: random() < 0.5 } : {}),
    };
  });
  const sessions = isShared ? all.filter(({ date }) => date >= since) : all;
  const changed = sessions.filter(({ date }) => date >= FIRST_DAY && random() < 0.3);
  return [
    { tick: 1, planned: { by, sessions } },
    ...changed.map(({ allowsIncrease: _coachs, ...session }): Deed => {
      return { tick: pick(ticksOf(1), random), replanned: { ...session, minutes: 30, intensity: 'LOW' } };
    }),
  ];
}

export function heartRateDeeds(pair: Pair, random: () => number): Deed[] {
  return [-1, 0, 1].flatMap((offset): Deed[] => {
    const day = dateOf(dayNumber(FIRST_DAY) + offset);
    if (random() < 0.2) return [];
    const startedAt = startOf(day);
    const block = (recordId: string): SampleBlock => ({
      ...origin(pair, { day, version: 1, recordId }),
      kind: 'sample_block',
      sampleKind: 'heart_rate',
      startedAt,
      capturedAt: new Date(startedAt.getTime() + 300_000),
      offsetsS: SAMPLES,
      values: SAMPLES.map(() => 90 + Math.round(random() * 80)),
    });
    const tick = offset < 0 ? 0 : pick(ticksOf(offset).slice(8), random);
    // Recorded with the session, and by the device that is worn all day.
    return [{ tick, rows: [block(recordOf(day)), { ...block(`hr-${day}`), provider: 'WHOOP' }] }];
  });
}

export function stepsDeeds(pair: Pair, random: () => number): Deed[] {
  const steps = (day: LocalDate, version: number): Measurement => ({
    ...origin(pair, { day, version, recordId: `d-${day}` }),
    kind: 'steps_day',
    capturedAt: null,
    steps: 2_000 + Math.round(random() * 15_000),
    distanceM: 5_000,
    activeEnergyKcal: 400,
    nonWearS: null,
  });
  const history = Array.from({ length: 10 }, (_, back) => steps(dateOf(dayNumber(FIRST_DAY) - 1 - back), 1));
  return [
    { tick: 0, rows: history },
    ...[1, 2, 3].map((version) => ({ tick: pick(ticksOf(0), random), rows: [steps(FIRST_DAY, version)] })),
    { tick: pick(ticksOf(1), random), rows: [steps(LAST_DAY, 1)] },
  ];
}

/** Gathered all day long: nothing of the night is in it. */
export function stressDeeds(pair: Pair, random: () => number): Deed[] {
  return [0, 1].flatMap((place) => {
    const day = dateOf(dayNumber(FIRST_DAY) + place);
    return [1, 2].map((version): Deed => {
      const row: Measurement = {
        ...origin(pair, { day, version, recordId: `stress-${day}` }),
        kind: 'vitals_day',
        capturedAt: null,
        ...{ temperatureDeviationC: null, respiratoryRateBrpm: null, spo2Pct: null, sleepRecordId: null },
        stressHighS: 1_800 + Math.round(random() * 600),
        recoveryHighS: 900,
      };
      return { tick: pick(ticksOf(place), random), rows: [row] };
    });
  });
}
