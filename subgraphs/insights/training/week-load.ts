import { decide } from '#platform/consent';
import type { RequestContext } from '#platform/context';
import type { SignalState } from '#platform/graphql-types';
import type { LocalDate } from '#platform/signals';
import { localDate } from '#platform/slots';
import type { WeekLoad } from './load-types.ts';
import type { RecentLoadLoader } from './read-recent-load.ts';
import type { RecentLoad } from './recent-load.ts';
import { hundredths, tenths } from './rounding.ts';

export interface WeekLoadContext extends RequestContext {
  recentLoads: RecentLoadLoader;
}

const WITHHELD: WeekLoad = {
  state: 'NOT_SHARED',
  method: null,
  weekLoad: null,
  loadChange: null,
  daysKnown: 0,
  toldFrom: null,
};

/** The week up to yesterday, as one team (or, teamId null, the viewer) may see it; null for an athlete the viewer may not know. */
export async function readWeekLoad(
  context: WeekLoadContext,
  { athleteId, teamId }: { athleteId: string; teamId: string | null },
): Promise<WeekLoad | null> {
  const access = await context.access.load({ athleteId, teamId });
  const today = localDate(context.now, access?.timeZone ?? 'UTC');
  const decision = decide({ access, signal: 'TRAINING', on: today, at: context.now });
  if (!decision.allowed || !access) return !decision.allowed && decision.reason === 'NOT_SHARED' ? WITHHELD : null;
  context.reads.note(athleteId, 'TRAINING');
  const { timeZone } = access;
  const load = await context.recentLoads.load({ athleteId, timeZone, today, since: decision.since });
  return load && present(load, today);
}

function present(load: RecentLoad, today: LocalDate): WeekLoad {
  const { method, weekLoad, loadChange, daysKnown, toldFrom } = load;
  return {
    state: stateOf(load, today),
    method,
    weekLoad: tenths(weekLoad),
    loadChange: hundredths(loadChange),
    daysKnown,
    toldFrom: toldFrom !== null && toldFrom > today ? toldFrom : null,
  };
}

/** CALIBRATING comes to an end by itself: the grant is young, or there is nothing yet to compare the week with. */
function stateOf({ weekLoad, loadChange, daysKnown, toldFrom }: RecentLoad, today: LocalDate): SignalState {
  if (toldFrom !== null && toldFrom > today) return 'CALIBRATING';
  if (weekLoad !== null) return loadChange === null ? 'CALIBRATING' : 'AVAILABLE';
  return daysKnown > 0 ? 'STALE' : 'NO_DATA';
}
