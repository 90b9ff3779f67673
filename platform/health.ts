import type { FastifyInstance } from 'fastify';
import type { Sql } from '#platform/database';
import { withinTime } from '#platform/retry';

export type CheckState = 'ok' | 'degraded' | 'fail';
export type Checks = Record<string, () => Promise<CheckState> | CheckState>;

const CHECK_WITHIN_MS = 2_000;
const DATABASE_WITHIN_MS = 1_000;

/**
 * /health/live: the process turns its event loop. /health/startup: it has started once.
 * /health/ready: every part it needs answers. Bodies say ok, degraded or fail, and nothing else.
 */
export function addHealth(server: FastifyInstance, options: { ready: Checks; isStarted: () => boolean }): void {
  server.get('/health/live', () => ({ status: 'ok', checks: {} }));
  server.get('/health/startup', async (_request, reply) => {
    const status = options.isStarted() ? 'ok' : 'fail';
    return reply.code(status === 'ok' ? 200 : 503).send({ status, checks: {} });
  });
  server.get('/health/ready', async (_request, reply) => {
    const checks: Record<string, CheckState> = {};
    if (!options.isStarted()) checks['startup'] = 'fail';
    await Promise.all(
      Object.entries(options.ready).map(async ([name, check]) => {
        checks[name] = await stateOf(check);
      }),
    );
    const states = Object.values(checks);
    const status: CheckState = states.includes('fail') ? 'fail' : states.includes('degraded') ? 'degraded' : 'ok';
    return reply.code(status === 'fail' ? 503 : 200).send({ status, checks });
  });
}

/** Whether PostgreSQL answers, and soon: one that hangs is away, and what that means is the process's business. */
export function databaseCheck(options: {
  db: Sql;
  whenAway: CheckState;
  withinMs?: number;
}): () => Promise<CheckState> {
  const { db, whenAway, withinMs = DATABASE_WITHIN_MS } = options;
  return () => {
    const answer = db.query('select 1').then(
      (): CheckState => 'ok',
      () => whenAway,
    );
    return withinTime({ work: answer, withinMs, late: () => whenAway });
  };
}

const stateOf = (check: Checks[string]): Promise<CheckState> =>
  withinTime({
    work: Promise.resolve(check()).catch((): CheckState => 'fail'),
    withinMs: CHECK_WITHIN_MS,
    late: () => 'fail',
  });
