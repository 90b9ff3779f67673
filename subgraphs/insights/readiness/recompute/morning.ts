import { FULL_BASIS, has, type Basis, type ScoreSignal } from '#platform/basis';
import type { Ordered, Sql } from '#platform/database';
import type { Logger } from '#platform/log';
import { startRounds, type Rounds } from '#platform/rounds';
import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber, lastSlot, localDate, localTimeInstant, nextSlot } from '#platform/slots';
import { noteTrained } from '../../notify/changed-views.ts';
import { announcementsOf } from './announcements.ts';
import { SCORE_SIGNALS, basesBetween, basesOn, loadGrants, type TeamGrant } from '../views/bases.ts';
import {
  computeViews,
  isKept,
  loadAthletes,
  loadMaterial,
  lockAthletes,
  storedDays,
  type AthleteFacts,
  type DayToScore,
  type Material,
} from '../views/material.ts';
import { basesToScore, daysToScore, type RecomputeParts, type Touch } from './recompute.ts';
import { columns, writeViews, type NewView } from '../views/snapshots.ts';
import type { ReadinessView, StreamView } from '../formula/view.ts';
import { nightsKnownTo } from '../views/load-history.ts';

/** By then an athlete has a score of the day, of whatever there is: it must be readable before 07:00. */
const MORNING = '06:30';
const EVERY_MS = 15_000;
const ENROL_EVERY_MS = 300_000;
const BATCH = 40;
/** A claim holds this long; a process that dies with it leaves the work to the next. */
const CLAIM_MS = 60_000;
/**
 * Touches are looked for this long before the last slot once more: health-data takes its time before the transaction
 * that holds it commits, so one that is older than the slot may appear after it.
 */
const OVERLAP_MS = 10 * 60_000;

/** Does what athletes' clocks ask for. Replicas share the work by claims. */
export function startMorning(parts: RecomputeParts & { log: Logger }): Rounds {
  let enrolledAt = -Infinity;
  return startRounds({
    everyMs: EVERY_MS,
    complaint: 'a morning run failed and will be repeated',
    log: parts.log,
    async round() {
      const now = parts.clock.now();
      if (now.getTime() - enrolledAt >= ENROL_EVERY_MS) {
        await enrol(parts.db, now);
        enrolledAt = now.getTime();
      }
      return (await runDue(parts)) === BATCH ? 'more' : 'done';
    },
  });
}

/** Puts new athletes on the schedule, and those who moved to another zone. Being looked at early harms nobody. */
export async function enrol(db: Sql, now: Date): Promise<void> {
  await db.query(
    `insert into insights.schedule (athlete_id, time_zone, due_at)
     select a.id, a.time_zone, $1
       from connections.athlete_v1 a left join insights.schedule s on s.athlete_id = a.id
      where s.athlete_id is null or s.time_zone <> a.time_zone
     on conflict (athlete_id) do update set time_zone = excluded.time_zone, due_at = excluded.due_at`,
    [now],
  );
}

interface Due {
  athleteId: string;
  morningDoneOn: LocalDate | null;
  slotDoneAt: Date | null;
}

/** One batch; returns how many athletes were due. */
export async function runDue(parts: RecomputeParts): Promise<number> {
  const now = parts.clock.now();
  const due = await parts.db.query<Due[]>(
    `with due as (
       select athlete_id from insights.schedule where due_at <= $1 order by due_at limit ${BATCH} for update skip locked
     ), claimed as (
       update insights.schedule s set due_at = $2 from due where s.athlete_id = due.athlete_id
       returning s.athlete_id, s.morning_done_on, s.slot_done_at
     )
     select athlete_id as "athleteId", morning_done_on as "morningDoneOn", slot_done_at as "slotDoneAt" from claimed`,
    [now, new Date(now.getTime() + CLAIM_MS)],
  );
  if (due.length === 0) return 0;
  const views = await parts.db.prepared.transaction((tx) => doDue(tx, due, now));
  for (const announcement of announcementsOf(views)) parts.announce(announcement);
  return due.length;
}

/** What one athlete's clock asks for at this moment. */
interface Work {
  facts: AthleteFacts;
  today: LocalDate;
  now: Date;
  /** The morning of this day has come, and was not done. */
  isMorning: boolean;
  /** Bases with SLEEP of which today's view is missing. */
  morning: Basis[];
  /** The slot whose views without SLEEP are due; null when they are done, or when nobody sees such a view. */
  slot: Date | null;
  slotDoneAt: Date | null;
}

