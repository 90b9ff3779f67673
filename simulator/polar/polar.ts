import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { numberFor } from '../athletes/random.ts';
import type { Story } from '../athletes/stories.ts';
import { defineVendor } from '../vendor/definition.ts';
import type { Attempt } from '../vendor/delivery-log.ts';
import type { ApiOptions, DeliveryOptions, OauthOptions, WindowUse } from '../vendor/tables.ts';
import { addRest, type Registered } from './rest.ts';

const oauth: OauthOptions = {
  authorizePath: '/oauth2/authorization',
  tokenPath: '/v2/oauth2/token',
  scopes: { 'accesslink.read_all': 'Training, activity and sleep' },
  scopeSeparator: ' ',
  scopesChosenBy: 'application',
  pkce: 'optional',
  clientAuthentication: 'basic',
  refreshTokens: 'none',
  accessTokenSec: 315_359_999,
  refreshTokenSec: null,
  tokenPrefix: 'POLAR',
  tellsScopeOnRedirect: false,
  // It says who the person is and not what was granted.
  answerExtras: ({ userId }) => ({ x_user_id: Number(userId), scope: undefined }),
};

const listOf = (windows: readonly WindowUse[], read: (window: WindowUse) => number): string =>
  windows.map(read).join(', ');

const headersOf = (windows: readonly WindowUse[], nowMs: number): Record<string, string> => ({
  'ratelimit-usage': listOf(windows, ({ used }) => used),
  'ratelimit-limit': listOf(windows, ({ requests }) => requests),
  'ratelimit-reset': listOf(windows, ({ endsAtMs }) => Math.max(1, Math.ceil((endsAtMs - nowMs) / 1000))),
});

const api: ApiOptions = {
  windows: [
    { requests: 500, sec: 900 },
    { requests: 5000, sec: 86_400 },
  ],
  limitedPer: 'application',
  usageHeaders: ({ windows, nowMs }) => headersOf(windows, nowMs),
  rateLimited: ({ windows, nowMs }) => ({
    headers: headersOf(windows, nowMs),
    body: { message: 'Too many requests' },
  }),
  unauthorized: (reply) => reply.code(401).send({ message: 'Unauthorized' }),
  unavailable: (reply) => reply.code(503).send({ message: 'Service unavailable' }),
};

const delivery: DeliveryOptions = {
  sign: ({ rawBody, settings, isForged }) => {
    const secret = String(settings.own['SIGNATURE_SECRET'] ?? '');
    const signature = createHmac('sha256', isForged ? `${secret}-wrong` : secret)
      .update(rawBody)
      .digest('hex');
    return { 'Polar-Webhook-Signature': signature };
  },
  isTaken: (status) => status === 200,
  answerWithinMs: 10_000,
  retryAfterSec: [60, 600, 3600],
};

/** What a synchronised watch makes Polar tell of, each by the date. */
const TOLD = [
  ['SLEEP', 'sleep'],
  ['ACTIVITY_SUMMARY', 'activities'],
  ['CONTINUOUS_HEART_RATE', 'continuous-heart-rate'],
] as const;

/** Polar AccessLink v3: dates only in webhooks, one webhook per application, no time in its signature, tokens for years. */
export const polar = defineVendor({
  slug: 'polar',
  name: 'Polar',
  variables: {
    /** Where deliveries go; none are sent without it. */
    WEBHOOK_URL: z.url().optional(),
    /** What Polar would have shown when the webhook was made. */
    SIGNATURE_SECRET: z.string().optional(),
  },
  oauth,
  api,
  delivery,
  create({ seed, settings, squad, grants, courier, guard, deletedNights, memory, store, now }) {
    const userIdOf = ({ key }: Story): string => String(numberFor(1_000_000, 59_999_999, seed, key, 'polar-user'));

    const send = async (event: string, path: string, date: string, userId: string): Promise<Attempt[]> => {
      const url = settings.own.WEBHOOK_URL;
      if (url === undefined) return [];
      const rawBody = JSON.stringify({
        event,
        user_id: Number(userId),
        date,
        timestamp: new Date(now()).toISOString(),
        url: `https://www.polaraccesslink.com/v3/users/${path}/${date}`,
      });
      const headers = { 'Polar-Webhook-Event': event };
      return courier.send({ to: { url }, eventType: event, dataType: path, rawBody, headers });
    };

    const sendDay = async (date: string, userId: string): Promise<Attempt[]> => {
      const attempts: Attempt[] = [];
      for (const [event, path] of TOLD) attempts.push(...(await send(event, path, date, userId)));
      return attempts;
    };

    return {
      addRoutes: (app) => {
        const registered = createRegistered({ notes: memory.notes, onChange: () => store.changed() });
        addRest(app, { squad, guard, grants, registered, deletedNights, userIdOf, now });
      },
      userIdOf,
      documentIdOf: ({ date }) => date,
      tell: async (athlete, nights) => {
        const attempts: Attempt[] = [];
        for (const { day } of nights) attempts.push(...(await sendDay(day.date, userIdOf(athlete))));
        return attempts;
      },
      // Polar tells of nothing that goes.
      tellDeleted: async () => [],
      tellUnknownUser: () => send('SLEEP', 'sleep', new Date(now()).toISOString().slice(0, 10), '60000000'),
      tellRevoked: null,
    };
  },
});

function createRegistered({ notes, onChange }: { notes: Record<string, unknown>; onChange: () => void }): Registered {
  const keys = (): string[] => (notes['registered'] as string[] | undefined) ?? [];
  const keep = (registered: string[]): void => {
    notes['registered'] = registered;
    onChange();
  };
  return {
    has: ({ key }) => keys().includes(key),
    add: ({ key }) => keep([...keys(), key]),
    remove: ({ key }) => keep(keys().filter((other) => other !== key)),
  };
}
