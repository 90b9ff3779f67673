import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createAnnounceLetters } from '#platform/announce-letters';
import { openBus, type Bus } from '#platform/bus';
import { createMessageSigner, createMessageVerifier } from '#platform/crypto';
import type { Database } from '#platform/database';
import { openEnvelope } from '#platform/envelope';
import { createLogger } from '#platform/log';
import { createPublisher } from '#platform/messages';
import { createMetrics, type Metrics } from '#platform/telemetry';
import { startNats, type Nats } from '../../../embedded/nats.ts';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { until } from '../../../tests/support/wait.ts';
import { createTeamOf } from '../ask.test-support.ts';
import { startRecompute } from '../readiness/recompute/consume.ts';
import { sweepOnce } from '../readiness/recompute/sweep.ts';
import { breakWritesOf, mendWrites, storeNight } from './failing-athletes.test-support.ts';
import { storeLetters } from './letters.ts';

const NOW = new Date('2026-11-20T10:00:00Z');
const clock = { now: () => NOW };
const silent = createLogger({ name: 'test', level: 'silent' });
const lines: string[] = [];
const log = pino({ base: null, timestamp: false }, { write: (line: string) => void lines.push(line) });

const pair = generateKeyPairSync('ed25519');
const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64');
const publicKey = pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
const verify = createMessageVerifier(`insights-1=${publicKey}`);
const signer = createMessageSigner({ keyId: 'insights-1', privateKey });

let folder: string;
let nats: Nats;
let database: TestDatabase;
let db: Database;
let metrics: Metrics;
let athleteIds: string[];
/** connections keeps the stream, insights publishes to it, the operator looks; health-data says who has new nights. */
let buses: Record<'connections' | 'health-data' | 'insights' | 'operator', Bus>;

beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('insights');
  ({ athleteIds } = await createTeamOf(database, 3));
  folder = await mkdtemp(join(tmpdir(), 'athlete-ally-letters-'));
  nats = await startNats({ cacheDir: '.cache', dataDir: folder, isDurable: false });
  const open = (user: keyof typeof buses) => openBus({ url: nats.url(user), name: 'test', log: silent });
  buses = {
    connections: await open('connections'),
    'health-data': await open('health-data'),
    insights: await open('insights'),
    operator: await open('operator'),
  };
});
afterAll(async () => {
  for (const bus of Object.values(buses)) await bus.close();
  await nats.stop();
  await rm(folder, { recursive: true, force: true });
  await database.drop();
});
beforeEach(async () => {
  metrics = createMetrics();
  await database.query(
    `truncate insights.dead_letter, insights.taken_touch, insights.readiness_day, insights.readiness_revision,
              insights.readiness_input, insights.changed_view, health_data.touched_day, health_data.hrv_night`,
  );
  for (const athleteId of athleteIds) await storeNight(database, { athleteId, at: NOW });
});
afterEach(async () => {
  lines.length = 0;
  await mendWrites(database);
});

function partsOf() {
  const publisher = createPublisher({ bus: buses.insights, signer, stream: null });
  const announceLetters = createAnnounceLetters({ publisher, clock, log });
  return { db, clock, announce: () => undefined, announceLetters, metrics, log };
}
/** One round; as each has its own memory, an athlete who failed is tried again. */
const sweep = () => sweepOnce({ ...partsOf(), sweepAfterMs: 0, isWhole: true });

const letters = () =>
  database.query<{ id: string; athleteId: string }>(
    'select id, athlete_id as "athleteId" from insights.dead_letter order by id',
  );
const counted = async (): Promise<string | undefined> =>
  /^athlete_ally_dead_letters_total\{stage="recompute",reason="gave_up"\} (\d+)$/m.exec(
    await metrics.registry.metrics(),
  )?.[1];

/** What the stream holds, as somebody reads it who knows the public key. */
async function announced(): Promise<{ subject: string; id: string; body: unknown }[]> {
  const { streams } = await buses.operator.connection.jetstreamManager();
  const { state } = await streams.info('DLQ');
  const told: { subject: string; id: string; body: unknown }[] = [];
  for (let seq = 1; seq <= state.last_seq; seq += 1) {
    const message = await streams.getMessage('DLQ', { seq });
    const envelope = openEnvelope({ subject: message.subject, data: message.data, headers: message.header, verify });
    if (envelope === null) throw new Error(`message ${seq} is not signed by insights`);
    told.push({ subject: envelope.subject, id: envelope.id, body: envelope.body });
  }
  return told.toSorted((one, other) => (one.id < other.id ? -1 : 1));
}

