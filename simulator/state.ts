import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NightChange } from './physiology.ts';

/** A code, access token or refresh token belongs to one grant: one athlete's yes on the consent page. */
export interface Grant {
  grantId: string;
  athleteKey: string;
  scopes: string[];
}

export interface Code extends Grant {
  redirectUri: string;
  codeChallenge: string | null;
  expiresAtMs: number;
}

export interface AccessToken extends Grant {
  expiresAtMs: number;
}

export interface Subscription {
  id: string;
  callback_url: string;
  verification_token: string;
  event_type: string;
  data_type: string;
  expiresAtMs: number;
}

/** A delivery that was not answered with 2xx and waits for its next attempt. */
export interface PendingDelivery {
  id: string;
  subscriptionId: string;
  rawBody: string;
  /** Attempts made so far. */
  attempts: number;
  dueAtMs: number;
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
  codes: Record<string, Code>;
  accessTokens: Record<string, AccessToken>;
  refreshTokens: Record<string, Grant>;
  subscriptions: Subscription[];
  pending: PendingDelivery[];
  /** By athlete key, then by day index. */
  nights: Record<string, Record<string, NightRecord>>;
}

export interface Store {
  state: State;
  /** To be called after every change of `state`; it is on disk at most 100 ms later. */
  changed(): void;
  flush(): void;
}

const WRITE_AFTER_MS = 80;

/**
 * The simulator's memory, kept in `oura.json` of the folder so that tokens, subscriptions and played nights outlive a
 * restart. Written beside and renamed: a crash leaves the old file or the new one. Without a folder it lives in memory.
 */
export function openStore({ folder, nowMs }: { folder: string | null; nowMs: number }): Store {
  const file = folder === null ? null : join(folder, 'oura.json');
  const fresh: State = {
    anchoredAtMs: nowMs,
    clockOffsetMs: 0,
    genericAthletes: 0,
    codes: {},
    accessTokens: {},
    refreshTokens: {},
    subscriptions: [],
    pending: [],
    nights: {},
  };
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
    flush,
    changed: () => {
      timer ??= setTimeout(flush, WRITE_AFTER_MS);
    },
  };
}
