import { createAnnounceLetters } from '#platform/announce-letters';
import { createLogger } from '#platform/log';
import { newId } from '#platform/ids';
import { deadLetterVerbs } from '#platform/dead-letter-verbs';
import { runOps } from '#platform/ops';
import { createMetrics } from '#platform/telemetry';
import { openStores, type Recipient, type Stores } from '../archive/archive.test-support.ts';
import { createOura, ouraConfig } from '../providers/oura.ts';
import { vendorsOf } from '../providers/registry.ts';
import { vendorWith } from '../providers/vendor.test-support.ts';
import { createDeadLetters } from '../fetching/dead-letters.ts';
import { createFetcher } from '../fetching/fetch.ts';
import { sweepOnce } from '../fetching/sweep.ts';
import type { Reference } from '../webhooks/relay.ts';
import type { NewDelivery } from '../webhooks/new-delivery.ts';
import { openDesk, type LetterParts } from './dead-letters.ts';

const RECEIVED = '2026-11-20T10:00:00.000Z';
let now = new Date('2026-11-21T10:00:00Z');
const clock = { now: () => now };
const log = createLogger({ name: 'test', level: 'silent' });
const vendors = vendorsOf([
  vendorWith(createOura, ouraConfig, {
    OURA_CLIENT_ID: 'id',
    OURA_CLIENT_SECRET: 'a secret of a test',
    OURA_VERIFICATION_TOKEN: 'a verification token',
  }),
]);

let stores: Stores;
let athlete: Recipient;
let connectionId: string;
/** What the running subgraph would hear of. */
let published: Reference[] = [];

beforeAll(async () => {
  stores = await openStores();
  athlete = await stores.newAthlete();
});
afterAll(() => stores?.close());
beforeEach(async () => {
  published = [];
  now = new Date('2026-11-21T10:00:00Z');
  await stores.database.query(
    `truncate connections.delivery, connections.delivery_key, connections.fetched_notification, connections.dead_letter,
              connections.provider_connection, connections.source_erasure, audit.entry cascade`,
  );
  connectionId = newId();
  await stores.database.query(
    `insert into connections.provider_connection (id, athlete_id, provider, provider_user_id, state, granted_scopes, linked_at)
     values ($1, $2, 'OURA', 'oura-user-1', 'ACTIVE', '{daily}', $3)`,
    [connectionId, athlete.athleteId, RECEIVED],
  );
});

