import fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import { newId } from '#platform/ids';
import { AppError, ERRORS } from '#platform/errors';
import type { Logger } from '#platform/log';

declare module 'fastify' {
  interface FastifyRequest {
    /** The exact bytes of a JSON body, for signatures over it. */
    rawBody?: Buffer;
  }
}

/** Largest GraphQL or form body; routes for webhooks and uploads set their own. */
const BODY_LIMIT_BYTES = 64 * 1024;

/** The HTTP server of one process: bodies limited while they are read, errors as problem+json, no stack in any answer. */
export function createHttpServer(options: {
  log: Logger;
  /** Whose `X-Forwarded-For` is believed, as addresses and networks. Nobody's when left out: `request.ip` is the socket's. */
  trustedProxies?: readonly string[];
}): FastifyInstance {
  const proxies = options.trustedProxies ?? [];
  const server = fastify({
    trustProxy: proxies.length > 0 ? [...proxies] : false,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: 15_000,
    // Longer than the gateway's pool keeps its sockets, so that a request never meets a socket just being closed.
    keepAliveTimeout: 65_000,
    forceCloseConnections: true,
    genReqId: () => newId(),
    logger: false,
  });
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    request.rawBody = body;
    try {
      done(null, body.length === 0 ? undefined : JSON.parse(body.toString('utf8')));
    } catch (error) {
      done(
        new AppError('BAD_USER_INPUT', 'The body is not valid JSON. Correct it and send it again.', { cause: error }),
      );
    }
  });
  server.setErrorHandler((error: FastifyError | AppError | HttpProblem, request, reply) => {
    const problem = problemOf(error);
    if (problem.status >= 500)
      options.log.error({ err: error, requestId: request.id, path: request.routeOptions.url }, 'request failed');
    return sendProblem(reply, problem);
  });
  server.setNotFoundHandler((_request, reply) =>
    sendProblem(reply, { status: 404, code: 'not_found', detail: 'There is nothing at this address.' }),
  );
  return server;
}

/** RFC 9457. `code` is stable; `detail` is for people. */
export interface Problem {
  status: number;
  code: string;
  detail: string;
  retryAfterS?: number;
}

/** Thrown by a route of ours; answered as the problem it holds. */
export class HttpProblem extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, options?: { cause?: unknown }) {
    super(problem.detail, options);
    this.name = 'HttpProblem';
    this.problem = problem;
  }
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.retryAfterS !== undefined) reply.header('retry-after', String(problem.retryAfterS));
  return reply
    .code(problem.status)
    .header('content-type', 'application/problem+json')
    .header('cache-control', 'no-store')
    .send(JSON.stringify({ type: 'about:blank', status: problem.status, code: problem.code, detail: problem.detail }));
}

const FASTIFY_PROBLEMS: Record<string, Problem> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    status: 413,
    code: 'payload_too_large',
    detail: 'The body is larger than this address takes.',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { status: 415, code: 'unsupported_media_type', detail: 'Send application/json.' },
};

function problemOf(error: FastifyError | AppError | HttpProblem): Problem {
  if (error instanceof HttpProblem) return error.problem;
  if (error instanceof AppError) {
    const entry = ERRORS[error.code];
    const { retryAfterS } = error;
    const problem = { status: entry.http, code: error.code.toLowerCase(), detail: error.message };
    return retryAfterS === undefined ? problem : { ...problem, retryAfterS };
  }
  const known = FASTIFY_PROBLEMS[error.code];
  if (known) return known;
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return { status: error.statusCode, code: 'bad_request', detail: 'The request is not well formed.' };
  }
  return { status: 500, code: 'internal', detail: 'Something failed on our side. Please try again.' };
}
