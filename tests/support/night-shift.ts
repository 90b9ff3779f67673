import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { linkVendorUser, signDelivery, sleepDocument, sleepEvent, type OuraVendor } from './oura-vendor.ts';
import { register } from './people.ts';
import { until } from './wait.ts';
import type { World } from './world.ts';

/** Deliveries on their way at once: enough that each instant finds some that are answered and some that are not yet. */
const LANES = 16;
const REPEAT_AFTER_MS = 20;
const LOOK_EVERY_MS = 250;
/** As long as a killed process may need to be back on a busy machine. */
const ACCEPTED_WITHIN_MS = 120_000;
const FIRST_NIGHT = Date.UTC(2025, 3, 1);
const DAY_MS = 86_400_000;

/** One night of one athlete: a record at the vendor, and the one event that tells of it. */
export interface Night {
  recordId: string;
  athleteId: string;
  day: string;
  event: string;
  /** SHA-256 of the event, hex: what its delivery's `body_hash` must be. */
  hash: string;
}

/** The vendor at work: nights, the deliveries that tell of them, and which of these were accepted. */
export interface NightShift {
  nights: readonly Night[];
  /** Hashes of the events that were answered with success. */
  accepted: ReadonlySet<string>;
  /** Delivers the nights from `from` up to, not including, `to`, each again and again until it is accepted. */
  deliver(from: number, to: number): Promise<void>;
  /** Delivers the night with that number, until it is accepted, to the replica whose webhooks are at that address. */
  deliverOnce(number: number, webhooks: string): Promise<void>;
  /** Resolves when that many are accepted. */
  untilAccepted(count: number): Promise<void>;
}

/** Variables that keep the limits for people and vendors out of the way of a load test. */
export const WITHOUT_LIMITS: Record<string, string> = {
  LIMIT_FACTOR: '1000000',
  OURA_QUOTA: '1000000/10',
  WEBHOOK_CEILING: '1000000/10',
};

/** Registers and links `athletes`, waits until their history is loaded, and gives the vendor `count` nights of theirs. */
export async function startNightShift(
  world: World,
  options: { vendor: OuraVendor; athletes: number; count: number },
): Promise<NightShift> {
  const { vendor } = options;
  const athletes: { id: string; user: string }[] = [];
  // One after another: a password is made slow to hash, and many at once would wait beyond the gateway's patience.
  for (let n = 0; n < options.athletes; n += 1) athletes.push(await linkedAthlete(world, `user-${n}`));
  await until('the history', () => isHistoryLoaded(world), ACCEPTED_WITHIN_MS);

  const eventTime = new Date().toISOString();
  const nights = Array.from({ length: options.count }, (_, n): Night => {
    const { id: athleteId, user } = athletes[n % athletes.length] as { id: string; user: string };
    const recordId = `night-${n}`;
    const day = new Date(FIRST_NIGHT + Math.floor(n / athletes.length) * DAY_MS).toISOString().slice(0, 10);
    vendor.documents.set(`sleep/${recordId}`, sleepDocument({ id: recordId, day, hrvMs: 40 + (n % 30) }));
    vendor.owners.set(`sleep/${recordId}`, user);
    const event = JSON.stringify(sleepEvent({ userId: user, objectId: recordId, time: eventTime }));
    return { recordId, athleteId, day, event, hash: createHash('sha256').update(event).digest('hex') };
  });
  const accepted = new Set<string>();

  async function deliverOnce(number: number, webhooks: string): Promise<void> {
    const { event, hash } = nights[number] as Night;
    await deliverUntilAccepted(`${webhooks}/oura`, event);
    accepted.add(hash);
  }

  async function deliver(from: number, to: number): Promise<void> {
    let next = from;
    const lane = async (): Promise<void> => {
      while (next < to) {
        const number = next;
        next += 1;
        await deliverOnce(number, world.urls.webhooks);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }

  return {
    nights,
    accepted,
    deliver,
    deliverOnce,
    untilAccepted: async (count) =>
      void (await until(`${count} accepted deliveries`, () => accepted.size >= count, ACCEPTED_WITHIN_MS)),
  };
}

async function linkedAthlete(world: World, user: string): Promise<{ id: string; user: string }> {
  const athlete = await register(world, 'ATHLETE');
  await linkVendorUser(world, { athlete, userId: user });
  return { id: athlete.athleteId, user };
}

async function isHistoryLoaded(world: World): Promise<boolean> {
  const jobs = await world.database.query<{ state: string }>('select distinct state from connections.sync_job');
  return jobs.length === 1 && jobs[0]?.state === 'DONE';
}

/** Not reached, or refused for now: once more. Any other refusal is an error, since nothing was wrong with the delivery. */
async function deliverUntilAccepted(url: string, event: string): Promise<void> {
  const end = Date.now() + ACCEPTED_WITHIN_MS;
  for (;;) {
    const { body, headers } = signDelivery(event);
    const status = await fetch(url, { method: 'POST', body, headers }).then(
      async (response) => (await response.arrayBuffer(), response.status),
      () => 0,
    );
    if (status === 200) return;
    if (status !== 0 && status < 500) throw new Error(`a delivery was refused with ${status}: ${event}`);
    if (Date.now() > end) throw new Error(`a delivery was not accepted within ${ACCEPTED_WITHIN_MS} ms: ${event}`);
    await pause(REPEAT_AFTER_MS);
  }
}

/**
 * Milliseconds until the score has seen all accepted nights and nothing is under way any more, so that what comes twice is
 * seen as well; null when that takes longer.
 */
export async function settledWithin(world: World, shift: NightShift, withinMs: number): Promise<number | null> {
  const started = Date.now();
  while (Date.now() - started < withinMs) {
    const [row] = await world.database.query<{ taken: number; underWay: boolean }>(
      `select (select count(*)::int from insights.taken_touch where signal = 'SLEEP') as taken,
              exists (select from connections.delivery d
                       where case d.domain
                               when 'notification' then not exists (select from connections.fetched_notification f where f.delivery_id = d.id)
                               else not exists (select from health_data.processed_delivery p where p.delivery_id = d.id) end) as "underWay"`,
    );
    if (row && row.taken >= shift.accepted.size && !row.underWay) return Date.now() - started;
    await pause(LOOK_EVERY_MS);
  }
  return null;
}
