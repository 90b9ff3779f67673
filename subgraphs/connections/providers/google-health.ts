import { z } from 'zod';
import { GOOGLE_SCOPES, googleHealthData } from './google-health-data.ts';
import { createGoogleKeys } from './google-health-keys.ts';
import { verifyGoogleSignature } from './google-health-signature.ts';
import { parseGoogleHealth } from './google-health-webhook.ts';
import type { Vendor, VendorOauth, VendorTools, VendorWebhook, WebhookRequest } from './provider.ts';
import {
  idOf,
  isFields,
  isSecret,
  jsonOf,
  listOfWords,
  onlyHeader,
  quotaVariable,
  secretsOf,
  type Configured,
} from './reading.ts';

/** One Google Cloud project with the Google Health API. */
export const googleHealthConfig = {
  GOOGLE_HEALTH_CLIENT_ID: z.string().min(1).optional(),
  GOOGLE_HEALTH_CLIENT_SECRET: z.string().min(8).optional(),
  /** The whole value of the header that deliveries bring, as it was given to Google with the subscriber. */
  GOOGLE_HEALTH_AUTHORIZATION: z.string().min(16).optional(),
  /** The one before, while the subscriber is being changed. */
  GOOGLE_HEALTH_AUTHORIZATION_PREVIOUS: z.string().min(16).optional(),
  GOOGLE_HEALTH_KEYSET_URL: z
    .url()
    .default('https://www.gstatic.com/googlehealthapi/webhooks/webhooks_public_keyset.json'),
  GOOGLE_HEALTH_AUTHORIZE_URL: z.url().default('https://accounts.google.com/o/oauth2/v2/auth'),
  GOOGLE_HEALTH_TOKEN_URL: z.url().default('https://oauth2.googleapis.com/token'),
  GOOGLE_HEALTH_REVOKE_URL: z.url().default('https://oauth2.googleapis.com/revoke'),
  /** Without `/v4`. */
  GOOGLE_HEALTH_API_URL: z.url().default('https://health.googleapis.com'),
  GOOGLE_HEALTH_SCOPES: z.string().default(GOOGLE_SCOPES.join(' ')),
  /** A project sees its own in Google's console. */
  GOOGLE_HEALTH_QUOTA: quotaVariable('300/60'),
};

type GoogleHealthConfig = Configured<typeof googleHealthConfig>;

/**
 * Google Health API v4, https://developers.google.com/health. Notifications name times and types only; everything is
 * fetched. The one subscriber of a project is made by hand, with a credential of the project. null without credentials.
 */
export function createGoogleHealth(config: GoogleHealthConfig, tools: VendorTools): Vendor | null {
  const {
    GOOGLE_HEALTH_CLIENT_ID: clientId,
    GOOGLE_HEALTH_CLIENT_SECRET: clientSecret,
    GOOGLE_HEALTH_AUTHORIZATION: authorization,
  } = config;
  if (clientId === undefined || clientSecret === undefined || authorization === undefined) return null;
  return {
    provider: 'GOOGLE_HEALTH',
    slug: 'google-health',
    name: 'Google Health',
    webhook: webhookOf(config, authorization, tools),
    oauth: oauthOf(config, { clientId, clientSecret }),
    data: googleHealthData(config.GOOGLE_HEALTH_API_URL, listOfWords(config.GOOGLE_HEALTH_SCOPES)),
    subscriptions: null,
    quotas: config.GOOGLE_HEALTH_QUOTA,
  };
}

function webhookOf(config: GoogleHealthConfig, authorization: string, tools: VendorTools): VendorWebhook {
  const secrets = secretsOf(authorization, config.GOOGLE_HEALTH_AUTHORIZATION_PREVIOUS);
  const keys = createGoogleKeys({ url: config.GOOGLE_HEALTH_KEYSET_URL, ...tools });
  const isAuthorized = ({ headers }: WebhookRequest): boolean =>
    secrets.some((secret) => isSecret(onlyHeader(headers, 'authorization'), secret));
  return {
    path: '',
    // Anything else is sent again.
    successStatus: 204,
    bodyLimitBytes: 256 * 1024,
    async verify(request) {
      if (request.headers.authorization === undefined) return { ok: false, reason: 'missing_header' };
      // First: who does not know the secret makes us load no keys.
      if (!isAuthorized(request)) return { ok: false, reason: 'wrong_token' };
      return verifyGoogleSignature(request, keys);
    },
    challenge: null,
    // Asked twice when the subscriber is made, once without the secret. Not signed.
    handshake: (request) => (isVerification(request) ? { status: isAuthorized(request) ? 201 : 401 } : null),
    parse: parseGoogleHealth,
  };
}

const MAX_VERIFICATION_BYTES = 1024;

function isVerification({ rawBody }: WebhookRequest): boolean {
  if (rawBody.length > MAX_VERIFICATION_BYTES) return false;
  const fields = jsonOf(rawBody);
  return isFields(fields) && fields['type'] === 'verification';
}

function oauthOf(config: GoogleHealthConfig, client: { clientId: string; clientSecret: string }): VendorOauth {
  const identityUrl = `${config.GOOGLE_HEALTH_API_URL}/v4/users/me/identity`;
  return {
    authorizeUrl: config.GOOGLE_HEALTH_AUTHORIZE_URL,
    tokenUrl: config.GOOGLE_HEALTH_TOKEN_URL,
    issuer: new URL(config.GOOGLE_HEALTH_AUTHORIZE_URL).origin,
    ...client,
    scopes: listOfWords(config.GOOGLE_HEALTH_SCOPES),
    scopeSeparator: ' ',
    // A refresh token comes only with a consent that was asked for.
    authorizeParameters: { access_type: 'offline', prompt: 'consent', include_granted_scopes: 'true' },
    hasPkce: true,
    clientAuthentication: 'form',
    refreshParameters: {},
    normaliseTokenResponse(body) {
      // Comes along where the project was once granted sign-in; who the person is, `identify` asks.
      const { id_token: _, ...fields } = body as Record<string, unknown>;
      return { token_type: 'bearer', ...fields };
    },
    async identify({ ask }) {
      const answer = await ask({ method: 'GET', url: identityUrl });
      const body = answer.status === 200 ? jsonOf(answer.body) : null;
      const providerUserId = isFields(body) ? idOf(body['healthUserId']) : null;
      return providerUserId === null ? null : { providerUserId, scopes: null };
    },
    readScopes: null,
    probeUrl: identityUrl,
    // Either token ends the grant, and the refresh token is the one that still lives.
    revocations: ({ accessToken, refreshToken }) => [
      {
        method: 'POST',
        url: `${config.GOOGLE_HEALTH_REVOKE_URL}?token=${encodeURIComponent(refreshToken ?? accessToken)}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      },
    ],
  };
}
