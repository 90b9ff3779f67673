/** Puts an entry behind all others of a memory that holds `most`: what came first leaves first. */
export function keepNewest<Key, Value>(memory: Map<Key, Value>, [key, value]: [Key, Value], most: number): void {
  memory.delete(key);
  memory.set(key, value);
  if (memory.size > most) memory.delete(memory.keys().next().value as Key);
}
