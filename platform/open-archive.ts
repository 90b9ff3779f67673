import { fileURLToPath } from 'node:url';
import { probeKey, type Archive } from '#platform/archive';
import { openFileArchive } from '#platform/archive-files';
import { openS3Archive, type S3Encryption, type S3Place } from '#platform/archive-s3';
import { newId } from '#platform/ids';
import { CannotStart } from '#platform/process';

/** Touches nothing yet. `file:///folder`, or `s3://bucket/prefix?region=..&endpoint=..`. Throws CannotStart for an address that is neither. */
export function openArchive(options: { url: string; encryption: S3Encryption }): Archive {
  const place = archiveAddress(options.url);
  return typeof place === 'string' ? openFileArchive(place) : openS3Archive({ place, encryption: options.encryption });
}

/** The folder, or the place in S3, that an ARCHIVE_URL names. */
export function archiveAddress(text: string): string | S3Place {
  const refuse = (why: string): CannotStart =>
    new CannotStart(
      `ARCHIVE_URL ${why}. Set it to file:///folder or to s3://bucket/prefix?region=eu-central-1, then start again.`,
    );
  if (!URL.canParse(text)) throw refuse('is not a URL');
  const url = new URL(text);
  if (url.protocol === 'file:') {
    if (url.host !== '') throw refuse('names a host; a folder has three slashes before it');
    return fileURLToPath(url);
  }
  if (url.protocol !== 's3:') throw refuse(`begins with ${url.protocol}//, which is no archive we know`);
  if (url.username !== '' || url.password !== '')
    throw refuse('holds credentials; they come from the environment or from the machine, never from an address');
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(url.hostname)) throw refuse('names no bucket');
  const unknown = [...url.searchParams.keys()].filter((name) => name !== 'region' && name !== 'endpoint');
  if (unknown.length > 0) throw refuse(`has a parameter it should not have: ${unknown.join(', ')}`);
  const endpoint = url.searchParams.get('endpoint');
  if (endpoint !== null && !/^https?:\/\/[^/\s]/.test(endpoint))
    throw refuse('has an endpoint that is no http address');
  const prefix = decodeURIComponent(url.pathname).replaceAll(/^\/+|\/+$/g, '');
  return {
    bucket: url.hostname,
    prefix: prefix === '' ? '' : `${prefix}/`,
    region: url.searchParams.get('region'),
    endpoint,
  };
}

/**
 * Tries the store out: writes an object, writes it again, reads it, deletes it. Throws CannotStart when the second write
 * replaced the first (such a store would let a replayed or forged object take the place of an accepted one) or when another
 * body comes back, and ArchiveUnavailable when the store is away.
 */
export async function probeArchive(archive: Archive): Promise<void> {
  const key = probeKey(newId());
  const first = Buffer.from('first');
  await archive.put(key, first);
  const again = await archive.put(key, Buffer.from('second'));
  const read = await archive.get(key);
  await archive.delete(key);
  if (again === 'there_already' && read !== null && read.equals(first)) return;
  throw new CannotStart(
    'The store behind ARCHIVE_URL overwrites what stands there: it does not honour "If-None-Match: *". ' +
      'Raw deliveries must be written once. Use a store that does (AWS S3, versitygw), then start again.',
  );
}
