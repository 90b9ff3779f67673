import type { Database } from '#platform/database';
import { newId } from '#platform/ids';
import { createLogger } from '#platform/log';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { orderErasure } from '../linking/source-erasure.ts';
import { eraseNext } from './erase.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const NOW = new Date('2026-11-20T10:00:00Z');
const minutes = (n: number): Date => new Date(NOW.getTime() + n * 60_000);
const TABLES = ['delivery', 'fetched_notification', 'delivery_repeat', 'fetch_attempt', 'dead_letter'];

let database: TestDatabase;
let db: Database;
let now = NOW;
const [athleteId, accountId, connectionId] = [newId(), newId(), newId()];

beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('connections');
  await database.query(`insert into connections.account values ($1, 'a@example.com', 'x', 'A', 'ATHLETE', $2)`, [
    accountId,
    NOW,
  ]);
  await database.query(
    `insert into connections.athlete (id, account_id, display_name, time_zone) values ($1, $2, 'A', 'Europe/Helsinki')`,
    [athleteId, accountId],
  );
  await database.query(
    `insert into connections.provider_connection (id, athlete_id, provider, provider_user_id, state, granted_scopes, linked_at, ended_at)
     values ($1, $2, 'OURA', 'the-user', 'REVOKED', '{daily}', $3, $3)`,
    [connectionId, athleteId, NOW],
  );
});
afterAll(() => database?.drop());

async function received(
  count: number,
  options: { at: Date; provider?: string; through?: string | null },
): Promise<void> {
  const { at, provider = 'OURA', through = connectionId } = options;
  await database.query(
    `with made as (
       insert into connections.delivery (received_on, id, provider, domain, athlete_id, connection_id, body_sealed, body_hash, key_id,
                                         source_updated_at, received_at, provenance)
       select $1::timestamptz::date, gen_random_uuid(), $2, 'notification', $3, $4, '\\x00', '\\x00', gen_random_uuid(), $1, $1, 'signed'
         from generate_series(1, $5) returning id, received_on
     ), ended as (
       insert into connections.fetched_notification (delivery_id, received_on, outcome, ended_at)
       select id, received_on, 'fetched', $1 from made
     ), repeated as (
       insert into connections.delivery_repeat select id, received_on, 1, $1 from made
     ), tried as (
       insert into connections.fetch_attempt select id, received_on, 1, $1, $1 from made
     )
     insert into connections.dead_letter (id, stage, delivery_id, reason, detail, created_at)
     select gen_random_uuid(), 'fetch', id, 'x', 'x', $1 from made`,
    [at, provider, athleteId, through, count],
  );
}

async function left(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of TABLES) {
    const [row] = await database.query<{ n: number }>(`select count(*)::int as n from connections.${table}`);
    counts[table] = row?.n ?? 0;
  }
  return counts;
}

async function work(): Promise<number> {
  let steps = 0;
  while (await eraseNext({ db, clock: { now: () => now }, log })) steps += 1;
  return steps;
}

const all = (n: number) => Object.fromEntries(TABLES.map((table) => [table, n]));

describe('an order to erase a source', () => {
  it('takes the bodies and all that was noted about them, in batches, and leaves other providers alone', async () => {
    await received(1_200, { at: minutes(-5) });
    await received(3, { at: minutes(-5), provider: 'WHOOP', through: newId() });
    await orderErasure(db, { athleteId, provider: 'OURA', now: NOW });
    expect(await work()).toBe(3);
    expect(await left()).toEqual(all(3));
    const [connection] = await database.query(
      'select provider_user_id as "user", data_deleted_at as at from connections.provider_connection',
    );
    expect(connection).toEqual({ user: '', at: NOW });
  });

  it('looks once more later, for what came through the ended link meanwhile; a new link is not its business', async () => {
    await received(2, { at: minutes(1) });
    await received(4, { at: minutes(1), through: newId() });
    expect(await work()).toBe(0);
    now = minutes(11);
    expect(await work()).toBe(1);
    expect(await left()).toEqual(all(7));
    expect(await work()).toBe(0);
    expect(
      await database.query(
        'select erased_at is not null and settled_at is not null as done from connections.source_erasure',
      ),
    ).toEqual([{ done: true }]);
  });
});
