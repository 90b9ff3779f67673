import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { NOTHING_LOST_OR_DOUBLED, accountFor } from '../support/night-account.ts';
import { WITHOUT_LIMITS, settledWithin, startNightShift, type NightShift } from '../support/night-shift.ts';
import type { OwnPostgres } from '../support/own-postgres.ts';
import { startOuraVendor, vendorEnv, type OuraVendor } from '../support/oura-vendor.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

const [BEFORE, SPOOLED, LAST] = [10, 100, 130];
let vendor: OuraVendor;
let world: World;
let shift: NightShift;

beforeAll(async () => {
  vendor = await startOuraVendor();
  world = await createWorld({
    env: { ...vendorEnv(vendor), ...WITHOUT_LIMITS, SWEEP_AFTER_MS: '2000' },
    programs: ['connections', 'health-data', 'insights', 'gateway'],
    ownPostgres: true,
  });
  shift = await startNightShift(world, { vendor, athletes: 2, count: LAST });
}, 120_000);
afterAll(async () => {
  await world?.stop();
  await vendor?.close();
});

const spoolFiles = async (): Promise<string[]> =>
  (await readdir(join(world.place.dataDir, 'spool'))).filter((name) => name.endsWith('.spool'));

const startup = async (): Promise<boolean> =>
  fetch(`http://127.0.0.1:${world.ports.connections.port}/health/startup`).then(
    (response) => response.ok,
    () => false,
  );

test('what is taken while PostgreSQL is away outlives a kill -9, and is stored before the next process says it has started', async () => {
  const postgres = world.postgres as OwnPostgres;
  await shift.deliver(0, BEFORE);
  await postgres.stop();
  // All of them are answered with success, by a program that has no database.
  await shift.deliver(BEFORE, SPOOLED);
  const sending = shift.deliver(SPOOLED, LAST);
  await shift.untilAccepted(SPOOLED + 10);
  await world.kill('connections');
  const left = await spoolFiles();
  expect(left).not.toEqual([]);
  await postgres.start();
  const starting = world.start('connections');
  await until('connections to have started', startup);
  const still = new Set(await spoolFiles());
  expect(left.filter((name) => still.has(name))).toEqual([]);
  await Promise.all([starting, sending]);
  expect(await world.logOf('connections')).toContain('deliveries of the spool were stored');
  expect(shift.accepted.size).toBe(LAST);
  expect(await settledWithin(world, shift, 60_000)).not.toBeNull();
  expect(await accountFor(world, shift)).toEqual(NOTHING_LOST_OR_DOUBLED);
}, 120_000);
