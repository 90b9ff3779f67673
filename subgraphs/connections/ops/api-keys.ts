import { InvalidArgumentError, Option } from 'commander';
import type { AddVerbs } from '#platform/ops';
import { API_KEY_SCOPES, createApiKeys, type ApiKey, type ApiKeys, type ApiKeyScope } from '../uploads/api-key.ts';
import type { OpsParts } from './parts.ts';

const DAY_MS = 86_400_000;
const LONGEST_DAYS = 3_650;

/** api-keys create | list | revoke: the keys of services that send measurements to `/v1/ingest`. */
export const addApiKeysVerbs: AddVerbs<OpsParts> = (program, parts) => {
  const { terminal } = parts;
  const keys = program.command('api-keys').description('Keys of services that send measurements to /v1/ingest');
  keys
    .command('create')
    .description('make a key; it is printed once and stored nowhere')
    .requiredOption('--name <name>', 'what the access log of athletes calls the service', nameOf)
    .addOption(new Option('--scope <scope>', 'what it may do').choices(API_KEY_SCOPES).makeOptionMandatory())
    .option('--expires <days>', 'when it ends by itself, such as 90d; never when left out', daysOf)
    .option('--json', 'print it for a program')
    .action(async ({ name, scope, expires, json }: Created) => {
      const now = (await parts.clock()).now().getTime();
      const expiresAt = expires === undefined ? null : new Date(now + expires * DAY_MS);
      const made = await (await keysOf(parts)).create({ name, scope, expiresAt });
      if (json) terminal.out(JSON.stringify({ ...made, expiresAt }));
      else terminal.out(made.key);
      const ends = expiresAt === null ? 'until it is revoked' : `until ${expiresAt.toISOString()}`;
      terminal.err(`The key ${made.id} holds ${ends}. Hand it over now: it is not shown again.`);
    });
  keys
    .command('list')
    .description('all keys there ever were, newest first, without the keys themselves')
    .option('--json', 'print it for a program')
    .action(async ({ json }: { json?: true }) => {
      const [all, clock] = [await (await keysOf(parts)).list(), await parts.clock()];
      if (json) terminal.out(JSON.stringify({ keys: all }));
      else for (const key of all) terminal.out(lineOf(key, clock.now()));
    });
  keys
    .command('revoke <id>')
    .description('end a key at once; what it has sent stays')
    .action(async (id: string) => {
      const { name, revokedAt } = await (await keysOf(parts)).revoke(id);
      terminal.out(`The key of ${name} opens nothing since ${revokedAt?.toISOString()}.`);
    });
};

interface Created {
  name: string;
  scope: ApiKeyScope;
  expires?: number;
  json?: true;
}

const keysOf = async (parts: OpsParts): Promise<ApiKeys> =>
  createApiKeys({ db: await parts.db(), clock: await parts.clock() });

function nameOf(text: string): string {
  const name = text.trim();
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u.test(name))
    throw new InvalidArgumentError('Use up to 64 letters, digits, blanks, dots, dashes or underscores.');
  return name;
}

function daysOf(text: string): number {
  const days = Number(/^([1-9]\d{0,3})d$/.exec(text)?.[1]);
  if (!(days <= LONGEST_DAYS)) throw new InvalidArgumentError(`Say it in days, from 1d to ${LONGEST_DAYS}d.`);
  return days;
}

function lineOf(key: ApiKey, now: Date): string {
  const { id, name, scope, expiresAt, lastUsedOn } = key;
  return `  ${id}  ${name.padEnd(24)} ${scope.padEnd(8)} ${stateOf(key, now).padEnd(8)} expires ${day(expiresAt)}  last used ${lastUsedOn ?? 'never'}`;
}

const day = (at: Date | null): string => at?.toISOString().slice(0, 10) ?? 'never     ';

function stateOf({ revokedAt, expiresAt }: ApiKey, now: Date): 'valid' | 'revoked' | 'expired' {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'valid';
}
