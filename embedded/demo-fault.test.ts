import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ask, link, start, useWorld } from '../simulator/world.test-support.ts';
import { FAULTS } from '../simulator/vendor/faults.ts';
import { VENDORS } from '../simulator/vendors.ts';
import { type Status, writeStatus } from './status-file.ts';

const VERB = resolve('embedded/demo.ts');
let folder: string;
let starter: ChildProcess;
let simulator: ReturnType<typeof start>;

useWorld();
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'athlete-ally-demo-'));
  for (const name of ['embedded', '.data']) mkdirSync(join(folder, name), { mode: 0o700 });
  // The starter of whom the status speaks must live, and be one by its name.
  writeFileSync(join(folder, 'embedded/start.js'), 'process.stdin.resume();');
  starter = spawn(process.execPath, [join(folder, 'embedded/start.js')], { stdio: ['pipe', 'ignore', 'inherit'] });
  await once(starter, 'spawn');
  simulator = start();
  await simulator.listen({ host: '127.0.0.1', port: 0 });
  const { port } = simulator.server.address() as AddressInfo;
  const status = { state: 'ready', pid: starter.pid, urls: { simulator: `http://127.0.0.1:${port}` }, logins: [] };
  await writeStatus(join(folder, '.data'), status as unknown as Status);
});
afterEach(async () => {
  const ended = once(starter, 'exit');
  starter.stdin?.end();
  await ended;
  rmSync(folder, { recursive: true });
});

/** `npm run demo -- fault ...`: how it ended, and what it printed. */
const fault = (...args: string[]): Promise<{ code: number | null; out: string; err: string }> =>
  new Promise((ended) => {
    const child = execFile(process.execPath, [VERB, 'fault', ...args], { cwd: folder }, (_error, out, err) =>
      ended({ code: child.exitCode, out, err }),
    );
  });

test('without a name it lists what can go wrong, and what each does', async () => {
  const { code, out } = await fault();
  expect(code).toBe(0);
  const lines = Object.entries(FAULTS).map(([name, effect]) => `  ${name.padEnd(16)} ${effect}\n`);
  expect(out).toBe(lines.join(''));
});

test.each(VENDORS.map(({ slug }) => slug))(
  'an ordered 429 of %s says what will happen, and waits for a request',
  async (slug) => {
    expect(await fault('rate-limit', '--provider', slug)).toEqual({
      code: 0,
      out: `  rate-limit at ${slug}: ${FAULTS['rate-limit']}.\n`,
      err: '',
    });
    const { providers } = (await ask(simulator, { url: '/control/state' })).json();
    expect(providers[slug].faults).toEqual({ 'rate-limit': 1 });
  },
);

test('it strikes as often as was asked for, then all is well', async () => {
  const { access_token: token } = await link(simulator, {}, 'strava');
  expect((await fault('rate-limit', '--provider', 'STRAVA', '--count', '2')).code).toBe(0);
  const read = async () =>
    (await ask(simulator, { url: '/strava/api/v3/athlete', headers: { authorization: `Bearer ${token}` } })).statusCode;
  expect([await read(), await read(), await read()]).toEqual([429, 429, 200]);
});

test('what it does not know it refuses, and says what there is', async () => {
  const flood = await fault('flood');
  expect([flood.code, flood.out]).toEqual([1, '']);
  expect(flood.err).toContain('rate-limit');
  const nokia = await fault('slow', '--provider', 'nokia');
  expect(nokia.code).toBe(1);
  expect(nokia.err).toContain('google-health');
});
