import { createHmac, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Day } from '../athletes/day.ts';
import { numberFor } from '../athletes/random.ts';
import type { Story } from '../athletes/stories.ts';
import { defineVendor } from '../vendor/definition.ts';
import type { Attempt } from '../vendor/delivery-log.ts';
import type { ApiOptions, DeliveryOptions, OauthOptions, WindowUse } from '../vendor/tables.ts';
import { sleepIdOf } from './documents.ts';
import { addRest } from './rest.ts';

const oauth: OauthOptions = {
  authorizePath: '/oauth/oauth2/auth',
  tokenPath: '/oauth/oauth2/token',
  scopes: {
    offline: 'Access while you are away',
    'read:recovery': 'Recovery: HRV, resting heart rate, oxygen, skin temperature',
    'read:cycles': 'Strain of each day',
    'read:sleep': 'Sleep and naps',
    'read:workout': 'Workouts',
    'read:profile': 'Name and e-mail address',
    'read:body_measurement': 'Height and weight',
  },
  scopeSeparator: ' ',
  scopesChosenBy: 'application',
  pkce: 'optional',
  clientAuthentication: 'form',
  refreshTokens: 'rotate',
  isRefreshable: ({ scopes }) => scopes.includes('offline'),
  accessTokenSec: 3600,
  refreshTokenSec: null,
  tokenPrefix: 'WHOOP',
  tellsScopeOnRedirect: true,
};

/** Of the window that has the least left. */
const headersOf = (windows: readonly WindowUse[], nowMs: number): Record<string, string> => {
  const [tightest] = windows.toSorted((left, right) => left.requests - left.used - (right.requests - right.used));
  const each = windows.map(({ requests, sec }) => `${requests};window=${sec}`);
  return {
    'x-ratelimit-limit': [String(tightest?.requests ?? 0), ...each].join(', '),
    'x-ratelimit-remaining': String(Math.max(0, (tightest?.requests ?? 0) - (tightest?.used ?? 0))),
    'x-ratelimit-reset': String(Math.max(1, Math.ceil(((tightest?.endsAtMs ?? nowMs) - nowMs) / 1000))),
  };
};

const api: ApiOptions = {
  windows: [
    { requests: 100, sec: 60 },
    { requests: 10_000, sec: 86_400 },
  ],
  limitedPer: 'application',
  usageHeaders: ({ windows, nowMs }) => headersOf(windows, nowMs),
  // No Retry-After: seconds to wait stand in the reset alone.
  rateLimited: ({ windows, endsAtMs, nowMs }) => ({
    headers: {
      ...headersOf(windows, nowMs),
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(Math.max(1, Math.ceil((endsAtMs - nowMs) / 1000))),
    },
    body: { error: 'Too Many Requests' },
  }),
  unauthorized: (reply) => reply.code(401).send({ error: 'Authorization was not valid' }),
  unavailable: (reply) => reply.code(503).send({}),
};

const delivery: DeliveryOptions = {
  sign: ({ rawBody, nowMs, settings, isForged }) => {
    const timestamp = String(nowMs);
    const secret = isForged ? `${settings.clientSecret}-wrong` : settings.clientSecret;
    return {
      'X-WHOOP-Signature-Timestamp': timestamp,
      'X-WHOOP-Signature': createHmac('sha256', secret).update(timestamp).update(rawBody).digest('base64'),
    };
  },
  isTaken: (status) => status >= 200 && status < 300,
  answerWithinMs: 5000,
  // An hour in all.
  retryAfterSec: [60, 240, 600, 1200, 1500],
};

type Kind = 'sleep' | 'recovery';
type Action = 'updated' | 'deleted';

/** WHOOP API v2: ids only in webhooks, which go to the address configured in its console; a recovery goes by its sleep. */
export const whoop = defineVendor({
  slug: 'whoop',
  name: 'WHOOP',
  variables: {
    /** Where deliveries go; none are sent without it. */
    WEBHOOK_URL: z.url().optional(),
  },
  oauth,
  api,
  delivery,
  create({ seed, settings, squad, grants, courier, guard, deletedNights, memory, store, now }) {
    const userIdOf = ({ key }: Story): string => String(numberFor(10_000_000, 99_999_998, seed, key, 'whoop-user'));
    const playedName = ({ athlete, dayIndex }: Day): string => `played|${athlete.key}|${dayIndex}`;

    const send = async (event: { userId: string; id: string; kind: Kind; action: Action }): Promise<Attempt[]> => {
      const url = settings.own.WEBHOOK_URL;
      if (url === undefined) return [];
      const { userId, id, kind, action } = event;
      const rawBody = JSON.stringify({
        user_id: Number(userId),
        id,
        type: `${kind}.${action}`,
        trace_id: randomUUID(),
      });
      return courier.send({ to: { url }, eventType: action, dataType: kind, rawBody });
    };

    /** The sleep first, then the recovery that was made of it, both under the id of the sleep. */
    const sendNight = async (day: Day, action: Action): Promise<Attempt[]> => {
      const event = { userId: userIdOf(day.athlete), id: sleepIdOf(day, 'sleep'), action };
      return [...(await send({ ...event, kind: 'sleep' })), ...(await send({ ...event, kind: 'recovery' }))];
    };

    return {
      addRoutes: (app) => {
        const playedAtMs = (day: Day): number | null => (memory.notes[playedName(day)] as number | undefined) ?? null;
        addRest(app, { squad, guard, grants, deletedNights, userIdOf, playedAtMs });
      },
      userIdOf,
      documentIdOf: (day) => sleepIdOf(day, 'sleep'),
      tell: async (_athlete, nights) => {
        const attempts: Attempt[] = [];
        for (const { day } of nights) {
          memory.notes[playedName(day)] = now();
          store.changed();
          attempts.push(...(await sendNight(day, 'updated')));
        }
        return attempts;
      },
      tellDeleted: (_athlete, day) => sendNight(day, 'deleted'),
      tellUnknownUser: () => send({ userId: '99999999', id: randomUUID(), kind: 'sleep', action: 'updated' }),
      tellRevoked: null,
    };
  },
});
