import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http';

/** What is sent back, whole. */
export interface Answer {
  status: number;
  headers?: Readonly<Record<string, string>>;
  body?: string;
}

/** A request that was read to its end. */
export interface Post {
  /** The exact bytes. */
  body: Buffer;
  headers: IncomingHttpHeaders;
  /** Whom it comes from, behind trusted proxies too. Reckoned when asked for. */
  address(): string;
}

/** An address that takes JSON by POST ahead of the router. */
export interface DirectPost {
  bodyLimitBytes: number;
  /** What it throws is answered as the router's errors are. */
  answer(post: Post): Promise<Answer>;
}

/** By the target of the request, query and all. null: none of these, the router has it. */
export type FindDirectPost = (target: string) => DirectPost | null;

/** Why a request was not even read. */
export type Unread = 'compressed' | 'no_json' | 'too_large';

export class UnreadError extends Error {
  readonly reason: Unread;

  constructor(reason: Unread) {
    super(`the request was not read: ${reason}`);
    this.name = 'UnreadError';
    this.reason = reason;
  }
}

/**
 * Requests that the bare server answers: per small request the router costs as much as reading it does
 * (docs/decisions/0019). Time limits, the end of the server and its bad requests are the same, for the server is.
 */
export function listenAhead(options: {
  router: RequestListener;
  find: FindDirectPost;
  addressOf: (request: IncomingMessage) => string;
  /** Answers what was thrown, and tells the log what it must know. */
  answerTo: (error: unknown) => Answer;
}): RequestListener {
  const { router, find, addressOf, answerTo } = options;
  return (request, response) => {
    const direct = request.method === 'POST' ? find(request.url ?? '') : null;
    if (direct === null) return router(request, response);
    answerDirectly(request, response, direct).catch((error: Error) => response.destroy(error));
  };

  async function answerDirectly(request: IncomingMessage, response: ServerResponse, direct: DirectPost): Promise<void> {
    let answer: Answer;
    try {
      const body = await readBody(request, direct.bodyLimitBytes);
      answer = await direct.answer({ body, headers: request.headers, address: () => addressOf(request) });
    } catch (error) {
      answer = answerTo(error);
    }
    send(response, answer);
  }
}

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json(?:\s*;|$)/i;

/** Rejects with UnreadError; what is left of the body then is read and dropped. A request that is cut off never resolves. */
function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const { 'content-encoding': encoding, 'content-type': type, 'content-length': length } = request.headers;
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    return Promise.reject(new UnreadError('compressed'));
  const hasBody = request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
  if (hasBody && !JSON_TYPE.test(type ?? '')) return Promise.reject(new UnreadError('no_json'));
  if (Number(length) > limitBytes) return Promise.reject(new UnreadError('too_large'));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= limitBytes) chunks.push(chunk);
      else reject(new UnreadError('too_large'));
    });
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
  });
}

/** In one write: with nothing sent before, the length of the body is known to the head. */
function send(response: ServerResponse, answer: Answer): void {
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  response.end(answer.body);
}
