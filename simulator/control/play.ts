import type { Day } from '../athletes/day.ts';
import { instantOf } from '../athletes/local-time.ts';
import { bodyNight, nextMood } from '../athletes/physiology.ts';
import type { NightChange } from '../athletes/physiology.ts';
import type { Squad } from '../athletes/squad.ts';
import type { Story } from '../athletes/stories.ts';
import type { PlayedNight } from '../vendor/definition.ts';
import type { Attempt } from '../vendor/delivery-log.ts';
import type { SimulatedVendor } from '../vendor/start.ts';

/** One night that was created or edited, as a control call answers it. */
export interface ToldNight {
  date: string;
  documentId: string;
  event: 'create' | 'update';
}

/** What a control call answers; `deliveries` is empty when the athlete is not linked or nobody subscribed. */
export interface Played extends ToldNight {
  athlete: string;
  provider: string;
  isLinked: boolean;
  /** The moment before the first webhook was sent. */
  sentAt: string;
  deliveries: Attempt[];
  /** All nights of the call; the fields above are those of the last one. */
  nights: ToldNight[];
}

/** Whose night it is, and the vendor whose device tells of it. */
export interface Performance {
  athlete: Story;
  vendor: SimulatedVendor;
}

export interface Player {
  /** Today's night, or an edit of it; `mood` forces what otherwise alternates. */
  night(performance: Performance, mood?: NightChange['mood']): Promise<Played>;
  /** Edits of the last seven nights up to yesterday. */
  week(performance: Performance): Promise<Played>;
  /** Yesterday's night edited and today's played as in an illness. */
  illness(performance: Performance): Promise<Played>;
  /** The last night is deleted at the vendor; null if there is none. */
  deleteLast(performance: Performance): Promise<{ date: string; deliveries: Attempt[] } | null>;
}

const MINUTE_MS = 60_000;

/** Plays nights: changes what the body did, and has one vendor send the webhooks that say so. */
export function createPlayer({ squad, now }: { squad: Squad; now: () => number }): Player {
  const isHeld = ({ athlete, vendor }: Performance, day: Day | null): day is Day =>
    day !== null && bodyNight(day).isWorn && !vendor.deletedNights.has(athlete, day.dayIndex);

  const change = (performance: Performance, dayIndex: number, mood?: NightChange['mood']): PlayedNight => {
    const { athlete, vendor } = performance;
    const today = squad.today(athlete);
    const day = squad.dayAt(athlete, dayIndex);
    const kept = squad.record(athlete, dayIndex);
    const wasMeasured = squad.measuredOn(athlete, dayIndex) !== null && bodyNight(day).isWorn;
    const event = isHeld(performance, squad.measuredOn(athlete, dayIndex)) ? 'update' : 'create';
    const before = kept?.change ?? { edits: 0, mood: 'ordinary' as const };
    const after: NightChange = wasMeasured
      ? { edits: before.edits + 1, mood: mood ?? nextMood({ night: bodyNight(day), change: before }) }
      : { edits: before.edits, mood: mood ?? (bodyNight(day).isWorn ? 'ordinary' : 'better') };
    const wakeAtMs =
      kept?.wakeAtMs ?? (dayIndex === today.dayIndex ? wakingToday(athlete, today.date, now()) : undefined);
    squad.keep(athlete, dayIndex, { change: after, ...(wakeAtMs === undefined ? {} : { wakeAtMs }) });
    vendor.deletedNights.remove(athlete, dayIndex);
    return { day: squad.dayAt(athlete, dayIndex), event };
  };

  const tell = async ({ athlete, vendor }: Performance, played: PlayedNight[]): Promise<Played> => {
    const nights = played.map(({ day, event }) => ({ date: day.date, documentId: vendor.documentIdOf(day), event }));
    const last = nights.at(-1);
    if (!last) throw new Error('Nothing was played: a call plays at least one night.');
    const sentAt = new Date(now()).toISOString();
    const isLinked = vendor.grants.isLinked(athlete.key);
    const deliveries = await vendor.tell(athlete, played);
    return { athlete: athlete.key, provider: vendor.slug, ...last, isLinked, sentAt, deliveries, nights };
  };

  return {
    night: (performance, mood) =>
      tell(performance, [change(performance, squad.today(performance.athlete).dayIndex, mood)]),
    week: (performance) => {
      const { athlete } = performance;
      const yesterday = squad.today(athlete).dayIndex - 1;
      const first = Math.max(squad.range(athlete).first, yesterday - 6);
      const indices = Array.from({ length: yesterday - first + 1 }, (_, offset) => first + offset);
      return tell(
        performance,
        indices.map((dayIndex) => change(performance, dayIndex)),
      );
    },
    illness: (performance) => {
      const { dayIndex } = squad.today(performance.athlete);
      return tell(performance, [change(performance, dayIndex - 1, 'ill'), change(performance, dayIndex, 'ill')]);
    },
    deleteLast: async (performance) => {
      const { athlete, vendor } = performance;
      const { first, last } = squad.range(athlete);
      for (let dayIndex = last; dayIndex >= first; dayIndex--) {
        const day = squad.measuredOn(athlete, dayIndex);
        if (isHeld(performance, day)) return { date: day.date, deliveries: await vendor.deleteNight(athlete, day) };
      }
      return null;
    },
  };
}

/** The later of one minute past local midnight and ten minutes ago, in whole seconds. */
function wakingToday(athlete: Story, date: string, nowMs: number): number {
  const afterMidnight = instantOf({ date, minute: 1, timeZone: athlete.timeZone });
  return Math.max(afterMidnight, Math.floor((nowMs - 10 * MINUTE_MS) / 1000) * 1000);
}
