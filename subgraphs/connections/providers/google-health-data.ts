import type { LocalDate, Signal } from '#platform/signals';
import { dateOf, dayNumber } from '#platform/slots';
import type { AskAsAthlete, DayRange, FetchedPage, VendorCall, VendorData, VendorResource } from './provider.ts';
import { allPages, isFields, jsonOf, notFound, openedSignals, readAllPages } from './reading.ts';

const scope = (name: string): string => `https://www.googleapis.com/auth/googlehealth.${name}.readonly`;
const SLEEP = scope('sleep');
const METRICS = scope('health_metrics_and_measurements');
const ACTIVITY = scope('activity_and_fitness');

export const GOOGLE_SCOPES = [SLEEP, METRICS, ACTIVITY];

/** `day`: told by the person's day, of which a record is all there is. `session`: has a name and a length. `sample`: an instant. */
type Kind = 'day' | 'session' | 'sample';

interface GoogleResource extends VendorResource {
  kind: Kind;
}

const resource = (dataType: string, kind: Kind, needed: string, chunkDays: number): GoogleResource => ({
  dataType,
  kind,
  scopes: [needed],
  isNotified: true,
  chunkDays,
  // Samples are asked for by the UTC day, all else by the person's own.
  marginDays: kind === 'sample' ? 1 : 0,
});

/** Sleep first: readiness waits for it. Heart rate last: it is most of the bytes. */
const RESOURCES: readonly GoogleResource[] = [
  resource('sleep', 'session', SLEEP, 30),
  resource('daily-heart-rate-variability', 'day', METRICS, 90),
  resource('daily-resting-heart-rate', 'day', METRICS, 90),
  resource('exercise', 'session', ACTIVITY, 30),
  resource('steps', 'day', ACTIVITY, 30),
  resource('daily-respiratory-rate', 'day', METRICS, 90),
  resource('daily-oxygen-saturation', 'day', METRICS, 90),
  resource('daily-sleep-temperature-derivations', 'day', METRICS, 90),
  resource('heart-rate-variability', 'sample', METRICS, 30),
  resource('heart-rate', 'sample', METRICS, 7),
];

/** null for a data type that is not read. */
export const kindOf = (dataType: string): Kind | null =>
  RESOURCES.find((one) => one.dataType === dataType)?.kind ?? null;

const SIGNALS: readonly [Signal, readonly string[]][] = [
  ['HRV', [METRICS]],
  ['RESTING_HEART_RATE', [METRICS]],
  ['HEART_RATE', [METRICS]],
  ['SLEEP', [SLEEP]],
  ['TRAINING', [ACTIVITY]],
  ['STEPS', [ACTIVITY]],
  ['VITALS', [METRICS]],
];

/** What a Google Health account holds and how it is read. `apiUrl` is without `/v4`. */
export function googleHealthData(apiUrl: string, wantedScopes: readonly string[]): VendorData {
  const pointsUrl = (dataType: string): string => `${apiUrl}/v4/users/me/dataTypes/${dataType}/dataPoints`;
  const readPage = (asked: Asked, ask: AskAsAthlete): Promise<FetchedPage> =>
    asked.dataType === 'steps'
      ? readOne({ call: rollUp(`${pointsUrl('steps')}:dailyRollUp`, asked), domain: 'steps', ask })
      : readOne({ call: list(pointsUrl(asked.dataType), asked), domain: asked.dataType, ask });
  const data: VendorData = {
    resources: RESOURCES,
    workouts: { dataType: 'exercise' },
    async fetch({ notification: { dataType, objectId }, recentDays, ask }) {
      if (objectId === null) return readAllPages(data, { dataType, range: recentDays, ask });
      const [from = '', to = from] = objectId.split('/');
      const window = kindOf(dataType) === 'day' ? { from, to } : { start: from, end: to };
      const fetched = await allPages((pageToken) => readPage({ dataType, window, pageToken }, ask));
      // A day has one record, so that nothing on it means that the record is gone. Sessions have names nobody told us.
      const isGone = fetched.outcome === 'found' && fetched.documents.length === 0 && isOneDay(dataType, objectId);
      return isGone ? { outcome: 'gone' } : fetched;
    },
    readPage: ({ dataType, range, nextToken, ask }) => readPage({ dataType, window: range, pageToken: nextToken }, ask),
    signalsOf: (scopes) => openedSignals(SIGNALS, scopes),
    missingScopes: (granted) => wantedScopes.filter((one) => !granted.includes(one)),
  };
  return data;
}

