import { instantOf } from './local-time.ts';
import type { Attempt, Courier, OuraEvent } from './oura/deliver.ts';
import type { Grants } from './oura/grants.ts';
import { documentId } from './oura/sleep.ts';
import { bodyNight, nextMood } from './physiology.ts';
import type { NightChange } from './physiology.ts';
import type { Squad } from './squad.ts';
import type { Story } from './stories.ts';

/** One night that was created or edited. */
export interface PlayedNight {
  date: string;
  documentId: string;
  event: 'create' | 'update';
}

/** What a control call answers; `deliveries` is empty when the athlete is not linked or nobody subscribed. */
export interface Played extends PlayedNight {
  athlete: string;
  isLinked: boolean;
  /** The moment before the first webhook was sent. */
  sentAt: string;
  deliveries: Attempt[];
  /** All nights of the call; the fields above are those of the last one. */
  nights: PlayedNight[];
}

export interface Player {
  /** Today's night, or an edit of it; `mood` forces what otherwise alternates. */
  night(athlete: Story, mood?: NightChange['mood']): Promise<Played>;
  /** Edits of the last seven nights up to yesterday. */
  week(athlete: Story): Promise<Played>;
  /** Yesterday's night edited and today's played as in an illness. */
  illness(athlete: Story): Promise<Played>;
}

const MINUTE_MS = 60_000;

/** Plays nights: changes what the vendor holds and sends the webhooks that say so, the sleep document's first. */
export function createPlayer({
  squad,
  grants,
  courier,
  now,
}: {
  squad: Squad;
  grants: Grants;
  courier: Courier;
  now: () => number;
}): Player {
  const change = (athlete: Story, dayIndex: number, mood?: NightChange['mood']): PlayedNight => {
    const today = squad.today(athlete);
    const day = squad.dayAt(athlete, dayIndex);
    const kept = squad.record(athlete, dayIndex);
    const isThere = squad.documentsOn(athlete, 'daily_sleep', dayIndex).length > 0;
    const before = kept?.change ?? { edits: 0, mood: 'ordinary' as const };
    const after: NightChange = isThere
      ? { edits: before.edits + 1, mood: mood ?? nextMood({ night: bodyNight(day), change: before }) }
      : { edits: before.edits, mood: mood ?? (bodyNight(day).isWorn ? 'ordinary' : 'better') };
    const wakeAtMs =
      kept?.wakeAtMs ?? (dayIndex === today.dayIndex ? wakingToday(athlete, today.date, now()) : undefined);
    squad.keep(athlete, dayIndex, { change: after, ...(wakeAtMs === undefined ? {} : { wakeAtMs }) });
    return { date: day.date, documentId: documentId(day, 'sleep'), event: isThere ? 'update' : 'create' };
  };

  const tell = async (athlete: Story, nights: PlayedNight[]): Promise<Played> => {
    const last = nights.at(-1);
    if (!last) throw new Error('Nothing was played: a call plays at least one night.');
    const isLinked = grants.isLinked(athlete.key);
    const sentAt = new Date(now()).toISOString();
    const deliveries: Attempt[] = [];
    for (const night of isLinked ? nights : []) {
      const user_id = squad.userId(athlete);
      const event = (data_type: string, object_id: string): OuraEvent => ({
        event_type: night.event,
        data_type,
        object_id,
        user_id,
      });
      deliveries.push(...(await courier.send(event('sleep', night.documentId))));
      const day = squad.dayAt(athlete, squad.indexOf(athlete, night.date));
      const others = ['daily_sleep', 'daily_readiness', 'daily_activity'].map((kind) =>
        courier.send(event(kind, documentId(day, kind))),
      );
      deliveries.push(...(await Promise.all(others)).flat());
    }
    return { athlete: athlete.key, ...last, isLinked, sentAt, deliveries, nights };
  };

  return {
    night: (athlete, mood) => tell(athlete, [change(athlete, squad.today(athlete).dayIndex, mood)]),
    week: (athlete) => {
      const yesterday = squad.today(athlete).dayIndex - 1;
      const first = Math.max(squad.range(athlete).first, yesterday - 6);
      const indices = Array.from({ length: yesterday - first + 1 }, (_, offset) => first + offset);
      return tell(
        athlete,
        indices.map((dayIndex) => change(athlete, dayIndex)),
      );
    },
    illness: (athlete) => {
      const { dayIndex } = squad.today(athlete);
      return tell(athlete, [change(athlete, dayIndex - 1, 'ill'), change(athlete, dayIndex, 'ill')]);
    },
  };
}

/** The later of one minute past local midnight and ten minutes ago, in whole seconds. */
function wakingToday(athlete: Story, date: string, nowMs: number): number {
  const afterMidnight = instantOf({ date, minute: 1, timeZone: athlete.timeZone });
  return Math.max(afterMidnight, Math.floor((nowMs - 10 * MINUTE_MS) / 1000) * 1000);
}
