import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '#platform/http';
import { malformed } from './taking.ts';

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json(?:\s*;|$)/i;

/** JSON only, and not read by the server: `readBody` does it once it is known who sends it. */
export function leaveBodyUnread(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(JSON_TYPE, (_request, _payload, done) => done(null));
}

/** Throws HttpProblem 400 for what is no JSON, without the parser's own words, which quote the body. */
export function jsonIn(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw malformed('The body is not valid JSON.');
  }
}

/** As a body arrives: the request itself, or a stream like it. */
type Source = Readable & Partial<Pick<IncomingMessage, 'complete'>>;

/**
 * The bytes of a body, unzipped if it came zipped. Counted while they come, before and after unzipping: whatever is beyond
 * the limit is neither kept nor inflated. The rest of a refused body is let run off, so that the sender gets to read
 * the answer. Rejects with HttpProblem 413 `payload_too_large` or 400 `malformed_payload`.
 */
export async function readBody(options: { source: Source; isGzip: boolean; limitBytes: number }): Promise<Buffer> {
  const { source, limitBytes } = options;
  const inflated = options.isGzip ? createGunzip() : new PassThrough();
  let arrived = 0;
  source.on('data', (chunk: Buffer) => {
    arrived += chunk.length;
    // Zipped bytes that inflate to nothing have no other end.
    if (arrived > limitBytes) inflated.destroy(tooLarge(limitBytes));
  });
  source.once('error', (error) => inflated.destroy(error));
  source.once('close', () => {
    if (source.complete === false) inflated.destroy(new Error('the sender hung up'));
  });
  source.pipe(inflated);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of inflated as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limitBytes) throw tooLarge(limitBytes);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof HttpProblem ? error : unreadable(error);
  } finally {
    source.unpipe(inflated);
    source.resume();
  }
  return Buffer.concat(chunks, size);
}

const MIB = 1024 * 1024;

const tooLarge = (limitBytes: number): HttpProblem =>
  new HttpProblem({
    status: 413,
    code: 'payload_too_large',
    detail: `This address takes at most ${limitBytes / MIB} MiB, counted after unzipping. Send it in smaller parts.`,
  });

const unreadable = (cause: unknown): HttpProblem =>
  new HttpProblem(
    {
      status: 400,
      code: 'malformed_payload',
      detail: 'The body ended too early, or is not what its content-encoding says. Send it again.',
    },
    { cause },
  );
