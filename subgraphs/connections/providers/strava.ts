import { z } from 'zod';
import type {
  ParsedBody,
  Vendor,
  VendorOauth,
  VendorSubscription,
  VendorSubscriptions,
  VendorWebhook,
  Verification,
  WebhookRequest,
} from './provider.ts';
import {
  dataTypeOf,
  digitsOf,
  isFields,
  isSecret,
  jsonOf,
  listOfWords,
  oneNotification,
  pathTokenVariable,
  quotaVariable,
  secretsOf,
  unreadable,
  type Configured,
  type Fields,
} from './reading.ts';
import { stravaData } from './strava-data.ts';
import { verifyStravaSignature } from './strava-signature.ts';

/** One Strava application. */
export const stravaConfig = {
  STRAVA_CLIENT_ID: z.string().min(1).optional(),
  STRAVA_CLIENT_SECRET: z.string().min(8).optional(),
  /** The secret part of the webhook address. */
  STRAVA_PATH_TOKEN: pathTokenVariable.optional(),
  /** Its address still is the subscription's for a moment after a rotation. */
  STRAVA_PATH_TOKEN_PREVIOUS: pathTokenVariable.optional(),
  STRAVA_VERIFICATION_TOKEN: z.string().min(8).optional(),
  STRAVA_AUTHORIZE_URL: z.url().default('https://www.strava.com/oauth/authorize'),
  STRAVA_TOKEN_URL: z.url().default('https://www.strava.com/oauth/token'),
  STRAVA_REVOKE_URL: z.url().default('https://www.strava.com/oauth/revoke'),
  STRAVA_DEAUTHORIZE_URL: z.url().default('https://www.strava.com/oauth/deauthorize'),
  STRAVA_API_URL: z.url().default('https://www.strava.com/api/v3'),
  STRAVA_SCOPES: z.string().default('read activity:read_all'),
  /** Reads of the standard tier. */
  STRAVA_QUOTA: quotaVariable('100/900,1000/86400'),
  STRAVA_SIGNATURE: z.enum(['observe', 'enforce']).default('observe'),
  /** The client secret when left out. Which key Strava signs with is not known for certain. */
  STRAVA_SIGNING_SECRET: z.string().min(8).optional(),
  STRAVA_SIGNING_SECRET_PREVIOUS: z.string().min(8).optional(),
  STRAVA_SUBSCRIPTION_ID: z.string().min(1).optional(),
};

type StravaConfig = Configured<typeof stravaConfig> & { SIGNATURE_TOLERANCE_S: number };
type Credentials = { clientId: string; clientSecret: string; pathToken: string; verificationToken: string };

/**
 * Strava API v3, https://developers.strava.com/docs/. Its webhooks name ids only and are, as far as anybody knows, signed
 * with no key we have: a delivery to the secret address is a hint, and what it says is read with the athlete's token.
 * null without credentials.
 */
export function createStrava(config: StravaConfig): Vendor | null {
  const {
    STRAVA_CLIENT_ID: clientId,
    STRAVA_CLIENT_SECRET: clientSecret,
    STRAVA_PATH_TOKEN: pathToken,
    STRAVA_VERIFICATION_TOKEN: verificationToken,
  } = config;
  if (
    clientId === undefined ||
    clientSecret === undefined ||
    pathToken === undefined ||
    verificationToken === undefined
  ) {
    return null;
  }
  const credentials = { clientId, clientSecret, pathToken, verificationToken };
  return {
    provider: 'STRAVA',
    slug: 'strava',
    name: 'Strava',
    webhook: webhookOf(config, credentials),
    oauth: oauthOf(config, credentials),
    data: stravaData(config.STRAVA_API_URL, listOfWords(config.STRAVA_SCOPES)),
    subscriptions: subscriptionsOf(config, credentials),
    quotas: config.STRAVA_QUOTA,
  };
}

