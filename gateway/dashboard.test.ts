import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { createHttpServer } from '#platform/http';
import { createLogger } from '#platform/log';
import { serveDashboard } from './dashboard.ts';
import { serveGraphiql } from './graphiql.ts';
import { addSecurityHeaders } from './security-headers.ts';

const log = createLogger({ name: 'test', level: 'silent' });
let directory: string;
let server: FastifyInstance;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dashboard-'));
  server = createHttpServer({ log });
  addSecurityHeaders(server, { isProduction: false });
});
afterEach(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

function build(): void {
  writeFileSync(join(directory, 'index.html'), '<title>Athlete Ally</title>');
  mkdirSync(join(directory, 'assets'));
  writeFileSync(join(directory, 'assets/main-abc123.js'), 'export {};');
}

/** The path goes out as it is written, dots and all. */
async function get(
  path: string,
): Promise<{ statusCode: number | undefined; headers: IncomingHttpHeaders; body: string }> {
  if (!server.server.listening) await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as { port: number };
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({ statusCode: response.statusCode, headers: response.headers, body: Buffer.concat(parts).toString() }),
      );
    })
      .on('error', reject)
      .end();
  });
}

test('the page is asked for again each time, and hashed files never change', async () => {
  build();
  await serveDashboard(server, { directory });
  const page = await get('/');
  expect([page.statusCode, page.headers['cache-control']]).toEqual([200, 'no-store']);
  expect(page.headers['content-security-policy']).toContain("script-src 'self';");
  expect(page.headers['x-content-type-options']).toBe('nosniff');
  const script = await get('/assets/main-abc123.js');
  expect(script.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(script.headers['content-type']).toContain('javascript');
});

test('a page of the dashboard answers the page, a wrong file or interface address is a 404', async () => {
  build();
  await serveDashboard(server, { directory });
  const page = await get('/athletes/123?day=2026-01-01');
  expect([page.statusCode, page.body]).toEqual([200, '<title>Athlete Ally</title>']);
  for (const path of [
    '/assets/gone.js',
    '/nothing.js',
    '/api/v1/nothing',
    '/v1/webhooks/oura',
    '/../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/package.json',
  ]) {
    expect([path, (await get(path)).statusCode]).toEqual([path, 404]);
  }
});

test('without a build the address says what to do', async () => {
  await serveDashboard(server, { directory });
  const page = await get('/');
  expect(page.statusCode).toBe(503);
  expect(page.body).toContain('npm run build');
});

test('the IDE is one page that asks nothing outside and carries its tabs and its fetcher', async () => {
  serveGraphiql(server);
  const page = await get('/graphiql');
  expect(page.statusCode).toBe(200);
  expect(page.headers['content-security-policy']).toContain("connect-src 'self'");
  const body = page.body.slice(page.body.lastIndexOf('renderYogaGraphiQL('));
  expect(body).toContain('subscription LiveTeam');
  expect(body).toContain('graphql-transport-ws');
  expect(page.body).not.toMatch(/<(script|link|img)[^>]+(src|href)="https?:/);
});
