import type { AddVerbs } from '#platform/ops';
import type { OpsParts } from './parts.ts';

interface KeyCount {
  kind: 'token' | 'payload' | 'intake' | 'signing';
  version: number;
  keys: number;
}

/** keys status: how many data keys are wrapped under which version of the root secrets. */
export const addKeysVerbs: AddVerbs<OpsParts> = (program, parts) => {
  const keys = program.command('keys').description('The keys that wrap the data keys of athletes');
  keys
    .command('status')
    .description('how many data keys stand under each version of the root secrets')
    .option('--json', 'print it for a program')
    .action(async ({ json }: { json?: true }) => {
      const counts = await countKeys(parts);
      if (json) parts.terminal.out(JSON.stringify({ keys: counts }));
      else for (const count of counts) parts.terminal.out(lineOf(count));
    });
};

async function countKeys(parts: OpsParts): Promise<KeyCount[]> {
  const db = await parts.db();
  return db.query<KeyCount[]>(
    `select kind, kek_version as version, count(*) as keys from data_key group by kind, kek_version order by kind, kek_version`,
  );
}

const lineOf = ({ kind, version, keys }: KeyCount): string =>
  `  ${kind.padEnd(8)} version ${version}  ${String(keys).padStart(9)}`;