function webhookOf(config: StravaConfig, credentials: Credentials): VendorWebhook {
  const pathTokens = secretsOf(credentials.pathToken, config.STRAVA_PATH_TOKEN_PREVIOUS);
  const isOurAddress = (token: unknown): boolean => pathTokens.some((one) => isSecret(token, one));
  return {
    path: '/:token',
    successStatus: 200,
    bodyLimitBytes: 64 * 1024,
    refusalByHead: ({ params }) => (isOurAddress(params.token) ? null : 'wrong_token'),
    verify: (request) => verify(config, credentials, request),
    challenge({ query, params }) {
      const { 'hub.mode': mode, 'hub.challenge': challenge, 'hub.verify_token': token } = query;
      const isOurs = isOurAddress(params.token) && isSecret(token, credentials.verificationToken);
      if (!isOurs || mode !== 'subscribe' || typeof challenge !== 'string') return { status: 401 };
      return { status: 200, body: { 'hub.challenge': challenge } };
    },
    handshake: null,
    parse,
  };
}

/** The address is right. What else is asked of a delivery is the operator's choice. */
function verify(config: StravaConfig, { clientSecret }: Credentials, request: WebhookRequest): Verification {
  const { STRAVA_SUBSCRIPTION_ID: subscriptionId } = config;
  if (subscriptionId !== undefined && subscriptionIdOf(request.rawBody) !== subscriptionId) {
    return { ok: false, reason: 'wrong_client' };
  }
  const judged = verifyStravaSignature({
    request,
    secrets: secretsOf(config.STRAVA_SIGNING_SECRET ?? clientSecret, config.STRAVA_SIGNING_SECRET_PREVIOUS),
    toleranceMs: config.SIGNATURE_TOLERANCE_S * 1000,
  });
  if (config.STRAVA_SIGNATURE === 'enforce') return judged;
  const isAsExpected = judged.ok || judged.reason === 'missing_header';
  const remark = isAsExpected ? {} : { remark: 'signature_not_matching' as const };
  return { ok: true, provenance: 'unsigned', signedAt: '', ...remark };
}

function subscriptionIdOf(rawBody: Buffer): string | null {
  const fields = jsonOf(rawBody);
  return isFields(fields) ? digitsOf(fields['subscription_id']) : null;
}

/**
 * `{ object_type, object_id, aspect_type, owner_id, event_time, updates }`. A deletion is not believed but looked for: the
 * activity is asked for like any other, and Strava answers 404 for one that is gone, or was made private beyond our scope.
 * Objects of other types pass under their own name and are ignored by the fetcher.
 */
function parse(rawBody: Buffer): ParsedBody {
  const fields = jsonOf(rawBody);
  if (fields === null) return unreadable(rawBody, 'not_json');
  if (!isFields(fields)) return unreadable(rawBody, 'not_an_object');
  const providerUserId = digitsOf(fields['owner_id']);
  const dataType = dataTypeOf(fields['object_type']);
  const objectId = dataType === 'activity' ? digitsOf(fields['object_id']) : null;
  if (providerUserId === null) return unreadable(rawBody, 'no_user');
  if (dataType === null) return unreadable(rawBody, 'no_data_type');
  if (dataType === 'activity' && objectId === null) return unreadable(rawBody, 'bad_object_id');
  return oneNotification(rawBody, {
    providerUserId,
    about: dataType === 'athlete' && isDeauthorisation(fields) ? 'deauthorised' : 'record',
    dataType,
    objectId,
    isDeletion: false,
    namesEvent: typeof fields['event_time'] === 'number',
  });
}

