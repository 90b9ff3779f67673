import type { IncomingHttpHeaders } from 'node:http';

/** After a 429 that does not say for how long. */
const PAUSE_MS = 60_000;
const MIN_PAUSE_MS = 1_000;
/** No provider counts in longer windows than a day: a longer wait is a mistake of somebody. */
const MAX_PAUSE_MS = 86_400_000;
const QUARTER_MS = 900_000;
/** Numbers above this are instants in seconds, below it waits. */
const AN_INSTANT_S = 1_000_000_000;

/**
 * When a provider that answered 429 may be asked again.
 *
 * | header                                     | says                                            | sent by |
 * |--------------------------------------------|-------------------------------------------------|---------|
 * | `Retry-After`                              | seconds or a date (RFC 9110, 10.2.3)            | Oura    |
 * | `X-(Read)RateLimit-Usage`, `-Limit: a,b`   | used and allowed in the quarter hour and the day | Strava  |
 * | `RateLimit-Reset: a, b`, `-Usage`, `-Limit`| seconds to the end of each window               | Polar   |
 * | `X-RateLimit-Reset`                        | seconds to wait, or the instant in unix seconds | WHOOP, Oura |
 */
export function pausedUntil({ headers, now }: { headers: IncomingHttpHeaders; now: Date }): Date {
  const ms = retryAfterMs(headers, now) ?? windowsMs(headers, now) ?? resetMs(headers, now) ?? PAUSE_MS;
  return new Date(now.getTime() + Math.min(MAX_PAUSE_MS, Math.max(MIN_PAUSE_MS, ms)));
}

const textOf = (headers: IncomingHttpHeaders, name: string): string => String(headers[name] ?? '').trim();

/** Numbers with commas between; null for anything else. */
function numbersOf(headers: IncomingHttpHeaders, name: string): number[] | null {
  const text = textOf(headers, name);
  return /^\d+(\s*,\s*\d+)*$/.test(text) ? text.split(',').map(Number) : null;
}

function retryAfterMs(headers: IncomingHttpHeaders, now: Date): number | null {
  const text = textOf(headers, 'retry-after');
  if (text === '') return null;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now.getTime();
  return Number.isNaN(ms) ? null : ms;
}

/** Windows that begin with the clock: at :00, :15, :30, :45 and at midnight UTC. */
function windowsMs(headers: IncomingHttpHeaders, now: Date): number | null {
  const pairs = ['x-readratelimit', 'x-ratelimit'].flatMap((name) => {
    const [usage, limit] = [numbersOf(headers, `${name}-usage`), numbersOf(headers, `${name}-limit`)];
    return usage?.length === 2 && limit?.length === 2 ? [{ usage, limit }] : [];
  });
  if (pairs.length === 0) return null;
  const isDayFull = pairs.some(({ usage, limit }) => (usage[1] as number) >= (limit[1] as number));
  const windowMs = isDayFull ? MAX_PAUSE_MS : QUARTER_MS;
  return windowMs - (now.getTime() % windowMs);
}

function resetMs(headers: IncomingHttpHeaders, now: Date): number | null {
  const resets = numbersOf(headers, 'ratelimit-reset') ?? numbersOf(headers, 'x-ratelimit-reset');
  if (!resets) return null;
  const [usage, limit] = [numbersOf(headers, 'ratelimit-usage'), numbersOf(headers, 'ratelimit-limit')];
  const full = resets.filter((_, at) => usage?.[at] !== undefined && usage[at] >= (limit?.[at] ?? Infinity));
  const reset = full.length > 0 ? Math.max(...full) : (resets[0] as number);
  return reset > AN_INSTANT_S ? reset * 1000 - now.getTime() : reset * 1000;
}
