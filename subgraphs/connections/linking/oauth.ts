import * as oauth from 'oauth4webapi';
import type { Clock } from '#platform/clock';
import { sha256 } from '#platform/crypto';
import { AppError } from '#platform/errors';
import { GrantLost, type ProviderTokens } from '../vault/vault.ts';
import type { ProviderAnswer, Vendor } from '../providers/provider.ts';
import { jsonOf } from '../providers/reading.ts';
import { ProviderUnavailable, type AskProvider } from '../asking/ask-provider.ts';

/** The pair a provider gave, and what it may be used for. */
export interface Granted extends ProviderTokens {
  scopes: string[];
}

/** The answer to a code: some providers say in it who the person is. */
export interface Exchanged extends Granted {
  answer: Readonly<Record<string, unknown>>;
}

/** Less than the database allows a transaction to be idle: a refresh happens under a row lock. */
const TOKEN_CALL_WITHIN_MS = 6_000;
const RETRY_MS = 5_000;

/** Where the athlete is sent to consent. The redirect address must be registered at the provider, to the letter. */
export function authorizationUrl(options: {
  vendor: Vendor;
  redirectUri: string;
  state: string;
  /** Its S256 challenge goes along; null where the vendor knows no proof key. */
  codeVerifier: string | null;
}): string {
  const { redirectUri, state, codeVerifier } = options;
  const { oauth: vendor } = options.vendor;
  const url = new URL(vendor.authorizeUrl);
  const set = (name: string, value: string): void => url.searchParams.set(name, value);
  set('response_type', 'code');
  set('client_id', vendor.clientId);
  set('redirect_uri', redirectUri);
  if (vendor.scopes.length > 0) set('scope', vendor.scopes.join(vendor.scopeSeparator));
  set('state', state);
  if (codeVerifier !== null) {
    set('code_challenge', sha256(codeVerifier).toString('base64url'));
    set('code_challenge_method', 'S256');
  }
  for (const [name, value] of Object.entries(vendor.authorizeParameters)) set(name, value);
  return url.href;
}

/** Code for tokens. Throws GrantLost for a code the provider does not take, ProviderUnavailable when it does not answer. */
export async function exchangeCode(options: {
  ask: AskProvider;
  vendor: Vendor;
  clock: Clock;
  /** The query of the callback, its state compared already. */
  callback: URLSearchParams;
  state: string;
  redirectUri: string;
  codeVerifier: string | null;
}): Promise<Exchanged> {
  const { vendor, clock } = options;
  const { as, client, authentication } = partiesOf(vendor);
  try {
    const callback = oauth.validateAuthResponse(as, client, options.callback, options.state);
    const response = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      authentication,
      callback,
      options.redirectUri,
      options.codeVerifier ?? oauth.nopkce,
      transport(options),
    );
    const answer = await oauth.processAuthorizationCodeResponse(as, client, response);
    const asked = callback.get('scope')?.split(SCOPE_SEPARATORS) ?? [...vendor.oauth.scopes];
    return { ...grantedOf({ answer, clock, asked }), answer };
  } catch (error) {
    throw tokenFailure(error, vendor, clock);
  }
}

/** A new pair for a refresh token. Throws GrantLost when the token is dead, ProviderUnavailable when nothing is known. */
export async function refreshTokens(options: {
  ask: AskProvider;
  vendor: Vendor;
  clock: Clock;
  refreshToken: string;
}): Promise<ProviderTokens> {
  const { vendor, clock } = options;
  const { as, client, authentication } = partiesOf(vendor);
  try {
    const response = await oauth.refreshTokenGrantRequest(as, client, authentication, options.refreshToken, {
      ...transport(options),
      additionalParameters: { ...vendor.oauth.refreshParameters },
    });
    const answer = await oauth.processRefreshTokenResponse(as, client, response);
    return grantedOf({ answer, clock, asked: [] });
  } catch (error) {
    throw tokenFailure(error, vendor, clock);
  }
}

/**
 * Tells the provider that the grant is over, in each known form until one is taken. `unavailable`: a form could not be asked
 * now, and the others did not end it. `token_ended`: to a form at least it does not know the token, so the grant is over or
 * the token alone is. `not_taken`: it refused all of them.
 */
