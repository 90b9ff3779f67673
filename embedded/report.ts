/** Writes what a person reads while something starts: one calm line per step, as bootstrap.mjs writes them. */
export interface Report {
  /** Runs the work and prints its line with what it found and how long it took. Prints nothing when it throws. */
  step<T>(name: string, work: () => Promise<T>, found: (result: T) => string): Promise<T>;
  line(text: string): void;
}

export function createReport(out: NodeJS.WriteStream = process.stdout): Report {
  const isTerminal = out.isTTY;
  return {
    async step(name, work, found) {
      const startedAt = performance.now();
      if (isTerminal) out.write(`  ${dotted(name)} …`);
      try {
        const result = await work();
        const line = stepLine({ name, found: found(result), ms: performance.now() - startedAt });
        out.write(`${isTerminal ? '\r\u001b[2K' : ''}${line}\n`);
        return result;
      } catch (error) {
        if (isTerminal) out.write('\r\u001b[2K');
        throw error;
      }
    },
    line: (text) => void out.write(`${text}\n`),
  };
}

export function stepLine(step: { name: string; found: string; ms: number }): string {
  return `  ${dotted(step.name)} ${step.found.padEnd(30)} ${`${(step.ms / 1000).toFixed(1)} s`.padStart(8)}`;
}

function dotted(name: string): string {
  return `${name} `.padEnd(26, '.');
}

/** Columns as wide as their widest cell, two spaces between, no frame: it can be copied and searched. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .join('\n');
}
