import type { IncomingHttpHeaders } from 'node:http';
import type { Logger } from '#platform/log';
import type { LocalDate, Provider, Signal } from '#platform/signals';

/**
 * All that the product must know of one provider on the way in: how its deliveries are known to be its own, what they
 * say, how it is linked and how it is asked. Its quirks stand in this table and nowhere else: no other file asks which
 * provider it deals with. A new one is such a table in a file of its own and a line in `registry.ts`.
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

/** What a table may need of the program around it. */
export interface VendorTools {
  /** A public document. Throws when it does not come soon, whole and with 200. */
  readonly load: (url: string) => Promise<Buffer>;
  readonly log: Logger;
}

/** At most `points` calls in each stretch of `perS` seconds. */
export interface VendorQuota {
  points: number;
  perS: number;
}

/** A delivery before its body is read. */
export interface WebhookHead {
  headers: IncomingHttpHeaders;
  /** What stood in the path after the provider's name. */
  params: WebhookParams;
}

/** A delivery as it came in. */
export interface WebhookRequest extends WebhookHead {
  /** The exact bytes, before any parser saw them. */
  rawBody: Buffer;
  now: Date;
}

/** `token`: a secret of ours; `type`: the kind of summaries, for providers with an address for each. */
export interface WebhookParams {
  token?: string;
  type?: string;
}

export type RefusalReason =
  | 'missing_header'
  | 'malformed_header'
  | 'wrong_signature'
  | 'outside_tolerance'
  | 'wrong_token'
  | 'wrong_client';

/**
 * `signed`: the provider's signature holds over the bytes. `unsigned`: the provider signs nothing; the request came to the
 * secret address and named our application, which is all that can be known. `signedAt` is the time text as the provider
 * signed it, empty where it signs none: it goes into the delivery key.
 */
export type Verification =
  | {
      ok: true;
      provenance: 'signed' | 'unsigned';
      signedAt: string;
      /** Something an operator should know of; a word of ours. */
      remark?: 'reserialised' | 'signature_not_matching';
    }
  | { ok: false; reason: RefusalReason };

/** An answer without a body, or with a small JSON one. */
export interface WebhookReply {
  status: number;
  body?: Record<string, string>;
}

export interface VendorWebhook {
  /** What follows `/v1/webhooks/{slug}`. */
  readonly path: '' | '/:token' | '/:token/:type';
  /** Providers differ: some take any 2xx, some exactly one code. */
  readonly successStatus: number;
  readonly bodyLimitBytes: number;
  /**
   * What the address and the headers alone prove wrong, before any of the body is read. null: nothing. Left out: they prove
   * nothing. `verify` does not look again.
   */
  refusalByHead?(head: WebhookHead): RefusalReason | null;
  /** A promise only where a key must be fetched first. Never throws for what a request may hold. */
  verify(request: WebhookRequest): Verification | Promise<Verification>;
  /** GET: the provider's check of the address. Null where it makes none. */
  challenge: ((request: { query: Record<string, unknown>; params: WebhookParams }) => WebhookReply) | null;
  /** POST that only asks whether somebody is there; answered before verification, nothing is kept. Null for deliveries. */
  handshake: ((request: WebhookRequest) => WebhookReply | null) | null;
  parse(rawBody: Buffer): ParsedBody;
}

export type UnreadableReason =
  | 'not_json'
  | 'not_an_object'
  | 'no_items'
  | 'no_user'
  | 'no_data_type'
  | 'bad_object_id'
  | 'bad_interval'
  | 'bad_callback'
  | 'too_many_items';

/** What a body says, person by person. An entry that cannot be read never sinks its neighbours. */
export interface ParsedBody {
  items: readonly BodyItem[];
  unreadable: readonly { reason: UnreadableReason; body: Buffer }[];
}

/**
 * One delivery for one person. `body` speaks of this person alone, and parsing it again gives this one item; for a body
 * of one item it is the raw body, byte for byte.
 */
