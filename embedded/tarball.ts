import { gunzipSync } from 'node:zlib';

const BLOCK = 512;

/** One plain file of a tarball; `isExecutable` is what is kept of its mode. */
export interface TarEntry {
  path: string;
  isExecutable: boolean;
  body: Buffer;
}

/**
 * The plain files of a gzipped npm tarball: ustar with its name prefix, and the long names of pax and GNU headers.
 * npm packages hold neither links nor devices; whatever else stands in one is passed over. Throws on broken gzip.
 */
export function readTarball(gzipped: Buffer): Generator<TarEntry> {
  return readTar(gunzipSync(gzipped));
}

/** The same of an archive that is not compressed, or no longer. */
export function* readTar(tar: Buffer): Generator<TarEntry> {
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0;) {
    const size = parseInt(field(tar, at + 124, 12).trim() || '0', 8);
    const body = tar.subarray(at + BLOCK, at + BLOCK + size);
    const type = String.fromCharCode(tar[at + 156] ?? 0);
    if (type === 'x') longName = /\d+ path=([^\n]+)\n/.exec(body.toString('utf8'))?.[1];
    else if (type === 'L') longName = field(body, 0, body.length);
    else {
      const prefix = field(tar, at + 345, 155);
      const name = field(tar, at, 100);
      const path = longName ?? (prefix === '' ? name : `${prefix}/${name}`);
      const mode = parseInt(field(tar, at + 100, 8).trim() || '0', 8);
      if (type === '0' || type === '\0') yield { path, isExecutable: (mode & 0o111) !== 0, body };
      longName = undefined;
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}

function field(bytes: Buffer, at: number, length: number): string {
  const end = bytes.indexOf(0, at);
  return bytes.toString('utf8', at, end === -1 || end > at + length ? at + length : end);
}
