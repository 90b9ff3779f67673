import { open as openFile, mkdir, readFile, readdir, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { keyObject, newDataKey, open, seal, type KeyRing } from '#platform/crypto';
import { newId } from '#platform/ids';
import type { Logger } from '#platform/log';
import { syncFolder } from '#platform/sync-folder';
import type { Metrics } from '#platform/telemetry';

/**
 * Where deliveries go while PostgreSQL is away: files of sealed records, on disk before anybody is answered. The folder
 * belongs to one process; a file left by a crash is drained by the next one.
 */
export interface Spool {
  /** Resolves when all records are on disk. Throws SpoolFull, or the file system's error: then nothing was taken. */
  append(records: readonly Buffer[]): Promise<void>;
  /**
   * Hands every record on that is there now, oldest file first, and removes a file when `store` has resolved for all of it.
   * `store` may see a record twice. Its errors are thrown on: the file stays. Appends go on beside it, into a new file.
   * Answers how many records there were. To be called once at a time.
   */
  drain(store: (records: readonly Buffer[]) => Promise<void>): Promise<number>;
  close(): Promise<void>;
}

/** There is no room left within the bound. */
export class SpoolFull extends Error {}

const OPEN = '.spool';
const DAMAGED = '.damaged';
const LENGTH_BYTES = 4;
/** A file is closed and a new one begun from here on, so that a drained part is given back early. */
const FILE_BYTES = 16 * 1024 * 1024;
/** Records handed on at once. */
const BATCH = 200;

interface Writing {
  name: string;
  file: FileHandle;
  key: ReturnType<typeof keyObject>;
  bytes: number;
  records: number;
}

export async function openSpool(options: {
  folder: string;
  limitBytes: number;
  /** Each file has a data key of its own, wrapped in its first record. */
  ring: KeyRing;
  metrics: Metrics;
  log: Logger;
}): Promise<Spool> {
  const { folder, limitBytes, ring, metrics, log } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let bytes = await bytesIn(folder);
  let writing: Writing | null = null;
  /** One at a time: an append and the end of its file must not overtake each other. */
  let turn: Promise<unknown> = Promise.resolve();

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = turn.then(work, work);
    turn = mine.catch(() => undefined);
    return mine;
  }

  function grow(by: number): void {
    bytes += by;
    metrics.spoolBytes.set(bytes);
  }

  async function begin(): Promise<Writing> {
    const name = newId() + OPEN;
    const file = await openFile(join(folder, name), 'ax', 0o600);
    const dataKey = newDataKey();
    const { wrapped, kekVersion } = ring.wrap({ dataKey, aad: keyPlace(name) });
    const head = framed(Buffer.from(JSON.stringify({ wrapped: wrapped.toString('base64'), kekVersion })));
    await file.appendFile(head);
    await syncFolder(folder);
    grow(head.length);
    return { name, file, key: keyObject(dataKey), bytes: head.length, records: 0 };
  }

  async function end(): Promise<void> {
    const ended = writing;
    writing = null;
    await ended?.file.close();
  }

  return {
    append: (records) =>
      inTurn(async () => {
        if (bytes >= limitBytes) throw new SpoolFull('the spool is full');
        writing ??= await begin();
        const { name, key, file } = writing;
        const first = writing.records;
        const block = Buffer.concat(
          records.map((plaintext, at) => framed(seal({ key, plaintext, aad: place(name, first + at) }))),
        );
        try {
          await file.appendFile(block);
          await file.datasync();
        } catch (error) {
          // Half a block may stand there. Its records were never promised to anybody, and a torn end is left out when read.
          await end().catch(() => undefined);
          throw error;
        }
        writing.records += records.length;
        writing.bytes += block.length;
        grow(block.length);
        if (writing.bytes >= FILE_BYTES) await end();
      }),
    async drain(store) {
      const names = await inTurn(async () => {
        await end();
        return filesIn(folder);
      });
      let count = 0;
      for (const name of names) {
        const size = (await stat(join(folder, name))).size;
        const read = await readSpoolFile({ folder, name, ring, log });
        for (let at = 0; at < read.records.length; at += BATCH) await store(read.records.slice(at, at + BATCH));
        count += read.records.length;
        if (read.isDamaged) await rename(join(folder, name), join(folder, name + DAMAGED));
        else await unlink(join(folder, name));
        grow(-size);
      }
      return count;
    },
    close: () => inTurn(end),
  };
}

const place = (name: string, index: number): string[] => ['spool-record', name, String(index)];
const keyPlace = (name: string): string[] => ['spool', name];

function framed(bytes: Buffer): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/**
 * The records of a file up to its end, or up to where a crash tore it: what comes after was never answered for. A record
 * that does not open although it is whole was altered: the file is kept aside, and whatever opens is handed on.
 */
async function readSpoolFile(options: {
  folder: string;
  name: string;
  ring: KeyRing;
  log: Logger;
}): Promise<{ records: Buffer[]; isDamaged: boolean }> {
  const { folder, name, ring, log } = options;
  const [head, ...frames] = framesOf(await readFile(join(folder, name)));
  const key = head === undefined ? null : keyOf({ head, name, ring });
  if (key === null) {
    // A file torn in its head holds no record. Any other was written under a key we do not have.
    if (frames.length === 0) return { records: [], isDamaged: head !== undefined };
    log.error({ file: name }, 'a spool file cannot be opened and is kept aside: its root secret is not configured');
    return { records: [], isDamaged: true };
  }
  const records: Buffer[] = [];
  let isDamaged = false;
  for (const [index, sealed] of frames.entries()) {
    try {
      records.push(open({ key, sealed, aad: place(name, index) }));
    } catch {
      isDamaged = true;
    }
  }
  if (isDamaged) log.error({ file: name }, 'a spool file was altered: what opens is stored, the file is kept aside');
  return { records, isDamaged };
}

function framesOf(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at + LENGTH_BYTES <= bytes.length;) {
    const end = at + LENGTH_BYTES + bytes.readUInt32BE(at);
    if (end > bytes.length) break;
    frames.push(bytes.subarray(at + LENGTH_BYTES, end));
    at = end;
  }
  return frames;
}

function keyOf({ head, name, ring }: { head: Buffer; name: string; ring: KeyRing }) {
  try {
    const { wrapped, kekVersion } = JSON.parse(head.toString()) as { wrapped: string; kekVersion: number };
    return keyObject(ring.unwrap({ wrapped: Buffer.from(wrapped, 'base64'), kekVersion, aad: keyPlace(name) }));
  } catch {
    return null;
  }
}

/** Names are ids in the order of their birth. */
const filesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name.endsWith(OPEN)).sort();

async function bytesIn(folder: string): Promise<number> {
  const sizes = await Promise.all((await filesIn(folder)).map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
