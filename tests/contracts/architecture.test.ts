import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

interface Cruise {
  modules: { source: string; dependencies: { resolved: string }[] }[];
  summary: {
    violations: { from: string; to: string; rule: { name: string } }[];
    ruleSetUsed: { forbidden: { name: string }[] };
  };
}

const root = process.cwd();
const tool = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
const config = join(root, '.dependency-cruiser.mjs');

/** Exit codes count violations; the answer is on standard output either way. */
async function cruise(folder: string): Promise<Cruise> {
  const args = [tool, '--config', config, '--output-type', 'json', '.'];
  const ended = promisify(execFile)(process.execPath, args, { cwd: folder, maxBuffer: 64 * 1024 ** 2 });
  const { stdout, stderr } = await ended.catch((error: unknown) => error as { stdout: string; stderr: string });
  if (stdout === '') throw new Error(`dependency-cruiser did not answer: ${stderr}`);
  return JSON.parse(stdout) as Cruise;
}

/** A small project that breaks every wall once. Only imports matter. */
const BROKEN: Record<string, string> = {
  'package.json': JSON.stringify({
    name: 'broken',
    type: 'module',
    imports: { '#platform/*': { source: './platform/*.ts', default: './dist/platform/*.js' } },
    dependencies: { pg: '1.0.0' },
    devDependencies: { jest: '1.0.0' },
  }),
  'node_modules/pg/package.json': JSON.stringify({ name: 'pg', version: '1.0.0', main: 'index.js' }),
  'node_modules/pg/index.js': '',
  'node_modules/jest/package.json': JSON.stringify({ name: 'jest', version: '1.0.0', main: 'index.js' }),
  'node_modules/jest/index.js': '',
  'platform/database.ts': "import 'pg';",
  'platform/rule.ts': "import '../subgraphs/insights/main.ts';",
  'subgraphs/insights/main.ts': "import '../connections/vault.ts'; import 'jest';",
  'subgraphs/insights/one.ts': "import type { Two } from './two.ts'; import '../../migrations/run.ts';",
  'subgraphs/insights/two.ts': "export type Two = 2; export { one } from './one.ts';",
  'subgraphs/insights/lost.ts': "import '#platform/nowhere';",
  'subgraphs/insights/readiness/formula/score.ts':
    "import { readFileSync } from 'node:fs'; import '#platform/database';",
  'subgraphs/connections/vault.ts': "import '../../tests/support/world.ts';",
  'gateway/main.ts': "import '../subgraphs/connections/vault.ts';",
  'dashboard/main.tsx': "import '#platform/database';",
  'simulator/main.ts': "import '../subgraphs/connections/vault.ts';",
  'migrations/run.ts': "import '../subgraphs/connections/vault.ts';",
  'embedded/start.ts': "import '../gateway/main.ts';",
  'schema/build.ts': "import '../embedded/start.ts';",
  'tests/support/world.ts': "import '../../embedded/start.ts';",
};

async function writeProject(folder: string, files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

let product: Cruise;
let broken: Cruise;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athlete-ally-walls-'));
  await writeProject(folder, BROKEN);
  [product, broken] = await Promise.all([cruise(root), cruise(folder)]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the walls between the folders', () => {
  it('are checked against what is truly imported', () => {
    const edges = new Map(
      product.modules.map((module) => [module.source, module.dependencies.map(({ resolved }) => resolved)]),
    );
    const ours = [...edges.keys()].filter((source) =>
      /^(platform|subgraphs|gateway|simulator|dashboard)\//.test(source),
    );
    expect(ours.length).toBeGreaterThan(80);
    // By the alias, by a relative path, by type only, from a package, from Node, and from TSX.
    expect(edges.get('subgraphs/health-data/main.ts')).toEqual(
      expect.arrayContaining(['platform/config.ts', 'subgraphs/health-data/schema.ts']),
    );
    expect(edges.get('platform/consent.ts')).toContain('platform/identity.ts');
    expect(edges.get('platform/database.ts')?.some((resolved) => resolved.startsWith('node_modules/typeorm/'))).toBe(
      true,
    );
    expect(edges.get('platform/config.ts')).toContain('fs');
    expect(edges.get('dashboard/main.tsx')).toContain('dashboard/app.tsx');
  });

  it.each([
    ['no-cycles', 'subgraphs/insights/one.ts'],
    ['no-unresolvable', 'subgraphs/insights/lost.ts'],
    ['subgraphs-apart', 'subgraphs/insights/main.ts'],
    ['subgraphs-use-platform', 'subgraphs/insights/one.ts'],
    ['platform-imports-nobody', 'platform/rule.ts'],
    ['gateway-imports-platform', 'gateway/main.ts'],
    ['dashboard-imports-itself', 'dashboard/main.tsx'],
    ['simulator-imports-platform', 'simulator/main.ts'],
    ['migrations-import-platform', 'migrations/run.ts'],
    ['embedded-imports-platform', 'embedded/start.ts'],
    ['simulator-and-embedded-unused', 'schema/build.ts'],
    ['pure-files-do-no-io', 'subgraphs/insights/readiness/formula/score.ts'],
    ['pure-files-reach-no-io', 'subgraphs/insights/readiness/formula/score.ts'],
    ['product-imports-no-tests', 'subgraphs/connections/vault.ts'],
    ['product-needs-no-dev-packages', 'subgraphs/insights/main.ts'],
  ])('"%s" would be noticed', (name, from) => {
    expect(broken.summary.violations).toContainEqual(
      expect.objectContaining({ from, rule: expect.objectContaining({ name }) }),
    );
  });

  it('have no rule that was never seen to hold', () => {
    const declared = product.summary.ruleSetUsed.forbidden.map(({ name }) => name).sort();
    const noticed = new Set(broken.summary.violations.map(({ rule }) => rule.name));
    expect([...noticed].sort()).toEqual(declared);
  });

  it('stand', () => {
    const found = product.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
    expect(found).toEqual([]);
  });
});
