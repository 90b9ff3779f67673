import { graphql } from 'graphql';
import { sha256 } from '#platform/crypto';
import type { Database } from '#platform/database';
import type { Viewer } from '#platform/identity';
import { newId } from '#platform/ids';
import { createLogger } from '#platform/log';
import type { PayloadKeys } from '#platform/payload-keys';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { createHealthDataContext } from '../context.ts';
import { createOneAthlete } from '../deliveries/one-athlete.test-support.ts';
import { processReferences, type ProcessParts, type Reference } from '../deliveries/process.ts';
import { healthDataSubgraph } from '../schema.ts';
import { keepToRetention } from './rounds.ts';

const NOW = new Date('2026-11-20T10:00:00Z');
const DAY_MS = 86_400_000;
const ago = (days: number): Date => new Date(NOW.getTime() - days * DAY_MS);
const log = createLogger({ name: 'test', level: 'silent' });

let database: TestDatabase;
let keys: PayloadKeys;
let parts: ProcessParts;
let now = NOW;
let accountId: string;
let athleteId: string;
let keyId: string;

beforeAll(async () => {
  database = await createDatabase();
  ({ accountId, athleteId, keyId, keys, parts } = await createOneAthlete({ database, clock: { now: () => now } }));
});
afterAll(() => database?.drop());
beforeEach(async () => {
  now = NOW;
  await database.query(
    'truncate connections.delivery, health_data.processed_delivery, health_data.sample_record, health_data.sample_block',
  );
});

/** A delivery with two samples of one day, three minutes apart. */
async function heartRateOf(day: string, receivedAt: Date): Promise<Reference> {
  const id = newId();
  const data = ['10:00', '10:03'].map((time) => ({ bpm: 60, source: 'awake', timestamp: `${day}T${time}:00+00:00` }));
  const body = Buffer.from(JSON.stringify({ data }));
  const receivedOn = receivedAt.toISOString().slice(0, 10);
  await database.query(
    `insert into connections.delivery (received_on, id, provider, domain, athlete_id, body_sealed, body_hash, key_id, source_updated_at, received_at, provenance)
     values ($1, $2, 'OURA', 'heartrate', $3, $4, $5, $6, $7, $7, 'fetched')`,
    [receivedOn, id, athleteId, keys.seal({ keyId, plaintext: body, deliveryId: id }), sha256(body), keyId, receivedAt],
  );
  return { id, receivedOn, hash: null };
}

