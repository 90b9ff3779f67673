import { sameBytes, sha256 } from '#platform/crypto';
import { dateOf, dayNumber } from '#platform/slots';
import type { Signal } from '#platform/signals';
import { verifyOuraSignature } from './oura-signature.ts';
import type {
  DayRange,
  ParsedNotification,
  Vendor,
  VendorData,
  VendorOauth,
  VendorPage,
  VendorQuota,
  VendorResource,
  VendorSubscriptions,
} from './provider.ts';

/** Credentials and addresses of one Oura application. */
export interface OuraOptions {
  clientId: string;
  clientSecret: string;
  /** Still signs deliveries for a while after a rotation. */
  previousClientSecret: string | null;
  verificationToken: string;
  authorizeUrl: string;
  tokenUrl: string;
  revokeUrl: string;
  /** Without `/v2`. */
  apiUrl: string;
  scopes: readonly string[];
  toleranceMs: number;
  /** By the application's contract; 5,000 calls in 5 minutes when left out (Oura API v2, "Rate limits"). */
  quotas?: readonly VendorQuota[];
  isReserialisedAccepted?: boolean;
}

/** Oura API v2, https://cloud.ouraring.com/v2/docs. Notifications carry ids only; everything is fetched. */
export function createOura(options: OuraOptions): Vendor {
  const secrets = [
    options.clientSecret,
    ...(options.previousClientSecret === null ? [] : [options.previousClientSecret]),
  ];
  return {
    provider: 'OURA',
    slug: 'oura',
    name: 'Oura',
    webhook: {
      successStatus: 200,
      verify: (request) =>
        verifyOuraSignature({
          request,
          secrets,
          toleranceMs: options.toleranceMs,
          isReserialisedAccepted: options.isReserialisedAccepted ?? false,
        }),
      challenge(query) {
        const { verification_token: token, challenge } = query;
        if (typeof token !== 'string' || typeof challenge !== 'string') return null;
        // Hashed first: the comparison then tells nothing about the length either.
        return sameBytes(sha256(token), sha256(options.verificationToken)) ? { challenge } : null;
      },
      parse: parseNotification,
    },
    oauth: oauthOf(options),
    data: dataOf(options),
    subscriptions: subscriptionsOf(options),
    quotas: options.quotas ?? [{ points: 5_000, perS: 300 }],
  };
}

const PRINTABLE_ID = /^[\x21-\x7e]{1,128}$/;
const DATA_TYPE = /^[a-z0-9_]{1,64}$/;

