import { randomBytes, randomInt } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Store, VendorState } from '../state.ts';
import type { VendorSettings } from '../vendor/tables.ts';
import { formOf } from '../vendor/token-endpoint.ts';
import { faultOf } from './rest.ts';

const CHALLENGE_TIMEOUT_MS = 2_000;

/** Strava's one subscription of an application, for the application's own credentials. */
export function addSubscriptions(
  app: FastifyInstance,
  { store, memory, settings }: { store: Store; memory: VendorState; settings: VendorSettings },
): void {
  void app.register(
    async (scope) => {
      scope.addHook('preHandler', async (request, reply) => {
        const fields = request.method === 'POST' ? formOf(request) : new URLSearchParams(request.url.split('?')[1]);
        const isOurs =
          fields.get('client_id') === settings.clientId && fields.get('client_secret') === settings.clientSecret;
        if (!isOurs) await reply.code(401).send(faultOf('Authorization Error', 'Application', 'client_id', 'invalid'));
      });

      scope.get('/', () =>
        memory.subscriptions.map(({ id, callbackUrl }) => ({
          id: Number(id),
          resource_state: 2,
          callback_url: callbackUrl,
        })),
      );

      scope.post('/', async (request, reply) => {
        const form = formOf(request);
        const callbackUrl = form.get('callback_url') ?? '';
        if (memory.subscriptions.length > 0) {
          return reply.code(400).send(faultOf('Bad Request', 'PushSubscription', null, 'already exists'));
        }
        if (!(await answersChallenge(callbackUrl, form.get('verify_token') ?? ''))) {
          return reply.code(400).send(faultOf('Bad Request', 'PushSubscription', 'callback url', 'GET to it failed'));
        }
        const id = randomInt(100_000, 999_999);
        memory.subscriptions = [{ id: String(id), callbackUrl }];
        store.changed();
        return reply.code(201).send({ id });
      });

      scope.delete<{ Params: { id: string } }>('/:id', (request, reply) => {
        memory.subscriptions = memory.subscriptions.filter(({ id }) => id !== request.params.id);
        store.changed();
        return reply.code(204).send();
      });
    },
    { prefix: '/api/v3/push_subscriptions' },
  );
}

async function answersChallenge(callbackUrl: string, verifyToken: string): Promise<boolean> {
  if (!URL.canParse(callbackUrl)) return false;
  const challenge = randomBytes(16).toString('hex');
  const target = new URL(callbackUrl);
  target.searchParams.set('hub.mode', 'subscribe');
  target.searchParams.set('hub.challenge', challenge);
  target.searchParams.set('hub.verify_token', verifyToken);
  try {
    const answer = await fetch(target, { signal: AbortSignal.timeout(CHALLENGE_TIMEOUT_MS), redirect: 'manual' });
    const body = (await answer.json()) as Record<string, unknown>;
    return answer.status === 200 && body['hub.challenge'] === challenge;
  } catch {
    // Unreachable, too slow or not JSON: to the vendor all the same, and the caller hears why in words.
    return false;
  }
}
