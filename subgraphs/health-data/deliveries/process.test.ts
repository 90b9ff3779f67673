import { sha256 } from '#platform/crypto';
import type { Database } from '#platform/database';
import type { DeadLetter } from '#platform/dead-letters';
import type { DeadLetterAnnouncement } from '#platform/events';
import { newId } from '#platform/ids';
import type { Logger } from '#platform/log';
import type { PayloadKeys } from '#platform/payload-keys';
import type { SetAside } from '#platform/set-aside';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { until } from '../../../tests/support/wait.ts';
import { createOneAthlete } from './one-athlete.test-support.ts';
import type { Normalising } from '../normalise/normaliser.ts';
import { normaliserOf } from '../normalise/registry.ts';
import { processReferences, type ProcessParts, type Reference } from './process.ts';
import { retryDeliveries } from './retry.ts';
import { sweepOldDays } from './sweep-old-days.ts';
import { startSweep, sweepOnce } from './sweep.ts';

const NOW = new Date('2026-11-20T10:00:00Z');
const MIB = 1024 * 1024;
const NIGHT = {
  data: [
    {
      id: 'n1',
      day: '2026-11-14',
      type: 'long_sleep',
      average_hrv: 50,
      bedtime_start: '2026-11-13T23:00:00+02:00',
      bedtime_end: '2026-11-14T07:00:00+02:00',
    },
  ],
};

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
  const taken = await received({ bytes: 10, at: ago(6) });
  await processReferences(parts, [taken]);
  await receivedBody({ body: NIGHT, at: ago(5) });
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

describe('a delivery that fails does not keep the others back', () => {
  const outcomes = async (references: readonly Reference[]): Promise<(string | null)[]> => {
    const rows = await database.query<{ outcome: string | null }>(
      `select outcome from unnest($1::uuid[]) with ordinality as r(id, at)
         left join health_data.processed_delivery p on p.delivery_id = r.id order by r.at`,
      [references.map(({ id }) => id)],
    );
    return rows.map(({ outcome }) => outcome);
  };
  const lettersOf = ({ id }: Reference) =>
    database.query<{ id: string; reason: string; detail: string; resolution: string | null }>(
      'select id, reason, detail, resolution from health_data.dead_letter where delivery_id = $1',
      [id],
    );
  /** Whatever is written to the ledger for that delivery fails so, until it is mended. */
  async function breakLedgerFor({ id }: Reference, state: string): Promise<() => Promise<unknown>> {
    await database.query(`create or replace function health_data.fail() returns trigger language plpgsql as
      $$begin raise exception 'broken' using errcode = '${state}'; end$$`);
    await database.query(`create trigger fail before insert on health_data.processed_delivery for each row
      when (new.delivery_id = '${id}' and new.outcome <> 'refused') execute function health_data.fail()`);
    return () => database.query('drop trigger fail on health_data.processed_delivery');
  }

  test('when its normaliser breaks on it: a letter that says where, not what, and that is retried once it is mended', async () => {
    const [bad, good] = [await receivedBody({ body: NIGHT, at: NOW }), await received({ bytes: 1, at: NOW })];
    const normaliser = normaliserOf({ provider: 'OURA', domain: 'sleep' }) as { normalise: Normalising['normalise'] };
    const whole = normaliser.normalise;
    const told: string[] = [];
    const log = { ...parts.log, error: (...words: unknown[]) => void told.push(JSON.stringify(words)) } as Logger;
    normaliser.normalise = (delivery) => {
      if (delivery.deliveryId === bad.id) throw new TypeError('61 ms is no function');
      return whole.call(normaliser, delivery);
    };
    try {
      expect(await processReferences({ ...parts, log }, [bad, good])).toBe(2);
    } finally {
      normaliser.normalise = whole;
    }
    expect(await outcomes([bad, good])).toEqual(['refused', 'nothing_to_store']);
    const [letter] = await lettersOf(bad);
    expect(letter).toMatchObject({
      reason: 'normaliser_failed',
      detail: expect.stringMatching(/failed with TypeError$/),
    });
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('process.test.ts');
    expect(told[0]).not.toContain('61 ms');
    const open = { ...letter, deliveryId: bad.id, receivedOn: bad.receivedOn, hasBody: true } as DeadLetter;
    expect(await retryDeliveries(parts, [open])).toMatchObject([{ ending: 'retried', told: 'is normalised' }]);
    expect(await outcomes([bad])).toEqual(['stored']);
    expect(await lettersOf(bad)).toMatchObject([{ resolution: 'retried' }]);
  });

  test('when its table does not take a row of it: a letter', async () => {
    const [bad, good] = [await received({ bytes: 1, at: NOW }), await received({ bytes: 2, at: NOW })];
    const mend = await breakLedgerFor(bad, '23514');
    try {
      expect(await processReferences(parts, [bad, good])).toBe(2);
    } finally {
      await mend();
    }
    expect(await outcomes([bad, good])).toEqual(['refused', 'nothing_to_store']);
    expect(await lettersOf(bad)).toMatchObject([{ reason: 'unstorable' }]);
  });

  test('when nobody knows why: it is left aside for a minute, then tried again', async () => {
    const ago = (minutes: number): Date => new Date(NOW.getTime() - minutes * 60_000);
    const [bad, good] = [await received({ bytes: 1, at: ago(9) }), await received({ bytes: 2, at: ago(8) })];
    const old = await received({ bytes: 3, at: ago(5) });
    const aside: SetAside = new Map();
    const at = (minutes: number) => ({
      ...parts,
      clock: { now: () => ago(-minutes) },
      sweepAfterMs: 30_000,
      isWhole: true,
    });
    const mend = await breakLedgerFor(bad, 'P0001');
    try {
      expect(await sweepOnce(at(0), aside)).toBe(3);
      expect(await outcomes([bad, good, old])).toEqual([null, 'nothing_to_store', 'nothing_to_store']);
      expect([...aside.keys()]).toEqual([bad.id]);
      expect(await sweepOnce(at(0.5), aside)).toBe(0);
      expect(await sweepOnce(at(1), aside)).toBe(1);
      expect(await sweepOldDays({ ...at(1), before: NOW }, new Map())).toBe(1);
    } finally {
      await mend();
    }
    expect(await sweepOnce(at(2), aside)).toBe(1);
    expect(await outcomes([bad])).toEqual(['nothing_to_store']);
    expect(aside.size).toBe(0);
  });

  test('but nobody is left aside while PostgreSQL is away', async () => {
    const waitingOne = await received({ bytes: 1, at: new Date(NOW.getTime() - 60_000) });
    const aside: SetAside = new Map();
    const mend = await breakLedgerFor(waitingOne, '57P01');
    try {
      const failing = sweepOnce({ ...parts, sweepAfterMs: 30_000, isWhole: true }, aside);
      await expect(failing).rejects.toMatchObject({ code: '57P01' });
    } finally {
      await mend();
    }
    expect(aside.size).toBe(0);
  });
});
