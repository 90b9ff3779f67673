import { z } from 'zod';
import { dateOf, dayNumber } from '#platform/slots';
import type { Signal } from '#platform/signals';
import { verifyOuraSignature } from './oura-signature.ts';
import type {
  DayRange,
  FetchedPage,
  ParsedBody,
  Vendor,
  VendorData,
  VendorOauth,
  VendorResource,
  VendorSubscription,
  VendorSubscriptions,
  VendorWebhook,
} from './provider.ts';
import {
  asDocument,
  dataTypeOf,
  idOf,
  isFields,
  isSecret,
  jsonOf,
  listOfWords,
  notFound,
  oneNotification,
  openedSignals,
  quotaVariable,
  readAllPages,
  secretsOf,
  unreadable,
  type Configured,
} from './reading.ts';

/** One Oura application. */
export const ouraConfig = {
  OURA_CLIENT_ID: z.string().min(1).optional(),
  OURA_CLIENT_SECRET: z.string().min(8).optional(),
  /** Still signs deliveries for a while after a rotation. */
  OURA_CLIENT_SECRET_PREVIOUS: z.string().min(8).optional(),
  OURA_VERIFICATION_TOKEN: z.string().min(8).optional(),
  OURA_AUTHORIZE_URL: z.url().default('https://cloud.ouraring.com/oauth/authorize'),
  OURA_TOKEN_URL: z.url().default('https://api.ouraring.com/oauth/token'),
  OURA_REVOKE_URL: z.url().default('https://api.ouraring.com/oauth/revoke'),
  /** Without `/v2`. */
  OURA_API_URL: z.url().default('https://api.ouraring.com'),
  OURA_SCOPES: z.string().default('email personal daily heartrate workout session spo2Daily'),
  OURA_QUOTA: quotaVariable('5000/300'),
  /** The vendor's sample signs the parsed body written anew. Taken only where the vendor is seen to do so. */
  OURA_RESERIALISED_SIGNATURE: z.enum(['refuse', 'accept']).default('refuse'),
};

type OuraConfig = Configured<typeof ouraConfig> & { SIGNATURE_TOLERANCE_S: number };
type Credentials = { clientId: string; clientSecret: string; verificationToken: string };

/**
 * Oura API v2, https://cloud.ouraring.com/v2/docs. Notifications carry ids only; everything is fetched.
 * null without credentials.
 */
export function createOura(config: OuraConfig): Vendor | null {
  const {
    OURA_CLIENT_ID: clientId,
    OURA_CLIENT_SECRET: clientSecret,
    OURA_VERIFICATION_TOKEN: verificationToken,
  } = config;
  if (clientId === undefined || clientSecret === undefined || verificationToken === undefined) return null;
  const credentials = { clientId, clientSecret, verificationToken };
  return {
    provider: 'OURA',
    slug: 'oura',
    name: 'Oura',
    webhook: webhookOf(config, credentials),
    oauth: oauthOf(config, credentials),
    data: dataOf(config),
    subscriptions: subscriptionsOf(config, credentials),
    quotas: config.OURA_QUOTA,
  };
}

function webhookOf(config: OuraConfig, { clientSecret, verificationToken }: Credentials): VendorWebhook {
  const secrets = secretsOf(clientSecret, config.OURA_CLIENT_SECRET_PREVIOUS);
  return {
    path: '',
    successStatus: 200,
    bodyLimitBytes: 256 * 1024,
    verify: (request) =>
      verifyOuraSignature({
        request,
        secrets,
        toleranceMs: config.SIGNATURE_TOLERANCE_S * 1000,
        isReserialisedAccepted: config.OURA_RESERIALISED_SIGNATURE === 'accept',
      }),
    challenge({ query: { verification_token: token, challenge } }) {
      if (typeof challenge !== 'string' || !isSecret(token, verificationToken)) return { status: 401 };
      return { status: 200, body: { challenge } };
    },
    handshake: null,
    parse,
  };
}

/** Ids are checked here, since they go into SQL and addresses; unknown data types pass and are ignored by the fetcher. */
function parse(rawBody: Buffer): ParsedBody {
  const fields = jsonOf(rawBody);
  if (fields === null) return unreadable(rawBody, 'not_json');
  if (!isFields(fields)) return unreadable(rawBody, 'not_an_object');
  const providerUserId = idOf(fields['user_id']);
  const dataType = dataTypeOf(fields['data_type']);
  const { object_id: object, event_time: eventTime } = fields;
  const hasObject = object !== undefined && object !== null && object !== '';
  const objectId = hasObject ? idOf(object) : null;
  if (providerUserId === null) return unreadable(rawBody, 'no_user');
  if (dataType === null) return unreadable(rawBody, 'no_data_type');
  if (hasObject && objectId === null) return unreadable(rawBody, 'bad_object_id');
  return oneNotification(rawBody, {
    providerUserId,
    about: 'record',
    dataType,
    objectId,
    isDeletion: fields['event_type'] === 'delete',
    namesEvent: typeof eventTime === 'string' && eventTime !== '',
  });
}

/** One integration's scopes carry the prefix `extapi:`; both spellings mean the same. */
const plainScope = (scope: string): string => scope.replace(/^extapi:/, '');
const sameScope = (scope: string): string => (plainScope(scope) === 'spo2Daily' ? 'spo2' : plainScope(scope));

