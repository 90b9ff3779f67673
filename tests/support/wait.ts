/** Waits for a condition, not for a while. Throws with what was waited for. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  withinMs = 30_000,
): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) return found;
    if (Date.now() > end) throw new Error(`waited ${withinMs} ms for ${what}, in vain`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}
