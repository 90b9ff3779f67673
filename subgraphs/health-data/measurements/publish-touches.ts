import type { TouchedDays } from '#platform/events';
import { newId } from '#platform/ids';
import type { Publisher } from '#platform/messages';
import { subjects } from '#platform/streams';
import type { Touch } from './store.ts';

/** A touched day with its new revision. */
export type RaisedTouch = Touch & { revision: number };

/**
 * One message per domain, all on their way at once: athlete, days, revision. No value, no signal a reader of the bus could
 * learn from. Resolves when the broker has them all.
 */
export async function publishTouches(publisher: Publisher, touches: readonly RaisedTouch[], now: Date): Promise<void> {
  const domains = Map.groupBy(touches, (touch) => touch.domain);
  await Promise.all([...domains].map(([domain, group]) => publishDomain(publisher, { domain, group, now })));
}

async function publishDomain(
  publisher: Publisher,
  { domain, group, now }: { domain: Touch['domain']; group: readonly RaisedTouch[]; now: Date },
): Promise<void> {
  const touched = [...Map.groupBy(group, (touch) => touch.athleteId)].map(([athleteId, days]) => ({
    athleteId,
    days: days.map((touch) => touch.day).sort(),
    revision: Math.max(...days.map((touch) => touch.revision)),
  }));
  await publisher.publish({
    subject: subjects.normalized(domain),
    id: newId(),
    body: { touched } satisfies TouchedDays,
    issuedAt: now,
  });
}
