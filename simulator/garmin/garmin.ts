import { z } from 'zod';
import type { Day } from '../athletes/day.ts';
import { idFor } from '../athletes/random.ts';
import type { Story } from '../athletes/stories.ts';
import { defineVendor } from '../vendor/definition.ts';
import type { Attempt } from '../vendor/delivery-log.ts';
import type { ApiOptions, DeliveryOptions, OauthOptions } from '../vendor/tables.ts';
import { addApi, callbackUrl, daysWithin, permissionOf } from './api.ts';
import { createHistory } from './history.ts';
import { isSummaryType, sleepIdOf, summariesOf } from './summaries.ts';
import type { Summary, SummaryType } from './summaries.ts';

const oauth: OauthOptions = {
  authorizePath: '/oauth2Confirm',
  tokenPath: '/di-oauth2-service/oauth/token',
  // Switches on Garmin's own page; the application asks for nothing.
  scopes: {
    ACTIVITY_EXPORT: 'Activities',
    HEALTH_EXPORT: 'Daily health: sleep, heart rate variability, steps',
    HISTORICAL_DATA_EXPORT: 'Historical data',
  },
  scopeSeparator: ' ',
  scopesChosenBy: 'page',
  pkce: 'required',
  clientAuthentication: 'form',
  refreshTokens: 'rotate',
  accessTokenSec: 86_400,
  refreshTokenSec: 7_775_998,
  tokenPrefix: 'GARMIN',
  tellsScopeOnRedirect: false,
  // The scope says nothing about the switches.
  answerExtras: ({ nowMs, userId }) => ({
    scope: 'PARTNER_WRITE PARTNER_READ CONNECT_READ CONNECT_WRITE',
    jti: idFor(userId, nowMs),
    refresh_token_expires_in: 7_775_998,
  }),
};

const api: ApiOptions = {
  windows: [{ requests: 6000, sec: 60 }],
  limitedPer: 'application',
  rateLimited: () => ({ headers: {}, body: { errorMessage: 'Limit exceeded' } }),
  unauthorized: (reply) => reply.code(401).send({ errorMessage: 'Unable to read oAuth header' }),
  unavailable: (reply) => reply.code(503).send({ errorMessage: 'Try again later' }),
};

const delivery: DeliveryOptions = {
  // Nothing is signed: the client id is all there is.
  sign: ({ settings, isForged }) => ({
    'garmin-client-id': isForged ? 'another-application' : settings.clientId,
    'user-agent': 'Garmin Health API',
  }),
  isTaken: (status) => status === 200,
  answerWithinMs: 30_000,
  retryAfterSec: [10, 30, 60, 120, 300, 600, 1200, 2400, 3600],
};

const ALSO_TOLD: SummaryType[] = ['hrv', 'dailies', 'activities'];
/** Days of one body of history. */
const DAYS_PER_BODY = 10;

/** Garmin Health API: data in the webhooks themselves (PUSH) or behind an address (PING), history by webhook too. */
export const garmin = defineVendor({
  slug: 'garmin',
  name: 'Garmin',
  variables: {
    /** As typed into the endpoint tool: `{WEBHOOK_URL}/{PATH_TOKEN}/{summary type}`. Without both nothing is delivered. */
    WEBHOOK_URL: z.url().optional(),
    PATH_TOKEN: z.string().optional(),
    DELIVERY: z.enum(['push', 'ping']).default('push'),
  },
  oauth,
  api,
  delivery,
  create({ seed, settings, squad, grants, courier, guard, deletedNights, memory, store, now }) {
    const userIdOf = ({ key }: { key: string }): string => idFor(seed, key, 'garmin').replaceAll('-', '');

    const heldOf = (type: SummaryType, day: Day): Summary[] => {
      const isOfNight = type === 'sleeps' || type === 'hrv';
      return isOfNight && deletedNights.has(day.athlete, day.dayIndex) ? [] : summariesOf({ type, day, squad });
    };

    const post = async (type: string, eventType: string, entries: readonly object[]): Promise<Attempt[]> => {
      const { WEBHOOK_URL: base, PATH_TOKEN: token } = settings.own;
      if (base === undefined || token === undefined || entries.length === 0) return [];
      const rawBody = JSON.stringify({ [type]: entries });
      return courier.send({ to: { url: `${base}/${token}/${type}` }, eventType, dataType: type, rawBody });
    };

    const maySend = (athlete: Story, type: string): boolean =>
      Object.values(memory.grants).some(
        ({ athleteKey, scopes }) => athleteKey === athlete.key && scopes.includes(permissionOf(type)),
      );

    /** Days of one kind in one body: the summaries, or an address for each day. */
    const tellDays = async (type: SummaryType, days: readonly Day[]): Promise<Attempt[]> => {
      const [first] = days;
      if (first === undefined || !maySend(first.athlete, type)) return [];
      const userId = userIdOf(first.athlete);
      const held = days.map((day) => ({ day, summaries: heldOf(type, day) }));
      const host = memory.notes['host'];
      if (settings.own.DELIVERY === 'push' || typeof host !== 'string') {
        const entry = (summary: Summary): object => ({ userId, ...summary });
        return post(
          type,
          'push',
          held.flatMap(({ summaries }) => summaries.map(entry)),
        );
      }
      const pings = held
        .filter(({ summaries }) => summaries.length > 0)
        .map(({ day }) => ({ userId, callbackURL: callbackUrl({ host, type, date: day.date, nowMs: now() }) }));
      return post(type, 'ping', pings);
    };

    const deregistered = (athlete: Story): Promise<Attempt[]> =>
      post('deregistrations', 'deregistration', [{ userId: userIdOf(athlete) }]);

    const history = createHistory({
      memory,
      store,
      async push({ athlete, type, fromSec, toSec }) {
        if (!isSummaryType(type)) return;
        const days = daysWithin({ squad, athlete, fromSec, toSec }).map((index) => squad.dayAt(athlete, index));
        for (let at = 0; at < days.length; at += DAYS_PER_BODY)
          await tellDays(type, days.slice(at, at + DAYS_PER_BODY));
      },
    });

    return {
      addRoutes: (app) => {
        const onDeregistered = (athlete: Story): void => void deregistered(athlete);
        addApi(app, { squad, grants, guard, memory, store, history, heldOf, userIdOf, onDeregistered });
        app.addHook('onClose', async () => history.stop());
      },
      userIdOf,
      documentIdOf: sleepIdOf,
      tell: async (_athlete, nights) => {
        const days = nights.map(({ day }) => day);
        const first = await tellDays('sleeps', days);
        const rest = await Promise.all(ALSO_TOLD.map((type) => tellDays(type, days)));
        return [...first, ...rest.flat()];
      },
      // Garmin tells of no deletion.
      tellDeleted: () => Promise.resolve([]),
      tellUnknownUser: () => post('dailies', 'push', [{ userId: idFor('nobody').replaceAll('-', ''), steps: 1 }]),
      tellRevoked: deregistered,
    };
  },
});
