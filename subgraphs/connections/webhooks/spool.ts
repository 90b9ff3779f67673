import { open as openFile, mkdir, readFile, readdir, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { keyObject, newDataKey, open, seal, type KeyRing } from '#platform/crypto';
import { lockFolder } from '#platform/folder-lock';
import { newId } from '#platform/ids';
import type { Logger } from '#platform/log';
import { CannotStart } from '#platform/process';
import { syncFolder } from '#platform/sync-folder';
import type { Metrics } from '#platform/telemetry';
import { framed, framesOf } from './spool-frames.ts';

/**
 * Where deliveries go while PostgreSQL is away: files of sealed records, on disk before anybody is answered. The folder
 * belongs to one process; a file left by a crash is drained by the next one. A file of which not every record was stored is
 * kept aside under another name, is told in the log and counts towards the bound: without its last ending it is drained again.
 */
export interface Spool {
  /** Resolves when all records are on disk. Throws SpoolFull, or the file system's error: then nothing was taken. */
  append(records: readonly Buffer[]): Promise<void>;
  /**
   * Hands every record on that is there now, oldest file first, and removes a file when `store` has taken all of it. `store`
   * answers how many it can never take, and may see a record twice. Its errors are thrown on: the file stays. Appends go on
   * beside it, into a new file. Answers how many records were taken. To be called once at a time.
   */
  drain(store: (records: readonly Buffer[]) => Promise<number>): Promise<number>;
  close(): Promise<void>;
}

/** There is no room left within the bound. */
export class SpoolFull extends Error {}

const OPEN = '.spool';
/** Behind the name of a file that is kept aside: something in it does not open, or is not taken. */
const DAMAGED = '.damaged';
const REFUSED = '.refused';
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
  const lock = lockFolder(folder);
  if (lock === null)
    throw new CannotStart(
      `the spool folder ${folder} is used by another process. Stop that process, or set SPOOL_DIR to a folder of this one alone, then start again.`,
    );
  let bytes = 0;
  let asideBytes = 0;
  grow(await bytesIn(folder, [OPEN]));
  growAside(await bytesIn(folder, [DAMAGED, REFUSED]));
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

  function growAside(by: number): void {
    asideBytes += by;
    metrics.spoolAsideBytes.set(asideBytes);
  }

  async function begin(): Promise<Writing> {
    const name = newId() + OPEN;
    const file = await openFile(join(folder, name), 'ax', 0o600);
    const dataKey = newDataKey();
    const { wrapped, kekVersion } = ring.wrap({ dataKey, aad: keyPlace(name) });
    const head = framed(HEAD, Buffer.from(JSON.stringify({ wrapped: wrapped.toString('base64'), kekVersion })));
    try {
      await file.appendFile(head);
      await syncFolder(folder);
    } catch (error) {
      await file.close();
      await unlink(join(folder, name));
      throw error;
    }
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
        if (bytes + asideBytes >= limitBytes) throw new SpoolFull('the spool is full');
        writing ??= await begin();
        const { name, key, file } = writing;
        const first = HEAD + 1 + writing.records;
        const block = Buffer.concat(
          records.map((plaintext, at) => framed(first + at, seal({ key, plaintext, aad: place(name, first + at) }))),
        );
        try {
          await file.appendFile(block);
          await file.datasync();
        } catch (error) {
          // Half a block may stand there. Its records were never promised to anybody, and a torn end is known when it is read.
          await file.truncate(writing.bytes).catch(() => undefined);
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
        const path = join(folder, name);
        const { size } = await stat(path);
        const { records, isDamaged } = await readSpoolFile({ folder, name, ring, log });
        let refused = 0;
        for (let at = 0; at < records.length; at += BATCH) refused += await store(records.slice(at, at + BATCH));
        count += records.length - refused;
        if (refused > 0)
          log.error({ file: name, count: refused }, 'a spool file is kept aside: not all of it was taken');
        if (isDamaged || refused > 0) {
          await rename(path, path + (isDamaged ? DAMAGED : REFUSED));
          growAside(size);
        } else await unlink(path);
        grow(-size);
      }
      return count;
    },
    close: () => inTurn(end).finally(() => lock.release()),
  };
}

/** The number of a file's first frame, which holds its key. Records are counted on from it. */
const HEAD = 0;

const place = (name: string, number: number): string[] => ['spool-record', name, String(number)];
const keyPlace = (name: string): string[] => ['spool', name];

/**
 * The records of a file up to its end, or up to where a crash tore it: what comes after was never answered for. Where
 * anything else was altered the file is kept aside, and whatever opens is handed on.
 */
async function readSpoolFile(options: {
  folder: string;
  name: string;
  ring: KeyRing;
  log: Logger;
}): Promise<{ records: Buffer[]; isDamaged: boolean }> {
  const { folder, name, ring, log } = options;
  const { frames, tornBytes, isAltered } = framesOf(await readFile(join(folder, name)));
  if (tornBytes > 0)
    log.warn({ file: name, bytes: tornBytes }, 'a crash tore the end of a spool file: it was not answered for');
  const [head, ...rest] = frames;
  // Torn in its head it holds no record.
  if (head === undefined && !isAltered) return { records: [], isDamaged: false };
  const key = head?.number === HEAD ? keyOf({ head: head.bytes, name, ring }) : null;
  if (key === null) {
    log.error(
      { file: name },
      'a spool file cannot be opened and is kept aside: its root secret is not configured, or its head was altered',
    );
    return { records: [], isDamaged: true };
  }
  const records: Buffer[] = [];
  let isDamaged = isAltered;
  for (const { number, bytes } of rest) {
    try {
      records.push(open({ key, sealed: bytes, aad: place(name, number) }));
    } catch {
      isDamaged = true;
    }
  }
  if (isDamaged) log.error({ file: name }, 'a spool file was altered: what opens is stored, the file is kept aside');
  return { records, isDamaged };
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
const filesIn = async (folder: string, endings = [OPEN]): Promise<string[]> =>
  (await readdir(folder)).filter((name) => endings.some((ending) => name.endsWith(ending))).sort();

async function bytesIn(folder: string, endings: string[]): Promise<number> {
  const names = await filesIn(folder, endings);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
