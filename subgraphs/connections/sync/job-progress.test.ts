import { join } from 'node:path';
import { createLogger } from '#platform/log';
import { announce, openBus, type Bus } from '#platform/bus';
import { subjects } from '#platform/streams';
import { startNats, type Nats } from '../../../embedded/nats.ts';
import { theCluster } from '../../../tests/support/database.ts';
import { until } from '../../../tests/support/wait.ts';
import type { SyncJob, SyncJobState } from './job.entity.ts';
import { watchJob } from './job-progress.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const subject = subjects.syncJob('oura', 'job-1');
let nats: Nats;
let bus: Bus;
let now: SyncJob;
let ended = 0;

beforeAll(async () => {
  nats = await startNats({
    cacheDir: '.cache',
    dataDir: join(theCluster().folder, `nats-progress-${process.pid}`),
    isDurable: false,
  });
  bus = await openBus({ url: nats.url('connections'), name: 'test', log });
});
afterAll(async () => {
  await bus?.close();
  await nats?.stop();
});

const job = (state: SyncJobState, stepsDone: number): SyncJob =>
  ({ id: 'job-1', provider: 'OURA', state, stepsDone, updatedAt: new Date(stepsDone) }) as SyncJob;

function change(to: SyncJob): void {
  now = to;
  announce(bus, { subject, body: { jobId: 'job-1' } });
}

function watch(first: SyncJob): AsyncIterableIterator<SyncJob> {
  now = first;
  ended = 0;
  return watchJob({ bus, first, read: async () => now, log, onEnd: () => (ended += 1) });
}

test('the state now comes first, then each change, until the job has ended', async () => {
  const progress = watch(job('RUNNING', 1));
  expect((await progress.next()).value).toMatchObject({ stepsDone: 1 });
  await bus.connection.flush();
  const second = progress.next();
  change(job('RUNNING', 2));
  expect((await second).value).toMatchObject({ stepsDone: 2 });
  change(job('DONE', 3));
  expect((await progress.next()).value).toMatchObject({ state: 'DONE' });
  expect(await progress.next()).toEqual({ done: true, value: undefined });
  expect(ended).toBe(1);
});

test('a job that has ended is told once', async () => {
  const progress = watch(job('FAILED', 4));
  expect((await progress.next()).value).toMatchObject({ state: 'FAILED' });
  expect((await progress.next()).done).toBe(true);
});

test('who leaves while nothing happens lets go at once', async () => {
  const progress = watch(job('RUNNING', 1));
  await progress.next();
  const parked = progress.next();
  expect(await progress.return?.()).toEqual({ done: true, value: undefined });
  expect(await parked).toEqual({ done: true, value: undefined });
  expect(ended).toBe(1);
});

test('a change whose announcement was lost is found all the same', async () => {
  const progress = watch(job('RUNNING', 1));
  await progress.next();
  now = job('RUNNING', 2);
  let found: SyncJob | null = null;
  void progress.next().then(({ value }) => (found = value));
  await until('the change to be found', () => found, 8_000);
  expect(found).toMatchObject({ stepsDone: 2 });
  await progress.return?.();
});