test('without a stream the letters stand, one line says that they were not announced, and the others are computed', async () => {
  const [well = '', ...broken] = athleteIds;
  await breakWritesOf(database, broken);
  expect(await sweep()).toBe(3);
  expect(new Set((await letters()).map(({ athleteId }) => athleteId))).toEqual(new Set(broken));
  expect(await counted()).toBe('2');
  const warnings = lines.filter((line) => line.includes('stored but not announced'));
  expect(warnings.map((line) => JSON.parse(line) as unknown)).toEqual([expect.objectContaining({ count: 2 })]);
  for (const athleteId of broken) expect(warnings.join('')).not.toContain(athleteId);
  expect(await database.query('select distinct athlete_id as id from insights.readiness_day')).toEqual([{ id: well }]);
});

test('while PostgreSQL is away nobody is left aside, and there is no letter', async () => {
  await database.query(`create function insights.go_away() returns trigger language plpgsql as
    $$begin raise exception 'going away' using errcode = '57P01'; end$$`);
  await database.query(
    'create trigger go_away before insert on insights.readiness_day execute function insights.go_away()',
  );
  const failedUntil = new Map<string, number>();
  try {
    const failing = sweepOnce({ ...partsOf(), sweepAfterMs: 0, isWhole: true }, failedUntil);
    await expect(failing).rejects.toMatchObject({ code: '57P01' });
  } finally {
    await database.query('drop function insights.go_away cascade');
  }
  expect([failedUntil.size, await letters()]).toEqual([0, []]);
});

describe('with the stream that connections keeps', () => {
  beforeEach(() => buses.connections.ensureStream('DLQ'));
  afterEach(async () => {
    await (await buses.operator.connection.jetstreamManager()).streams.delete('DLQ');
  });

  test('each new letter of a sweep is announced, signed: id, stage and reason, and nothing else', async () => {
    await breakWritesOf(database, athleteIds.slice(0, 2));
    await sweep();
    const stored = await letters();
    expect(stored).toHaveLength(2);
    expect(await announced()).toEqual(
      stored.map(({ id }) => ({
        subject: 'athlete-ally.dlq.recompute.v1',
        id,
        body: { id, stage: 'recompute', reason: 'gave_up' },
      })),
    );
    expect(lines.filter((line) => line.includes('not announced'))).toEqual([]);
  });

  test('whoever fails again has the one letter, which is announced and counted once', async () => {
    await breakWritesOf(database, athleteIds.slice(0, 1));
    await sweep();
    const first = await announced();
    expect(first).toHaveLength(1);
    expect(await sweep()).toBe(1);
    expect(lines.filter((line) => line.includes('left aside'))).toHaveLength(2);
    expect(await announced()).toEqual(first);
    expect([(await letters()).length, await counted()]).toEqual([1, '1']);
  });

  test('a message that is given up is announced as well, with a letter of each of its athletes', async () => {
    await breakWritesOf(database, athleteIds);
    // Tries follow one another at once.
    const random = jest.spyOn(Math, 'random').mockReturnValue(0);
    const publisher = createPublisher({ bus: buses['health-data'], signer, stream: 'NORMALIZED' });
    const recomputing = startRecompute({ ...partsOf(), bus: buses.insights, verify });
    try {
      const touched = athleteIds.slice(0, 2).map((athleteId) => ({ athleteId, days: ['2026-11-20'], revision: 1 }));
      await publisher.publish({ subject: 'athlete-ally.normalized.hrv.v1', id: 'm', body: { touched }, issuedAt: NOW });
      await until('both letters', async () => (await announced()).length === 2);
    } finally {
      await recomputing.close();
      random.mockRestore();
    }
    const stored = await letters();
    expect(new Set(stored.map(({ athleteId }) => athleteId))).toEqual(new Set(athleteIds.slice(0, 2)));
    expect((await announced()).map(({ body }) => body)).toEqual(
      stored.map(({ id }) => ({ id, stage: 'recompute', reason: 'gave_up' })),
    );
  });
});

test('of those that a message speaks of, however often, only new letters are told', async () => {
  const [one = '', other = ''] = athleteIds;
  const store = (...ids: string[]) =>
    storeLetters({ db, clock, metrics }, { athleteIds: ids, error: new Error('a value: 41') });
  const [first, ...more] = await store(one, one);
  expect([first, more]).toEqual([{ id: expect.any(String), stage: 'recompute', reason: 'gave_up' }, []]);
  const [second, ...rest] = await store(one, other);
  expect(rest).toEqual([]);
  const stored = new Map((await letters()).map(({ id, athleteId }) => [athleteId, id]));
  expect(stored).toEqual(
    new Map([
      [one, first?.id],
      [other, second?.id],
    ]),
  );
  expect(await counted()).toBe('2');
});
