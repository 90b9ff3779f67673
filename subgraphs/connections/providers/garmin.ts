import { z } from 'zod';
import { dayNumber } from '#platform/slots';
import type { Signal } from '#platform/signals';
import { garminRefusal, parseGarmin } from './garmin-webhook.ts';
import type { AskAsAthlete, Fetched, Vendor, VendorData, VendorOauth, VendorResource } from './provider.ts';
import {
  asDocument,
  idOf,
  isFields,
  jsonOf,
  listOfWords,
  notFound,
  openedSignals,
  pathTokenVariable,
  quotaVariable,
  secretsOf,
  type Configured,
} from './reading.ts';

/** One Garmin Health application. */
export const garminConfig = {
  GARMIN_CLIENT_ID: z.string().min(1).optional(),
  GARMIN_CLIENT_SECRET: z.string().min(8).optional(),
  /** The secret part of the webhook addresses. */
  GARMIN_PATH_TOKEN: pathTokenVariable.optional(),
  /** Its addresses still stand in Garmin's console for a while after a rotation. */
  GARMIN_PATH_TOKEN_PREVIOUS: pathTokenVariable.optional(),
  GARMIN_AUTHORIZE_URL: z.url().default('https://connect.garmin.com/oauth2Confirm'),
  GARMIN_TOKEN_URL: z.url().default('https://diauth.garmin.com/di-oauth2-service/oauth/token'),
  GARMIN_API_URL: z.url().default('https://apis.garmin.com/wellness-api/rest'),
  /** `/id`, `/permissions` and `/registration` lie below it. Some applications are served at `/partner-gateway/rest/user`. */
  GARMIN_USER_URL: z.url().default('https://apis.garmin.com/wellness-api/rest/user'),
  GARMIN_CALLBACK_HOSTS: z.string().default('apis.garmin.com'),
  GARMIN_QUOTA: quotaVariable('1000/60'),
};

type GarminConfig = Configured<typeof garminConfig>;
type Credentials = { clientId: string; clientSecret: string; pathToken: string };

/**
 * Garmin Health API, OAuth 2.0. Its webhooks are set up by hand, one address per summary type, and bring the data
 * themselves (PUSH) or name where to read it (PING). Nothing is signed, so a delivery is taken for what it is: data of a
 * known user that came to a secret address. null without credentials.
 */
export function createGarmin(config: GarminConfig): Vendor | null {
  const { GARMIN_CLIENT_ID: clientId, GARMIN_CLIENT_SECRET: clientSecret, GARMIN_PATH_TOKEN: pathToken } = config;
  if (clientId === undefined || clientSecret === undefined || pathToken === undefined) return null;
  const pathTokens = secretsOf(pathToken, config.GARMIN_PATH_TOKEN_PREVIOUS);
  const callbackHosts = listOfWords(config.GARMIN_CALLBACK_HOSTS);
  return {
    provider: 'GARMIN',
    slug: 'garmin',
    name: 'Garmin',
    webhook: {
      path: '/:token/:type',
      // Anything else, 204 too, is sent again.
      successStatus: 200,
      // What Garmin asks for. It also speaks of 100 MB for details of activities: longer than 10 MiB we do not listen.
      bodyLimitBytes: 10 * 1024 * 1024,
      refusalByHead: (head) => garminRefusal({ head, pathTokens, clientId }),
      verify: () => ({ ok: true, provenance: 'unsigned', signedAt: '' }),
      challenge: null,
      handshake: null,
      parse: (rawBody) => parseGarmin(rawBody, callbackHosts),
    },
    oauth: oauthOf(config, { clientId, clientSecret, pathToken }),
    data: dataOf(config, callbackHosts),
    subscriptions: null,
    quotas: config.GARMIN_QUOTA,
  };
}

/** Refresh tokens live 90 days, and webhooks alone need no token. */
const REFRESH_EVERY_DAYS = 25;

