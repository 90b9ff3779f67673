import { AppError } from './errors.ts';
import { createHttpServer } from './http.ts';
import { createLogger } from './log.ts';

const log = createLogger({ name: 'test', level: 'silent' });

async function addressSeen(options: {
  trustedProxies?: string[];
  forwarded: string;
  socket?: string;
}): Promise<string> {
  const { trustedProxies = [], forwarded, socket = '127.0.0.1' } = options;
  const server = createHttpServer({ log, trustedProxies });
  server.get('/', (request) => request.ip);
  const answer = await server.inject({ url: '/', headers: { 'x-forwarded-for': forwarded }, remoteAddress: socket });
  await server.close();
  return answer.body;
}

describe('where a request comes from', () => {
  it('is the socket, whatever a header says', async () => {
    expect(await addressSeen({ forwarded: '192.0.2.1' })).toBe('127.0.0.1');
  });

  it('is what a trusted proxy says', async () => {
    expect(await addressSeen({ trustedProxies: ['loopback'], forwarded: '192.0.2.1' })).toBe('192.0.2.1');
  });

  it('is the last address that no trusted proxy has: what a client wrote before it is not believed', async () => {
    const trustedProxies = ['127.0.0.1', '10.0.0.0/8'];
    expect(await addressSeen({ trustedProxies, forwarded: '1.2.3.4, 192.0.2.1, 10.0.0.7' })).toBe('192.0.2.1');
  });

  it('is the socket again when it is none of the proxies', async () => {
    const seen = await addressSeen({ trustedProxies: ['10.0.0.0/8'], forwarded: '1.2.3.4', socket: '192.0.2.9' });
    expect(seen).toBe('192.0.2.9');
  });
});

test('a refusal that knows how long it holds says it in Retry-After', async () => {
  const server = createHttpServer({ log });
  server.get('/', () => {
    throw new AppError('RATE_LIMITED', 'Too many tries.', { retryAfterS: 42 });
  });
  const answer = await server.inject('/');
  expect([answer.statusCode, answer.headers['retry-after'], answer.json().code]).toEqual([429, '42', 'rate_limited']);
  await server.close();
});
