import { connect } from 'node:net';
import pg from 'pg';
import { StartError } from './processes.ts';

const NAME = 'athlete_ally';

/**
 * Makes the database and the role that owns it, if they are not there. The owner is no superuser, as in production: a
 * superuser would pass every row-level policy unseen. It may create the subgraphs' roles. Answers the owner's address.
 */
export async function ensureDatabase(options: { superuserUrl: string; ownerPassword: string }): Promise<string> {
  const client = new pg.Client({ connectionString: options.superuserUrl });
  await client.connect();
  try {
    const password = pg.escapeLiteral(options.ownerPassword);
    const role = await client.query('select from pg_roles where rolname = $1', [NAME]);
    if (role.rowCount === 0) await client.query(`create role ${NAME} login createrole`);
    await client.query(`alter role ${NAME} with password ${password}`);
    const database = await client.query('select from pg_database where datname = $1', [NAME]);
    if (database.rowCount === 0) await client.query(`create database ${NAME} owner ${NAME}`);
  } finally {
    await client.end();
  }
  const url = inDatabase(options.superuserUrl);
  const owner = new URL(url);
  owner.username = NAME;
  owner.password = options.ownerPassword;
  return owner.href;
}

/** The same login, in our database. */
export function inDatabase(superuserUrl: string): string {
  const url = new URL(superuserUrl);
  url.pathname = `/${NAME}`;
  return url.href;
}

/** Throws one sentence when nobody listens at the address that `variable` gives. */
export async function mustAnswer(options: {
  name: string;
  variable: string;
  url: string;
  fallbackPort: number;
}): Promise<void> {
  const { hostname, port } = new URL(options.url.split(',')[0] ?? '');
  const where = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || options.fallbackPort };
  await new Promise<void>((done, fail) => {
    const socket = connect({ ...where, timeout: 5_000 });
    const refuse = (cause: unknown): void => {
      socket.destroy();
      const sentence = `${options.name} does not answer at ${where.host}:${where.port}. Start it, correct ${options.variable}, or unset it to use the embedded one.`;
      fail(new StartError(sentence, { cause }));
    };
    socket.once('connect', () => {
      socket.destroy();
      done();
    });
    socket.once('timeout', () => refuse('timeout'));
    socket.once('error', refuse);
  });
}
