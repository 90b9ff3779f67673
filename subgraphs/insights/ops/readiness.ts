import { InvalidArgumentError, Option } from 'commander';
import { appendAudit } from '#platform/audit';
import { FULL_BASIS, basisOf, signalsOf, type Basis } from '#platform/basis';
import type { Clock } from '#platform/clock';
import type { Database } from '#platform/database';
import { AppError } from '#platform/errors';
import { NAMED_ATHLETE, namedAthlete } from '#platform/named-athlete';
import type { AddVerbs } from '#platform/ops';
import { isLocalDate, type LocalDate } from '#platform/signals';
import { SCORE_SIGNALS } from '../readiness/views/bases.ts';
import { explain, type Explanation } from '../readiness/explanation.ts';
import { readRevisions, replay, type StoredRevision } from '../readiness/views/replay.ts';
import type { ViewKey } from '../readiness/views/snapshots.ts';
import type { OpsParts } from './parts.ts';

/** `athlete`: as the operator names them. */
interface Options {
  athlete: string;
  date: LocalDate;
  basis: Basis;
  revision?: number;
}

/** readiness explain: how one stored score comes about, computed again from what it was computed from. */
export const addReadinessVerbs: AddVerbs<Pick<OpsParts, 'db' | 'clock' | 'terminal'>> = (program, parts) => {
  program
    .command('readiness')
    .description('scores that were given')
    .command('explain')
    .description('Compute a stored score again and print its sum. The athlete sees that somebody looked.')
    .requiredOption('--athlete <who>', NAMED_ATHLETE)
    .requiredOption('--date <day>', 'local day of the score: 2026-11-20', toDate)
    .addOption(
      new Option('--basis <signals>', 'of the view made of these, with commas: HRV,SLEEP')
        .argParser(toBasis)
        .default(FULL_BASIS, 'all three'),
    )
    .option('--revision <number>', 'the newest, if not given', toRevision)
    .action(async (options: Options) => {
      const { lines, isSame } = await explainStored({ db: await parts.db(), clock: await parts.clock() }, options);
      for (const line of lines) parts.terminal.out(line);
      if (!isSame)
        throw new AppError(
          'CONFLICT',
          'The stored revision cannot be computed again from its input. Keep this output, and look at what wrote these rows.',
        );
    });
};

async function explainStored(parts: { db: Database; clock: Clock }, options: Options): Promise<Explanation> {
  const { db, clock } = parts;
  const athleteId = await namedAthlete(db, options.athlete);
  const key = { athleteId, date: options.date, basis: options.basis };
  const revisions = await readRevisions(db, key);
  const newest = revisions.at(-1)?.revision ?? 0;
  const wanted = options.revision ?? newest;
  const stored = revisions.find(({ revision }) => revision === wanted);
  if (!stored) throw notStored(key, revisions);
  await appendAudit(db, [
    {
      at: clock.now(),
      actorId: null,
      actorKind: 'SYSTEM',
      athleteId,
      action: 'READ',
      signals: signalsOf(options.basis),
      purpose: `an operator looked at how the score of ${options.date} came about`,
      requestId: null,
    },
  ]);
  const replayed = replay(stored);
  if (replayed === null)
    throw new AppError(
      'NOT_FOUND',
      `What revision ${stored.revision} was computed from was erased with its source. Nothing is left to compute it from.`,
    );
  return explain(stored, replayed, newest);
}

function notStored({ athleteId, date, basis }: ViewKey, revisions: readonly StoredRevision[]): AppError {
  const view = `a view of ${date} from ${signalsOf(basis).join(', ')}`;
  const known = revisions.map(({ revision }) => revision).join(', ');
  return new AppError(
    'NOT_FOUND',
    revisions.length === 0
      ? `There is no stored score of athlete ${athleteId} in ${view}. Look whether the id, the day and --basis are right.`
      : `Of athlete ${athleteId} there is ${view} in the revisions ${known}. Take one of these.`,
  );
}

function toDate(text: string): LocalDate {
  if (isLocalDate(text)) return text;
  throw new InvalidArgumentError(`${text} is no day in the form 2026-11-20.`);
}

function toBasis(text: string): Basis {
  const names = text.split(',').map((name) => name.trim().toUpperCase());
  const signals = SCORE_SIGNALS.filter((signal) => names.includes(signal));
  if (signals.length === names.length) return basisOf(signals);
  throw new InvalidArgumentError(`A basis is made of ${SCORE_SIGNALS.join(', ')}: HRV,SLEEP.`);
}

function toRevision(text: string): number {
  const revision = Number(text);
  if (Number.isInteger(revision) && revision > 0) return revision;
  throw new InvalidArgumentError(`${text} is no number of a revision: they count from 1.`);
}