/** One run of the program: exit code, and what it printed. */
async function ops(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
  const parts: LetterParts & { close(): Promise<void> } = {
    terminal,
    db: async () => stores.db,
    clock: async () => clock,
    payloadKeys: async () => stores.payloadKeys,
    vendors: async () => vendors,
    publish: async (references) => void published.push(...references),
    close: async () => undefined,
  };
  const verbs = [deadLetterVerbs(openDesk)];
  const code = await runOps({ subgraph: 'connections', verbs, parts, args: ['dead-letters', ...args], terminal });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const notification = (change: object = {}): Buffer =>
  Buffer.from(
    JSON.stringify({
      event_type: 'update',
      data_type: 'sleep',
      object_id: 'night-1',
      event_time: '2026-11-20T05:02:30+00:00',
      user_id: 'oura-user-1',
      ...change,
    }),
  );

/** A body as intake sets it aside: of nobody, with a letter. Answers the letter's id. */
async function unreadable(body: Buffer): Promise<string> {
  const letter = { stage: 'intake', reason: 'not_json', detail: 'It could not be read.' };
  await deliverOne({ domain: 'notification', athleteId: null, body, provenance: 'signed', deadLetter: letter });
  return (await theLetter()).id;
}

const deliverOne = (delivery: Partial<NewDelivery>) => stores.deliver(athlete, RECEIVED, [delivery]);

interface Letter {
  id: string;
  reason: string;
  resolution: string | null;
}
async function theLetter(): Promise<Letter> {
  const letters = await stores.database.query<Letter>('select id, reason, resolution from connections.dead_letter');
  expect(letters).toHaveLength(1);
  return letters[0] as Letter;
}

const ownDeliveries = () =>
  stores.database.query<{ id: string }>(
    `select id, domain, provenance, received_at, source_updated_at, connection_id from connections.delivery where athlete_id is not null`,
  );

const fetcher = () => {
  const unreached = (): Promise<never> => Promise.reject(new Error('nobody is asked in this test'));
  return createFetcher({
    ...stores,
    vendors,
    clock,
    log,
    openAccess: () => unreached,
    accountEvents: { settle: unreached },
    deadLetters: createDeadLetters({
      ...stores,
      announceLetters: createAnnounceLetters({ publisher: { publish: unreached }, clock, log }),
      clock,
      metrics: createMetrics(),
    }),
    coalesceMs: 0,
    onStored: () => undefined,
  });
};
const sweep = () =>
  sweepOnce({
    ...stores,
    fetcher: fetcher(),
    clock,
    metrics: createMetrics(),
    log,
    sweepAfterMs: 30_000,
    isWhole: false,
  });

test('a body that can be read by now becomes a delivery of its athlete, once, and its letter is closed', async () => {
  const id = await unreadable(notification());
  const first = await ops('retry', id);
  expect(first).toMatchObject({ code: 0, err: '' });
  expect(first.out).toContain('could be read and is stored');
  expect(await theLetter()).toMatchObject({ resolution: 'retried' });
  expect(await ownDeliveries()).toEqual([
    {
      id: expect.any(String),
      domain: 'notification',
      provenance: 'signed',
      received_at: now,
      source_updated_at: new Date(RECEIVED),
      connection_id: connectionId,
    },
  ]);
  expect((await ops('retry', id)).out).toBe('');
  expect(await ownDeliveries()).toHaveLength(1);
});

test.each([
  ['is still broken', Buffer.from('{"event_type": '), 'not_json'],
  ['speaks of somebody unknown', notification({ user_id: 'a-stranger' }), 'unknown_user'],
])('a letter stays open with its reason while its body %s', async (_what, body, reason) => {
  const { code, out } = await ops('retry', await unreadable(body));
  expect(code).toBe(0);
  expect(out).toMatch(/still unreadable: not_json|linked to nobody here/);
  expect(await theLetter()).toMatchObject({ reason, resolution: null });
  expect(await ownDeliveries()).toEqual([]);
});

test('what the athlete had deleted since does not come back by a retry', async () => {
  const id = await unreadable(notification());
  await stores.database.query(
    `insert into connections.source_erasure (id, athlete_id, provider, connection_ids, ordered_at) values ($1, $2, 'OURA', '{}', $3)`,
    [newId(), athlete.athleteId, '2026-11-20T12:00:00Z'],
  );
  expect((await ops('retry', id)).out).toContain('deleted since');
  expect(await theLetter()).toMatchObject({ reason: 'source_erased', resolution: null });
  expect(await ownDeliveries()).toEqual([]);
});

test('a notification is asked again, keeps its one letter while it fails, and loses it when it is answered', async () => {
  now = new Date('2026-11-20T10:01:00Z');
  await deliverOne({ domain: 'notification', connectionId, body: Buffer.from('{}') });
  expect(await sweep()).toBe(1);
  const { id, reason } = await theLetter();
  expect(reason).toBe('no_user');
  expect(await sweep()).toBe(0);

  now = new Date('2026-11-25T10:00:00Z');
  expect((await ops('retry', '--reason', 'no_user', '--provider', 'oura')).out).toContain('asked again');
  expect(await theLetter()).toEqual({ id, reason, resolution: null });
  expect(published).toEqual([expect.objectContaining({ receivedOn: '2026-11-20', domain: 'notification' })]);
  expect(await fetcher().handle(published)).toBe('done');
  expect(await theLetter()).toEqual({ id, reason, resolution: null });

  await ops('retry', id);
  const [{ id: deliveryId } = { id: '' }] = await ownDeliveries();
  const body = stores.payloadKeys.seal({ keyId: athlete.keyId, plaintext: notification(), deliveryId });
  await stores.database.query('update connections.delivery set body_sealed = $1', [body]);
  await stores.database.query(`update connections.provider_connection set state = 'REVOKED'`);
  expect(await fetcher().handle([{ id: deliveryId, receivedOn: '2026-11-20' }])).toBe('done');
  expect(await theLetter()).toEqual({ id, reason, resolution: 'retried' });
});

test('an alarm about a body has it handed to health-data again, as received when it was, and is closed', async () => {
  await deliverOne({ domain: 'sleep', connectionId });
  const [{ id: deliveryId } = { id: '' }] = await ownDeliveries();
  for (const about of [deliveryId, null])
    await stores.database.query(
      `insert into connections.dead_letter (id, stage, delivery_id, received_on, reason, detail, created_at)
       values ($1, 'normalise', $2, '2026-11-20', 'max_deliveries', 'x', $3)`,
      [newId(), about, now],
    );
  const { out } = await ops('retry', '--reason', 'max_deliveries');
  expect(out).toContain('handed to health-data again');
  expect(out).toContain('names no delivery');
  expect(published).toEqual([expect.objectContaining({ id: deliveryId, domain: 'sleep', receivedAt: RECEIVED })]);
  expect(await stores.database.query('select delivery_id, resolution from connections.dead_letter order by 1')).toEqual(
    [
      { delivery_id: deliveryId, resolution: 'retried' },
      { delivery_id: null, resolution: null },
    ],
  );
});

test('letters are listed by what they are, and shown without a value of their body', async () => {
  const id = await unreadable(notification({ user_id: 'a-stranger' }));
  expect((await ops('list', '--stage', 'intake')).out).toMatch(
    new RegExp(`^connections: 1 open dead letter\n  ${id}  ${RECEIVED}  intake     oura            not_json$`),
  );
  for (const other of [
    ['--stage', 'fetch'],
    ['--provider', 'whoop'],
    ['--reason', 'no_user'],
  ])
    expect((await ops('list', ...other)).out).toBe('connections: no open dead letters');
  const shown = await ops('show', id);
  expect(shown.out).toMatch(/athlete +nobody we know/);
  expect(shown.out).not.toContain('a-stranger');
  expect(await stores.database.query('select from audit.entry')).toEqual([]);
  expect((await ops('list', '--json')).out).toContain(`"id":"${id}"`);
});

test('a body is opened on request, after that is on record', async () => {
  await deliverOne({ domain: 'notification', connectionId, body: Buffer.from('{"user": 1}') });
  now = new Date('2026-11-20T10:01:00Z');
  await sweep();
  const { id } = await theLetter();
  expect((await ops('show', id, '--body')).out).toMatch(/\n\{"user": 1\}$/);
  expect(await stores.database.query('select athlete_id, action, purpose from audit.entry')).toEqual([
    { athlete_id: athlete.athleteId, action: 'READ', purpose: `an operator read the body of dead letter ${id}` },
  ]);
});

test('a dropped letter is closed with the note, and only once', async () => {
  const id = await unreadable(Buffer.from('x'));
  expect((await ops('drop', id)).err).toContain("required option '--note <text>' not specified");
  expect((await ops('drop', id, '--note', 'a test of the vendor')).out).toBe(`${id} dropped`);
  expect((await ops('drop', id, '--note', 'again')).out).toBe('');
  expect(await theLetter()).toMatchObject({ resolution: 'dropped: a test of the vendor' });
  expect((await ops('list')).out).toBe('connections: no open dead letters');
  expect((await ops('list', '--all')).out).toContain('not_json (dropped: a test of the vendor)');
});

test('an id of another subgraph is passed over, and a retry of everything is refused', async () => {
  expect(await ops('show', newId())).toEqual({ code: 0, out: '', err: '' });
  expect(await ops('retry')).toMatchObject({ code: 1, err: expect.stringContaining('Say which letters') });
});
