import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '#platform/clock';
import { AppError } from '#platform/errors';
import { sendProblem, type Problem } from '#platform/http';
import type { Logger } from '#platform/log';
import type { Metrics } from '#platform/telemetry';
import type { Vendor, WebhookParams, WebhookReply, WebhookRequest } from '../providers/provider.ts';
import type { Vendors } from '../providers/registry.ts';
import type { Intake } from './accept.ts';
import type { FloodGate } from './flood.ts';

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json(?:\s*;|$)/i;
const RETRY_AFTER_S = 5;

type ProviderRequest = FastifyRequest<{ Params: WebhookParams; Querystring: Record<string, unknown> }>;

/**
 * `POST /v1/webhooks/{provider}...` takes deliveries, `GET` answers the provider's check of the address. The raw bytes are
 * verified before anything reads them; nothing of a request that is not known to be the provider's is kept.
 */
export function addWebhooks(
  server: FastifyInstance,
  options: { vendors: Vendors; intake: Intake; gate: FloodGate; clock: Clock; metrics: Metrics; log: Logger },
): void {
  const { gate } = options;
  void server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(JSON_TYPE, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.addHook('onRequest', refuseEncodings);
    for (const vendor of options.vendors.all) {
      const { path, bodyLimitBytes, challenge } = vendor.webhook;
      const address = `/v1/webhooks/${vendor.slug}${path}`;
      scope.post(address, { bodyLimit: bodyLimitBytes }, (request, reply) =>
        receive(vendor, request as ProviderRequest, reply, options),
      );
      if (challenge)
        scope.get(address, (request, reply) => {
          const { query, params } = request as ProviderRequest;
          return answerChallenge({ request, reply, gate, answer: challenge({ query, params }) });
        });
    }
    scope.all('/v1/webhooks/*', (request, reply) => refuse({ request, reply, gate, problem: NOWHERE }));
  });
}

/** Answers a request that proved nothing: why, or 429 when its address fails too often. */
async function refuse(options: {
  request: FastifyRequest;
  reply: FastifyReply;
  gate: FloodGate;
  problem: Problem;
}): Promise<FastifyReply> {
  const retryAfterS = await options.gate.failed(options.request.ip);
  if (retryAfterS === null) return sendProblem(options.reply, options.problem);
  return sendProblem(options.reply, {
    status: 429,
    code: 'rate_limited',
    detail: 'Too many requests of this address failed. Correct them, then try again.',
    retryAfterS,
  });
}

function refuseEncodings(request: FastifyRequest, reply: FastifyReply, next: () => void): void {
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return next();
  sendProblem(reply, {
    status: 415,
    code: 'unsupported_media_type',
    detail: 'Send the body as it is, without a content encoding.',
  });
}

async function receive(
  vendor: Vendor,
  request: ProviderRequest,
  reply: FastifyReply,
  { intake, gate, clock, metrics, log }: Parameters<typeof addWebhooks>[1],
): Promise<FastifyReply> {
  const { webhook } = vendor;
  const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const asked: WebhookRequest = { rawBody, headers: request.headers, params: request.params, now: clock.now() };
  const shake = webhook.handshake?.(asked) ?? null;
  if (shake) return sendReply(reply, shake);
  const verified = webhook.verify(asked);
  const verification = verified instanceof Promise ? await verified : verified;
  if (!verification.ok) {
    metrics.webhooks.inc({ provider: vendor.slug, outcome: verification.reason });
    log.debug({ provider: vendor.slug, reason: verification.reason, requestId: request.id }, 'a delivery was refused');
    return refuse({ request, reply, gate, problem: INVALID_SIGNATURE });
  }
  if (verification.remark) {
    metrics.webhooks.inc({ provider: vendor.slug, outcome: verification.remark });
    log.debug({ provider: vendor.slug, remark: verification.remark }, 'a delivery was taken with a remark');
  }
  const retryAfterS = await gate.passes(vendor.slug);
  if (retryAfterS !== null) {
    metrics.webhooks.inc({ provider: vendor.slug, outcome: 'rate_limited' });
    return sendProblem(reply, { ...TOO_MANY, retryAfterS });
  }
  const parsed = webhook.parse(rawBody);
  // Behind a signature bad content is a dead letter. Without one it may be anybody's, and nothing of it is kept.
  if (verification.provenance === 'unsigned' && parsed.items.length === 0 && parsed.unreadable.length > 0) {
    metrics.webhooks.inc({ provider: vendor.slug, outcome: 'malformed' });
    return sendProblem(reply, MALFORMED);
  }
  try {
    await intake.accept({
      vendor,
      rawBody,
      parsed,
      signedAt: verification.signedAt,
      provenance: verification.provenance,
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return sendProblem(reply, {
      status: 503,
      code: 'unavailable',
      detail: error.message,
      retryAfterS: RETRY_AFTER_S,
    });
  }
  return reply.code(webhook.successStatus).send();
}

async function answerChallenge(options: {
  request: FastifyRequest;
  reply: FastifyReply;
  gate: FloodGate;
  answer: WebhookReply;
}): Promise<FastifyReply> {
  const { reply, answer } = options;
  if (answer.status >= 400) {
    const detail = 'The verification token is not the one of this application.';
    return refuse({ ...options, problem: { status: answer.status, code: 'invalid_token', detail } });
  }
  return sendReply(reply, answer);
}

const sendReply = (reply: FastifyReply, { status, body }: WebhookReply): FastifyReply =>
  reply.code(status).header('cache-control', 'no-store').send(body);

const NOWHERE = { status: 404, code: 'not_found', detail: 'No provider delivers to this address.' };

const TOO_MANY = {
  status: 429,
  code: 'rate_limited',
  detail: 'More than is ever delivered to this address. Send it again later.',
};

const INVALID_SIGNATURE = {
  status: 401,
  code: 'invalid_signature',
  detail:
    'The signature does not belong to this body, its time is too far from ours, or the address is not the one agreed on. Sign the exact bytes with the application secret.',
};

const MALFORMED = {
  status: 400,
  code: 'malformed_payload',
  detail: 'The body is not what this provider sends: no entry with a user could be read from it.',
};
