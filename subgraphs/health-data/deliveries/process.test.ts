import { sha256 } from '#platform/crypto';
import type { Database } from '#platform/database';
import type { DeadLetterAnnouncement } from '#platform/events';
import { newId } from '#platform/ids';
import type { PayloadKeys } from '#platform/payload-keys';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { until } from '../../../tests/support/wait.ts';
import { createOneAthlete } from './one-athlete.test-support.ts';
import { processReferences, type ProcessParts, type Reference } from './process.ts';
import { sweepOldDays } from './sweep-old-days.ts';
import { startSweep, sweepOnce } from './sweep.ts';

const NOW = new Date('2026-11-20T10:00:00Z');
const MIB = 1024 * 1024;

let database: TestDatabase;
let keys: PayloadKeys;
let parts: ProcessParts;
/** Bytes of bodies that one statement brought. */
let brought: number[] = [];
let athleteId: string;
let keyId: string;

beforeAll(async () => {
  database = await createDatabase();
  const made = await createOneAthlete({ database, clock: { now: () => NOW } });
  ({ athleteId, keyId, keys } = made);
  const { db } = made.parts;
  parts = {
    ...made.parts,
    db: {
      ...db,
      prepared: {
        ...db.prepared,
        async query<T>(sql: string, parameters?: unknown[]): Promise<T> {
          const rows = await db.prepared.query<T>(sql, parameters);
          const bodies = (rows as { bodySealed?: Buffer }[]).flatMap(({ bodySealed }) => bodySealed ?? []);
          if (bodies.length > 0) brought.push(bodies.reduce((sum, body) => sum + body.length, 0));
          return rows;
        },
      },
    },
  };
});
afterAll(() => database?.drop());
beforeEach(async () => {
  brought = [];
  await database.query('delete from connections.delivery');
});

const received = ({ bytes, at }: { bytes: number; at: Date }): Promise<Reference> =>
  receivedBody({ body: { data: [], note: 'x'.repeat(bytes) }, at });

async function receivedBody(options: { body: unknown; at: Date }): Promise<Reference> {
  const id = newId();
  const body = Buffer.from(JSON.stringify(options.body));
  const receivedOn = options.at.toISOString().slice(0, 10);
  await database.query(
    `insert into connections.delivery (received_on, id, provider, domain, athlete_id, body_sealed, body_hash, key_id, source_updated_at, received_at, provenance)
     values ($1, $2, 'OURA', 'sleep', $3, $4, $5, $6, $7, $7, 'fetched')`,
    [receivedOn, id, athleteId, keys.seal({ keyId, plaintext: body, deliveryId: id }), sha256(body), keyId, options.at],
  );
  return { id, receivedOn, hash: sha256(body).toString('hex') };
}

const preparePartitions = (from: Date, days: number): Promise<unknown> =>
  database.query('select connections.prepare_partitions($1::date, $2)', [from.toISOString().slice(0, 10), days]);

async function waiting(): Promise<number> {
  const [row] = await database.query<{ n: number }>(
    'select count(*)::int as n from connections.delivery d where not exists (select from health_data.processed_delivery p where p.delivery_id = d.id)',
  );
  return row?.n ?? -1;
}

test('a message that speaks of more than fits is worked off in parts, and whole', async () => {
  const references: Reference[] = [];
  for (let count = 0; count < 12; count += 1) references.push(await received({ bytes: 3 * MIB, at: NOW }));
  expect(await processReferences(parts, references)).toBe(12);
  expect(await waiting()).toBe(0);
  expect(brought.length).toBeGreaterThan(1);
  expect(Math.max(...brought)).toBeLessThan(20 * MIB);
  expect(await processReferences(parts, references)).toBe(0);
});

test('a delivery that is spoken of twice is normalised once, letters included', async () => {
  const reference = await received({ bytes: 10, at: NOW });
  await database.query(`update connections.delivery set body_hash = '\\x00'`);
  const announced: DeadLetterAnnouncement[] = [];
  const announceLetters = async (letters: readonly DeadLetterAnnouncement[]) => void announced.push(...letters);
  expect(await processReferences({ ...parts, announceLetters }, [reference, { ...reference }])).toBe(1);
  expect(announced).toEqual([{ id: expect.any(String), stage: 'normalise', reason: 'hash_mismatch' }]);
  expect(await database.query('select id, stage, reason from health_data.dead_letter')).toEqual(announced);
  expect(await database.query('select reason from health_data.dead_letter')).toEqual([{ reason: 'hash_mismatch' }]);
});

test('a body larger than that goes alone', async () => {
  const large = await received({ bytes: 18 * MIB, at: NOW });
  const small = await received({ bytes: 100, at: new Date(NOW.getTime() + 1) });
  expect(await processReferences(parts, [small, large])).toBe(2);
  expect([brought.length, await waiting()]).toEqual([2, 0]);
});

