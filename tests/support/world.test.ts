import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWorld } from './world.ts';

const childProcesses = (): number =>
  process.getActiveResourcesInfo().filter((resource) => resource === 'ProcessWrap').length;

it('a world of which one program does not start leaves no process and no file behind', async () => {
  const usual = process.env['TMPDIR'];
  const folder = await mkdtemp(join(tmpdir(), 'athlete-ally-half-'));
  process.env['TMPDIR'] = folder;
  const before = childProcesses();
  try {
    const broken = createWorld({ env: { SIGNATURE_TOLERANCE_S: 'none' } });
    await expect(broken).rejects.toThrow(/^connections ended at its start:[^]*SIGNATURE_TOLERANCE_S/);
    expect(childProcesses()).toBe(before);
    expect(await readdir(folder)).toEqual([]);
  } finally {
    if (usual === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = usual;
    await rm(folder, { recursive: true });
  }
});
