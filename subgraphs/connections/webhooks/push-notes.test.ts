import type { Database } from '#platform/database';
import { newId } from '#platform/ids';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { heardDatabase } from '../../../tests/support/heard-database.ts';
import type { NewDelivery } from './new-delivery.ts';
import { createPushNotes } from './push-notes.ts';

const START = Date.parse('2026-11-20T06:00:00Z');
const [athleteId, accountId] = [newId(), newId()];

let database: TestDatabase;
let db: Database;
let connectionId: string;
let statements = 0;
beforeAll(async () => {
  database = await createDatabase();
  db = heardDatabase(await database.open('connections'), () => (statements += 1));
  await database.query(`insert into connections.account values ($1, 'a', 'x', 'A', 'ATHLETE', now())`, [accountId]);
  await database.query(
    `insert into connections.athlete (id, account_id, display_name, time_zone) values ($1, $2, 'A', 'UTC')`,
    [athleteId, accountId],
  );
});
afterAll(() => database.drop());
beforeEach(async () => {
  connectionId = newId();
  await database.query('delete from connections.provider_connection');
  await database.query(
    `insert into connections.provider_connection (id, athlete_id, provider, provider_user_id, state, granted_scopes, linked_at)
     values ($1, $2, 'GARMIN', 'g', 'ACTIVE', '{}', now())`,
    [connectionId, athleteId],
  );
  statements = 0;
});

const pushed = (afterS: number, change: Partial<NewDelivery> = {}): NewDelivery[] => {
  const at = new Date(START + afterS * 1_000);
  return [{ connectionId, domain: 'dailies', receivedAt: at, ...change } as NewDelivery];
};
const lastDelivery = async (): Promise<number | null> => {
  const [row] = await database.query<{ at: Date | null }>(
    'select last_delivery_at as at from connections.provider_connection',
  );
  return row?.at ? (row.at.getTime() - START) / 1_000 : null;
};

test('of the deliveries of a minute the first is noted, and no statement asks about the others', async () => {
  const note = createPushNotes(db.prepared);
  for (const afterS of [0, 1, 30, 59]) await note(pushed(afterS));
  expect([await lastDelivery(), statements]).toEqual([0, 1]);
  await note(pushed(60));
  expect([await lastDelivery(), statements]).toEqual([60, 2]);
});

test('what another replica has noted is not taken back by what came before it', async () => {
  await createPushNotes(db.prepared)(pushed(90));
  await createPushNotes(db.prepared)(pushed(45));
  expect(await lastDelivery()).toBe(90);
});

test('a note that failed is made by the next delivery', async () => {
  let isAway = true;
  const flaky = {
    query<Rows>(sql: string, parameters?: unknown[]): Promise<Rows> {
      return isAway ? Promise.reject(new Error('away')) : db.prepared.query(sql, parameters);
    },
  };
  const note = createPushNotes(flaky);
  await expect(note(pushed(0))).rejects.toThrow('away');
  isAway = false;
  await note(pushed(1));
  expect(await lastDelivery()).toBe(1);
});

test('notifications, whose fetch says it, and deliveries of nobody are not noted', async () => {
  const note = createPushNotes(db.prepared);
  await note([...pushed(0, { domain: 'notification' }), ...pushed(0, { connectionId: null })]);
  expect([await lastDelivery(), statements]).toEqual([null, 0]);
});