const months = async () =>
  (
    await database.query<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'health_data.sample_block'::regclass order by 1`,
    )
  ).map(({ name }) => name.replace('health_data.sample_block_', ''));

const count = async (table: string): Promise<number> =>
  (await database.query<{ n: number }>(`select count(*)::int as n from health_data.${table}`))[0]?.n ?? -1;

/** The heart rate of the whole day as its athlete sees it, and the plans of the statements that read samples. */
async function heartRate(day: string): Promise<{ points: number; plans: string[] }> {
  const plans: string[] = [];
  const explaining = {
    ...parts.db,
    async query(sql: string, parameters?: unknown[]) {
      if (sql.includes('sample_block')) plans.push(JSON.stringify(await parts.db.query(`explain ${sql}`, parameters)));
      return parts.db.query(sql, parameters);
    },
  } as Database;
  const viewer: Viewer = { kind: 'account', accountId, sessionId: 's', role: 'ATHLETE', athleteId };
  const call = { viewer, requestId: 'r', purpose: 'query', opening: 'with-snapshot' } as const;
  const { schema } = await healthDataSubgraph();
  const result = await graphql({
    schema,
    source: `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Athlete {
      heartRate(from: "${day}T00:00:00Z", to: "${day}T23:59:59Z", resolution: RAW) { points { at bpm } } } } }`,
    variableValues: { of: [{ __typename: 'Athlete', id: athleteId }] },
    contextValue: createHealthDataContext({ db: explaining, clock: parts.clock, log, announce: () => undefined, call }),
  });
  expect(result.errors).toBeUndefined();
  const { _entities } = result.data as unknown as { _entities: [{ heartRate: { points: unknown[] } }] };
  return { points: _entities[0].heartRate.points.length, plans };
}

describe('months of samples', () => {
  it('are made two ahead, and in the past where a backfill brings some', async () => {
    await keepToRetention(parts);
    expect(await months()).toEqual(expect.arrayContaining(['202611', '202612', '202701']));
    expect(await months()).not.toContain('202505');
    await processReferences(parts, [await heartRateOf('2025-05-31', NOW)]);
    expect(await months()).toContain('202505');
    expect((await heartRate('2025-05-31')).points).toBe(2);
  });

  it('are dropped when they are over, whole, with the rest kept; what comes late of them is ignored with the reason', async () => {
    const early = await heartRateOf('2024-11-01', NOW);
    await processReferences(parts, [early, await heartRateOf('2024-12-01', NOW)]);
    await keepToRetention(parts);
    expect(await months()).toEqual(expect.arrayContaining(['202411', '202412']));

    now = new Date('2026-12-01T00:00:00Z');
    await keepToRetention(parts);
    expect(await months()).not.toContain('202411');
    expect(await months()).toContain('202412');
    expect([(await heartRate('2024-11-01')).points, (await heartRate('2024-12-01')).points]).toEqual([0, 2]);

    const replayed = await heartRateOf('2024-11-01', ago(1));
    await processReferences(parts, [replayed]);
    expect(
      await database.query(
        `select outcome, ignored_by_reason as ignored from health_data.processed_delivery where delivery_id = $1`,
        [replayed.id],
      ),
    ).toEqual([{ outcome: 'nothing_to_store', ignored: { past_retention: 1 } }]);
    expect([await count('sample_block'), await months()]).toEqual([1, expect.not.arrayContaining(['202411'])]);
  });

  it('leave their records behind until no older version can come any more', async () => {
    await processReferences(parts, [await heartRateOf('2024-11-01', NOW), await heartRateOf('2026-11-01', NOW)]);
    now = new Date('2026-12-01T00:00:00Z');
    await keepToRetention(parts);
    expect([await count('sample_record'), await count('sample_block')]).toEqual([2, 1]);
    now = new Date(NOW.getTime() + 201 * DAY_MS);
    await keepToRetention(parts);
    expect([await count('sample_record'), await count('sample_block')]).toEqual([1, 1]);
  });

  it('that a reader did not ask for are not opened', async () => {
    for (const day of ['2026-02-10', '2026-05-10', '2026-08-10', '2026-11-10'])
      await processReferences(parts, [await heartRateOf(day, NOW)]);
    await database.query('analyze health_data.sample_block');
    const { points, plans } = await heartRate('2026-08-10');
    expect(points).toBe(2);
    const opened = new Set(plans.join('').match(/sample_block_\d{6}/g));
    expect([...opened].toSorted()).toEqual(expect.arrayContaining(['sample_block_202608']));
    for (const month of ['202602', '202605', '202611']) expect(opened).not.toContain(`sample_block_${month}`);
  });
});

describe('the ledger', () => {
  const entered = (delivery: Reference, processedAt: Date) =>
    database.query(
      `insert into health_data.processed_delivery (delivery_id, received_on, outcome, processed_at) values ($1, $2, 'stored', $3)`,
      [delivery.id, delivery.receivedOn, processedAt],
    );
  const entries = async () =>
    (
      await database.query<{ id: string }>(
        'select delivery_id as id from health_data.processed_delivery order by processed_at',
      )
    ).map(({ id }) => id);

  it('forgets deliveries after 200 days, and never one that still stands in the log', async () => {
    const standing = await heartRateOf('2026-03-01', ago(250));
    const gone = (days: number): Reference => ({
      id: newId(),
      receivedOn: ago(days).toISOString().slice(0, 10),
      hash: null,
    });
    const [old, young] = [gone(240), gone(199)];
    await entered(standing, ago(250));
    await entered(old, ago(240));
    await entered(young, ago(199));
    await keepToRetention(parts);
    expect(await entries()).toEqual([standing.id, young.id]);
    // It was not taken for a new one.
    expect(await processReferences(parts, [standing])).toBe(0);
  });
});