test('a sweep finds what no message spoke of: the last minutes each time, the whole window now and then', async () => {
  const ago = (minutes: number): Date => new Date(NOW.getTime() - minutes * 60_000);
  await received({ bytes: 10, at: ago(0.1) });
  await received({ bytes: 10, at: ago(5) });
  await received({ bytes: 10, at: ago(60) });
  expect(await sweepOnce({ ...parts, sweepAfterMs: 30_000, isWhole: false })).toBe(1);
  expect(await sweepOnce({ ...parts, sweepAfterMs: 30_000, isWhole: true })).toBe(1);
  expect(await waiting()).toBe(1);
});

test('what nobody took for days is normalised however old it is, and its age is told meanwhile', async () => {
  const day = 86_400_000;
  const ago = (days: number): Date => new Date(NOW.getTime() - days * day);
  await preparePartitions(ago(40), 41);
  const ages: number[] = [];
  const age = async (): Promise<number> => (await parts.metrics.oldestUnnormalised.get()).values[0]?.value ?? -1;
  const publisher = { publish: async () => void ages.push(await age()) };
  const night = { id: 'n1', day: '2026-11-14', type: 'long_sleep', average_hrv: 50 };
  const body = {
    data: [{ ...night, bedtime_start: '2026-11-13T23:00:00+02:00', bedtime_end: '2026-11-14T07:00:00+02:00' }],
  };
  const taken = await received({ bytes: 10, at: ago(6) });
  await processReferences(parts, [taken]);
  await receivedBody({ body, at: ago(5) });
  await received({ bytes: 10, at: ago(39) });
  const notification = await received({ bytes: 10, at: ago(7) });
  await database.query(`update connections.delivery set domain = 'notification' where id = $1`, [notification.id]);
  expect(await sweepOnce({ ...parts, sweepAfterMs: 30_000, isWhole: true })).toBe(0);

  const sweep = startSweep({ ...parts, publisher, sweepAfterMs: 30_000 });
  try {
    await until('nothing but the notification to wait', async () => (await waiting()) === 1);
    await until('the age to be told', async () => (await age()) === 0);
  } finally {
    await sweep.close();
  }
  expect(ages.length).toBeGreaterThan(0);
  expect(ages.every((seconds) => seconds === 5 * 86_400)).toBe(true);
  expect(
    await database.query(`select outcome from health_data.processed_delivery where received_on = $1`, ['2026-11-15']),
  ).toEqual([{ outcome: 'stored' }]);
  expect(await sweepOldDays({ ...parts, before: NOW })).toBe(0);
});

test('a sweep of old days opens the partition of one day at a time, and no body that has an entry', async () => {
  const at = (hour: number): Date => new Date(NOW.getTime() - 5 * 86_400_000 + hour * 60_000);
  await preparePartitions(new Date(NOW.getTime() - 10 * 86_400_000), 11);
  for (let count = 0; count < 3; count += 1)
    await processReferences(parts, [await received({ bytes: 10, at: at(count) })]);
  await received({ bytes: 10, at: at(3) });
  const plans: string[] = [];
  const db: Database = {
    ...parts.db,
    async query<T>(sql: string, parameters?: unknown[]): Promise<T> {
      if (sql.includes('unentered'))
        plans.push(JSON.stringify(await parts.db.query(`explain (analyze, format json) ${sql}`, parameters)));
      return parts.db.query<T>(sql, parameters);
    },
  };
  expect(await sweepOldDays({ ...parts, db, before: at(0) })).toBe(1);
  expect(plans.length).toBeGreaterThan(0);
  const opened = new Set(plans.join('').match(/delivery_\d{8}|delivery_default/g));
  expect([...opened]).toEqual(['delivery_20261115']);
  expect(plans.join('')).not.toContain('"Seq Scan"');
});

test('items of one body that fail alike share a letter, and do not sink the others', async () => {
  const bad = { id: 'n1', bedtime_start: 'soon', bedtime_end: 'later', type: 'long_sleep' };
  const body = { data: [null, 7, bad, { ...bad, average_hrv: 50 }, { ...bad, id: 'n2' }] };
  const references = [await receivedBody({ body, at: NOW }), await received({ bytes: 1, at: NOW })];
  expect(await processReferences(parts, references)).toBe(2);
  const letters = await database.query<{ record_id: string | null; reason: string }>(
    'select record_id, reason from health_data.dead_letter where delivery_id = $1 order by record_id nulls first',
    [references[0]?.id],
  );
  expect(letters).toEqual([
    { record_id: null, reason: 'unreadable_item' },
    { record_id: 'n1', reason: 'bad_time' },
    { record_id: 'n2', reason: 'bad_time' },
  ]);
});
