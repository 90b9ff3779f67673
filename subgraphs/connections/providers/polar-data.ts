import { parseJson } from '#platform/json';
import type { LocalDate, Signal } from '#platform/signals';
import { dateOf, dayNumber } from '#platform/slots';
import type {
  AskAsAthlete,
  DayRange,
  Fetched,
  FetchedDocument,
  FetchedPage,
  ProviderAnswer,
  VendorData,
  VendorResource,
} from './provider.ts';
import { isFields, notFound, openedSignals, readAllPages, type Fields } from './reading.ts';

const SCOPE = 'accesslink.read_all';

const resource = (dataType: string, more: Pick<VendorResource, 'isNotified' | 'chunkDays'>): VendorResource => ({
  dataType,
  scopes: [SCOPE],
  marginDays: 0,
  ...more,
});

/** Sleep first: readiness waits for it. No answer reaches further back than 28 days, or 30 for exercises. */
const RESOURCES: readonly VendorResource[] = [
  resource('sleep', { isNotified: true, chunkDays: 28 }),
  resource('nightly_recharge', { isNotified: false, chunkDays: 28 }),
  resource('exercise', { isNotified: true, chunkDays: 30 }),
  resource('activity', { isNotified: true, chunkDays: 28 }),
  resource('continuous_heart_rate', { isNotified: true, chunkDays: 7 }),
];

const SIGNALS: readonly [Signal, readonly string[]][] = [
  ['HRV', [SCOPE]],
  ['HEART_RATE', [SCOPE]],
  ['SLEEP', [SCOPE]],
  ['TRAINING', [SCOPE]],
  ['STEPS', [SCOPE]],
  ['VITALS', [SCOPE]],
];

/** What a Polar account holds and how it is read. `apiUrl` is without `/v3`. */
export function polarData(apiUrl: string): VendorData {
  const v3 = `${apiUrl}/v3`;
  const data: VendorData = {
    resources: RESOURCES,
    // Thirty times 24 hours, less the days that the athlete's clock may have begun at both ends.
    workouts: { dataType: 'exercise', reachDays: 28 },
    async fetch({ notification: { dataType, objectId }, recentDays, ask }) {
      if (objectId === null) return readAllPages(data, { dataType, range: recentDays, ask });
      if (dataType === 'continuous_heart_rate') {
        return readContinuousDays({ v3, range: { from: objectId, to: objectId }, ask });
      }
      // Polar tells of no recharge: it belongs to the night.
      const dataTypes = dataType === 'sleep' ? ['sleep', 'nightly_recharge'] : [dataType];
      return fetchEach(dataTypes, (one) => ask({ method: 'GET', url: documentUrl(v3, one, objectId) }));
    },
    async readPage({ dataType, range, ask }) {
      if (dataType === 'continuous_heart_rate') {
        const fetched = await readContinuousDays({ v3, range, ask });
        return fetched.outcome === 'found'
          ? { ...fetched, records: fetched.documents.length, nextToken: null }
          : fetched;
      }
      const answer = await ask({ method: 'GET', url: listUrl(v3, dataType, range) });
      if (answer.status !== 200 && answer.status !== NO_CONTENT) return notFound(answer);
      const records = readList(answer, dataType).filter((record) => isWithin(range, record));
      return asPage(dataType, records);
    },
    signalsOf: (scopes) => openedSignals(SIGNALS, scopes),
    missingScopes: (granted) => (granted.includes(SCOPE) ? [] : [SCOPE]),
  };
  return data;
}

/** What Polar answers where it has nothing. */
const NO_CONTENT = 204;

function documentUrl(v3: string, dataType: string, objectId: string): string {
  const id = encodeURIComponent(objectId);
  if (dataType === 'exercise') return `${v3}/exercises/${id}?samples=true&zones=true`;
  return `${v3}/users/${DAILY[dataType]}/${id}`;
}

const DAILY: Readonly<Record<string, string>> = {
  sleep: 'sleep',
  nightly_recharge: 'nightly-recharge',
  activity: 'activities',
  continuous_heart_rate: 'continuous-heart-rate',
};

/** Lists of nights and exercises take no days: they are the last 28 or 30. Samples come with single exercises only. */
function listUrl(v3: string, dataType: string, { from, to }: DayRange): string {
  if (dataType === 'exercise') return `${v3}/exercises?zones=true`;
  const url = `${v3}/users/${DAILY[dataType]}`;
  return dataType === 'activity' ? `${url}?from=${from}&to=${to}` : url;
}

