import { newId } from '#platform/ids';
import { TABLES } from '../../subgraphs/health-data/measurements/tables.ts';
import {
  processReferences,
  type ProcessParts,
  type Reference,
} from '../../subgraphs/health-data/deliveries/process.ts';
import { isChaos, pick, randomOf, seed, tell } from '../support/chaos.ts';
import { fixtureEvents, type FixtureEvent } from '../support/fixture-events.ts';
import { createNormalising, type Normalising } from '../support/sealed-deliveries.ts';

/** Fortnights played. `ORDER_ROUND=17` plays one round of a seed again. */
const RUNS = isChaos ? 10_000 : 300;
/** Runs that share their batches, each an athlete of its own, as a message of the bus speaks of many athletes. */
const TOGETHER = 20;
const NOW = new Date('2026-11-22T10:00:00Z');
const EVENTS = fixtureEvents();

/**
 * Columns that speak of our own work instead of the athlete: when we stored a row, and which of several equal copies
 * brought it (the first to come). Everything else must be equal to the byte.
 */
const ABOUT_US = ['athlete_id', 'stored_at', 'delivery_id'];

let normalising: Normalising;
beforeAll(async () => {
  normalising = await createNormalising(NOW);
}, 60_000);
afterAll(() => normalising?.database.drop());

interface Copy extends Reference {
  event: FixtureEvent;
  athleteId: string;
}

/** What one run draws: the events of a few vendors, and how often each of them comes. */
interface Plan {
  events: FixtureEvent[];
  repeated: FixtureEvent[];
}

function planOf(random: () => number): Plan {
  const share = 0.03 + random() * 0.08;
  const events = EVENTS.filter(() => random() < share);
  return { events, repeated: events.filter(() => random() < 0.3) };
}

/** A delivery for each event. A repeated event is a delivery of its own. */
async function received(events: readonly FixtureEvent[], athleteId: string): Promise<Copy[]> {
  const sent = events.map((event) => ({ ...event, bytes: Buffer.from(JSON.stringify(event.body)) }));
  const references = await normalising.receive(athleteId, sent);
  return references.map((reference, index) => ({ ...reference, athleteId, event: events[index] as FixtureEvent }));
}

