import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { OauthError, OauthOptions, VendorSettings } from './tables.ts';
import type { Grants } from './grants.ts';

const DESCRIPTIONS: Record<OauthError, string> = {
  invalid_client: 'Client authentication failed',
  invalid_grant: 'The code or token is invalid, expired or has already been used',
  unsupported_grant_type: 'Unknown grant_type',
};

/** The token endpoint: codes and refresh tokens for tokens. */
export function addTokenEndpoint(
  app: FastifyInstance,
  { oauth, grants, settings }: { oauth: OauthOptions; grants: Grants; settings: VendorSettings },
): void {
  const refuse = (reply: FastifyReply, error: OauthError): FastifyReply => {
    const { status, body } = oauth.refusal?.(error) ?? {
      status: error === 'invalid_client' ? 401 : 400,
      body: { error, error_description: DESCRIPTIONS[error] },
    };
    return reply.code(status).send(body);
  };
  app.post(oauth.tokenPath, (request, reply) => {
    void reply.header('cache-control', 'no-store');
    const form = formOf(request);
    if (!isApplication({ request, settings, by: oauth.clientAuthentication })) return refuse(reply, 'invalid_client');
    switch (form.get('grant_type')) {
      case 'authorization_code': {
        const answer = grants.redeem({
          code: form.get('code') ?? '',
          redirectUri: form.get('redirect_uri') ?? '',
          codeVerifier: form.get('code_verifier'),
        });
        return answer ?? refuse(reply, 'invalid_grant');
      }
      case 'refresh_token': {
        const answer = grants.refresh(form.get('refresh_token') ?? '');
        return answer ?? refuse(reply, 'invalid_grant');
      }
      default:
        return refuse(reply, 'unsupported_grant_type');
    }
  });
}

/** Whether a request brings the application's own credentials, in its form or as HTTP Basic. */
export function isApplication({
  request,
  settings,
  by = 'either',
}: {
  request: FastifyRequest;
  settings: Pick<VendorSettings, 'clientId' | 'clientSecret'>;
  by?: OauthOptions['clientAuthentication'];
}): boolean {
  const form = formOf(request);
  const basic = by === 'form' ? null : basicCredentials(request.headers.authorization);
  const id = basic?.id ?? (by === 'basic' ? null : form.get('client_id'));
  const secret = basic?.secret ?? (by === 'basic' ? null : form.get('client_secret'));
  return id === settings.clientId && secret === settings.clientSecret;
}

/** The fields of a posted form; none for any other body. */
export function formOf(request: FastifyRequest): URLSearchParams {
  return request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
}

function basicCredentials(header: string | undefined): { id: string; secret: string } | null {
  const encoded = /^basic (.+)$/i.exec(header ?? '')?.[1];
  if (!encoded) return null;
  const [id = '', ...secret] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return { id: formDecoded(id), secret: formDecoded(secret.join(':')) };
}

/** Credentials are form-encoded before they go into Basic (RFC 6749, 2.3.1). */
function formDecoded(text: string): string {
  return new URLSearchParams(`value=${text}`).get('value') ?? '';
}
