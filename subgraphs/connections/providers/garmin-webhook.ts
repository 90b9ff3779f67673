import { sha256 } from '#platform/crypto';
import { NOTIFICATION } from '#platform/streams';
import { allowedCallback } from './callback-url.ts';
import { cutElements, findLists } from './cut-lists.ts';
import type { BodyItem, Notification, ParsedBody, RefusalReason, UnreadableReason, WebhookHead } from './provider.ts';
import { dataTypeOf, idOf, isFields, isSecret, onlyHeader, unreadable, type Fields } from './reading.ts';

/**
 * Garmin signs nothing. What it sends is known by the address only Garmin was told, and by our own client id in a header.
 * The summary type in the address is where Garmin was told to post, no more: the body says by its own keys what it holds.
 */
export function garminRefusal(options: {
  head: WebhookHead;
  pathTokens: readonly string[];
  clientId: string;
}): RefusalReason | null {
  const { headers, params } = options.head;
  if (!options.pathTokens.some((token) => isSecret(params.token, token))) return 'wrong_token';
  const clientId = onlyHeader(headers, 'garmin-client-id');
  if (clientId === undefined) return 'missing_header';
  if (clientId === null) return 'malformed_header';
  return isSecret(clientId, options.clientId) ? null : 'wrong_client';
}

/** `moveIQActivities` is `move_iq_activities`: the name the normaliser knows the kind by. */
const domainOf = (key: string): string =>
  key
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();

/** Garmin has some two dozen types, and a body of 10 MiB room for some 40,000 pings: only a hostile one is beyond. */
const MAX_TYPES = 100;
const MAX_ENTRIES = 50_000;

/** Elements of one list that belong together: those of one person, one ping, or those that nobody can read. */
interface Part {
  key: string;
  at: number[];
  read: { reason: UnreadableReason } | Notification | { providerUserId: string; domain: string };
}

/**
 * `{ "<type>": [ { "userId", ... } ] }`, several people and types in one body. PUSH: each person's summaries of a type are
 * one item of data, cut out of the body byte for byte. PING: each `callbackURL` is a notification. Deregistrations and
 * changed permissions are notifications about the account. A type nobody knows is data as well: it is archived.
 */
export function parseGarmin(rawBody: Buffer, callbackHosts: readonly string[]): ParsedBody {
  const fields = fieldsOf(rawBody);
  if (fields === null) return unreadable(rawBody, 'not_json');
  if (!isFields(fields)) return unreadable(rawBody, 'not_an_object');
  const keys = Object.keys(fields);
  const lists = keys.filter((key) => Array.isArray(fields[key]));
  if (lists.length === 0) return unreadable(rawBody, 'no_items');
  const entries = lists.reduce((sum, key) => sum + (fields[key] as unknown[]).length, 0);
  if (keys.length > MAX_TYPES || entries > MAX_ENTRIES) return unreadable(rawBody, 'too_many_items');
  const parts = new Map<string, Part>();
  for (const key of lists) readList({ key, entries: fields[key] as unknown[], callbackHosts, parts });
  // The whole body only where it holds nothing else: beside a list may stand what nobody has looked at.
  const bodyOf = keys.length === 1 && parts.size === 1 ? () => rawBody : cutter(rawBody);
  const items: BodyItem[] = [];
  const rest: { reason: UnreadableReason; body: Buffer }[] = [];
  for (const { key, at, read } of parts.values()) {
    const body = bodyOf(key, at);
    if ('reason' in read) rest.push({ reason: read.reason, body });
    else if ('about' in read) items.push({ kind: 'notification', notification: read, body });
    else items.push({ kind: 'data', ...read, body });
  }
  return { items, unreadable: rest };
}

/** Plain JSON: only names are read from it, the digits of all numbers stay in the bytes. */
function fieldsOf(rawBody: Buffer): unknown {
  try {
    return JSON.parse(rawBody.toString('utf8'));
  } catch {
    return null;
  }
}

function readList(options: {
  key: string;
  entries: readonly unknown[];
  callbackHosts: readonly string[];
  parts: Map<string, Part>;
}): void {
  const { key, entries, callbackHosts, parts } = options;
  const domain = dataTypeOf(domainOf(key));
  for (const [index, entry] of entries.entries()) {
    const read =
      domain === null || domain === NOTIFICATION
        ? { reason: 'no_data_type' as const }
        : readEntry({ entry, domain, callbackHosts });
    const name = 'reason' in read ? read.reason : 'about' in read ? `#${index}` : `=${read.providerUserId}`;
    const part = parts.get(`${name}/${key}`);
    if (part) part.at.push(index);
    else parts.set(`${name}/${key}`, { key, at: [index], read });
  }
}

const ACCOUNT_EVENTS: Readonly<Record<string, 'deauthorised' | 'permissions'>> = {
  deregistrations: 'deauthorised',
  user_permissions_change: 'permissions',
};

function readEntry(options: { entry: unknown; domain: string; callbackHosts: readonly string[] }): Part['read'] {
  const { domain: dataType } = options;
  const entry: Fields = isFields(options.entry) ? options.entry : {};
  const providerUserId = idOf(entry['userId']);
  if (providerUserId === null) return { reason: 'no_user' };
  const about = Object.hasOwn(ACCOUNT_EVENTS, dataType) ? ACCOUNT_EVENTS[dataType] : undefined;
  if (about !== undefined) {
    const namesEvent = about === 'permissions' && typeof entry['changeTimeInSeconds'] === 'number';
    return { providerUserId, about, dataType, objectId: null, isDeletion: false, namesEvent };
  }
  const { callbackURL: address = null } = entry;
  if (address === null) return { providerUserId, domain: dataType };
  const callbackUrl = allowedCallback(address, options.callbackHosts);
  if (callbackUrl === null) return { reason: 'bad_callback' };
  // Garmin's addresses name a time of upload and carry a token: each one is an event of its own.
  const objectId = sha256(callbackUrl).toString('hex');
  return { providerUserId, about: 'record', dataType, objectId, callbackUrl, isDeletion: false, namesEvent: true };
}

/** Bodies of elements of a list, under the list's name. */
function cutter(rawBody: Buffer): (key: string, at: readonly number[]) => Buffer {
  const lists = findLists(rawBody);
  return (key, at) =>
    Buffer.concat([
      Buffer.from(`{${JSON.stringify(key)}:[`),
      ...cutElements(rawBody, lists.get(key) ?? [], at),
      Buffer.from(']}'),
    ]);
}
