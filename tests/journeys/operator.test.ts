import { execFile } from 'node:child_process';
import { environmentOf } from '../../embedded/environment.ts';
import { newId } from '#platform/ids';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ programs: [] });
});
afterAll(() => world?.stop());

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** Runs a verb as in production: beside connections, with its environment and nothing else. */
function ops(args: string[], variables: Record<string, string> = {}): Promise<Ended> {
  const env = { ...environmentOf('connections', world.place), ...variables };
  return new Promise((resolve) => {
    const script = 'dist/subgraphs/connections/ops/main.js';
    const child = execFile(process.execPath, [script, ...args], { env, timeout: 30_000 }, (_error, out, err) =>
      resolve({ code: child.exitCode, out: out.trim(), err: err.trim() }),
    );
  });
}

test('an operator sees how many data keys stand under which version of the root secrets', async () => {
  const key = `insert into connections.data_key (id, athlete_id, kind, wrapped, kek_version, created_at)
               values ($1, null, $2, 'x', $3, now())`;
  await world.database.query(key, [newId(), 'intake', 1]);
  await world.database.query(key, [newId(), 'signing', 2]);
  expect(JSON.parse((await ops(['keys', 'status', '--json'])).out)).toEqual({
    keys: [
      { kind: 'intake', version: 1, keys: 1 },
      { kind: 'signing', version: 2, keys: 1 },
    ],
  });
  const { code, out, err } = await ops(['keys', 'status']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^intake +version 1 +1\n +signing +version 2 +1$/);
});

test('what keeps a verb from running is one sentence, and the code is 1', async () => {
  const { code, out, err } = await ops(['keys', 'status'], { DATABASE_URL: 'postgres://x:y@127.0.0.1:1/x' });
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^PostgreSQL does not answer at 127\.0\.0\.1:1\. .*DATABASE_URL.*$/);
  expect((await ops(['keys', 'status'], { TOKEN_ROOT_SECRET: '' })).err).toContain('TOKEN_ROOT_SECRET: is not set');
});

test('all verbs are listed without any configuration', async () => {
  const { code, out } = await ops([], { DATABASE_URL: '', TOKEN_ROOT_SECRET: '' });
  expect(code).toBe(0);
  expect(out).toContain('keys status');
});
