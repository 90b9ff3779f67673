import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify, type ECDH } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { Agent } from 'undici';
import type { PushKeys } from '../alerts/push-keys.ts';

/** A browser's side of a subscription: what it gives away, and what it keeps. */
export interface PlayedBrowser {
  endpoint: string;
  p256dh: string;
  auth: string;
  keys: ECDH;
}

export interface Received {
  endpoint: string;
  headers: IncomingHttpHeaders;
  /** The claims of the VAPID token, whose signature was right. */
  claims: { aud: string; exp: number; sub: string };
  /** What the browser reads. */
  text: string;
}

export interface PushService {
  dispatcher: Agent;
  keys: PushKeys;
  received: Received[];
  /** Status and headers of the next answers, first come; 201 when there is none left. */
  answers: { status: number; headers?: Record<string, string> }[];
  newBrowser(): PlayedBrowser;
  close(): Promise<void>;
}

const HOST = 'push.example.org';

/**
 * A push service on this machine: it takes what a real one takes (VAPID by RFC 8292 and nothing else) and opens what a
 * browser opens (RFC 8291), with nothing of the code under test. Its name leads here, and TLS is left out.
 */
export async function startPushService(): Promise<PushService> {
  const pair = createECDH('prime256v1');
  const publicKey = pair.generateKeys('base64url');
  const privateKey = Buffer.from(pair.getPrivateKey('hex').padStart(64, '0'), 'hex').toString('base64url');
  const browsers = new Map<string, PlayedBrowser>();
  const server = createServer((request, response) => void take(request, response));
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const endpoint = `https://${HOST}${request.url}`;
    const browser = browsers.get(endpoint);
    const claims = claimsOf(request.headers.authorization ?? '', publicKey);
    if (!browser || claims === null) {
      response.writeHead(browser ? 403 : 404).end();
      return;
    }
    const { status, headers } = service.answers.shift() ?? { status: 201, headers: {} };
    if (status === 201) {
      const text = decrypted(Buffer.concat(chunks), browser);
      service.received.push({ endpoint, headers: request.headers, claims, text });
    }
    response.writeHead(status, headers).end();
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const service: PushService = {
    dispatcher: new Agent({
      connect: (_to, done) => {
        const socket = connect(port, '127.0.0.1');
        socket.once('connect', () => done(null, socket));
        socket.once('error', (error) => done(error, null));
      },
    }),
    keys: { publicKey, privateKey, subject: 'mailto:operator@example.org', hosts: [HOST] },
    received: [],
    answers: [],
    newBrowser() {
      const keys = createECDH('prime256v1');
      const endpoint = `https://${HOST}/send/${randomBytes(8).toString('hex')}`;
      const browser = {
        endpoint,
        p256dh: keys.generateKeys('base64url'),
        auth: randomBytes(16).toString('base64url'),
        keys,
      };
      browsers.set(endpoint, browser);
      return browser;
    },
    async close() {
      await service.dispatcher.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return service;
}

/** `vapid t=<token>, k=<key>`: the claims when the key is the registered one and has signed them (ES256). */
function claimsOf(header: string, registeredKey: string): Received['claims'] | null {
  const [, token = '', key = ''] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(header) ?? [];
  const [head = '', body = '', signature = ''] = token.split('.');
  if (key !== registeredKey) return null;
  const point = Buffer.from(key, 'base64url');
  const publicKey = createPublicKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
  });
  const isSigned = verify(
    'sha256',
    Buffer.from(`${head}.${body}`),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  if (!isSigned) return null;
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Received['claims'];
  const inS = claims.exp - Date.now() / 1000;
  return claims.aud === `https://${HOST}` && inS > 0 && inS <= 24 * 3600 ? claims : null;
}

const SALT_BYTES = 16;
const POINT_BYTES = 65;
const TAG_BYTES = 16;

/** RFC 8188 and 8291: salt, record size, length of the key id, the sender's point, one record. */
function decrypted(body: Buffer, { keys, auth }: PlayedBrowser): string {
  const salt = body.subarray(0, SALT_BYTES);
  const at = SALT_BYTES + 4;
  if (body[at] !== POINT_BYTES) throw new Error('there is no point of the sender');
  const sender = body.subarray(at + 1, at + 1 + POINT_BYTES);
  const record = body.subarray(at + 1 + POINT_BYTES);
  const shared = keys.computeSecret(sender);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), keys.getPublicKey(), sender]);
  const secret = Buffer.from(hkdfSync('sha256', shared, Buffer.from(auth, 'base64url'), info, 32));
  const derived = (name: string, bytes: number): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, salt, Buffer.from(`Content-Encoding: ${name}\0`), bytes));
  const decipher = createDecipheriv('aes-128-gcm', derived('aes128gcm', 16), derived('nonce', 12));
  decipher.setAuthTag(record.subarray(-TAG_BYTES));
  const padded = Buffer.concat([decipher.update(record.subarray(0, -TAG_BYTES)), decipher.final()]);
  return padded.subarray(0, padded.lastIndexOf(2)).toString();
}
