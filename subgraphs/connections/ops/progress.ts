import type { Terminal } from '#platform/ops';

const EVERY_MS = 1_000;

/** Prints a line of progress on long work, at most once a second. */
export function everySecond(terminal: Terminal): (line: string) => void {
  let saidAt = performance.now();
  return (line) => {
    if (performance.now() - saidAt < EVERY_MS) return;
    saidAt = performance.now();
    terminal.err(line);
  };
}
