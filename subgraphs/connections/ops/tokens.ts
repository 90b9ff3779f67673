import { AppError } from '#platform/errors';
import { NAMED_ATHLETE, namedAthlete } from '#platform/named-athlete';
import type { AddVerbs } from '#platform/ops';
import { beginRotation, endRotation, rotateTokenKeys, type Rotated } from '../vault/rotate-tokens.ts';
import type { OpsParts } from './parts.ts';
import { everySecond } from './progress.ts';

/** tokens rotate: a new token key for each athlete, or for one. */
export const addTokensVerbs: AddVerbs<OpsParts> = (program, parts) => {
  const tokens = program.command('tokens').description('The tokens that providers gave us for athletes');
  tokens
    .command('rotate')
    .description(
      'give each athlete a new data key and seal their provider tokens under it; can be stopped and run again',
    )
    .option('--athlete <who>', `of this athlete only: ${NAMED_ATHLETE}`)
    .option('--json', 'print the result for a program')
    .action(async ({ athlete, json }: { athlete?: string; json?: true }) => {
      const done = await (athlete === undefined ? rotateAll(parts) : rotateOne(parts, athlete));
      const { newKeys, resealed, removedKeys, broken } = done;
      parts.terminal.out(
        json
          ? JSON.stringify(done)
          : `${newKeys} athletes have a new token key; the tokens of ${resealed} connections were sealed anew, ${removedKeys} old keys are gone.`,
      );
      if (broken.length > 0) throw doNotOpen(broken);
    });
};

async function rotateAll(parts: OpsParts): Promise<Rotated> {
  const [db, clock] = [await parts.db(), await parts.clock()];
  await parts.rings();
  const { startedAt, isResumed } = await beginRotation(db, clock);
  if (isResumed) parts.terminal.err(`Going on with the rotation that began at ${startedAt.toISOString()}.`);
  const done = await rotate(parts, { startedAt, athleteId: null });
  await endRotation(db, { startedAt, clock });
  return done;
}

async function rotateOne(parts: OpsParts, named: string): Promise<Rotated> {
  const db = await parts.db();
  const athleteId = await namedAthlete(db, named);
  const known = await db.query<unknown[]>(`select from data_key where athlete_id = $1 and kind = 'token'`, [athleteId]);
  if (known.length === 0)
    throw new AppError(
      'NOT_FOUND',
      `There is no athlete ${athleteId} with a token key. Give the id of the table connections.athlete.`,
    );
  return rotate(parts, { startedAt: (await parts.clock()).now(), athleteId });
}

async function rotate(parts: OpsParts, which: { startedAt: Date; athleteId: string | null }): Promise<Rotated> {
  const say = everySecond(parts.terminal);
  return rotateTokenKeys({
    db: await parts.db(),
    clock: await parts.clock(),
    ring: (await parts.rings()).token,
    ...which,
    onBatch: ({ newKeys, resealed }) => say(`${newKeys} new keys, the tokens of ${resealed} connections sealed anew`),
  });
}

const doNotOpen = (broken: readonly string[]): AppError =>
  new AppError(
    'CONFLICT',
    `The tokens of ${broken.length} connections do not open and stay under their old key: ${broken.slice(0, 5).join(', ')}${broken.length > 5 ? ' ...' : ''}. Their rows were altered. The athletes have to link these providers again.`,
  );
