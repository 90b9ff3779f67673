import type { Signal } from '#platform/signals';
import type { DriverId } from '../readiness/formula/score.ts';
import { DRIVER_SIGNALS, type Presented } from '../readiness/present.ts';

/** What a coach is told of one athlete and day, in the view that the athlete gives the team. */
export interface Told {
  athleteId: string;
  displayName: string;
  timeZone: string;
  shown: Presented;
  /** Null: TRAINING is not shared on that day. `load` in AU, null where nobody knows it. */
  load: { load: number | null; method: string | null } | null;
  flags: readonly string[];
  /** Of a session of today; null where nothing is suggested. */
  suggestion: string | null;
  generatedAt: Date;
}

const WITHHELD = 'not_shared';
const CALIBRATING = 'calibrating';

type Cell = (told: Told) => string | number | boolean | null;

/** A column of one signal: where that is withheld it says so, while the signal calibrates it says that. */
const of =
  (signal: Signal, read: Cell): Cell =>
  (told) => {
    if (!told.shown.readiness.basis.includes(signal)) return WITHHELD;
    const isCalibrating = told.shown.freshness.some((each) => each.signal === signal && each.state === 'CALIBRATING');
    return read(told) ?? (isCalibrating ? CALIBRATING : null);
  };

/** A column of the score, of whatever it is made. */
const ofScore =
  (read: Cell): Cell =>
  (told) => {
    const { status } = told.shown.readiness;
    if (status === 'NOT_SHARED') return WITHHELD;
    return status === 'CALIBRATING' ? CALIBRATING : read(told);
  };

const ofTraining =
  (read: Cell): Cell =>
  (told) =>
    told.load === null ? WITHHELD : read(told);

const points = (id: DriverId): Cell =>
  of(DRIVER_SIGNALS[id], ({ shown }) => shown.readiness.drivers.find((driver) => driver.id === id)?.points ?? null);

const signalsIn = ({ shown }: Told) => shown.readiness.signals;

/** Column by column, from values of the view alone. Days as YYYY-MM-DD, instants in UTC, decimals with a dot. */
const CELLS: Readonly<Record<string, Cell>> = {
  athlete_id: ({ athleteId }) => athleteId,
  name: ({ displayName }) => displayName,
  date: ({ shown }) => shown.readiness.date,
  zone: ({ timeZone }) => timeZone,
  algorithm: ({ shown }) => shown.readiness.algorithm,
  view_revision: ofScore(({ shown }) => shown.readiness.revision),
  score: ofScore(({ shown }) => shown.readiness.score),
  band: ofScore(({ shown }) => shown.readiness.band?.toLowerCase() ?? null),
  confidence: ofScore(({ shown }) => shown.readiness.confidence),
  stale: ofScore(({ shown }) => shown.readiness.stale),
  basis: ({ shown }) => shown.readiness.basis.join(' ').toLowerCase() || WITHHELD,
  ...Object.fromEntries((Object.keys(DRIVER_SIGNALS) as DriverId[]).map((id) => [`points_${id}`, points(id)])),
  hrv_state: of('HRV', (told) => signalsIn(told).hrv?.state?.toLowerCase() ?? null),
  hrv_z: of('HRV', (told) => rounded(signalsIn(told).hrv?.z, 2)),
  hrv_ms: of('HRV', (told) => rounded(inMs(signalsIn(told).hrv?.value), 1)),
  rhr_bpm: of('RESTING_HEART_RATE', (told) => rounded(signalsIn(told).restingHeartRate?.value, 1)),
  rhr_diff: of('RESTING_HEART_RATE', (told) => {
    const { value = null, mean = null } = signalsIn(told).restingHeartRate ?? {};
    return value === null || mean === null ? null : rounded(value - mean, 1);
  }),
  asleep_min: of('SLEEP', (told) => rounded(signalsIn(told).sleep?.asleepMin, 0)),
  debt_min: of('SLEEP', (told) => signalsIn(told).sleep?.debtMin ?? null),
  load: ofTraining(({ load }) => load?.load ?? null),
  load_method: ofTraining(({ load }) => load?.method?.toLowerCase() ?? null),
  flags: ({ shown, flags }) =>
    shown.readiness.status === 'NOT_SHARED' ? WITHHELD : flags.map((code) => code.toLowerCase()).join(' '),
  suggestion_state: ofTraining(({ suggestion }) => suggestion?.toLowerCase() ?? null),
  generated_at: ({ generatedAt }) => generatedAt.toISOString(),
};

export const COLUMNS: readonly string[] = Object.keys(CELLS);

/** One line, a text for each column; what is unknown is empty. */
export const cellsOf = (told: Told): string[] => Object.values(CELLS).map((cell) => String(cell(told) ?? ''));

/** HRV is kept as the logarithm of milliseconds. */
const inMs = (ln: number | null | undefined): number | null => (ln === null || ln === undefined ? null : Math.exp(ln));

function rounded(value: number | null | undefined, decimals: number): number | null {
  return value === null || value === undefined ? null : Number(value.toFixed(decimals));
}
