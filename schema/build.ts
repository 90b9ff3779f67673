import 'reflect-metadata';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { composeServices } from '@apollo/composition';
import { buildSchema as buildApi, parse, printSchema } from 'graphql';
import { eventSchemas } from '#platform/events';

/**
 * Prints each subgraph's SDL from its code, composes the supergraph and the graph clients see, and writes the files
 * that differ; beside them the JSON Schema of each event on the bus. `--check` writes nothing and fails when one would change.
 *
 * Each subgraph is printed by a process of its own: type-graphql keeps all decorated classes of a process in one
 * global store, and three subgraphs in it would leak into each other.
 */
const SUBGRAPHS = ['connections', 'health-data', 'insights'] as const;
const folder = fileURLToPath(new URL('../../schema/', import.meta.url));

async function printOne(name: string): Promise<void> {
  const module = (await import(`../subgraphs/${name}/schema.js`)) as Record<string, () => Promise<{ sdl: string }>>;
  const build = Object.values(module).find((exported) => typeof exported === 'function');
  if (!build) throw new Error(`subgraphs/${name}/schema.ts exports no function that builds the subgraph`);
  process.stdout.write(`${(await build()).sdl.trim()}\n`);
}

function printAll(): Map<string, string> {
  const files = new Map<string, string>();
  for (const name of SUBGRAPHS) {
    const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--print', name], { encoding: 'utf8' });
    if (child.status !== 0) throw new Error(`The schema of ${name} could not be printed:\n${child.stderr}`);
    files.set(`${name}.graphql`, child.stdout);
  }
  const composed = composeServices(
    SUBGRAPHS.map((name) => ({
      name,
      url: `http://${name}/graphql`,
      typeDefs: parse(files.get(`${name}.graphql`) as string),
    })),
  );
  if (composed.errors) {
    throw new Error(
      `The subgraphs do not compose:\n${composed.errors.map((error) => `  ${error.message}`).join('\n')}`,
    );
  }
  files.set('supergraph.graphql', `${composed.supergraphSdl.trim()}\n`);
  files.set(
    'api.graphql',
    `${printSchema(buildApi(printSchema(composed.schema.toAPISchema().toGraphQLJSSchema()))).trim()}\n`,
  );
  for (const [file, schema] of eventSchemas()) files.set(`events/${file}`, `${JSON.stringify(schema, null, 2)}\n`);
  return files;
}

function existing(file: string): string {
  try {
    return readFileSync(folder + file, 'utf8');
  } catch {
    return '';
  }
}

const [flag, name] = process.argv.slice(2);
if (flag === '--print' && name !== undefined) {
  await printOne(name);
} else {
  const changed = [...printAll()].filter(([file, text]) => existing(file) !== text);
  if (flag === '--check' && changed.length > 0) {
    process.stderr.write(
      `schema/ is behind the code: ${changed.map(([file]) => file).join(', ')}. Run npm run schema and commit it.\n`,
    );
    process.exit(1);
  }
  mkdirSync(`${folder}events`, { recursive: true });
  for (const [file, text] of changed) writeFileSync(folder + file, text);
  process.stdout.write(
    changed.length === 0 ? 'schema/ is up to date.\n' : `Wrote ${changed.map(([file]) => file).join(', ')}.\n`,
  );
}
