import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId } from '#platform/ids';
import { createLogger } from '#platform/log';
import { createPayloadKeys } from '#platform/payload-keys';
import { createMetrics } from '#platform/telemetry';
import { until } from '../../../tests/support/wait.ts';
import { startPeople, type AthletePerson, type People } from '../accounts/people.test-support.ts';
import { createCounter } from '../limits/counter.ts';
import { ProviderConnection } from '../linking/connection.entity.ts';
import { createOura, ouraConfig } from '../providers/oura.ts';
import { vendorsOf } from '../providers/registry.ts';
import { vendorWith } from '../providers/vendor.test-support.ts';
import { preparePartitions } from '../webhooks/partitions.ts';
import { createOpenAccess } from '../asking/access.ts';
import { createAskProvider } from '../asking/ask-provider.ts';
import { startBackfill, type Backfill } from './backfill.ts';
import { BREAKER } from '../asking/breaker.ts';
import { claimJob } from './claim-job.ts';
import { SyncJob } from './job.entity.ts';
import { createJobs } from './jobs.ts';
import { createQuotas } from '../asking/quota.ts';

const DAY_MS = 86_400_000;
const LEASE_AND_MORE_MS = 61_000;
const MINUTE_MS = 60_000;
const ATTEMPTS = 12;
const RANGE = { from: '2025-01-01', to: '2025-02-09' };
const SCOPES = ['spo2Daily', 'workout'];
const PAGES_OF_A_STEP = 3;
/** Two data types, two chunks of days each, three pages each: as the vendor hears them, in order. */
const PAGES = ['daily_spo2', 'workout'].flatMap((type) =>
  ['2025-01-01', '2025-01-31'].flatMap((from) =>
    Array.from({ length: PAGES_OF_A_STEP }, (_, n) => `${type} ${from} ${n + 1}`),
  ),
);
const pageNumber = (n: number): string => PAGES[n - 1] as string;

const log = createLogger({ name: 'test', level: 'silent' });
let people: People;
let vendorServer: Server;
let url = '';
const workers: (Backfill & { hangUp(): Promise<void> })[] = [];

/** What the vendor was asked for, in order, and how the job stood then. */
let asked: string[];
let stood: { stepsDone: number; records: number }[];
/** The vendor's status for a page; 200 with a record of its own name when left out. */
let statusOf: (page: string) => number;
let isEmpty: boolean;
let held: Map<string, { reach: () => void; released: Promise<void> }>;

/** The vendor keeps the next request for this page waiting, and answers it with another record than those that come after. */
function hold(page: string): { reached: Promise<void>; release: () => void } {
  const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  held.set(page, { reach: reached.resolve, released: released.promise });
  return { reached: reached.promise, release: released.resolve };
}

async function answerPage(address: string): Promise<{ status: number; body: object }> {
  const { pathname, searchParams } = new URL(address, 'http://vendor');
  const from = new Date(Date.parse(searchParams.get('start_date') ?? '') + DAY_MS).toISOString().slice(0, 10);
  const number = Number(searchParams.get('next_token') ?? 1);
  const page = `${pathname.split('/').at(-1)} ${from} ${number}`;
  asked.push(page);
  const [row] = await people.database.query<{ stepsDone: number; records: number }>(
    `select steps_done as "stepsDone", records from connections.sync_job where state = 'RUNNING'`,
  );
  if (row) stood.push(row);
  const waits = held.get(page);
  held.delete(page);
  waits?.reach();
  await waits?.released;
  const data = isEmpty ? [] : [{ id: waits ? `${page} late` : page, day: from }];
  return { status: statusOf(page), body: { data, next_token: number < PAGES_OF_A_STEP ? `${number + 1}` : null } };
}

