import { has, signalsOf, type ScoreSignal } from '#platform/basis';
import type { LocalDate } from '#platform/signals';
import type { Sight } from './views/bases.ts';
import { SCORE_SIGNALS } from './views/bases.ts';
import type { Driver, HrvInput, Readiness, RestingHeartRateInput, SignalFreshness, SleepInput } from './graph-types.ts';
import { changeFromWeek } from './formula/score-days.ts';
import { ALGORITHM, type DriverId } from './formula/score.ts';
import type { ViewRow } from './views/snapshots.ts';
import type { HrvView, ReadinessView, SleepView, StreamView } from './formula/view.ts';

/** One view as the graph shows it. Everything here is read from the view; consent was asked before it was chosen. */
export interface Presented {
  readiness: Readiness;
  changeFromWeek: number | null;
  freshness: SignalFreshness[];
}

/** The same for every athlete of whom nothing is shared, whatever there is. */
export function presentNothing(date: LocalDate): Presented {
  return {
    readiness: {
      date,
      status: 'NOT_SHARED',
      state: 'PENDING',
      revision: 0,
      algorithm: ALGORITHM,
      computedAt: null,
      score: null,
      band: null,
      drivers: [],
      confidence: null,
      confidenceLevel: null,
      basis: [],
      stale: false,
      staleSignals: [],
      signals: { hrv: null, restingHeartRate: null, sleep: null },
    },
    changeFromWeek: null,
    freshness: SCORE_SIGNALS.map(withheld),
  };
}

/** `since`: from when on the viewer sees this basis; scores of earlier days stay out of the comparison. */
export function present(row: ViewRow, since: Sight['since']): Presented {
  return {
    readiness: readinessOf(row),
    changeFromWeek: changeFromWeek({ date: row.date, score: row.view.score, weekScores: row.weekScores, since }),
    freshness: freshnessOf(row),
  };
}

/** Whose points a driver's are: where the signal is withheld there is no such driver. */
export const DRIVER_SIGNALS: Readonly<Record<DriverId, ScoreSignal>> = {
  hrv_day: 'HRV',
  hrv_trend: 'HRV',
  rhr: 'RESTING_HEART_RATE',
  sleep_duration: 'SLEEP',
  sleep_debt: 'SLEEP',
  sleep_quality: 'SLEEP',
};

function readinessOf({ view, revision, basis, computedAt }: ViewRow): Readiness {
  const { hrv, rhr, sleep } = view.signals;
  return {
    date: view.date,
    status: view.status,
    state: view.state,
    revision,
    algorithm: view.algorithm,
    computedAt: revision > 0 && has(basis, 'SLEEP') ? computedAt : null,
    score: view.score,
    band: view.band,
    drivers: view.drivers.map((driver): Driver => ({ ...driver, signal: DRIVER_SIGNALS[driver.id] })),
    confidence: view.confidence,
    confidenceLevel: view.confidenceLevel,
    basis: signalsOf(basis),
    stale: view.stale,
    staleSignals: view.staleSignals,
    signals: {
      hrv: hrv ? hrvInput(hrv) : null,
      restingHeartRate: rhr ? restingHeartRateInput(rhr) : null,
      sleep: sleep ? sleepInput(sleep) : null,
    },
  };
}

const origin = ({ source, age }: { source: string | null; age: number | null }) => ({
  source: source ?? 'NONE',
  ageDays: age ?? 0,
});

function hrvInput(view: HrvView): HrvInput {
  const { nights, value, m7, mean, sd, z, t, cv7, state, discordant } = view;
  return { ...origin(view), nights, value, m7, mean, sd, z, t, cv7Pct: cv7, state, discordant };
}

function restingHeartRateInput(view: StreamView): RestingHeartRateInput {
  const { nights, value, mean, sd, z } = view;
  return { ...origin(view), nights, value, mean, sd, z };
}

function sleepInput(view: SleepView): SleepInput {
  const { asleepMin, efficiencyPct, needMin, debtMin, debtNights } = view;
  return { ...origin(view), asleepMin, efficiencyPct, needMin, debtMin, debtNights };
}

const withheld = (signal: ScoreSignal): SignalFreshness => ({ signal, state: 'NOT_SHARED', ageDays: null, nights: 0 });

function freshnessOf({ view, basis }: ViewRow): SignalFreshness[] {
  return SCORE_SIGNALS.map((signal) => (has(basis, signal) ? freshness(signal, view) : withheld(signal)));
}

function freshness(signal: ScoreSignal, { signals }: ReadinessView): SignalFreshness {
  const { hrv, rhr, sleep } = signals;
  const stream = signal === 'HRV' ? hrv : signal === 'RESTING_HEART_RATE' ? rhr : undefined;
  const source = (stream ?? sleep)?.source ?? null;
  const ageDays = (stream ?? sleep)?.age ?? null;
  const nights = stream?.nights ?? sleep?.debtNights ?? 0;
  if (source === 'MOVING_AVERAGE') return { signal, state: 'ESTIMATED', ageDays, nights };
  if (source !== null) return { signal, state: 'LAST_NIGHT', ageDays, nights };
  const night = stream?.calibrationNight ?? null;
  if (night !== null) return { signal, state: 'CALIBRATING', ageDays: null, nights: night };
  return { signal, state: 'NO_DATA', ageDays: null, nights };
}