export async function revokeAtProvider(options: {
  ask: AskProvider;
  vendor: Vendor;
  grant: ProviderTokens & { providerUserId: string };
}): Promise<'revoked' | 'unavailable' | 'token_ended' | 'not_taken'> {
  const refusals: ('unavailable' | number)[] = [];
  for (const call of options.vendor.oauth.revocations(options.grant)) {
    const answer = await options.ask(options.vendor, call).catch((error: unknown) => {
      if (error instanceof ProviderUnavailable) return null;
      throw error;
    });
    if (answer && answer.status >= 200 && answer.status < 300) return 'revoked';
    // A 401 is not the last word: where the form names the client, it is the client that was refused.
    refusals.push(answer?.status ?? 'unavailable');
  }
  if (refusals.includes('unavailable')) return 'unavailable';
  return refusals.includes(401) ? 'token_ended' : 'not_taken';
}

function partiesOf(vendor: Vendor) {
  // Where the provider sends no `iss`, the name only has to be the same on both sides.
  const as: oauth.AuthorizationServer = {
    issuer: vendor.oauth.issuer ?? new URL(vendor.oauth.tokenUrl).origin,
    token_endpoint: vendor.oauth.tokenUrl,
  };
  const client: oauth.Client = { client_id: vendor.oauth.clientId };
  const authenticate = vendor.oauth.clientAuthentication === 'basic' ? oauth.ClientSecretBasic : oauth.ClientSecretPost;
  return { as, client, authentication: authenticate(vendor.oauth.clientSecret) };
}

/** Token calls take the same road as all others, once each: a code and a rotating refresh token work one time only. */
function transport({ ask, vendor }: { ask: AskProvider; vendor: Vendor }): oauth.TokenEndpointRequestOptions {
  const { hostname } = new URL(vendor.oauth.tokenUrl);
  return {
    // Plain HTTP only to this machine, where the simulator lives.
    [oauth.allowInsecureRequests]: hostname === '127.0.0.1' || hostname === 'localhost' || hostname === '[::1]',
    [oauth.customFetch]: async (url: string, init: oauth.CustomFetchOptions<'POST', URLSearchParams>) => {
      const answer = await ask(
        vendor,
        { method: 'POST', url, headers: init.headers, body: init.body.toString() },
        { isRepeatable: false, withinMs: TOKEN_CALL_WITHIN_MS },
      );
      return new Response(tokenBody(vendor, answer), {
        status: answer.status,
        headers: { 'content-type': 'application/json' },
      });
    },
  };
}

/** What the endpoint said, as RFC 6749 has it said. */
function tokenBody({ oauth: vendor }: Vendor, { status, body }: ProviderAnswer): BodyInit {
  if (status === 200) return JSON.stringify(vendor.normaliseTokenResponse(JSON.parse(body.toString())));
  const error = vendor.tokenErrorOf?.(jsonOf(body)) ?? null;
  return error === null ? new Uint8Array(body) : JSON.stringify({ error });
}

const DEFAULT_LIFE_S = 3_600;
/** RFC 6749 says spaces; one vendor writes commas. */
const SCOPE_SEPARATORS = /[ ,]/;

function grantedOf(options: { answer: oauth.TokenEndpointResponse; clock: Clock; asked: string[] }): Granted {
  const { answer } = options;
  return {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token ?? null,
    accessExpiresAt: new Date(options.clock.now().getTime() + (answer.expires_in ?? DEFAULT_LIFE_S) * 1000),
    scopes: (answer.scope?.split(SCOPE_SEPARATORS) ?? options.asked).filter((scope) => scope !== ''),
  };
}

/** By status first: 4xx is final, everything else may pass. */
function tokenFailure(error: unknown, vendor: Vendor, clock: Clock): Error {
  if (error instanceof AppError) return error;
  if (
    error instanceof oauth.ResponseBodyError &&
    (error.error === 'invalid_grant' || error.error === 'unauthorized_client')
  ) {
    return new GrantLost(`${vendor.name} does not take the grant any more (${error.error}).`);
  }
  if (error instanceof oauth.AuthorizationResponseError)
    return new GrantLost(`${vendor.name} refused the authorization.`);
  return new ProviderUnavailable(vendor.name, new Date(clock.now().getTime() + RETRY_MS), { cause: error });
}
