import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { READING_BYTES, type Answer, type Head, type Post } from './direct-posts.ts';
import { AppError } from './errors.ts';
import { createHttpServer } from './http.ts';
import { createLogger } from './log.ts';

const LIMIT_BYTES = 1_000;
const LARGE_BYTES = 10 * 1024 * 1024;
const log = createLogger({ name: 'test', level: 'silent' });
let server: FastifyInstance;
let address: string;
let taken: Post[] = [];
let answer: (post: Post) => Answer | Promise<Answer>;
let refuse: (head: Head) => Answer | null;
let sockets: Socket[] = [];

beforeEach(async () => {
  taken = [];
  answer = () => ({ status: 200 });
  refuse = () => null;
  server = createHttpServer({ log, trustedProxies: ['loopback'] });
  server.get('/direct', () => 'the router');
  server.answerAhead((target) =>
    target.startsWith('/direct')
      ? {
          bodyLimitBytes: target === '/direct/large' ? LARGE_BYTES : LIMIT_BYTES,
          refuse: (head) => refuse(head),
          answer: async (post) => {
            taken.push(post);
            return answer(post);
          },
        }
      : null,
  );
  address = await server.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  await server.close();
});

const post = (
  body: string | ReadableStream,
  headers: Record<string, string> = {},
  path = '/direct',
): Promise<Response> =>
  fetch(address + path, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
    duplex: 'half',
  } as RequestInit);

/** Chunk by chunk, so that no header says how long it is. */
const streamed = (...chunks: string[]): ReadableStream =>
  Readable.toWeb(Readable.from(chunks.map((chunk) => Buffer.from(chunk)))) as ReadableStream;

test('the exact bytes are handed on, in however many pieces they came, and the answer goes out whole', async () => {
  answer = () => ({ status: 201, headers: { 'x-word': 'yes' }, body: 'done' });
  const body = '{"a": 1,  "\u00e4": 2}';
  const answers = [await post(body), await post(streamed('{"a": 1, ', ' "\u00e4": 2}'))];
  for (const reply of answers) {
    expect([reply.status, reply.headers.get('x-word'), reply.headers.get('content-length')]).toEqual([201, 'yes', '4']);
    expect(await reply.text()).toBe('done');
  }
  expect(taken.map((one) => one.body.toString())).toEqual([body, body]);
});

test('other methods and addresses belong to the router', async () => {
  expect(await (await fetch(`${address}/direct`)).text()).toBe('the router');
  expect((await post('{}', {}, '/elsewhere')).status).toBe(404);
  expect(taken).toEqual([]);
});

