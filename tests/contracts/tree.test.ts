import { readFileSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';

/** What git ignores, and git's own folder. */
const SKIPPED = new Set(['.git', 'node_modules', 'dist', '.cache', '.data', 'coverage', 'secrets']);
const TEXT =
  /\.(ts|tsx|mjs|json|md|css|html|svg|graphql|yml|yaml|sh|sql|example)$|(^|\/)(Dockerfile|\.[a-z]+rc|\.[a-z]+ignore|run)$/;
const CODE = /\.(ts|tsx|mjs)$/;

function filesUnder(folder: string): string[] {
  return readdirSync(folder === '' ? '.' : folder, { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesUnder(path);
    return entry.isFile() && entry.name !== '.env' && !entry.name.endsWith('.log') ? [path] : [];
  });
}

const files = filesUnder('');
const code = files.filter((path) => CODE.test(path));
const product = code.filter((path) =>
  /^(platform|subgraphs|gateway|dashboard|simulator|embedded|schema|migrations)\//.test(path),
);
const texts = new Map(files.filter((path) => TEXT.test(path)).map((path) => [path, readFileSync(path, 'utf8')]));

const linesMatching = (pattern: RegExp, paths: Iterable<string>): string[] =>
  [...paths].flatMap((path) =>
    (texts.get(path) ?? '')
      .split('\n')
      .flatMap((line, at) => (pattern.test(line) ? [`${path}:${at + 1} ${line.trim().slice(0, 120)}`] : [])),
  );

// Each with a bracket, so that this file does not find itself.
const REGISTRY_HOST = /registry[.]npmjs|npmjs[.](org|com)\/[^/]+\/-\/|arti[f]actory|pypi[.]org/i;
const MACHINE_PATH = new RegExp(
  `(^|[\\s'"\`(=:])/(${['work', 'home', 'Users', 'root', 'tmp', 'mnt', 'opt'].join('|')})/[\\w.-]`,
);

describe('the tree', () => {
  it('is read by these tests', () => {
    expect(product.length).toBeGreaterThan(80);
    expect(texts.has('docker-compose.yml') && texts.has('platform/config.ts') && texts.has('.env.example')).toBe(true);
  });

  it('has no index files', () => {
    expect(code.filter((path) => basename(path).startsWith('index.'))).toEqual([]);
  });

  it('has file names in kebab-case', () => {
    const named = files
      .filter((path) => /\.(ts|tsx|mjs|css|graphql|svg|html)$/.test(path))
      .map((path) => basename(path).replace(/^\./, ''));
    expect(named.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+$/.test(name))).toEqual([]);
  });

  it('has no file whose name says nothing', () => {
    const empty = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'manager', 'base', 'misc', 'shared']);
    expect(
      code.filter((path) =>
        basename(path)
          .split(/[.-]/)
          .some((word) => empty.has(word)),
      ),
    ).toEqual([]);
  });

  it('has named exports only; what a tool reads by its default export is not product code', () => {
    const isToolFile = /\.config\.m?ts$/;
    expect(
      linesMatching(
        /^export default\b/,
        product.filter((path) => !isToolFile.test(path)),
      ),
    ).toEqual([]);
  });

  it('has no import in the product that climbs three folders', () => {
    const own = product.filter((path) => !/\.test|\/testing\//.test(path));
    expect(linesMatching(/from '(\.\.\/){3}/, own)).toEqual([]);
  });

  it('has relative imports that name the file', () => {
    const isBare = /\bfrom '\.\.?\/[^']*(?<!\.(ts|tsx|css|mjs|json))'/;
    expect(
      linesMatching(
        isBare,
        product.filter((path) => !path.startsWith('dashboard/graphql/')),
      ),
    ).toEqual([]);
  });

  it('names no package registry and no path of one machine', () => {
    expect([...linesMatching(REGISTRY_HOST, texts.keys()), ...linesMatching(MACHINE_PATH, texts.keys())]).toEqual([]);
  });

  it('has a lock file that leaves the registry to the machine', () => {
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      packages: Record<string, { resolved?: string; integrity?: string }>;
    };
    const packages = Object.entries(lock.packages).filter(([path]) => path !== '');
    expect(packages.length).toBeGreaterThan(100);
    expect(packages.filter(([, entry]) => entry.resolved !== undefined)).toEqual([]);
    expect(packages.filter(([, entry]) => entry.integrity === undefined).map(([path]) => path)).toEqual([]);
  });
});
