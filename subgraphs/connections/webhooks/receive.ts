import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '#platform/clock';
import type { Answer, DirectPost, FindDirectPost, Head, Post } from '#platform/direct-posts';
import { AppError } from '#platform/errors';
import { problemAnswer, sendAnswer, type Problem } from '#platform/http';
import type { Logger } from '#platform/log';
import type { Metrics } from '#platform/telemetry';
import type { RefusalReason, Vendor, WebhookParams, WebhookReply, WebhookRequest } from '../providers/provider.ts';
import type { Vendors } from '../providers/registry.ts';
import type { Intake } from './accept.ts';
import type { FloodGate } from './flood.ts';

const RETRY_AFTER_S = 5;
type ProviderCheck = FastifyRequest<{ Params: WebhookParams; Querystring: Record<string, unknown> }>;

/** What is needed to judge a delivery and to take it. */
interface Parts {
  vendors: Vendors;
  intake: Intake;
  gate: FloodGate;
  clock: Clock;
  metrics: Metrics;
  log: Logger;
}

const ROOT = '/v1/webhooks/';

/**
 * `POST /v1/webhooks/{provider}...` takes deliveries, ahead of the router; `GET` answers the provider's check of the
 * address. The raw bytes are verified before anything reads them; nothing of a request that is not known to be the
 * provider's is kept.
 */
export function addWebhooks(server: FastifyInstance, parts: Parts): void {
  const { vendors, gate } = parts;
  server.answerAhead(findPost(parts));
  void server.register(async (scope) => {
    // Nothing here reads a body: what is sent to nobody's address is dropped, whatever it is.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    for (const { slug, webhook } of vendors.all) {
      const { path, challenge } = webhook;
      if (challenge)
        scope.get(`${ROOT}${slug}${path}`, async (request, reply) => {
          const { query, params } = request as ProviderCheck;
          const checked = challenge({ query, params });
          return sendAnswer(reply, answerChallenge({ gate, address: request.ip, reply: checked }));
        });
    }
    scope.all(`${ROOT}*`, (request, reply) =>
      sendAnswer(reply, refuse({ gate, address: request.ip, problem: NOWHERE })),
    );
  });
}

/** Where deliveries go. Most come to an address that holds nothing but its provider: those are told apart once. */
function findPost(parts: Parts): FindDirectPost {
  const { vendors } = parts;
  const postOf = ({ vendor, params }: Addressee): DirectPost => {
    return {
      bodyLimitBytes: vendor.webhook.bodyLimitBytes,
      refuse(head) {
        const reason = vendor.webhook.refusalByHead?.({ headers: head.headers, params }) ?? null;
        return reason === null ? null : refuseDelivery({ vendor, reason, head, parts });
      },
      answer: (post) => receive({ vendor, params, post, parts }),
    };
  };
  const plain = new Map(
    vendors.all
      .filter(({ webhook }) => webhook.path === '')
      .map((vendor) => [`${ROOT}${vendor.slug}`, postOf({ vendor, params: {} })]),
  );
  return (target) => {
    const known = plain.get(target);
    if (known !== undefined) return known;
    const addressee = addresseeOf(target, vendors);
    return addressee === null ? null : postOf(addressee);
  };
}

interface Addressee {
  vendor: Vendor;
  params: WebhookParams;
}

/** Whose address it is, and what stands in it after the provider's name. null: nobody's. */
function addresseeOf(target: string, vendors: Vendors): Addressee | null {
  if (!target.startsWith(ROOT)) return null;
  const [path = ''] = target.slice(ROOT.length).split('?', 1);
  const [slug = '', ...given] = path.split('/');
  const vendor = vendors.named(slug);
  if (vendor === null) return null;
  const [, ...names] = vendor.webhook.path.split('/:') as ['', ...(keyof WebhookParams)[]];
  if (given.length !== names.length || given.includes('')) return null;
  return { vendor, params: Object.fromEntries(names.map((name, at) => [name, given[at]])) };
}

/** The answer to a request that proved nothing: why, or 429 when its address fails too often. */
function refuse(options: { gate: FloodGate; address: string; problem: Problem }): Answer {
  const retryAfterS = options.gate.failed(options.address);
  if (retryAfterS === null) return problemAnswer(options.problem);
  return problemAnswer({
    status: 429,
    code: 'rate_limited',
    detail: 'Too many requests of this address failed. Correct them, then try again.',
    retryAfterS,
  });
}

/** The answer to a delivery that is not the provider's. */
function refuseDelivery(options: { vendor: Vendor; reason: RefusalReason; head: Head; parts: Parts }): Answer {
  const { vendor, reason, head } = options;
  const { gate, metrics, log } = options.parts;
  metrics.webhooks.inc({ provider: vendor.slug, outcome: reason });
  log.debug({ provider: vendor.slug, reason }, 'a delivery was refused');
  return refuse({ gate, address: head.address(), problem: INVALID_SIGNATURE });
}

async function receive(options: Addressee & { post: Post; parts: Parts }): Promise<Answer> {
  const { vendor, params, post } = options;
  const { intake, gate, clock, metrics, log } = options.parts;
  const { webhook } = vendor;
  const rawBody = post.body;
  const asked: WebhookRequest = { rawBody, headers: post.headers, params, now: clock.now() };
  const shake = webhook.handshake?.(asked) ?? null;
  if (shake) return answerOf(shake);
  const verified = webhook.verify(asked);
  const verification = verified instanceof Promise ? await verified : verified;
  if (!verification.ok) {
    const { reason } = verification;
    return refuseDelivery({ vendor, reason, head: post, parts: options.parts });
  }
  if (verification.remark) {
    metrics.webhooks.inc({ provider: vendor.slug, outcome: verification.remark });
    log.debug({ provider: vendor.slug, remark: verification.remark }, 'a delivery was taken with a remark');
  }
  const retryAfterS = gate.passes(vendor.slug);
  if (retryAfterS !== null) {
    metrics.webhooks.inc({ provider: vendor.slug, outcome: 'rate_limited' });
    return problemAnswer({ ...TOO_MANY, retryAfterS });
  }
  const parsed = webhook.parse(rawBody);
  // Behind a signature bad content is a dead letter. Without one it may be anybody's, and nothing of it is kept.
  if (verification.provenance === 'unsigned' && parsed.items.length === 0 && parsed.unreadable.length > 0) {
    metrics.webhooks.inc({ provider: vendor.slug, outcome: 'malformed' });
    return problemAnswer(MALFORMED);
  }
  const { provenance, signedAt } = verification;
  try {
    await intake.accept({ vendor, rawBody, parsed, signedAt, provenance });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return problemAnswer({ status: 503, code: 'unavailable', detail: error.message, retryAfterS: RETRY_AFTER_S });
  }
  return { status: webhook.successStatus };
}

function answerChallenge(options: { gate: FloodGate; address: string; reply: WebhookReply }): Answer {
  const { gate, address, reply } = options;
  if (reply.status < 400) return answerOf(reply);
  const detail = 'The verification token is not the one of this application.';
  return refuse({ gate, address, problem: { status: reply.status, code: 'invalid_token', detail } });
}

const answerOf = ({ status, body }: WebhookReply): Answer =>
  body === undefined
    ? { status, headers: { 'cache-control': 'no-store' } }
    : {
        status,
        headers: { 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify(body),
      };

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
