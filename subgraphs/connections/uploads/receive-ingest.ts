import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import { HttpProblem } from '#platform/http';
import type { Logger } from '#platform/log';
import type { Metrics } from '#platform/telemetry';
import type { Limits } from '../limits/limits.ts';
import type { Ingest, IngestOutcome } from './accept-ingest.ts';
import type { ApiKeys } from './api-key.ts';
import { jsonIn, leaveBodyUnread, readBody } from './body.ts';
import { idempotencyKeyOf, keyIsUsed } from './idempotency-key.ts';
import { INGEST, INGEST_KINDS, readIngest, type IngestKind } from './ingest-body.ts';
import { malformed, refuseBeyond, taking } from './taking.ts';

/** 500 items with every field are some 200 KiB. */
const BODY_LIMIT_BYTES = 1024 * 1024;
const MAX_AT_ONCE = 128;

type IngestCall = FastifyRequest<{ Params: { kind: string } }>;

/**
 * `POST /v1/ingest/{hrv,sleep}`: what another service measured, for any athlete, with an API key of scope `ingest` and a
 * required `Idempotency-Key`. docs/reference/uploads.md is the contract.
 */
export function addIngest(
  server: FastifyInstance,
  options: { apiKeys: ApiKeys; ingest: Ingest; limits: Limits; metrics: Metrics; log: Logger },
): void {
  const { apiKeys, ingest, limits, metrics, log } = options;
  const inFlight = refuseBeyond(MAX_AT_ONCE);

  async function receive(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const kind = INGEST_KINDS.find((one) => one === (request as IngestCall).params.kind);
    if (kind === undefined)
      throw new HttpProblem({ status: 404, code: 'not_found', detail: 'Nothing is taken at this address.' });
    const taken = await taking({
      request,
      from: INGEST[kind].domain,
      metrics,
      log,
      take: () => takeFrom(request, kind),
    });
    if (taken.outcome === 'conflict') throw keyIsUsed();
    return reply
      .code(taken.outcome === 'repeated' ? 200 : 202)
      .header('cache-control', 'no-store')
      .type('application/json')
      .send(taken.answer);
  }

  async function takeFrom(request: FastifyRequest, kind: IngestKind): Promise<IngestOutcome> {
    const holder = await apiKeys.check({ key: keyIn(request.headers), scope: 'ingest' });
    await limits.take('ingest', { account: holder.apiKeyId, address: request.ip });
    const idempotencyKey = idempotencyKeyOf(request.headers);
    if (idempotencyKey === null) throw malformed('The header Idempotency-Key is missing. Send one for each new body.');
    refuseEncoding(request.headers);
    return inFlight(async () => {
      const rawBody = await readBody({ source: request.raw, isGzip: false, limitBytes: BODY_LIMIT_BYTES });
      const reading = readIngest(kind, jsonIn(rawBody));
      if (!reading.ok) throw malformed(reading.fault);
      const { groups, count } = reading;
      return ingest.accept({ kind, holder, idempotencyKey, rawBody, groups, count, requestId: request.id });
    });
  }

  void server.register(async (scope) => {
    leaveBodyUnread(scope);
    scope.post('/v1/ingest/:kind', receive);
  });
}

/** `x-api-key`, or `authorization: Bearer`. */
function keyIn({ 'x-api-key': own, authorization }: IncomingHttpHeaders): string | undefined {
  return typeof own === 'string' ? own : authorization?.replace(/^bearer\s+/i, '');
}

function refuseEncoding(headers: IncomingHttpHeaders): void {
  const encoding = headers['content-encoding']?.trim().toLowerCase();
  if (encoding === undefined || encoding === 'identity') return;
  throw new HttpProblem({
    status: 415,
    code: 'unsupported_media_type',
    detail: 'Send the body as it is, without a content encoding.',
  });
}
