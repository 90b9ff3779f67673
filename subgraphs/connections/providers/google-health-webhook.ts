import { isLocalDate } from '#platform/signals';
import { dateOf, dayNumber } from '#platform/slots';
import { daysAround, kindOf } from './google-health-data.ts';
import type { BodyItem, Notification, ParsedBody, UnreadableReason } from './provider.ts';
import { dataTypeOf, idOf, isFields, jsonOf, unreadable, type Fields } from './reading.ts';

/**
 * `{ data: { healthUserId, dataType, operation, intervals } }`, or a list of these. Each interval is a notification of its
 * own. UPSERT and DELETE are read alike, by asking what there is now: a deletion also comes when access was taken away, and
 * then says nothing about the record. The name of the subscription is random, so that no two events have equal bytes.
 */
export function parseGoogleHealth(rawBody: Buffer): ParsedBody {
  const body = jsonOf(rawBody);
  if (body === null) return unreadable(rawBody, 'not_json');
  const entries = Array.isArray(body) ? (body as unknown[]) : [body];
  if (entries.length === 0) return unreadable(rawBody, 'no_items');
  const parts = entries.flatMap(partsOf);
  // What a body says of one thing stays as it came.
  const bodyOf = ({ entry }: Part): Buffer => (parts.length === 1 ? rawBody : Buffer.from(JSON.stringify(entry)));
  const items: BodyItem[] = [];
  const rest: { reason: UnreadableReason; body: Buffer }[] = [];
  for (const part of parts) {
    if ('reason' in part) rest.push({ reason: part.reason, body: bodyOf(part) });
    else items.push({ kind: 'notification', notification: part.notification, body: bodyOf(part) });
  }
  return { items, unreadable: rest };
}

/** `entry`: what a body of this part alone would hold. */
type Part = { entry: unknown } & ({ reason: UnreadableReason } | { notification: Notification });

function partsOf(entry: unknown): Part[] {
  const data = isFields(entry) ? entry['data'] : null;
  if (!isFields(data)) return [{ entry, reason: 'not_an_object' }];
  const providerUserId = idOf(data['healthUserId']);
  const dataType = dataTypeOf(data['dataType']);
  if (providerUserId === null) return [{ entry, reason: 'no_user' }];
  if (dataType === null) return [{ entry, reason: 'no_data_type' }];
  const notification = (objectId: string | null): Notification => ({
    providerUserId,
    about: 'record',
    dataType,
    objectId,
    isDeletion: false,
    namesEvent: true,
  });
  const intervals = Array.isArray(data['intervals']) ? (data['intervals'] as unknown[]) : [];
  // Types nobody reads are ignored by the fetcher. Without an interval the recent days are read.
  if (kindOf(dataType) === null || intervals.length === 0) return [{ entry, notification: notification(null) }];
  return intervals.map((interval) => {
    const part = { entry: { ...(entry as Fields), data: { ...data, intervals: [interval] } } };
    const named = nameOf(dataType, isFields(interval) ? interval : {});
    return named === null
      ? { ...part, reason: 'bad_interval' }
      : { ...part, notification: notification(named === 'long' ? null : named) };
  });
}

/** A longer one is somebody's history, which is not loaded by the way: the recent days are read instead. */
const MAX_INTERVAL_DAYS = 31;
const DAY_MS = 86_400_000;

/** What is asked for: `start/end` in UTC, or for what is told by the day `2026-11-15` or `from/to`. null: unreadable. */
function nameOf(dataType: string, interval: Fields): string | 'long' | null {
  const physical = instantsOf(interval['physicalTimeInterval']);
  if (kindOf(dataType) !== 'day') {
    if (physical === null) return null;
    return isLong(physical) ? 'long' : `${physical.start}/${physical.end}`;
  }
  const days = civilDaysOf(interval['civilIso8601TimeInterval']) ?? (physical && daysAround(physical));
  if (days === null) return null;
  if (dayNumber(days.to) - dayNumber(days.from) > MAX_INTERVAL_DAYS) return 'long';
  return days.from === days.to ? days.from : `${days.from}/${days.to}`;
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

function instantsOf(interval: unknown): { start: string; end: string } | null {
  const { startTime, endTime } = isFields(interval) ? interval : {};
  const [start, end] = [startTime, endTime].map((text) =>
    typeof text === 'string' && INSTANT.test(text) ? Date.parse(text) : Number.NaN,
  ) as [number, number];
  return start <= end ? { start: new Date(start).toISOString(), end: new Date(end).toISOString() } : null;
}

const isLong = ({ start, end }: { start: string; end: string }): boolean =>
  Date.parse(end) - Date.parse(start) > MAX_INTERVAL_DAYS * DAY_MS;

const CIVIL = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?)$/;
const MIDNIGHT = /^[0:.]+$/;

/** The days an interval of clock times touches; one that ends at midnight does not touch the day that begins there. */
function civilDaysOf(interval: unknown): { from: string; to: string } | null {
  const { startTime, endTime } = isFields(interval) ? interval : {};
  const [, from = ''] = CIVIL.exec(String(startTime)) ?? [];
  const [, last = '', time = ''] = CIVIL.exec(String(endTime)) ?? [];
  if (!isLocalDate(from) || !isLocalDate(last)) return null;
  const to = MIDNIGHT.test(time) && last > from ? dateOf(dayNumber(last) - 1) : last;
  return to < from ? null : { from, to };
}
