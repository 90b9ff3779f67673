import type { IncomingHttpHeaders } from 'node:http';
import type { LocalDate, Provider, Signal } from '#platform/signals';

/**
 * All that the product must know of one provider on the way in: how it signs, what it notifies about, how it is linked
 * and how it is asked. A new provider is one such table in a file of its own and one line in `registry.ts`.
 */
export interface Vendor {
  readonly provider: Provider;
  /** As it stands in addresses and subjects: `oura`. */
  readonly slug: string;
  /** As people call it. */
  readonly name: string;
  readonly webhook: VendorWebhook;
  readonly oauth: VendorOauth;
  readonly data: VendorData;
  /** null: the provider's webhooks are set up by hand in its console. */
  readonly subscriptions: VendorSubscriptions | null;
  /** How often the provider lets the application call it, all windows that hold at once. */
  readonly quotas: readonly VendorQuota[];
}

/** At most `points` calls in each stretch of `perS` seconds. */
export interface VendorQuota {
  points: number;
  perS: number;
}

export interface SignedRequest {
  /** The exact bytes, before any parser saw them. */
  rawBody: Buffer;
  headers: IncomingHttpHeaders;
  now: Date;
}

/** `signedAt` is the time text as the provider signed it: it goes into the delivery key. */
export type Verification =
  | {
      ok: true;
      signedAt: string;
      /** The signature covers the compact re-serialisation, not the bytes. */ isReserialised?: true;
    }
  | { ok: false; reason: 'missing_header' | 'malformed_header' | 'wrong_signature' | 'outside_tolerance' };

/** What a notification says. Values in it are not believed beyond these names: the record is fetched. */
export interface Notification {
  providerUserId: string;
  dataType: string;
  /** null: the provider names no record; the recent days of that data type are fetched. */
  objectId: string | null;
  isDeletion: boolean;
  /** The body names the moment of the event, so that equal bytes are the same event. */
  hasEventTime: boolean;
}

export type ParsedNotification = { ok: true; notification: Notification } | { ok: false; reason: UnreadableReason };
export type UnreadableReason = 'not_json' | 'not_an_object' | 'no_user' | 'no_data_type' | 'bad_object_id';

export interface VendorWebhook {
  /** Providers differ: some take any 2xx, some exactly one code. */
  readonly successStatus: number;
  verify(request: SignedRequest): Verification;
  /** The answer to the provider's check of the address, or null when its token is wrong. */
  challenge(query: Record<string, unknown>): Record<string, string> | null;
  parse(rawBody: Buffer): ParsedNotification;
}

export interface VendorOauth {
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Asked for at the consent page. */
  readonly scopes: readonly string[];
  /** Makes a token answer what RFC 6749 says it is: client libraries refuse the deviations vendors live with. */
  normaliseTokenResponse(body: unknown): Record<string, unknown>;
  /** Answers the id under which webhooks name this person. */
  readonly identityUrl: string;
  providerUserIdOf(body: unknown): string | null;
  /** Known forms of the revoke call, tried in order until one is answered 2xx, or 401: already revoked. */
  revocations(tokens: { accessToken: string; refreshToken: string | null }): VendorCall[];
}

/** One HTTP call to a provider. */
export interface VendorCall {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  body?: string;
}

/** One kind of document a provider holds. */
export interface VendorResource {
  readonly dataType: string;
  /** Any one of these scopes opens it. */
  readonly scopes: readonly string[];
  /** Told of by webhook. */
  readonly isNotified: boolean;
  /** Days asked for at once in a backfill. */
  readonly chunkDays: number;
  /** Days more at both ends of a backfill: samples are asked for by UTC day, the athlete's days begin elsewhere. */
  readonly marginDays: number;
}

/** Local days, both included. */
export interface DayRange {
  from: LocalDate;
  to: LocalDate;
}

export interface VendorPage {
  /** Documents of the range asked for; what the provider added around it is left out. */
  documents: unknown[];
  nextToken: string | null;
}

export interface VendorData {
  /** In the order a backfill loads them. */
  readonly resources: readonly VendorResource[];
  documentUrl(dataType: string, objectId: string): string;
  pageUrl(options: { dataType: string; range: DayRange; nextToken: string | null }): string;
  /** Throws for a body that is no page. */
  readPage(options: { dataType: string; range: DayRange; body: Buffer }): VendorPage;
  /** What the granted scopes can bring, in the graph's order of signals. */
  signalsOf(scopes: readonly string[]): Signal[];
  /** Scopes worth asking the athlete for again: those of ours that were not granted. */
  missingScopes(granted: readonly string[]): string[];
}

export interface VendorSubscription {
  vendorId: string;
  dataType: string;
  eventType: string;
  callbackUrl: string;
  expiresAt: Date;
}

/** Webhook subscriptions that are managed by API, with the application's own credentials. */
export interface VendorSubscriptions {
  readonly eventTypes: readonly string[];
  list(): VendorCall;
  create(options: { dataType: string; eventType: string; callbackUrl: string }): VendorCall;
  renew(vendorId: string): VendorCall;
  /** Reads one subscription of an answer; throws for anything else. */
  read(item: unknown): VendorSubscription;
}

export const resourceNamed = (vendor: Vendor, dataType: string): VendorResource | undefined =>
  vendor.data.resources.find((resource) => resource.dataType === dataType);

export const mayAsk = (resource: VendorResource, granted: readonly string[]): boolean =>
  resource.scopes.some((scope) => granted.includes(scope));