function oauthOf(config: GarminConfig, { clientId, clientSecret }: Credentials): VendorOauth {
  const userUrl = config.GARMIN_USER_URL;
  const readPermissions = async (ask: AskAsAthlete): Promise<readonly string[] | null> => {
    const answer = await ask({ method: 'GET', url: `${userUrl}/permissions` });
    return answer.status === 200 ? permissionsOf(jsonOf(answer.body)) : null;
  };
  return {
    authorizeUrl: config.GARMIN_AUTHORIZE_URL,
    tokenUrl: config.GARMIN_TOKEN_URL,
    clientId,
    clientSecret,
    // Permissions are switches on Garmin's page; the scope of the token answer says nothing about them.
    scopes: [],
    scopeSeparator: ' ',
    authorizeParameters: {},
    hasPkce: true,
    clientAuthentication: 'form',
    refreshParameters: {},
    normaliseTokenResponse: (body) => ({ token_type: 'bearer', ...(body as Record<string, unknown>) }),
    async identify({ ask }) {
      const answer = await ask({ method: 'GET', url: `${userUrl}/id` });
      const body = answer.status === 200 ? jsonOf(answer.body) : null;
      const providerUserId = isFields(body) ? idOf(body['userId']) : null;
      if (providerUserId === null) return null;
      const scopes = await readPermissions(ask);
      return scopes === null ? null : { providerUserId, scopes };
    },
    readScopes: readPermissions,
    probeUrl: `${userUrl}/id`,
    refreshEveryDays: REFRESH_EVERY_DAYS,
    revocations: ({ accessToken }) => [
      { method: 'DELETE', url: `${userUrl}/registration`, headers: { authorization: `Bearer ${accessToken}` } },
    ],
  };
}

const PERMISSION = /^[A-Z][A-Z_]{0,63}$/;

/** `[...]` or `{ permissions: [...] }`: both were seen. null for anything else. */
function permissionsOf(body: unknown): string[] | null {
  const list = isFields(body) ? body['permissions'] : body;
  if (!Array.isArray(list)) return null;
  return list.filter((name): name is string => typeof name === 'string' && PERMISSION.test(name));
}

const HEALTH = 'HEALTH_EXPORT';
const ACTIVITY = 'ACTIVITY_EXPORT';
const MENSTRUAL_CYCLE = 'MCT_EXPORT';

const resource = (dataType: string, scope: string, chunkDays: number): VendorResource => ({
  dataType,
  scopes: [scope],
  isNotified: true,
  chunkDays,
  // Ranges go by UTC and by start: a night starts on the evening before its day, and further off in other zones.
  marginDays: 1,
});

/** Days of one backfill request, at Garmin's most. */
const HEALTH_DAYS = 90;
const ACTIVITY_DAYS = 30;
const ALL_AT_ONCE = 10_000;

/** Garmin's summary types. First those that are read, which a backfill brings first; the others are archived as they came. */
const RESOURCES: readonly VendorResource[] = [
  resource('sleeps', HEALTH, HEALTH_DAYS),
  resource('hrv', HEALTH, HEALTH_DAYS),
  resource('dailies', HEALTH, HEALTH_DAYS),
  resource('skin_temp', HEALTH, HEALTH_DAYS),
  resource('activities', ACTIVITY, ACTIVITY_DAYS),
  resource('activity_details', ACTIVITY, ACTIVITY_DAYS),
  resource('manually_updated_activities', ACTIVITY, ALL_AT_ONCE),
  resource('epochs', HEALTH, HEALTH_DAYS),
  resource('stress_details', HEALTH, HEALTH_DAYS),
  resource('pulseox', HEALTH, HEALTH_DAYS),
  resource('all_day_respiration', HEALTH, HEALTH_DAYS),
  resource('user_metrics', HEALTH, HEALTH_DAYS),
  resource('body_comps', HEALTH, HEALTH_DAYS),
  resource('blood_pressures', HEALTH, HEALTH_DAYS),
  resource('health_snapshot', HEALTH, HEALTH_DAYS),
  resource('mct', MENSTRUAL_CYCLE, HEALTH_DAYS),
  resource('move_iq_activities', ACTIVITY, ACTIVITY_DAYS),
  resource('activity_files', ACTIVITY, ALL_AT_ONCE),
];

/**
 * The last part of the backfill's address. Activities that were typed in have none: they come with the activities. Nor have
 * files.
 */
