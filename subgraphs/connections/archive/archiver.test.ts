import { rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { archivePlace } from '#platform/archive';
import { systemClock } from '#platform/clock';
import { sha256 } from '#platform/crypto';
import { newId } from '#platform/ids';
import { createLogger } from '#platform/log';
import { openArchive } from '#platform/open-archive';
import { createPayloadKeys } from '#platform/payload-keys';
import { CannotStart } from '#platform/process';
import { createMetrics } from '#platform/telemetry';
import { until } from '../../../tests/support/wait.ts';
import { archiveRound, startArchiver } from './archiver.ts';
import { openStores, type Recipient, type Stores } from './archive.test-support.ts';
import { decodeObject, openObject } from './object.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const DAY = '2026-11-20T06:00:00Z';
let stores: Stores;
let athlete: Recipient;
beforeAll(async () => {
  stores = await openStores();
  athlete = await stores.newAthlete();
});
afterAll(() => stores?.close());
let archiver: Awaited<ReturnType<typeof startArchiver>> | undefined;
afterEach(() => archiver?.close());
beforeEach(async () => {
  await stores.database.query('truncate connections.delivery, connections.delivery_key');
});

const parts = () => ({
  ...{ ...stores, clock: systemClock, metrics: createMetrics(), log },
  spareTime: () => 1,
  givesWayS: 300,
});
const waiting = async (): Promise<number> =>
  (
    await stores.database.query<{ n: number }>(
      'select count(*)::int as n from connections.delivery where archived_at is null',
    )
  )[0]?.n ?? 0;

async function theObject(key: string) {
  const place = archivePlace(key);
  const bytes = await stores.archive.get(key);
  if (place === null || bytes === null) throw new Error(`nothing stands under ${key}`);
  return { place, bytes, text: bytes.toString('utf8') };
}

test('a delivery becomes an object that holds all of it and shows none of it', async () => {
  const before = new Set(await stores.keysInArchive());
  await stores.deliver(athlete, DAY, [
    {
      body: Buffer.from('{"average_hrv":61}'),
      connectionId: newId(),
      sourceUpdatedAt: new Date('2026-11-20T05:59:00Z'),
    },
  ]);
  expect(await archiveRound(parts())).toMatchObject({ archived: 1, failure: null });
  expect(await waiting()).toBe(0);
  const [key = ''] = (await stores.keysInArchive()).filter((key) => !before.has(key));
  const { place, bytes, text } = await theObject(key);
  expect(place).toMatchObject({ provider: 'OURA', receivedOn: '2026-11-20', athleteId: athlete.athleteId });
  expect(text).not.toContain('average_hrv');
  const object = decodeObject(bytes, place);
  expect(object).toMatchObject({
    domain: 'sleep',
    provenance: 'fetched',
    keyId: athlete.keyId,
    receivedAt: new Date(DAY),
    sourceUpdatedAt: new Date('2026-11-20T05:59:00Z'),
    bodyHash: sha256('{"average_hrv":61}'),
  });
  expect(object && String(openObject(object, stores.payloadKeys))).toBe('{"average_hrv":61}');
});

test('an object whose fields, body or place were changed does not open', async () => {
  await stores.deliver(athlete, DAY, [{ body: Buffer.from('{"a":1}') }]);
  const { payloadKeys } = stores;
  await archiveRound(parts());
  const [{ id } = { id: '' }] = await stores.database.query<{ id: string }>('select id from connections.delivery');
  const key = (await stores.keysInArchive()).find((one) => one.includes(id)) ?? '';
  const { place, text } = await theObject(key);
  const fields = JSON.parse(text) as Record<string, string>;
  const opens = (change: Record<string, unknown>, moved = {}): boolean => {
    const object = decodeObject(Buffer.from(JSON.stringify({ ...fields, ...change })), { ...place, ...moved });
    return object !== null && openObject(object, payloadKeys) !== null;
  };
  expect(opens({})).toBe(true);
  const changed = [
    { sourceUpdatedAt: '2027-01-01T00:00:00.000Z' },
    { receivedAt: '2026-11-20T06:00:00.001Z' },
    { domain: 'workout' },
    { connectionId: newId() },
    { provenance: 'uploaded' },
    { bodyHash: '0'.repeat(64) },
    { deliveryId: newId() },
    { provider: 'POLAR' },
    { format: 2 },
    { body: fields['proof'] },
    { proof: fields['body'] },
  ];
  expect(changed.filter((change) => opens(change))).toEqual([]);
  expect(opens({}, { athleteId: newId() })).toBe(false);
  expect(opens({}, { receivedOn: '2026-11-21' })).toBe(false);
  expect(decodeObject(Buffer.from(text.slice(0, -2)), place)).toBeNull();
});

test('what was put before a crash is found there and marked; the object stays the first one', async () => {
  await stores.deliver(athlete, DAY, [{ body: Buffer.from('{"b":1}') }]);
  await archiveRound(parts());
  const [{ id } = { id: '' }] = await stores.database.query<{ id: string }>('select id from connections.delivery');
  const key = (await stores.keysInArchive()).find((one) => one.includes(id)) ?? '';
  const first = (await theObject(key)).text;
  await stores.database.query('update connections.delivery set archived_at = null');
  expect(await archiveRound(parts())).toMatchObject({ archived: 1 });
  expect(await waiting()).toBe(0);
  expect((await theObject(key)).text).toBe(first);
});

test('a delivery that was committed late is archived though later ones were before it', async () => {
  const { db } = stores;
  await stores.deliver(athlete, DAY, [{}]);
  const [inserted, mayCommit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const late = db.transaction(async (tx) => {
    await tx.query(
      `insert into delivery (received_on, id, provider, domain, athlete_id, body_sealed, body_hash, key_id,
                             source_updated_at, received_at, provenance)
       select received_on, $1, provider, domain, athlete_id, body_sealed, body_hash, key_id,
              source_updated_at, received_at - interval '1 hour', provenance from delivery`,
      [newId()],
    );
    inserted.resolve();
    await mayCommit.promise;
  });
  await inserted.promise;
  expect((await archiveRound(parts())).archived).toBe(1);
  mayCommit.resolve();
  await late;
  expect((await archiveRound(parts())).archived).toBe(1);
  expect(await waiting()).toBe(0);
});

test('what belongs to nobody, to an erased athlete, or came from the archive makes no object', async () => {
  const erased = await stores.newAthlete();
  await stores.deliver(athlete, DAY, [{ athleteId: null }, { firstReceivedAt: new Date('2026-10-01') }]);
  await stores.deliver(erased, DAY, [{}]);
  await stores.database.query('delete from connections.data_key where athlete_id = $1', [erased.athleteId]);
  const before = await stores.keysInArchive();
  const afterErasure = { ...parts(), payloadKeys: createPayloadKeys({ ring: stores.ring }) };
  expect(await archiveRound(afterErasure)).toMatchObject({ archived: 1, failure: null });
  expect(await stores.keysInArchive()).toEqual(before);
  expect((await archiveRound(afterErasure)).archived).toBe(0);
});

test('more than a round holds, by number or by bytes, is archived in several', async () => {
  const huge = { body: Buffer.alloc(10 * 1024 ** 2, 'x') };
  await stores.deliver(athlete, '2026-11-20T05:00:00Z', [huge, huge, huge, huge]);
  await stores.deliver(
    athlete,
    DAY,
    Array.from({ length: 201 }, () => ({})),
  );
  const rounds: number[] = [];
  for (let round = await archiveRound(parts()); round.archived > 0; round = await archiveRound(parts()))
    rounds.push(round.archived);
  expect(rounds).toEqual([4, 200, 1]);
});

test('while the store is away deliveries wait and are counted; when it is back they are archived', async () => {
  const { archive, folder, metrics } = { ...parts() };
  const moved = join(folder, 'moved');
  await rename(join(folder, 'archive'), moved);
  await writeFile(join(folder, 'archive'), 'no folder');
  const counted = async (name: string): Promise<number> =>
    (await metrics.registry.getMetricsAsJSON()).find((metric) => metric.name === name)?.values[0]?.value ?? 0;
  archiver = await startArchiver({ ...parts(), archive, metrics });
  await stores.deliver(athlete, new Date(Date.now() - 90_000).toISOString(), [{}]);
  await until(
    'a look at what waits',
    async () => (await counted('athlete_ally_archive_oldest_unarchived_seconds')) > 89,
  );
  expect(await waiting()).toBe(1);
  await rm(join(folder, 'archive'));
  await rename(moved, join(folder, 'archive'));
  await until('the archive', async () => (await waiting()) === 0);
  await until('nothing waits', async () => (await counted('athlete_ally_archive_oldest_unarchived_seconds')) === 0);
});

test('copies wait while the machine is busy, but for no longer than they may', async () => {
  let spare = 0.2;
  await stores.deliver(athlete, new Date(Date.now() - 60_000).toISOString(), [{}]);
  let looks = 0;
  const spareTime = () => ((looks += 1), spare);
  archiver = await startArchiver({ ...parts(), spareTime });
  await until('two looks at a busy machine', () => looks > 1);
  expect(await waiting()).toBe(1);
  spare = 0.3;
  await until('the archive', async () => (await waiting()) === 0);
  spare = 0.2;
  await stores.deliver(athlete, new Date(Date.now() - 301_000).toISOString(), [{}]);
  await until('what waited for five minutes', async () => (await waiting()) === 0);
});

test('a store that overwrites keeps the archiver from starting', async () => {
  process.env['AWS_ACCESS_KEY_ID'] ??= 'test';
  process.env['AWS_SECRET_ACCESS_KEY'] ??= 'test';
  const server = createServer((request, response) => request.resume().once('end', () => response.end('other')));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `s3://raw?endpoint=http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const archive = openArchive({ url, encryption: { kind: 'AES256' } });
  await expect(startArchiver({ ...parts(), archive })).rejects.toThrow(CannotStart);
  archive.close();
  await new Promise((resolve) => server.close(resolve));
});
