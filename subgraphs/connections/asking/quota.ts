import type { Clock } from '#platform/clock';
import type { Database } from '#platform/database';
import type { Logger } from '#platform/log';
import type { Provider } from '#platform/signals';
import type { Counter } from '../limits/counter.ts';
import type { Vendor } from '../providers/provider.ts';

/** How often each provider is called, counted over all replicas. */
export interface Quotas {
  /**
   * Takes one call. null: it may go out. A date: not before then, because the quota is used up, the provider told us to
   * wait, or the database that counts is away. `isBulk`: history and checks, which leave room for what people wait for.
   */
  take(vendor: QuotaHolder, options?: { isBulk?: boolean }): Promise<Date | null>;
  /** The provider told one of us to wait: no replica calls it before `until`. A shorter pause never ends a longer one. */
  pause(vendor: QuotaHolder, until: Date): Promise<void>;
}

export type QuotaHolder = Pick<Vendor, 'provider' | 'slug' | 'quotas'>;

/** Of what a provider allows: its clock is not ours, and its windows may begin at other moments. */
const SAFE_SHARE = 0.9;
/** Of that, for history and checks: a night of them must not keep a link or a notification waiting. */
const BULK_SHARE = 0.7;
/** Calls taken from the database at a time. Smaller for small quotas: what one replica holds, another cannot use. */
const LEASE_AT_MOST = 10;
const LEASES_PER_WINDOW = 20;
/** A pause made by another replica is seen after this time at the latest. */
const PAUSES_SEEN_FOR_MS = 1_000;
const DATABASE_AWAY_MS = 5_000;

/** Windows that a call takes a point of, and the points this process holds. */
interface Lane {
  windows: { key: string; limit: number; perS: number }[];
  batch: number;
  held: number;
  heldUntil: number;
  fullUntil: number;
  refilling: Promise<void> | null;
}

export function createQuotas(options: { db: Database; counter: Counter; clock: Clock; log: Logger }): Quotas {
  const { counter, clock, log } = options;
  const lanes = new Map<string, Lane>();
  const pauses = createPauses(options);

  function laneOf(vendor: QuotaHolder, isBulk: boolean): Lane {
    const name = isBulk ? `${vendor.slug}/bulk` : vendor.slug;
    let lane = lanes.get(name);
    if (!lane) {
      lane = newLane(vendor, isBulk);
      lanes.set(name, lane);
    }
    return lane;
  }

  /** Windows are those of the clock, as at vendors that name theirs: quarters of an hour, days of UTC. */
  async function refill(lane: Lane): Promise<void> {
    const now = clock.now().getTime();
    let granted = lane.batch;
    let heldUntil = Infinity;
    for (const { key, limit, perS } of lane.windows) {
      const index = Math.floor(now / (perS * 1000));
      const endsAt = (index + 1) * perS * 1000;
      ({ granted } = await counter.take({ key: `${key}/${index}`, points: granted, limit, perS }));
      if (granted === 0) {
        lane.fullUntil = endsAt;
        return;
      }
      heldUntil = Math.min(heldUntil, endsAt);
    }
    lane.held = granted;
    lane.heldUntil = heldUntil;
  }

  async function takeHeld(lane: Lane): Promise<Date | null> {
    for (;;) {
      const now = clock.now().getTime();
      if (lane.held > 0 && now < lane.heldUntil) {
        lane.held -= 1;
        return null;
      }
      if (now < lane.fullUntil) return new Date(lane.fullUntil);
      lane.refilling ??= refill(lane).finally(() => (lane.refilling = null));
      await lane.refilling;
    }
  }

  return {
    async take(vendor, { isBulk = false } = {}) {
      try {
        return (await pauses.of(vendor.provider)) ?? (await takeHeld(laneOf(vendor, isBulk)));
      } catch (error) {
        log.warn({ err: error, provider: vendor.slug }, 'calls to a provider cannot be counted, so none goes out');
        return new Date(clock.now().getTime() + DATABASE_AWAY_MS);
      }
    },
    pause: (vendor, until) => pauses.add(vendor.provider, until),
  };
}

function newLane(vendor: QuotaHolder, isBulk: boolean): Lane {
  const byLength = vendor.quotas.toSorted((one, other) => one.perS - other.perS);
  const windowsOf = (share: number, name: string): Lane['windows'] =>
    byLength.map(({ points, perS }) => ({
      key: `${name}/${perS}`,
      limit: Math.max(1, Math.floor(points * share)),
      perS,
    }));
  const all = windowsOf(SAFE_SHARE, `quota/${vendor.slug}`);
  // The share of bulk work first: once it is used up, nothing more is taken of what the others need.
  const windows = isBulk ? [...windowsOf(SAFE_SHARE * BULK_SHARE, `quota/${vendor.slug}/bulk`), ...all] : all;
  const smallest = Math.min(...windows.map(({ limit }) => limit));
  const batch = Math.max(1, Math.min(LEASE_AT_MOST, Math.floor(smallest / LEASES_PER_WINDOW)));
  return { windows, batch, held: 0, heldUntil: 0, fullUntil: 0, refilling: null };
}

/** Pauses of all replicas, read again when what was read is a second old. */
function createPauses(options: { db: Database; clock: Clock; log: Logger }): {
  of(provider: Provider): Promise<Date | null>;
  add(provider: Provider, until: Date): Promise<void>;
} {
  const { db, clock, log } = options;
  const until = new Map<Provider, Date>();
  let readAt = -Infinity;
  let reading: Promise<void> | null = null;

  function keepLonger(provider: Provider, end: Date): void {
    const known = until.get(provider);
    if (!known || known < end) until.set(provider, end);
  }

  async function read(): Promise<void> {
    const rows = await db.query<{ provider: Provider; until: Date }[]>(
      'select provider, until from provider_pause where until > $1',
      [clock.now()],
    );
    for (const row of rows) keepLonger(row.provider, row.until);
    readAt = performance.now();
  }

  return {
    async of(provider) {
      if (performance.now() - readAt > PAUSES_SEEN_FOR_MS) {
        reading ??= read().finally(() => (reading = null));
        await reading;
      }
      const end = until.get(provider);
      return end && end > clock.now() ? end : null;
    },
    async add(provider, end) {
      keepLonger(provider, end);
      try {
        await db.query(
          `insert into provider_pause as p (provider, until) values ($1, $2)
           on conflict (provider) do update set until = greatest(p.until, excluded.until)`,
          [provider, end],
        );
      } catch (error) {
        log.warn({ err: error, provider }, 'a pause that a provider asked for could not be told to the other replicas');
      }
    },
  };
}
