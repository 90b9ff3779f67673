import { execFile } from 'node:child_process';
import { environmentOf } from '../../embedded/environment.ts';
import { opsScript, PROGRAMS_OF_VERB } from '../../embedded/ops-programs.ts';
import { newId } from '#platform/ids';
import {
  deliver,
  linkVendorUser,
  signDelivery,
  sleepDocument,
  sleepEvent,
  startOuraVendor,
  vendorEnv,
  type OuraVendor,
} from '../support/oura-vendor.ts';
import { register, type Person } from '../support/people.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

const USER = 'oura-user-1';
let vendor: OuraVendor;
let world: World;
let athlete: Person;

beforeAll(async () => {
  vendor = await startOuraVendor();
  world = await createWorld({ programs: ['connections', 'health-data', 'gateway'], env: vendorEnv(vendor) });
  athlete = await register(world, 'ATHLETE');
  await linkVendorUser(world, { athlete, userId: USER });
});
afterAll(async () => {
  await world?.stop();
  await vendor?.close();
});

/** The operator's programs one after another, as `npm run ops` runs them: the first failure ends it. */
async function ops(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const whole = { code: 0, out: '', err: '' };
  for (const subgraph of PROGRAMS_OF_VERB['dead-letters'] ?? []) {
    const env = { ...environmentOf(subgraph, world.place), ...vendorEnv(vendor) };
    const run = await new Promise<{ code: number; out: string; err: string }>((resolve) => {
      const child = execFile(
        process.execPath,
        [opsScript(subgraph), 'dead-letters', ...args],
        { env },
        (_error, out, err) => resolve({ code: child.exitCode ?? 1, out, err }),
      );
    });
    whole.out += run.out;
    whole.err += run.err;
    whole.code = run.code;
    if (run.code !== 0) break;
  }
  return whole;
}

const letters = () =>
  world.database.query<{ id: string; reason: string; resolution: string | null }>(
    'select id, reason, resolution from connections.dead_letter',
  );

test('a night that the provider refused arrives when its letter is retried, and the letter is closed', async () => {
  vendor.documents.set('sleep/refused', sleepDocument({ id: 'refused', day: '2026-11-18' }));
  vendor.failWith = 422;
  await deliver(world, signDelivery(sleepEvent({ userId: USER, objectId: 'refused' })));
  await until('the letter', async () => (await letters()).length === 1);
  const [letter] = await letters();
  expect(letter).toMatchObject({ reason: 'refused_by_provider', resolution: null });
  vendor.failWith = null;

  const list = await ops('list');
  expect(list).toMatchObject({ code: 0, out: expect.stringContaining('connections: 1 open dead letter\n') });
  expect(list.out).toContain('health-data: no open dead letters\n');
  expect((await ops('show', letter?.id ?? '')).out).toContain('answered 422');
  expect(await ops('retry', letter?.id ?? '')).toMatchObject({ code: 0, out: expect.stringContaining('asked again') });
  await until('the night', async () => {
    const nights = await world.database.query(`select from health_data.sleep_night where record_id = 'refused'`);
    return nights.length === 1;
  });
  expect(await letters()).toEqual([{ ...letter, resolution: 'retried' }]);
});

test('an id that neither subgraph has is told of once, with exit code 1', async () => {
  const id = newId();
  const { code, out, err } = await ops('show', id);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain(`There is no dead letter ${id}.`);
});
