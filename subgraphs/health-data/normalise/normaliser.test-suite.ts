import { AppError } from '#platform/errors';
import { isChaos, pick, randomOf, seed, tell } from '../../../tests/support/chaos.ts';
import { damaged, damagedBytes } from '../../../tests/support/damage.ts';
import { compareVersions } from '../measurements/store.ts';
import type { Measurement, ObservedMeasurement, SampleKind, WorkoutSampleKind } from '../measurements/measurement.ts';
import {
  type IgnoreReason,
  type Normalised,
  type Normaliser,
  type RawDelivery,
  type RejectReason,
  parseBody,
} from './normaliser.ts';
import { WORKOUT_SAMPLE_KINDS } from './session/series.ts';
import { MAX_SPLITS } from './session/splits.ts';
import { PLAUSIBLE, type Range, isDay } from './units.ts';

/** A body of one provider and what it must become. */
export type PayloadCase = {
  name: string;
  domain: string;
  body: unknown;
  /** After everything in the body; the suite's default is late 2026. */
  receivedAt?: Date;
  /** Every row the body gives, tombstones aside: kind, recordId and the fields that matter; numbers exact. */
  rows: (Pick<ObservedMeasurement, 'kind' | 'recordId'> & Record<string, unknown>)[];
  /** Row kinds that must be closed, as `kind recordId` or `sample_block/heart_rate recordId`; unlisted means any. */
  closed?: string[];
  rejected?: RejectReason[];
  ignored?: IgnoreReason[];
};

export const RECEIVED_AT = new Date('2026-11-20T12:00:00Z');

export function deliveryOf(
  part: Partial<RawDelivery> & Pick<RawDelivery, 'provider' | 'domain' | 'body'>,
): RawDelivery {
  return {
    deliveryId: '018f0000-0000-7000-8000-000000000001',
    athleteId: '018f0000-0000-7000-8000-0000000000aa',
    sourceUpdatedAt: part.receivedAt ?? RECEIVED_AT,
    receivedAt: RECEIVED_AT,
    ...part,
  };
}

/** Identity of a row inside one athlete and provider; a tombstone has that of the row it closes. */
export function slotOf(row: Measurement): string {
  const kind = row.kind === 'tombstone' ? row.recordKind : row.kind;
  const sampleKind = row.kind === 'tombstone' || row.kind === 'sample_block' ? row.sampleKind : null;
  return `${sampleKind === null ? kind : `${kind}/${sampleKind}`} ${row.recordId}`;
}

/** The series of a workout among its slots, in the order in which a deletion names them. */
export const seriesOf = (recordId: string, kinds: readonly WorkoutSampleKind[] = WORKOUT_SAMPLE_KINDS): string[] =>
  kinds.map((kind) => `sample_block/${kind} ${recordId}`);

export const observedIn = ({ measurements }: Normalised): ObservedMeasurement[] =>
  measurements.filter((row) => row.kind !== 'tombstone');

export const closedIn = ({ measurements }: Normalised): string[] =>
  measurements.filter((row) => row.kind === 'tombstone').map(slotOf);

/** What every provider's normaliser promises, shown on that provider's own payloads. */
export function normaliserSuite({
  normaliser,
  cases,
  pageOf,
}: {
  normaliser: Normaliser;
  cases: PayloadCase[];
  /** Puts items around the items of a body, in the provider's own envelope. */
  pageOf: (payload: PayloadCase, before: unknown[], after: unknown[]) => unknown;
}): void {
  const normalise = ({ domain, body, receivedAt = RECEIVED_AT }: Omit<PayloadCase, 'name' | 'rows'>): Normalised =>
    normaliser.normalise(deliveryOf({ provider: normaliser.provider, domain, body, receivedAt }));

  describe.each(cases)('$name', (payload) => {
    it('becomes exactly the expected rows', () => {
      const result = normalise(payload);
      const observed = observedIn(result);
      expect(observed.map(slotOf).sort()).toHaveLength(payload.rows.length);
      for (const { kind, recordId, ...fields } of payload.rows) {
        const rows = observed.filter(
          (row) =>
            row.kind === kind &&
            row.recordId === recordId &&
            (row.kind !== 'sample_block' ||
              fields['sampleKind'] === undefined ||
              row.sampleKind === fields['sampleKind']),
        );
        expect(rows).toEqual([expect.objectContaining(fields)]);
      }
      expect(result.rejected.map(({ reason }) => reason)).toEqual(payload.rejected ?? []);
      expect(result.ignored.map(({ reason }) => reason)).toEqual(payload.ignored ?? []);
      if (payload.closed !== undefined) expect(closedIn(result).sort()).toEqual([...payload.closed].sort());
    });

    it('gives rows that are plausible, of this provider and at most one per identity', () => {
      const { measurements } = normalise(payload);
      for (const row of measurements) expectPlausible(row, payload.receivedAt ?? RECEIVED_AT);
      expect(measurements.every(({ provider }) => provider === normaliser.provider)).toBe(true);
      const slots = measurements.map(slotOf);
      expect(slots).toEqual([...new Set(slots)]);
    });

    it('gives the same answer twice and leaves its input as it was', () => {
      const before = structuredClone(payload.body);
      expect(normalise(payload)).toEqual(normalise(payload));
      expect(payload.body).toEqual(before);
    });

    it('loses nothing to unreadable neighbours in its batch', () => {
      const body = pageOf(payload, [null, { id: 'broken' }], [[], 'text', { id: {} }]);
      expect(normalise({ ...payload, body }).measurements).toEqual(normalise(payload).measurements);
    });
  });

  it.each([null, undefined, 'text', 7, [], {}, { data: null }, { data: [[[]]] }, { deleted: {} }, { deleted: [] }])(
    'the body %j gives no rows and no exception',
    (body) => {
      for (const domain of ['__proto__', 'constructor', '', 'never_heard_of', ...cases.map((one) => one.domain)]) {
        expect(normalise({ domain, body }).measurements).toEqual([]);
      }
    },
  );

  it('data types it does not know are ignored with a reason', () => {
    const { ignored, ...rest } = normalise({ domain: 'never_heard_of', body: { data: [{ id: 'x1' }] } });
    expect(ignored).toEqual([{ recordId: 'x1', reason: 'unknown_data_type' }]);
    expect(rest).toEqual({ measurements: [], rejected: [] });
  });

  fuzzSuite({ normalise, cases });
}

