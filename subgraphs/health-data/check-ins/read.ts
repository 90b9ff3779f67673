import DataLoader from 'dataloader';
import { decide } from '#platform/consent';
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

/** Consent for all keys, then one statement for those that are shared. Null: this viewer may not know the athlete. */
export function createCheckInLoaders(context: RequestContext): CheckInLoaders {
  return {
    checkIn: new DataLoader<CheckInKey, CheckIn | null, string>(
      async (keys) => {
        const accesses = await context.access.loadMany(keys.map(({ athleteId }) => ({ athleteId, teamId: null })));
        const permissions = keys.map(({ athleteId, date }, index) => {
          const access = accesses[index];
          if (access instanceof Error) throw access;
          const decision = decide({ access, signal: 'CHECK_IN', on: date, at: context.now });
          if (decision.allowed) context.reads.note(athleteId, 'CHECK_IN');
          return { decision, isOwn: access?.relation === 'self' };
        });
        const answers = await readAnswers(
          context,
          keys.map((key, index) => (permissions[index]?.decision.allowed ? key : null)),
        );
        return keys.map(({ date }, index): CheckIn | null => {
          const { decision, isOwn } = permissions[index] as (typeof permissions)[number];
          if (!decision.allowed)
            return decision.reason === 'NOT_SHARED' ? { date, state: 'NOT_SHARED', ...NONE } : null;
          const given = answers[index] ?? NONE;
          const seen = isOwn ? given : { ...given, feel: null };
          const isThere = Object.values(seen).some((answer) => answer !== null);
          return { date, state: isThere ? 'AVAILABLE' : 'NO_DATA', ...seen };
        });
      },
      { cacheKeyFn: ({ athleteId, date }) => `${athleteId} ${date}` },
    ),
  };
}

/** In the order asked; undefined where nothing was asked or nothing is there. */
async function readAnswers(
  { together }: RequestContext,
  keys: readonly (CheckInKey | null)[],
): Promise<(Answers | undefined)[]> {
  if (keys.every((key) => key === null)) return [];
  const rows = await together.query<(Answers & { position: number })[]>(
    `select a.position - 1 as position, c.soreness, c.stress, c.mood, c.feel
       from unnest($1::uuid[], $2::text[]) with ordinality as a(athlete_id, id, position)
       join health_data.check_in c on c.athlete_id = a.athlete_id and c.id = a.id and not c.is_deleted`,
    [keys.map((key) => key?.athleteId ?? null), keys.map((key) => key?.date ?? null)],
  );
  return byPosition(keys.length, rows).map(([row]) => {
    if (row === undefined) return undefined;
    const { soreness, stress, mood, feel } = row;
    return { soreness, stress, mood, feel };
  });
}
