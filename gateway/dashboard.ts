import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';

const YEAR_S = 31_536_000;
const INDEX = 'index.html';

/** Paths the dashboard never has: a wrong address under them stays a 404. */
const NOT_PAGES = /^\/(api|graphql|graphiql|health|internal|metrics|v1|assets)(\/|$)/;

/**
 * Serves the built dashboard at /. Files under assets/ carry a hash in their name and never change; index.html is asked for
 * again each time. Any other path without a file is a page of the dashboard and answers index.html.
 */
export async function serveDashboard(server: FastifyInstance, options: { directory: string }): Promise<void> {
  const root = resolve(options.directory);
  if (!existsSync(join(root, INDEX))) {
    server.get('/', (_request, reply) => notBuilt(reply));
    return;
  }
  await server.register(fastifyStatic, {
    root,
    index: INDEX,
    wildcard: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      const isHashed = path.startsWith(join(root, 'assets'));
      reply.header('cache-control', isHashed ? `public, max-age=${YEAR_S}, immutable` : 'no-store');
    },
  });
  server.get('/*', (request, reply) => {
    const path = request.url.split('?')[0] ?? '/';
    if (NOT_PAGES.test(path) || /\.[a-z0-9]+$/i.test(path)) return reply.callNotFound();
    return reply.sendFile(INDEX);
  });
}

function notBuilt(reply: FastifyReply): FastifyReply {
  return reply
    .code(503)
    .header('content-type', 'text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(
      '<!doctype html><html lang="en"><meta charset="utf-8"><title>Athlete Ally</title>' +
        '<h1>The dashboard is not built yet</h1>' +
        '<p>The graph is running. Run <code>npm run build</code>, then load this page again. ' +
        'To ask the graph by hand, open <a href="/graphiql">/graphiql</a>.</p></html>',
    );
}
