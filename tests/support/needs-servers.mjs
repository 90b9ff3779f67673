import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const SERVERS = ['tests/support/database.ts', 'tests/support/s3.ts'].map(normalize);
const RELATIVE_IMPORT = /(?:from|import) '(\.[^']+\.ts)'/g;
const LEADS_ON = /\.test-(?:support|suite)\.ts$|^tests[\\/]support[\\/]/;

/** Whether a test works on a server of the run: it, or a support file it imports, imports one of those that reach them. */
function needsServers(file, seen = new Set()) {
  seen.add(file);
  const imported = [...readFileSync(file, 'utf8').matchAll(RELATIVE_IMPORT)].map(([, path]) =>
    normalize(join(dirname(file), path)),
  );
  if (imported.some((path) => SERVERS.includes(path))) return true;
  return imported.some((path) => LEADS_ON.test(path) && !seen.has(path) && needsServers(path, seen));
}

/**
 * The tests that stand beside the code, parted by what they need: a `unit` runs in its own process alone, an
 * `integration` works on the database or the S3 server of the run. Read from their imports, so that it cannot be wrong.
 */
export function partTests(folders) {
  const tests = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true })
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => join(folder, name)),
  );
  return Map.groupBy(tests, (file) => (needsServers(file) ? 'integration' : 'unit'));
}
