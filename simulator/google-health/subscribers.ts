import type { FastifyInstance } from 'fastify';
import type { Store, VendorState } from '../state.ts';
import { sendError } from './rest.ts';

const ANSWER_WITHIN_MS = 5_000;

/**
 * `POST /v4/projects/{number}/subscribers?subscriberId=...`: where deliveries go, in place of the configured address. Asks
 * for a project credential at the vendor, and for none here. The address is asked twice, with the secret and without.
 */
export function addSubscribers(app: FastifyInstance, { store, memory }: { store: Store; memory: VendorState }): void {
  app.post<{ Querystring: { subscriberId?: string } }>('/v4/projects/:project/subscribers', async (request, reply) => {
    const { endpointUri, endpointAuthorization } = (request.body ?? {}) as {
      endpointUri?: unknown;
      endpointAuthorization?: { secret?: unknown };
    };
    const secret = endpointAuthorization?.secret;
    if (typeof endpointUri !== 'string' || !URL.canParse(endpointUri) || typeof secret !== 'string') {
      return sendError(reply, 400, 'INVALID_ARGUMENT');
    }
    const [known, unknown] = [await verify(endpointUri, secret), await verify(endpointUri, null)];
    if (![200, 201].includes(known) || ![401, 403].includes(unknown))
      return sendError(reply, 400, 'FAILED_PRECONDITION');
    memory.subscriptions = [{ id: request.query.subscriberId ?? 'subscriber', callbackUrl: endpointUri }];
    store.changed();
    return reply.send({ name: `subscribers/${request.query.subscriberId ?? 'subscriber'}`, endpointUri });
  });
}

/** The status of the answer, 0 where none came. */
function verify(url: string, secret: string | null): Promise<number> {
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Google-Health-API-Webhooks-Verifier',
      ...(secret === null ? {} : { authorization: secret }),
    },
    body: JSON.stringify({ type: 'verification' }),
    redirect: 'manual',
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  }).then(
    ({ status }) => status,
    () => 0,
  );
}
