import DataLoader from 'dataloader';
import { signalsOf, type Basis } from '#platform/basis';
import { decide, mayKnow, type Access } from '#platform/consent';
import type { Sql } from '#platform/database';
import type { LocalDate, Signal } from '#platform/signals';
import { dateOf, dayNumber, localDate } from '#platform/slots';
import { sightOn } from '../readiness/bases.ts';
import type { ReadContext } from '../readiness/read.ts';
import type { ReadinessView } from '../readiness/view.ts';
import type { RecentLoadKey } from '../training/read-recent-load.ts';
import type { RecentLoad } from '../training/recent-load.ts';
import { factsIn, factsOf } from './facts.ts';
import { flagIdOf } from './flag-id.ts';
import { DAYS_READ, RULES, openFlags, type DayFact, type FlagCode, type OpenFlag } from './flags.ts';
import type { Flag } from './graph-types.ts';

/** What somebody sees of an athlete's flags: of which signals, and from when on. */
export interface FlagSight {
  athleteId: string;
  timeZone: string;
  today: LocalDate;
  /** The view of the score's signals, 0 where none is shared. `since`: first day that the viewer may see of it; null: all. */
  basis: Basis;
  since: LocalDate | null;
  /** The same of TRAINING; null where it is not shared. */
  training: { since: LocalDate | null } | null;
}

/** The flags of one athlete that a team sees, or (teamId null) the viewer's own. */
export interface FlagKey extends FlagSight {
  teamId: string | null;
  /** Who shares an acknowledgement: the ids of teams, or the athlete's own. */
  audiences: readonly string[];
}

type LoadReader = (keys: readonly RecentLoadKey[]) => Promise<(RecentLoad | null)[]>;

/** All flags of a request by the same queries, whatever the number of athletes; `flags` with what is known of who saw them. */
export interface FlagLoaders {
  open: DataLoader<FlagSight, OpenFlag[], string>;
  flags: DataLoader<FlagKey, Flag[], string>;
}

export function createFlagLoaders(db: Sql, readLoads: LoadReader): FlagLoaders {
  const open = new DataLoader<FlagSight, OpenFlag[], string>((sights) => readOpenFlags(db, sights, readLoads), {
    cacheKeyFn: nameOf,
  });
  return {
    open,
    flags: new DataLoader<FlagKey, Flag[], string>(
      async (keys) => {
        const found = await Promise.all(keys.map((key) => open.load(key)));
        const seen = await readAcknowledgements(db, keys);
        return found.map((flags, index) => flags.map((flag) => present(flag, keys[index] as FlagKey, seen)));
      },
      { cacheKeyFn: (key) => `${key.teamId} ${nameOf(key)}` },
    ),
  };
}

const nameOf = ({ athleteId, timeZone, today, basis, since, training }: FlagSight): string =>
  [athleteId, timeZone, today, basis, since, training === null ? 'none' : training.since].join(' ');

/** What is open to each viewer: from the facts of their views, and from the load where training is shared. */
export async function readOpenFlags(
  db: Sql,
  sights: readonly FlagSight[],
  readLoads: LoadReader,
): Promise<OpenFlag[][]> {
  const trained = sights.flatMap(({ athleteId, timeZone, today, training }) =>
    training === null ? [] : [{ athleteId, timeZone, today, since: training.since }],
  );
  const loads = trained.length === 0 ? [] : await readLoads(trained);
  const facts = await readFacts(db, sights);
  let place = 0;
  return sights.map(({ basis, training, today }, index) => {
    const load = training === null ? null : loads[place++];
    const known = facts[index] ?? new Map<LocalDate, DayFact[]>();
    for (const [date, said] of load?.facts ?? []) known.set(date, [...(known.get(date) ?? []), ...said]);
    return openFlags({ signals: signalsSeen({ basis, training }), facts: known, today });
  });
}

const signalsSeen = ({ basis, training }: Pick<FlagSight, 'basis' | 'training'>): Signal[] => {
  return training === null ? signalsOf(basis) : [...signalsOf(basis), 'TRAINING'];
};

interface FactRow {
  position: number;
  date: LocalDate;
  facts: number | null;
  /** Only of a row that was stored before facts were. */
  view: ReadinessView | null;
}