/** All documents there are. `gone` when there is none; another refusal of one stands for all. */
async function fetchEach(
  dataTypes: readonly string[],
  askFor: (dataType: string) => Promise<ProviderAnswer>,
): Promise<Fetched> {
  const documents: FetchedDocument[] = [];
  for (const domain of dataTypes) {
    const answer = await askFor(domain);
    if (answer.status === 200) documents.push({ domain, body: answer.body });
    else if (answer.status !== NO_CONTENT) {
      const refusal = notFound(answer);
      if (refusal.outcome !== 'gone') return refusal;
    }
  }
  return documents.length === 0 ? { outcome: 'gone' } : { outcome: 'found', documents };
}

/** Names of the lists that are not the answer itself. */
const LISTS: Readonly<Record<string, string>> = { sleep: 'nights', nightly_recharge: 'recharges' };

/** Throws for a body that is no list. */
function readList({ status, body }: ProviderAnswer, dataType: string): unknown[] {
  if (status === NO_CONTENT) return [];
  const answer = parseJson(body);
  const name = LISTS[dataType];
  const list = name !== undefined && isFields(answer) ? answer[name] : answer;
  if (!Array.isArray(list)) throw new Error('the provider answered something that is no list of documents');
  return list as unknown[];
}

const asPage = (domain: string, records: readonly unknown[]): FetchedPage => ({
  outcome: 'found',
  documents: records.length === 0 ? [] : [{ domain, body: Buffer.from(JSON.stringify({ data: records })) }],
  records: records.length,
  nextToken: null,
});

/** By the athlete's own day. What has no readable one is kept: judging documents is the normaliser's business. */
function isWithin(range: DayRange, record: unknown): boolean {
  const { date, start_time: startTime } = isFields(record) ? record : {};
  const text = date ?? startTime;
  if (typeof text !== 'string') return true;
  const day = text.slice(0, 10);
  return day >= range.from && day <= range.to;
}

/**
 * Heart rate by day, each as `{ date, heart_rate_samples, zone_offset }`: its times are local and Polar does not say to
 * what, so the offset of the athlete's night of that date is put beside them. Days without a night near them are left
 * out: where their samples lie would be a guess.
 */
async function readContinuousDays(options: { v3: string; range: DayRange; ask: AskAsAthlete }): Promise<Fetched> {
  const { v3, range, ask } = options;
  const nights = await ask({ method: 'GET', url: listUrl(v3, 'sleep', range) });
  if (nights.status !== 200 && nights.status !== NO_CONTENT) return notFound(nights);
  const offsets = offsetsByDay(readList(nights, 'sleep'));
  const documents: FetchedDocument[] = [];
  for (let day = dayNumber(range.from); day <= dayNumber(range.to); day += 1) {
    const date = dateOf(day);
    const offset = offsets.get(date);
    if (offset === undefined) continue;
    const answer = await ask({ method: 'GET', url: documentUrl(v3, 'continuous_heart_rate', date) });
    if (answer.status === NO_CONTENT || answer.status === 404) continue;
    if (answer.status !== 200) return notFound(answer);
    const samples = parseJson(answer.body);
    if (!isFields(samples)) throw new Error('the provider answered something that is no day of heart rate');
    const body = Buffer.from(JSON.stringify({ ...samples, date, zone_offset: offset }));
    documents.push({ domain: 'continuous_heart_rate', body });
  }
  return { outcome: 'found', documents };
}

const OFFSET = /(?:Z|[+-]\d{2}:\d{2})$/;

/** The offset in which a day was woken up to; else the one in which it was left for bed. */
function offsetsByDay(nights: readonly unknown[]): Map<LocalDate, string> {
  const woken = new Map<LocalDate, string>();
  const left = new Map<LocalDate, string>();
  for (const night of nights) {
    if (!isFields(night)) continue;
    const start = zonedText(night, 'sleep_start_time');
    const end = zonedText(night, 'sleep_end_time');
    if (start) left.set(start.day, start.offset);
    if (end) woken.set(end.day, end.offset);
  }
  return new Map([...left, ...woken]);
}

function zonedText(fields: Fields, name: string): { day: LocalDate; offset: string } | null {
  const text = fields[name];
  const offset = typeof text === 'string' ? OFFSET.exec(text)?.[0] : undefined;
  return typeof text !== 'string' || offset === undefined ? null : { day: text.slice(0, 10), offset };
}