async function doDue(tx: Ordered, due: readonly Due[], now: Date): Promise<NewView[]> {
  const athleteIds = due.map(({ athleteId }) => athleteId);
  await lockAthletes(tx, athleteIds);
  const facts = await loadAthletes(tx, athleteIds);
  const grants = await loadGrants(tx, { athleteIds, now });
  const stored = await storedToday(tx, [...facts.values()], now);
  const works = due.flatMap((each): Work[] => {
    const athlete = facts.get(each.athleteId);
    if (!athlete) return [];
    return [
      workOf({
        due: each,
        facts: athlete,
        grants: grants.get(each.athleteId) ?? [],
        stored: stored.get(each.athleteId),
        now,
      }),
    ];
  });
  const views = await compute(
    tx,
    works.filter(({ morning, slot }) => morning.length > 0 || slot !== null),
    now,
  );
  await writeViews(tx, views);
  const begun = works.filter(({ isMorning }) => isMorning).map(({ facts: { athleteId } }) => athleteId);
  await noteTrained(tx, { athleteIds: begun, now });
  await setDone(tx, works);
  return views;
}

function workOf(options: {
  due: Due;
  facts: AthleteFacts;
  grants: readonly TeamGrant[];
  stored: readonly Basis[] | undefined;
  now: Date;
}): Work {
  const { due, facts, grants, now } = options;
  const today = localDate(now, facts.timeZone);
  const isMorning = now >= morningOf({ today, timeZone: facts.timeZone }) && due.morningDoneOn !== today;
  const slot = lastSlot(now, facts.timeZone);
  const first = grants.reduce((oldest, { since }) => (since < oldest ? since : oldest), today);
  const isSlotSeen = [...basesBetween(grants, first, today)].some((basis) => !has(basis, 'SLEEP'));
  const isSlotDone = due.slotDoneAt !== null && due.slotDoneAt >= slot;
  const kept = new Set([FULL_BASIS, ...basesOn(grants, today)]);
  return {
    facts,
    today,
    now,
    isMorning,
    morning: isMorning ? [...kept].filter((basis) => has(basis, 'SLEEP') && !options.stored?.includes(basis)) : [],
    slot: isSlotSeen && !isSlotDone ? slot : null,
    slotDoneAt: due.slotDoneAt,
  };
}

/** Of most athletes the night is in by the morning: then there is nothing to compute, and nothing is loaded. */
async function storedToday(tx: Sql, athletes: readonly AthleteFacts[], now: Date): Promise<Map<string, Basis[]>> {
  const rows = await tx.query<{ athleteId: string; basis: Basis }[]>(
    `select d.athlete_id as "athleteId", d.basis
       from unnest($1::uuid[], $2::date[]) as a(athlete_id, date)
       join insights.readiness_day d on d.athlete_id = a.athlete_id and d.date = a.date`,
    columns(
      athletes,
      ({ athleteId }) => athleteId,
      ({ timeZone }) => localDate(now, timeZone),
    ),
  );
  return new Map(
    [...Map.groupBy(rows, (row) => row.athleteId)].map(([athleteId, own]) => [athleteId, own.map((row) => row.basis)]),
  );
}

async function compute(tx: Sql, works: readonly Work[], now: Date): Promise<NewView[]> {
  if (works.length === 0) return [];
  const touches = await touchesBeforeSlot(tx, works);
  const materials = await loadMaterial(
    tx,
    works.map(({ facts, today }) => {
      const days = (touches.get(facts.athleteId) ?? []).map(({ day }) => day);
      return { facts, from: days.reduce((first, day) => (day < first ? day : first), today), to: today };
    }),
    now,
  );
  return materials.flatMap((material, index) => {
    const { morning, slot } = works[index] as Work;
    const todays = morning.map((basis) => ({
      basis,
      days: [{ date: material.today, reason: 'COMPUTED' } satisfies DayToScore],
    }));
    const ofSlot = slot === null ? [] : slotWork(material, slot, touches.get(material.athleteId) ?? []);
    return computeViews(material, [...todays, ...ofSlot]);
  });
}

export const morningOf = ({ today, timeZone }: { today: LocalDate; timeZone: string }): Date =>
  localTimeInstant(today, MORNING, timeZone);

