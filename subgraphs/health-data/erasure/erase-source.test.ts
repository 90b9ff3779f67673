import { sha256 } from '#platform/crypto';
import { newId } from '#platform/ids';
import type { PayloadKeys } from '#platform/payload-keys';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { sleepDocument } from '../../../tests/support/oura-vendor.ts';
import { createOneAthlete, openNormalizedBus, type NormalizedBus } from '../deliveries/one-athlete.test-support.ts';
import { processReferences, type ProcessParts } from '../deliveries/process.ts';
import { eraseSource } from './erase-source.ts';
import { openOrders } from './orders.ts';

const NOW = new Date('2026-11-20T10:00:00Z');
const minutes = (n: number): Date => new Date(NOW.getTime() + n * 60_000);

let bus: NormalizedBus;
let database: TestDatabase;
let keys: PayloadKeys;
let parts: ProcessParts;
let athleteId: string;
let keyId: string;
let connectionId: string;

beforeAll(async () => {
  [bus, database] = await Promise.all([openNormalizedBus(), createDatabase()]);
  ({ athleteId, keyId, keys, parts } = await createOneAthlete({
    database,
    clock: { now: () => NOW },
    publisher: bus.publisher,
  }));
});
afterAll(async () => {
  await bus?.close();
  await database?.drop();
});
beforeEach(async () => {
  connectionId = newId();
  await database.query(
    `truncate connections.delivery, connections.source_erasure, health_data.erased_source, health_data.processed_delivery,
              health_data.dead_letter, health_data.touched_day, health_data.sleep_night, health_data.hrv_night,
              health_data.resting_heart_rate, health_data.vitals_day, health_data.sample_record, health_data.sample_block,
              health_data.daily_summary, health_data.source_preference`,
  );
});

/** A delivery as connections holds it; answers the reference a message would carry. */
async function received(body: object, options: { at: Date; through?: string }) {
  const id = newId();
  const text = Buffer.from(JSON.stringify(body));
  const receivedOn = options.at.toISOString().slice(0, 10);
  await database.query(
    `insert into connections.delivery (received_on, id, provider, domain, athlete_id, connection_id, body_sealed, body_hash, key_id,
                                       source_updated_at, received_at, provenance)
     values ($1, $2, 'OURA', 'sleep', $3, $4, $5, $6, $7, $8, $8, 'fetched')`,
    [
      receivedOn,
      id,
      athleteId,
      options.through ?? connectionId,
      keys.seal({ keyId, plaintext: text, deliveryId: id }),
      sha256(text),
      keyId,
      options.at,
    ],
  );
  return { id, receivedOn, hash: null };
}

const SERIES = { interval: 300, items: [52, 51, 50], timestamp: '2026-11-18T22:25:00.000+02:00' };
const night = (id: string) => ({ data: [{ ...sleepDocument({ id, day: '2026-11-19' }), heart_rate: SERIES }] });

async function order(): Promise<void> {
  await database.query(
    `insert into connections.source_erasure (id, athlete_id, provider, connection_ids, ordered_at) values ($1, $2, 'OURA', $3, $4)`,
    [newId(), athleteId, [connectionId], NOW],
  );
}

async function carryOut(): Promise<void> {
  for (const open of await openOrders(parts.db)) await eraseSource(parts, open);
}

const nights = async () =>
  (await database.query<{ id: string }>('select record_id as id from health_data.sleep_night order by 1')).map(
    ({ id }) => id,
  );
const samples = async () =>
  (
    await database.query(
      'select (select count(*)::int from health_data.sample_record) as records, (select count(*)::int from health_data.sample_block) as blocks',
    )
  )[0];
const ledger = () =>
  database.query(
    'select outcome, athlete_id as "athleteId", provider, days::text from health_data.processed_delivery order by outcome',
  );

