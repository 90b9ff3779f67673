import { connect, createServer, type AddressInfo } from 'node:net';
import { createDatabase, type TestDatabase } from '../tests/support/database.ts';
import { until } from '../tests/support/wait.ts';
import { openDatabase, type Database } from './database.ts';
import { createLogger } from './log.ts';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('connections');
});
afterAll(() => database.drop());

test('a prepared statement is planned once, and answers rows as the pool does', async () => {
  const text = `select date '2026-11-21' as day, 7::int8 as count, $1::text as word`;
  const row = (word: string) => [{ day: '2026-11-21', count: 7, word }];
  expect(await db.prepared.query(text, ['one'])).toEqual(row('one'));
  expect(await db.prepared.query(text, ['two'])).toEqual(row('two'));
  expect(await db.prepared.query('select 1 as other')).toEqual([{ other: 1 }]);
  // One after another: all on the one connection of the pool that is open.
  const statements = await db.prepared.query<{ statement: string; generic: number; custom: number }[]>(
    `select statement, generic_plans as generic, custom_plans as custom from pg_prepared_statements
      where statement !~ 'pg_prepared' order by prepare_time`,
  );
  expect(statements).toEqual([
    { statement: text, generic: 2, custom: 0 },
    { statement: 'select 1 as other', generic: 1, custom: 0 },
  ]);
});

test('what PostgreSQL refuses, a prepared statement throws with its code', async () => {
  await expect(db.prepared.query('select * from nowhere')).rejects.toMatchObject({ code: '42P01' });
});

