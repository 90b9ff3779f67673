/** Waits until `look` answers something that is there: not for a while, and not for 0, false or nothing. Throws with what was waited for. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | null | false | 0> | T | undefined | null | false | 0,
  withinMs = 30_000,
): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false && found !== 0) return found;
    if (Date.now() > end) throw new Error(`waited ${withinMs} ms for ${what}, in vain`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

/** Repeats expectations until they hold: a page draws a moment after it was touched. In the end they fail as they do. */
export async function eventually(expectations: () => Promise<void>, withinMs = 10_000): Promise<void> {
  const end = Date.now() + withinMs;
  for (;;) {
    try {
      return await expectations();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  }
}
