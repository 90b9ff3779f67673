import type { Clock } from '#platform/clock';
import type { DeadLetterAnnouncement } from '#platform/events';
import type { Logger } from '#platform/log';
import type { Publisher } from '#platform/messages';
import { subjects } from '#platform/streams';

/**
 * Tells operators of letters whose commit is done: id, stage and reason, neither person nor value. Never rejects: the row is
 * the letter, and one that could not be announced is in the log.
 */
export type AnnounceLetters = (letters: readonly DeadLetterAnnouncement[]) => Promise<void>;

export function createAnnounceLetters(options: { publisher: Publisher; clock: Clock; log: Logger }): AnnounceLetters {
  const { publisher, clock, log } = options;
  return async (letters) => {
    const results = await Promise.allSettled(
      letters.map(({ id, stage, reason }) =>
        publisher.publish({
          subject: subjects.deadLetter(stage),
          id,
          body: { id, stage, reason } satisfies DeadLetterAnnouncement,
          issuedAt: clock.now(),
        }),
      ),
    );
    const failures = results.filter((result) => result.status === 'rejected');
    if (failures.length > 0)
      log.warn({ err: failures[0]?.reason, count: failures.length }, 'dead letters were stored but not announced');
  };
}
