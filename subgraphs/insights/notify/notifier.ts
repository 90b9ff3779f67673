import { hashedId, type Logger } from '#platform/log';
import type { Message } from '../alerts/messages.ts';
import type { Browser } from '../alerts/browsers.ts';

/** What became of one message on its way to one browser. */
export type Outcome =
  | { kind: 'sent' }
  /** The push service knows this browser no more: it is forgotten. */
  | { kind: 'gone' }
  /** Nothing reached it, and the same may go through later. `retryAfterMs`: how long we were asked to wait. */
  | { kind: 'later'; retryAfterMs: number | null }
  /** The push service will never take this message. */
  | { kind: 'refused' };

/** A way to reach people. It never throws for what can happen on the way: that is an outcome. */
export interface Notifier {
  /** Whether only those are reached who registered a browser. */
  readonly needsBrowser: boolean;
  send(options: { message: Message; to: Pick<Browser, 'id' | 'accountId'> & Partial<Browser> }): Promise<Outcome>;
  close(): Promise<void>;
}

/** Without push keys: one line in the log for each message, of whom it is for and which page it leads to. */
export function createLogNotifier(log: Logger): Notifier {
  return {
    needsBrowser: false,
    async send({ message, to }) {
      log.info(
        { account: hashedId(to.accountId), page: message.url.startsWith('/#/team') ? 'team' : 'own' },
        'somebody would be notified; no push keys are configured',
      );
      return { kind: 'sent' };
    },
    async close() {},
  };
}
