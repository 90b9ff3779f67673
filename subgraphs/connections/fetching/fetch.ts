import { isDatabaseAway } from '#platform/database-away';
import { hashedId, type Logger } from '#platform/log';
import type { Ending } from '#platform/messages';
import { ProviderUnavailable } from '../asking/ask-provider.ts';
import { answer, type AnswerParts } from './answer-notifications.ts';
import { noteAttempt } from './attempts.ts';
import { loadNotifications, type NotificationReference } from './load-notifications.ts';
import { groupNotifications, type NotificationGroup, type OpenedNotification } from './notification-group.ts';

/** Fetches what notifications speak of. Everything it does may be repeated. */
export interface Fetcher {
  /** later: some could not be answered now. The others are in the ledger and will be skipped the next time. */
  handle(references: readonly NotificationReference[]): Promise<Ending>;
  /** Sets all of them aside that are not answered yet. */
  giveUp(references: readonly NotificationReference[], reason: string): Promise<void>;
}

/** Fetches in flight of one call of `handle`. */
const PARALLEL = 6;
/** Of one that fails for a reason nobody foresaw; a provider that is away counts none. */
const MAX_FAILURES = 8;
const TRY_AGAIN_MS = 60_000;

export function createFetcher(options: AnswerParts & { log: Logger }): Fetcher {
  const { log } = options;
  /** The record's queue in this process: the next looks at what the one before has fetched. */
  const queues = new Map<string, Promise<unknown>>();

  function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = queues.get(name) ?? Promise.resolve();
    const mine = before.then(work, work);
    queues.set(name, mine);
    const leave = (): void => {
      if (queues.get(name) === mine) queues.delete(name);
    };
    mine.then(leave, leave);
    return mine;
  }

  async function endGroup(group: NotificationGroup): Promise<'ended' | 'later'> {
    const started = performance.now();
    try {
      const outcome = await inTurn(group.name, () => answer(group, options));
      const { newest } = group;
      const durationMs = Math.round(performance.now() - started);
      log.info(
        {
          athlete: hashedId(newest.athleteId),
          dataType: newest.dataType,
          count: group.members.length,
          outcome,
          durationMs,
        },
        'a record was asked for',
      );
      return 'ended';
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      return error instanceof ProviderUnavailable ? await waitFor(group, error) : await tryLater(group, error);
    }
  }

  async function waitFor(group: NotificationGroup, { retryAt }: ProviderUnavailable): Promise<'later'> {
    await noteAttempt(options.db, { group, retryAt, now: options.clock.now(), isFailure: false });
    log.info({ provider: group.newest.provider, retryAt }, 'a provider does not answer, its notifications wait');
    return 'later';
  }

  /** Nobody knows what is wrong, so it is bounded, and holds up none of the others. */
  async function tryLater(group: NotificationGroup, error: unknown): Promise<'ended' | 'later'> {
    const now = options.clock.now();
    const retryAt = new Date(now.getTime() + TRY_AGAIN_MS);
    const failures = await noteAttempt(options.db, { group, retryAt, now, isFailure: true });
    const { provider, dataType } = group.newest;
    log.warn({ err: error, provider, dataType, failures }, 'a record could not be asked for');
    if (failures < MAX_FAILURES) return 'later';
    await setAside(group.members, 'failed_repeatedly');
    return 'ended';
  }

  const setAside = (notifications: readonly OpenedNotification[], reason: string): Promise<void> =>
    options.deadLetters.store(
      notifications.map(({ deliveryId, receivedOn, provider }) => ({
        deliveryId,
        receivedOn,
        provider,
        reason,
        detail: 'It could not be fetched after many tries. Retry it when the cause is gone.',
      })),
    );

  return {
    async handle(references) {
      const { opened, hopeless } = await loadNotifications({ ...options, references });
      await options.deadLetters.store(hopeless);
      const waiting = groupNotifications(opened);
      const endings: ('ended' | 'later')[] = [];
      const failures: unknown[] = [];
      const lane = async (): Promise<void> => {
        for (let group = waiting.shift(); group; group = waiting.shift()) {
          await endGroup(group).then(
            (ending) => endings.push(ending),
            (error: unknown) => failures.push(error),
          );
        }
      };
      await Promise.all(Array.from({ length: Math.min(PARALLEL, waiting.length) }, lane));
      if (failures.length > 0) throw failures[0];
      return endings.includes('later') ? 'later' : 'done';
    },
    async giveUp(references, reason) {
      const { opened, hopeless } = await loadNotifications({ ...options, references });
      await options.deadLetters.store(hopeless);
      await setAside(opened, reason);
    },
  };
}