export type BodyItem = { body: Buffer } & (
  | { kind: 'notification'; notification: Notification }
  /** The body carries the data: it goes to the normaliser as it is. */
  | { kind: 'data'; providerUserId: string; domain: string }
);

/** What a notification says. Values in it are not believed beyond these names: the record is fetched. */
export interface Notification {
  providerUserId: string;
  /**
   * `record`: something was measured, changed or deleted. `deauthorised`: the person took our access away. `permissions`:
   * the person changed what we may read. The last two are believed only once the provider confirms them.
   */
  about: 'record' | 'deauthorised' | 'permissions';
  dataType: string;
  /** Names the record in the provider's way: an id, a day, an interval. null: the recent days of that data type are fetched. */
  objectId: string | null;
  /** Where the provider says the record is to be read, already checked against its own hosts. */
  callbackUrl?: string;
  isDeletion: boolean;
  /** The body names its event (a moment, a trace id), so that equal bytes are the same event. */
  namesEvent: boolean;
}

export interface VendorOauth {
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  /** How it names itself in the redirect back (`iss`, RFC 9207). Left out where it doesn't. */
  readonly issuer?: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Asked for at the consent page; empty where the provider's page asks by itself. */
  readonly scopes: readonly string[];
  readonly scopeSeparator: ' ' | ',';
  /** Sent to the consent page besides. */
  readonly authorizeParameters: Readonly<Record<string, string>>;
  /** Proof key for code exchange, S256 (RFC 7636). */
  readonly hasPkce: boolean;
  /** Where the client's secret goes in token calls: in the form, or as HTTP Basic. */
  readonly clientAuthentication: 'form' | 'basic';
  /** Sent with a refresh besides. */
  readonly refreshParameters: Readonly<Record<string, string>>;
  /** Makes a token answer what RFC 6749 says it is: client libraries refuse the deviations vendors live with. */
  normaliseTokenResponse(body: unknown): Record<string, unknown>;
  /** The error code of RFC 6749 that a refused token call means, for vendors with words of their own. null: none of them. */
  tokenErrorOf?(body: unknown): string | null;
  /**
   * Who has consented, under the id that webhooks use, and to what, where only a call tells. Does what a provider wants
   * done at a first link. null: the provider did not say.
   */
  identify(options: {
    /** The token answer, normalised. */
    answer: Readonly<Record<string, unknown>>;
    ask: AskAsAthlete;
  }): Promise<Identity | null>;
  /** What we may read now, where scopes can change after the link. Null where they can't, or nothing tells. */
  readScopes: ((ask: AskAsAthlete) => Promise<readonly string[] | null>) | null;
  /** A cheap read that answers 401 or 403 once access was taken away. */
  readonly probeUrl: string;
  /** The grant lapses when its refresh token rests for long: it is refreshed at least this often. Left out: it does not lapse. */
  readonly refreshEveryDays?: number;
  /** Known forms of the revoke call, tried in order until one is answered 2xx. After a 401 once more with renewed tokens. */
  revocations(grant: { accessToken: string; refreshToken: string | null; providerUserId: string }): VendorCall[];
}

export interface Identity {
  providerUserId: string;
  /** null: as the token answer says. */
  scopes: readonly string[] | null;
}

/** One HTTP call to a provider. */
export interface VendorCall {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  body?: string;
  /** The address came with a delivery: it is asked only at one of `callbackHosts`, and only where that host is public. */
  isFromOutside?: true;
}

/** What a provider said. 401, 403, 404 and other refusals are answers, not errors. */
export interface ProviderAnswer {
  status: number;
  body: Buffer;
}

/** A call with the athlete's access token. Throws when the provider cannot be asked now, or takes the token no more. */
export type AskAsAthlete = (call: VendorCall) => Promise<ProviderAnswer>;

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

