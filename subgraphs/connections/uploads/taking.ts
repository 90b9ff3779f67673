import type { FastifyRequest } from 'fastify';
import { AppError } from '#platform/errors';
import { HttpProblem } from '#platform/http';
import type { Logger } from '#platform/log';
import type { Metrics } from '#platform/telemetry';

const RETRY_AFTER_S = 5;

/** The answer to content that cannot be taken; `detail` names fields, never what stood in them. */
export const malformed = (detail: string): HttpProblem =>
  new HttpProblem({ status: 400, code: 'malformed_payload', detail });

const unavailable = (detail: string): HttpProblem =>
  new HttpProblem({ status: 503, code: 'unavailable', detail, retryAfterS: RETRY_AFTER_S });

/** Runs one request's taking and counts what became of it. What is no refusal means: nothing was stored, come back. */
export async function taking<Taken extends { outcome: string }>(part: {
  request: FastifyRequest;
  /** Who delivers, by a name from our own lists. */
  from: string;
  metrics: Metrics;
  log: Logger;
  take: () => Promise<Taken>;
}): Promise<Taken> {
  const { request, from } = part;
  let outcome = 'refused';
  try {
    const taken = await part.take();
    outcome = taken.outcome;
    return taken;
  } catch (error) {
    if (error instanceof HttpProblem || error instanceof AppError) throw error;
    outcome = 'unavailable';
    part.log.error({ err: error, provider: from, requestId: request.id }, 'a delivery could not be stored');
    throw unavailable('The delivery could not be stored and was not taken. Please send it again.');
  } finally {
    part.metrics.webhooks.inc({ provider: from, outcome });
  }
}

/** Each request in flight holds its body in memory: beyond `count`, asking to come back is better than growing. */
export function refuseBeyond(count: number): <T>(work: () => Promise<T>) => Promise<T> {
  let inFlight = 0;
  return async (work) => {
    if (inFlight >= count) throw unavailable('Too much is on its way at once. Please send it again.');
    inFlight += 1;
    try {
      return await work();
    } finally {
      inFlight -= 1;
    }
  };
}
