import type { AnnounceLetters } from '#platform/announce-letters';
import type { MessageVerifier } from '#platform/crypto';
import { touchedDays, type ConsentChange } from '#platform/events';
import { gather } from '#platform/gather';
import type { Logger } from '#platform/log';
import { listen, type Bus } from '#platform/bus';
import { consume } from '#platform/messages';
import { subjects, type NormalizedDomain } from '#platform/streams';
import type { Metrics } from '#platform/telemetry';
import { storeLetters } from '../../letters/letters.ts';
import type { Viewing } from './ensure-views.ts';
import { recompute, type RecomputeParts } from './recompute.ts';

/** Domains that enter the score. */
const SCORED: ReadonlySet<string> = new Set<NormalizedDomain>(['hrv', 'sleep', 'resting_heart_rate']);
/** Messages at hand at once, and recomputes under way: who waits for one is taken up by the next, all together. */
const MESSAGES = 64;
const RECOMPUTES = 2;
const ATHLETES_AT_ONCE = 20;

/** Recomputes on each normalised message, which only says whom to look at: what is pending is read. What never comes is found by the sweep. */
export function startRecompute(
  parts: RecomputeParts & {
    bus: Bus;
    verify: MessageVerifier;
    announceLetters: AnnounceLetters;
    metrics: Metrics;
    log: Logger;
  },
): { close(): Promise<void> } {
  const take = gather<string>({
    lanes: RECOMPUTES,
    most: ATHLETES_AT_ONCE,
    work: (athleteIds) => recompute(parts, athleteIds),
  });
  return consume({
    body: touchedDays,
    bus: parts.bus,
    consumer: 'recompute',
    verify: parts.verify,
    metrics: parts.metrics,
    log: parts.log,
    parallel: MESSAGES,
    async handle(envelope) {
      if (!SCORED.has(envelope.subject.split('.')[2] ?? '')) return 'done';
      await take(envelope.body.touched.map(({ athleteId }) => athleteId));
      return 'done';
    },
    async giveUp(envelope, error) {
      const athleteIds = envelope.body.touched.map(({ athleteId }) => athleteId);
      await parts.announceLetters(await storeLetters(parts, { athleteIds, error }));
    },
  });
}

/** Computes the views that a changed consent brings into use, so that the first reader does not wait for them. */
export function listenToConsent(options: { bus: Bus; viewing: Viewing; log: Logger }): { close(): void } {
  return listen<ConsentChange>(options.bus, {
    subject: subjects.consentChanged,
    log: options.log,
    handle: ({ athleteId }) => options.viewing.fill([athleteId]),
  });
}
