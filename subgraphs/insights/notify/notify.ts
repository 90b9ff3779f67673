import type { Clock } from '#platform/clock';
import type { Logger } from '#platform/log';
import { startRounds, type Rounds } from '#platform/rounds';
import { findByClock, findNews, VIEWS_AT_ONCE } from './find.ts';
import { purgeNotices } from './notices.ts';
import { TOUCHES_AT_ONCE, takeTrained } from './trained.ts';
import { NOTICES_AT_ONCE, sendDue, type SendParts } from './send.ts';

const EVERY_MS = 5_000;
const BY_CLOCK_EVERY_MS = 300_000;

export type NotifyParts = SendParts & { clock: Clock; log: Logger };

/** Finds whom to tell of what, and tells them. Any number of processes may: they share the work by claims. */
export function startNotify(parts: NotifyParts): Rounds {
  let byClockAt = -Infinity;
  return startRounds({
    everyMs: EVERY_MS,
    complaint: 'a round of notifications failed and will be repeated',
    log: parts.log,
    async round() {
      const now = parts.clock.now();
      const isByClock = now.getTime() - byClockAt >= BY_CLOCK_EVERY_MS;
      const isMore = await notifyOnce(parts, { isByClock });
      if (isByClock) byClockAt = now.getTime();
      return isMore ? 'more' : 'done';
    },
  });
}

/** One round; whether there is more to do at once. */
export async function notifyOnce(
  parts: Omit<NotifyParts, 'log'>,
  { isByClock }: { isByClock: boolean },
): Promise<boolean> {
  const { db, notifier, clock } = parts;
  const asked = { needsBrowser: notifier.needsBrowser, now: clock.now() };
  if (isByClock) {
    await findByClock(db, asked);
    await purgeNotices(db, asked.now);
  }
  const touches = await takeTrained(db, { isWhole: isByClock, now: asked.now });
  const views = await findNews(db, asked);
  const notices = await sendDue(parts, clock.now());
  return touches === TOUCHES_AT_ONCE || views === VIEWS_AT_ONCE || notices === NOTICES_AT_ONCE;
}
