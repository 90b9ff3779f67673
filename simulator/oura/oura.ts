import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { Day } from '../athletes/day.ts';
import { idFor } from '../athletes/random.ts';
import { defineVendor } from '../vendor/definition.ts';
import type { PlayedNight } from '../vendor/definition.ts';
import type { Attempt } from '../vendor/delivery-log.ts';
import type { ApiOptions, DeliveryOptions, OauthOptions } from '../vendor/tables.ts';
import { createDocuments } from './documents.ts';
import { addRest } from './rest.ts';
import { addRevocation } from './revocation.ts';
import { documentId } from './sleep.ts';
import { addSubscriptions, subscriptionsOf } from './subscriptions.ts';

const oauth: OauthOptions = {
  authorizePath: '/oauth/authorize',
  tokenPath: '/oauth/token',
  scopes: {
    email: 'E-mail address',
    personal: 'Age, height, weight and user id',
    daily: 'Sleep, readiness and activity of each day',
    heartrate: 'Heart rate through the day',
    workout: 'Workouts',
    tag: 'Tags',
    session: 'Guided and unguided sessions',
    spo2: 'Blood oxygen of the night',
    spo2Daily: 'Blood oxygen of the night',
    stress: 'Daytime stress',
    heart_health: 'Heart health',
    ring_configuration: 'Ring settings',
    reproductive_cycle: 'Cycle insights',
  },
  scopeSeparator: ' ',
  scopesChosenBy: 'application',
  plainScope,
  pkce: 'optional',
  clientAuthentication: 'either',
  refreshTokens: 'rotate',
  accessTokenSec: 86_400,
  refreshTokenSec: null,
  tokenPrefix: 'OURA',
  tellsScopeOnRedirect: true,
};

const api: ApiOptions = {
  windows: [{ requests: 5000, sec: 300 }],
  limitedPer: 'token',
  rateLimited: ({ windows: [window], endsAtMs, nowMs }) => ({
    headers: {
      'retry-after': String(Math.max(1, Math.ceil((endsAtMs - nowMs) / 1000))),
      'x-ratelimit-limit': String(window?.requests),
      'x-ratelimit-window': String(window?.sec),
      'x-ratelimit-reset': String(Math.ceil(endsAtMs / 1000)),
      'x-ratelimit-tier': 'app',
    },
    body: { detail: 'Request rate limit exceeded.' },
  }),
  unauthorized: (reply) => {
    const detail = 'Access token expired, revoked or invalid';
    return reply.code(401).send({ status: 401, title: 'Unauthorized', detail });
  },
  unavailable: (reply) =>
    reply.code(503).send({ status: 503, title: 'Service Unavailable', detail: 'Try again later' }),
};

const delivery: DeliveryOptions = {
  sign: ({ rawBody, nowMs, settings, isForged }) => {
    const timestamp = String(settings.own['TIMESTAMP_UNIT'] === 'seconds' ? Math.floor(nowMs / 1000) : nowMs);
    const clientSecret = isForged ? `${settings.clientSecret}-wrong` : settings.clientSecret;
    return {
      'x-oura-timestamp': timestamp,
      'x-oura-signature': signatureOf({ clientSecret, timestamp, rawBody }),
    };
  },
  isTaken: (status) => status >= 200 && status < 300,
  answerWithinMs: 10_000,
  // 57 minutes in all.
  retryAfterSec: [5, 10, 20, 40, 80, 160, 320, 640, 960, 1200],
  endsSubscription: (status) => status === 410,
};

/** Upper-case hex HMAC-SHA256 over the timestamp header and the raw body, nothing between. */
function signatureOf(signed: { clientSecret: string; timestamp: string; rawBody: string }): string {
  const { clientSecret, timestamp, rawBody } = signed;
  return createHmac('sha256', clientSecret).update(timestamp).update(rawBody).digest('hex').toUpperCase();
}

/** One integration asks with the prefix `extapi:`; both names mean the same. */
function plainScope(scope: string): string {
  return scope.replace(/^extapi:/, '');
}

type EventType = 'create' | 'update' | 'delete';

/** Documents that a night brings besides its `sleep`; those of the second list go when it is deleted. */
const BROUGHT = ['daily_sleep', 'daily_readiness', 'daily_activity'];
const TAKEN_ALONG = ['daily_sleep', 'daily_readiness'];

/** Oura API v2: ids only in webhooks, subscriptions by API, scopes that may be unticked one by one. */
export const oura = defineVendor({
  slug: 'oura',
  name: 'Oura',
  variables: {
    /** The vendor's papers say seconds, a live delivery had milliseconds: both can be played. */
    TIMESTAMP_UNIT: z.enum(['seconds', 'milliseconds']).default('seconds'),
  },
  oauth,
  api,
  delivery,
  create({ seed, settings, squad, grants, courier, guard, deletedNights, memory, store, now }) {
    const userIdOf = ({ key }: { key: string }): string => idFor(seed, key, 'user');
    const documents = createDocuments({ squad, deletedNights });

    const send = async (eventType: EventType, dataType: string, objectId: string, userId: string) => {
      // With its milliseconds: two changes of one record within a second are two events, and must look like two.
      const eventTime = new Date(now()).toISOString().replace('Z', '+00:00');
      const rawBody = JSON.stringify({
        event_type: eventType,
        data_type: dataType,
        object_id: objectId,
        event_time: eventTime,
        user_id: userId,
      });
      const attempts: Attempt[] = [];
      for (const known of subscriptionsOf(memory)) {
        if (known.event_type !== eventType || known.data_type !== dataType || known.expiresAtMs <= now()) continue;
        const to = { subscriptionId: known.id };
        attempts.push(...(await courier.send({ to, eventType, dataType, rawBody })));
      }
      return attempts;
    };

    /** The night's document first, then those that follow from it side by side. */
    const sendDay = async (eventType: EventType, day: Day, others: string[]): Promise<Attempt[]> => {
      const userId = userIdOf(day.athlete);
      const first = await send(eventType, 'sleep', documentId(day, 'sleep'), userId);
      const rest = await Promise.all(others.map((kind) => send(eventType, kind, documentId(day, kind), userId)));
      return [...first, ...rest.flat()];
    };

    return {
      addRoutes: (app) => {
        addRevocation(app, { grants });
        addRest(app, { squad, documents, guard, plainScope, userIdOf, now });
        addSubscriptions(app, { store, memory, settings, now });
      },
      userIdOf,
      documentIdOf: (day) => documentId(day, 'sleep'),
      tell: async (_athlete, nights: readonly PlayedNight[]) => {
        const attempts: Attempt[] = [];
        for (const { day, event } of nights) attempts.push(...(await sendDay(event, day, BROUGHT)));
        return attempts;
      },
      tellDeleted: (_athlete, day) => sendDay('delete', day, TAKEN_ALONG),
      tellUnknownUser: () => send('create', 'sleep', idFor('nobody', now()), idFor('nobody')),
      tellRevoked: null,
    };
  },
});
