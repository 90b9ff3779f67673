import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '#platform/clock';
import { AppError } from '#platform/errors';
import { sendProblem } from '#platform/http';
import type { Logger } from '#platform/log';
import type { Metrics } from '#platform/telemetry';
import type { Vendor } from '../providers/provider.ts';
import type { Vendors } from '../providers/registry.ts';
import type { Intake } from './accept.ts';

const BODY_LIMIT_BYTES = 256 * 1024;
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json(?:\s*;|$)/i;
const RETRY_AFTER_S = 5;

type ProviderRequest = FastifyRequest<{ Params: { provider: string }; Querystring: Record<string, unknown> }>;

/**
 * `POST /v1/webhooks/{provider}` takes deliveries, `GET` answers the provider's check of the address. The raw bytes are
 * verified before anything reads them; nothing of a request without a valid signature is kept.
 */
export function addWebhooks(
  server: FastifyInstance,
  options: { vendors: Vendors; intake: Intake; clock: Clock; metrics: Metrics; log: Logger },
): void {
  const { vendors, intake, clock, metrics, log } = options;

  const vendorOf = (request: FastifyRequest): Vendor | null =>
    vendors.named((request as ProviderRequest).params.provider);

  async function receive(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const vendor = vendorOf(request) as Vendor;
    const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const verification = vendor.webhook.verify({ rawBody, headers: request.headers, now: clock.now() });
    if (!verification.ok) {
      metrics.webhooks.inc({ provider: vendor.slug, outcome: verification.reason });
      log.debug(
        { provider: vendor.slug, reason: verification.reason, requestId: request.id },
        'a delivery was refused',
      );
      return sendProblem(reply, {
        status: 401,
        code: 'invalid_signature',
        detail:
          'The signature does not belong to this body, or its time is too far from ours. Sign the exact bytes with the application secret.',
      });
    }
    if (verification.isReserialised)
      log.warn({ provider: vendor.slug }, 'a signature covered the re-serialised body, not its bytes');
    try {
      await intake.accept({ vendor, rawBody, signedAt: verification.signedAt });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return sendProblem(reply, {
        status: 503,
        code: 'unavailable',
        detail: error.message,
        retryAfterS: RETRY_AFTER_S,
      });
    }
    return reply.code(vendor.webhook.successStatus).send();
  }

  function challenge(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const answer = (vendorOf(request) as Vendor).webhook.challenge((request as ProviderRequest).query);
    if (answer) return reply.code(200).header('cache-control', 'no-store').send(answer);
    return sendProblem(reply, {
      status: 401,
      code: 'invalid_token',
      detail: 'The verification token is not the one of this application.',
    });
  }

  void server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(JSON_TYPE, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.addHook('onRequest', async (request, reply) => {
      if (vendorOf(request) === null) {
        return sendProblem(reply, { status: 404, code: 'not_found', detail: 'No provider delivers to this address.' });
      }
      const encoding = request.headers['content-encoding'];
      if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
        return sendProblem(reply, {
          status: 415,
          code: 'unsupported_media_type',
          detail: 'Send the body as it is, without a content encoding.',
        });
      }
      return undefined;
    });
    scope.post('/v1/webhooks/:provider', { bodyLimit: BODY_LIMIT_BYTES }, receive);
    scope.get('/v1/webhooks/:provider', challenge);
  });
}
