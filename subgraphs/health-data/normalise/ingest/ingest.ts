import type { LocalDate } from '#platform/signals';
import type {
  HrvNight,
  MeasurementFlag,
  ObservedMeasurement,
  RestingHeartRate,
  SleepNight,
} from '../../measurements/measurement.ts';
import {
  type Item,
  type Normalised,
  type Normalising,
  type RawDelivery,
  type RowSlot,
  type Version,
  ItemRefused,
  isItem,
  normaliseEach,
  tombstonesForAbsent,
} from '../normaliser.ts';
import {
  PLAUSIBLE,
  type Range,
  daysBetween,
  isMissing,
  lnOf,
  localDay,
  numberWithin,
  parseInstant,
  plausible,
  requireDay,
  requireInstant,
  requireWindow,
} from '../units.ts';

/**
 * What a service sent through `/v1/ingest/{hrv,sleep}`, as connections stores it: `{ items: [] }` of one athlete and one
 * provider, the shape of an item in docs/reference/uploads.md. A day is one record, `ingest:<date>`, and a later request
 * for it is its newer version. How the service came by its numbers is unknown: HRV and resting heart rate have the method
 * `ingested`, so that they never meet those of the provider's own, and every row is flagged.
 */
export const ingest: Normalising = { version: 'ingest/1', normalise: normaliseIngest };

type Day = { item: Item; recordId: string; day: LocalDate; version: Version; receivedAt: Date };
type Reader = { read: (day: Day) => ObservedMeasurement[]; kinds: readonly RowSlot['recordKind'][] };

/** By domain, and the kinds of row a record of it may give. */
const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['ingest_hrv', { read: readHrv, kinds: ['hrv_night', 'resting_heart_rate'] }],
  ['ingest_sleep', { read: readSleep, kinds: ['sleep_night'] }],
]);

export const isIngestDomain = (domain: string): boolean => READERS.has(domain);

function normaliseIngest(delivery: RawDelivery): Normalised {
  const into: Normalised = { measurements: [], rejected: [], ignored: [] };
  const { body } = delivery;
  const items = isItem(body) && Array.isArray(body['items']) ? (body['items'] as unknown[]) : null;
  const reader = READERS.get(delivery.domain);
  if (items === null || reader === undefined) {
    into.rejected.push({ recordId: null, reason: 'unreadable_item', detail: 'the body holds no list of items' });
    return into;
  }
  normaliseEach({ items: items.map(withId), into, read: (item) => readItem({ delivery, item, reader, into }) });
  return into;
}

/** Where the reader of a batch looks for the name of a record that it refuses. */
const withId = (item: unknown): unknown =>
  isItem(item) && typeof item['date'] === 'string' ? { ...item, id: `ingest:${item['date']}` } : item;

function readItem(part: { delivery: RawDelivery; item: Item; reader: Reader; into: Normalised }): void {
  const { delivery, item, reader, into } = part;
  const { provider, sourceUpdatedAt, receivedAt } = delivery;
  const day = requireDay({ value: item['date'], receivedAt });
  const recordId = `ingest:${day}`;
  const version = { provider, sourceUpdatedAt };
  const rows = reader.read({ item, recordId, day, version, receivedAt });
  const slots = reader.kinds.map((recordKind): RowSlot => ({ recordKind, sampleKind: null, recordId }));
  into.measurements.push(...rows, ...tombstonesForAbsent({ slots, rows, version }));
}

function readHrv({ item, recordId, day, version, receivedAt }: Day): (HrvNight | RestingHeartRate)[] {
  const captured = isMissing(item['capturedAt'])
    ? null
    : requireInstant({ value: item['capturedAt'], field: 'capturedAt', receivedAt });
  const observed = {
    ...version,
    recordId,
    stateRank: 1,
    flags: ['ingested'] as MeasurementFlag[],
    day,
    capturedAt: captured?.at ?? null,
    zoneOffsetMin: captured?.zoneOffsetMin ?? null,
    method: 'ingested',
    sleepRecordId: null,
  } as const;
  const ms = requireWithin({ value: item['rmssdMs'], range: PLAUSIBLE.hrvMs, field: 'rmssdMs' });
  const hrv: HrvNight = { kind: 'hrv_night', ...observed, metric: 'RMSSD', ms, lnMs: lnOf(ms) };
  const field = 'restingHeartRateBpm';
  if (isMissing(item[field])) return [hrv];
  const bpm = requireWithin({ value: item[field], range: PLAUSIBLE.restingHeartRateBpm, field });
  return [hrv, { kind: 'resting_heart_rate', ...observed, bpm }];
}

const MAX_SLEEP_HOURS = 24;

/** Beyond the sleep itself all is a detail: what cannot be true is dropped and flagged. */
function readSleep({ item, recordId, day, version, receivedAt }: Day): SleepNight[] {
  const start = requireInstant({ value: item['startAt'], field: 'startAt', receivedAt });
  const end = requireInstant({ value: item['endAt'], field: 'endAt', receivedAt });
  const inBedMin = requireWindow({ start: start.at, end: end.at, maxHours: MAX_SLEEP_HOURS }) / 60;
  const zoneOffsetMin = offsetOf(item['zoneOffset']) ?? end.zoneOffsetMin;
  if (Math.abs(daysBetween(localDay({ at: end.at, zoneOffsetMin }), day)) > 1)
    throw new ItemRefused('bad_day', 'date is more than one day away from the local date of endAt');
  const asleepMin = requireWithin({
    value: item['durationMin'],
    range: { min: 0, max: inBedMin },
    field: 'durationMin',
  });
  const flags = new Set<MeasurementFlag>(['ingested']);
  const minutes = (field: string): number | null =>
    plausible({ value: item[field], range: { min: 0, max: inBedMin }, flags });
  const wakeCount = plausible({ value: item['wakeCount'], range: { min: 0, max: 1440 }, flags });
  const givenPct = plausible({ value: item['efficiencyPct'], range: PLAUSIBLE.efficiencyPct, flags });
  if (givenPct === null) flags.add('efficiency_derived');
  return [
    {
      kind: 'sleep_night',
      ...version,
      recordId,
      stateRank: 1,
      day,
      capturedAt: end.at,
      zoneOffsetMin,
      role: 'night_candidate',
      bedtimeStart: start.at,
      bedtimeEnd: end.at,
      inBedMin,
      asleepMin,
      awakeMin: minutes('awakeMin'),
      wasoMin: null,
      latencyMin: minutes('latencyMin'),
      deepMin: minutes('deepMin'),
      lightMin: minutes('lightMin'),
      remMin: minutes('remMin'),
      efficiencyPct: givenPct ?? (asleepMin / inBedMin) * 100,
      wakeCount: wakeCount === null ? null : Math.floor(wakeCount),
      awakeningsOver5Min: null,
      averageHeartRateBpm: null,
      stages: null,
      flags: [...flags],
    },
  ];
}

/** Minutes east in `+02:00` or `Z`; null if it is none. */
const offsetOf = (value: unknown): number | null =>
  typeof value === 'string' ? (parseInstant(`2000-01-02T00:00:00${value}`)?.zoneOffsetMin ?? null) : null;

/** @throws ItemRefused implausible_value */
function requireWithin({ value, range, field }: { value: unknown; range: Range; field: string }): number {
  const number = numberWithin(value, range);
  if (number === null)
    throw new ItemRefused(
      'implausible_value',
      `${field} is not a number from ${range.min} to ${Math.round(range.max)}`,
    );
  return number;
}
