import type { LocalDate } from '#platform/signals';

/**
 * One athlete + provider + metric + method, for example `oura:rmssd:night`. Raw units: ms for `rmssd` and `sdnn`,
 * bpm for `rhr`; keyed by the local date of waking. Values of two streams never meet in one mean (section 1).
 */
export type Stream = {
  readonly id: string;
  readonly metric: 'rmssd' | 'rhr' | 'sdnn';
  /** The athlete chose this stream for its signal. */
  readonly isPrimary: boolean;
  readonly values: ReadonlyMap<LocalDate, number>;
};

/** The metrics that enter the score. SDNN is another quantity and never does. */
export type ScoredMetric = Exclude<Stream['metric'], 'sdnn'>;

export type SleepNight = {
  readonly asleepMin: number;
  readonly inBedMin: number | null;
  readonly latencyMin: number | null;
  readonly wasoMin: number | null;
  /** Awakenings of more than five minutes. */
  readonly awakenings: number | null;
  /** All other sleeps that ended on the same date. */
  readonly napMin: number;
};

export type SleepNights = ReadonlyMap<LocalDate, SleepNight>;

/** What is known of an athlete, tonight included. May reach further back than any window; nothing is assumed sorted. */
export type AthleteHistory = {
  readonly needMin: number;
  readonly hrv: readonly Stream[];
  readonly rhr: readonly Stream[];
  readonly sleep: SleepNights;
};

/** A night whose every field can be used: what section 1 does not accept is null. */
export type ValidNight = Omit<SleepNight, 'inBedMin'> & { readonly efficiencyPct: number | null };

const DEFAULT_NEED_MIN = 480;
const ACCEPTED = { rmssd: [5, 250], rhr: [25, 120], asleepMin: [60, 960], needMin: [360, 600] } as const;

/** The raw value of one night, null if there is none or section 1 does not accept it. */
export function validValue(stream: Stream, metric: ScoredMetric, date: LocalDate): number | null {
  const value = stream.values.get(date);
  return value !== undefined && isAccepted(metric, value) ? value : null;
}

/**
 * The night of one date, null if there is none or its sleep time is not accepted: then its naps do not count either.
 * Latency, wakefulness and awakenings have no range in the specification; negative or non-finite ones are missing.
 */
export function validNight(nights: SleepNights, date: LocalDate): ValidNight | null {
  const night = nights.get(date);
  if (!night || !isAccepted('asleepMin', night.asleepMin)) return null;
  const { asleepMin, inBedMin } = night;
  const isEfficiencyKnown = inBedMin !== null && Number.isFinite(inBedMin) && inBedMin >= asleepMin;
  return {
    asleepMin,
    efficiencyPct: isEfficiencyKnown ? (100 * asleepMin) / inBedMin : null,
    latencyMin: validCount(night.latencyMin),
    wasoMin: validCount(night.wasoMin),
    awakenings: validCount(night.awakenings),
    napMin: validCount(night.napMin) ?? 0,
  };
}

/** The athlete's sleep need; one outside 360 to 600 minutes is no need anybody could have set, hence the default. */
export function validNeedMin(needMin: number): number {
  return isAccepted('needMin', needMin) ? needMin : DEFAULT_NEED_MIN;
}

function isAccepted(field: keyof typeof ACCEPTED, value: number): boolean {
  const [lowest, highest] = ACCEPTED[field];
  return value >= lowest && value <= highest;
}

function validCount(value: number | null): number | null {
  return value !== null && Number.isFinite(value) && value >= 0 ? value : null;
}