/** The papers say `updates.authorized: "false"`; a deleted athlete was seen in its place. */
function isDeauthorisation({ aspect_type: aspect, updates }: Fields): boolean {
  return aspect === 'delete' || (isFields(updates) && String(updates['authorized']) === 'false');
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const formOf = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();

function oauthOf(config: StravaConfig, { clientId, clientSecret }: Credentials): VendorOauth {
  const athleteUrl = `${config.STRAVA_API_URL}/athlete`;
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  return {
    authorizeUrl: config.STRAVA_AUTHORIZE_URL,
    tokenUrl: config.STRAVA_TOKEN_URL,
    clientId,
    clientSecret,
    scopes: listOfWords(config.STRAVA_SCOPES),
    scopeSeparator: ',',
    // Whoever links again comes to tick what was left out: the page must not be skipped.
    authorizeParameters: { approval_prompt: 'force' },
    hasPkce: false,
    clientAuthentication: 'form',
    refreshParameters: {},
    normaliseTokenResponse: (body) => ({ token_type: 'bearer', ...(body as Record<string, unknown>) }),
    tokenErrorOf,
    async identify({ answer: { athlete }, ask }) {
      const known = isFields(athlete) ? digitsOf(athlete['id']) : null;
      if (known !== null) return { providerUserId: known, scopes: null };
      const answer = await ask({ method: 'GET', url: athleteUrl });
      const body = answer.status === 200 ? jsonOf(answer.body) : null;
      const providerUserId = isFields(body) ? digitsOf(body['id']) : null;
      return providerUserId === null ? null : { providerUserId, scopes: null };
    },
    readScopes: null,
    probeUrl: athleteUrl,
    revocations: ({ accessToken, refreshToken }) => [
      {
        method: 'POST',
        url: config.STRAVA_REVOKE_URL,
        headers: { ...FORM, authorization: `Basic ${basic}` },
        // Whoever revokes by RFC 7009 answers 200 to a token that has ended, and a refresh token does not end.
        body: formOf({
          token: refreshToken ?? accessToken,
          token_type_hint: refreshToken === null ? 'access_token' : 'refresh_token',
        }),
      },
      {
        method: 'POST',
        url: config.STRAVA_DEAUTHORIZE_URL,
        headers: FORM,
        body: formOf({ access_token: accessToken }),
      },
    ],
  };
}

const GRANTS = new Set(['RefreshToken', 'AuthorizationCode']);

/** `{ message, errors: [{ resource: "RefreshToken", field, code: "invalid" }] }`: which of the two parties is at fault. */
function tokenErrorOf(body: unknown): string | null {
  const errors = isFields(body) && Array.isArray(body['errors']) ? (body['errors'] as unknown[]) : [];
  const resources = errors.map((error) => (isFields(error) ? error['resource'] : null));
  if (resources.some((resource) => typeof resource === 'string' && GRANTS.has(resource))) return 'invalid_grant';
  return resources.includes('Application') ? 'invalid_client' : null;
}

const ALL_EVENTS = { dataType: 'activity', eventType: 'all' };

/** One for each application, for all athletes and events. */
function subscriptionsOf(
  config: StravaConfig,
  { clientId, clientSecret, pathToken, verificationToken }: Credentials,
): VendorSubscriptions {
  const url = `${config.STRAVA_API_URL}/push_subscriptions`;
  const credentials = { client_id: clientId, client_secret: clientSecret };
  return {
    wanted: [ALL_EVENTS],
    callbackPath: `/${pathToken}`,
    list: () => ({ method: 'GET', url: `${url}?${formOf(credentials)}` }),
    create: ({ callbackUrl }) => ({
      method: 'POST',
      url,
      headers: FORM,
      body: formOf({ ...credentials, callback_url: callbackUrl, verify_token: verificationToken }),
    }),
    renew: null,
    remove: (vendorId) => ({
      method: 'DELETE',
      url: `${url}/${encodeURIComponent(vendorId)}?${formOf(credentials)}`,
    }),
    readAll(body) {
      if (!Array.isArray(body)) throw new Error('the provider answered something that is no list of subscriptions');
      return body.map((item: unknown) => {
        const callbackUrl = isFields(item) ? item['callback_url'] : null;
        if (typeof callbackUrl !== 'string') throw new Error("the provider's subscription has no callback_url");
        return subscriptionOf(item, callbackUrl);
      });
    },
    // The answer to a new one is its id alone.
    readOne: (body, { callbackUrl }) => subscriptionOf(body, callbackUrl),
  };
}

function subscriptionOf(item: unknown, callbackUrl: string): VendorSubscription {
  const vendorId = isFields(item) ? digitsOf(item['id']) : null;
  if (vendorId === null) throw new Error("the provider's subscription has no id");
  return { vendorId, ...ALL_EVENTS, callbackUrl, expiresAt: null };
}
