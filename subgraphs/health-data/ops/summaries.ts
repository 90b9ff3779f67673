import { AppError } from '#platform/errors';
import { NAMED_ATHLETE, namedAthlete } from '#platform/named-athlete';
import type { AddVerbs } from '#platform/ops';
import { rebuildSummaries } from '../sources/rebuild.ts';
import type { OpsParts } from './parts.ts';

/** summaries rebuild: what is derived of measured rows, derived anew. */
export const addSummariesVerbs: AddVerbs<Pick<OpsParts, 'db' | 'clock' | 'terminal'>> = (program, parts) => {
  program
    .command('summaries')
    .description('the summaries of days, and which sessions count')
    .command('rebuild')
    .description('Derive them anew from the measured rows, of everybody or of one athlete. Safe while all is running.')
    .option('--athlete <who>', `of this athlete only: ${NAMED_ATHLETE}`)
    .action(async (options: { athlete?: string }) => {
      const [db, clock] = [await parts.db(), await parts.clock()];
      const athleteId = options.athlete === undefined ? null : await namedAthlete(db, options.athlete);
      const athletes = await db.query<{ id: string }[]>(
        'select id from connections.athlete_v1 where $1::uuid is null or id = $1 order by id',
        [athleteId],
      );
      if (athleteId !== null && athletes.length === 0)
        throw new AppError('NOT_FOUND', `There is no athlete ${athleteId}. Copy the id from the athlete's page.`);
      const ids = athletes.map(({ id }) => id);
      const rebuilt = await rebuildSummaries(db, { athleteIds: ids, now: clock.now() });
      parts.terminal.out(
        `${rebuilt.days} days of ${rebuilt.athletes} athletes were derived anew; ${rebuilt.changed} had been wrong.`,
      );
    });
};
