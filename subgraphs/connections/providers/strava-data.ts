import { parseJson } from '#platform/json';
import type { Signal } from '#platform/signals';
import { dayNumber } from '#platform/slots';
import type {
  AskAsAthlete,
  DayRange,
  Fetched,
  FetchedPage,
  ProviderAnswer,
  VendorData,
  VendorResource,
} from './provider.ts';
import { isFields, jsonOf, notFound, openedSignals, readAllPages } from './reading.ts';

const SCOPES = ['activity:read', 'activity:read_all'];

/**
 * The short form of the lists only: details and streams of a history would be two calls for each activity, of the thousand
 * that an application has in a day.
 */
const RESOURCES: readonly VendorResource[] = [
  { dataType: 'activity', scopes: SCOPES, isNotified: true, chunkDays: 90, marginDays: 0 },
];

const SIGNALS: readonly [Signal, readonly string[]][] = [
  ['HEART_RATE', SCOPES],
  ['TRAINING', SCOPES],
];

/** What a Strava account holds and how it is read. `apiUrl` is with `/api/v3`. */
export function stravaData(apiUrl: string, wantedScopes: readonly string[]): VendorData {
  const data: VendorData = {
    resources: RESOURCES,
    workouts: { dataType: 'activity' },
    async fetch({ notification: { dataType, objectId }, recentDays, ask }) {
      if (objectId === null) return readAllPages(data, { dataType, range: recentDays, ask });
      return fetchActivity({ url: `${apiUrl}/activities/${encodeURIComponent(objectId)}`, ask });
    },
    async readPage({ range, nextToken, ask }) {
      const page = Number(nextToken ?? 1);
      const answer = await ask({ method: 'GET', url: pageUrl(apiUrl, range, page) });
      return answer.status === 200 ? readPage({ answer, range, page }) : notFound(answer);
    },
    signalsOf: (scopes) => openedSignals(SIGNALS, scopes),
    missingScopes: (granted) => wantedScopes.filter((scope) => !granted.includes(scope)),
  };
  return data;
}

/** Only what is read of them: where the athlete ran is none of our business. */
const STREAMS = 'keys=time,heartrate,velocity_smooth,watts,cadence,altitude,distance&key_by_type=true';

/**
 * An activity, and its streams as `{ activity, streams }`: their answer names neither the activity nor its start. Both are
 * put together byte for byte.
 */
async function fetchActivity({ url, ask }: { url: string; ask: AskAsAthlete }): Promise<Fetched> {
  const activity = await ask({ method: 'GET', url });
  if (activity.status !== 200) return notFound(activity);
  const documents = [{ domain: 'activity', body: activity.body }];
  const fields = jsonOf(activity.body);
  if (!isFields(fields) || fields['manual'] === true) return { outcome: 'found', documents };
  const streams = await ask({ method: 'GET', url: `${url}/streams?${STREAMS}` });
  const series = streams.status === 200 ? streams.body : NO_STREAMS;
  if (streams.status !== 200) {
    const refusal = notFound(streams);
    if (refusal.outcome !== 'gone') return refusal;
  }
  if (jsonOf(series) === null) return { outcome: 'refused', status: streams.status };
  const parts = [Buffer.from('{"activity":'), activity.body, Buffer.from(',"streams":'), series, Buffer.from('}')];
  documents.push({ domain: 'streams', body: Buffer.concat(parts) });
  return { outcome: 'found', documents };
}

/** Nothing was sampled: a series from before is closed. */
const NO_STREAMS = Buffer.from('{}');

const PER_PAGE = 200;
const DAY_S = 86_400;

/** A day more on both sides, since days are the athlete's own and Strava counts in UTC; filtered again. */
function pageUrl(apiUrl: string, { from, to }: DayRange, page: number): string {
  const after = (dayNumber(from) - 1) * DAY_S;
  const before = (dayNumber(to) + 2) * DAY_S;
  return `${apiUrl}/athlete/activities?after=${after}&before=${before}&page=${page}&per_page=${PER_PAGE}`;
}

/** A page may be short and not the last: only an empty one ends a list. Throws for a body that is no list. */
function readPage(options: { answer: ProviderAnswer; range: DayRange; page: number }): FetchedPage {
  const { answer, range, page } = options;
  const list = parseJson(answer.body);
  if (!Array.isArray(list)) throw new Error('the provider answered something that is no page of activities');
  const records = list.filter((activity: unknown) => isWithin(range, activity));
  const body = Buffer.from(JSON.stringify({ data: records }));
  return {
    outcome: 'found',
    documents: records.length === 0 ? [] : [{ domain: 'activity', body }],
    records: records.length,
    nextToken: list.length === 0 ? null : String(page + 1),
  };
}

/** `start_date_local` is the athlete's clock, whatever its Z says. What has no readable day is kept: the normaliser judges. */
function isWithin({ from, to }: DayRange, activity: unknown): boolean {
  const { start_date_local: local } = isFields(activity) ? activity : {};
  if (typeof local !== 'string') return true;
  const day = local.slice(0, 10);
  return day >= from && day <= to;
}
