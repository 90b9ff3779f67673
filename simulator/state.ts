import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NightChange } from './athletes/physiology.ts';

/** A code, access token or refresh token belongs to one grant: one athlete's yes on the consent page. */
export interface Grant {
  grantId: string;
  athleteKey: string;
  scopes: string[];
  /** Whether its tokens come with one to refresh them by. */
  isRefreshable: boolean;
}

export interface Code extends Grant {
  redirectUri: string;
  codeChallenge: string | null;
  expiresAtMs: number;
}

export interface Token {
  grantId: string;
  /** null: it does not end. */
  expiresAtMs: number | null;
}

/** Where a vendor sends its events; each vendor adds what its own management of them holds. */
export interface Subscription {
  id: string;
  callbackUrl: string;
}

/** A delivery that was not yet taken and waits for its next attempt. */
export interface PendingDelivery {
  id: string;
  /** The subscription that decides the address; null where the address is known beforehand. */
  subscriptionId: string | null;
  url: string;
  eventType: string;
  dataType: string;
  rawBody: string;
  headers: Record<string, string>;
  /** Attempts made so far. */
  attempts: number;
  dueAtMs: number;
}

/** What one vendor remembers. */
export interface VendorState {
  codes: Record<string, Code>;
  /** By grant id: the links that stand. */
  grants: Record<string, Grant>;
  accessTokens: Record<string, Token>;
  refreshTokens: Record<string, Token>;
  subscriptions: Subscription[];
  pending: PendingDelivery[];
  /** By athlete key: day indices of nights that were deleted at this vendor alone. */
  deletedNights: Record<string, number[]>;
  /** Whatever else the vendor must not forget, under names of its own. */
  notes: Record<string, unknown>;
}

/** What was played of a night, or edited in it, beyond the story. */
export interface NightRecord {
  change: NightChange;
  wakeAtMs?: number;
}

export interface State {
  /** The first start; the day before it, in each athlete's zone, is day index 0. */
  anchoredAtMs: number;
  clockOffsetMs: number;
  genericAthletes: number;
  /** By athlete key, then by day index: one body, whatever devices it wears. */
  nights: Record<string, Record<string, NightRecord>>;
  /** By slug. */
  vendors: Record<string, VendorState>;
}

export interface Store {
  state: State;
  /** The vendor's part of the state, made empty where there is none yet. */
  vendor(slug: string): VendorState;
  /** To be called after every change of `state`; it is on disk at most 100 ms later. */
  changed(): void;
  flush(): void;
}

const WRITE_AFTER_MS = 80;

const emptyVendor = (): VendorState => ({
  codes: {},
  grants: {},
  accessTokens: {},
  refreshTokens: {},
  subscriptions: [],
  pending: [],
  deletedNights: {},
  notes: {},
});

/**
 * The simulator's memory, kept in `world.json` of the folder so that tokens, subscriptions and played nights outlive a
 * restart. Written beside and renamed: a crash leaves the old file or the new one. Without a folder it lives in memory.
 */
export function openStore({ folder, nowMs }: { folder: string | null; nowMs: number }): Store {
  const file = folder === null ? null : join(folder, 'world.json');
  const fresh: State = { anchoredAtMs: nowMs, clockOffsetMs: 0, genericAthletes: 0, nights: {}, vendors: {} };
  const isKept = file !== null && existsSync(file);
  const state: State = isKept ? { ...fresh, ...(JSON.parse(readFileSync(file, 'utf8')) as Partial<State>) } : fresh;
  let timer: NodeJS.Timeout | null = null;

  const flush = (): void => {
    if (timer) clearTimeout(timer);
    timer = null;
    if (folder === null || file === null) return;
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  if (!isKept) flush();
  return {
    state,
    vendor: (slug) => (state.vendors[slug] = { ...emptyVendor(), ...state.vendors[slug] }),
    flush,
    changed: () => {
      timer ??= setTimeout(flush, WRITE_AFTER_MS);
    },
  };
}
