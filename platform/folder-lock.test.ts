import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { lockFolder } from './folder-lock.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athlete-ally-lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a folder is held by one at a time, and by the next when it is released', () => {
  const first = lockFolder(folder);
  expect(first).not.toBeNull();
  expect(lockFolder(folder)).toBeNull();
  first?.release();
  first?.release();
  const next = lockFolder(folder);
  expect(next).not.toBeNull();
  next?.release();
});

test('another process is kept out, and one that is killed leaves no lock behind', async () => {
  const holds = `import { lockFolder } from ${JSON.stringify(resolve('platform/folder-lock.ts'))};
    globalThis.held = lockFolder(${JSON.stringify(folder)});
    console.log(globalThis.held === null ? 'refused' : 'held');
    setInterval(() => undefined, 1_000);`;
  const other = spawn(process.execPath, ['--input-type=module', '-e', holds], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(other, 'exit');
  const [said] = (await once(other.stdout, 'data')) as [Buffer];
  expect(said.toString().trim()).toBe('held');
  expect(lockFolder(folder)).toBeNull();
  other.kill('SIGKILL');
  await ended;
  const next = lockFolder(folder);
  expect(next).not.toBeNull();
  next?.release();
});
