import type { BodyNight } from '../athletes/physiology.ts';
import type { Story } from '../athletes/stories.ts';

/** Oura's readiness: every contributor is a score 1-100, `resting_heart_rate` and `hrv_balance` too. */
export interface ReadinessScores {
  contributors: Record<string, number>;
  score: number;
  temperature_deviation: number;
  temperature_trend_deviation: number;
}

/** Plausible vendor scores that follow the night; not Oura's formula, which nobody outside knows. */
export function readinessOf({ athlete, body }: { athlete: Story; body: BodyNight }): ReadinessScores {
  const short = Math.max(0, athlete.sleepNeedMin - body.asleepMin);
  const contributors = {
    activity_balance: 80,
    body_temperature: score(96 - 45 * Math.abs(body.temperatureC)),
    hrv_balance: score(84 + 90 * body.lnHrvFromUsual),
    previous_day_activity: 78,
    previous_night: score(86 - short / 3),
    recovery_index: score(90 - 3 * Math.max(0, body.heartRateFromUsualBpm)),
    resting_heart_rate: score(93 - 5 * Math.max(0, body.heartRateFromUsualBpm)),
    sleep_balance: score(84 - short / 5),
    sleep_regularity: 88,
  };
  const values = Object.values(contributors);
  return {
    contributors,
    score: score(values.reduce((sum, value) => sum + value, 0) / values.length),
    temperature_deviation: body.temperatureC,
    temperature_trend_deviation: Math.round(60 * body.temperatureC) / 100,
  };
}

/** Contributors and score of `daily_sleep`, derived from durations in seconds and the count of awakenings. */
export function sleepScoreOf(night: {
  deepSec: number;
  remSec: number;
  asleepSec: number;
  latencySec: number;
  efficiencyPct: number;
  awakenings: number;
  needMin: number;
}): { contributors: Record<string, number>; score: number } {
  const contributors = {
    deep_sleep: score(night.deepSec / 60),
    efficiency: score(night.efficiencyPct),
    latency: score(night.latencySec >= 300 ? 90 - night.latencySec / 120 : 65),
    rem_sleep: score((0.8 * night.remSec) / 60),
    restfulness: score(86 - 7 * night.awakenings),
    timing: 90,
    total_sleep: score((96 * night.asleepSec) / 60 / night.needMin),
  };
  const values = Object.values(contributors);
  return { contributors, score: score(values.reduce((sum, value) => sum + value, 0) / values.length) };
}

function score(value: number): number {
  return Math.max(1, Math.min(100, Math.round(value)));
}
