import { createHash, randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { PROGRAMS, type Ports } from './settings.ts';

/**
 * Below the ports that systems give to outgoing connections, one of which could be taken between asking and listening. Each
 * worker of a test run has a stretch of its own and goes through it in turn; two checkouts begin at different ones.
 */
const STRETCH = 1_000;
const STRETCHES = 16;
const checkout = createHash('sha256').update(process.cwd()).digest().readUInt16BE();
const FIRST_PORT = 12_000 + STRETCH * ((checkout + Number(process.env['JEST_WORKER_ID'] ?? 0)) % STRETCHES);
let turn = randomInt(STRETCH);

/**
 * A port on loopback that nobody listens on, and that this process will not be given again soon. Never one of `promised`,
 * where somebody will listen later.
 */
export async function freePort(promised: readonly number[] = []): Promise<number> {
  for (let tries = 0; tries < STRETCH; tries += 1) {
    turn = (turn + 1) % STRETCH;
    const port = FIRST_PORT + turn;
    if (!promised.includes(port) && (await isFree(port))) return port;
  }
  throw new Error(`no port from ${FIRST_PORT} to ${FIRST_PORT + STRETCH - 1} is free`);
}

/** Two for each program. */
export async function freePorts(): Promise<Ports> {
  const free = await Promise.all(Array.from({ length: PROGRAMS.length * 2 }, () => freePort()));
  return Object.fromEntries(
    PROGRAMS.map((name, index) => [name, { port: free[index * 2], metricsPort: free[index * 2 + 1] }]),
  ) as Ports;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
