import DataLoader from 'dataloader';
import { signalsOf, type Basis } from '#platform/basis';
import { decide, mayKnow, type Access } from '#platform/consent';
import type { Sql } from '#platform/database';
import type { LocalDate, Signal } from '#platform/signals';
import { dateOf, dayNumber, laterOf, localDate } from '#platform/slots';
import { sightOn } from '../readiness/views/bases.ts';
import type { ReadContext } from '../readiness/read.ts';
import type { ReadinessView } from '../readiness/formula/view.ts';
import type { RecentLoadKey } from '../training/read-recent-load.ts';
import type { RecentLoad } from '../training/recent-load.ts';
import { factsIn, factsOf } from './facts.ts';
import { flagIdOf } from './flag-id.ts';
import { DAYS_READ, RULES, openFlags, type DayFact, type FlagCode, type OpenFlag } from './flags.ts';
import type { Flag } from './graph-types.ts';

/** What somebody sees of an athlete's flags: of which signals, and from when on. */
export interface FlagKey {
  athleteId: string;
  /** The team whose view it is; null: the athlete's own, or the union of the viewer's teams. */
  teamId: string | null;
  timeZone: string;
  today: LocalDate;
  /** The view of the score's signals, 0 where none is shared. `since`: first day that the viewer may see of it; null: all. */
  basis: Basis;
  since: LocalDate | null;
  /** The same of TRAINING; null where it is not shared. */
  training: { since: LocalDate | null } | null;
  /** Who shares an acknowledgement: the ids of teams, or the athlete's own. */
  audiences: readonly string[];
}

/** What is open, and the same with what is known of who saw it. */
export interface FlagsSeen {
  open: OpenFlag[];
  flags: Flag[];
}

type LoadReader = (keys: readonly RecentLoadKey[]) => Promise<(RecentLoad | null)[]>;
export type FlagLoader = DataLoader<FlagKey, FlagsSeen, string>;

/** All flags of a request by one query, whatever the number of athletes, and what `readLoads` takes. */
export const createFlagLoader = (db: Sql, readLoads: LoadReader): FlagLoader =>
  new DataLoader<FlagKey, FlagsSeen, string>((keys) => readFlags(db, keys, readLoads), {
    cacheKeyFn: ({ athleteId, teamId, timeZone, today, basis, since, training }) =>
      [athleteId, teamId, timeZone, today, basis, since, training === null ? 'none' : training.since].join(' '),
  });

/** What is open to each viewer: from the facts of their views, and from the load where training is shared. */
export async function readFlags(db: Sql, keys: readonly FlagKey[], readLoads: LoadReader): Promise<FlagsSeen[]> {
  const trained = keys.flatMap(({ athleteId, timeZone, today, training }) =>
    training === null ? [] : [{ athleteId, timeZone, today, since: training.since }],
  );
  const [loads, known] = await Promise.all([trained.length === 0 ? [] : readLoads(trained), readKnown(db, keys)]);
  let place = 0;
  return keys.map((key, index) => {
    const load = key.training === null ? null : loads[place++];
    const { days, seen } = known[index] as Known;
    const facts = new Map<LocalDate, DayFact[]>(
      days.map(({ date, facts: bits, view }) => [date, view ? factsOf(view) : factsIn(bits ?? 0)]),
    );
    for (const [date, said] of load?.facts ?? []) facts.set(date, [...(facts.get(date) ?? []), ...said]);
    const open = openFlags({ signals: signalsSeen(key), facts, today: key.today });
    return { open, flags: open.map((flag) => present(flag, key, seen)) };
  });
}

const signalsSeen = ({ basis, training }: Pick<FlagKey, 'basis' | 'training'>): Signal[] =>
  training === null ? signalsOf(basis) : [...signalsOf(basis), 'TRAINING'];

/** What is known for one key: its days, and which flags its audiences have seen. */
interface Known {
  /** `view`: only of a row that was stored before facts were. */
  days: { date: LocalDate; facts: number | null; view: ReadinessView | null }[];
  seen: Acknowledgement[];
}

interface Acknowledgement {
  code: FlagCode;
  openedOn: LocalDate;
  acknowledgedAt: string;
}

