import { createServer, type Server, type Socket } from 'node:net';
import { Pool } from 'pg';
import { QueryFailedError } from 'typeorm';
import { isDatabaseAway, isRolledBack } from './database-away.ts';

const coded = (code: string, more: object = {}): Error => Object.assign(new Error('x'), { code, ...more });

test.each(['08006', '53300', '57P01', '57P03', '57014', '58030', '25006', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'])(
  '%s says that PostgreSQL is away, TypeORM around it or not',
  (code) => {
    expect(isDatabaseAway(coded(code))).toBe(true);
    expect(isDatabaseAway(new QueryFailedError('select', [], coded(code)))).toBe(true);
  },
);

test.each([
  ['a defect', new TypeError('x is not a function')],
  ['a record that does not open', new Error('a sealed record did not open')],
  ['JSON that is none', new SyntaxError('Unexpected token')],
  ['a value PostgreSQL refuses', coded('22021')],
  ['a transaction that cannot go on', coded('25P02')],
  ['a missing table', coded('42P01')],
  ['a deadlock', coded('40P01')],
  ['a missing file', coded('ENOENT', { syscall: 'open' })],
  ['a full disk', coded('ENOSPC')],
  ['nothing that is an error', 'away'],
])('%s does not', (_name, error) => {
  expect(isDatabaseAway(error)).toBe(false);
  expect(isDatabaseAway(new QueryFailedError('select', [], error as Error))).toBe(false);
});

test('a transaction that gave way to another is told from one that cannot succeed', () => {
  expect([isRolledBack(coded('40P01')), isRolledBack(coded('40001')), isRolledBack(coded('22021'))]).toEqual([
    true,
    true,
    false,
  ]);
});

describe('what the driver itself says', () => {
  let server: Server;
  let pool: Pool;
  /** The error of a statement at a server that treats connections like this. */
  async function errorAt(treat: (socket: Socket) => void): Promise<unknown> {
    server = createServer((socket) => treat(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    pool = new Pool({ host: '127.0.0.1', port, user: 'x', password: 'x', connectionTimeoutMillis: 100 });
    return failureOf(pool);
  }
  const failureOf = (of: Pool): Promise<unknown> =>
    of.query('select 1').then(
      () => null,
      (error: unknown) => error,
    );
  afterEach(async () => {
    await pool.end();
    server?.close();
  });

  test('when a server hangs up', async () => {
    expect(isDatabaseAway(await errorAt((socket) => socket.end()))).toBe(true);
  });

  test('when a server resets the connection', async () => {
    expect(isDatabaseAway(await errorAt((socket) => socket.resetAndDestroy()))).toBe(true);
  });

  test('when a server says nothing', async () => {
    const sockets: Socket[] = [];
    const error = await errorAt((socket) => sockets.push(socket));
    for (const socket of sockets) socket.destroy();
    expect(isDatabaseAway(error)).toBe(true);
  });

  test.each([
    ['at a port', { host: '127.0.0.1', port: 1 }],
    ['at a name', { host: 'nowhere.invalid', port: 1 }],
    ['behind a file', { host: '/nowhere' }],
  ])('when nobody is there %s', async (_name, where) => {
    pool = new Pool({ ...where, user: 'x' });
    expect(isDatabaseAway(await failureOf(pool))).toBe(true);
  });
});