function oauthOf(config: OuraConfig, { clientId, clientSecret }: Credentials): VendorOauth {
  const identityUrl = `${config.OURA_API_URL}/v2/usercollection/personal_info`;
  return {
    authorizeUrl: config.OURA_AUTHORIZE_URL,
    tokenUrl: config.OURA_TOKEN_URL,
    clientId,
    clientSecret,
    scopes: listOfWords(config.OURA_SCOPES),
    scopeSeparator: ' ',
    authorizeParameters: {},
    hasPkce: false,
    clientAuthentication: 'form',
    refreshParameters: {},
    normaliseTokenResponse(body) {
      const fields = { ...(body as Record<string, unknown>) };
      fields['token_type'] ??= 'bearer';
      if (Array.isArray(fields['scope'])) fields['scope'] = fields['scope'].join(' ');
      return fields;
    },
    async identify({ ask }) {
      const answer = await ask({ method: 'GET', url: identityUrl });
      const body = answer.status === 200 ? jsonOf(answer.body) : null;
      const providerUserId = isFields(body) ? idOf(body['id']) : null;
      return providerUserId === null ? null : { providerUserId, scopes: null };
    },
    readScopes: null,
    probeUrl: identityUrl,
    // Two live forms, and no paper says which one is current.
    revocations: ({ accessToken, refreshToken }) => [
      { method: 'POST', url: `${config.OURA_REVOKE_URL}?access_token=${encodeURIComponent(accessToken)}` },
      {
        method: 'POST',
        url: config.OURA_REVOKE_URL,
        headers: { authorization: `bearer ${refreshToken ?? accessToken}` },
      },
    ],
  };
}

const resource = (dataType: string, scopes: string[], more?: Partial<VendorResource>): VendorResource => ({
  dataType,
  scopes: scopes.flatMap((scope) => [scope, `extapi:${scope}`]),
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

function dataOf(config: OuraConfig): VendorData {
  const collection = `${config.OURA_API_URL}/v2/usercollection`;
  const wanted = listOfWords(config.OURA_SCOPES);
  const data: VendorData = {
    resources: RESOURCES,
    workouts: { dataType: 'workout' },
    async fetch({ notification: { dataType, objectId }, recentDays, ask }) {
      if (objectId === null) return readAllPages(data, { dataType, range: recentDays, ask });
      const url = `${collection}/${dataType}/${encodeURIComponent(objectId)}`;
      return asDocument(dataType, await ask({ method: 'GET', url }));
    },
    async readPage({ dataType, range, nextToken, ask }) {
      const answer = await ask({
        method: 'GET',
        url: pageUrl(`${collection}/${dataType}`, { dataType, range, nextToken }),
      });
      return answer.status === 200 ? readPage({ dataType, range, body: answer.body }) : notFound(answer);
    },
    signalsOf: (scopes) => openedSignals(SIGNALS_BY_SCOPE, scopes.map(plainScope)),
    missingScopes(granted) {
      const given = new Set(granted.map(sameScope));
      return wanted.filter((scope) => !given.has(sameScope(scope)));
    },
  };
  return data;
}

function pageUrl(
  collectionUrl: string,
  { dataType, range, nextToken }: { dataType: string; range: DayRange; nextToken: string | null },
): string {
  const url = new URL(collectionUrl);
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
}

/** Oura's numbers are small: plain JSON loses nothing of them. */
function readPage({ dataType, range, body }: { dataType: string; range: DayRange; body: Buffer }): FetchedPage {
  const page = JSON.parse(body.toString('utf8')) as { data?: unknown; next_token?: unknown };
  if (!Array.isArray(page.data)) throw new Error('the provider answered something that is no page of documents');
  const records = page.data.filter((item: unknown) => {
    const day = dayOf(dataType, item);
    // What has no readable day is kept: judging documents is the normaliser's business.
    return day === null || (day >= range.from && day <= range.to);
  });
  const { next_token: nextToken } = page;
  return {
    outcome: 'found',
    documents: records.length === 0 ? [] : [{ domain: dataType, body: Buffer.from(JSON.stringify({ data: records })) }],
    records: records.length,
    nextToken: typeof nextToken === 'string' && nextToken !== '' ? nextToken : null,
  };
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

const EVENT_TYPES = ['create', 'update', 'delete'];

function subscriptionsOf(
  config: OuraConfig,
  { clientId, clientSecret, verificationToken }: Credentials,
): VendorSubscriptions {
  const url = `${config.OURA_API_URL}/v2/webhook/subscription`;
  const credentials = { 'x-client-id': clientId, 'x-client-secret': clientSecret };
  return {
    wanted: RESOURCES.filter(({ isNotified }) => isNotified).flatMap(({ dataType }) =>
      EVENT_TYPES.map((eventType) => ({ dataType, eventType })),
    ),
    callbackPath: '',
    list: () => ({ method: 'GET', url, headers: credentials }),
    create: ({ dataType, eventType, callbackUrl }) => ({
      method: 'POST',
      url,
      headers: { ...credentials, 'content-type': 'application/json' },
      body: JSON.stringify({
        callback_url: callbackUrl,
        verification_token: verificationToken,
        event_type: eventType,
        data_type: dataType,
      }),
    }),
    renew: (vendorId) => ({ method: 'PUT', url: `${url}/renew/${encodeURIComponent(vendorId)}`, headers: credentials }),
    readAll: (body) => (body as unknown[]).map(readSubscription),
    readOne: readSubscription,
  };
}

function readSubscription(item: unknown): VendorSubscription {
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
  if (Number.isNaN(expiresAt.getTime())) throw new Error("the provider's subscription has no readable expiration_time");
  return {
    vendorId: text('id'),
    dataType: text('data_type'),
    eventType: text('event_type'),
    callbackUrl: text('callback_url'),
    expiresAt,
  };
}
