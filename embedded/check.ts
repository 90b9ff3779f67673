import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, delimiter, join } from 'node:path';
import { stepLine } from './report.ts';
import { exitOf } from './server-process.ts';

/** What `npm run check` does, in order. `command` is run from the root, tools from node_modules/.bin. */
interface Check {
  name: string;
  command: string[];
  /** What to do when it fails. */
  next: string;
  /** Left out where this file is missing. */
  needs?: string;
}

const UNIT_TESTS = 'Unit tests';

const all: Check[] = [
  { name: 'Format', command: ['oxfmt', '--check'], next: 'npm run format' },
  {
    name: 'Lint',
    command: ['oxlint', '--type-aware'],
    next: 'mend what it names; npx oxlint --type-aware --fix mends some of it',
  },
  { name: 'Types', command: ['tsc', '-p', '.'], next: 'mend the types it names' },
  {
    name: 'Types of the dashboard',
    command: ['tsc', '-p', 'dashboard', '--noEmit'],
    next: 'mend the types it names',
    needs: 'dashboard/tsconfig.json',
  },
  {
    name: 'Architecture',
    command: ['depcruise', '--config', '.dependency-cruiser.mjs', '.'],
    next: 'move the import to the right side of the wall, or change the wall in .dependency-cruiser.mjs and say why',
    needs: '.dependency-cruiser.mjs',
  },
  { name: 'Dead code', command: ['knip'], next: 'remove what nobody uses', needs: 'knip.json' },
  // "Types" has just compiled what this runs.
  {
    name: 'Schema drift',
    command: ['node', 'dist/schema/build.js', '--check'],
    next: 'npm run codegen, and commit what it wrote',
    needs: 'schema/build.ts',
  },
  {
    name: 'Generated types',
    command: ['graphql-codegen', '--config', 'codegen.ts', '--check'],
    next: 'npm run codegen, and commit what it wrote',
    needs: 'codegen.ts',
  },
  {
    name: UNIT_TESTS,
    command: ['jest', '--selectProjects', 'unit'],
    next: 'npx jest --selectProjects unit <file> runs one of them',
  },
];

/** `--static`: without the unit tests, for whoever runs all tests next. */
const checks = process.argv.includes('--static') ? all.filter(({ name }) => name !== UNIT_TESTS) : all;

const root = process.cwd();
const isVerbose = process.argv.includes('--verbose');
const env = {
  ...process.env,
  PATH: [dirname(process.execPath), join(root, 'node_modules/.bin'), process.env['PATH'] ?? ''].join(delimiter),
};

/** Runs one check and prints its line. Answers whether it passed; all are run, so that one call shows all there is to do. */
async function passes(check: Check): Promise<boolean> {
  const startedAt = performance.now();
  const say = (found: string): void => {
    process.stdout.write(`${stepLine({ name: check.name, found, ms: performance.now() - startedAt })}\n`);
  };
  if (check.needs !== undefined && !existsSync(join(root, check.needs))) {
    say(`left out: no ${check.needs}`);
    return true;
  }
  const [command = '', ...args] = check.command;
  const child = spawn(command, args, { cwd: root, env, stdio: isVerbose ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
  running = () => child.kill('SIGTERM');
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  const { code } = await exitOf(child);
  say(code === 0 ? 'fine' : `FAILED (exit code ${code})`);
  if (code === 0) return true;
  const tail = output
    .trimEnd()
    .split('\n')
    .slice(-80)
    .map((line) => `    ${line}`)
    .join('\n');
  process.stdout.write(`${tail}\n    what: ${check.command.join(' ')}\n    next: ${check.next}\n`);
  return false;
}

let running: () => void = () => {};
let isStopped = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    isStopped = true;
    running();
  });
}

let failures = 0;
for (const check of checks) {
  if (!isStopped && !(await passes(check))) failures += 1;
}
if (isStopped) process.exitCode = 130;
else if (failures > 0) process.exitCode = 1;
process.stdout.write(
  isStopped ? '\n  Stopped.\n' : failures === 0 ? '\n  All fine.\n' : `\n  ${failures} of ${checks.length} failed.\n`,
);
