import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname, delimiter, join } from 'node:path';
import { resolveChromium } from './chromium.ts';
import { resolveNats } from './nats-binary.ts';
import { resolvePostgres } from './postgres.ts';
import { watchParent } from './processes.ts';
import { createReport } from './report.ts';
import { exitOf } from './server-process.ts';

const root = process.cwd();
const cacheDir = join(root, '.cache');
const report = createReport();

/** The tests start servers of their own in temporary folders; here only the programs are fetched, once for all workers. */
async function fetchServers(): Promise<void> {
  mkdirSync(cacheDir, { recursive: true });
  await report.step(
    'PostgreSQL',
    () => resolvePostgres({ cacheDir }),
    () => 'in .cache',
  );
  await report.step(
    'NATS',
    () => resolveNats({ cacheDir }),
    (nats) => `${nats.version}, ${nats.from}`,
  );
}

/** A browser, or in continuous integration a failure; elsewhere its tests are left out, and that is said. */
async function fetchBrowser(): Promise<string[]> {
  try {
    await report.step(
      'Browser',
      () => resolveChromium({ cacheDir }),
      (browser) => browser.from,
    );
    return [];
  } catch (error) {
    if (process.env['CI'] !== undefined) throw error;
    process.stdout.write(`  SKIPPED: the browser tests. ${(error as Error).message}\n`);
    return ['--testPathIgnorePatterns', 'tests/browser'];
  }
}

/**
 * The long forms of the tests that take their numbers from tests/support/chaos.ts, or of those the person asks for; one
 * after another, so that the figures are worth something, and all from one seed.
 */
function chaosArgs(asked: string[]): string[] {
  process.env['CHAOS'] = '1';
  process.env['CHAOS_SEED'] ??= String(randomInt(2 ** 31));
  process.stdout.write(`  CHAOS_SEED=${process.env['CHAOS_SEED']} repeats this run\n`);
  const chosen = asked.length > 0 ? asked : ['--findRelatedTests', 'tests/support/chaos.ts'];
  return ['--maxWorkers=1', '--verbose', '--testTimeout=1800000', ...chosen];
}

/** jest with every project, or with what the person asks for; answers its exit code. */
async function runJest(args: string[]): Promise<number> {
  const env = {
    ...process.env,
    NODE_ENV: 'test',
    PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
    NODE_OPTIONS: [process.env['NODE_OPTIONS'] ?? '', '--disable-warning=ExperimentalWarning'].join(' ').trim(),
  };
  // What a person has set for a database or broker of their own must never be met by a test.
  for (const name of ['DATABASE_URL', 'NATS_URL', 'EXIT_WITH_PARENT']) Reflect.deleteProperty(env, name);
  const jest = spawn(process.execPath, [join(root, 'node_modules/jest/bin/jest.js'), ...args], {
    cwd: root,
    env,
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => jest.kill(signal));
  if (process.env['EXIT_WITH_PARENT'] === '1') watchParent(() => jest.kill('SIGTERM'));
  const { code } = await exitOf(jest);
  return code ?? 1;
}

try {
  await fetchServers();
  const [first, ...others] = process.argv.slice(2);
  const args = first === '--chaos' ? chaosArgs(others) : [...process.argv.slice(2), ...(await fetchBrowser())];
  process.exitCode = await runJest(args);
} catch (error) {
  process.stderr.write(`\n${(error as Error).message}\n`);
  process.exitCode = 1;
}
