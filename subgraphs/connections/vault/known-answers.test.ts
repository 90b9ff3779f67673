import { randomBytes } from 'node:crypto';
import { systemClock } from '#platform/clock';
import { createKeyRing, type KeyRing } from '#platform/crypto';
import type { Database } from '#platform/database';
import { createLogger } from '#platform/log';
import { CannotStart } from '#platform/process';
import { provePayloadSecrets } from '#platform/root-secrets';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { insertDataKey } from './data-keys.ts';
import { proveRootSecrets } from './known-answers.ts';

let database: TestDatabase;
let db: Database;
let reader: Database;
beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('connections');
  reader = await database.open('health_data');
});
afterEach(async () => {
  await database.query('delete from connections.root_secret');
  await database.query('delete from connections.data_key');
});
afterAll(() => database?.drop());

const secrets = Array.from({ length: 3 }, () => randomBytes(32)) as [Buffer, Buffer, Buffer];
const [right, next, wrong] = secrets;
const ringOf = (roots: [number, Buffer][], current?: number): KeyRing =>
  createKeyRing({ purpose: 'payload', roots: new Map(roots), ...(current === undefined ? {} : { current }) });
const prove = (ring: KeyRing): Promise<void> => proveRootSecrets({ db, ring, clock: systemClock });
const makeKey = (ring: KeyRing): Promise<void> =>
  insertDataKey(db, { ring, kind: 'intake', athleteId: null, clock: systemClock });

const refusal = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(
    () => new Error('it was taken'),
    (refused: unknown) => refused,
  );
  expect(error).toBeInstanceOf(CannotStart);
  return (error as Error).message;
};

test('a wrong root secret is refused at the start, with nothing sealed yet', async () => {
  await prove(ringOf([[1, right]]));
  await prove(ringOf([[1, right]]));
  expect(await refusal(prove(ringOf([[1, wrong]])))).toMatch(
    /^PAYLOAD_ROOT_SECRET does not hold the secret that version 1 .* Put that secret back; .*rotate-keys\.md/,
  );
});

test('a wrong older secret is refused as well, under its own name', async () => {
  await prove(ringOf([[1, right]]));
  const swapped = ringOf(
    [
      [1, wrong],
      [2, next],
    ],
    2,
  );
  expect(await refusal(prove(swapped))).toMatch(/^PAYLOAD_ROOT_SECRET_PREVIOUS does not hold .* version 1 /);
});

test('a secret may be made known before it is used, and the old one may go when nothing stands under it', async () => {
  const both: [number, Buffer][] = [
    [1, right],
    [2, next],
  ];
  await prove(ringOf([[1, right]]));
  await makeKey(ringOf([[1, right]]));
  await prove(ringOf(both, 1));
  await prove(ringOf(both, 2));
  expect(await refusal(prove(ringOf([[2, next]])))).toMatch(
    /^Data keys still stand under version 1 of PAYLOAD_ROOT_SECRET, which is not configured\. Add "1=<secret>" to PAYLOAD_ROOT_SECRET_PREVIOUS/,
  );
  await database.query('update connections.data_key set kek_version = 2');
  await prove(ringOf([[2, next]]));
});

test('a database from before these records is proven by the keys it holds', async () => {
  await makeKey(ringOf([[1, right]]));
  expect(await refusal(prove(ringOf([[1, wrong]])))).toMatch(/version 1 of this database/);
  expect(await database.query('select from connections.root_secret')).toHaveLength(0);
  await prove(ringOf([[1, right]]));
});

test('of two replicas that start together with different secrets, one is refused', async () => {
  const outcomes = await Promise.allSettled([prove(ringOf([[1, right]])), prove(ringOf([[1, wrong]]))]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

describe('a process that only opens', () => {
  const log = createLogger({ name: 'test', level: 'silent' });
  const proveReader = (ring: KeyRing, onWrong: (error: CannotStart) => void = () => undefined) =>
    provePayloadSecrets({ db: reader, ring, log, onWrong });

  it('is refused with a wrong secret, or without one that is needed', async () => {
    await prove(ringOf([[1, right]]));
    await makeKey(ringOf([[1, right]]));
    expect(await refusal(proveReader(ringOf([[1, wrong]])))).toMatch(/^PAYLOAD_ROOT_SECRET does not hold/);
    expect(await refusal(proveReader(ringOf([[2, next]])))).toMatch(/^Data keys still stand under version 1/);
    await (await proveReader(ringOf([[1, right]]))).close();
  });

  it('started before there was a record, hears of a wrong secret as soon as there is one', async () => {
    const told = Promise.withResolvers<CannotStart>();
    const proving = await proveReader(ringOf([[1, wrong]]), told.resolve);
    await prove(ringOf([[1, right]]));
    expect((await told.promise).message).toMatch(/^PAYLOAD_ROOT_SECRET does not hold/);
    await proving.close();
  });
});
