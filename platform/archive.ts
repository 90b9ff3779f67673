import { isId } from '#platform/ids';
import { isLocalDate, providerNamed, providerSlug, type LocalDate, type Provider } from '#platform/signals';

/**
 * Raw bodies beside the database: a folder or an S3 bucket (`open-archive.ts` chooses). Whoever puts has sealed the body
 * before. All methods throw `ArchiveUnavailable`, and nothing else, when the store does not take part.
 */
export interface Archive {
  /** Write-once: what stands under a key is never replaced, and that it stood there is an answer, not an error. */
  put(key: string, body: Buffer): Promise<'stored' | 'there_already'>;
  /** null: nothing stands there. */
  get(key: string): Promise<Buffer | null>;
  /** The keys under a prefix of `archivePrefix`, ascending, page by page. Whatever else lies in the store is passed over. */
  list(prefix: string): AsyncIterable<string>;
  /** Deleting what is not there changes nothing. */
  delete(key: string): Promise<void>;
  close(): void;
}

/** The store is away, full or refuses us. Says the operation and the code: paths and keys name athletes and stay out. */
export class ArchiveUnavailable extends Error {
  readonly code: string;

  constructor(operation: string, code: string) {
    super(`the archive did not ${operation} (${code})`);
    this.name = 'ArchiveUnavailable';
    this.code = code;
  }
}

/** Runs one operation of a store; whatever it throws comes out as `ArchiveUnavailable`. */
export async function orUnavailable<T>(operation: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, name } = error as { code?: unknown; name?: unknown };
    throw new ArchiveUnavailable(operation, typeof code === 'string' ? code : String(name ?? 'unknown error'));
  }
}

/** What a key is made of. No name from outside is ever part of one: a list of words, dates and UUIDs only. */
export interface ArchivePlace {
  provider: Provider;
  /** Day of receipt, UTC. */
  receivedOn: LocalDate;
  athleteId: string;
  deliveryId: string;
}

/** `provider=oura/date=2026-11-20/user={uuid}/event={uuid}.json`. Throws for anything but a known word, a date and two UUIDs. */
export function archiveKey(place: ArchivePlace): string {
  return `${archivePrefix(place)}event=${id(place.deliveryId)}.json`;
}

/** All objects of a provider, of one of its days, or of one athlete on such a day. Ends with a slash. */
export function archivePrefix(place: { provider: Provider; receivedOn?: LocalDate; athleteId?: string }): string {
  const provider = `provider=${providerSlug(place.provider)}/`;
  if (providerNamed(providerSlug(place.provider)) === null) throw notAKey();
  if (place.receivedOn === undefined) return provider;
  if (!isLocalDate(place.receivedOn)) throw notAKey();
  const day = `${provider}date=${place.receivedOn}/`;
  return place.athleteId === undefined ? day : `${day}user=${id(place.athleteId)}/`;
}

const KEY = /^provider=([a-z-]+)\/date=([\d-]{10})\/user=([\da-f-]{36})\/event=([\da-f-]{36})\.json$/;

/** The way back from a key; null for a name that `archiveKey` never made. */
export function archivePlace(key: string): ArchivePlace | null {
  const [, slug = '', receivedOn = '', athleteId = '', deliveryId = ''] = KEY.exec(key) ?? [];
  const provider = providerNamed(slug);
  if (provider === null || !isLocalDate(receivedOn) || !isId(athleteId) || !isId(deliveryId)) return null;
  return { provider, receivedOn, athleteId, deliveryId };
}

/** Where a start tries the store out: outside everything that is listed. */
export const probeKey = (probeId: string): string => `probe/${id(probeId)}`;

const PROBE = /^probe\/([\da-f-]{36})$/;
const PREFIX = /^provider=[a-z-]+\/(date=[\d-]{10}\/(user=[\da-f-]{36}\/)?)?$/;

/** Every driver asks before it touches the store: a key that is no key reaches no file system and no bucket. */
export function requireKey(key: string): string {
  if (archivePlace(key) === null && !isId(PROBE.exec(key)?.[1] ?? '')) throw notAKey();
  return key;
}

export function requirePrefix(prefix: string): string {
  if (!PREFIX.test(prefix)) throw notAKey();
  return prefix;
}

function id(value: string): string {
  if (!isId(value)) throw notAKey();
  return value.toLowerCase();
}

/** Without the text: it may hold what somebody outside has chosen. */
const notAKey = (): Error => new Error('a name that is no key of the archive was refused');
