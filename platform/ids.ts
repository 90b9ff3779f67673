import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

/** A new id whose order is its time of birth (UUID version 7, RFC 9562): index pages stay warm. */
export const newId = (): string => v7({ random: sixteenBytes() });

const pool = new Uint8Array(16 * 256);
let used = pool.length;

/** Drawn many at a time: a call to the system for each id costs more than the id. */
function sixteenBytes(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += 16;
  return pool.slice(used - 16, used);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Ids come from outside: whatever is no UUID is an unknown id, and must never reach a `uuid` column. */
export const isId = (value: string): boolean => UUID.test(value);