/** Damaged payloads of one normaliser. */
const FUZZ_ROUNDS = isChaos ? 100_000 : 3_000;
/** Longest processor time for one body: a normaliser shares its process with the others. */
const MAX_MS = 100;

type FuzzCase = Pick<PayloadCase, 'name' | 'domain' | 'body' | 'receivedAt'>;

/** Half of the rounds damage the tree of a body, half the bytes of its text. */
export function fuzzSuite({
  normalise,
  cases,
}: {
  normalise: (payload: FuzzCase) => Normalised;
  cases: readonly FuzzCase[];
}): void {
  const whole = cases.map((one) => ({ ...one, bytes: Buffer.from(JSON.stringify(one.body) ?? 'null') }));
  it(`${FUZZ_ROUNDS} damaged payloads (CHAOS_SEED=${seed}) never throw, stall or give an implausible row`, () => {
    const random = randomOf(seed);
    const found = { rows: 0, unreadable: 0, slowestMs: 0 };
    for (let round = 0; round < FUZZ_ROUNDS; round += 1) {
      const payload = pick(whole, random);
      const read = random() < 0.5 ? readTree(payload, random) : readBytes(payload, random);
      const { measurements, isReadable, ms } = timed(() => {
        const body = read();
        const isJson = body !== UNREADABLE;
        return { isReadable: isJson, measurements: isJson ? normalise({ ...payload, body }).measurements : [] };
      });
      if (ms >= MAX_MS) throw new Error(`round ${round} of ${payload.name} took ${ms} ms`);
      for (const row of measurements) expectPlausible(row, payload.receivedAt ?? RECEIVED_AT);
      found.slowestMs = Math.max(found.slowestMs, ms);
      found.rows += measurements.length;
      if (!isReadable) found.unreadable += 1;
    }
    tell(`${FUZZ_ROUNDS} damaged payloads: ${JSON.stringify(found)}`);
    // Were every damaged body refused, the checks above would have seen nothing.
    expect(found.rows).toBeGreaterThan(FUZZ_ROUNDS / 10);
  });
}

const UNREADABLE = Symbol('not JSON');

function readTree({ body }: FuzzCase, random: () => number): () => unknown {
  const broken = damaged(body, random);
  return () => broken;
}

/** What is no JSON any more is refused as a whole, and by nothing but that refusal. */
function readBytes({ bytes: intact }: { bytes: Buffer }, random: () => number): () => unknown {
  const bytes = damagedBytes(intact, random);
  return () => {
    try {
      return parseBody(bytes);
    } catch (error) {
      if (error instanceof AppError && error.code === 'BAD_USER_INPUT') return UNREADABLE;
      throw error;
    }
  };
}

/**
 * An answer and the processor time it took, which does not count the waiting on a busy machine. A slow one is tried again,
 * for it may have met a collection of garbage.
 */
function timed<Answer>(call: () => Answer): Answer & { ms: number } {
  let ms = Infinity;
  let answer: Answer;
  let attempts = 0;
  do {
    const before = process.threadCpuUsage();
    answer = call();
    const spent = process.threadCpuUsage(before);
    ms = Math.min(ms, (spent.user + spent.system) / 1_000);
    attempts += 1;
  } while (ms >= MAX_MS && attempts < 5);
  return { ...answer, ms };
}