async function readFacts(db: Sql, keys: readonly FlagSight[]): Promise<Map<LocalDate, DayFact[]>[]> {
  const rows = await db.query<FactRow[]>(
    `select k.position::int - 1 as position, d.date, d.facts, case when d.facts is null then d.payload end as view
       from unnest($1::uuid[], $2::smallint[], $3::date[], $4::date[]) with ordinality
            as k(athlete_id, basis, from_day, today, position)
       join insights.readiness_day d
         on d.athlete_id = k.athlete_id and d.basis = k.basis and d.date between k.from_day and k.today`,
    [
      keys.map(({ athleteId }) => athleteId),
      keys.map(({ basis }) => basis),
      keys.map(({ today, since }) => laterOf(dateOf(dayNumber(today) - DAYS_READ + 1), since)),
      keys.map(({ today }) => today),
    ],
  );
  const days = keys.map(() => new Map<LocalDate, DayFact[]>());
  for (const { position, date, facts, view } of rows)
    days[position]?.set(date, view === null ? factsIn(facts ?? 0) : factsOf(view));
  return days;
}

const laterOf = (date: LocalDate, since: LocalDate | null): LocalDate =>
  since !== null && since > date ? since : date;

interface Acknowledgement {
  athleteId: string;
  audience: string;
  code: FlagCode;
  openedOn: LocalDate;
  acknowledgedAt: Date;
}

async function readAcknowledgements(db: Sql, keys: readonly FlagKey[]): Promise<Acknowledgement[]> {
  const pairs = keys.flatMap(({ athleteId, audiences }) => audiences.map((audience) => ({ athleteId, audience })));
  return await db.query<Acknowledgement[]>(
    `select a.athlete_id as "athleteId", a.audience_id as audience, a.code, a.opened_on as "openedOn",
            a.acknowledged_at as "acknowledgedAt"
       from (select distinct athlete_id, audience_id from unnest($1::uuid[], $2::uuid[]) as k(athlete_id, audience_id)) k
       join insights.flag_acknowledgement a using (athlete_id, audience_id)
      order by a.acknowledged_at`,
    [pairs.map(({ athleteId }) => athleteId), pairs.map(({ audience }) => audience)],
  );
}

/** A late night may move the beginning of a spell: it was seen if it was acknowledged on any day of it. */
function present({ code, openedOn, lastOn }: OpenFlag, key: FlagKey, seen: readonly Acknowledgement[]): Flag {
  const { athleteId, teamId, audiences, today } = key;
  const { sentence, needs } = RULES[code];
  const acknowledgement = seen.find(
    (each) =>
      each.athleteId === athleteId &&
      audiences.includes(each.audience) &&
      each.code === code &&
      each.openedOn >= openedOn,
  );
  return {
    id: flagIdOf({ athleteId, teamId, code, openedOn }),
    code,
    sentence,
    signals: [...needs],
    openedOn,
    holdsToday: lastOn === today,
    acknowledgedAt: acknowledgement?.acknowledgedAt ?? null,
  };
}

export interface FlagContext extends ReadContext {
  flagging: FlagLoaders;
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
  const sight = flagSightOf(context, access);
  return sight === null ? [] : await context.flagging.flags.load({ ...sight, teamId, audiences: audiencesOf(access) });
}

/** The same, put on record. */
export function flagSightOf(context: ReadContext, access: Access): FlagSight | null {
  const sight = flagSightAt(context.now, access);
  for (const signal of sight === null ? [] : signalsSeen(sight)) context.reads.note(access.athleteId, signal);
  return sight;
}

/** What a viewer with this access sees today; null where nothing that flags are told from is shared. */
export function flagSightAt(now: Date, access: Access): FlagSight | null {
  const { athleteId, timeZone } = access;
  const today = localDate(now, timeZone);
  const { basis, since } = sightOn({ access, date: today, at: now }) ?? { basis: 0, since: null };
  const decision = decide({ access, signal: 'TRAINING', on: today, at: now });
  const training = decision.allowed ? { since: decision.since } : null;
  return basis === 0 && training === null ? null : { athleteId, timeZone, today, basis, since, training };
}

/** An athlete's own flags are theirs; those that coaches see belong to the teams the athlete shares with. */
export const audiencesOf = ({ relation, athleteId, grants }: Access): string[] =>
  relation === 'self' ? [athleteId] : [...new Set(grants.map(({ teamId }) => teamId))];
