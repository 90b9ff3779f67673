import { newId } from '#platform/ids';
import { processReferences } from '../../subgraphs/health-data/deliveries/process.ts';
import { TABLES } from '../../subgraphs/health-data/measurements/tables.ts';
import { isChaos, pick, randomOf, seed, tell } from '../support/chaos.ts';
import { damaged, damagedBytes } from '../support/damage.ts';
import { fixtureEvents } from '../support/fixture-events.ts';
import { createNormalising, type Normalising } from '../support/sealed-deliveries.ts';

const NOW = new Date('2026-11-22T10:00:00Z');
const BODIES = isChaos ? 20_000 : 1_500;
const AT_ONCE = 100;
const EVENTS = fixtureEvents();

let normalising: Normalising;
beforeAll(async () => {
  normalising = await createNormalising(NOW);
}, 60_000);
afterAll(() => normalising?.database.drop());

test(
  `every row that a damaged body gives can be stored (CHAOS_SEED=${seed}, ${BODIES} bodies)`,
  async () => {
    const { database, replicas, receive } = normalising;
    const random = randomOf(seed);
    for (let count = 0; count < BODIES; count += AT_ONCE) {
      const sent = Array.from({ length: AT_ONCE }, () => {
        const event = pick(EVENTS, random);
        const tree = random() < 0.6 ? damaged(event.body, random) : event.body;
        const bytes = Buffer.from(JSON.stringify(tree) ?? 'null');
        return { ...event, bytes: tree === event.body ? damagedBytes(bytes, random) : bytes };
      });
      const references = await receive(newId(), sent);
      expect(await processReferences(replicas[0], references)).toBe(AT_ONCE);
      await database.query('delete from connections.delivery');
    }
    const outcomes = await database.query<{ outcome: string; n: number }>(
      'select outcome, count(*)::int as n from health_data.processed_delivery group by 1 order by 1',
    );
    const counts = Object.fromEntries(outcomes.map(({ outcome, n }) => [outcome, n]));
    const rows = await database.query<{ n: number }>(
      `select sum(n)::int as n from (${Object.values(TABLES)
        .map(({ name }) => `select count(*) as n from health_data.${name}`)
        .join(' union all ')}) t`,
    );
    tell(`${BODIES} damaged bodies: ${JSON.stringify(counts)}, ${rows[0]?.n} rows`);
    expect(Object.values(counts).reduce((sum, n) => sum + n, 0)).toBe(BODIES);
    // The step sets aside what fails a normaliser or the database, and says so: no body may need that.
    const letters = await database.query(
      "select * from health_data.dead_letter where reason in ('unstorable', 'normaliser_failed')",
    );
    expect(letters).toEqual([]);
    expect(counts['stored']).toBeGreaterThan(BODIES / 3);
  },
  isChaos ? 3_600_000 : 120_000,
);
