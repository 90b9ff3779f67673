import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadPublic } from './load-public.ts';

let server: Server;
let url: string;
let asked: string[] = [];

beforeAll(async () => {
  server = createServer(({ url: path = '' }, response) => {
    asked.push(path);
    if (path === '/moved') response.writeHead(302, { location: `${url}/keys` }).end();
    else if (path === '/large') response.end(Buffer.alloc(300 * 1024));
    else response.writeHead(path === '/keys' ? 200 : 404).end('{"key":[]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => (asked = []));

test('a document comes as it is', async () => expect((await loadPublic(`${url}/keys`)).toString()).toBe('{"key":[]}'));

test.each(['/missing', '/moved', '/large'])('%s is none, and nothing else is asked', async (path) => {
  await expect(loadPublic(`${url}${path}`)).rejects.toThrow();
  expect(asked).toEqual([path]);
});

test('nobody there is said soon', () => expect(loadPublic('http://127.0.0.1:1/keys')).rejects.toThrow());
