import { parseJson } from '#platform/json';
import type { Signal } from '#platform/signals';
import { dateOf, dayNumber } from '#platform/slots';
import type {
  AskAsAthlete,
  DayRange,
  Fetched,
  FetchedPage,
  ProviderAnswer,
  VendorData,
  VendorResource,
} from './provider.ts';
import {
  asDocument,
  digitsOf,
  isFields,
  jsonOf,
  notFound,
  openedSignals,
  readAllPages,
  type Fields,
} from './reading.ts';

/** A page holds 25 records: fourteen nights and their naps are one or two. */
const resource = (dataType: string, scope: string): VendorResource => ({
  dataType,
  scopes: [scope],
  isNotified: true,
  chunkDays: 14,
  marginDays: 0,
});

/** Sleep first: readiness waits for it. */
const RESOURCES: readonly VendorResource[] = [
  resource('sleep', 'read:sleep'),
  resource('recovery', 'read:recovery'),
  resource('workout', 'read:workout'),
];

const SIGNALS_BY_SCOPE: readonly [Signal, readonly string[]][] = [
  ['HRV', ['read:recovery']],
  ['RESTING_HEART_RATE', ['read:recovery']],
  ['SLEEP', ['read:sleep']],
  ['TRAINING', ['read:workout']],
  ['VITALS', ['read:recovery', 'read:sleep']],
];

const PATHS: Readonly<Record<string, string>> = {
  sleep: '/v2/activity/sleep',
  recovery: '/v2/recovery',
  workout: '/v2/activity/workout',
};

/** Where the data is and what of it is asked for. */
interface Place {
  /** Without `/v2`. */
  apiUrl: string;
  /** Those asked for at the consent page. */
  scopes: readonly string[];
}

/** What a WHOOP account holds and how it is read. https://developer.whoop.com/api */
export function whoopData(place: Place): VendorData {
  const collectionOf = (dataType: string): string => `${place.apiUrl}${PATHS[dataType]}`;

  const data: VendorData = {
    resources: RESOURCES,
    workouts: { dataType: 'workout' },
    async fetch({ notification: { dataType, objectId }, recentDays, ask }) {
      if (objectId === null) return readAllPages(data, { dataType, range: recentDays, ask });
      if (dataType === 'recovery') return fetchRecovery({ place, sleepId: objectId, ask });
      const url = `${collectionOf(dataType)}/${encodeURIComponent(objectId)}`;
      return asDocument(dataType, await ask({ method: 'GET', url }));
    },
    async readPage({ dataType, ...asked }) {
      const { range, nextToken, ask } = asked;
      if (dataType === 'recovery') return readRecoveries({ place, ...asked });
      const answer = await ask({ method: 'GET', url: pageUrl(collectionOf(dataType), { range, nextToken }) });
      if (answer.status !== 200) return notFound(answer);
      const page = readPage(answer);
      return asPage(
        dataType,
        page.records.filter((record) => isWithin(range, record)),
        page.nextToken,
      );
    },
    signalsOf: (scopes) => openedSignals(SIGNALS_BY_SCOPE, scopes),
    missingScopes: (granted) => place.scopes.filter((scope) => !granted.includes(scope)),
  };
  return data;
}

interface RecordsPage {
  records: unknown[];
  nextToken: string | null;
}

/** Throws for a body that is no page. */
function readPage({ body }: ProviderAnswer): RecordsPage {
  const page = parseJson(body);
  if (!isFields(page) || !Array.isArray(page['records'])) {
    throw new Error('the provider answered something that is no page of records');
  }
  const { next_token: nextToken } = page;
  return {
    records: page['records'] as unknown[],
    nextToken: typeof nextToken === 'string' && nextToken !== '' ? nextToken : null,
  };
}

/** `beside` goes along to be understood and counts for nothing. */
const asPage = (
  domain: string,
  records: readonly unknown[],
  nextToken: string | null,
  beside: readonly unknown[] = [],
): FetchedPage => ({
  outcome: 'found',
  documents:
    records.length === 0 ? [] : [{ domain, body: Buffer.from(JSON.stringify({ records: [...records, ...beside] })) }],
  records: records.length,
  nextToken,
});

const addDays = (date: string, days: number): string => dateOf(dayNumber(date) + days);

const PAGE_SIZE = '25';

/** Two days more on both sides, filtered again: instants are asked for by start, and nights count by their local end. */
function pageUrl(collectionUrl: string, { range, nextToken }: { range: DayRange; nextToken: string | null }): string {
  const url = new URL(collectionUrl);
  url.searchParams.set('limit', PAGE_SIZE);
  url.searchParams.set('start', `${addDays(range.from, -2)}T00:00:00.000Z`);
  url.searchParams.set('end', `${addDays(range.to, 2)}T00:00:00.000Z`);
  if (nextToken !== null) url.searchParams.set('nextToken', nextToken);
  return url.href;
}

