import { randomInt } from 'node:crypto';
import type { Measurement, ObservedMeasurement, SampleKind, WorkoutSampleKind } from '../measurements/measurement.ts';
import type { IgnoreReason, Normalised, Normaliser, RawDelivery, RejectReason } from './normaliser.ts';
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
  fuzzRounds = 5000,
}: {
  normaliser: Normaliser;
  cases: PayloadCase[];
  /** Puts items around the items of a body, in the provider's own envelope. */
  pageOf: (payload: PayloadCase, before: unknown[], after: unknown[]) => unknown;
  fuzzRounds?: number;
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

  const seed = Number(process.env['FUZZ_SEED'] ?? randomInt(2 ** 31));
  it(`${fuzzRounds} damaged payloads (FUZZ_SEED=${seed}) never throw, stall or give an implausible row`, () => {
    const random = randomOf(seed);
    let rowCount = 0;
    for (let round = 0; round < fuzzRounds; round += 1) {
      const payload = pick(cases, random);
      const body = damaged(payload.body, random);
      const { measurements } = normalise({ ...payload, body });
      const fastestMs = fastestOf(() => normalise({ ...payload, body }));
      if (fastestMs >= 100) throw new Error(`round ${round} of ${payload.name} took ${fastestMs} ms`);
      for (const row of measurements) expectPlausible(row, payload.receivedAt ?? RECEIVED_AT);
      rowCount += measurements.length;
    }
    // Were every damaged body refused, the checks above would have seen nothing.
    expect(rowCount).toBeGreaterThan(fuzzRounds / 10);
  });
}

/** Time of one call; a slow one is tried twice more, for the machine may have been busy with something else. */
function fastestOf(call: () => void): number {
  let fastestMs = Infinity;
  for (let attempt = 0; attempt < 3 && fastestMs >= 100; attempt += 1) {
    const startedMs = performance.now();
    call();
    fastestMs = Math.min(fastestMs, performance.now() - startedMs);
  }
  return fastestMs;
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
  if (!/^[0-9a-f]{64}$/.test(row.bodyHash)) fail('bodyHash is no SHA-256');
  if (!/^[\x21-\x7e]{1,160}$/.test(row.recordId)) fail('recordId is no id');
  if (row.kind === 'tombstone') return;
  if (!isDay(row.day) || Date.parse(row.day) > receivedAt.getTime() + 86_400_000) fail(`day is ${row.day}`);
  if (row.kind === 'sample_block') {
    const range = SAMPLE_RANGES[row.sampleKind];
    if (row.values.length === 0 || row.values.length !== row.offsetsS.length) fail('lengths differ or are 0');
    if (!row.values.every((value) => value >= range.min && value <= range.max)) fail('a sample is implausible');
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

/** mulberry32: small, seeded, good enough to choose damage. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function pick<T>(from: readonly T[], random: () => number): T {
  return from[Math.floor(random() * from.length)] as T;
}

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

const HOSTILE: readonly unknown[] = [
  null,
  true,
  false,
  '',
  'NaN',
  '60',
  ' ',
  '\u0000',
  '4'.repeat(5000),
  '1'.repeat(100_000),
  [],
  {},
  [[]],
  { average: -1 },
  0,
  -1,
  1e-9,
  0.5,
  3,
  1e6,
  1e15,
  1e308,
  -1e308,
  NaN,
  Infinity,
  -Infinity,
  2 ** 53,
  '9007199254740993',
  '2026-02-30',
  '1970-01-01',
  '9999-12-31',
  '2026-13-01',
  '0000-00-00',
  '2026-11-16',
  '2026-11-16T05:00:00',
  '2026-11-16T25:00:00Z',
  '9999-12-31T23:59:59Z',
  '1969-12-31T23:59:59Z',
  '2026-11-16T05:00:00+99:99',
  '2026-11-16T05:00:00.123456789+05:45',
  '2026-11-16T05:00:00-12:00',
  '2020-01-01T00:00:00Z',
  nested(20),
  nested(500),
  JSON.parse('{"__proto__":{"id":"x"},"constructor":1}'),
  'long_sleep',
  'sleep',
  'late_nap',
  'rest',
  'deleted',
  'manual',
];

/** One to four fields of a copy replaced, removed, doubled or renamed, anywhere in the tree. */
function damaged(body: unknown, random: () => number): unknown {
  const copy = structuredClone(body);
  const count = 1 + Math.floor(random() * 4);
  for (let done = 0; done < count; done += 1) damageOnce(copy, random);
  return copy;
}

function damageOnce(root: unknown, random: () => number): void {
  let node = root;
  while (typeof node === 'object' && node !== null) {
    const parent = node as Record<string, unknown>;
    const keys = Object.keys(parent);
    if (keys.length === 0) return;
    const key = pick(keys, random);
    const child = parent[key];
    const isLeaf = typeof child !== 'object' || child === null;
    if (!isLeaf && random() < 0.85) {
      node = child;
      continue;
    }
    const action = random();
    if (action < 0.7) parent[key] = structuredClone(pick(HOSTILE, random));
    else if (action < 0.8) delete parent[key];
    else if (action < 0.9 && Array.isArray(parent)) parent.push(structuredClone(child));
    else parent[pick(keys, random)] = child;
    return;
  }
}
