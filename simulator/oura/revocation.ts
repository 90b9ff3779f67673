import type { FastifyInstance } from 'fastify';
import type { Grants } from '../vendor/grants.ts';
import { formOf } from '../vendor/token-endpoint.ts';

/** Both live variants of the vendor: the token in the query, or as bearer. */
export function addRevocation(app: FastifyInstance, { grants }: { grants: Grants }): void {
  app.route<{ Querystring: { access_token?: string } }>({
    method: ['GET', 'POST'],
    url: '/oauth/revoke',
    handler: (request, reply) => {
      const bearer = /^bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
      const token = request.query.access_token ?? bearer ?? formOf(request).get('access_token') ?? '';
      return reply.code(grants.revoke(token) ? 200 : 401).send({});
    },
  });
}