async function readKnown(db: Sql, keys: readonly FlagKey[]): Promise<Known[]> {
  return await db.query<Known[]>(
    `select f.days, s.seen
       from unnest($1::uuid[], $2::smallint[], $3::date[], $4::date[], $5::text[]) with ordinality
            as k(athlete_id, basis, from_day, today, audiences, position)
      cross join lateral (
            select coalesce(json_agg(json_build_object('date', d.date, 'facts', d.facts,
                            'view', case when d.facts is null then d.payload end)), '[]') as days
              from insights.readiness_day d
             where d.athlete_id = k.athlete_id and d.basis = k.basis and d.date between k.from_day and k.today) f
      cross join lateral (
            select coalesce(json_agg(json_build_object('code', a.code, 'openedOn', a.opened_on,
                            'acknowledgedAt', a.acknowledged_at) order by a.acknowledged_at), '[]') as seen
              from insights.flag_acknowledgement a
             where a.athlete_id = k.athlete_id and a.audience_id = any(k.audiences::uuid[])) s
      order by k.position`,
    [
      keys.map(({ athleteId }) => athleteId),
      keys.map(({ basis }) => basis),
      keys.map(({ today, since }) => laterOf(dateOf(dayNumber(today) - DAYS_READ + 1), since)),
      keys.map(({ today }) => today),
      keys.map(({ audiences }) => `{${audiences.join(',')}}`),
    ],
  );
}

/** A late night may move the beginning of a spell: it was seen if it was acknowledged on any day of it. */
function present({ code, openedOn, lastOn }: OpenFlag, key: FlagKey, seen: readonly Acknowledgement[]): Flag {
  const { athleteId, teamId, today } = key;
  const { sentence, needs } = RULES[code];
  const acknowledgement = seen.find((each) => each.code === code && each.openedOn >= openedOn);
  return {
    id: flagIdOf({ athleteId, teamId, code, openedOn }),
    code,
    sentence,
    signals: [...needs],
    openedOn,
    holdsToday: lastOn === today,
    acknowledgedAt: acknowledgement ? new Date(acknowledgement.acknowledgedAt) : null,
  };
}

export interface FlagContext extends ReadContext {
  flags: FlagLoader;
}

/**
 * The open flags of an athlete in the view that this viewer has of them today; null for an athlete the viewer may not
 * know, empty where nothing is shared. `teamId`: only what that team was granted.
 */
export async function flagsOf(
  context: FlagContext,
  { athleteId, teamId }: { athleteId: string; teamId: string | null },
): Promise<Flag[] | null> {
  const access = await context.access.load({ athleteId, teamId });
  if (!mayKnow(access)) return null;
  const key = flagKeyOf(context, access, teamId);
  return key === null ? [] : (await context.flags.load(key)).flags;
}

/** What a viewer with this access sees of a day, put on record; null where nothing that flags are told from is shared. */
export function flagKeyOf(
  context: ReadContext,
  access: Access,
  teamId: string | null,
  date: LocalDate = localDate(context.now, access.timeZone),
): FlagKey | null {
  const key = flagKeyAt(context.now, access, teamId, date);
  for (const signal of key === null ? [] : signalsSeen(key)) context.reads.note(access.athleteId, signal);
  return key;
}

/** The same without a record: for what nobody reads. */
export function flagKeyAt(
  now: Date,
  access: Access,
  teamId: string | null,
  date: LocalDate = localDate(now, access.timeZone),
): FlagKey | null {
  const { athleteId, timeZone } = access;
  const { basis, since } = sightOn({ access, date, at: now }) ?? { basis: 0, since: null };
  const decision = decide({ access, signal: 'TRAINING', on: date, at: now });
  const training = decision.allowed ? { since: decision.since } : null;
  if (basis === 0 && training === null) return null;
  return { athleteId, teamId, timeZone, today: date, basis, since, training, audiences: audiencesOf(access) };
}

/** An athlete's own flags are theirs; those that coaches see belong to the teams the athlete shares with. */
export const audiencesOf = ({ relation, athleteId, grants }: Access): string[] =>
  relation === 'self' ? [athleteId] : [...new Set(grants.map(({ teamId }) => teamId))];
