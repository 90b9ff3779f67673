import type { FastifyInstance, FastifyReply } from 'fastify';
import { FAULTS, isFault } from './faults.ts';
import type { Faults } from './faults.ts';
import type { Courier } from './oura/deliver.ts';
import type { Grants } from './oura/grants.ts';
import type { NightChange } from './physiology.ts';
import type { Player } from './play.ts';
import { idFor } from './random.ts';
import type { Squad } from './squad.ts';
import type { Store } from './state.ts';
import type { Story } from './stories.ts';

/** The steady athlete who shares everything: a played night of hers moves a number on the coach's screen. */
const DEFAULT_ATHLETE = 'aino';
const MOST_ATHLETES = 50_000;
const MOODS: unknown[] = ['ordinary', 'worse', 'better', 'ill'];

interface Parts {
  squad: Squad;
  grants: Grants;
  courier: Courier;
  player: Player;
  faults: Faults;
  store: Store;
  now: () => number;
}

type Ask = { Body: { athlete?: string; provider?: string; change?: NightChange['mood'] } | null };

/** The demo's hands on the simulated world, under `/control`; no vendor has this. */
export function addControl(app: FastifyInstance, parts: Parts): void {
  void app.register(
    async (scope) => {
      // Another site's page in the same browser must not press these buttons.
      scope.addHook('onRequest', async (request, reply) => {
        const { origin, host } = request.headers;
        if (origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host)) {
          await refuse(reply, 403, 'Control calls are taken from the simulator’s own page and from programs only.');
        }
      });
      addPlaying(scope, parts);
      addWorld(scope, parts);
    },
    { prefix: '/control' },
  );
}

function addPlaying(app: FastifyInstance, { squad, player }: Parts): void {
  const play = (path: string, run: (athlete: Story, mood?: NightChange['mood']) => Promise<unknown>): void => {
    app.post<Ask>(path, async (request, reply) => {
      const { athlete: key = DEFAULT_ATHLETE, provider = 'oura', change } = request.body ?? {};
      const athlete = squad.named(key);
      if (!athlete) return refuse(reply, 404, 'There is no athlete of that key; GET /control/athletes lists them.');
      if (provider.toLowerCase() !== 'oura') return refuse(reply, 400, 'Only the provider "oura" is simulated.');
      if (change !== undefined && !MOODS.includes(change)) {
        return refuse(reply, 400, `"change" must be one of ${MOODS.join(', ')}, or left out to alternate.`);
      }
      return run(athlete, change);
    });
  };
  play('/night', player.night);
  play('/week', player.week);
  play('/illness', player.illness);
}

function addWorld(app: FastifyInstance, { squad, grants, courier, faults, store, now }: Parts): void {
  const { state } = store;
  const shown = (athletes: Story[]): object => {
    const linked = grants.linkedKeys();
    return { athletes: athletes.map((athlete) => describe(athlete, linked.has(athlete.key))) };
  };
  const describe = (athlete: Story, isLinked: boolean): object => ({
    key: athlete.key,
    displayName: athlete.displayName,
    email: athlete.email,
    userId: squad.userId(athlete),
    timeZone: athlete.timeZone,
    story: athlete.story,
    nights: athlete.nights,
    shares: athlete.shares,
    sleepNeedMin: athlete.sleepNeedMin,
    isLinked,
  });

  app.get('/athletes', () => shown(squad.athletes()));

  app.post<{ Body: { count?: unknown } | null }>('/athletes', (request, reply) => {
    const count = request.body?.count ?? 1;
    const room = MOST_ATHLETES - squad.athletes().length;
    if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > room) {
      return refuse(reply, 400, `"count" must be a whole number from 1 to ${room}.`);
    }
    return reply.code(201).send(shown(squad.addGeneric(count)));
  });

  // Nothing secret: tokens and codes are counted, not shown.
  app.get('/state', () => ({
    now: new Date(now()).toISOString(),
    anchoredAt: new Date(state.anchoredAtMs).toISOString(),
    clockOffsetMs: state.clockOffsetMs,
    athletes: squad.athletes().length,
    linked: [...grants.linkedKeys()],
    accessTokens: Object.keys(state.accessTokens).length,
    subscriptions: state.subscriptions.map(({ id, callback_url, event_type, data_type, expiresAtMs }) => ({
      id,
      callback_url,
      event_type,
      data_type,
      expiresAt: new Date(expiresAtMs).toISOString(),
    })),
    pendingDeliveries: state.pending.map(({ id, attempts, dueAtMs }) => ({ id, attempts, dueAtMs })),
    nights: state.nights,
  }));

  app.post<{ Body: { offsetMs?: unknown } | null }>('/clock', (request, reply) => {
    const offsetMs = request.body?.offsetMs;
    if (typeof offsetMs !== 'number' || !Number.isSafeInteger(offsetMs)) {
      return refuse(reply, 400, '"offsetMs" must be a whole number of milliseconds.');
    }
    state.clockOffsetMs = offsetMs;
    store.changed();
    return reply.send({ now: new Date(now()).toISOString(), clockOffsetMs: offsetMs });
  });

  app.get('/faults', () => FAULTS);

  app.post<{ Body: { name?: unknown; times?: unknown; athlete?: string } | null }>('/fault', async (request, reply) => {
    const { name, times = 1, athlete = DEFAULT_ATHLETE } = request.body ?? {};
    if (!isFault(name)) return refuse(reply, 400, `"name" must be one of ${Object.keys(FAULTS).join(', ')}.`);
    if (typeof times !== 'number' || !Number.isInteger(times) || times < 1) {
      return refuse(reply, 400, '"times" must be a whole number, 1 or more.');
    }
    if (name === 'token-expired') grants.expireAccessTokens();
    else if (name === 'revoked') grants.revokeAthlete(athlete);
    else if (name !== 'unknown-user') faults.plan(name, times);
    const deliveries = name === 'unknown-user' ? await courier.send(unknownUserEvent(now())) : [];
    return reply.send({ name, effect: FAULTS[name], deliveries });
  });
}

function unknownUserEvent(nowMs: number) {
  return {
    event_type: 'create' as const,
    data_type: 'sleep',
    object_id: idFor('nobody', nowMs),
    user_id: idFor('nobody'),
  };
}

function refuse(reply: FastifyReply, status: number, error: string): FastifyReply {
  return reply.code(status).send({ error });
}
