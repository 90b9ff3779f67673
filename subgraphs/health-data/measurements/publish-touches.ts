import type { TouchedDays } from '#platform/events';
import { newId } from '#platform/ids';
import type { Publisher } from '#platform/messages';
import { subjects } from '#platform/streams';
import type { Touch } from './store.ts';

/** A touched day with its new revision. */
export type RaisedTouch = Touch & { revision: number };

/** One message per domain: athlete, days, revision. No value, no signal a reader of the bus could learn from. */
export async function publishTouches(publisher: Publisher, touches: readonly RaisedTouch[], now: Date): Promise<void> {
  for (const [domain, group] of Map.groupBy(touches, (touch) => touch.domain)) {
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
}
