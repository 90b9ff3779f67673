import type { ReadinessAnnouncement } from '#platform/events';
import type { Logger } from '#platform/log';
import { announce, type Bus } from '#platform/bus';
import { subjects } from '#platform/streams';
import type { NewView } from '../views/snapshots.ts';

export type Announce = (announcement: ReadinessAnnouncement) => void;

/** Tells all processes. Call it after the commit; whoever misses it catches up with `since`. */
export function createAnnounce(options: { bus: Bus; log: Logger }): Announce {
  return (announcement) => {
    try {
      announce(options.bus, { subject: subjects.readiness(announcement.athleteId), body: announcement });
    } catch (error) {
      options.log.warn({ err: error }, 'new views were stored but could not be announced');
    }
  };
}

/** One announcement per athlete, its days in order. */
export function announcementsOf(views: readonly NewView[]): ReadinessAnnouncement[] {
  return [...Map.groupBy(views, ({ athleteId }) => athleteId)].map(([athleteId, all]) => ({
    athleteId,
    changes: [...Map.groupBy(all, ({ date, reason }) => `${date} ${reason}`)]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, changed]) => ({
        date: changed[0]?.date ?? '',
        reason: changed[0]?.reason ?? 'COMPUTED',
        views: changed.map(({ basis, revision }) => ({ basis, revision })),
      })),
  }));
}
