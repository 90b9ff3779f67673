import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { environmentOf, type Place } from './environment.ts';
import { opsScript, PROGRAMS_OF_VERB } from './ops-programs.ts';
import { StartError } from './processes.ts';
import { exitOf } from './server-process.ts';
import { loadSecrets, readPorts, type Subgraph } from './settings.ts';
import { readStatus } from './status-file.ts';

const root = process.cwd();
const dataDir = join(root, '.data');
const args = process.argv.slice(2);

/** A verb needs what the subgraph has: of the environment where it names a database, else of what runs here. */
async function environments(): Promise<(subgraph: Subgraph) => NodeJS.ProcessEnv> {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined && given !== '') return () => process.env;
  const running = readStatus(dataDir);
  if (running === undefined || running.database === '' || running.nats === '') {
    throw new StartError(
      'Nothing runs here for the verb to work on. Start it with npm start in another terminal, or set DATABASE_URL and the other variables of the subgraph (docs/reference/configuration.md).',
    );
  }
  const secrets = await loadSecrets(dataDir);
  const broker = running.servers.find(({ name }) => name === 'nats');
  const place: Place = {
    dataDir,
    cacheDir: join(root, '.cache'),
    secrets,
    ports: readPorts(process.env),
    databaseUrl: running.database,
    natsUrl: (user) =>
      broker === undefined ? running.nats : `nats://${user}:${secrets.natsPasswords[user]}@127.0.0.1:${broker.port}`,
    env: process.env,
  };
  return (subgraph) => environmentOf(subgraph, place);
}

let child: ChildProcess | undefined;

/** The exit code. Standard streams are the person's, and so is Ctrl-C: the verb hears it by itself. */
async function runProgram(subgraph: Subgraph, env: NodeJS.ProcessEnv): Promise<number> {
  const script = join(root, opsScript(subgraph));
  child = spawn(process.execPath, ['--enable-source-maps', script, ...args], { stdio: 'inherit', env });
  const { code } = await exitOf(child);
  return code ?? 1;
}

async function run(): Promise<number> {
  const [verb] = args;
  const programs = verb === undefined ? undefined : PROGRAMS_OF_VERB[verb];
  const asksForHelp = verb === undefined || args.includes('--help') || args.includes('-h');
  if (programs === undefined && !asksForHelp) {
    const words = Object.keys(PROGRAMS_OF_VERB).join(', ');
    throw new StartError(
      `There is no verb "${verb}". Verbs begin with: ${words}. npm run ops, without a verb, lists them all.`,
    );
  }
  const environmentFor = asksForHelp ? () => process.env : await environments();
  let exitCode = 0;
  for (const subgraph of programs ?? new Set(Object.values(PROGRAMS_OF_VERB).flat()))
    exitCode ||= await runProgram(subgraph, environmentFor(subgraph));
  return exitCode;
}

process.on('SIGINT', () => {});
process.on('SIGTERM', () => child?.kill('SIGTERM'));
try {
  process.exitCode = await run();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
