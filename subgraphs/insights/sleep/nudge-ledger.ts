import type { RequestContext } from '#platform/context';
import type { Sql } from '#platform/database';
import { AppError } from '#platform/errors';
import { isId, newId } from '#platform/ids';
import type { LocalDate } from '#platform/signals';
import { localDate } from '#platform/slots';
import type { SleepDebt, SleepNudge, SleepNudgeAnswer } from './graph-types.ts';
import { areStopped, isQuiet, nudgeKind, type NudgeKind } from './nudge.ts';

/** Today's, and the two before it that the rule looks at. */
const REMEMBERED = 3;

/** The newest nudges an athlete was shown, newest first. */
export type ShownNudges = readonly {
  id: string;
  date: LocalDate;
  kind: NudgeKind | null;
  answer: SleepNudgeAnswer | 'RESUMED' | null;
}[];

interface Circumstances {
  timeZone: string;
  quietFrom: string;
  quietTo: string;
  shown: ShownNudges;
}

/**
 * Today's nudge of the signed-in athlete, or null: too little debt, a quiet hour, or two ignored in a row. That it was
 * shown is written down here, on the way out: a nudge nobody was shown cannot have been ignored.
 */
export async function readNudge(context: RequestContext, debt: SleepDebt): Promise<SleepNudge | null> {
  if (!isOwn(context, debt.athleteId)) return null;
  const facts = await circumstances(context, debt);
  const today = localDate(context.now, facts.timeZone);
  const quiet = { from: facts.quietFrom, to: facts.quietTo, timeZone: facts.timeZone };
  if (isQuiet({ now: context.now, quiet })) return null;
  const already = facts.shown.find(({ date }) => date === today);
  if (already) return nudgeOf(already);
  const kind = nudgeKind(debt.debtMin);
  if (kind === null || stopped(facts, today)) return null;
  // Two requests at once show the same one: the second finds the row of the first.
  const [row] = await writeShown(context.db, {
    nudges: [{ athleteId: debt.athleteId, date: today, kind }],
    now: context.now,
  });
  return row ? nudgeOf(row) : null;
}

/** Writes down that these nudges are shown, today's of each athlete; one that was shown before stays as it is. */
export async function writeShown(
  db: Sql,
  options: { nudges: readonly { athleteId: string; date: LocalDate; kind: NudgeKind }[]; now: Date },
): Promise<ShownNudges> {
  const { nudges, now } = options;
  return await db.query<ShownNudges>(
    `insert into insights.sleep_nudge as n (athlete_id, date, id, kind, shown_at)
     select athlete_id, date, id, kind, $5
       from unnest($1::uuid[], $2::date[], $3::uuid[], $4::text[]) as g(athlete_id, date, id, kind)
     on conflict (athlete_id, date) do update set kind = n.kind returning n.id, n.date, n.kind, n.answer`,
    [
      nudges.map(({ athleteId }) => athleteId),
      nudges.map(({ date }) => date),
      nudges.map(() => newId()),
      nudges.map(({ kind }) => kind),
      now,
    ],
  );
}

/** What many athletes were shown of late, by one query. */
export async function shownNudges(db: Sql, athleteIds: readonly string[]): Promise<Map<string, ShownNudges>> {
  const rows = await db.query<{ athleteId: string; shown: ShownNudges }[]>(
    `select a.id as "athleteId", n.list as shown from unnest($1::uuid[]) as a(id) cross join lateral ${NEWEST_SHOWN} n`,
    [athleteIds],
  );
  return new Map(rows.map(({ athleteId, shown }) => [athleteId, shown]));
}

/** Whether nudges rest because two were ignored; null for anybody but the athlete. */
export async function areNudgesStopped(context: RequestContext, debt: SleepDebt): Promise<boolean | null> {
  if (!isOwn(context, debt.athleteId)) return null;
  const facts = await circumstances(context, debt);
  return stopped(facts, localDate(context.now, facts.timeZone));
}

/** Saying the same again changes nothing; another word replaces the one before. */
export async function answerNudge(
  context: RequestContext,
  options: { athleteId: string; id: string; answer: SleepNudgeAnswer },
): Promise<SleepNudge> {
  const { athleteId, id, answer } = options;
  const [row] = isId(id)
    ? await context.db.query<ShownNudges>(
        `with answered as (
           update insights.sleep_nudge set answer = $3, answered_at = $4
            where athlete_id = $1 and id = $2 and kind is not null returning id, date, kind, answer
         )
         select id, date, kind, answer from answered`,
        [athleteId, id, answer, context.now],
      )
    : [];
  const nudge = row && nudgeOf(row);
  if (!nudge) throw new AppError('NOT_FOUND', 'There is no such nudge, or its nights were deleted. Reload the page.');
  return nudge;
}

/** The athlete wants nudges again: those that were ignored count as answered. */
export async function resumeNudges(context: RequestContext, athleteId: string): Promise<void> {
  await context.db.query(
    `update insights.sleep_nudge set answer = 'RESUMED', answered_at = $2 where athlete_id = $1 and answer is null`,
    [athleteId, context.now],
  );
}

/** Of the athlete `a.id`. */
const NEWEST_SHOWN = `(
  select coalesce(json_agg(n), '[]') as list
    from (select id, date, kind, answer from insights.sleep_nudge
           where athlete_id = a.id order by date desc limit ${REMEMBERED}) n)`;

const isOwn = ({ viewer }: RequestContext, athleteId: string): boolean =>
  viewer.kind === 'account' && viewer.athleteId === athleteId;

const stopped = ({ shown }: Circumstances, today: LocalDate): boolean =>
  areStopped({ shown: shown.map(({ date, answer }) => ({ date, isAnswered: answer !== null })), today });

const nudgeOf = ({ id, date, kind, answer }: ShownNudges[number]): SleepNudge | null =>
  kind === null ? null : { id, date, kind, answer: answer === 'RESUMED' ? null : answer };

/** What hangs on one answer reads them once. */
const known = new WeakMap<SleepDebt, Promise<Circumstances>>();

function circumstances(context: RequestContext, debt: SleepDebt): Promise<Circumstances> {
  const facts = known.get(debt) ?? readCircumstances(context, debt.athleteId);
  known.set(debt, facts);
  return facts;
}

async function readCircumstances(context: RequestContext, athleteId: string): Promise<Circumstances> {
  const [facts] = await context.together.query<Circumstances[]>(
    `select a.time_zone as "timeZone", q.quiet_from as "quietFrom", q.quiet_to as "quietTo", n.list as shown
       from connections.athlete_v1 a join connections.quiet_hours_v1 q on q.athlete_id = a.id
      cross join lateral ${NEWEST_SHOWN} n
      where a.id = $1`,
    [athleteId],
  );
  if (!facts) throw new AppError('NOT_FOUND', 'This athlete is not there any more. Please sign in again.');
  return facts;
}
