import type { AccessChange, ConsentChange } from '#platform/events';
import type { Logger } from '#platform/log';
import { announce, type Bus } from '#platform/bus';
import { subjects } from '#platform/streams';

/**
 * Tells the other processes what has been committed. Call after the commit. Nothing rests on these messages: whoever
 * misses one reads the change at the next event or request, so a broker that is away fails no mutation.
 */
export interface Announcements {
  consentChanged(changes: readonly ConsentChange[]): void;
  accessChanged(change: AccessChange): void;
}

export function createAnnouncements(options: { bus: Bus; log: Logger }): Announcements {
  function send(subject: string, body: ConsentChange | AccessChange): void {
    try {
      announce(options.bus, { subject, body });
    } catch (error) {
      options.log.warn({ err: error, subject }, 'a change was committed but could not be announced');
    }
  }
  return {
    consentChanged(changes) {
      for (const { athleteId, teamId, signal, epoch } of changes)
        send(subjects.consentChanged, { athleteId, teamId, signal, epoch });
    },
    accessChanged: (change) => send(subjects.accessChanged, change),
  };
}