const BACKFILLS: ReadonlyMap<string, string> = new Map([
  ['sleeps', 'sleeps'],
  ['hrv', 'hrv'],
  ['dailies', 'dailies'],
  ['skin_temp', 'skinTemp'],
  ['activities', 'activities'],
  ['activity_details', 'activityDetails'],
  ['epochs', 'epochs'],
  ['stress_details', 'stressDetails'],
  ['pulseox', 'pulseOx'],
  ['all_day_respiration', 'respiration'],
  ['user_metrics', 'userMetrics'],
  ['body_comps', 'bodyComps'],
  ['blood_pressures', 'bloodPressures'],
  ['health_snapshot', 'healthSnapshot'],
  ['mct', 'mct'],
  ['move_iq_activities', 'moveiq'],
]);

const SIGNALS_BY_PERMISSION: readonly [Signal, readonly string[]][] = [
  ['HRV', [HEALTH]],
  ['RESTING_HEART_RATE', [HEALTH]],
  ['HEART_RATE', [HEALTH]],
  ['SLEEP', [HEALTH]],
  ['TRAINING', [ACTIVITY]],
  ['STEPS', [HEALTH]],
  ['VITALS', [HEALTH]],
];

/** In the words of a person who looks for the switch, which is named a little differently in each language. */
const WORTH_HAVING: readonly [string, string][] = [
  [HEALTH, `daily health (${HEALTH})`],
  [ACTIVITY, `activities (${ACTIVITY})`],
  ['HISTORICAL_DATA_EXPORT', 'historical data (HISTORICAL_DATA_EXPORT)'],
];

const DAY_S = 86_400;

/** The records themselves come by webhook, when Garmin gets to it. */
const ASKED_FOR = { outcome: 'found', documents: [], records: 0, nextToken: null } as const;
const OUT_OF_REACH = { ...ASKED_FOR, isOutOfReach: true } as const;

function dataOf(config: GarminConfig, callbackHosts: readonly string[]): VendorData {
  return {
    callbackHosts,
    isAnsweredByWebhook: true,
    resources: RESOURCES,
    workouts: { dataType: 'activities' },
    async fetch({ notification: { dataType, callbackUrl }, ask }): Promise<Fetched> {
      if (callbackUrl === undefined) throw new Error('a notification of Garmin names no address to read its record at');
      const answer = await ask({ method: 'GET', url: callbackUrl, isFromOutside: true });
      if (answer.status === 412) return { outcome: 'forbidden' };
      // An address that is no more was kept for too long: no record was deleted.
      const isOver = answer.status === 404 || answer.status === 410;
      if (isOver) return { outcome: 'refused', status: answer.status };
      const body = dataType === 'activity_files' && answer.status === 200 ? fileInJson(answer.body) : answer.body;
      return asDocument(dataType, { ...answer, body });
    },
    async readPage({ dataType, range, ask }) {
      const name = BACKFILLS.get(dataType);
      if (name === undefined) return ASKED_FOR;
      const url = new URL(`${config.GARMIN_API_URL}/backfill/${name}`);
      url.searchParams.set('summaryStartTimeInSeconds', String(dayNumber(range.from) * DAY_S));
      url.searchParams.set('summaryEndTimeInSeconds', String((dayNumber(range.to) + 1) * DAY_S));
      const answer = await ask({ method: 'GET', url: url.href });
      if (answer.status === 412) return { outcome: 'forbidden' };
      if (answer.status === 400) return OUT_OF_REACH;
      return isAskedFor(answer.status) ? ASKED_FOR : notFound(answer);
    },
    signalsOf: (permissions) => openedSignals(SIGNALS_BY_PERMISSION, permissions),
    missingScopes: (granted) =>
      WORTH_HAVING.filter(([permission]) => !granted.includes(permission)).map(([, inWords]) => inWords),
  };
}

/** FIT, TCX or GPX, as the ping said: on its way to the archive it passes where every body is JSON. */
const fileInJson = (file: Buffer): Buffer => Buffer.from(JSON.stringify({ fileBase64: file.toString('base64') }));

/**
 * 202: taken. 409: these days were asked for before. 400: they lie before what Garmin gives of this user, the only
 * reason left for requests of our lengths; later days may still be had.
 */
const isAskedFor = (status: number): boolean => status === 200 || status === 202 || status === 409;
