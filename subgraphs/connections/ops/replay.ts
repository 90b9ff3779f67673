import { newId } from '#platform/ids';
import { NAMED_ATHLETE, namedAthlete } from '#platform/named-athlete';
import type { AddVerbs } from '#platform/ops';
import { CannotStart } from '#platform/process';
import { replay, replayRange, type ReplayReport } from '../archive/replay.ts';
import type { OpsParts } from './parts.ts';

const TELL_EVERY_MS = 2_000;
const NAMED_DAMAGED = 10;

interface Typed {
  provider: string;
  from: string;
  to: string;
  athlete?: string;
  runId?: string;
  dryRun?: true;
  json?: true;
}

/** replay: archived deliveries of a provider and some days take the ordinary road once more. */
export const addReplayVerb: AddVerbs<OpsParts> = (program, parts) => {
  program
    .command('replay')
    .description('store archived deliveries once more, so that rows which are gone come back')
    .requiredOption('--provider <name>', 'oura, whoop, garmin ...')
    .requiredOption('--from <day>', 'first day of receipt, UTC, such as 2026-11-01')
    .requiredOption('--to <day>', 'last day of receipt')
    .option('--athlete <who>', `of this athlete only: ${NAMED_ATHLETE}`)
    .option('--run-id <id>', 'go on with a run that stopped: what it stored is not stored again')
    .option('--dry-run', 'count what would be replayed, and write nothing')
    .option('--json', 'print it for a program')
    .action((typed: Typed) => runReplay(parts, typed));
};

async function runReplay(parts: OpsParts, typed: Typed): Promise<void> {
  const { terminal } = parts;
  const range = replayRange(typed);
  const db = await parts.db();
  const athleteId = typed.athlete === undefined ? null : await namedAthlete(db, typed.athlete);
  const runId = typed.runId ?? newId();
  const isDryRun = typed.dryRun === true;
  if (!isDryRun) terminal.err(`Run ${runId}. If it stops, the same command with --run-id ${runId} goes on.`);
  let toldAt = Date.now();
  const report = await replay(
    {
      db,
      archive: await parts.archive(),
      payloadKeys: await parts.payloadKeys(),
      clock: await parts.clock(),
    },
    {
      ...range,
      athleteId,
      runId,
      isDryRun,
      onProgress(day, { read, replayed }) {
        if (Date.now() - toldAt < TELL_EVERY_MS) return;
        toldAt = Date.now();
        terminal.err(`  ${day}  ${read} read, ${replayed} replayed`);
      },
    },
  );
  if (typed.json) terminal.out(JSON.stringify({ runId, ...report, domains: Object.fromEntries(report.domains) }));
  else for (const line of linesOf(report, isDryRun)) terminal.out(line);
  if (report.damaged.length > 0) {
    throw new CannotStart(
      `${report.damaged.length} objects are damaged and were left out: they were changed, moved or cut short in the archive. ` +
        `Deliveries ${report.damaged.slice(0, NAMED_DAMAGED).join(', ')}${report.damaged.length > NAMED_DAMAGED ? ' ...' : ''}`,
    );
  }
}

function linesOf(report: ReplayReport, isDryRun: boolean): string[] {
  const counts: [number, string][] = [
    [report.replayed, isDryRun ? 'would be replayed' : 'replayed; health-data takes them up within a minute'],
    [report.repeated, 'stored by an earlier run of this id'],
    [report.notifications, 'notifications, which carry nothing to replay'],
    [report.erased, 'erased: by their athlete, or with them'],
    [report.damaged.length, 'damaged'],
  ];
  return [
    ...[...report.domains].map(([place, count]) => `  ${place.padEnd(36)} ${String(count).padStart(9)}`),
    `${report.read} objects read`,
    ...counts.filter(([count]) => count > 0).map(([count, what]) => `  ${String(count).padStart(9)} ${what}`),
  ];
}