const RANGES: Record<string, Range> = {
  ms: PLAUSIBLE.hrvMs,
  lnMs: { min: 0, max: 6.3 },
  bpm: PLAUSIBLE.restingHeartRateBpm,
  steps: PLAUSIBLE.stepsPerDay,
  durationS: { min: 1e-3, max: 7 * 86_400 },
  distanceM: PLAUSIBLE.distanceM,
  elevationGainM: { min: 0, max: 20_000 },
  activeEnergyKcal: PLAUSIBLE.energyKcal,
  energyKcal: PLAUSIBLE.energyKcal,
  nonWearS: PLAUSIBLE.secondsOfDay,
  stressHighS: PLAUSIBLE.secondsOfDay,
  recoveryHighS: PLAUSIBLE.secondsOfDay,
  temperatureDeviationC: PLAUSIBLE.temperatureDeviationC,
  respiratoryRateBrpm: PLAUSIBLE.respiratoryRateBrpm,
  spo2Pct: PLAUSIBLE.spo2Pct,
  efficiencyPct: { min: 0, max: 100 },
  averageHeartRateBpm: PLAUSIBLE.heartRateBpm,
  maxHeartRateBpm: PLAUSIBLE.heartRateBpm,
  zoneOffsetMin: { min: -720, max: 840 },
  stateRank: { min: 0, max: 1 },
  index: { min: 1, max: MAX_SPLITS },
  wakeCount: { min: 0, max: 1440 },
  awakeningsOver5Min: { min: 0, max: 288 },
  ...Object.fromEntries(
    ['inBedMin', 'asleepMin', 'awakeMin', 'wasoMin', 'latencyMin', 'deepMin', 'lightMin', 'remMin'].map((field) => [
      field,
      { min: 0, max: 1440 },
    ]),
  ),
};

const SAMPLE_RANGES: Record<SampleKind, Range> = {
  heart_rate: PLAUSIBLE.heartRateBpm,
  hrv_rmssd: PLAUSIBLE.hrvMs,
  hrv_sdnn: PLAUSIBLE.hrvMs,
  speed: PLAUSIBLE.speedMps,
  power: PLAUSIBLE.powerW,
  cadence: PLAUSIBLE.cadencePerMin,
  altitude: PLAUSIBLE.altitudeM,
  distance: PLAUSIBLE.distanceM,
};

/** Plain throws, not `expect`: the fuzz calls this a few hundred thousand times. */
function expectPlausible(row: Measurement, receivedAt: Date): void {
  const fail: (what: string) => never = (what) => {
    throw new Error(`${slotOf(row)}: ${what}`);
  };
  expectFields(row, receivedAt, fail);
  if (!/^[\x21-\x7e]{1,160}$/.test(row.recordId)) fail('recordId is no id');
  if (row.kind === 'tombstone') return;
  if (!isDay(row.day) || Date.parse(row.day) > receivedAt.getTime() + 86_400_000) fail(`day is ${row.day}`);
  if (row.kind === 'sample_block') {
    const range = SAMPLE_RANGES[row.sampleKind];
    if (row.values.length === 0 || row.values.length !== row.offsetsS.length) fail('lengths differ or are 0');
    if (!row.values.every((value) => value >= range.min && value <= range.max)) fail('a sample is implausible');
    if (!row.offsetsS.every((offset) => Number.isInteger(offset) && offset >= 0))
      fail('an offset is no number of seconds');
    if (!row.offsetsS.every((offset, i) => i === 0 || offset > (row.offsetsS[i - 1] ?? 0)))
      fail('offsets not ascending');
    const lastMs = row.startedAt.getTime() + (row.offsetsS.at(-1) ?? 0) * 1000;
    if (lastMs > receivedAt.getTime() + 300_000) fail('a sample lies in the future');
  }
  if (row.kind === 'workout_splits') {
    if (row.splits.length === 0 || row.splits.length > MAX_SPLITS) fail(`there are ${row.splits.length} splits`);
    for (const [position, split] of row.splits.entries()) {
      const earlier = row.splits[position - 1];
      if (earlier !== undefined && earlier.startedAt > split.startedAt) fail('splits are not in order of time');
      expectFields(split, receivedAt, fail);
    }
  }
  if (row.kind === 'sleep_night' && row.bedtimeEnd <= row.bedtimeStart) fail('window inverted');
}

function expectFields(fields: object, receivedAt: Date, fail: (what: string) => never): void {
  for (const [field, value] of Object.entries(fields) as [string, unknown][]) {
    if (typeof value === 'number') {
      const range = RANGES[field] ?? fail(`the suite knows no range for ${field}`);
      if (!(value >= range.min && value <= range.max)) fail(`${field} is ${value}`);
    }
    if (value instanceof Date) {
      const isSane = value.getTime() >= Date.UTC(2000, 0, 0) && value.getTime() <= receivedAt.getTime() + 300_000;
      if (!isSane) fail(`${field} is ${String(value)}`);
    }
    if (value === undefined) fail(`${field} is undefined`);
  }
}

/** What the store keeps of these, in this order of arrival. */
export function stored(arrivals: readonly Measurement[]): Map<string, Measurement> {
  const kept = new Map<string, Measurement>();
  for (const row of arrivals) {
    const known = kept.get(slotOf(row));
    if (known === undefined || compareVersions(row, known) > 0) kept.set(slotOf(row), row);
  }
  return kept;
}
