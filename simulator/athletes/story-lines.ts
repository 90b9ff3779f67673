/** What a story does to one day, on top of the athlete's ordinary body and week. */
export interface DayShift {
  /** Added to ln(rMSSD in ms): -0.1 is about 10 % less. */
  lnHrv: number;
  restingHeartRateBpm: number;
  asleepMin: number;
  awakenings: number;
  temperatureC: number;
  /** False when the ring lay in a drawer for the night: no sleep, no HRV. */
  isWorn: boolean;
  trains: boolean;
}

/** A straight line through the corners, flat before the first and after the last. */
function along(dayIndex: number, corners: [dayIndex: number, value: number][]): number {
  const after = corners.findIndex(([at]) => at >= dayIndex);
  if (after === -1) return corners.at(-1)?.[1] ?? 0;
  const [toDay, toValue] = corners[after] ?? [0, 0];
  const [fromDay, fromValue] = corners[after - 1] ?? [dayIndex - 1, toValue];
  return fromValue + ((toValue - fromValue) * (dayIndex - fromDay)) / (toDay - fromDay);
}

/** Ten days of too much: HRV slides, the nights get short, and both come back a fortnight later. */
export function overreaching(dayIndex: number): Partial<DayShift> {
  const weight = along(dayIndex, [
    [-11, 0],
    [-1, 1],
    [5, 1],
    [14, 0],
  ]);
  return {
    lnHrv: -0.16 * weight,
    restingHeartRateBpm: 1.8 * weight,
    asleepMin: -58 * weight,
    awakenings: weight > 0.5 ? 1 : 0,
  };
}

/** Three nights far out on HRV, heart rate and temperature, then five of recovery. */
export function illness(dayIndex: number): Partial<DayShift> {
  const weight = along(dayIndex, [
    [-3, 0],
    [-2, 0.75],
    [-1, 1],
    [1, 0.85],
    [6, 0],
  ]);
  return {
    lnHrv: -0.5 * weight,
    restingHeartRateBpm: 10 * weight,
    asleepMin: -30 * weight,
    awakenings: Math.round(2 * weight),
    temperatureC: 1.1 * weight,
    trains: weight === 0,
  };
}

const FIRST_TOKYO_MORNING = -9;
const FIRST_MORNING_HOME = -2;

/** Whether the athlete wakes in Tokyo on that day. */
export function isInTokyo(dayIndex: number): boolean {
  return dayIndex >= FIRST_TOKYO_MORNING && dayIndex < FIRST_MORNING_HOME;
}

/** Short nights after the flight out and after the flight back. */
export function travel(dayIndex: number): Partial<DayShift> {
  const weight = isInTokyo(dayIndex)
    ? along(dayIndex, [
        [FIRST_TOKYO_MORNING, 1],
        [-6, 0.35],
        [-3, 0.1],
      ])
    : along(dayIndex, [
        [FIRST_TOKYO_MORNING, 0],
        [FIRST_MORNING_HOME - 0.5, 0],
        [FIRST_MORNING_HOME, 0.6],
        [-1, 0.4],
        [0, 0.3],
        [3, 0],
      ]);
  return {
    lnHrv: -0.15 * weight,
    restingHeartRateBpm: 3 * weight,
    asleepMin: -150 * weight,
    awakenings: Math.round(2 * weight),
    trains: weight < 0.6,
  };
}
