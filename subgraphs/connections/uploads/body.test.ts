import { Readable } from 'node:stream';
import { createGzip, gzipSync } from 'node:zlib';
import { HttpProblem } from '#platform/http';
import { readBody } from './body.ts';

const LIMIT = 4 * 1024 * 1024;

const read = (source: Readable, isGzip: boolean): Promise<Buffer> => readBody({ source, isGzip, limitBytes: LIMIT });
const chunksOf = (bytes: Buffer): Readable =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.length / 60_000) }, (_, n) => bytes.subarray(n * 60_000, (n + 1) * 60_000)),
  );
const refusal = async (work: Promise<unknown>): Promise<[number, string]> => {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof HttpProblem)) throw new Error(`expected a refusal, got ${String(error)}`);
  return [error.problem.status, error.problem.code];
};

const plain = Buffer.from(JSON.stringify({ text: 'é'.repeat(100_000), list: [1, 2, 3] }));

test('a body is read as it was sent, zipped or not', async () => {
  expect(await read(chunksOf(plain), false)).toEqual(plain);
  expect(await read(chunksOf(gzipSync(plain)), true)).toEqual(plain);
  expect(await read(chunksOf(Buffer.concat([gzipSync('ab'), gzipSync('cd')])), true)).toEqual(Buffer.from('abcd'));
});

test('exactly the limit is taken, one byte more is not', async () => {
  expect(await read(chunksOf(Buffer.alloc(LIMIT)), false)).toHaveLength(LIMIT);
  expect(await read(chunksOf(gzipSync(Buffer.alloc(LIMIT))), true)).toHaveLength(LIMIT);
  expect(await refusal(read(chunksOf(Buffer.alloc(LIMIT + 1)), false))).toEqual([413, 'payload_too_large']);
  expect(await refusal(read(chunksOf(gzipSync(Buffer.alloc(LIMIT + 1))), true))).toEqual([413, 'payload_too_large']);
});

test('a bomb is refused after the limit and not inflated to its end, which never comes', async () => {
  let pulledBytes = 0;
  const endless = new Readable({ read: () => void endless.push(Buffer.alloc(1024 * 1024)) });
  const bomb = new Readable({ read: () => undefined });
  endless.pipe(createGzip()).on('data', (chunk: Buffer) => {
    pulledBytes += chunk.length;
    bomb.push(chunk);
  });
  try {
    expect(await refusal(read(bomb, true))).toEqual([413, 'payload_too_large']);
    // Four MiB of zeros are some four KiB zipped: of what was on its way, no more than a few reads were waited for.
    expect(pulledBytes).toBeLessThan(1024 * 1024);
  } finally {
    endless.destroy();
  }
});

test('zipped bytes that inflate to nothing end at the limit too', async () => {
  const nothing = gzipSync('');
  const endless = new Readable({
    read: () => void endless.push(Buffer.concat(Array.from({ length: 5_000 }, () => nothing))),
  });
  expect(await refusal(read(endless, true))).toEqual([413, 'payload_too_large']);
  endless.destroy();
});

test('what is no gzip, or only the beginning of one, is malformed', async () => {
  expect(await refusal(read(chunksOf(plain), true))).toEqual([400, 'malformed_payload']);
  expect(await refusal(read(chunksOf(gzipSync(plain).subarray(0, 40)), true))).toEqual([400, 'malformed_payload']);
});
