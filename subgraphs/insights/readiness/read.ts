import type { Call } from '#platform/subgraph';
import DataLoader from 'dataloader';
import { signalsOf } from '#platform/basis';
import { mayKnow } from '#platform/consent';
import type { RequestContext } from '#platform/context';
import type { Sql } from '#platform/database';
import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber, localDate } from '#platform/slots';
import { checkStretch } from '#platform/stretch';
import { sightOn } from './views/bases.ts';
import type { Viewing } from './recompute/ensure-views.ts';
import type { Readiness } from './graph-types.ts';
import { present, presentNothing } from './present.ts';
import { viewKey, type ViewKey, type ViewRow } from './views/snapshots.ts';

/** Views of one request: all that are asked for in the same step are one query. */
export type ViewLoader = DataLoader<ViewKey, ViewRow, string>;

export const createViewLoader = (viewing: Viewing, together: Sql): ViewLoader =>
  new DataLoader<ViewKey, ViewRow, string>((keys) => viewing.read(keys, together), { cacheKeyFn: viewKey });

export interface ReadContext extends RequestContext {
  views: ViewLoader;
}

/** What a live stream is opened with. */
export interface WatchContext extends ReadContext {
  opening: Call['opening'];
}

/** Readiness of one day, today in the athlete's zone by default; null for an athlete the viewer may not know. */
export async function readDay(
  context: ReadContext,
  athleteId: string,
  date: LocalDate | null,
): Promise<Readiness | null> {
  const access = await context.access.load({ athleteId, teamId: null });
  if (!mayKnow(access)) return null;
  const day = date ?? localDate(context.now, access.timeZone);
  const sight = sightOn({ access, date: day, at: context.now });
  if (sight === null || sight.basis === 0) return presentNothing(day).readiness;
  for (const signal of signalsOf(sight.basis)) context.reads.note(athleteId, signal);
  return present(await context.views.load({ athleteId, basis: sight.basis, date: day }), sight.since).readiness;
}

/**
 * One entry per day that has a view, up to today; a day on which nothing is shared has an entry that says so. Days
 * before the first night of the shared signals are left out.
 */
export async function readHistory(
  context: ReadContext,
  athleteId: string,
  { from, to }: { from: LocalDate; to: LocalDate },
): Promise<Readiness[] | null> {
  checkStretch({ from, to });
  const access = await context.access.load({ athleteId, teamId: null });
  if (!mayKnow(access)) return null;
  const today = dayNumber(localDate(context.now, access.timeZone));
  const days: Promise<Readiness | null>[] = [];
  for (let day = dayNumber(from); day <= Math.min(dayNumber(to), today); day++) {
    const date = dateOf(day);
    const sight = sightOn({ access, date, at: context.now });
    if (sight === null || sight.basis === 0) days.push(Promise.resolve(presentNothing(date).readiness));
    else {
      for (const signal of signalsOf(sight.basis)) context.reads.note(athleteId, signal);
      const row = context.views.load({ athleteId, basis: sight.basis, date });
      days.push(row.then((view) => (view.revision === 0 ? null : present(view, sight.since).readiness)));
    }
  }
  return (await Promise.all(days)).filter((each) => each !== null);
}