export interface VendorWorkouts {
  readonly dataType: string;
  /** Whole days before the UTC day of an answer that it holds at most, whatever days were asked for. Left out: all of them. */
  readonly reachDays?: number;
}

/** Local days, both included. */
export interface DayRange {
  from: LocalDate;
  to: LocalDate;
}

/** A body on its way to the normaliser, under the name it knows the kind by. */
export interface FetchedDocument {
  domain: string;
  body: Buffer;
}

/** `gone`: the record is no more. `forbidden`: a scope or the membership is missing. `refused`: anything else, for good. */
export type Fetched =
  | { outcome: 'found'; documents: readonly FetchedDocument[] }
  | { outcome: 'gone' }
  | { outcome: 'forbidden' }
  | { outcome: 'refused'; status: number };

export type FetchedPage =
  | {
      outcome: 'found';
      documents: readonly FetchedDocument[];
      /** How many records they hold, for progress. */
      records: number;
      nextToken: string | null;
      /** The days lie before what the provider gives of this person: that it brings no records says nothing. */
      isOutOfReach?: true;
    }
  | Exclude<Fetched, { outcome: 'found' }>;

export interface VendorData {
  /** Hosts that addresses from deliveries may name, with the port if it is not the usual one. Left out: none. */
  readonly callbackHosts?: readonly string[];
  /**
   * `readPage` only asks the provider to send its records by webhook, and brings none itself. The last days are not asked for
   * at night then: such a provider keeps what it could not deliver.
   */
  readonly isAnsweredByWebhook?: true;
  /** In the order a backfill loads them. */
  readonly resources: readonly VendorResource[];
  /** Which of them holds the athlete's workouts: on a day without one the athlete rested, once they were asked for. */
  readonly workouts: VendorWorkouts;
  /** Reads what a notification about a record speaks of. `recentDays` is for one that names no record. */
  fetch(options: {
    notification: Pick<Notification, 'dataType' | 'objectId' | 'callbackUrl'>;
    recentDays: DayRange;
    ask: AskAsAthlete;
  }): Promise<Fetched>;
  /** One page of a data type over days. `nextToken` is null for the first; throws for a body that is no page. */
  readPage(options: {
    dataType: string;
    range: DayRange;
    nextToken: string | null;
    ask: AskAsAthlete;
  }): Promise<FetchedPage>;
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
  /** null: it does not end. */
  expiresAt: Date | null;
}

/** Webhook subscriptions that are managed by API, with the application's own credentials. */
export interface VendorSubscriptions {
  /** What to subscribe to: each pair is one subscription. */
  readonly wanted: readonly { dataType: string; eventType: string }[];
  /** The secret part of our address, where there is one: `/token`. */
  readonly callbackPath: string;
  list(): VendorCall;
  create(options: { dataType: string; eventType: string; callbackUrl: string }): VendorCall;
  /** null where subscriptions do not end. */
  renew: ((vendorId: string) => VendorCall) | null;
  /** Where only one is allowed: the one of a former secret address of ours goes before the new one comes. */
  remove?(vendorId: string): VendorCall;
  /** The subscriptions of an answer to `list`, or the one of an answer to `create` and `renew`; throws for anything else. */
  readAll(body: unknown): VendorSubscription[];
  readOne(body: unknown, asked: { dataType: string; eventType: string; callbackUrl: string }): VendorSubscription;
}

export const resourceNamed = (vendor: Vendor, dataType: string): VendorResource | undefined =>
  vendor.data.resources.find((resource) => resource.dataType === dataType);

export const mayAsk = (resource: VendorResource, granted: readonly string[]): boolean =>
  resource.scopes.some((scope) => granted.includes(scope));

/** Whether what was granted opens the athlete's workouts. */
export const opensWorkouts = (vendor: Vendor, granted: readonly string[]): boolean =>
  vendor.data.resources.some(
    (resource) => resource.dataType === vendor.data.workouts.dataType && mayAsk(resource, granted),
  );