function shuffled<T>(from: readonly T[], random: () => number): T[] {
  return from
    .map((value) => ({ value, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value);
}

/** Any order, in batches of any size, each to one of two replicas that work at the same time; some batches to both. */
async function work(copies: readonly Copy[], random: () => number): Promise<void> {
  const rest = shuffled(copies, random);
  const lanes: Copy[][][] = [[], []];
  while (rest.length > 0) {
    const batch = rest.splice(0, 1 + Math.floor(random() * 200));
    const both = random() < 0.2;
    const lane = pick([0, 1], random);
    lanes[lane]?.push(batch);
    if (both) lanes[1 - lane]?.push(shuffled(batch, random));
  }
  await Promise.all(
    lanes.map(async (batches, lane) => {
      for (const batch of batches) await processReferences(normalising.replicas[lane] as ProcessParts, batch);
    }),
  );
}

/** The arrays of the version that counts. */
const SERIES = { name: 'sample_block', extraKey: ['sample_kind', 'started_at'] };

/** Everything health-data holds of an athlete, as text that is the same exactly if the rows are. */
async function heldOf(copies: readonly Copy[]): Promise<Map<string, string[]>> {
  const athletes = [...new Set(copies.map(({ athleteId }) => athleteId))];
  const held = new Map(athletes.map((athleteId): [string, string[]] => [athleteId, []]));
  for (const { name, extraKey } of [...Object.values(TABLES), SERIES]) {
    const rows = await normalising.database.query<{ athlete: string; row: string }>(
      `select athlete_id as athlete, (to_jsonb(t) - $1::text[])::text as row from health_data.${name} t
        where athlete_id = any($2) order by ${['athlete_id', 'provider', 'record_id', ...extraKey].join(', ')}`,
      [ABOUT_US, athletes],
    );
    for (const { athlete, row } of rows) held.get(athlete)?.push(`${name} ${row}`);
  }
  // A repeated delivery has an entry and letters of its own; all of them say the same of the event.
  const eventOf = new Map(copies.map(({ id, event }) => [id, event.name]));
  const ledger = await normalising.database.query<{ athlete: string; id: string; entry: string }>(
    `select athlete_id as athlete, delivery_id as id, (to_jsonb(p) - $1::text[] - 'processed_at' - 'received_on')::text as entry
       from health_data.processed_delivery p where athlete_id = any($2)
      union all
     select athlete_id, delivery_id, (to_jsonb(l) - $1::text[] - 'id' - 'created_at' - 'received_on')::text
       from health_data.dead_letter l where athlete_id = any($2)`,
    [ABOUT_US, athletes],
  );
  for (const [athlete, entries] of Map.groupBy(ledger, (entry) => entry.athlete)) {
    const told = new Set(entries.map(({ id, entry }) => `${eventOf.get(id)}: ${entry}`));
    held.get(athlete)?.push(...[...told].sort());
  }
  return held;
}

/** Lines that one of the two lacks: a whole fortnight would be more than anybody reads. */
const differences = (expected: readonly string[], held: readonly string[]): string[] => [
  ...expected.filter((line) => !held.includes(line)).map((line) => `missing: ${line}`),
  ...held.filter((line) => !expected.includes(line)).map((line) => `too many: ${line}`),
];

/** Days that hold something and that nobody was told of: insights would never look at them. */
async function untoldDays(athletes: readonly string[]): Promise<unknown[]> {
  const rows = Object.values(TABLES).map(
    ({ name, signal }) =>
      `select athlete_id, day, '${signal}' as signal from health_data.${name} where delete_rank = 0`,
  );
  return normalising.database.query(
    `select distinct athlete_id, day, signal from (${rows.join(' union all ')}) r
      where athlete_id = any($1)
        and not exists (select from health_data.touched_day t
                         where (t.athlete_id, t.day, t.signal) = (r.athlete_id, r.day, r.signal))`,
    [athletes],
  );
}

async function playRound(round: number): Promise<{ deliveries: number; rows: number }> {
  const random = randomOf(seed + round * 7919);
  const straight: Copy[] = [];
  const mixed: Copy[] = [];
  const pairs: [string, string][] = [];
  for (let run = 0; run < TOGETHER; run += 1) {
    const { events, repeated } = planOf(random);
    const [one, other] = [newId(), newId()];
    pairs.push([one, other]);
    straight.push(...(await received(events, one)));
    mixed.push(...(await received([...events, ...repeated], other)));
  }
  await processReferences(normalising.replicas[0], straight);
  await work(mixed, random);
  const [expected, held] = [await heldOf(straight), await heldOf(mixed)];
  expect(pairs.flatMap(([one, other]) => differences(expected.get(one) ?? [], held.get(other) ?? []))).toEqual([]);
  expect(await untoldDays(pairs.flat())).toEqual([]);
  await normalising.database.query('delete from connections.delivery');
  return { deliveries: mixed.length, rows: [...held.values()].flat().length };
}

const only = process.env['ORDER_ROUND'];
const rounds = only === undefined ? Array.from({ length: RUNS / TOGETHER }, (_, round) => round) : [Number(only)];

test(
  `any order, repetition and interleaving over two replicas ends in the same rows (CHAOS_SEED=${seed}, ${RUNS} runs)`,
  async () => {
    const total = { deliveries: 0, rows: 0 };
    const startedAt = Date.now();
    for (const round of rounds) {
      const { deliveries, rows } = await playRound(round).catch((error: unknown) => {
        throw new Error(`round ${round}: repeat it with CHAOS_SEED=${seed} ORDER_ROUND=${round}`, { cause: error });
      });
      total.deliveries += deliveries;
      total.rows += rows;
      if (round % 50 === 49) tell(`${(round + 1) * TOGETHER} runs, ${Date.now() - startedAt} ms`);
    }
    tell(
      `${total.deliveries} deliveries, ${total.rows} rows compared, ${Date.now() - startedAt} ms, CHAOS_SEED=${seed}`,
    );
    expect(total.rows).toBeGreaterThan(rounds.length * TOGETHER * 10);
  },
  isChaos ? 7_200_000 : 180_000,
);
