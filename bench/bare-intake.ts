import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import pg from 'pg';

/**
 * What intake is measured against: node:http and the signature (`verify`), and the same with one gathered insert of key and
 * body (`store`), as small as it can be and still be durable. No users, no sealing, no reading of the body.
 */
const [mode, port, secret, databaseUrl] = process.argv.slice(2) as [string, string, string, string];
const pool = mode === 'store' ? new pg.Pool({ connectionString: databaseUrl, max: 4 }) : null;

interface Waiting {
  key: Buffer;
  body: Buffer;
  response: ServerResponse;
}
let waiting: Waiting[] = [];
let isWriting = false;

async function writeAll(): Promise<void> {
  isWriting = true;
  await new Promise((resolve) => setImmediate(resolve));
  while (waiting.length > 0) {
    const batch = waiting;
    waiting = [];
    await pool?.query(
      'insert into bare_delivery (key, body, received_at) select key, body, $3 from unnest($1::bytea[], $2::bytea[]) as t (key, body) on conflict do nothing',
      [batch.map(({ key }) => key), batch.map(({ body }) => body), new Date()],
    );
    setImmediate(() => {
      for (const { response } of batch) response.writeHead(200, { 'content-length': 0 }).end();
    });
  }
  isWriting = false;
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
    const time = String(request.headers['x-oura-timestamp']);
    const given = Buffer.from(String(request.headers['x-oura-signature']), 'hex');
    const wanted = createHmac('sha256', secret).update(time).update(body).digest();
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
      response.writeHead(401, { 'content-length': 0 }).end();
      return;
    }
    if (pool === null) {
      response.writeHead(200, { 'content-length': 0 }).end();
      return;
    }
    waiting.push({ key: wanted, body, response });
    if (!isWriting) void writeAll();
  });
});
// Longer than a run: a socket that waits its turn must not be closed under the generator.
server.keepAliveTimeout = 120_000;
server.listen(Number(port), '127.0.0.1', () => process.send?.('listening'));
