import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StartError } from './processes.ts';

const run = promisify(execFile);

/** Runs the migrations in a process of their own and answers what they said. Throws what they complained about. */
export async function migrate(options: {
  root: string;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}): Promise<string> {
  try {
    const { stdout } = await run(process.execPath, [join(options.root, 'dist/migrations/run.js')], {
      env: options.env,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    return stdout.trim();
  } catch (cause) {
    const { stderr = '', message } = cause as Error & { stderr?: string };
    throw new StartError(stderr.trim() || message, { cause });
  }
}

/**
 * The same, skipped when this very cluster has seen these very migrations: loading the migration tool costs most of a
 * second, and nobody else changes the embedded database.
 */
export async function migrateOnce(options: {
  root: string;
  dataDir: string;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}): Promise<string> {
  const path = join(options.dataDir, 'postgres/migrated');
  const mark = migrationsMark(options.root);
  if (existsSync(path) && readFileSync(path, 'utf8') === mark) return 'up to date';
  const said = await migrate(options);
  await writeFile(path, mark);
  return said.startsWith('Applied') ? `${said.split(',').length} applied` : 'up to date';
}

function migrationsMark(root: string): string {
  const folder = join(root, 'dist/migrations');
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort())
    if (name.endsWith('.js')) hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest('hex');
}
