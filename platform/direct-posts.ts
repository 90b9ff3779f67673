import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http';

/** What is sent back, whole. */
export interface Answer {
  status: number;
  headers?: Readonly<Record<string, string>>;
  body?: string;
}

/** What is known of a request before its body is read. */
export interface Head {
  headers: IncomingHttpHeaders;
  /** Whom it comes from, behind trusted proxies too. Reckoned when asked for. */
  address(): string;
}

/** A request that was read to its end. */
export interface Post extends Head {
  /** The exact bytes. */
  body: Buffer;
}

/** An address that takes JSON by POST ahead of the router. */
export interface DirectPost {
  bodyLimitBytes: number;
  /** Judges by the head, before any of the body is read. null: it may be read. */
  refuse(head: Head): Answer | null;
  /** What it throws is answered as the router's errors are. */
  answer(post: Post): Promise<Answer>;
}

/** By the target of the request, query and all. null: none of these, the router has it. */
export type FindDirectPost = (target: string) => DirectPost | null;

/** Why a request was not even read. */
export type Unread = 'compressed' | 'no_json' | 'too_large' | 'no_room';

export class UnreadError extends Error {
  readonly reason: Unread;

  constructor(reason: Unread) {
    super(`the request was not read: ${reason}`);
    this.name = 'UnreadError';
    this.reason = reason;
  }
}

/**
 * Of all bodies that are being read, in one process. Whoever sends slowly holds what came so far for as long as a request
 * may take, and nobody has proved anything yet.
 */
export const READING_BYTES = 64 * 1024 * 1024;
/** What a piece costs beside its bytes: of a body in pieces of one byte, far more than they. */
const PIECE_BYTES = 256;

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
  const room: Room = { leftBytes: READING_BYTES };
  return (request, response) => {
    const direct = request.method === 'POST' ? find(request.url ?? '') : null;
    if (direct === null) return router(request, response);
    answerDirectly(request, response, direct).catch((error: Error) => response.destroy(error));
  };

  async function answerDirectly(request: IncomingMessage, response: ServerResponse, direct: DirectPost): Promise<void> {
    let answer: Answer;
    try {
      const post: Post = { body: NOTHING, headers: request.headers, address: () => addressOf(request) };
      const refusal = direct.refuse(post);
      if (refusal === null) post.body = await readBody(request, direct.bodyLimitBytes, room);
      answer = refusal ?? (await direct.answer(post));
    } catch (error) {
      answer = answerTo(error);
    }
    send(response, answer);
  }
}

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json(?:\s*;|$)/i;

const NOTHING = Buffer.alloc(0);

/** Of READING_BYTES, what is left. */
interface Room {
  leftBytes: number;
}

/**
 * Rejects with UnreadError; what is left of the body then is read and dropped. A request that is cut off never resolves.
 * A body that comes in one piece, as nearly all do, takes no room and is never refused for want of it.
 */
function readBody(request: IncomingMessage, limitBytes: number, room: Room): Promise<Buffer> {
  const { 'content-encoding': encoding, 'content-type': type, 'content-length': length } = request.headers;
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    return Promise.reject(new UnreadError('compressed'));
  const hasBody = request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
  if (hasBody && !JSON_TYPE.test(type ?? '')) return Promise.reject(new UnreadError('no_json'));
  const lengthBytes = Number(length);
  if (lengthBytes > limitBytes) return Promise.reject(new UnreadError('too_large'));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let held: Held | null = null;
    let unread: Unread | null = null;
    request.on('data', (chunk: Buffer) => {
      if (unread !== null) return;
      bytes += chunk.length;
      if (bytes > limitBytes) unread = 'too_large';
      else if (chunks.push(chunk) > 1 || bytes !== lengthBytes) {
        held ??= holdingFor(request, room);
        if (!held.take(chunk.length + PIECE_BYTES)) unread = 'no_room';
      }
      if (unread === null) return;
      chunks.length = 0;
      held?.letGo();
      reject(new UnreadError(unread));
    });
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
  });
}

/** Room for one body, taken piece by piece. */
interface Held {
  /** false: there is none left. */
  take(bytes: number): boolean;
  letGo(): void;
}

function holdingFor(request: IncomingMessage, room: Room): Held {
  let heldBytes = 0;
  const letGo = (): void => {
    room.leftBytes += heldBytes;
    heldBytes = 0;
  };
  // It was read to its end, or cut off.
  request.once('close', letGo);
  return {
    letGo,
    take(bytes) {
      heldBytes += bytes;
      room.leftBytes -= bytes;
      return room.leftBytes >= 0;
    },
  };
}

/** In one write: with nothing sent before, the length of the body is known to the head. */
function send(response: ServerResponse, answer: Answer): void {
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  response.end(answer.body);
}
