import { readFileSync, readdirSync } from 'node:fs';
import * as config from '#platform/config';
import { providersConfig } from '../../subgraphs/connections/providers/registry.ts';
import { PROGRAMS, portVariable } from '../../embedded/settings.ts';
import { simulatorConfig } from '../../simulator/settings.ts';

/** What the product reads: every variable of every `...Config` of platform/config.ts, and those of the providers. */
const read = new Set(
  Object.entries({ ...config, providersConfig }).flatMap(([name, shape]) =>
    name.endsWith('Config') && typeof shape === 'object' ? Object.keys(shape) : [],
  ),
);
const composed = new Set(
  Array.from(
    readFileSync('docker-compose.yml', 'utf8').matchAll(/(?<!\$)\$\{([A-Z_]+)/g),
    (match) => match[1] as string,
  ),
);
const starterSource = readdirSync('embedded')
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(`embedded/${name}`, 'utf8'))
  .join('\n');
const ports = new Set(PROGRAMS.flatMap((program) => [portVariable(program), portVariable(program, 'metricsPort')]));

/** `NAME=value` or `# NAME=value`, each with a line of explanation above it. */
const example = readFileSync('.env.example', 'utf8').split('\n');
const inExample = example.flatMap((line, at) => {
  const name = /^(?:# )?([A-Z][A-Z0-9_]*)=/.exec(line)?.[1];
  return name === undefined ? [] : [{ name, explanation: example[at - 1] ?? '' }];
});
const documented = Array.from(
  readFileSync('docs/reference/configuration.md', 'utf8').matchAll(/^\| `([A-Z][A-Z0-9_]*)` \|/gm),
  (match) => match[1] as string,
);

const missingFrom = (names: Iterable<string>, all: Iterable<string>): string[] => {
  const known = new Set(names);
  return [...all].filter((name) => !known.has(name)).sort();
};

describe('the environment', () => {
  it('is read from the variables these tests know of', () => {
    expect(read.size).toBeGreaterThan(35);
    expect([...read]).toEqual(
      expect.arrayContaining(['DATABASE_URL', 'TOKEN_ROOT_SECRET', 'SUPERGRAPH_FILE', 'INSIGHTS_DB_PASSWORD']),
    );
  });

  it('stands in .env.example, whole', () => {
    const names = inExample.map(({ name }) => name);
    expect(missingFrom(names, [...read, ...composed])).toEqual([]);
    expect(names).toEqual([...new Set(names)]);
  });

  it('has nothing in .env.example that nobody reads', () => {
    expect(
      missingFrom(
        [...read, ...composed],
        inExample.map(({ name }) => name),
      ),
    ).toEqual([]);
  });

  it('has a line of explanation above each variable of .env.example', () => {
    expect(inExample.filter(({ explanation }) => !/^# [^=]{10,}/.test(explanation)).map(({ name }) => name)).toEqual(
      [],
    );
  });

  it('holds no value in .env.example that would do as a secret', () => {
    const set = example.filter(
      (line) => /^[A-Z0-9_]*(PASSWORD|SECRET|KEY|TOKEN)[A-Z0-9_]*=./.test(line) && !line.includes('_URL='),
    );
    expect(set).toEqual([]);
  });

  it('stands in docs/reference/configuration.md, whole', () => {
    expect(missingFrom(documented, [...read, ...composed, ...Object.keys(simulatorConfig), ...ports])).toEqual([]);
    expect(documented).toEqual([...new Set(documented)]);
  });

  it('has nothing in docs/reference/configuration.md that nobody reads', () => {
    const known = [...read, ...composed, ...Object.keys(simulatorConfig), ...ports];
    const unknown = missingFrom(known, documented).filter((name) => !starterSource.includes(`'${name}'`));
    expect(unknown).toEqual([]);
  });
});
