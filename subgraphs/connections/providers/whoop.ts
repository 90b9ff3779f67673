import { z } from 'zod';
import type { ParsedBody, Vendor, VendorOauth, VendorWebhook } from './provider.ts';
import {
  digitsOf,
  isFields,
  jsonOf,
  listOfWords,
  oneNotification,
  quotaVariable,
  secretsOf,
  unreadable,
  type Configured,
} from './reading.ts';
import { whoopData } from './whoop-data.ts';
import { verifyWhoopSignature } from './whoop-signature.ts';

/** One WHOOP application. */
export const whoopConfig = {
  WHOOP_CLIENT_ID: z.string().min(1).optional(),
  WHOOP_CLIENT_SECRET: z.string().min(8).optional(),
  /** Still signs deliveries for a while after a rotation. */
  WHOOP_CLIENT_SECRET_PREVIOUS: z.string().min(8).optional(),
  WHOOP_AUTHORIZE_URL: z.url().default('https://api.prod.whoop.com/oauth/oauth2/auth'),
  WHOOP_TOKEN_URL: z.url().default('https://api.prod.whoop.com/oauth/oauth2/token'),
  /** Without `/v2`. */
  WHOOP_API_URL: z.url().default('https://api.prod.whoop.com/developer'),
  /** `offline` brings the refresh token. */
  WHOOP_SCOPES: z.string().default('offline read:recovery read:sleep read:workout read:profile'),
  WHOOP_QUOTA: quotaVariable('100/60,10000/86400'),
};

type WhoopConfig = Configured<typeof whoopConfig> & { SIGNATURE_TOLERANCE_S: number };
type Credentials = { clientId: string; clientSecret: string };

/**
 * WHOOP API v2, https://developer.whoop.com/api. Notifications carry ids only; everything is fetched. Its webhooks are set
 * up by hand in its console. null without credentials.
 */
export function createWhoop(config: WhoopConfig): Vendor | null {
  const { WHOOP_CLIENT_ID: clientId, WHOOP_CLIENT_SECRET: clientSecret } = config;
  if (clientId === undefined || clientSecret === undefined) return null;
  const credentials = { clientId, clientSecret };
  return {
    provider: 'WHOOP',
    slug: 'whoop',
    name: 'WHOOP',
    webhook: webhookOf(config, credentials),
    oauth: oauthOf(config, credentials),
    data: whoopData({ apiUrl: config.WHOOP_API_URL, scopes: listOfWords(config.WHOOP_SCOPES) }),
    subscriptions: null,
    quotas: config.WHOOP_QUOTA,
  };
}

function webhookOf(config: WhoopConfig, { clientSecret }: Credentials): VendorWebhook {
  const secrets = secretsOf(clientSecret, config.WHOOP_CLIENT_SECRET_PREVIOUS);
  return {
    path: '',
    successStatus: 200,
    bodyLimitBytes: 256 * 1024,
    verify: (request) => verifyWhoopSignature({ request, secrets, toleranceMs: config.SIGNATURE_TOLERANCE_S * 1000 }),
    challenge: null,
    handshake: null,
    parse,
  };
}

const EVENT_TYPE = /^([a-z0-9_]{1,64})\.([a-z0-9_]{1,64})$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * `{ user_id, id, type: "sleep.updated", trace_id }`. The id of a recovery is that of its sleep. Version 1 sent numbers,
 * which lead nowhere in version 2: such a body is set aside, and says that the webhook has the wrong model version.
 */
function parse(rawBody: Buffer): ParsedBody {
  const fields = jsonOf(rawBody);
  if (fields === null) return unreadable(rawBody, 'not_json');
  if (!isFields(fields)) return unreadable(rawBody, 'not_an_object');
  const { user_id: userId, id, type, trace_id: traceId } = fields;
  const providerUserId = digitsOf(userId);
  const [, dataType, action] = (typeof type === 'string' && EVENT_TYPE.exec(type)) || [];
  if (providerUserId === null) return unreadable(rawBody, 'no_user');
  if (dataType === undefined) return unreadable(rawBody, 'no_data_type');
  if (typeof id !== 'string' || !UUID.test(id)) return unreadable(rawBody, 'bad_object_id');
  return oneNotification(rawBody, {
    providerUserId,
    about: 'record',
    dataType,
    objectId: id,
    isDeletion: action === 'deleted',
    namesEvent: typeof traceId === 'string' && traceId !== '',
  });
}

function oauthOf(config: WhoopConfig, { clientId, clientSecret }: Credentials): VendorOauth {
  const identityUrl = `${config.WHOOP_API_URL}/v2/user/profile/basic`;
  return {
    authorizeUrl: config.WHOOP_AUTHORIZE_URL,
    tokenUrl: config.WHOOP_TOKEN_URL,
    clientId,
    clientSecret,
    scopes: listOfWords(config.WHOOP_SCOPES),
    scopeSeparator: ' ',
    authorizeParameters: {},
    hasPkce: false,
    clientAuthentication: 'form',
    // Without it the answer holds no refresh token, and the old one is dead already.
    refreshParameters: { scope: 'offline' },
    normaliseTokenResponse: (body) => ({ token_type: 'bearer', ...(body as Record<string, unknown>) }),
    async identify({ ask }) {
      const answer = await ask({ method: 'GET', url: identityUrl });
      const body = answer.status === 200 ? jsonOf(answer.body) : null;
      const providerUserId = isFields(body) ? digitsOf(body['user_id']) : null;
      return providerUserId === null ? null : { providerUserId, scopes: null };
    },
    readScopes: null,
    probeUrl: identityUrl,
    revocations: ({ accessToken }) => [
      {
        method: 'DELETE',
        url: `${config.WHOOP_API_URL}/v2/user/access`,
        headers: { authorization: `Bearer ${accessToken}` },
      },
    ],
  };
}