/** The views without SLEEP, with what had been stored by the slot. */
function slotWork(material: Material, slot: Date, touches: readonly Touch[]): { basis: Basis; days: DayToScore[] }[] {
  const slotDay = localDate(slot, material.timeZone);
  const bases = new Set([...basesToScore(material, touches), ...basesOn(material.grants, slotDay)]);
  return [...bases]
    .filter((basis) => !has(basis, 'SLEEP'))
    .map((basis) => {
      const days = daysToScore({ material, basis, touches: asSeen(material, basis, touches), today: slotDay });
      const isMissing = !storedDays(material, basis).has(slotDay) && !days.some(({ date }) => date === slotDay);
      const isDue = isMissing && isKept(material, basis, slotDay);
      return { basis, days: isDue ? [...days, { date: slotDay, reason: 'COMPUTED' }] : days };
    });
}

/**
 * Touches as a view without SLEEP knows them: a night is a repeat if the stored view of its day rests on it. How often it
 * was written tells of SLEEP: a document that was corrected there alone writes its other nights anew. A night that came and
 * went since the last slot was never there: whether it stood for an hour in between tells when the athlete slept.
 */
export function asSeen(material: Material, basis: Basis, touches: readonly Touch[]): Touch[] {
  const stored = storedDays(material, basis);
  const nights = nightsKnownTo(material.nights, basis);
  return touches.flatMap((touch) => {
    const payload = stored.get(touch.day)?.payload;
    const stream = payload ? streamOf(JSON.parse(payload) as ReadinessView, touch.signal) : undefined;
    const isRepeat = stream !== undefined && restsOnTonight(stream);
    const isThere = nights.some(({ day, signal }) => day === touch.day && signal === touch.signal);
    // Of a signal that was unusable a view does not tell whether it had tonight.
    const wasNeverThere = !isThere && !isRepeat && (stream?.age ?? null) !== null;
    return wasNeverThere ? [] : [{ ...touch, isRepeat }];
  });
}

const streamOf = ({ signals }: ReadinessView, signal: ScoreSignal): StreamView | undefined =>
  signal === 'HRV' ? signals.hrv : signals.rhr;

const restsOnTonight = ({ age, source }: StreamView): boolean => age === 0 && source !== 'MOVING_AVERAGE';

/** What was written between an athlete's slots, to nights of signals that are not SLEEP. */
async function touchesBeforeSlot(tx: Sql, works: readonly Work[]): Promise<Map<string, Touch[]>> {
  const due = works.filter(({ slot }) => slot !== null);
  const rows = await tx.query<Touch[]>(
    `select t.athlete_id as "athleteId", t.day, t.signal, t.revision, t.revision > 1 as "isRepeat"
       from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) as a(athlete_id, until_at, after_at)
       join health_data.touched_day_v1 t
         on t.athlete_id = a.athlete_id and t.touched_at <= a.until_at and (a.after_at is null or t.touched_at > a.after_at)
      where t.signal = any($4)`,
    [
      ...columns(
        due,
        ({ facts }) => facts.athleteId,
        ({ slot }) => slot,
        ({ slotDoneAt }) => (slotDoneAt === null ? null : new Date(slotDoneAt.getTime() - OVERLAP_MS)),
      ),
      SCORE_SIGNALS.filter((signal) => signal !== 'SLEEP'),
    ],
  );
  return Map.groupBy(rows, ({ athleteId }) => athleteId);
}

/**
 * Notes what is done and when the athlete's clock asks again. A slot that nobody sees is not noted as done: when
 * somebody does again, what was written since the last one is taken up.
 */
async function setDone(tx: Sql, works: readonly Work[]): Promise<void> {
  await tx.query(
    `with done as (
       select * from unnest($1::uuid[], $2::date[], $3::timestamptz[], $4::timestamptz[])
                  as d(athlete_id, morning_done_on, slot_done_at, due_at)
     )
     update insights.schedule s
        set morning_done_on = coalesce(done.morning_done_on, s.morning_done_on),
            slot_done_at = coalesce(done.slot_done_at, s.slot_done_at), due_at = done.due_at
       from done where s.athlete_id = done.athlete_id`,
    columns(
      works,
      ({ facts }) => facts.athleteId,
      ({ now, today, facts }) => (now >= morningOf({ today, timeZone: facts.timeZone }) ? today : null),
      ({ slot }) => slot,
      ({ now, today, facts }) => nextDue({ now, today, timeZone: facts.timeZone }),
    ),
  );
}

/** The first instant after now at which an athlete's clock shows 06:30 or a slot. Follows the clocks when they change. */
export function nextDue({ now, today, timeZone }: Pick<Material, 'now' | 'today' | 'timeZone'>): Date {
  const morning = morningOf({ today, timeZone });
  const next = morning > now ? morning : morningOf({ today: dateOf(dayNumber(today) + 1), timeZone });
  const slot = nextSlot(now, timeZone);
  return next < slot ? next : slot;
}