describe('erasing a source', () => {
  it('deletes its rows and tombstones, touches their days, and forgets whose the deliveries were', async () => {
    const gone = { deleted: { data_type: 'sleep', object_id: 'n2' } };
    await processReferences(parts, [
      await received(night('n1'), { at: minutes(-3) }),
      await received(gone, { at: minutes(-2) }),
    ]);
    expect(await nights()).toEqual(['n1', 'n2']);
    expect(await samples()).toEqual({ records: 4, blocks: 1 });
    await order();
    await carryOut();
    expect(await nights()).toEqual([]);
    expect(await samples()).toEqual({ records: 0, blocks: 0 });
    expect(
      await database.query(`select day::text, revision::int from health_data.touched_day where signal = 'SLEEP'`),
    ).toEqual([{ day: '2026-11-19', revision: 2 }]);
    const forgotten = { outcome: 'erased', athleteId: null, provider: null, days: null };
    expect(await ledger()).toEqual([forgotten, forgotten]);
    expect(await openOrders(parts.db)).toEqual([]);
  });

  it('changes nothing the second time, and is one erasure when two replicas begin it together', async () => {
    await processReferences(parts, [await received(night('n1'), { at: minutes(-3) })]);
    await order();
    const [open] = await openOrders(parts.db);
    await Promise.all([eraseSource(parts, open!), eraseSource(parts, open!), eraseSource(parts, open!)]);
    const [touched] = await database.query<{ revision: string }>(
      `select revision::int from health_data.touched_day where signal = 'SLEEP'`,
    );
    expect(touched).toEqual({ revision: 2 });
    expect(await database.query('select row_count::int as n from health_data.erased_source')).toEqual([
      { n: expect.any(Number) },
    ]);
  });

  it('lets nothing come back that was received before the order, or later through the ended link', async () => {
    const before = await received(night('n1'), { at: minutes(-1) });
    const inFlight = await received(night('n2'), { at: minutes(1) });
    await order();
    await carryOut();
    expect(await processReferences(parts, [before, inFlight])).toBe(2);
    expect(await nights()).toEqual([]);
    expect((await ledger()).map((row) => (row as { outcome: string }).outcome)).toEqual(['erased', 'erased']);
    expect(await processReferences(parts, [before, inFlight])).toBe(0);
  });

  it('goes before what a new link brings, so that a night that came twice is kept', async () => {
    await processReferences(parts, [await received(night('n1'), { at: minutes(-1) })]);
    await order();
    // The sweep has not looked yet; the new link already delivers the same night.
    await processReferences(parts, [await received(night('n1'), { at: minutes(2), through: newId() })]);
    expect(await openOrders(parts.db)).toEqual([]);
    await carryOut();
    expect(await nights()).toEqual(['n1']);
  });

  it('takes with it that the source was chosen, and what summaries said of it', async () => {
    await processReferences(parts, [await received(night('n1'), { at: minutes(-1) })]);
    await database.query(
      `insert into health_data.source_preference (athlete_id, signal, provider, chosen_at)
       values ($1, 'SLEEP', 'OURA', $2), ($1, 'STEPS', 'GARMIN', $2)`,
      [athleteId, NOW],
    );
    expect(
      await database.query('select sleep_provider as of, hrv_provider as from from health_data.daily_summary'),
    ).toEqual([{ of: 'OURA', from: 'OURA' }]);
    await order();
    await carryOut();
    expect(await database.query('select provider from health_data.source_preference')).toEqual([
      { provider: 'GARMIN' },
    ]);
    expect(await database.query('select day from health_data.daily_summary')).toEqual([]);
  });

  it('leaves other providers and other athletes alone', async () => {
    await processReferences(parts, [await received(night('n1'), { at: minutes(-1) })]);
    await database.query(
      `insert into health_data.sleep_night select (json_populate_record(n, json_build_object('provider', 'GARMIN'))).* from health_data.sleep_night n`,
    );
    await database.query(
      `insert into health_data.sleep_night select (json_populate_record(n, json_build_object('athlete_id', gen_random_uuid()))).* from health_data.sleep_night n where provider = 'OURA'`,
    );
    await order();
    await carryOut();
    expect(await nights()).toEqual(['n1', 'n1']);
  });
});
