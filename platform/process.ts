import type { z } from 'zod';
import { ConfigError, readConfig, type commonConfig } from '#platform/config';
import { AppError } from '#platform/errors';
import { createLogger, type Logger } from '#platform/log';
import { createShutdown, type Shutdown } from '#platform/shutdown';
import { createMetrics, serveMetrics, type Metrics } from '#platform/telemetry';

/** What every process of the product starts with. */
export interface Started<Config> {
  config: Config;
  log: Logger;
  metrics: Metrics;
  shutdown: Shutdown;
  /** Ends the process for a reason that showed after its start: everything is closed, the sentence told, the exit code is 1. */
  fail(error: unknown): void;
}

/** A reason not to start that the operator can act on: it is printed as one sentence, without a stack. */
export class CannotStart extends Error {}

/**
 * Runs one process: configuration, log, metrics port, shutdown, then `start`. What keeps it from starting is told in
 * one clear sentence on standard error, and the exit code is 1.
 */
export async function runProcess<S extends typeof commonConfig & Record<string, z.ZodType>>(options: {
  name: string;
  config: S;
  start: (started: Started<z.infer<z.ZodObject<S>>>) => Promise<void>;
}): Promise<void> {
  process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';
  try {
    const config = readConfig(options.config);
    const common = config as unknown as z.infer<z.ZodObject<typeof commonConfig>>;
    const log = createLogger({ name: options.name, level: common.LOG_LEVEL });
    const shutdown = createShutdown({ log, exitWithParent: common.EXIT_WITH_PARENT === '1' });
    const metrics = createMetrics();
    const metricsServer = await serveMetrics({ metrics, host: common.HOST, port: common.METRICS_PORT });
    shutdown.add('metrics', () => metricsServer.close());
    const fail = (error: unknown): void => {
      process.stderr.write(`${options.name} ends: ${sentence(error)}\n`);
      void shutdown.run().then(() => process.exit(1));
    };
    await options.start({ config, log, metrics, shutdown, fail });
    log.info('started');
  } catch (error) {
    process.stderr.write(`${options.name} cannot start: ${sentence(error)}\n`);
    process.exit(1);
  }
}

const CONNECTION_FAILURES = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'ETIMEDOUT',
  'ECONNRESET',
  'CONNECTION_REFUSED',
  'TIMEOUT',
  '57P03',
]);

/** What an operator reads: the sentence of our own errors; a defect is told with its stack. */
export function sentence(error: unknown): string {
  if (error instanceof ConfigError || error instanceof CannotStart || error instanceof AppError) return error.message;
  const code = (error as { code?: string }).code;
  if (code === 'EADDRINUSE') {
    const port = (error as { port?: number }).port;
    return `port ${port} is taken by another program. Stop that program, or set PORT or METRICS_PORT to a free one.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Opens a dependency, and turns "nobody answers there" into a sentence that names it and its variable. */
export async function reach<T>(
  what: { name: string; variable: string; url: string },
  openIt: () => Promise<T>,
): Promise<T> {
  try {
    return await openIt();
  } catch (error) {
    const address = new URL(what.url).host;
    const code = (error as { code?: string }).code ?? '';
    const refusedLogin = code.startsWith('28') || code === 'AUTHORIZATION_VIOLATION' || code === '3D000';
    if (refusedLogin) {
      throw new CannotStart(
        `${what.name} at ${address} refused the login. Check user, password and database in ${what.variable}.`,
        { cause: error },
      );
    }
    if (CONNECTION_FAILURES.has(code) || /timeout|refused|terminated/i.test((error as Error).message)) {
      throw new CannotStart(
        `${what.name} does not answer at ${address}. Start it, or correct ${what.variable}, then start again.`,
        { cause: error },
      );
    }
    throw error;
  }
}
