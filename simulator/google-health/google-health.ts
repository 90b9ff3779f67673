import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Day } from '../athletes/day.ts';
import { addDays } from '../athletes/local-time.ts';
import { idFor, numberFor } from '../athletes/random.ts';
import type { Story } from '../athletes/stories.ts';
import { defineVendor } from '../vendor/definition.ts';
import type { Attempt } from '../vendor/delivery-log.ts';
import type { ApiOptions, DeliveryOptions, OauthOptions } from '../vendor/tables.ts';
import { pointsOf } from './points.ts';
import { addRest, sendError } from './rest.ts';
import { createSigner } from './signing.ts';
import { addSubscribers } from './subscribers.ts';

const SCOPE = 'https://www.googleapis.com/auth/googlehealth.';

const oauth: OauthOptions = {
  authorizePath: '/o/oauth2/v2/auth',
  tokenPath: '/token',
  scopes: {
    [`${SCOPE}sleep.readonly`]: 'Sleep',
    [`${SCOPE}health_metrics_and_measurements.readonly`]: 'Heart rate, its variability, breathing, oxygen, temperature',
    [`${SCOPE}activity_and_fitness.readonly`]: 'Steps and exercise',
    [`${SCOPE}profile.readonly`]: 'Profile',
  },
  scopeSeparator: ' ',
  scopesChosenBy: 'application',
  pkce: 'optional',
  clientAuthentication: 'either',
  refreshTokens: 'stay',
  isRefreshable: ({ query }) => query.get('access_type') === 'offline',
  accessTokenSec: 3_599,
  refreshTokenSec: null,
  tokenPrefix: 'GH',
  tellsScopeOnRedirect: true,
  answerExtras: () => ({ token_type: 'Bearer' }),
};

const api: ApiOptions = {
  windows: [{ requests: 300, sec: 60 }],
  limitedPer: 'application',
  rateLimited: ({ endsAtMs, nowMs }) => ({
    headers: { 'retry-after': String(Math.max(1, Math.ceil((endsAtMs - nowMs) / 1000))) },
    body: { error: { code: 429, message: 'Quota exceeded.', status: 'RESOURCE_EXHAUSTED' } },
  }),
  unauthorized: (reply) => sendError(reply, 401, 'UNAUTHENTICATED'),
  unavailable: (reply) => sendError(reply, 503, 'UNAVAILABLE'),
};

/** Well formed, of no key. */
const FORGED = Buffer.concat([Buffer.of(1, 0, 0, 0, 0), Buffer.alloc(70, 7)]).toString('base64');

const delivery: DeliveryOptions = {
  // The signature was made with the body; no time is part of it.
  sign: ({ settings, isForged }) => ({
    authorization: String(settings.own['AUTHORIZATION'] ?? ''),
    ...(isForged ? { 'google-health-api-signature': FORGED } : {}),
  }),
  isTaken: (status) => status === 204,
  answerWithinMs: 10_000,
  // For seven days at the vendor.
  retryAfterSec: [5, 10, 20, 40, 80, 160, 320, 640, 1280],
};

/** What a notification says, besides the names every one has. */
interface Told {
  healthUserId: string;
  dataType: string;
  intervals: object[];
}

/** Told of when a night was played, in this order; steps and heart rate go on through the day. */
const TOLD = [
  'daily-heart-rate-variability',
  'daily-resting-heart-rate',
  'sleep',
  'daily-respiratory-rate',
  'exercise',
];

/** Google Health API v4: types and times only in webhooks, one subscriber for everybody, signed with a key of its own. */
export const googleHealth = defineVendor({
  slug: 'google-health',
  name: 'Google Health',
  variables: {
    /** What deliveries bring as `Authorization`. */
    AUTHORIZATION: z.string().optional(),
    WEBHOOK_URL: z.string().default('http://127.0.0.1:4001/v1/webhooks/google-health'),
  },
  oauth,
  api,
  delivery,
  create({ seed, settings, squad, grants, courier, guard, deletedNights, memory, store }) {
    const userIdOf = ({ key }: { key: string }): string =>
      numberFor(36 ** 9, 36 ** 9 * 7, seed, key, 'google')
        .toString(36)
        .toUpperCase();
    const signer = createSigner({ store, memory });

    const send = (operation: 'UPSERT' | 'DELETE', told: Told): Promise<Attempt[]> => {
      const data = { version: '1', clientProvidedSubscriptionName: randomUUID(), operation, ...told };
      const rawBody = JSON.stringify({ data });
      const [subscriber] = memory.subscriptions;
      return courier.send({
        to: subscriber ? { subscriptionId: subscriber.id } : { url: settings.own.WEBHOOK_URL },
        eventType: operation,
        dataType: told.dataType,
        rawBody,
        headers: { 'google-health-api-signature': signer.signatureOf(rawBody) },
      });
    };

    const sendDay = async (operation: 'UPSERT' | 'DELETE', day: Day): Promise<Attempt[]> => {
      const attempts: Attempt[] = [];
      const points = pointsOf(day);
      const start = `${day.date}T00:00:00`;
      const civilIso8601TimeInterval = { startTime: start, endTime: `${addDays(day.date, 1)}T00:00:00` };
      for (const dataType of TOLD) {
        const point = points.find((one) => one.dataType === dataType);
        if (!point) continue;
        const physicalTimeInterval = {
          startTime: new Date(point.startMs).toISOString(),
          endTime: new Date(point.endMs).toISOString(),
        };
        const isDaily = dataType.startsWith('daily-');
        const intervals = [{ physicalTimeInterval, ...(isDaily ? { civilIso8601TimeInterval } : {}) }];
        attempts.push(...(await send(operation, { healthUserId: userIdOf(day.athlete), dataType, intervals })));
      }
      const healthUserId = userIdOf(day.athlete);
      return [
        ...attempts,
        ...(await send(operation, { healthUserId, dataType: 'steps', intervals: [{ civilIso8601TimeInterval }] })),
      ];
    };

    return {
      addRoutes: (app) => {
        signer.addKeySet(app);
        addSubscribers(app, { store, memory });
        addRest(app, { squad, deletedNights, guard, userIdOf });
        // Either token ends the grant.
        app.post<{ Querystring: { token?: string } }>('/revoke', (request, reply) =>
          grants.revoke(request.query.token ?? '')
            ? reply.send({})
            : reply.code(400).send({ error: 'invalid_token', error_description: 'Token expired or revoked' }),
        );
      },
      userIdOf,
      documentIdOf: (day) => idFor(day.seed, day.athlete.key, day.dayIndex, 'google', 'sleep'),
      tell: async (_athlete, nights) => {
        const attempts: Attempt[] = [];
        for (const { day } of nights) attempts.push(...(await sendDay('UPSERT', day)));
        return attempts;
      },
      tellDeleted: (_athlete, day) => sendDay('DELETE', day),
      tellUnknownUser: () => send('UPSERT', { healthUserId: 'NOBODY', dataType: 'sleep', intervals: [] }),
      // As at the vendor: deletions of what may be read no more.
      tellRevoked: (athlete: Story) =>
        send('DELETE', { healthUserId: userIdOf(athlete), dataType: 'sleep', intervals: [] }),
    };
  },
});
