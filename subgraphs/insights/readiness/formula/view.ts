import { type Basis, type ScoreSignal, has, signalsOf } from '#platform/basis';
import type { LocalDate } from '#platform/signals';
import { dayNumber } from '#platform/slots';
import { type SleepSignal, type Source, type StreamSignal, readSleep, readStreams } from './baseline.ts';
import type { AthleteHistory, SleepNights, Stream } from './history.ts';
import {
  ALGORITHM,
  type Band,
  type ConfidenceLevel,
  type DriverId,
  type HrvState,
  type ReadinessStatus,
  type Readings,
  type Score,
  type SignalKey,
  scoreOf,
} from './score.ts';

export type DayState = 'PENDING' | 'PROVISIONAL' | 'FINAL';

/** `value`, `m7`, `mean`, `sd` and `band` in bpm, for HRV in ln ms. All null while the signal is unusable. */
export type StreamView = {
  /** The stream read tonight. */
  stream: string | null;
  source: Source | null;
  /** Days since the newest value behind `value`: 0 for tonight. */
  age: number | null;
  /** Earlier nights behind the baseline. */
  nights: number;
  /** The k of "night k of 7", tonight counted; null once there is a baseline, or nothing on its way to one. */
  calibrationNight: number | null;
  value: number | null;
  m7: number | null;
  mean: number | null;
  sd: number | null;
  band: [number, number] | null;
  z: number | null;
  t: number | null;
};

export type HrvView = StreamView & { cv7: number | null; state: HrvState | null; discordant: boolean };

export type SleepView = {
  source: Source | null;
  age: number | null;
  asleepMin: number | null;
  efficiencyPct: number | null;
  needMin: number;
  debtMin: number | null;
  /** Valid nights among the last fourteen. */
  debtNights: number;
};

/**
 * The payload of section 14 for one view and one day, plain JSON. Rounded to four decimals (confidence, staleShare,
 * cv7, efficiencyPct: two; minutes: whole), so that an unchanged view is stored as the same bytes. What is outside the
 * basis is absent, not null. `revision` is missing on purpose: it counts stored views, and this one is computed.
 */
export type ReadinessView = {
  algorithm: string;
  date: LocalDate;
  status: ReadinessStatus;
  state: DayState;
  score: number | null;
  band: Band | null;
  drivers: { id: DriverId; points: number; index: number; weight: number }[];
  basis: ScoreSignal[];
  confidence: number;
  confidenceLevel: ConfidenceLevel;
  stale: boolean;
  staleSignals: ScoreSignal[];
  staleShare: number;
  signals: { hrv?: HrvView; rhr?: StreamView; sleep?: SleepView };
};

declare const restricted: unique symbol;

/** A history with nothing in it but the shared signals. Only `restrict` makes one. */
export type RestrictedHistory = {
  readonly [restricted]: true;
  readonly basis: Basis;
  readonly hrv?: readonly Stream[];
  readonly rhr?: readonly Stream[];
  /** The need belongs to sleep: who may not see sleep may not see that it changed. */
  readonly sleep?: { readonly needMin: number; readonly nights: SleepNights };
};

const SIGNAL_OF: Record<SignalKey, ScoreSignal> = { hrv: 'HRV', rhr: 'RESTING_HEART_RATE', sleep: 'SLEEP' };

/** The only door between a full record and a view: what does not pass here cannot reach a score (section 13). */
export function restrict(history: AthleteHistory, basis: Basis): RestrictedHistory {
  const shared: Omit<RestrictedHistory, typeof restricted> = {
    basis,
    ...(has(basis, 'HRV') && { hrv: history.hrv }),
    ...(has(basis, 'RESTING_HEART_RATE') && { rhr: history.rhr }),
    ...(has(basis, 'SLEEP') && { sleep: { needMin: history.needMin, nights: history.sleep } }),
  };
  return shared as RestrictedHistory;
}

/** One view of one day, computed from the shared signals alone. */
export function computeView(input: { history: AthleteHistory; date: LocalDate; basis: Basis }): ReadinessView {
  return viewOf({ history: restrict(input.history, input.basis), date: input.date });
}

