import DataLoader from 'dataloader';
import { signalsOf, type Basis } from '#platform/basis';
import { mayKnow, type Access } from '#platform/consent';
import type { Sql } from '#platform/database';
import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber, localDate } from '#platform/slots';
import { sightOn } from '../readiness/bases.ts';
import type { ReadContext } from '../readiness/read.ts';
import type { ReadinessView } from '../readiness/view.ts';
import { factsIn, factsOf } from './facts.ts';
import { flagIdOf } from './flag-id.ts';
import { DAYS_READ, RULES, openFlags, type FlagCode, type OpenFlag } from './flags.ts';
import type { Flag } from './graph-types.ts';

/** The flags of one athlete in one view: that which a team gets, or (teamId null) the viewer's own. */
export interface FlagKey {
  athleteId: string;
  teamId: string | null;
  /** Who shares an acknowledgement: the ids of teams, or the athlete's own. */
  audiences: readonly string[];
  basis: Basis;
  today: LocalDate;
  /** First day that the viewer may see; null: all. */
  since: LocalDate | null;
}

export type FlagLoader = DataLoader<FlagKey, Flag[], string>;

/** All flags of a request by one query, whatever the number of athletes. */
export const createFlagLoader = (db: Sql): FlagLoader =>
  new DataLoader<FlagKey, Flag[], string>((keys) => readFlags(db, keys), {
    cacheKeyFn: ({ athleteId, teamId, basis, today, since }) => `${athleteId} ${teamId} ${basis} ${today} ${since}`,
  });

async function readFlags(db: Sql, keys: readonly FlagKey[]): Promise<Flag[][]> {
  const known = await readKnown(db, keys);
  return keys.map((key, index) => {
    const { days, seen } = known[index] as Known;
    const facts = new Map(days.map(({ date, facts: bits, view }) => [date, view ? factsOf(view) : factsIn(bits ?? 0)]));
    return openFlags({ ...key, facts }).map((flag) => present(flag, key, seen));
  });
}

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
      keys.map(({ today }) => dateOf(dayNumber(today) - DAYS_READ + 1)),
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
  const today = localDate(context.now, access.timeZone);
  const sight = sightOn({ access, date: today, at: context.now });
  if (sight === null || sight.basis === 0) return [];
  for (const signal of signalsOf(sight.basis)) context.reads.note(athleteId, signal);
  return await context.flags.load({ athleteId, teamId, audiences: audiencesOf(access), today, ...sight });
}

/** An athlete's own flags are theirs; those that coaches see belong to the teams the athlete shares with. */
export const audiencesOf = ({ relation, athleteId, grants }: Access): string[] =>
  relation === 'self' ? [athleteId] : [...new Set(grants.map(({ teamId }) => teamId))];
