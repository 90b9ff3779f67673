import DataLoader from 'dataloader';
import { signalsOf, type Basis } from '#platform/basis';
import { mayKnow, type Access } from '#platform/consent';
import type { Sql } from '#platform/database';
import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber, localDate } from '#platform/slots';
import { sightOn } from '../readiness/bases.ts';
import type { ReadContext } from '../readiness/read.ts';
import type { ReadinessView } from '../readiness/view.ts';
import { factsIn, factsOf, type Fact } from './facts.ts';
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

/** All flags of a request by two queries, whatever the number of athletes. */
export const createFlagLoader = (db: Sql): FlagLoader =>
  new DataLoader<FlagKey, Flag[], string>((keys) => readFlags(db, keys), {
    cacheKeyFn: ({ athleteId, teamId, basis, today, since }) => `${athleteId} ${teamId} ${basis} ${today} ${since}`,
  });

async function readFlags(db: Sql, keys: readonly FlagKey[]): Promise<Flag[][]> {
  const facts = await readFacts(db, keys);
  const open = keys.map((key, index) => openFlags({ ...key, facts: facts[index] ?? new Map<LocalDate, Fact[]>() }));
  const seen = await readAcknowledgements(db, keys);
  return open.map((flags, index) => flags.map((flag) => present(flag, keys[index] as FlagKey, seen)));
}

interface FactRow {
  position: number;
  date: LocalDate;
  facts: number | null;
  /** Only of a row that was stored before facts were. */
  view: ReadinessView | null;
}

async function readFacts(db: Sql, keys: readonly FlagKey[]): Promise<Map<LocalDate, Fact[]>[]> {
  const rows = await db.query<FactRow[]>(
    `select k.position::int - 1 as position, d.date, d.facts, case when d.facts is null then d.payload end as view
       from unnest($1::uuid[], $2::smallint[], $3::date[], $4::date[]) with ordinality
            as k(athlete_id, basis, from_day, today, position)
       join insights.readiness_day d
         on d.athlete_id = k.athlete_id and d.basis = k.basis and d.date between k.from_day and k.today`,
    [
      keys.map(({ athleteId }) => athleteId),
      keys.map(({ basis }) => basis),
      keys.map(({ today }) => dateOf(dayNumber(today) - DAYS_READ + 1)),
      keys.map(({ today }) => today),
    ],
  );
  const days = keys.map(() => new Map<LocalDate, Fact[]>());
  for (const { position, date, facts, view } of rows)
    days[position]?.set(date, view === null ? factsIn(facts ?? 0) : factsOf(view));
  return days;
}

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
