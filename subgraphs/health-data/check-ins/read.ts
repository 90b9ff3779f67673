import type DataLoader from 'dataloader';
import { createConsentedLoader } from '#platform/consented';
import type { RequestContext } from '#platform/context';
import type { LocalDate } from '#platform/signals';
import { byPosition } from '../measurements/series.ts';
import type { CheckIn } from './graph-types.ts';

export interface CheckInKey {
  athleteId: string;
  date: LocalDate;
}

export interface CheckInLoaders {
  checkIn: DataLoader<CheckInKey, CheckIn | null, string>;
}

type Answers = Pick<CheckIn, 'soreness' | 'stress' | 'mood' | 'feel'>;
const NONE: Answers = { soreness: null, stress: null, mood: null, feel: null };

/** One statement for all check-ins that are shared. */
export function createCheckInLoaders(context: RequestContext): CheckInLoaders {
  return {
    checkIn: createConsentedLoader<CheckInKey, CheckIn>({
      context,
      signal: 'CHECK_IN',
      dayOf: ({ date }) => date,
      cacheKeyOf: ({ athleteId, date }) => `${athleteId} ${date}`,
      withheld: ({ date }) => ({ date, state: 'NOT_SHARED', ...NONE }),
      async read(asked) {
        const answers = await readAnswers(
          context,
          asked.map(({ key }) => key),
        );
        return asked.map(({ key: { date }, access }, index): CheckIn => {
          const given = answers[index] ?? NONE;
          const seen = access.relation === 'self' ? given : { ...given, feel: null };
          const isThere = Object.values(seen).some((answer) => answer !== null);
          return { date, state: isThere ? 'AVAILABLE' : 'NO_DATA', ...seen };
        });
      },
    }),
  };
}

/** In the order asked; undefined where nothing is there. */
async function readAnswers(
  { together }: RequestContext,
  keys: readonly CheckInKey[],
): Promise<(Answers | undefined)[]> {
  const rows = await together.query<(Answers & { position: number })[]>(
    `select a.position - 1 as position, c.soreness, c.stress, c.mood, c.feel
       from unnest($1::uuid[], $2::text[]) with ordinality as a(athlete_id, id, position)
       join health_data.check_in c on c.athlete_id = a.athlete_id and c.id = a.id and not c.is_deleted`,
    [keys.map(({ athleteId }) => athleteId), keys.map(({ date }) => date)],
  );
  return byPosition(keys.length, rows).map(([row]) => {
    if (row === undefined) return undefined;
    const { soreness, stress, mood, feel } = row;
    return { soreness, stress, mood, feel };
  });
}
