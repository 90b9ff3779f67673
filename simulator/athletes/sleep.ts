import { atMinute, comesRound, zoneOf } from './day.ts';
import type { Day } from './day.ts';
import { durationsOf, fiveMinutePhases, heartRateSeries, hrvSeries, hypnogram, movement } from './hypnogram.ts';
import { bodyNight } from './physiology.ts';
import type { BodyNight } from './physiology.ts';
import { randomFor } from './random.ts';

/**
 * `sleep` is the main night; `sleep-second-half` follows it where the athlete was up for ninety minutes in between. Part
 * of the name from which a period's random numbers are drawn.
 */
export type SleepKind = 'sleep' | 'sleep-second-half' | 'nap' | 'late_nap';

/** One period of sleep as a body had it, before any vendor's words; series begin at `startMs`. */
export interface SleepPeriod {
  kind: SleepKind;
  startMs: number;
  endMs: number;
  timeZone: string;
  /** One character per 30 seconds: 1 deep, 2 light, 3 REM, 4 awake. */
  phases30Sec: string;
  /** The same per five minutes. */
  phases5Min: string;
  durations: ReturnType<typeof durationsOf>;
  /** rMSSD in ms; null where the device measured none. */
  hrvMs: number | null;
  /** rMSSD per five minutes, null where awake; its mean is `hrvMs`. */
  hrvItems: (number | null)[] | null;
  lowestHeartRateBpm: number;
  /** Beats per minute, per five minutes. */
  heartRateItems: (number | null)[];
  breathsPerMinute: number;
  /** One character per 30 seconds: 1 none to 4 active. */
  movement30Sec: string;
  restlessPeriods: number;
}

/** A period before its hypnogram is drawn. */
interface Draft {
  kind: SleepKind;
  endAtMs: number;
  asleepMin: number;
  latencyMin: number;
  awakeningEpochs: number[];
  isHrvMissing: boolean;
}

/** All periods of sleep that belong to the day, in no order; none when the device was not worn. */
export function sleepPeriodsOf(day: Day): SleepPeriod[] {
  const body = bodyNight(day);
  return body.isWorn ? draftsOf(day, body).map((draft) => measured({ day, body, draft })) : [];
}

/** The main night of a day; null when the device was not worn. */
export function mainSleepOf(day: Day): SleepPeriod | null {
  return sleepPeriodsOf(day).find(({ kind }) => kind === 'sleep') ?? null;
}

/** Whether a period is the night or its second half, and no nap. */
export function isNightly(kind: SleepKind): boolean {
  return kind === 'sleep' || kind === 'sleep-second-half';
}

/** The stages of a period as stretches of time, oldest first; neighbours differ. */
export function stagesOf({ startMs, phases30Sec }: Pick<SleepPeriod, 'startMs' | 'phases30Sec'>): {
  stage: 'deep' | 'light' | 'rem' | 'awake';
  startMs: number;
  endMs: number;
}[] {
  const names = { 1: 'deep', 2: 'light', 3: 'rem', 4: 'awake' } as const;
  return [...phases30Sec.matchAll(/1+|2+|3+|4+/g)].map(({ 0: run, index }) => ({
    stage: names[run[0] as unknown as keyof typeof names],
    startMs: startMs + 30_000 * index,
    endMs: startMs + 30_000 * (index + run.length),
  }));
}

function draftsOf(day: Day, body: BodyNight): Draft[] {
  const random = randomFor(day.seed, day.athlete.key, day.dayIndex, 'periods');
  const night: Draft = {
    kind: 'sleep',
    endAtMs: day.wakeAtMs ?? atMinute(day, body.wakeMinute),
    asleepMin: body.asleepMin,
    latencyMin: body.latencyMin,
    awakeningEpochs: body.awakeningEpochs,
    isHrvMissing: false,
  };
  const nap = (kind: SleepKind, endAtMs: number): Draft => ({
    kind,
    endAtMs,
    asleepMin: random.integer(28, 55),
    latencyMin: random.integer(4, 9),
    awakeningEpochs: [],
    isHrvMissing: false,
  });
  if (day.wakeAtMs !== undefined) return [night];
  const { extraSleep } = day.athlete;
  if (extraSleep === 'naps') {
    const naps = comesRound(day, 3, 1) ? [nap('nap', atMinute(day, random.integer(900, 960)))] : [];
    return comesRound(day, 4, 2) ? [...splitNight(night), ...naps] : [night, ...naps];
  }
  if (extraSleep === 'odd') {
    if (comesRound(day, 11, 7)) return [{ ...night, isHrvMissing: true }];
    // On the evening before, after six: some vendors count such a nap for the day that follows.
    const evening = atMinute(day, random.integer(1190, 1205) - 1440);
    if (comesRound(day, 6, 2)) return [nap('late_nap', evening), night];
  }
  return [night];
}

/** Ninety minutes up in the middle. Both halves are over three hours, and the first is the longer one. */
function splitNight(night: Draft): Draft[] {
  const total = night.asleepMin + 30;
  const secondMin = Math.max(185, Math.round(0.46 * total));
  const second: Draft = { ...night, kind: 'sleep-second-half', asleepMin: secondMin, awakeningEpochs: [] };
  const secondInBedMin = secondMin + night.latencyMin + 2;
  const first = {
    ...night,
    asleepMin: Math.max(total - secondMin, secondMin + 8),
    endAtMs: night.endAtMs - (secondInBedMin + 90) * 60_000,
  };
  return [first, second];
}

function measured({ day, body, draft }: { day: Day; body: BodyNight; draft: Draft }): SleepPeriod {
  const random = randomFor(day.seed, day.athlete.key, day.dayIndex, draft.kind, day.change?.edits ?? 0);
  const phases30Sec = hypnogram({
    random,
    asleepEpochs: Math.round(2 * draft.asleepMin),
    latencyEpochs: Math.round(2 * draft.latencyMin),
    awakeningEpochs: draft.awakeningEpochs,
  });
  const phases5Min = fiveMinutePhases(phases30Sec);
  const durations = durationsOf(phases30Sec);
  const isMain = isNightly(draft.kind);
  const lowestHeartRateBpm = body.lowestHeartRateBpm + (isMain ? 0 : 5);
  const hrvItems = hrvSeries({ random, phases5Min, meanMs: body.hrvMs });
  return {
    kind: draft.kind,
    startMs: draft.endAtMs - 1000 * durations.inBedSec,
    endMs: draft.endAtMs,
    timeZone: zoneOf(day),
    phases30Sec,
    phases5Min,
    durations,
    hrvMs: draft.isHrvMissing ? null : body.hrvMs,
    hrvItems: draft.isHrvMissing ? null : hrvItems,
    lowestHeartRateBpm,
    heartRateItems: heartRateSeries({ random, phases5Min, lowestBpm: lowestHeartRateBpm }),
    breathsPerMinute: body.breathsPerMinute,
    movement30Sec: movement({ random, phases30Sec }),
    restlessPeriods: Math.round(durations.inBedSec / 125 + random.between(-12, 12)),
  };
}
