import type { NightShift } from './night-shift.ts';
import type { World } from './world.ts';

/** How many are missing, and how many there are too many, at each place an accepted event must be found exactly once. */
export interface NightAccount {
  /** In the log of record, by the hash of the event. */
  notifications: Difference;
  /** What was fetched for it. */
  fetched: Difference;
  /** The normaliser's ledger. */
  processed: Difference;
  /** Canonical rows, by the vendor's record, at the right athlete. */
  nights: Difference;
  /** Changes of the day that others hear of. */
  touches: Difference;
  /** What the score has taken of them. */
  taken: Difference;
  keysWithoutDelivery: number;
  deadLetters: number;
}

interface Difference {
  lost: number;
  doubled: number;
}

const NONE: Difference = { lost: 0, doubled: 0 };

export const NOTHING_LOST_OR_DOUBLED: NightAccount = {
  notifications: NONE,
  fetched: NONE,
  processed: NONE,
  nights: NONE,
  touches: NONE,
  taken: NONE,
  keysWithoutDelivery: 0,
  deadLetters: 0,
};

/** Compares what the client was told with what stands in the database. */
export async function accountFor(world: World, shift: NightShift): Promise<NightAccount> {
  const wanted = shift.nights.filter(({ hash }) => shift.accepted.has(hash));
  const find = async (sql: string, expected: readonly string[]): Promise<Difference> =>
    difference(expected, await world.database.query<{ name: string; times: number }>(sql));
  const count = async (sql: string): Promise<number> =>
    (await world.database.query<{ n: number }>(`select count(*)::int as n from ${sql}`))[0]?.n ?? -1;

  // A night is stored under the notification it was fetched for: from here on each is known by the hash of its event.
  const byCause = `connections.delivery f join connections.delivery n on n.id = f.cause_id
                     where f.provenance = 'fetched' and f.domain = 'sleep'`;
  const hashes = wanted.map(({ hash }) => hash);
  // One night is one day of its athlete, and one change of it: revision 1.
  const days = wanted.map(({ athleteId, day }) => `${athleteId} ${day}`);
  const daysOf = (table: string): string =>
    `select athlete_id || ' ' || day as name, revision::int as times from ${table} where signal = 'SLEEP'`;
  return {
    notifications: await find(
      `select encode(body_hash, 'hex') as name, count(*)::int as times from connections.delivery
        where domain = 'notification' group by 1`,
      hashes,
    ),
    fetched: await find(
      `select encode(n.body_hash, 'hex') as name, count(*)::int as times from ${byCause} group by 1`,
      hashes,
    ),
    processed: await find(
      `select encode(n.body_hash, 'hex') as name, count(*)::int as times from ${byCause}
          and exists (select from health_data.processed_delivery p where p.delivery_id = f.id and p.outcome = 'stored')
        group by 1`,
      hashes,
    ),
    nights: await find(
      `select athlete_id || ' ' || record_id as name, count(*)::int as times from health_data.sleep_night group by 1`,
      wanted.map(({ athleteId, recordId }) => `${athleteId} ${recordId}`),
    ),
    touches: await find(daysOf('health_data.touched_day'), days),
    taken: await find(daysOf('insights.taken_touch'), days),
    keysWithoutDelivery: await count(
      'connections.delivery_key k where not exists (select from connections.delivery d where d.id = k.delivery_id)',
    ),
    deadLetters: (await count('connections.dead_letter')) + (await count('health_data.dead_letter')),
  };
}

/** Both are told by name and number of times. What nobody was told of is too many as well. */
function difference(expected: readonly string[], found: readonly { name: string; times: number }[]): Difference {
  const open = new Map<string, number>();
  for (const name of expected) open.set(name, (open.get(name) ?? 0) + 1);
  for (const { name, times } of found) open.set(name, (open.get(name) ?? 0) - times);
  const sum = (of: (left: number) => number): number => [...open.values()].reduce((all, left) => all + of(left), 0);
  return { lost: sum((left) => Math.max(left, 0)), doubled: sum((left) => Math.max(-left, 0)) };
}
