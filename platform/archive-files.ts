import { link, mkdir, open, readFile, readdir, rm, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { archivePlace, orUnavailable, requireKey, requirePrefix, type Archive } from '#platform/archive';
import { newId } from '#platform/ids';
import { syncFolder } from '#platform/sync-folder';

const INCOMING = '.incoming';
/** A write takes milliseconds: what has lain in `.incoming` for so long belongs to a process that died. */
const ABANDONED_MS = 3_600_000;

/**
 * The archive as a folder: one file per object. A file is written and synced aside, then linked to its name, which fails
 * where the name is taken: an object is there whole or not at all, and never twice. The folder must be on one file system.
 */
export function openFileArchive(folder: string): Archive {
  let prepared: Promise<void> | null = null;
  async function prepare(): Promise<void> {
    await mkdir(join(folder, INCOMING), { recursive: true, mode: 0o700 });
    await dropAbandoned(join(folder, INCOMING));
  }
  const pathOf = (key: string): string => join(folder, requireKey(key));
  return {
    async put(key, body) {
      const path = pathOf(key);
      return orUnavailable('store', async () => {
        try {
          await (prepared ??= prepare());
          return await writeOnce({ folder, path, body });
        } catch (error) {
          // Somebody may have taken the folder away: the next one looks.
          prepared = null;
          throw error;
        }
      });
    },
    async get(key) {
      const path = pathOf(key);
      return orUnavailable('read', () => unlessMissing(readFile(path), null));
    },
    async *list(prefix) {
      requirePrefix(prefix);
      for await (const key of walk(folder, prefix)) if (archivePlace(key) !== null) yield key;
    },
    async delete(key) {
      const path = pathOf(key);
      await orUnavailable('delete', async () => {
        await rm(path, { force: true });
        await dropEmptyFolders(folder, dirname(path));
      });
    },
    close: () => undefined,
  };
}

async function writeOnce(part: { folder: string; path: string; body: Buffer }): Promise<'stored' | 'there_already'> {
  const aside = join(part.folder, INCOMING, newId());
  try {
    const file = await open(aside, 'wx', 0o600);
    try {
      await file.writeFile(part.body);
      await file.sync();
    } finally {
      await file.close();
    }
    if (!(await isNamed(aside, part.path))) return 'there_already';
    // A name is safe when its folder is synced.
    await syncFolder(dirname(part.path));
    return 'stored';
  } finally {
    await unlessMissing(unlink(aside), undefined);
  }
}

/** Gives the file its name, in a folder that is made where it is missing; false where the name is taken. */
async function isNamed(aside: string, path: string): Promise<boolean> {
  try {
    const hasFolder = await unlessMissing(
      link(aside, path).then(() => true),
      false,
    );
    if (!hasFolder) {
      await makeFolder(dirname(path));
      await link(aside, path);
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** A new folder is safe when the one above it is synced. */
async function makeFolder(folder: string): Promise<void> {
  const firstMade = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (firstMade === undefined) return;
  for (let made = folder; made.length >= firstMade.length; made = dirname(made)) await syncFolder(dirname(made));
}

/** Keys below a prefix in ascending order: the names within one folder are all of one length, so its order is theirs. */
async function* walk(folder: string, prefix: string): AsyncGenerator<string> {
  const entries = await orUnavailable('list', () =>
    unlessMissing(readdir(join(folder, prefix), { withFileTypes: true }), []),
  );
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isDirectory()) yield* walk(folder, `${prefix}${entry.name}/`);
    else yield `${prefix}${entry.name}`;
  }
}

async function dropAbandoned(incoming: string): Promise<void> {
  for (const name of await readdir(incoming)) {
    const path = join(incoming, name);
    const found = await unlessMissing(stat(path), null);
    if (found !== null && found.mtimeMs < Date.now() - ABANDONED_MS) await rm(path, { force: true });
  }
}

/** From the folder of a deleted object upwards, while nothing is left in them. */
async function dropEmptyFolders(folder: string, from: string): Promise<void> {
  for (let path = from; path.length > folder.length; path = dirname(path)) {
    try {
      await rmdir(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      return;
    }
  }
}

async function unlessMissing<T, U>(reading: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise;
    throw error;
  }
}
