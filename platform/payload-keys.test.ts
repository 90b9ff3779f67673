import { randomBytes } from 'node:crypto';
import { createKeyRing, newDataKey } from '#platform/crypto';
import type { Sql } from '#platform/database';
import { newId } from '#platform/ids';
import { createPayloadKeys, payloadKeyAad, type WrappedKey } from '#platform/payload-keys';
import { createDatabase, type TestDatabase } from '../tests/support/database.ts';

const ring = createKeyRing({ purpose: 'payload', roots: new Map([[1, randomBytes(32)]]) });
let database: TestDatabase;
let db: Sql;
beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('health_data');
});
afterAll(() => database?.drop());

function newKey(): WrappedKey {
  const key = { id: newId(), athleteId: null };
  return { ...key, ...ring.wrap({ dataKey: newDataKey(), aad: payloadKeyAad(key) }) };
}

test('the keys of a batch are all there after it was loaded, however many others are in memory', async () => {
  const payloadKeys = createPayloadKeys({ ring });
  const inMemory = newKey();
  payloadKeys.remember(inMemory);
  for (let others = 0; others < 19_999; others += 1) payloadKeys.remember(newKey());
  const stored = newKey();
  await database.query(
    `insert into connections.data_key (id, athlete_id, kind, wrapped, kek_version, created_at) values ($1, null, 'intake', $2, 1, now())`,
    [stored.id, stored.wrapped],
  );
  await payloadKeys.load(db, [inMemory.id, stored.id]);
  expect([payloadKeys.has(inMemory.id), payloadKeys.has(stored.id)]).toEqual([true, true]);
});

test('a key that is not in the database is not there', async () => {
  const payloadKeys = createPayloadKeys({ ring });
  const unknown = newId();
  await payloadKeys.load(db, [unknown]);
  expect(payloadKeys.has(unknown)).toBe(false);
  expect(() => payloadKeys.seal({ keyId: unknown, plaintext: Buffer.from('x'), deliveryId: newId() })).toThrow(
    'was destroyed or never loaded',
  );
});

test('a key that is in memory is not unwrapped again', () => {
  const payloadKeys = createPayloadKeys({ ring });
  const key = newKey();
  payloadKeys.remember(key);
  expect(() => payloadKeys.remember({ ...key, wrapped: Buffer.from('no key at all') })).not.toThrow();
  expect(payloadKeys.has(key.id)).toBe(true);
});