/** Ids are checked here, since they go into SQL and addresses; unknown data types pass and are ignored by the fetcher. */
function parseNotification(rawBody: Buffer): ParsedNotification {
  let body: unknown;
  try {
    body = JSON.parse(rawBody.toString('utf8'));
  } catch {
    return { ok: false, reason: 'not_json' };
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return { ok: false, reason: 'not_an_object' };
  const fields = body as Record<string, unknown>;
  const {
    user_id: userId,
    data_type: dataType,
    object_id: objectId,
    event_type: eventType,
    event_time: eventTime,
  } = fields;
  if (typeof userId !== 'string' || !PRINTABLE_ID.test(userId)) return { ok: false, reason: 'no_user' };
  if (typeof dataType !== 'string' || !DATA_TYPE.test(dataType)) return { ok: false, reason: 'no_data_type' };
  const hasObject = objectId !== undefined && objectId !== null && objectId !== '';
  if (hasObject && (typeof objectId !== 'string' || !PRINTABLE_ID.test(objectId)))
    return { ok: false, reason: 'bad_object_id' };
  return {
    ok: true,
    notification: {
      providerUserId: userId,
      dataType,
      objectId: hasObject ? objectId : null,
      isDeletion: eventType === 'delete',
      hasEventTime: typeof eventTime === 'string' && eventTime !== '',
    },
  };
}

/** One integration's scopes carry the prefix `extapi:`; both spellings mean the same. */
const plainScope = (scope: string): string => scope.replace(/^extapi:/, '');
const sameScope = (scope: string): string => (plainScope(scope) === 'spo2Daily' ? 'spo2' : plainScope(scope));

function oauthOf(options: OuraOptions): VendorOauth {
  return {
    authorizeUrl: options.authorizeUrl,
    tokenUrl: options.tokenUrl,
    clientId: options.clientId,
    clientSecret: options.clientSecret,
    scopes: options.scopes,
    normaliseTokenResponse(body) {
      const fields = { ...(body as Record<string, unknown>) };
      fields['token_type'] ??= 'bearer';
      if (Array.isArray(fields['scope'])) fields['scope'] = fields['scope'].join(' ');
      return fields;
    },
    identityUrl: `${options.apiUrl}/v2/usercollection/personal_info`,
    providerUserIdOf(body) {
      const id = (body as { id?: unknown } | null)?.id;
      return typeof id === 'string' && PRINTABLE_ID.test(id) ? id : null;
    },
    // Two live forms, and no paper says which one is current.
    revocations: ({ accessToken, refreshToken }) => [
      { method: 'POST', url: `${options.revokeUrl}?access_token=${encodeURIComponent(accessToken)}` },
      { method: 'POST', url: options.revokeUrl, headers: { authorization: `bearer ${refreshToken ?? accessToken}` } },
    ],
  };
}

const resource = (dataType: string, scopes: string[], more?: Partial<VendorResource>): VendorResource => ({
  dataType,
  scopes,
  isNotified: true,
  chunkDays: 30,
  marginDays: 0,
  ...more,
});

/** Sleep first: readiness waits for it. Heart rate last: it is most of the bytes. */
const RESOURCES: readonly VendorResource[] = [
  resource('sleep', ['daily']),
  resource('daily_readiness', ['daily']),
  resource('daily_activity', ['daily']),
  resource('daily_spo2', ['spo2Daily', 'spo2']),
  resource('daily_stress', ['stress', 'daily']),
  resource('workout', ['workout']),
  resource('heartrate', ['heartrate'], { isNotified: false, chunkDays: 7, marginDays: 1 }),
];

const SIGNALS_BY_SCOPE: readonly [Signal, readonly string[]][] = [
  ['HRV', ['daily']],
  ['RESTING_HEART_RATE', ['daily']],
  ['HEART_RATE', ['heartrate']],
  ['SLEEP', ['daily']],
  ['TRAINING', ['workout']],
  ['STEPS', ['daily']],
  ['VITALS', ['spo2', 'spo2Daily', 'stress', 'daily']],
];

const addDays = (date: string, days: number): string => dateOf(dayNumber(date) + days);

function dataOf({ apiUrl, scopes: wanted }: OuraOptions): VendorData {
  const collection = `${apiUrl}/v2/usercollection`;
  return {
    resources: RESOURCES.map((entry) => ({
      ...entry,
      scopes: entry.scopes.flatMap((scope) => [scope, `extapi:${scope}`]),
    })),
    documentUrl: (dataType, objectId) => `${collection}/${dataType}/${encodeURIComponent(objectId)}`,
    pageUrl({ dataType, range, nextToken }) {
      const url = new URL(`${collection}/${dataType}`);
      if (dataType === 'heartrate') {
        url.searchParams.set('start_datetime', `${range.from}T00:00:00+00:00`);
        url.searchParams.set('end_datetime', `${addDays(range.to, 1)}T00:00:00+00:00`);
      } else {
        // A date-only end acts as midnight and some paths leave out the first day: a day more on both sides, filtered again.
        url.searchParams.set('start_date', addDays(range.from, -1));
        url.searchParams.set('end_date', addDays(range.to, 1));
      }
      if (nextToken !== null) url.searchParams.set('next_token', nextToken);
      return url.href;
    },
    readPage: ({ dataType, range, body }) => readPage({ dataType, range, body }),
    signalsOf(scopes) {
      const plain = new Set(scopes.map(plainScope));
      return SIGNALS_BY_SCOPE.filter(([, needed]) => needed.some((scope) => plain.has(scope))).map(
        ([signal]) => signal,
      );
    },
    missingScopes(granted) {
      const given = new Set(granted.map(sameScope));
      return wanted.filter((scope) => !given.has(sameScope(scope)));
    },
  };
}

/** Oura's numbers are small: plain JSON loses nothing of them. */
function readPage({ dataType, range, body }: { dataType: string; range: DayRange; body: Buffer }): VendorPage {
  const page = JSON.parse(body.toString('utf8')) as { data?: unknown; next_token?: unknown };
  if (!Array.isArray(page.data)) throw new Error('the provider answered something that is no page of documents');
  const documents = page.data.filter((item: unknown) => {
    const day = dayOf(dataType, item);
    // What has no readable day is kept: judging documents is the normaliser's business.
    return day === null || (day >= range.from && day <= range.to);
  });
  const { next_token: nextToken } = page;
  return { documents, nextToken: typeof nextToken === 'string' && nextToken !== '' ? nextToken : null };
}

/** Samples count by UTC day, which keeps neighbouring chunks apart; documents by the athlete's own day. */
function dayOf(dataType: string, item: unknown): string | null {
  const { day, timestamp } = (item ?? {}) as { day?: unknown; timestamp?: unknown };
  const text = dataType === 'heartrate' ? timestamp : day;
  if (typeof text !== 'string') return null;
  if (dataType !== 'heartrate') return text.slice(0, 10);
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString().slice(0, 10);
}

function subscriptionsOf(options: OuraOptions): VendorSubscriptions {
  const url = `${options.apiUrl}/v2/webhook/subscription`;
  const credentials = { 'x-client-id': options.clientId, 'x-client-secret': options.clientSecret };
  return {
    eventTypes: ['create', 'update', 'delete'],
    list: () => ({ method: 'GET', url, headers: credentials }),
    create: ({ dataType, eventType, callbackUrl }) => ({
      method: 'POST',
      url,
      headers: { ...credentials, 'content-type': 'application/json' },
      body: JSON.stringify({
        callback_url: callbackUrl,
        verification_token: options.verificationToken,
        event_type: eventType,
        data_type: dataType,
      }),
    }),
    renew: (vendorId) => ({ method: 'PUT', url: `${url}/renew/${encodeURIComponent(vendorId)}`, headers: credentials }),
    read(item) {
      const fields = item as Record<string, unknown>;
      const text = (name: string): string => {
        const value = fields[name];
        if (typeof value !== 'string') throw new Error(`the provider's subscription has no ${name}`);
        return value;
      };
      // No zone in the text: UTC. Microseconds are cut, the parser takes three digits.
      const expiresAt = new Date(
        `${text('expiration_time')
          .replace(/(\.\d{3})\d*/, '$1')
          .replace(/(Z|\+00:00)$/, '')}Z`,
      );
      if (Number.isNaN(expiresAt.getTime()))
        throw new Error("the provider's subscription has no readable expiration_time");
      return {
        vendorId: text('id'),
        dataType: text('data_type'),
        eventType: text('event_type'),
        callbackUrl: text('callback_url'),
        expiresAt,
      };
    },
  };
}
