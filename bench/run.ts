import { styleText } from 'node:util';
import { intake } from './intake.bench.ts';
import { latency } from './latency.bench.ts';
import { live } from './live.bench.ts';
import { normalise } from './normalise.bench.ts';
import { recompute } from './recompute.bench.ts';
import { roster } from './roster.bench.ts';

/** Every bench by its name. Each prints tables and says what it holds itself to. */
const BENCHES = new Map<string, (args: string[]) => Promise<void>>([
  ['intake', intake],
  ['normalise', normalise],
  ['latency', latency],
  ['live', live],
  ['roster', roster],
  ['recompute', recompute],
]);

const [name, ...args] = process.argv.slice(2);
const chosen = name === undefined ? [...BENCHES] : [...BENCHES].filter(([known]) => known === name);
if (chosen.length === 0) {
  process.stderr.write(`There is no bench "${name}". These are there: ${[...BENCHES.keys()].join(', ')}.\n`);
  process.exit(1);
}
for (const [title, run] of chosen) {
  process.stdout.write(`\n${styleText('bold', title)}\n`);
  await run(args);
}
process.exit(0);
