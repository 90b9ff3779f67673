import { createServer } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import { listenAhead, UnreadError, type Answer, type FindDirectPost, type Unread } from '#platform/direct-posts';
import { newId } from '#platform/ids';
import { AppError, ERRORS } from '#platform/errors';
import type { Logger } from '#platform/log';

declare module 'fastify' {
  interface FastifyRequest {
    /** The exact bytes of a JSON body, for signatures over it. */
    rawBody?: Buffer;
  }
  interface FastifyInstance {
    /** Answers what `find` knows on the bare server, ahead of all routes. The last call counts. */
    answerAhead(find: FindDirectPost): void;
  }
}

/** Largest GraphQL or form body; routes for webhooks and uploads set their own. */
const BODY_LIMIT_BYTES = 64 * 1024;
/** Head and body: whoever sends slower than this is cut off. */
const REQUEST_WITHIN_MS = 15_000;
/** Longer than the gateway's pool keeps its sockets, so that a request never meets a socket just being closed. */
const KEEP_ALIVE_MS = 65_000;

/** The HTTP server of one process: bodies limited while they are read, errors as problem+json, no stack in any answer. */
export function createHttpServer(options: {
  log: Logger;
  /** Whose `X-Forwarded-For` is believed, as addresses and networks. Nobody's when left out: `request.ip` is the socket's. */
  trustedProxies?: readonly string[];
}): FastifyInstance {
  const proxies = options.trustedProxies ?? [];
  const isTrusted = proxyAddr.compile([...proxies]);
  let find: FindDirectPost = () => null;
  const server = fastify({
    trustProxy: proxies.length > 0 ? isTrusted : false,
    bodyLimit: BODY_LIMIT_BYTES,
    serverFactory: (router) =>
      createServer(
        { requestTimeout: REQUEST_WITHIN_MS, keepAliveTimeout: KEEP_ALIVE_MS },
        listenAhead({
          router,
          find: (target) => find(target),
          addressOf: (request) => proxyAddr(request, isTrusted),
          answerTo: (error) => problemAnswer(told(error, 'ahead of the router')),
        }),
      ),
    forceCloseConnections: true,
    genReqId: () => newId(),
    logger: false,
  });
  server.decorate('answerAhead', (wanted: FindDirectPost) => {
    find = wanted;
  });
  const told = (error: unknown, path: string | undefined, requestId?: string): Problem => {
    const problem = problemOf(error);
    if (problem.status >= 500) options.log.error({ err: error, requestId, path }, 'request failed');
    return problem;
  };
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
  server.setErrorHandler((error, request, reply) =>
    sendProblem(reply, told(error, request.routeOptions.url, request.id)),
  );
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

export const problemAnswer = ({ status, code, detail, retryAfterS }: Problem): Answer => ({
  status,
  headers: {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    ...(retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }),
  },
  body: JSON.stringify({ type: 'about:blank', status, code, detail }),
});

export const sendAnswer = (reply: FastifyReply, { status, headers, body }: Answer): FastifyReply =>
  reply
    .code(status)
    .headers({ ...headers })
    .send(body);

export const sendProblem = (reply: FastifyReply, problem: Problem): FastifyReply =>
  sendAnswer(reply, problemAnswer(problem));

const RETRY_AFTER_S = 5;

const UNREAD: Record<Unread, Problem> = {
  too_large: { status: 413, code: 'payload_too_large', detail: 'The body is larger than this address takes.' },
  no_json: { status: 415, code: 'unsupported_media_type', detail: 'Send application/json.' },
  compressed: {
    status: 415,
    code: 'unsupported_media_type',
    detail: 'Send the body as it is, without a content encoding.',
  },
  no_room: {
    status: 503,
    code: 'unavailable',
    detail: 'Too much is being sent to us at this moment. Send it again later.',
    retryAfterS: RETRY_AFTER_S,
  },
};

const FASTIFY_PROBLEMS: Record<string, Problem> = {
  FST_ERR_CTP_BODY_TOO_LARGE: UNREAD.too_large,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: UNREAD.no_json,
};

function problemOf(error: unknown): Problem {
  if (error instanceof UnreadError) return UNREAD[error.reason];
  if (error instanceof HttpProblem) return error.problem;
  if (error instanceof AppError) {
    const entry = ERRORS[error.code];
    const { retryAfterS } = error;
    const problem = { status: entry.http, code: error.code.toLowerCase(), detail: error.message };
    return retryAfterS === undefined ? problem : { ...problem, retryAfterS };
  }
  const { code, statusCode } = error as Partial<FastifyError>;
  const known = FASTIFY_PROBLEMS[code ?? ''];
  if (known) return known;
  if (statusCode !== undefined && statusCode < 500) {
    return { status: statusCode, code: 'bad_request', detail: 'The request is not well formed.' };
  }
  return { status: 500, code: 'internal', detail: 'Something failed on our side. Please try again.' };
}
