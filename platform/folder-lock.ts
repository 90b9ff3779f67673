import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const NAME = 'lock';
const SQLITE_BUSY = 5;

/**
 * Takes a folder for this process alone; null: another has it. The operating system gives the lock back when the process
 * ends, however it ends, and tells processes apart where their ids do not: in containers that share a volume.
 */
export function lockFolder(folder: string): { release(): void } | null {
  const lock = new DatabaseSync(join(folder, NAME));
  try {
    // Nothing is ever written, so a journal has no use.
    lock.exec('pragma journal_mode = memory; pragma locking_mode = exclusive; begin exclusive');
  } catch (error) {
    lock.close();
    if ((error as { errcode?: unknown }).errcode === SQLITE_BUSY) return null;
    throw error;
  }
  return {
    release() {
      if (lock.isOpen) lock.close();
    },
  };
}
