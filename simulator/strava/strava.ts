import { createHmac } from 'node:crypto';
import { workoutOf } from '../athletes/movement.ts';
import { numberFor } from '../athletes/random.ts';
import { defineVendor } from '../vendor/definition.ts';
import type { Attempt } from '../vendor/delivery-log.ts';
import type { ApiOptions, DeliveryOptions, OauthOptions, WindowUse } from '../vendor/tables.ts';
import { activityId, createActivities } from './activities.ts';
import type { Activity } from './activities.ts';
import { addRest, addRevocation, faultOf } from './rest.ts';
import { addSubscriptions } from './subscriptions.ts';

const oauth: OauthOptions = {
  authorizePath: '/oauth/authorize',
  tokenPath: '/oauth/token',
  scopes: {
    read: 'Public profile',
    read_all: 'Private profile',
    'profile:read_all': 'The whole profile',
    'activity:read': 'Activities, without private ones',
    'activity:read_all': 'Activities, private ones too',
  },
  scopeSeparator: ',',
  scopesChosenBy: 'application',
  pkce: 'optional',
  clientAuthentication: 'form',
  refreshTokens: 'rotate',
  accessTokenSec: 21_600,
  refreshTokenSec: null,
  tokenPrefix: 'STRAVA',
  // Only there: the token answer names none.
  tellsScopeOnRedirect: true,
  answerExtras: ({ athlete, userId, nowMs, expiresInSec, isRefresh }) => ({
    token_type: 'Bearer',
    scope: undefined,
    expires_at: Math.floor(nowMs / 1000) + expiresInSec,
    ...(isRefresh ? {} : { athlete: { id: Number(userId), username: athlete.key, resource_state: 2 } }),
  }),
  refusal: (error) =>
    error === 'invalid_client'
      ? { status: 401, body: faultOf('Authorization Error', 'Application', 'client_id', 'invalid') }
      : { status: 400, body: faultOf('Bad Request', 'RefreshToken', 'refresh_token', 'invalid') },
};

/** Overall limits are twice those of reads. */
function usageHeaders(windows: readonly WindowUse[]): Record<string, string> {
  const of = (value: (window: WindowUse) => number): string => windows.map(value).join(',');
  return {
    'x-ratelimit-limit': of(({ requests }) => 2 * requests),
    'x-ratelimit-usage': of(({ used }) => used),
    'x-readratelimit-limit': of(({ requests }) => requests),
    'x-readratelimit-usage': of(({ used }) => used),
  };
}

const api: ApiOptions = {
  windows: [
    { requests: 100, sec: 900 },
    { requests: 1000, sec: 86_400 },
  ],
  limitedPer: 'application',
  usageHeaders: ({ windows }) => usageHeaders(windows),
  rateLimited: ({ windows }) => ({
    headers: usageHeaders(windows),
    body: faultOf('Rate Limit Exceeded', 'Application', 'read rate limit', 'exceeded'),
  }),
  unauthorized: (reply) => reply.code(401).send(faultOf('Authorization Error', 'Athlete', 'access_token', 'invalid')),
  unavailable: (reply) => reply.code(503).send({ message: 'Service Unavailable' }),
};

const delivery: DeliveryOptions = {
  // With the client secret, as some have seen it; the vendor does not say.
  sign: ({ rawBody, nowMs, settings, isForged }) => {
    const time = Math.floor(nowMs / 1000);
    const key = isForged ? `${settings.clientSecret}-wrong` : settings.clientSecret;
    const signature = createHmac('sha256', key).update(`${time}.${rawBody}`).digest('hex');
    return { 'x-strava-signature': `t=${time},v1=${signature}` };
  },
  isTaken: (status) => status === 200,
  answerWithinMs: 2_000,
  retryAfterSec: [120, 120],
};

type AspectType = 'create' | 'update' | 'delete';

/** Strava API v3: ids only in webhooks, one subscription, scopes told on the redirect. It hears of sessions, not nights. */
export const strava = defineVendor({
  slug: 'strava',
  name: 'Strava',
  variables: {},
  oauth,
  api,
  delivery,
  create({ seed, settings, squad, grants, courier, guard, deletedNights, memory, store, now }) {
    const userIdOf = ({ key }: { key: string }): string =>
      String(numberFor(10_000_000, 99_999_999, seed, key, 'strava'));
    const activities = createActivities({ squad, deletedNights });

    const send = async (event: {
      aspectType: AspectType;
      objectType: 'activity' | 'athlete';
      objectId: number;
      ownerId: number;
      updates?: Record<string, string>;
    }): Promise<Attempt[]> => {
      const attempts: Attempt[] = [];
      for (const { id } of memory.subscriptions) {
        const rawBody = JSON.stringify({
          aspect_type: event.aspectType,
          event_time: Math.floor(now() / 1000),
          object_id: event.objectId,
          object_type: event.objectType,
          owner_id: event.ownerId,
          subscription_id: Number(id),
          updates: event.updates ?? {},
        });
        const { aspectType: eventType, objectType: dataType } = event;
        attempts.push(...(await courier.send({ to: { subscriptionId: id }, eventType, dataType, rawBody })));
      }
      return attempts;
    };
    const sendActivity = (aspectType: AspectType, { id, day }: Activity): Promise<Attempt[]> => {
      const ownerId = Number(userIdOf(day.athlete));
      const updates = aspectType === 'update' ? { title: 'edited' } : {};
      return send({ aspectType, objectType: 'activity', objectId: id, ownerId, updates });
    };

    return {
      addRoutes: (app) => {
        addRevocation(app, { grants, settings });
        addSubscriptions(app, { store, memory, settings });
        addRest(app, { activities, guard, userIdOf });
      },
      userIdOf,
      documentIdOf: (day) => String(activityId(day)),
      tell: async (athlete, nights) => {
        // Nights that share their last session tell of it once.
        const told = new Map<number, { activity: Activity; event: AspectType }>();
        for (const { day, event } of nights) {
          const activity = activities.lastUntil(athlete, day.dayIndex);
          if (activity) told.set(activity.id, { activity, event });
        }
        const attempts: Attempt[] = [];
        for (const { activity, event } of told.values()) attempts.push(...(await sendActivity(event, activity)));
        return attempts;
      },
      tellDeleted: async (athlete, day) => {
        const hadSession = !day.isPartial && workoutOf(day) !== null;
        // Where the day had none, the last session before it goes.
        const activity = hadSession ? undefined : activities.lastUntil(athlete, day.dayIndex);
        if (activity) deletedNights.add(athlete, activity.day.dayIndex);
        const objectId = activity?.id ?? activityId(day);
        const ownerId = Number(userIdOf(athlete));
        return send({ aspectType: 'delete', objectType: 'activity', objectId, ownerId });
      },
      tellUnknownUser: () => send({ aspectType: 'create', objectType: 'activity', objectId: 2, ownerId: 7 }),
      tellRevoked: (athlete) => {
        const ownerId = Number(userIdOf(athlete));
        const updates = { authorized: 'false' };
        return send({ aspectType: 'update', objectType: 'athlete', objectId: ownerId, ownerId, updates });
      },
    };
  },
});
