import { randomBytes, randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Store, Subscription, VendorState } from '../state.ts';
import type { VendorSettings } from '../vendor/tables.ts';

const EVENT_TYPES = ['create', 'update', 'delete'];
const DATA_TYPES = [
  'tag',
  'enhanced_tag',
  'workout',
  'session',
  'sleep',
  'daily_sleep',
  'daily_readiness',
  'daily_activity',
  'daily_spo2',
  'sleep_time',
  'rest_mode_period',
  'ring_configuration',
  'daily_stress',
  'daily_cardiovascular_age',
  'daily_resilience',
  'vo2_max',
];
const LIFE_MS = 90 * 86_400_000;
const CHALLENGE_TIMEOUT_MS = 10_000;

/** One pair of event and data type. */
export interface OuraSubscription extends Subscription {
  verification_token: string;
  event_type: string;
  data_type: string;
  expiresAtMs: number;
}

/** The subscriptions as this folder wrote them. */
export function subscriptionsOf(memory: VendorState): OuraSubscription[] {
  return memory.subscriptions as OuraSubscription[];
}

type Asked = Omit<OuraSubscription, 'id' | 'expiresAtMs'>;
type WithId = { Params: { id: string } };

/** Oura's subscription management under `/v2/webhook/subscription`, for the application's own credentials. */
export function addSubscriptions(
  app: FastifyInstance,
  {
    store,
    memory,
    settings,
    now,
  }: {
    store: Store;
    memory: VendorState;
    settings: Pick<VendorSettings, 'clientId' | 'clientSecret'>;
    now: () => number;
  },
): void {
  const all = (): OuraSubscription[] => subscriptionsOf(memory);
  const withId = (request: FastifyRequest<WithId>): OuraSubscription | undefined =>
    all().find((subscription) => subscription.id === request.params.id);
  const save = (reply: FastifyReply, status: number, subscription: OuraSubscription): FastifyReply => {
    subscription.expiresAtMs = now() + LIFE_MS;
    store.changed();
    return reply.code(status).send(shown(subscription));
  };

  void app.register(
    async (scope) => {
      scope.addHook('onRequest', async (request, reply) => {
        const { 'x-client-id': id, 'x-client-secret': secret } = request.headers;
        if (id !== settings.clientId || secret !== settings.clientSecret) {
          await reply.code(401).send({ status: 401, title: 'Unauthorized', detail: 'Unknown client credentials' });
        }
      });

      scope.get('/', () =>
        all()
          .filter(({ expiresAtMs }) => expiresAtMs > now())
          .map(shown),
      );

      scope.post('/', async (request, reply) => {
        const asked = readAsked(request.body);
        if (!asked) return unprocessable(reply);
        memory.subscriptions = all().filter(({ expiresAtMs }) => expiresAtMs > now());
        if (all().some((known) => isSamePair(known, asked))) return conflict(reply);
        if (!(await answersChallenge(asked))) return challengeFailed(reply);
        // Two creates for one pair may have waited for their challenges side by side.
        if (all().some((known) => isSamePair(known, asked))) return conflict(reply);
        const subscription = { id: randomUUID(), ...asked, expiresAtMs: 0 };
        memory.subscriptions.push(subscription);
        return save(reply, 201, subscription);
      });

      scope.get<WithId>('/:id', (request, reply) => {
        const subscription = withId(request);
        return subscription ? reply.send(shown(subscription)) : unknownId(reply);
      });

      scope.put<WithId>('/:id', async (request, reply) => {
        const subscription = withId(request);
        if (!subscription) return unknownId(reply);
        const asked = readAsked({
          ...subscription,
          callback_url: subscription.callbackUrl,
          ...(request.body as object),
        });
        if (!asked) return unprocessable(reply);
        if (all().some((known) => known !== subscription && isSamePair(known, asked))) {
          return conflict(reply);
        }
        if (!(await answersChallenge(asked))) return challengeFailed(reply);
        return save(reply, 200, Object.assign(subscription, asked));
      });

      scope.put<WithId>('/renew/:id', (request, reply) => {
        const subscription = withId(request);
        return subscription ? save(reply, 200, subscription) : unknownId(reply);
      });

      scope.delete<WithId>('/:id', (request, reply) => {
        const subscription = withId(request);
        if (!subscription) return unknownId(reply);
        memory.subscriptions = all().filter((known) => known !== subscription);
        store.changed();
        return reply.code(204).send();
      });
    },
    { prefix: '/v2/webhook/subscription' },
  );
}

function readAsked(body: unknown): Asked | null {
  if (typeof body !== 'object' || body === null) return null;
  const { callback_url, verification_token, event_type, data_type } = body as Record<string, unknown>;
  if (typeof callback_url !== 'string' || !/^https?:/.test(callback_url) || !URL.canParse(callback_url)) return null;
  if (typeof verification_token !== 'string' || verification_token === '') return null;
  if (typeof event_type !== 'string' || !EVENT_TYPES.includes(event_type)) return null;
  if (typeof data_type !== 'string' || !DATA_TYPES.includes(data_type)) return null;
  return { callbackUrl: callback_url, verification_token, event_type, data_type };
}

/** The vendor's check that the address belongs to who asks: it must echo a random text and know the token. */
async function answersChallenge({ callbackUrl, verification_token }: Asked): Promise<boolean> {
  const challenge = randomBytes(12).toString('hex');
  const target = new URL(callbackUrl);
  target.searchParams.set('verification_token', verification_token);
  target.searchParams.set('challenge', challenge);
  try {
    const answer = await fetch(target, { signal: AbortSignal.timeout(CHALLENGE_TIMEOUT_MS), redirect: 'manual' });
    const body = (await answer.json()) as { challenge?: unknown };
    return answer.status === 200 && body.challenge === challenge;
  } catch {
    // Unreachable, too slow or not JSON: to the vendor all the same, and the caller hears why in words.
    return false;
  }
}

function shown({ id, callbackUrl, event_type, data_type, expiresAtMs }: OuraSubscription): object {
  const expiration_time = new Date(expiresAtMs).toISOString().replace('Z', '000');
  return { id, callback_url: callbackUrl, event_type, data_type, expiration_time };
}

function isSamePair(
  left: Pick<Asked, 'event_type' | 'data_type'>,
  right: Pick<Asked, 'event_type' | 'data_type'>,
): boolean {
  return left.event_type === right.event_type && left.data_type === right.data_type;
}

function unprocessable(reply: FastifyReply): FastifyReply {
  const msg = 'callback_url, verification_token, event_type or data_type is missing or unknown';
  return reply.code(422).send({ detail: [{ loc: ['body'], msg, type: 'value_error' }] });
}

function challengeFailed(reply: FastifyReply): FastifyReply {
  const msg = 'The callback did not answer the challenge within 10 seconds';
  return reply.code(422).send({ detail: [{ loc: ['body', 'callback_url'], msg, type: 'value_error.url' }] });
}

function conflict(reply: FastifyReply): FastifyReply {
  const detail = 'A subscription for this event type and data type exists';
  return reply.code(409).send({ status: 409, title: 'Conflict', detail });
}

/** 403 rather than 404: that is what the vendor was seen to answer. */
function unknownId(reply: FastifyReply): FastifyReply {
  return reply.code(403).send({ status: 403, title: 'Forbidden', detail: 'Unknown subscription' });
}
