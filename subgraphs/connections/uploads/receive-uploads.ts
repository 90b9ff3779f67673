import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HttpProblem } from '#platform/http';
import type { Logger } from '#platform/log';
import type { Metrics } from '#platform/telemetry';
import type { Bearers } from '../accounts/bearer.ts';
import type { Limits } from '../limits/limits.ts';
import type { UploadOutcome, Uploads } from './accept-upload.ts';
import { jsonIn, leaveBodyUnread, readBody } from './body.ts';
import { idempotencyKeyOf, keyIsUsed } from './idempotency-key.ts';
import { isObject, type Phone } from './phone.ts';
import { phoneNamed } from './phones.ts';
import { malformed, refuseBeyond, taking } from './taking.ts';

/** Of one part, after unzipping. A client splits a longer sync. */
const BODY_LIMIT_BYTES = 4 * 1024 * 1024;
/** Of up to 4 MiB each; a phone sends some hundred KiB. */
const MAX_AT_ONCE = 128;

type UploadRequest = FastifyRequest<{ Params: { phone: string } }>;

/**
 * `POST /v1/uploads/{apple-health,health-connect}`: one part of what a phone's app read, JSON, zipped or not, with the
 * athlete's access token. Who asks is settled before the body is read. docs/reference/uploads.md is the contract.
 */
export function addUploads(
  server: FastifyInstance,
  options: { bearers: Bearers; uploads: Uploads; limits: Limits; metrics: Metrics; log: Logger },
): void {
  const { bearers, uploads, limits, metrics, log } = options;
  const inFlight = refuseBeyond(MAX_AT_ONCE);

  async function receive(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const phone = phoneNamed((request as UploadRequest).params.phone);
    if (phone === null)
      throw new HttpProblem({ status: 404, code: 'not_found', detail: 'No phone uploads to this address.' });
    const take = (): Promise<UploadOutcome> => takeFrom(request, phone);
    return answer(reply, phone, await taking({ request, from: phone.slug, metrics, log, take }));
  }

  async function takeFrom(request: FastifyRequest, phone: Phone): Promise<UploadOutcome> {
    const owner = await bearers.athlete(request.headers.authorization);
    await limits.take('upload', { account: owner.accountId, address: request.ip });
    const idempotencyKey = idempotencyKeyOf(request.headers);
    const isGzip = isZipped(request);
    return inFlight(async () => {
      const body = await readBody({ source: request.raw, isGzip, limitBytes: BODY_LIMIT_BYTES });
      return uploads.accept({
        phone,
        owner,
        body,
        types: typesIn(phone, body),
        idempotencyKey,
        doesLinkAnew: request.headers['x-link'] === 'true',
        requestId: request.id,
      });
    });
  }

  void server.register(async (scope) => {
    leaveBodyUnread(scope);
    scope.post('/v1/uploads/:phone', receive);
  });
}

function isZipped(request: FastifyRequest): boolean {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase();
  if (encoding === undefined || encoding === 'identity') return false;
  if (encoding === 'gzip' || encoding === 'x-gzip') return true;
  throw new HttpProblem({
    status: 415,
    code: 'unsupported_media_type',
    detail: 'Send the body as it is, or with content-encoding: gzip.',
  });
}

function typesIn(phone: Phone, body: Buffer): ReadonlySet<string> {
  const parsed = jsonIn(body);
  if (!isObject(parsed)) throw malformed('The body is not a JSON object.');
  const reading = phone.read(parsed);
  if (!reading.ok) throw malformed(`${reading.fault} Correct the upload and send it again.`);
  return reading.types;
}

function answer(reply: FastifyReply, phone: Phone, taken: UploadOutcome): FastifyReply {
  if (taken.outcome === 'conflict') throw keyIsUsed();
  if (taken.outcome === 'unlinked') {
    throw new HttpProblem({
      status: 403,
      code: 'forbidden',
      detail: `${phone.name} was unlinked, so nothing is taken from it. To link it again, send the upload with the header x-link: true.`,
    });
  }
  const isRepeated = taken.outcome === 'repeated';
  return reply
    .code(isRepeated ? 200 : 202)
    .header('cache-control', 'no-store')
    .send({ deliveryId: taken.deliveryId, receivedAt: taken.receivedAt, repeated: isRepeated });
}
