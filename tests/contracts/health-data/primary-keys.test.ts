import { createDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

/**
 * Tables that know an athlete and are not kept by athlete, and why. They are ledgers of deliveries: the athlete is not
 * known for each of them, and is taken out of some when a source is erased, so that it cannot be part of a key.
 */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  processed_delivery:
    'one entry per delivery; a delivery of nobody we know has one too, an erased one keeps its id alone',
  dead_letter: 'a letter of a delivery that may belong to nobody we know',
  erased_source: 'one entry per order; the order is given by connections',
};

test('every table that holds something of an athlete has the athlete in its primary key, foremost', async () => {
  const tables = await database.query<{ name: string; key: string[] | null }>(
    `select c.relname as name,
            (select array_agg(a.attname::text order by k.place)
               from pg_index i cross join lateral unnest(i.indkey::int2[]) with ordinality k(number, place)
               join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
              where i.indrelid = c.oid and i.indisprimary) as key
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'health_data' and c.relkind in ('r', 'p') and not c.relispartition
        and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'athlete_id' and not a.attisdropped)
      order by 1`,
  );
  const without = tables.filter(({ key }) => key?.[0] !== 'athlete_id').map(({ name }) => name);
  expect(without).toEqual(Object.keys(EXCEPTIONS).sort());
  expect(tables.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['sleep_night', 'sample_block', 'touched_day']),
  );
});