beforeAll(async () => {
  people = await startPeople({ entities: [ProviderConnection, SyncJob] });
  await preparePartitions(people);
  vendorServer = createServer((request, response) => {
    void answerPage(request.url ?? '').then(
      ({ status, body }) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      (error: unknown) => response.destroy(error as Error),
    );
  });
  await new Promise<void>((resolve) => vendorServer.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(vendorServer.address() as AddressInfo).port}`;
  const { db, clock } = people;
  const jobs = createJobs({ db, vendors: vendors(), clock, onQueued: () => undefined, onChanged: () => undefined });
  Object.assign(people.parts, { jobs, vendors: vendors() });
});
beforeEach(() => {
  [asked, stood, held] = [[], [], new Map()];
  statusOf = () => 200;
  isEmpty = false;
});
afterEach(async () => {
  await Promise.all(workers.map(({ hangUp }) => hangUp()));
  await Promise.all(workers.splice(0).map((worker) => worker.close()));
});
afterAll(async () => {
  await new Promise((resolve) => vendorServer.close(resolve));
  await people.stop();
});

const vendors = () =>
  vendorsOf([
    vendorWith(createOura, ouraConfig, {
      OURA_CLIENT_ID: 'id',
      OURA_CLIENT_SECRET: 'a secret of a test',
      OURA_VERIFICATION_TOKEN: 'a token of a test',
      OURA_API_URL: url,
      OURA_QUOTA: '100000/300',
    }),
  ]);

/** One more process that works off jobs. It tries each page once and never leaves the vendor alone. */
function work(): Backfill {
  const { db, vault, payloadRing, clock } = people;
  const quotas = createQuotas({ db, counter: createCounter({ db }), clock, log });
  const breaker = { ...BREAKER, tries: 1, windowCalls: 1_000_000 };
  const { ask, close } = createAskProvider({ quotas, clock, metrics: createMetrics(), log, breaker });
  const worker = startBackfill({
    ...{ db, vault, vendors: vendors(), clock, log, parallel: 1 },
    payloadKeys: createPayloadKeys({ ring: payloadRing }),
    openAccess: createOpenAccess({ db, vault, ask, clock, log }),
    onProgress: () => undefined,
    onStored: () => undefined,
  });
  workers.push({ ...worker, hangUp: close });
  return worker;
}

/** A linked athlete with a job that waits. */
async function queued(): Promise<{ athlete: AthletePerson; connectionId: string; jobId: string }> {
  const athlete = await people.athlete();
  const connectionId = newId();
  await people.database.query(
    `insert into connections.provider_connection (id, athlete_id, provider, provider_user_id, state, granted_scopes, linked_at, workouts_since)
     values ($1::uuid, $2, 'OURA', $1::uuid::text, 'ACTIVE', $3, now(), '2025-02-09T12:00Z')`,
    [connectionId, athlete.athleteId, SCOPES],
  );
  const tokens = { accessToken: 'at', refreshToken: 'rt', accessExpiresAt: new Date(Date.now() + 30 * DAY_MS) };
  await people.vault.sealTokens(people.db, { connectionId, tokens });
  return { athlete, connectionId, jobId: await startJob(athlete) };
}

async function startJob({ viewer }: AthletePerson): Promise<string> {
  const { data } = await people.ask(
    viewer,
    'mutation ($from: Date!, $to: Date!) { startBackfill(input: { provider: OURA, from: $from, to: $to }) { id } }',
    RANGE,
  );
  return data.startBackfill.id as string;
}

interface JobRow {
  state: string;
  reason: string | null;
  stepsDone: number;
  stepsTotal: number;
  records: number;
  position: { attempts?: number };
  leasedUntil: Date | null;
}

async function jobRow(jobId: string): Promise<JobRow> {
  const [row] = await people.database.query<JobRow>(
    `select state, failure_reason as reason, steps_done as "stepsDone", steps_total as "stepsTotal", records, position,
            leased_until as "leasedUntil" from connections.sync_job where id = $1`,
    [jobId],
  );
  return row as JobRow;
}

const ended = (jobId: string): Promise<JobRow> =>
  until('the job to end', async () => {
    const row = await jobRow(jobId);
    return ['DONE', 'FAILED'].includes(row.state) && row;
  });

/** The records of all deliveries a job brought, by name. */
async function delivered(jobId: string): Promise<string[]> {
  const rows = await people.database.query<{ id: string; keyId: string; sealed: Buffer }>(
    'select id, key_id as "keyId", body_sealed as sealed from connections.delivery where cause_id = $1 order by received_at, id',
    [jobId],
  );
  const keys = createPayloadKeys({ ring: people.payloadRing });
  await keys.load(
    people.db,
    rows.map(({ keyId }) => keyId),
  );
  return rows.flatMap(({ id: deliveryId, keyId, sealed }) => {
    const body = keys.open({ keyId, sealed, deliveryId });
    return (JSON.parse(body.toString()) as { data: { id: string }[] }).data.map(({ id }) => id);
  });
}

const lastDeliveryAt = async (connectionId: string): Promise<Date | null | undefined> => {
  const [row] = await people.database.query<{ at: Date | null }>(
    'select last_delivery_at as at from connections.provider_connection where id = $1',
    [connectionId],
  );
  return row?.at;
};

/** From which day on the history of a link tells rest days. */
async function loadedFrom({ athleteId }: AthletePerson): Promise<string | null | undefined> {
  const [span] = await people.database.query<{ day: string | null }>(
    'select loaded_from::text as day from connections.source_span_v1 where athlete_id = $1',
    [athleteId],
  );
  return span?.day;
}

/** Lets the waits of postponed jobs pass until the job has ended. */
const endedInTime = (worker: Backfill, jobId: string): Promise<JobRow> =>
  until('a postponed job to end', async () => {
    const row = await jobRow(jobId);
    if (['DONE', 'FAILED'].includes(row.state)) return row;
    people.moveClock(MINUTE_MS);
    worker.wake();
    return null;
  });

describe('a worker that vanished in the middle of a page', () => {
  test('is followed by another at that page, and writes nothing when it comes back late', async () => {
    const { jobId } = await queued();
    const [inFirst, inSecond] = [hold(pageNumber(6)), hold(pageNumber(9))];
    const first = work();
    await inFirst.reached;
    // Nobody takes a job over whose lease still runs.
    expect(await claimJob({ ...people, heldBack: new Map(), busy: [] })).toBeNull();

    people.moveClock(LEASE_AND_MORE_MS);
    work();
    await inSecond.reached;
    const before = [await jobRow(jobId), await delivered(jobId)];
    inFirst.release();
    await first.close();
    expect([await jobRow(jobId), await delivered(jobId)]).toEqual(before);

    inSecond.release();
    const { state, reason, stepsDone, stepsTotal, records } = await ended(jobId);
    expect([state, reason, stepsDone, stepsTotal, records]).toEqual(['DONE', null, 4, 4, PAGES.length]);
    // The page in hand was asked for twice, and no other.
    expect(asked).toEqual([...PAGES.slice(0, 6), ...PAGES.slice(5)]);
    const expected = PAGES.map((page) => (page === pageNumber(9) ? `${page} late` : page));
    expect((await delivered(jobId)).toSorted()).toEqual(expected.toSorted());
    expect(stood).toEqual(stood.toSorted((one, other) => one.records - other.records));
    expect(stood).toEqual(stood.toSorted((one, other) => one.stepsDone - other.stepsDone));
  });

  test('is followed at once when it stopped in order, and what it had in hand is kept', async () => {
    const { jobId } = await queued();
    const inHand = hold(pageNumber(5));
    const first = work();
    await inHand.reached;
    const closing = first.close();
    inHand.release();
    await closing;
    expect(await jobRow(jobId)).toMatchObject({ state: 'RUNNING', leasedUntil: null, stepsDone: 1, records: 5 });
    work();
    expect((await ended(jobId)).state).toBe('DONE');
    expect(asked).toEqual(PAGES);
  });

  test('is followed at its data type when the athlete gave other scopes meanwhile', async () => {
    const { jobId, connectionId } = await queued();
    const inHand = hold(pageNumber(8));
    const first = work();
    await inHand.reached;
    const closing = first.close();
    inHand.release();
    await closing;
    await people.database.query(`update connections.provider_connection set granted_scopes = $2 where id = $1`, [
      connectionId,
      ['workout'],
    ]);
    work();
    expect((await ended(jobId)).state).toBe('DONE');
    expect(asked).toEqual(PAGES);
  });
});

describe('a job that is cancelled', () => {
  const cancel = (viewer: AthletePerson['viewer'], jobId: string) =>
    people.ask(viewer, 'mutation ($jobId: ID!) { cancelBackfill(jobId: $jobId) { state failureReason } }', { jobId });
  const CANCELLED = { state: 'CANCELLED', failureReason: 'Cancelled by the athlete.' };

  test('in the middle of a page stops there: the page in hand is dropped, what was loaded stays', async () => {
    const { athlete, jobId } = await queued();
    const inHand = hold(pageNumber(3));
    const worker = work();
    await inHand.reached;
    expect((await cancel(athlete.viewer, jobId)).data.cancelBackfill).toEqual(CANCELLED);
    const cancelled = await jobRow(jobId);
    inHand.release();
    // The lane goes on with another job only when it has let go of this one.
    const next = await queued();
    expect((await ended(next.jobId)).state).toBe('DONE');
    await worker.close();
    expect(asked).toEqual([...PAGES.slice(0, 3), ...PAGES]);
    expect(await jobRow(jobId)).toEqual(cancelled);
    expect(await delivered(jobId)).toEqual(PAGES.slice(0, 2));
  });

  test('before it began is never begun, and one that has ended stays as it ended', async () => {
    const [never, done] = [await queued(), await queued()];
    expect((await cancel(never.athlete.viewer, never.jobId)).data.cancelBackfill).toEqual(CANCELLED);
    work();
    await ended(done.jobId);
    expect(asked).toEqual(PAGES);
    const answer = await cancel(done.athlete.viewer, done.jobId);
    expect(answer.data.cancelBackfill).toEqual({ state: 'DONE', failureReason: null });
  });

  test('is cancelled by nobody else', async () => {
    const [{ jobId, athlete }, somebody] = [await queued(), await people.athlete()];
    expect((await cancel(somebody.viewer, jobId)).codes).toEqual(['NOT_FOUND']);
    expect((await jobRow(jobId)).state).toBe('QUEUED');
    await cancel(athlete.viewer, jobId);
  });
});

describe('a vendor that fails', () => {
  test('for ever ends the job, at the page where it stood and with a sentence', async () => {
    const { jobId } = await queued();
    statusOf = (page) => (page === pageNumber(2) ? 503 : 200);
    expect(await endedInTime(work(), jobId)).toMatchObject({
      state: 'FAILED',
      reason: 'Oura cannot be reached at the moment. Start the backfill again later.',
      records: 1,
      leasedUntil: null,
    });
    expect(asked).toEqual([pageNumber(1), ...Array.from({ length: ATTEMPTS + 1 }, () => pageNumber(2))]);
  });

  test('and recovers is asked for the rest; failures are counted in a row', async () => {
    const { jobId } = await queued();
    const failing = [pageNumber(2), pageNumber(7)];
    statusOf = (page) =>
      failing.includes(page) && asked.filter((other) => other === page).length <= ATTEMPTS ? 503 : 200;
    expect((await endedInTime(work(), jobId)).state).toBe('DONE');
    const times = PAGES.map((page) => asked.filter((other) => other === page).length);
    expect(times).toEqual(PAGES.map((page) => (failing.includes(page) ? ATTEMPTS + 1 : 1)));
    expect(await delivered(jobId)).toHaveLength(PAGES.length);
  });

  test('by telling us to wait does not use up the attempts', async () => {
    const { jobId } = await queued();
    statusOf = (page) =>
      page === pageNumber(2) && asked.filter((other) => other === page).length <= ATTEMPTS + 3 ? 429 : 200;
    expect((await endedInTime(work(), jobId)).state).toBe('DONE');
    expect(asked).toHaveLength(PAGES.length + ATTEMPTS + 3);
  });
});

describe('what the vendor keeps from us', () => {
  test('is no success when it is everything, and no delivery', async () => {
    const { jobId, connectionId } = await queued();
    statusOf = () => 403;
    work();
    const { state, reason } = await ended(jobId);
    expect([state, reason]).toEqual(['FAILED', expect.stringMatching(/^Oura let us read nothing\. .*link it again/)]);
    expect(asked).toEqual([pageNumber(1), pageNumber(7)]);
    expect(await lastDeliveryAt(connectionId)).toBeNull();
  });

  test('is named when the rest came, though another worker heard of it', async () => {
    const { jobId, connectionId } = await queued();
    statusOf = (page) => (page.startsWith('daily_spo2') ? 403 : 200);
    const inHand = hold(pageNumber(8));
    const first = work();
    await inHand.reached;
    const closing = first.close();
    inHand.release();
    await closing;
    work();
    expect(await ended(jobId)).toMatchObject({
      state: 'DONE',
      reason: 'Oura did not let us read: daily spo2.',
      stepsDone: 4,
      records: 6,
    });
    expect(asked).toEqual([pageNumber(1), ...PAGES.slice(6)]);
    expect(await lastDeliveryAt(connectionId)).toBeInstanceOf(Date);
  });

  test.each([1, 4])(
    'tells no rest days when it is workouts, from page %i of them on; a later job that brings them does',
    async (first) => {
      const { athlete, jobId } = await queued();
      const isRefused = (page: string): boolean => page.startsWith('workout') && PAGES.indexOf(page) >= 5 + first;
      statusOf = (page) => (isRefused(page) ? 403 : 200);
      work();
      expect(await ended(jobId)).toMatchObject({ state: 'DONE', reason: 'Oura did not let us read: workout.' });
      expect(await loadedFrom(athlete)).toBeNull();
      statusOf = () => 200;
      expect((await ended(await startJob(athlete))).state).toBe('DONE');
      expect(await loadedFrom(athlete)).toBe(RANGE.from);
    },
  );

  test('is not what the scopes never opened, and that tells no rest days either', async () => {
    const { athlete, connectionId, jobId } = await queued();
    await people.database.query(`update connections.provider_connection set granted_scopes = $2 where id = $1`, [
      connectionId,
      ['spo2Daily'],
    ]);
    work();
    expect(await ended(jobId)).toMatchObject({ state: 'DONE', reason: null, records: 6 });
    expect(await loadedFrom(athlete)).toBeNull();
  });

  test('tells no rest days when it is workouts that were taken back in the middle of them', async () => {
    const { athlete, connectionId, jobId } = await queued();
    const inHand = hold(pageNumber(11));
    const first = work();
    await inHand.reached;
    const closing = first.close();
    inHand.release();
    await closing;
    await people.database.query(`update connections.provider_connection set granted_scopes = $2 where id = $1`, [
      connectionId,
      ['spo2Daily'],
    ]);
    work();
    expect((await ended(jobId)).state).toBe('DONE');
    expect(asked).toEqual(PAGES.slice(0, 11));
    expect(await loadedFrom(athlete)).toBeNull();
  });

  test('leaves the rest days alone when it is something else, whoever goes on with the workouts', async () => {
    const { athlete, jobId } = await queued();
    statusOf = (page) => (page.startsWith('daily_spo2') ? 403 : 200);
    const inHand = hold(pageNumber(11));
    const first = work();
    await inHand.reached;
    const closing = first.close();
    inHand.release();
    await closing;
    work();
    expect((await ended(jobId)).state).toBe('DONE');
    expect(await loadedFrom(athlete)).toBe(RANGE.from);
  });

  test('is another thing than having nothing: that is done, and no delivery', async () => {
    const { jobId, connectionId } = await queued();
    isEmpty = true;
    work();
    expect(await ended(jobId)).toMatchObject({ state: 'DONE', reason: null, records: 0 });
    expect(await lastDeliveryAt(connectionId)).toBeNull();
  });
});
