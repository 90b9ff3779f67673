import { Agent, request, type Dispatcher } from 'undici';
import webPush from 'web-push';
import type { Clock } from '#platform/clock';
import type { Logger } from '#platform/log';
import { publicConnector } from '#platform/public-address';
import type { Message } from '../alerts/messages.ts';
import { isAllowedEndpoint, type PushKeys } from '../alerts/push-keys.ts';
import type { Notifier, Outcome } from './notifier.ts';

const CONNECT_WITHIN_MS = 5_000;
const ANSWER_WITHIN_MS = 10_000;
/** How long a push service keeps it for a browser that is off: what it tells of is of today. */
const TTL_S = 12 * 3600;
/** Every message is as long as any other, so that a push service learns nothing from its length. */
const PAYLOAD_BYTES = 1024;
const MOST_RETRY_AFTER_MS = 6 * 3_600_000;

/**
 * Web push: encrypted for the one browser (RFC 8291), signed as ours (VAPID, RFC 8292), sent to the address that the
 * browser gave, if its host is among the listed ones and public.
 */
export function createWebPush(options: {
  keys: PushKeys;
  clock: Clock;
  log: Logger;
  /** In place of connections to public addresses alone. */
  dispatcher?: Dispatcher;
}): Notifier {
  const { keys, clock, log } = options;
  const own = options.dispatcher
    ? null
    : new Agent({ connect: publicConnector({ timeoutMs: CONNECT_WITHIN_MS }), connections: 16 });
  const dispatcher = options.dispatcher ?? (own as Dispatcher);
  return {
    needsBrowser: true,
    async send({ message, to }) {
      const { endpoint, p256dh, auth } = to;
      if (endpoint === undefined || p256dh === undefined || auth === undefined || !isAllowedEndpoint(endpoint, keys))
        return { kind: 'gone' };
      try {
        const details = webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, payloadOf(message), {
          vapidDetails: keys,
          TTL: TTL_S,
          topic: message.topic,
          urgency: 'normal',
          contentEncoding: 'aes128gcm',
        });
        const { statusCode, headers, body } = await request(endpoint, {
          method: 'POST',
          headers: textHeaders(details.headers),
          body: details.body,
          dispatcher,
          headersTimeout: ANSWER_WITHIN_MS,
          bodyTimeout: ANSWER_WITHIN_MS,
        });
        await body.dump();
        const outcome = outcomeOf({ status: statusCode, retryAfter: headers['retry-after'], now: clock.now() });
        if (outcome.kind === 'refused') log.error({ status: statusCode }, 'a push service refused a message for good');
        return outcome;
      } catch (error) {
        // Its address stays out of the log: whoever has it may send there.
        log.warn(
          { reason: (error as { code?: string }).code ?? (error as Error).name },
          'a push service did not answer',
        );
        return { kind: 'later', retryAfterMs: null };
      }
    },
    async close() {
      await own?.destroy();
    },
  };
}

/** Blanks behind JSON are nothing to whoever reads it. */
const payloadOf = ({ title, body, url, topic }: Message): string =>
  JSON.stringify({ title, body, url, topic }).padEnd(PAYLOAD_BYTES);

const textHeaders = (headers: object): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

/** RFC 8030: 404 and 410 end a subscription, 429 and 503 may say when to come back. */
function outcomeOf(answer: { status: number; retryAfter: string | string[] | undefined; now: Date }): Outcome {
  const { status } = answer;
  if (status >= 200 && status < 300) return { kind: 'sent' };
  if (status === 404 || status === 410) return { kind: 'gone' };
  if (status === 429 || status >= 500) return { kind: 'later', retryAfterMs: retryAfterMs(answer) };
  return { kind: 'refused' };
}

/** Seconds or a date; null for neither. */
function retryAfterMs({ retryAfter, now }: { retryAfter: string | string[] | undefined; now: Date }): number | null {
  if (typeof retryAfter !== 'string') return null;
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now.getTime();
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), MOST_RETRY_AFTER_MS);
}
