import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { AppError } from '#platform/errors';
import { ASSERTION_HEADER, verifyAssertion } from '#platform/identity';
import type { AccessTokens } from './access-token.ts';
import type { LiveSession, Sessions } from './session.ts';

const sessionQuestion = z.object({ sessionId: z.string(), isActivity: z.boolean() });

/**
 * What the gateway asks. GET /internal/jwks: the public keys of access tokens, to anybody. POST /internal/session, with
 * the gateway's assertion over the exact body: who stands behind a live session, or 401 as problem+json with the code
 * `unauthenticated` or `session_idle`.
 */
export function addSessionRoutes(
  server: FastifyInstance,
  options: { assertionKey: Buffer; tokens: AccessTokens; sessions: Sessions },
): void {
  server.get('/internal/jwks', async (_request, reply) => {
    const keys = await options.tokens.jwks();
    return reply.header('cache-control', 'public, max-age=60').send(keys);
  });

  server.post('/internal/session', async (request, reply): Promise<LiveSession> => {
    verifyAssertion({
      key: options.assertionKey,
      assertion: request.headers[ASSERTION_HEADER],
      body: request.rawBody ?? '',
    });
    const question = sessionQuestion.safeParse(request.body);
    if (!question.success) {
      throw new AppError('BAD_USER_INPUT', 'The body must be {"sessionId": string, "isActivity": boolean}.', {
        cause: question.error,
      });
    }
    void reply.header('cache-control', 'no-store');
    return options.sessions.check(question.data);
  });
}
