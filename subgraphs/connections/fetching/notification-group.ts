import type { Provider } from '#platform/signals';
import type { Notification } from '../providers/provider.ts';

/** A notification whose body was opened and read. */
export interface OpenedNotification extends Omit<Notification, 'providerUserId' | 'namesEvent'> {
  deliveryId: string;
  receivedOn: string;
  receivedAt: Date;
  provider: Provider;
  connectionId: string;
  athleteId: string;
  keyId: string;
}

/** Notifications about one record: one fetch answers them all. */
export interface NotificationGroup {
  /** `connection/data type/record`; the recent days count as the record of notifications that name none. */
  name: string;
  record: string;
  /** The one received last: what it asks for, deletion or not, holds for the record. */
  newest: OpenedNotification;
  members: OpenedNotification[];
}

/** Stands for "the recent days" where a provider names no record. */
export const RECENT_DAYS = 'recent-days';

export function groupNotifications(notifications: readonly OpenedNotification[]): NotificationGroup[] {
  const groups = new Map<string, NotificationGroup>();
  for (const notification of notifications) {
    const record = notification.objectId ?? RECENT_DAYS;
    const name = `${notification.connectionId}/${notification.dataType}/${record}`;
    const group = groups.get(name);
    if (!group) groups.set(name, { name, record, newest: notification, members: [notification] });
    else {
      group.members.push(notification);
      if (isLater(notification, group.newest)) group.newest = notification;
    }
  }
  return [...groups.values()];
}

/** A deletion wins a tie: a record that is gone answers 404 to the fetch as well. */
function isLater(one: OpenedNotification, other: OpenedNotification): boolean {
  const distance = one.receivedAt.getTime() - other.receivedAt.getTime();
  return distance === 0 ? one.isDeletion : distance > 0;
}

/**
 * What to do about a record last asked for at `fetchedAt`. A notification received before that instant is answered by
 * that fetch; a later one waits until the window after it has passed, so that a burst costs two fetches, not one each.
 */
export function whenToFetch(options: {
  receivedAt: Date;
  fetchedAt: Date | null;
  now: Date;
  coalesceMs: number;
}): 'answered' | { waitMs: number } {
  const { receivedAt, fetchedAt, now, coalesceMs } = options;
  if (fetchedAt === null) return { waitMs: 0 };
  if (receivedAt < fetchedAt) return 'answered';
  return { waitMs: Math.min(coalesceMs, Math.max(0, fetchedAt.getTime() + coalesceMs - now.getTime())) };
}
