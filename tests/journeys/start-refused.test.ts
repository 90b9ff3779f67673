import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createKeyRing } from '#platform/crypto';
import { environmentOf } from '../../embedded/environment.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ programs: [] });
});
afterAll(() => world?.stop());

/** Starts a program with one variable changed; answers exit code and what it said. */
function startWith(script: string, variables: Record<string, string>): Promise<{ code: number | null; said: string }> {
  const place = {
    dataDir: '.',
    cacheDir: '.cache',
    secrets: world.secrets,
    ports: world.ports,
    databaseUrl: world.database.ownerUrl,
    natsUrl: (user: 'connections' | 'health-data' | 'insights' | 'gateway') => world.nats.url(user),
    env: { PATH: process.env['PATH'] },
  };
  const name = script.split('/').at(-2) as 'connections' | 'health-data' | 'insights';
  const env = { ...environmentOf(name, place), ...variables };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [script], { env, timeout: 20_000 }, (_error, _stdout, stderr) =>
      resolve({ code: child.exitCode, said: stderr.trim() }),
    );
  });
}

describe.each(['connections', 'health-data', 'insights'])('%s', (name) => {
  const script = `dist/subgraphs/${name}/main.js`;

  it.each([
    [
      'PostgreSQL is down',
      { DATABASE_URL: 'postgres://x:y@127.0.0.1:1/x' },
      /PostgreSQL does not answer at 127\.0\.0\.1:1\. .*DATABASE_URL/,
    ],
    ['NATS is down', { NATS_URL: 'nats://x:y@127.0.0.1:1' }, /NATS does not answer at 127\.0\.0\.1:1\. .*NATS_URL/],
    ['a variable is missing', { ASSERTION_KEY: '' }, /ASSERTION_KEY: is not set/],
  ])('says in a sentence that %s, and ends with 1', async (_name, variables, sentence) => {
    const { code, said } = await startWith(script, variables);
    expect(said).toMatch(sentence);
    expect(said).not.toContain('    at ');
    expect(said).not.toContain('x:y');
    expect(code).toBe(1);
  });
});

describe.each([
  ['connections', 'TOKEN'],
  ['connections', 'PAYLOAD'],
  ['health-data', 'PAYLOAD'],
])('%s', (name, secret) => {
  it(`does not start with another ${secret}_ROOT_SECRET than the database was made with`, async () => {
    const purpose = secret === 'TOKEN' ? 'token' : 'payload';
    const ring = createKeyRing({ purpose, roots: new Map([[1, randomBytes(32)]]) });
    await world.database.query('delete from connections.root_secret');
    await world.database.query(`insert into connections.root_secret values ($1, 1, $2, now())`, [
      purpose,
      ring.knownAnswer(1),
    ]);
    const { code, said } = await startWith(`dist/subgraphs/${name}/main.js`, {});
    expect(said).toMatch(
      new RegExp(`^${name} cannot start: ${secret}_ROOT_SECRET does not hold the secret that version 1 [^\\n]*$`),
    );
    expect(code).toBe(1);
  });
});
