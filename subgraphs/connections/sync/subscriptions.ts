import type { Clock } from '#platform/clock';
import { withAdvisoryLock, type Database } from '#platform/database';
import type { Logger } from '#platform/log';
import { fullJitterMs, pause } from '#platform/retry';
import type {
  ProviderAnswer,
  Vendor,
  VendorCall,
  VendorSubscription,
  VendorSubscriptions,
} from '../providers/provider.ts';
import type { Vendors } from '../providers/registry.ts';
import type { AskProvider } from '../asking/ask-provider.ts';

const DAY_MS = 86_400_000;
const RENEW_WHEN_LEFT_MS = 30 * DAY_MS;
const CHECK_EVERY_MS = DAY_MS;
const FIRST_RETRY_MS = 2_000;
const MAX_RETRY_MS = 5 * 60_000;

interface Options {
  db: Database;
  vendors: Vendors;
  ask: AskProvider;
  clock: Clock;
  log: Logger;
  /** As the provider sees it, without its name: `https://.../v1/webhooks`. */
  publicWebhookUrl: string;
}

/** Keeps a webhook subscription per notified data type and event at each provider: at start, daily, after each link. */
export interface SubscriptionKeeper {
  wake(): void;
  close(): Promise<void>;
}

/** A provider that does not answer is logged and tried again; its athletes are served by jobs in the meantime. */
export function keepSubscriptions(options: Options): SubscriptionKeeper {
  const stop = new AbortController();
  let nap = new AbortController();

  async function run(): Promise<void> {
    for (let failures = 0; !stop.signal.aborted;) {
      const results = await Promise.all(options.vendors.all.map((vendor) => ensureOne(vendor, options)));
      failures = results.includes(false) ? failures + 1 : 0;
      const waitMs =
        failures === 0
          ? CHECK_EVERY_MS
          : 500 + fullJitterMs({ attempt: failures, baseMs: FIRST_RETRY_MS, maxMs: MAX_RETRY_MS });
      nap = new AbortController();
      await pause(waitMs, AbortSignal.any([stop.signal, nap.signal]));
    }
  }

  const running = run();
  return {
    wake: () => nap.abort(),
    async close() {
      stop.abort();
      await running;
    },
  };
}

async function ensureOne(vendor: Vendor, options: Options): Promise<boolean> {
  const { db, log } = options;
  if (vendor.subscriptions === null) return true;
  try {
    // One replica at a time: two would create each subscription twice. null: another is at it, which is as good.
    const changed = await withAdvisoryLock(db, `connections/subscriptions/${vendor.slug}`, () =>
      ensureSubscriptions(vendor, options),
    );
    if (changed) log.info({ provider: vendor.slug, changed }, 'webhook subscriptions were created or renewed');
    return true;
  } catch (error) {
    log.warn({ err: error, provider: vendor.slug }, 'webhook subscriptions are not complete and are tried again');
    return false;
  }
}

/** Compares what the provider holds with what we want, creates and renews. Answers how many calls changed something. */
export async function ensureSubscriptions(vendor: Vendor, options: Options): Promise<number> {
  const api = vendor.subscriptions as VendorSubscriptions;
  const ourUrl = `${options.publicWebhookUrl}/${vendor.slug}`;
  const callbackUrl = `${ourUrl}${api.callbackPath}`;
  const now = options.clock.now();
  const all = api.readAll(await askJson(vendor, api.list(), options));
  const held = all.filter((one) => one.callbackUrl === callbackUrl);
  const former = all.filter((one) => one.callbackUrl !== callbackUrl && one.callbackUrl.startsWith(`${ourUrl}/`));
  const nameOf = (dataType: string, eventType: string): string => `${dataType}/${eventType}`;
  const byName = new Map(held.map((one) => [nameOf(one.dataType, one.eventType), one]));
  let changed = 0;
  for (const call of former.flatMap(({ vendorId }) => api.remove?.(vendorId) ?? [])) {
    await askAbout(vendor, call, options);
    changed += 1;
  }
  for (const { dataType, eventType } of api.wanted) {
    const asked = { dataType, eventType, callbackUrl };
    let one = byName.get(nameOf(dataType, eventType));
    const call =
      one === undefined ? api.create(asked) : isEnding(one, now) ? (api.renew?.(one.vendorId) ?? null) : null;
    if (call !== null) {
      one = api.readOne(await askJson(vendor, call, options, one !== undefined), asked);
      changed += 1;
    }
    await remember(options.db, vendor, { ...(one as VendorSubscription), dataType, eventType });
  }
  return changed;
}

const isEnding = (one: VendorSubscription, now: Date): boolean =>
  one.expiresAt !== null && one.expiresAt.getTime() - now.getTime() < RENEW_WHEN_LEFT_MS;

const askJson = async (vendor: Vendor, call: VendorCall, options: Options, isRepeatable = true): Promise<unknown> =>
  JSON.parse((await askAbout(vendor, call, options, isRepeatable)).body.toString('utf8'));

async function askAbout(
  vendor: Vendor,
  call: VendorCall,
  { ask }: Options,
  isRepeatable = true,
): Promise<ProviderAnswer> {
  const answer = await ask(vendor, call, { isRepeatable });
  if (answer.status < 200 || answer.status >= 300)
    throw new Error(`${vendor.name} answered ${answer.status} to a call about subscriptions`);
  return answer;
}

async function remember(db: Database, vendor: Vendor, one: VendorSubscription): Promise<void> {
  await db.query(
    `insert into webhook_subscription as s (provider, data_type, event_type, vendor_id, expires_at) values ($1, $2, $3, $4, $5)
     on conflict (provider, data_type, event_type) do update set vendor_id = excluded.vendor_id, expires_at = excluded.expires_at
     where (s.vendor_id, s.expires_at) is distinct from (excluded.vendor_id, excluded.expires_at)`,
    [vendor.provider, one.dataType, one.eventType, one.vendorId, one.expiresAt],
  );
}
