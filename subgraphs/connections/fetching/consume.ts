import type { MessageVerifier } from '#platform/crypto';
import { rawReferences } from '#platform/events';
import type { Logger } from '#platform/log';
import type { Bus } from '#platform/bus';
import { consume } from '#platform/messages';
import type { Metrics } from '#platform/telemetry';
import type { Fetcher } from './fetch.ts';

/** Two short waits for a provider that hiccups. One that is away is asked again by the sweep, which knows when. */
const LEFT_TO_SWEEP_AFTER = 3;

/** Hands the references of notifications from the bus to the fetcher. What never comes is found by the sweep. */
export function startFetching(parts: {
  bus: Bus;
  fetcher: Fetcher;
  verify: MessageVerifier;
  metrics: Metrics;
  log: Logger;
}): { close(): Promise<void> } {
  const { fetcher } = parts;
  return consume({
    ...parts,
    body: rawReferences,
    consumer: 'fetcher',
    // Each provider has a subject.
    sharerOf: (subject) => subject,
    leftAfter: LEFT_TO_SWEEP_AFTER,
    handle: ({ body }) => fetcher.handle(body.refs),
    giveUp: ({ body }) => fetcher.giveUp(body.refs, 'failed_repeatedly'),
  });
}
