import { existsSync, lstatSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { readStatus } from './status-file.ts';

const dataDir = join(process.cwd(), '.data');

async function isAgreed(): Promise<boolean> {
  if (process.argv.includes('--yes')) return true;
  if (!process.stdin.isTTY) {
    process.stderr.write('Nothing was wiped: there is nobody to ask. To wipe without asking: npm run reset -- --yes\n');
    return false;
  }
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await prompt.question(
    `This wipes ${dataDir}: the database, the messages, the archive and the keys. Go on? [y/N] `,
  );
  prompt.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** As root without user namespaces the cluster may lie elsewhere, with a link in its place. */
function wipe(): void {
  const database = join(dataDir, 'postgres');
  const isLink = lstatSync(database, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  if (isLink && existsSync(database)) rmSync(realpathSync(database), { recursive: true, force: true });
  rmSync(dataDir, { recursive: true, force: true });
}

const running = readStatus(dataDir);
if (running !== undefined) {
  process.stderr.write(
    `Nothing was wiped: Athlete Ally runs on these data (process ${running.pid}). Stop it first, then reset.\n`,
  );
  process.exitCode = 1;
} else if (!existsSync(dataDir)) {
  process.stdout.write('There is nothing to wipe.\n');
} else if (await isAgreed()) {
  wipe();
  process.stdout.write('Wiped. The next npm start begins with fresh keys and the demo.\n');
} else {
  process.exitCode = 1;
}
