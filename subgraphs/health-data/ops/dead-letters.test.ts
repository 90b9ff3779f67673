import { sha256 } from '#platform/crypto';
import { deadLetterVerbs } from '#platform/dead-letter-verbs';
import { newId } from '#platform/ids';
import { runOps } from '#platform/ops';
import type { PayloadKeys } from '#platform/payload-keys';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { sleepDocument } from '../../../tests/support/oura-vendor.ts';
import { forgetLetters } from '../retention/letters.ts';
import { createOneAthlete, openNormalizedBus, type NormalizedBus } from '../deliveries/one-athlete.test-support.ts';
import { processReferences, type ProcessParts } from '../deliveries/process.ts';
import { openDesk, type LetterParts } from './dead-letters.ts';

const NOW = new Date('2026-11-20T10:00:00Z');
const GOOD = JSON.stringify({ data: [sleepDocument({ id: 'night-1', day: '2026-11-19' })] });

let bus: NormalizedBus;
let database: TestDatabase;
let keys: PayloadKeys;
let parts: ProcessParts;
let athleteId: string;
let keyId: string;

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
beforeEach(() =>
  database.query(
    `truncate connections.delivery, health_data.processed_delivery, health_data.dead_letter, health_data.touched_day,
              health_data.sleep_night, health_data.hrv_night, health_data.resting_heart_rate, health_data.vitals_day,
              health_data.sample_record, health_data.sample_block, audit.entry`,
  ),
);

async function ops(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
  const given: LetterParts & { close(): Promise<void> } = {
    terminal,
    db: async () => parts.db,
    clock: async () => parts.clock,
    payloadKeys: async () => keys,
    processing: async () => parts,
    close: async () => undefined,
  };
  const verbs = [deadLetterVerbs(openDesk)];
  const code = await runOps({
    subgraph: 'health-data',
    verbs,
    parts: given,
    args: ['dead-letters', ...args],
    terminal,
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const sealed = (id: string, text: string): [Buffer, Buffer] => [
  keys.seal({ keyId, plaintext: Buffer.from(text), deliveryId: id }),
  sha256(Buffer.from(text)),
];

/** A delivery as connections holds it, normalised once; answers its reference. */
async function received(text: string) {
  const id = newId();
  await database.query(
    `insert into connections.delivery (received_on, id, provider, domain, athlete_id, connection_id, body_sealed, body_hash, key_id,
                                       source_updated_at, received_at, provenance)
     values ('2026-11-20', $1, 'OURA', 'sleep', $2, $3, $4, $5, $6, $7, $7, 'fetched')`,
    [id, athleteId, newId(), ...sealed(id, text), keyId, NOW],
  );
  await processReferences(parts, [{ id, receivedOn: '2026-11-20', hash: null }]);
  return id;
}

/** As if today's code could read what yesterday's could not: the body is one that it reads. */
const becomes = (id: string, text: string) =>
  database.query('update connections.delivery set body_sealed = $2, body_hash = $3 where id = $1', [
    id,
    ...sealed(id, text),
  ]);

interface Letter {
  id: string;
  reason: string;
  resolution: string | null;
}
const letters = () =>
  database.query<Letter>('select id, reason, resolution from health_data.dead_letter order by reason');
const nights = () => database.query('select record_id from health_data.sleep_night');

test('a delivery is normalised by the retry of its letter, which is closed', async () => {
  const delivery = await received('{"data": [');
  const [letter] = await letters();
  expect(letter).toMatchObject({ reason: 'not_json', resolution: null });
  await becomes(delivery, GOOD);
  expect(await ops('retry', letter?.id ?? '')).toMatchObject({ code: 0, err: '' });
  expect(await letters()).toEqual([{ ...letter, resolution: 'retried' }]);
  expect(await nights()).toEqual([{ record_id: 'night-1' }]);
  expect((await ops('retry', letter?.id ?? '')).out).toBe('');
});

test('one that fails again stays open, and a new reason is a letter of its own', async () => {
  const delivery = await received('{"data": [');
  const [letter] = await letters();
  expect((await ops('retry', '--reason', 'not_json')).out).toContain('failed again: not_json');
  expect(await letters()).toEqual([letter]);
  await database.query(`update connections.delivery set body_hash = '\\x00' where id = $1`, [delivery]);
  expect((await ops('retry', letter?.id ?? '')).out).toMatch(
    /failed again: hash_mismatch, which is letter [0-9a-f-]{36}$/,
  );
  expect(await letters()).toEqual([
    { id: expect.any(String), reason: 'hash_mismatch', resolution: null },
    { ...letter, resolution: 'retried' },
  ]);
});

test('a letter that was closed is open again when its delivery fails again', async () => {
  const delivery = await received('{"data": [');
  const [letter] = await letters();
  await ops('drop', letter?.id ?? '', '--note', 'not worth it');
  await database.query('delete from health_data.processed_delivery');
  await processReferences(parts, [{ id: delivery, receivedOn: '2026-11-20', hash: null }]);
  expect(await letters()).toEqual([{ ...letter, resolution: null }]);
});

test('a letter whose body went into the archive says how to get it back, and leaves the ledger alone', async () => {
  await received('{"data": [');
  await database.query('truncate connections.delivery');
  const [letter] = await letters();
  expect((await ops('retry', letter?.id ?? '')).out).toContain(
    'replay --provider oura --from 2026-11-20 --to 2026-11-20',
  );
  expect(await letters()).toEqual([letter]);
  expect(await database.query('select from health_data.processed_delivery')).toHaveLength(1);
});

test('a letter is shown with its athlete, and its body on request, which goes on record', async () => {
  await received('{"data": [');
  const [letter] = await letters();
  const shown = (await ops('show', letter?.id ?? '')).out;
  expect(shown).toContain(athleteId);
  expect(shown).not.toContain('{"data"');
  expect((await ops('show', letter?.id ?? '', '--body')).out).toMatch(/\n\{"data": \[$/);
  expect(await database.query('select athlete_id, action from audit.entry')).toEqual([
    { athlete_id: athleteId, action: 'READ' },
  ]);
});

test('an id that is not here is passed over: the program of insights, which runs last, complains of what nobody has', async () => {
  for (const verb of [['show'], ['retry'], ['drop', '--note', 'x']])
    expect(await ops(...verb, newId())).toEqual({ code: 0, out: '', err: '' });
});

test('resolved letters are forgotten after 90 days, open ones never', async () => {
  const days = (n: number): Date => new Date(NOW.getTime() - n * 86_400_000);
  for (const resolvedAt of [days(91), days(89), null])
    await database.query(
      `insert into health_data.dead_letter (id, stage, delivery_id, reason, detail, created_at, resolved_at, resolution)
       values ($1, 'normalise', $1, 'x', 'x', $2, $3, 'retried')`,
      [newId(), days(300), resolvedAt],
    );
  await forgetLetters(parts);
  expect(
    await database.query<{ at: Date | null }>('select resolved_at as at from health_data.dead_letter order by 1'),
  ).toEqual([{ at: days(89) }, { at: null }]);
});