test.each([
  ['that is no JSON by its type', '{}', { 'content-type': 'text/plain' }, 415, 'unsupported_media_type'],
  ['that is compressed', '{}', { 'content-encoding': 'gzip' }, 415, 'unsupported_media_type'],
  ['that says it is too large', 'x'.repeat(LIMIT_BYTES + 1), {}, 413, 'payload_too_large'],
  ['that turns out too large', streamed('x'.repeat(LIMIT_BYTES), 'x'), {}, 413, 'payload_too_large'],
])('a body %s is not handed on', async (_name, body, headers, status, code) => {
  const reply = await post(body, headers);
  expect([reply.status, reply.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
  expect(await reply.json()).toMatchObject({ status, code });
  expect(taken).toEqual([]);
});

test('a body of exactly the limit is taken, and none at all is an empty one', async () => {
  expect((await post('x'.repeat(LIMIT_BYTES))).status).toBe(200);
  expect((await fetch(`${address}/direct`, { method: 'POST' })).status).toBe(200);
  expect(taken.map((one) => one.body.length)).toEqual([LIMIT_BYTES, 0]);
});

test('what is thrown is answered as the router would: our own sentence, or a neutral one', async () => {
  answer = () => Promise.reject(new AppError('RATE_LIMITED', 'Too many tries.', { retryAfterS: 42 }));
  const ours = await post('{}');
  expect([ours.status, ours.headers.get('retry-after')]).toEqual([429, '42']);
  answer = () => Promise.reject(new Error('a secret of the inside'));
  const defect = await post('{}');
  expect(defect.status).toBe(500);
  expect(await defect.text()).not.toContain('secret');
});

test('the address is the one that the trusted proxy names', async () => {
  await post('{}', { 'x-forwarded-for': '1.2.3.4, 192.0.2.1' });
  expect(taken[0]?.address()).toBe('192.0.2.1');
});

test('on one connection the next request is answered after one that was not read', async () => {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(address).port) });
  const ask = async (body: string): Promise<string> => {
    socket.write(
      `POST /direct HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    return chunk.toString().slice(9, 12);
  };
  expect([await ask('x'.repeat(LIMIT_BYTES + 1)), await ask('{}')]).toEqual(['413', '200']);
  socket.destroy();
});

/** Says how long its body is, sends a part of it, and no more. */
function sendSlowly(part: Buffer): Socket {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(address).port) });
  // What a refusal leaves of it is of no interest.
  socket.on('error', () => undefined);
  sockets.push(socket);
  socket.write(
    `POST /direct/large HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${LARGE_BYTES}\r\n\r\n`,
  );
  socket.write(part);
  return socket;
}

const answerOf = async (socket: Socket): Promise<string> => String((await once(socket, 'data'))[0]);
const firstLine = async (socket: Socket): Promise<string> => (await answerOf(socket)).split('\r\n', 1)[0] ?? '';

test('what the head proves wrong is answered before the body has come', async () => {
  refuse = ({ headers, address: of }) =>
    headers['content-length'] === String(LARGE_BYTES) ? { status: 401, body: of() } : null;
  const slow = Array.from({ length: 20 }, () => sendSlowly(Buffer.alloc(1_000)));
  expect(new Set(await Promise.all(slow.map(firstLine)))).toEqual(new Set(['HTTP/1.1 401 Unauthorized']));
  expect(taken).toEqual([]);
  expect((await post('{}')).status).toBe(200);
});

describe('with as much being read as there is room for', () => {
  const part = Buffer.alloc(LARGE_BYTES - 1, 'x');
  const few = Math.floor(READING_BYTES / LARGE_BYTES);
  let refused: Socket;

  beforeEach(async () => {
    // One more than there is room for: one of them is told so.
    const slow = Array.from({ length: few + 1 }, () => sendSlowly(part));
    const told = await Promise.race(slow.map(async (socket) => ({ socket, text: await answerOf(socket) })));
    expect(told.text).toMatch(/^HTTP\/1.1 503 [^]*retry-after: 5\r\n[^]*"code":"unavailable"/i);
    refused = told.socket;
  });

  test('a body in one piece is taken all the same, and a large one when the others are gone', async () => {
    expect((await post('{}')).status).toBe(200);
    for (const socket of sockets) if (socket !== refused) socket.destroy();
    const large = 'x'.repeat(LARGE_BYTES);
    for (let times = 0; times <= few; times += 1) {
      let reply = await post(large, {}, '/direct/large');
      // The server hears of the ends a moment later.
      for (const endsAt = Date.now() + 5_000; reply.status === 503 && Date.now() < endsAt;)
        reply = await post(large, {}, '/direct/large');
      expect(reply.status).toBe(200);
    }
  });

  test('the others are read to their ends', async () => {
    const others = sockets.filter((socket) => socket !== refused);
    const lines = others.map(firstLine);
    for (const socket of others) socket.write('x');
    expect(new Set(await Promise.all(lines))).toEqual(new Set(['HTTP/1.1 200 OK']));
    expect(taken.map(({ body }) => body.length)).toEqual(Array.from({ length: few }, () => LARGE_BYTES));
  });
});

test('a body in pieces of one byte takes more room than its bytes: each piece costs memory too', async () => {
  const pieces = connect({ host: '127.0.0.1', port: Number(new URL(address).port) });
  sockets.push(pieces);
  pieces.on('error', () => undefined);
  pieces.write(
    'POST /direct/large HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
  );
  pieces.write('1\r\nx\r\n'.repeat(READING_BYTES / 256));
  expect(await firstLine(pieces)).toBe('HTTP/1.1 503 Service Unavailable');
});

test('whoever sends slowly is cut off after 15 s, here as at the router', () => {
  expect(server.server.requestTimeout).toBe(15_000);
});