describe('a transaction of prepared statements', () => {
  const keep = (tx: { query<T>(sql: string, values?: unknown[]): Promise<T> }, word: string) =>
    tx.query('insert into kept (word) values ($1)', [word]);
  const kept = () => database.query<{ word: string }>('select word from connections.kept order by word');

  beforeAll(async () => {
    await database.query('create table connections.kept (word text primary key)');
    await database.query('grant all on connections.kept to connections');
  });

  test('whose connection is lost between two statements fails, and the process goes on', async () => {
    const failing = db.prepared.transaction(async (tx) => {
      const [row] = await tx.query<{ pid: number }[]>('select pg_backend_pid() as pid');
      await keep(tx, 'lost');
      expect(await db.query('select pg_terminate_backend($1, 5000) as ended', [row?.pid])).toEqual([{ ended: true }]);
      const isLost = (): Promise<boolean> =>
        tx.query('select 1').then(
          () => false,
          () => true,
        );
      await until('the connection to be lost', isLost);
      await keep(tx, 'more');
    });
    await expect(failing).rejects.toThrow(/connection error|Connection terminated|terminating connection/);
    expect(await kept()).toEqual([]);
  });

  test('is there as a whole once its work resolves', async () => {
    const found = await db.prepared.transaction(async (tx) => {
      await keep(tx, 'a');
      await keep(tx, 'b');
      expect(await kept()).toEqual([]);
      return tx.query<{ n: number }[]>('select count(*) as n from kept');
    });
    expect(found).toEqual([{ n: 2 }]);
    expect(await kept()).toEqual([{ word: 'a' }, { word: 'b' }]);
  });

  test('plans a statement without its values, and leaves other statements as they were', async () => {
    const text = 'select word from kept where word = any($1::text[])';
    const plans = await db.prepared.transaction(async (tx) => {
      for (const word of ['a', 'b']) await tx.query(text, [[word]]);
      return tx.query('select generic_plans, custom_plans from pg_prepared_statements where statement = $1', [text]);
    });
    expect(plans).toEqual([{ generic_plans: 2, custom_plans: 0 }]);
    expect(await db.query('show plan_cache_mode')).toEqual([{ plan_cache_mode: 'auto' }]);
  });

  test('runs statements that were asked for in one turn in their order, and tells of the first that fails', async () => {
    const [, , words] = await db.prepared.transaction((tx) =>
      Promise.all([
        keep(tx, 'x'),
        tx.query(`update kept set word = 'y' where word = 'x'`),
        tx.query<{ word: string }[]>(`delete from kept where word in ('x', 'y') returning word`),
      ]),
    );
    expect(words).toEqual([{ word: 'y' }]);
    const failing = db.prepared.transaction((tx) => Promise.all([keep(tx, 'a'), tx.query('select 1'), keep(tx, 'z')]));
    await expect(failing).rejects.toMatchObject({ code: '23505' });
    // Heard of last, since somebody else waits for it in between.
    const inSteps = async (statement: Promise<unknown>): Promise<void> => {
      try {
        await statement;
      } finally {
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const late = db.prepared.transaction((tx) => Promise.all([inSteps(keep(tx, 'a')), keep(tx, 'z')]));
    await expect(late).rejects.toMatchObject({ code: '23505' });
    expect(await kept()).not.toContainEqual({ word: 'z' });
  });

  test('leaves nothing of work that fails, and its connection to the next', async () => {
    const failing = db.prepared.transaction(async (tx) => {
      await keep(tx, 'c');
      await keep(tx, 'a');
    });
    await expect(failing).rejects.toMatchObject({ code: '23505' });
    await db.prepared.transaction((tx) => keep(tx, 'd'));
    expect((await kept()).map(({ word }) => word)).toEqual(['a', 'b', 'd']);
  });
});

test('of composed texts a hundred stay prepared, and the others are answered all the same', async () => {
  const { composed } = db.prepared;
  const text = 'select n from unnest($1::int[]) n';
  for (const n of [1, 2]) expect(await composed.query(text, [[n]])).toEqual([{ n }]);
  const plans = await composed.query(
    'select generic_plans, custom_plans from pg_prepared_statements where statement = $1',
    [text],
  );
  expect(plans).toEqual([{ generic_plans: 2, custom_plans: 0 }]);
  for (let n = 0; n < 120; n += 1) expect(await composed.query(`select ${n} as n`)).toEqual([{ n }]);
  expect(await composed.query(`select count(*) as kept from pg_prepared_statements where name ~ '^composed'`)).toEqual([
    { kept: 100 },
  ]);
});

/** PostgreSQL behind a port that says good-bye in the same packet in which it is ready for the next statement, while `isDying`. */
async function dyingPostgres(url: URL) {
  const ready = Buffer.from('5a0000000549', 'hex');
  const fields = Buffer.from('SFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0');
  const goodbye = Buffer.concat([Buffer.from('E\0\0\0'), Buffer.of(fields.length + 4), fields]);
  const state = { isDying: false, url: '' };
  const server = createServer((client) => {
    const real = connect(Number(url.port), url.hostname);
    client.on('data', (chunk) => real.write(chunk));
    client.on('close', () => real.destroy());
    real.on('data', (chunk: Buffer) => {
      if (state.isDying && chunk.subarray(-ready.length).equals(ready)) client.end(Buffer.concat([chunk, goodbye]));
      else client.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const there = new URL(url);
  there.port = String((server.address() as AddressInfo).port);
  state.url = there.href;
  return Object.assign(state, { close: () => new Promise((resolve) => server.close(resolve)) });
}

test('a connection that is lost before anybody asks on it fails those who ask, and the process goes on', async () => {
  const postgres = await dyingPostgres(new URL(database.urlOf('connections')));
  const options = {
    url: postgres.url,
    schema: 'connections',
    name: 'lost',
    entities: [],
    log: createLogger({ name: 'test', level: 'silent' }),
  };
  const lost = await openDatabase(options);
  postgres.isDying = true;
  const isLost = /connection error|Connection terminated|terminating connection|already released/i;
  for (let round = 0; round < 3; round += 1) {
    const asked = [
      lost.query('select 1'),
      lost.prepared.query('select 1'),
      lost.transaction((tx) => tx.query('select 1')),
    ];
    for (const { status, reason } of (await Promise.allSettled(asked)) as PromiseRejectedResult[])
      if (status === 'rejected') expect(String(reason)).toMatch(isLost);
    await expect(lost.prepared.transaction((tx) => tx.query('select 1'))).rejects.toThrow(isLost);
  }
  postgres.isDying = false;
  const both = [lost, lost.prepared].map((each) => each.query<{ one: number }[]>('select 1 as one'));
  expect(await Promise.all(both)).toEqual([[{ one: 1 }], [{ one: 1 }]]);
  await lost.close();
  await postgres.close();
});