const isOneDay = (dataType: string, objectId: string): boolean => kindOf(dataType) === 'day' && !objectId.includes('/');

/** Local days, both included, or instants of which the end is included. */
type Window = DayRange | { start: string; end: string };

interface Asked {
  dataType: string;
  window: Window;
  pageToken: string | null;
}

const PAGE_SIZES: Readonly<Record<Kind, number>> = { day: 1000, session: 25, sample: 10_000 };

function list(url: string, { dataType, window, pageToken }: Asked): VendorCall {
  const query = new URLSearchParams({
    filter: filterOf(dataType, window),
    pageSize: String(PAGE_SIZES[kindOf(dataType) ?? 'day']),
  });
  if (pageToken !== null) query.set('pageToken', pageToken);
  return { method: 'GET', url: `${url}?${query.toString()}` };
}

/** AIP-160, with a field of its own for each kind. */
function filterOf(dataType: string, window: Window): string {
  const name = dataType.replaceAll('-', '_');
  const within = (field: string, from: string, before: string): string =>
    `${name}.${field} >= "${from}" AND ${name}.${field} < "${before}"`;
  const isDays = 'from' in window;
  if (kindOf(dataType) === 'sample') {
    const { start, before } = isDays ? utcDays(window) : { start: window.start, before: justAfter(window.end) };
    return within('sample_time.physical_time', start, before);
  }
  // Sleep is found by its end, in time or on the sleeper's clock; other sessions by their start, on the clock only.
  if (dataType === 'sleep' && !isDays) return within('interval.end_time', window.start, justAfter(window.end));
  const { from, to } = isDays ? window : daysAround(window);
  const field =
    kindOf(dataType) === 'day'
      ? 'date'
      : dataType === 'sleep'
        ? 'interval.civil_end_time'
        : 'interval.civil_start_time';
  return within(field, from, dayAfter(to));
}

const dayAfter = (day: LocalDate): LocalDate => dateOf(dayNumber(day) + 1);

const utcDays = ({ from, to }: DayRange): { start: string; before: string } => ({
  start: `${from}T00:00:00Z`,
  before: `${dayAfter(to)}T00:00:00Z`,
});

/** No clock is further from UTC than a day. */
export const daysAround = ({ start, end }: { start: string; end: string }): DayRange => ({
  from: dateOf(dayNumber(start.slice(0, 10)) - 1),
  to: dayAfter(end.slice(0, 10)),
});

const justAfter = (instant: string): string => new Date(Date.parse(instant) + 1000).toISOString();

/** Steps as the total of each day of the person's: the points themselves count the steps of two devices twice. */
function rollUp(url: string, { window, pageToken }: Asked): VendorCall {
  const { from, to } = 'from' in window ? window : daysAround(window);
  const body = {
    range: { start: midnightOf(from), end: midnightOf(dayAfter(to)) },
    windowSizeDays: 1,
    ...(pageToken === null ? {} : { pageToken }),
  };
  return { method: 'POST', url, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function midnightOf(date: LocalDate): unknown {
  const [year, month, day] = date.split('-').map(Number);
  return { date: { year, month, day }, time: { hours: 0, minutes: 0, seconds: 0 } };
}

/** One page, kept byte for byte. Google leaves out a list that is empty. Throws for a body that is no page. */
async function readOne(options: { call: VendorCall; domain: string; ask: AskAsAthlete }): Promise<FetchedPage> {
  const answer = await options.ask(options.call);
  if (answer.status !== 200) return notFound(answer);
  const page = jsonOf(answer.body);
  if (!isFields(page)) throw new Error('the provider answered something that is no page of data points');
  const points = page['dataPoints'] ?? page['rollupDataPoints'] ?? [];
  if (!Array.isArray(points)) throw new Error('the provider answered a page whose data points are no list');
  const { nextPageToken } = page;
  return {
    outcome: 'found',
    documents: points.length === 0 ? [] : [{ domain: options.domain, body: answer.body }],
    records: points.length,
    nextToken: typeof nextPageToken === 'string' && nextPageToken !== '' ? nextPageToken : null,
  };
}