const OFFSET = /^([+-])(\d{2}):?(\d{2})$/;

/** By the local day of its end. What has no readable one is kept: judging records is the normaliser's business. */
function isWithin(range: DayRange, record: unknown): boolean {
  const { end, timezone_offset: offset } = isFields(record) ? record : {};
  const [, sign, hours, minutes] = (typeof offset === 'string' && OFFSET.exec(offset)) || [];
  const offsetMin = (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
  const localMs = typeof end === 'string' ? Date.parse(end) + offsetMin * 60_000 : Number.NaN;
  if (Number.isNaN(localMs)) return true;
  const day = new Date(localMs).toISOString().slice(0, 10);
  return day >= range.from && day <= range.to;
}

/**
 * A recovery is notified by the id of its sleep and is reached through the cycle of that sleep. It has no times of its own:
 * both go to the normaliser in one body, as they came.
 */
async function fetchRecovery(options: { place: Place; sleepId: string; ask: AskAsAthlete }): Promise<Fetched> {
  const { place, sleepId, ask } = options;
  const { apiUrl } = place;
  if (!mayReadSleep(place)) return { outcome: 'forbidden' };
  const sleep = await ask({ method: 'GET', url: `${apiUrl}${PATHS['sleep']}/${encodeURIComponent(sleepId)}` });
  if (sleep.status !== 200) return notFound(sleep);
  const cycleId = digitsOf(fieldsOf(sleep)?.['cycle_id']);
  if (cycleId === null) return { outcome: 'refused', status: sleep.status };
  const recovery = await ask({ method: 'GET', url: `${apiUrl}/v2/cycle/${cycleId}/recovery` });
  if (recovery.status !== 200) return notFound(recovery);
  const fields = fieldsOf(recovery);
  if (fields === null) return { outcome: 'refused', status: recovery.status };
  // The cycle has another main sleep by now: this one has no recovery any more.
  if (typeof fields['sleep_id'] === 'string' && !isSameId(fields['sleep_id'], sleepId)) return { outcome: 'gone' };
  const body = Buffer.concat([
    Buffer.from('{"records":['),
    recovery.body,
    Buffer.from(','),
    sleep.body,
    Buffer.from(']}'),
  ]);
  return { outcome: 'found', documents: [{ domain: 'recovery', body }] };
}

function fieldsOf({ body }: ProviderAnswer): Fields | null {
  const fields = jsonOf(body);
  return isFields(fields) ? fields : null;
}

/** Asked for what it was never granted, WHOOP may answer 401, which would look like the end of the link. */
const mayReadSleep = ({ scopes }: Place): boolean => scopes.includes('read:sleep');

const isSameId = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** A page of recoveries, each with its sleep beside it. Where sleep may not be read they go alone. */
async function readRecoveries(options: {
  place: Place;
  range: DayRange;
  nextToken: string | null;
  ask: AskAsAthlete;
}): Promise<FetchedPage> {
  const { place, range, nextToken, ask } = options;
  const url = pageUrl(`${place.apiUrl}${PATHS['recovery']}`, { range, nextToken });
  const answer = await ask({ method: 'GET', url });
  if (answer.status !== 200) return notFound(answer);
  const page = readPage(answer);
  if (page.records.length === 0) return asPage('recovery', [], page.nextToken);
  const sleeps = await readSleepsById({ place, range, ask });
  if (!(sleeps instanceof Map)) return sleeps;
  const sleepOf = (recovery: unknown): Fields | undefined =>
    isFields(recovery) ? sleeps.get(String(recovery['sleep_id'])) : undefined;
  const recoveries = page.records.filter((recovery) => isWithin(range, sleepOf(recovery)));
  const beside = recoveries.map(sleepOf).filter((sleep) => sleep !== undefined);
  return asPage('recovery', recoveries, page.nextToken, beside);
}

const MAX_SLEEP_PAGES = 20;

/** All sleeps of the days and the margin around them; none where they may not be read. */
async function readSleepsById(options: {
  place: Place;
  range: DayRange;
  ask: AskAsAthlete;
}): Promise<Map<string, Fields> | Exclude<Fetched, { outcome: 'found' }>> {
  const { place, range, ask } = options;
  const sleeps = new Map<string, Fields>();
  if (!mayReadSleep(place)) return sleeps;
  let nextToken: string | null = null;
  for (let count = 0; count < MAX_SLEEP_PAGES; count += 1) {
    const answer: ProviderAnswer = await ask({
      method: 'GET',
      url: pageUrl(`${place.apiUrl}${PATHS['sleep']}`, { range, nextToken }),
    });
    if (answer.status === 403) return sleeps;
    if (answer.status !== 200) return notFound(answer);
    const page = readPage(answer);
    for (const sleep of page.records) if (isFields(sleep)) sleeps.set(String(sleep['id']), sleep);
    nextToken = page.nextToken;
    if (nextToken === null) break;
  }
  return sleeps;
}
