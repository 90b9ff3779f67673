import { z } from 'zod';
import { isLocalDate } from '#platform/signals';
import { polarData } from './polar-data.ts';
import { verifyPolarSignature } from './polar-signature.ts';
import type { ParsedBody, Vendor, VendorOauth, VendorWebhook, WebhookRequest } from './provider.ts';
import {
  digitsOf,
  isFields,
  jsonOf,
  oneNotification,
  quotaVariable,
  secretsOf,
  unreadable,
  type Configured,
} from './reading.ts';

/** One Polar AccessLink client. */
export const polarConfig = {
  POLAR_CLIENT_ID: z.string().min(1).optional(),
  POLAR_CLIENT_SECRET: z.string().min(8).optional(),
  /** Polar shows it once, when the webhook is made; until then no delivery is taken. */
  POLAR_SIGNATURE_SECRET: z.string().min(8).optional(),
  /** Of the webhook before, while its deliveries may still come. */
  POLAR_SIGNATURE_SECRET_PREVIOUS: z.string().min(8).optional(),
  POLAR_AUTHORIZE_URL: z.url().default('https://flow.polar.com/oauth2/authorization'),
  POLAR_TOKEN_URL: z.url().default('https://polarremote.com/v2/oauth2/token'),
  /** Without `/v3`. */
  POLAR_API_URL: z.url().default('https://www.polaraccesslink.com'),
  /** Each linked athlete adds 20 in the quarter hour and 100 in the day. */
  POLAR_QUOTA: quotaVariable('500/900,5000/86400'),
};

type PolarConfig = Configured<typeof polarConfig>;

/**
 * Polar AccessLink v3, https://www.polar.com/accesslink-api/. Notifications carry ids and days only; everything is fetched.
 * The one webhook of a client is made by hand. null without credentials.
 */
export function createPolar(config: PolarConfig): Vendor | null {
  const { POLAR_CLIENT_ID: clientId, POLAR_CLIENT_SECRET: clientSecret } = config;
  if (clientId === undefined || clientSecret === undefined) return null;
  return {
    provider: 'POLAR',
    slug: 'polar',
    name: 'Polar',
    webhook: webhookOf(config),
    oauth: oauthOf(config, { clientId, clientSecret }),
    data: polarData(config.POLAR_API_URL),
    subscriptions: null,
    quotas: config.POLAR_QUOTA,
  };
}

function webhookOf(config: PolarConfig): VendorWebhook {
  const { POLAR_SIGNATURE_SECRET: secret, POLAR_SIGNATURE_SECRET_PREVIOUS: previous } = config;
  const secrets = secret === undefined ? [] : secretsOf(secret, previous);
  return {
    path: '',
    successStatus: 200,
    bodyLimitBytes: 64 * 1024,
    verify: (request) => verifyPolarSignature(request, secrets),
    challenge: null,
    // Sent while the webhook is being made, when nobody has its secret yet.
    handshake: (request) => (isPing(request) ? { status: 200 } : null),
    parse,
  };
}

const MAX_PING_BYTES = 1024;

function isPing({ rawBody }: WebhookRequest): boolean {
  if (rawBody.length > MAX_PING_BYTES) return false;
  const fields = jsonOf(rawBody);
  return isFields(fields) && fields['event'] === 'PING';
}

/** By event: the data type as the normaliser knows it, and the field that names the record. */
const EVENTS: Readonly<Record<string, { dataType: string; field: 'date' | 'entity_id' }>> = {
  SLEEP: { dataType: 'sleep', field: 'date' },
  EXERCISE: { dataType: 'exercise', field: 'entity_id' },
  ACTIVITY_SUMMARY: { dataType: 'activity', field: 'date' },
  CONTINUOUS_HEART_RATE: { dataType: 'continuous_heart_rate', field: 'date' },
};

const EVENT = /^[A-Z0-9_]{1,64}$/;
const ENTITY_ID = /^[\w-]{1,64}$/;

/**
 * `{ event, user_id, timestamp, url }` and what names the record, `date` or `entity_id`. `url` is never followed: we build
 * our own. Other events pass under their own name and are ignored by the fetcher.
 */
function parse(rawBody: Buffer): ParsedBody {
  const fields = jsonOf(rawBody);
  if (fields === null) return unreadable(rawBody, 'not_json');
  if (!isFields(fields)) return unreadable(rawBody, 'not_an_object');
  const { event, timestamp } = fields;
  const providerUserId = digitsOf(fields['user_id']);
  if (providerUserId === null) return unreadable(rawBody, 'no_user');
  if (typeof event !== 'string' || !EVENT.test(event)) return unreadable(rawBody, 'no_data_type');
  const known = Object.hasOwn(EVENTS, event) ? EVENTS[event] : undefined;
  const objectId = known ? fields[known.field] : null;
  if (known && !isRecordName(known.field, objectId)) return unreadable(rawBody, 'bad_object_id');
  return oneNotification(rawBody, {
    providerUserId,
    about: 'record',
    dataType: known?.dataType ?? event.toLowerCase(),
    objectId: objectId as string | null,
    isDeletion: false,
    namesEvent: typeof timestamp === 'string' && timestamp !== '',
  });
}

const isRecordName = (field: 'date' | 'entity_id', value: unknown): boolean =>
  typeof value === 'string' && (field === 'date' ? isLocalDate(value) : ENTITY_ID.test(value));

function oauthOf(config: PolarConfig, client: { clientId: string; clientSecret: string }): VendorOauth {
  const users = `${config.POLAR_API_URL}/v3/users`;
  return {
    authorizeUrl: config.POLAR_AUTHORIZE_URL,
    tokenUrl: config.POLAR_TOKEN_URL,
    ...client,
    scopes: ['accesslink.read_all'],
    scopeSeparator: ' ',
    authorizeParameters: {},
    hasPkce: false,
    clientAuthentication: 'basic',
    // Its tokens live ten years and are not renewed: one that is taken no more ends in "link again".
    refreshParameters: {},
    normaliseTokenResponse: (body) => ({ token_type: 'bearer', ...(body as Record<string, unknown>) }),
    async identify({ answer, ask }) {
      const providerUserId = digitsOf(answer['x_user_id']);
      if (providerUserId === null) return null;
      // Nothing can be read of a person who is not registered with the client. 409: registered at an earlier link.
      const { status } = await ask({
        method: 'POST',
        url: users,
        headers: { 'content-type': 'application/json' },
        // A name of our choice for the person. Polar's own number tells Polar nothing new.
        body: JSON.stringify({ 'member-id': providerUserId }),
      });
      return status === 200 || status === 409 ? { providerUserId, scopes: null } : null;
    },
    readScopes: null,
    probeUrl: `${users}/nightly-recharge`,
    revocations: ({ accessToken, providerUserId }) => [
      {
        method: 'DELETE',
        url: `${users}/${encodeURIComponent(providerUserId)}`,
        headers: { authorization: `Bearer ${accessToken}` },
      },
    ],
  };
}
