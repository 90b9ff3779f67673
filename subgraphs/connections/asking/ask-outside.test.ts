import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type AddressInfo, type LookupFunction, type Server } from 'node:net';
import { systemClock } from '#platform/clock';
import { createLogger } from '#platform/log';
import { createMetrics } from '#platform/telemetry';
import type { Vendor } from '../providers/provider.ts';
import { createAskProvider, ProviderUnavailable } from './ask-provider.ts';
import type { Quotas } from './quota.ts';

/** Stands for everything on this machine and around it: it must never hear anything. */
let inside: Server;
let insidePort: number;
let hits = 0;
let redirecting: HttpServer;
let redirectingPort: number;
/** What each name leads to, as an attacker's name server would have it. */
let names: Record<string, { address: string; family: number }[]> = {};

const lookup = ((hostname, options, done) => {
  const found = names[hostname];
  if (!found?.[0]) return done(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), '');
  return options.all ? done(null, found) : done(null, found[0].address, found[0].family);
}) as LookupFunction;
const quotas: Quotas = { take: () => Promise.resolve(null), pause: () => Promise.resolve() };
const log = createLogger({ name: 'test', level: 'silent' });
let asking: ReturnType<typeof createAskProvider>;

beforeAll(async () => {
  inside = createServer((socket) => {
    hits += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
  insidePort = (inside.address() as AddressInfo).port;
  redirecting = createHttpServer((_request, response) => {
    response.writeHead(302, { location: `http://127.0.0.1:${insidePort}/secret` }).end();
  });
  await new Promise<void>((resolve) => redirecting.listen(0, '127.0.0.1', resolve));
  redirectingPort = (redirecting.address() as AddressInfo).port;
});
afterAll(async () => {
  await new Promise((resolve) => inside.close(resolve));
  await new Promise((resolve) => redirecting.close(resolve));
});
beforeEach(() => {
  hits = 0;
  names = {};
  asking = createAskProvider({ quotas, clock: systemClock, metrics: createMetrics(), log, lookup });
});
afterEach(() => asking.close());

const vendorWith = (callbackHosts: string[]) =>
  ({ name: 'Vendor', provider: 'GARMIN', slug: 'garmin', quotas: [], data: { callbackHosts } }) as unknown as Vendor;

const outside = (url: string, hosts: string[]) =>
  asking.ask(vendorWith(hosts), { method: 'GET', url, isFromOutside: true }, { isRepeatable: false });

test('the listener hears those who come: the ordinary way leads to it', async () => {
  const call = { method: 'GET', url: `http://127.0.0.1:${insidePort}/` } as const;
  await expect(asking.ask(vendorWith([]), call, { isRepeatable: false })).rejects.toBeInstanceOf(ProviderUnavailable);
  expect(hits).toBe(1);
});

test.each([
  ['this machine', [{ address: '127.0.0.1', family: 4 }]],
  ['this machine in IPv6', [{ address: '::1', family: 6 }]],
  ['this machine, IPv4 in IPv6', [{ address: '::ffff:127.0.0.1', family: 6 }]],
  [
    'a public address and this machine',
    [
      { address: '203.0.114.1', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ],
  ],
  ['metadata', [{ address: '169.254.169.254', family: 4 }]],
])('an allowed name that leads to %s is not asked', async (_name, found) => {
  names['callback.example'] = found;
  const error = await outside(`https://callback.example:${insidePort}/`, [`callback.example:${insidePort}`]).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ProviderUnavailable);
  expect(String((error as Error).cause)).toContain('ADDRESS_NOT_PUBLIC');
  expect(hits).toBe(0);
});

test.each([
  ['as an IPv4 address that is listed', (port: number) => [`https://127.0.0.2:${port}/`, `127.0.0.2:${port}`]],
  [
    'as an IPv6 address that is listed',
    (port: number) => [`https://[::ffff:127.0.0.1]:${port}/`, `[::ffff:7f00:1]:${port}`],
  ],
])('%s this machine is not asked either', async (_name, of) => {
  const [url = '', host = ''] = of(insidePort);
  const error = (await outside(url, [host]).catch((thrown: unknown) => thrown)) as Error;
  expect(String(error.cause)).toContain('ADDRESS_NOT_PUBLIC');
  expect(hits).toBe(0);
});

test.each([
  ['another host', (port: number) => `https://127.0.0.1:${port}/`],
  ['another port of an allowed host', (port: number) => `https://callback.example:${port}/`],
  ['credentials that look like the host', (port: number) => `https://callback.example@127.0.0.1:${port}/`],
  ['plain HTTP', () => 'http://callback.example/'],
])('%s: refused before anything is looked up', async (_name, of) => {
  names['callback.example'] = [{ address: '127.0.0.1', family: 4 }];
  await expect(outside(of(insidePort), ['callback.example'])).rejects.toThrow('may not name');
  expect(hits).toBe(0);
});

test('a redirect is an answer, and nobody follows it', async () => {
  const answer = await outside(`http://127.0.0.1:${redirectingPort}/`, [`127.0.0.1:${redirectingPort}`]);
  expect(answer.status).toBe(302);
  expect(hits).toBe(0);
});
