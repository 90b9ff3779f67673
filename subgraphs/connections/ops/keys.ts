import { AppError } from '#platform/errors';
import type { AddVerbs } from '#platform/ops';
import { variableOf } from '#platform/root-secrets';
import { keysByVersion, type KeyCount } from '../vault/data-keys.ts';
import { rewrapKeys } from '../vault/rewrap.ts';
import type { OpsParts } from './parts.ts';
import { everySecond } from './progress.ts';

/** keys status, keys rotate: under which version of the root secrets the data keys stand, and moving them to the current one. */
export const addKeysVerbs: AddVerbs<OpsParts> = (program, parts) => {
  const keys = program.command('keys').description('The keys that wrap the data keys of athletes');
  keys
    .command('status')
    .description('how many data keys stand under each version of the root secrets')
    .option('--json', 'print it for a program')
    .action(async ({ json }: { json?: true }) => {
      await parts.rings();
      await tellStatus(parts, json === true);
    });
  keys
    .command('rotate')
    .description('wrap every data key under the current version of its root secret; can be stopped and run again')
    .option('--json', 'print the result for a program')
    .action(async ({ json }: { json?: true }) => {
      const broken = await rotate(parts);
      await tellStatus(parts, json === true);
      if (broken.length > 0) throw doesNotOpen(broken);
    });
};

/** The ids of the keys that could not be wrapped anew. */
async function rotate(parts: OpsParts): Promise<string[]> {
  const [db, rings] = [await parts.db(), await parts.rings()];
  const broken: string[] = [];
  for (const ring of [rings.token, rings.payload]) {
    const name = variableOf(ring.purpose);
    const before = (await keysByVersion(db, ring)).filter((count) => !count.isCurrent);
    const waiting = before.reduce((sum, { keys }) => sum + keys, 0);
    parts.terminal.err(`${name}: ${waiting} data keys stand under a version other than ${ring.currentVersion}`);
    const say = everySecond(parts.terminal);
    const done = await rewrapKeys({
      db,
      ring,
      onBatch: ({ rewrapped }) =>
        say(`${name}: ${rewrapped} of ${waiting} wrapped under version ${ring.currentVersion}`),
    });
    parts.terminal.err(`${name}: ${done.rewrapped} wrapped under version ${ring.currentVersion}`);
    broken.push(...done.broken);
  }
  return broken;
}

async function tellStatus(parts: OpsParts, isJson: boolean): Promise<void> {
  const [db, rings] = [await parts.db(), await parts.rings()];
  const counts: KeyCount[] = [];
  const unused: { secret: string; version: number }[] = [];
  for (const ring of [rings.token, rings.payload]) {
    const ofRing = await keysByVersion(db, ring);
    counts.push(...ofRing);
    const inUse = new Set(ofRing.map(({ version }) => version));
    // A higher version is the next one, made known ahead of its use.
    for (const version of ring.versions)
      if (version < ring.currentVersion && !inUse.has(version))
        unused.push({ secret: variableOf(ring.purpose), version });
  }
  if (isJson) return parts.terminal.out(JSON.stringify({ keys: counts, unused }));
  for (const count of counts) parts.terminal.out(lineOf(count));
  for (const { secret, version } of unused) {
    parts.terminal.out(
      `Version ${version} of ${secret} wraps no key any more: take it out of ${secret}_PREVIOUS. Destroy it when no backup is kept that was made before this.`,
    );
  }
}

const lineOf = ({ kind, version, keys, isCurrent }: KeyCount): string =>
  `  ${kind.padEnd(8)} version ${version}  ${String(keys).padStart(9)}${isCurrent ? '  current' : ''}`;

const doesNotOpen = (broken: readonly string[]): AppError =>
  new AppError(
    'CONFLICT',
    `${broken.length} data keys do not open and stay where they are: ${broken.slice(0, 5).join(', ')}${broken.length > 5 ? ' ...' : ''}. Their rows were altered; what is sealed under them cannot be read. Restore these rows of connections.data_key from a backup, then run keys rotate again.`,
  );