/** The same for a history that is already restricted. */
export function viewOf({ history, date }: { history: RestrictedHistory; date: LocalDate }): ReadinessView {
  const readings = readingsOf({ history, date });
  const score = scoreOf(readings);
  return {
    algorithm: ALGORITHM,
    date,
    status: score.status,
    state: dayStateOf(readings),
    score: score.score,
    band: score.band,
    drivers: score.drivers.map(({ id, points, index, weight }) => {
      return { id, points, index: round(index, 4), weight: round(weight, 4) };
    }),
    basis: signalsOf(history.basis),
    confidence: score.confidence,
    confidenceLevel: score.confidenceLevel,
    stale: score.staleSignals.length > 0,
    staleSignals: score.staleSignals.map((key) => SIGNAL_OF[key]),
    staleShare: round(score.staleShare, 2),
    signals: {
      ...(readings.hrv && { hrv: hrvView(readings.hrv, score) }),
      ...(readings.rhr && { rhr: streamView(readings.rhr) }),
      ...(readings.sleep && { sleep: sleepView(readings.sleep) }),
    },
  };
}

/** Sections 2, 5 and 9 for what is shared, unrounded: for flags, which need spreads that no payload carries. */
export function readingsOf({ history, date }: { history: RestrictedHistory; date: LocalDate }): Readings {
  const day = dayNumber(date);
  return {
    ...(history.hrv && { hrv: readStreams({ streams: history.hrv, metric: 'rmssd', day }) }),
    ...(history.rhr && { rhr: readStreams({ streams: history.rhr, metric: 'rhr', day }) }),
    ...(history.sleep && { sleep: readSleep({ ...history.sleep, day }) }),
  };
}

/**
 * Section 8. PENDING: nothing of tonight is in and nothing could be computed from earlier nights. PROVISIONAL:
 * something is a moving average, or a source that delivered within the last three days has not delivered tonight.
 * FINAL: no shared source is waited for; one that has been silent longer is not. No clock decides here: a day whose
 * night never comes stays provisional, and a view says the same whenever it is computed.
 */
export function dayStateOf({ hrv, rhr, sleep }: Readings): DayState {
  const shared = [hrv, rhr, sleep].filter((signal) => signal !== undefined);
  if (shared.every((signal) => !signal.hasTonight && !signal.reading)) return 'PENDING';
  const isOpen = shared.some((signal) => signal.isExpected || signal.reading?.source === 'MOVING_AVERAGE');
  return isOpen ? 'PROVISIONAL' : 'FINAL';
}

function hrvView(signal: StreamSignal, score: Score): HrvView {
  return {
    ...streamView(signal),
    cv7: orNull(signal.reading?.cv7, 2),
    state: score.hrvState,
    discordant: score.isDiscordant,
  };
}

function streamView({ reading, nights, calibrationNight }: StreamSignal): StreamView {
  return {
    stream: reading?.stream ?? null,
    source: reading?.source ?? null,
    age: reading?.ageDays ?? null,
    nights,
    calibrationNight,
    value: orNull(reading?.value),
    m7: orNull(reading?.m7),
    mean: orNull(reading?.mean),
    sd: orNull(reading?.sd),
    band: reading ? [round(reading.band[0], 4), round(reading.band[1], 4)] : null,
    z: orNull(reading?.z),
    t: orNull(reading?.t),
  };
}

function sleepView({ reading, needMin, debt }: SleepSignal): SleepView {
  return {
    source: reading?.source ?? null,
    age: reading?.ageDays ?? null,
    asleepMin: orNull(reading?.asleepMin, 0),
    efficiencyPct: orNull(reading?.efficiencyPct, 2),
    needMin,
    debtMin: debt.debtMin,
    debtNights: debt.nights,
  };
}

function orNull(value: number | null | undefined, decimals = 4): number | null {
  return value === null || value === undefined ? null : round(value, decimals);
}

/** `+ 0` turns -0, which JSON would lose, into 0. */
function round(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale + 0;
}
