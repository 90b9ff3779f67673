import type { FastifyReply } from 'fastify';
import type { Story } from '../athletes/stories.ts';
import type { Subscription } from '../state.ts';

/** `google-health` has variables that begin with `GOOGLE_HEALTH`. */
export function prefixOf(slug: string): string {
  return slug.toUpperCase().replaceAll('-', '_');
}

/** What a vendor knows of the one application that is registered with it. */
export interface VendorSettings<Own = Record<string, unknown>> {
  clientId: string;
  clientSecret: string;
  redirectUris: string[];
  accessTokenSec: number;
  /** Requests in the shortest window. */
  rateLimit: number;
  own: Own;
}

export interface OauthOptions {
  /** Below `/{slug}`. */
  readonly authorizePath: string;
  readonly tokenPath: string;
  /** Every scope the vendor has, and what it opens, for the consent page. */
  readonly scopes: Readonly<Record<string, string>>;
  readonly scopeSeparator: ' ' | ',';
  /** `application`: asked for in the authorize call. `page`: the athlete chooses of all on the vendor's page (Garmin). */
  readonly scopesChosenBy: 'application' | 'page';
  /** The name in `scopes` of a scope as it may be written. */
  readonly plainScope?: (scope: string) => string;
  readonly pkce: 'required' | 'optional';
  /** Where the token endpoint looks for the client's secret. */
  readonly clientAuthentication: 'form' | 'basic' | 'either';
  /** `rotate`: each works once. `stay`: it is given out once and goes on working. `none`: there is none. */
  readonly refreshTokens: 'rotate' | 'stay' | 'none';
  /** Whether what was asked for brings a refresh token; always, where this is missing. */
  readonly isRefreshable?: (asked: { scopes: readonly string[]; query: URLSearchParams }) => boolean;
  readonly accessTokenSec: number;
  /** null: refresh tokens do not end. */
  readonly refreshTokenSec: number | null;
  /** Tokens read `{prefix}_AT_...` and `{prefix}_RT_...`. */
  readonly tokenPrefix: string;
  /** Whether the redirect back carries the granted scopes. */
  readonly tellsScopeOnRedirect: boolean;
  /** Written over the token answer; undefined takes a field out of it. */
  readonly answerExtras?: (told: {
    athlete: Story;
    userId: string;
    scopes: readonly string[];
    nowMs: number;
    expiresInSec: number;
    isRefresh: boolean;
  }) => Record<string, unknown>;
  /** A refusal in the vendor's own words; the standard's where this is missing. */
  readonly refusal?: (error: OauthError) => { status: number; body: object };
}

export type OauthError = 'invalid_client' | 'invalid_grant' | 'unsupported_grant_type';

/** What signs one delivery. */
export interface Signing {
  rawBody: string;
  nowMs: number;
  settings: VendorSettings;
  /** null where deliveries go to a configured address. */
  subscription: Subscription | null;
  /** An ordered fault: the vendor's proof of itself must be wrong in this one. */
  isForged: boolean;
}

export interface DeliveryOptions {
  /** Headers that prove the delivery to be the vendor's. */
  readonly sign: (signing: Signing) => Record<string, string>;
  readonly isTaken: (status: number) => boolean;
  readonly answerWithinMs: number;
  /** Pauses before retry 1, 2, ... in seconds; after the last the delivery is given up. */
  readonly retryAfterSec: readonly number[];
  /** Whether the answer ends the subscription (410 at Oura); never, where this is missing. */
  readonly endsSubscription?: (status: number) => boolean;
}

/** A stretch of time in which so many requests are let through. */
export interface RateWindow {
  requests: number;
  sec: number;
}

export interface WindowUse extends RateWindow {
  used: number;
  endsAtMs: number;
}

export interface ApiOptions {
  /** All hold at once; the first is the shortest. */
  readonly windows: readonly [RateWindow, ...RateWindow[]];
  readonly limitedPer: 'token' | 'application';
  /** On every answer of the data API. */
  readonly usageHeaders?: (use: { windows: readonly WindowUse[]; nowMs: number }) => Record<string, string>;
  /** The answer to a request too many; `endsAtMs` is when the next one is let through. */
  readonly rateLimited: (use: { windows: readonly WindowUse[]; endsAtMs: number; nowMs: number }) => {
    headers: Record<string, string>;
    body: object;
  };
  readonly unauthorized: (reply: FastifyReply) => FastifyReply;
  readonly unavailable: (reply: FastifyReply) => FastifyReply;
}
