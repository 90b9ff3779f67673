import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { sameBytes, sha256 } from '#platform/crypto';
import { parseJson } from '#platform/json';
import type { Signal } from '#platform/signals';
import type {
  AskAsAthlete,
  BodyItem,
  DayRange,
  Fetched,
  FetchedDocument,
  FetchedPage,
  Notification,
  ParsedBody,
  ProviderAnswer,
  UnreadableReason,
  VendorData,
} from './provider.ts';

/** What the tables of providers share: reading headers, bodies, answers and scopes. Nothing here knows a provider. */

/** The values of a group of variables, as the configuration has checked them. */
export type Configured<Shape extends Record<string, z.ZodType>> = z.infer<z.ZodObject<Shape>>;

/** `100/60,10000/86400` is 100 in a minute and 10,000 in a day. */
const QUOTA = z
  .string()
  .regex(
    /^[1-9]\d*\/[1-9]\d*(,[1-9]\d*\/[1-9]\d*)*$/,
    'must be calls/seconds, several with commas between: 100/60,10000/86400',
  )
  .transform((text) =>
    text.split(',').map((window) => {
      const [points, perS] = window.split('/').map(Number);
      return { points: points as number, perS: perS as number };
    }),
  );

/** Calls per seconds that a vendor allows an application, as a variable with the vendor's own as default. */
export const quotaVariable = (vendorsOwn: string) => QUOTA.prefault(vendorsOwn);

/** The secret part of a webhook address, a variable of ours. */
export const pathTokenVariable = z
  .string()
  .regex(/^[\w-]{16,128}$/, 'must be 16 to 128 letters, digits, - or _: it is part of an address');

/** null for a header sent twice: which of the two was meant is the sender's secret. Joined by Node with a comma, it fits no pattern. */
export function onlyHeader(headers: IncomingHttpHeaders, name: string): string | null | undefined {
  const value = headers[name];
  return Array.isArray(value) ? null : value;
}

export const beginsWithDigit = (bytes: Buffer): boolean => {
  const first = bytes[0] ?? 0;
  return first >= 0x30 && first <= 0x39;
};

/** Hashed first: the comparison then tells nothing about the length either. */
export const isSecret = (given: unknown, secret: string): boolean =>
  typeof given === 'string' && sameBytes(sha256(given), sha256(secret));

/** The secret in use and, during a rotation, the one before. */
export const secretsOf = (current: string, previous: string | undefined): string[] =>
  previous === undefined ? [current] : [current, previous];

export const listOfWords = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

const PRINTABLE_ID = /^[\x21-\x7e]{1,128}$/;
const DATA_TYPE = /^[a-z0-9_-]{1,64}$/;

/** A vendor's id as text: printable, at most 128 characters; whole numbers become their digits. Null for anything else. */
export function idOf(value: unknown): string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : null;
  return typeof value === 'string' && PRINTABLE_ID.test(value) ? value : null;
}

const DIGITS = /^\d{1,20}$/;

/** The id of a vendor that counts its people and records, as its digits. Null for anything else. */
export function digitsOf(value: unknown): string | null {
  const id = idOf(value);
  return id !== null && DIGITS.test(id) ? id : null;
}

export const dataTypeOf = (value: unknown): string | null =>
  typeof value === 'string' && DATA_TYPE.test(value) ? value : null;

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** JSON with every digit of its integers, or null. */
export function jsonOf(bytes: Buffer): unknown {
  try {
    return parseJson(bytes);
  } catch {
    return null;
  }
}

export const unreadable = (rawBody: Buffer, reason: UnreadableReason): ParsedBody => ({
  items: [],
  unreadable: [{ reason, body: rawBody }],
});

/** A body that is one notification. */
export function oneNotification(rawBody: Buffer, notification: Notification): ParsedBody {
  const item: BodyItem = { body: rawBody, kind: 'notification', notification };
  return { items: [item], unreadable: [] };
}

/** Answers other than 200: 404 and 410 say that the record is gone, 403 that we may not. */
export function notFound(answer: ProviderAnswer): Exclude<Fetched, { outcome: 'found' }> {
  if (answer.status === 404 || answer.status === 410) return { outcome: 'gone' };
  if (answer.status === 403) return { outcome: 'forbidden' };
  return { outcome: 'refused', status: answer.status };
}

/** The answer of a single read as one document of that kind. */
export const asDocument = (domain: string, answer: ProviderAnswer): Fetched =>
  answer.status === 200 ? { outcome: 'found', documents: [{ domain, body: answer.body }] } : notFound(answer);

/** Signals of which one of the scopes was granted, in the table's order. */
export const openedSignals = (
  table: readonly (readonly [Signal, readonly string[]])[],
  granted: Iterable<string>,
): Signal[] => {
  const given = new Set(granted);
  return table.filter(([, scopes]) => scopes.some((scope) => given.has(scope))).map(([signal]) => signal);
};

const MAX_PAGES = 50;

/** Every page of a data type over a few days, as one answer. */
export const readAllPages = (
  data: VendorData,
  asked: { dataType: string; range: DayRange; ask: AskAsAthlete },
): Promise<Fetched> => allPages((nextToken) => data.readPage({ ...asked, nextToken }));

export async function allPages(readPage: (nextToken: string | null) => Promise<FetchedPage>): Promise<Fetched> {
  const documents: FetchedDocument[] = [];
  let nextToken: string | null = null;
  for (let count = 0; count < MAX_PAGES; count += 1) {
    const page = await readPage(nextToken);
    if (page.outcome !== 'found') return page;
    documents.push(...page.documents);
    nextToken = page.nextToken;
    if (nextToken === null) break;
  }
  return { outcome: 'found', documents };
}
