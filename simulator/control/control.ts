import type { FastifyInstance, FastifyReply } from 'fastify';
import type { NightChange } from '../athletes/physiology.ts';
import type { Squad } from '../athletes/squad.ts';
import type { Story } from '../athletes/stories.ts';
import type { Store } from '../state.ts';
import type { Attempt, DeliveryLog } from '../vendor/delivery-log.ts';
import { FAULTS, isFault, isPlanned } from '../vendor/faults.ts';
import type { SimulatedVendor } from '../vendor/start.ts';
import type { Performance, Player } from './play.ts';

/** The steady athlete who shares everything: a played night of hers moves a number on the coach's screen. */
const DEFAULT_ATHLETE = 'aino';
const MOST_ATHLETES = 50_000;
const MOST_TIMES = 10_000;
const MOODS: unknown[] = ['ordinary', 'worse', 'better', 'ill'];

export interface ControlParts {
  squad: Squad;
  vendors: readonly SimulatedVendor[];
  player: Player;
  log: DeliveryLog;
  store: Store;
  now: () => number;
}

interface Ask {
  athlete?: string;
  provider?: string;
}

/** The demo's hands on the simulated world, under `/control`; no vendor has this. */
export function addControl(app: FastifyInstance, parts: ControlParts): void {
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
      addFaults(scope, parts);
      addWorld(scope, parts);
    },
    { prefix: '/control' },
  );
}

/** Whom and what a call speaks of, or an answer already sent; the first vendor where none is named. */
function performanceOf(
  { squad, vendors }: ControlParts,
  { athlete: key = DEFAULT_ATHLETE, provider }: Ask,
  reply: FastifyReply,
): Performance | null {
  const athlete = squad.named(key);
  const slug = provider?.toLowerCase().replaceAll('_', '-');
  const vendor = slug === undefined ? vendors[0] : vendors.find((other) => other.slug === slug);
  if (athlete && vendor) return { athlete, vendor };
  if (athlete) void refuse(reply, 400, `"provider" must be one of ${vendors.map((known) => known.slug).join(', ')}.`);
  else void refuse(reply, 404, 'There is no athlete of that key; GET /control/athletes lists them.');
  return null;
}

function addPlaying(app: FastifyInstance, parts: ControlParts): void {
  const { player } = parts;
  const play = (
    path: string,
    run: (performance: Performance, mood?: NightChange['mood']) => Promise<unknown>,
  ): void => {
    app.post<{ Body: (Ask & { change?: NightChange['mood'] }) | null }>(path, async (request, reply) => {
      const { change } = request.body ?? {};
      const performance = performanceOf(parts, request.body ?? {}, reply);
      if (!performance) return reply;
      if (change !== undefined && !MOODS.includes(change)) {
        return refuse(reply, 400, `"change" must be one of ${MOODS.join(', ')}, or left out to alternate.`);
      }
      return run(performance, change);
    });
  };
  play('/night', player.night);
  play('/week', player.week);
  play('/illness', player.illness);
}

function addFaults(app: FastifyInstance, parts: ControlParts): void {
  app.get('/faults', () => FAULTS);

  app.post<{ Body: (Ask & { name?: unknown; times?: unknown }) | null }>('/fault', async (request, reply) => {
    const { name, times = 1 } = request.body ?? {};
    const performance = performanceOf(parts, request.body ?? {}, reply);
    if (!performance) return reply;
    const { athlete, vendor } = performance;
    if (!isFault(name)) return refuse(reply, 400, `"name" must be one of ${Object.keys(FAULTS).join(', ')}.`);
    if (typeof times !== 'number' || !Number.isInteger(times) || times < 0 || times > MOST_TIMES) {
      return refuse(
        reply,
        400,
        `"times" must be a whole number from 0, which calls a waiting fault off, to ${MOST_TIMES}.`,
      );
    }
    let deliveries: Attempt[] = [];
    if (isPlanned(name)) {
      vendor.faults.plan(name, times);
    } else if (name === 'token-expired') {
      vendor.grants.expireAccessTokens();
    } else if (name === 'revoked') {
      deliveries = await vendor.revokeAthlete(athlete);
    } else if (name === 'unknown-user') {
      deliveries = await vendor.tellUnknownUser();
    } else {
      const deleted = await parts.player.deleteLast(performance);
      if (!deleted) return refuse(reply, 409, `${vendor.name} holds no night of this athlete that could be deleted.`);
      deliveries = deleted.deliveries;
    }
    return reply.send({
      name,
      provider: vendor.slug,
      effect: FAULTS[name],
      deliveries,
      left: vendor.faults.left(),
    });
  });
}

function addWorld(app: FastifyInstance, { squad, vendors, log, store, now }: ControlParts): void {
  const { state } = store;
  const shown = (athletes: Story[]): object => {
    const linked = vendors.map((vendor) => ({ vendor, keys: vendor.grants.linkedKeys() }));
    return {
      athletes: athletes.map((athlete) => {
        const providers = linked.map(({ vendor, keys }) => {
          return [vendor.slug, { userId: vendor.userIdOf(athlete), isLinked: keys.has(athlete.key) }];
        });
        return describe(athlete, Object.fromEntries(providers));
      }),
    };
  };

  app.get('/athletes', () => shown(squad.athletes()));

  app.post<{ Body: { count?: unknown } | null }>('/athletes', (request, reply) => {
    const count = request.body?.count ?? 1;
    const room = MOST_ATHLETES - squad.athletes().length;
    if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > room) {
      return refuse(reply, 400, `"count" must be a whole number from 1 to ${room}.`);
    }
    return reply.code(201).send(shown(squad.addGeneric(count)));
  });

  app.get('/deliveries', () => ({
    deliveries: log.recent().map(({ atMs, ...attempt }) => ({ at: new Date(atMs).toISOString(), ...attempt })),
  }));

  // Nothing secret: tokens and codes are counted, not shown.
  app.get('/state', () => ({
    now: new Date(now()).toISOString(),
    anchoredAt: new Date(state.anchoredAtMs).toISOString(),
    clockOffsetMs: state.clockOffsetMs,
    athletes: squad.athletes().length,
    providers: Object.fromEntries(vendors.map((vendor) => [vendor.slug, vendor.shown()])),
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
}

function describe(athlete: Story, providers: Record<string, { userId: string; isLinked: boolean }>): object {
  const { key, displayName, email, timeZone, story, nights, shares, alsoWears, sleepNeedMin } = athlete;
  const isLinked = Object.values(providers).some((provider) => provider.isLinked);
  const profile = profileOf(athlete);
  return {
    ...{ key, displayName, email, timeZone, story, nights, shares, alsoWears, sleepNeedMin, profile },
    ...{ isLinked, providers },
  };
}

/** What they would tell about themselves. Highest heart rate by age: Tanaka et al. 2001, J Am Coll Cardiol 37:153-6. */
function profileOf({ body: { sex, age, restingHeartRateBpm } }: Story): object {
  return { sex: sex.toUpperCase(), maxHr: Math.round(208 - 0.7 * age), restHr: restingHeartRateBpm };
}

function refuse(reply: FastifyReply, status: number, error: string): FastifyReply {
  return reply.code(status).send({ error });
}
