import type { LocalDate, Provider } from '#platform/signals';

/** A link of the athlete to a provider, ended ones too. */
export interface TracedConnection {
  provider: Provider;
  state: 'ACTIVE' | 'NEEDS_RECONNECT' | 'REVOKED';
  needsReconnectAt: Date | null;
  linkedAt: Date;
  endedAt: Date | null;
  lastDeliveryAt: Date | null;
  /** Days of a history that is being loaded. */
  loadingFrom: LocalDate | null;
  loadingTo: LocalDate | null;
  loadingRetryAt: Date | null;
  /** When the athlete had deleted what came through it. */
  erasedAt: Date | null;
}

/** One delivery with all that both ledgers know of it. */
export interface TracedDelivery {
  id: string;
  provider: Provider;
  domain: string;
  isNotification: boolean;
  receivedAt: Date;
  provenance: string;
  causeId: string | null;
  repeats: number;
  /** Of notifications: how asking for the record ended, and what it was about. */
  fetchOutcome: string | null;
  fetchEndedAt: Date | null;
  dataType: string | null;
  answeredBy: string | null;
  fetchAttempts: number;
  fetchRetryAt: Date | null;
  letterReason: string | null;
  letterAt: Date | null;
  /** Of bodies: what the normaliser made of it. `days` null: not known, or none. */
  outcome: string | null;
  processedAt: Date | null;
  days: readonly LocalDate[] | null;
  rowsByDomain: Readonly<Record<string, number>> | null;
  ignoredByReason: Readonly<Record<string, number>> | null;
  rejected: readonly { reason: string; count: number; at: Date }[];
  /** Older ones of its kind were left out: there are more than are told. */
  isCut: boolean;
}

/** Rows of the asked day that came by one delivery. */
export interface TracedRows {
  provider: Provider;
  domain: string;
  deliveryId: string;
  storedAt: Date;
}

export interface Trace {
  date: LocalDate;
  now: Date;
  today: LocalDate;
  /** What names no day and came before this is taken for what came for the day. */
  windowEndsAt: Date;
  connections: readonly TracedConnection[];
  deliveries: readonly TracedDelivery[];
  rows: readonly TracedRows[];
}

/** A notification, what was fetched for it, and the others that the same fetch answered; or a body that came by itself. */
export interface Story {
  provider: Provider;
  startedAt: Date;
  notification: TracedDelivery | null;
  /** How many more notifications the same fetch answered. */
  others: number;
  bodies: TracedDelivery[];
}

/** How sure it is that something is about the day. `perhaps`: what says which day it is of could not be read. */
type Bearing = 'certain' | 'perhaps' | 'none';

/** What came for the day, oldest first; apart, what may be about it as well as about another day. */
export function storiesOf(trace: Trace): Record<Exclude<Bearing, 'none'>, Story[]> {
  const stories = allStories(trace);
  const stored = new Set(trace.rows.map(({ deliveryId }) => deliveryId));
  const byBearing = Map.groupBy(stories, (story) => bearingOf(story, trace, stored));
  const ordered = (bearing: Bearing): Story[] =>
    gathered(byBearing.get(bearing) ?? []).toSorted((a, b) => a.startedAt.getTime() - b.startedAt.getTime());
  return { certain: ordered('certain'), perhaps: ordered('perhaps') };
}

function allStories({ deliveries }: Trace): Story[] {
  const stories = new Map<string, Story>();
  const notifications = deliveries.filter(({ isNotification }) => isNotification);
  for (const delivery of notifications) {
    // Members of a group hang on its newest; one that an earlier fetch answered hangs on nothing and is looked at below.
    const isLed = delivery.answeredBy !== null && delivery.answeredBy !== delivery.id;
    if (isLed && notifications.some(({ id }) => id === delivery.answeredBy)) continue;
    const { provider, receivedAt: startedAt, id } = delivery;
    const others = notifications.filter((other) => other.id !== id && other.answeredBy === id).length;
    stories.set(id, { provider, startedAt, notification: delivery, others, bodies: [] });
  }
  for (const body of deliveries.filter(({ isNotification }) => !isNotification)) {
    const story = body.causeId === null ? undefined : stories.get(body.causeId);
    if (story) story.bodies.push(body);
    else {
      const { provider, receivedAt: startedAt, id } = body;
      stories.set(id, { provider, startedAt, notification: null, others: 0, bodies: [body] });
    }
  }
  return [...stories.values()];
}

/**
 * A body whose days are known belongs to those; one that has none yet, or never will, to the day it came on. A page of a
 * history that held nothing says nothing about any one day. What was left out of a body, or came later and was not read,
 * may be about any.
 */
function bearingOf(
  { notification, startedAt, bodies }: Story,
  { date, windowEndsAt }: Trace,
  stored: ReadonlySet<string>,
): Bearing {
  if (bodies.some(({ id, days }) => stored.has(id) || days?.includes(date))) return 'certain';
  const namesNoDay = ({ days, provenance }: TracedDelivery): boolean =>
    days === null || (days.length === 0 && (notification !== null || provenance !== 'fetched'));
  if (startedAt < windowEndsAt && (bodies.length === 0 || bodies.some(namesNoDay))) return 'certain';
  const isUnread = ({ days, rejected }: TracedDelivery): boolean => days === null || rejected.length > 0;
  return bodies.length === 0 || bodies.some(isUnread) ? 'perhaps' : 'none';
}

/** A notification that an earlier fetch had answered is told with another about the same kind of data, if there is one. */
function gathered(stories: readonly Story[]): Story[] {
  const kindOf = ({ provider, notification }: Story): string => `${provider}/${notification?.dataType}`;
  const isAnswered = ({ notification }: Story): boolean => notification?.fetchOutcome === 'answered';
  const leads = new Map(stories.filter((story) => story.notification && !isAnswered(story)).map((s) => [kindOf(s), s]));
  const followers = stories.filter((story) => isAnswered(story) && leads.has(kindOf(story)));
  return stories
    .filter((story) => !followers.includes(story))
    .map((story) => {
      const own =
        leads.get(kindOf(story)) === story ? followers.filter((other) => kindOf(other) === kindOf(story)) : [];
      return { ...story, others: story.others + own.length };
    });
}
