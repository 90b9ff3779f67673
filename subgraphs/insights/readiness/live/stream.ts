import { renewContext } from '#platform/context';
import type { Access } from '#platform/consent';
import { localDate } from '#platform/slots';
import type { LocalDate } from '#platform/signals';
import type { Clock } from '#platform/clock';
import { isCoachOf, readMembers } from '../../roster/members.ts';
import { sightOn } from '../views/bases.ts';
import type { ChangeReason, ReadinessChange, ReadinessEvent } from '../graph-types.ts';
import { createWatchAudit, type WatchAudit } from './audit.ts';
import { grantsText, readCursor, scopeOf, writeCursor } from './cursor.ts';
import { createMarks, type Mark } from './marks.ts';
import type { LiveReader } from './reader.ts';
import { daysBefore } from '../views/material.ts';
import { present, presentNothing } from '../present.ts';
import type { ViewKey, ViewRow } from '../views/snapshots.ts';
import type { WatchContext } from '../read.ts';

/** Older days change in silence: they are read when they are looked at. */
const LIVE_DAYS = 7;

/** An athlete in view, and until when the grants hold by themselves. */
interface InView {
  grants: string;
  until: number | null;
}

/** One subscription: what it watches, what it has shown, and how its next event is made. */
export interface LiveStream {
  readonly teamId: string | null;
  watches(athleteId: string): boolean;
  mark(mark: Mark): void;
  /** Somebody may have left: everybody in view is asked again. */
  recheck(): void;
  /** Something may have been missed: the next event is a snapshot with a gap. */
  resync(): void;
  /** Those whose grants end by themselves at or before this instant. */
  expired(at: number): string[];
  /** The next event of what waits, or null. After a throw it may be called again and nothing is lost. */
  take(): Promise<ReadinessEvent | null>;
}

export interface StreamParts {
  context: WatchContext;
  clock: Clock;
  reader: LiveReader;
  teamId: string | null;
  /** The athlete's own stream; null for a team's. */
  athleteId: string | null;
  since: string | null;
  /** The viewer is no coach of the team any more. */
  onRefused: () => void;
}

type Todo = 'open' | 'resync' | 'recheck';

/** What becomes of a mark. `isTold`: even if the same view was shown before. */
interface Wanted {
  reason: ChangeReason;
  isTold: boolean;
  key: ViewKey | null;
  since: LocalDate | null;
  empty: ReadinessChange | null;
}

export function createLiveStream(parts: StreamParts): LiveStream {
  const { context, clock, reader, teamId } = parts;
  const { viewer } = context;
  const marks = createMarks();
  const todo = new Set<Todo>(['open']);
  const inView = new Map<string, InView>();
  const shown = new Map<string, Map<LocalDate, string>>();
  const toldEarly = new Set<string>();
  const audit: WatchAudit = teamId === null ? async () => undefined : createWatchAudit({ context, teamId });
  let at = 0;

  /**
   * Consent as it stands now. What hangs below an athlete of the event is decided by the same reading: a team's stream has
   * no coach who might have left meanwhile, so asking again would answer the same.
   */
  async function readAccess(athleteIds: readonly string[]): Promise<(Access | undefined)[]> {
    const keys = athleteIds.map((athleteId) => ({ teamId, athleteId }));
    const accesses = await reader.access(keys);
    if (viewer.kind === 'team') keys.forEach((key, index) => context.access.prime(key, accesses[index]));
    return accesses;
  }

  /** Notes who is in view and with what. True when they were in view with other grants before. */
  function see(athleteId: string, access: Access): boolean {
    const ends = access.grants.flatMap(({ until }) => (until === null ? [] : [until.getTime()]));
    const before = inView.get(athleteId)?.grants;
    const grants = grantsText(access);
    inView.set(athleteId, { grants, until: ends.length === 0 ? null : Math.min(...ends) });
    return before !== undefined && before !== grants;
  }

  function forget(athleteId: string): boolean {
    shown.delete(athleteId);
    return inView.delete(athleteId);
  }

  /** False when the very same view was shown before. */
  function show({ athleteId, date, basis, revision }: ViewRow): boolean {
    let days = shown.get(athleteId);
    if (!days) shown.set(athleteId, (days = new Map()));
    const text = `${basis} ${revision}`;
    const isNew = days.get(date) !== text;
    days.set(date, text);
    if (days.size > LIVE_DAYS + 2) days.delete([...days.keys()].toSorted()[0] ?? '');
    return isNew;
  }

  function changeOf(reason: ChangeReason, row: ViewRow, since: LocalDate | null): ReadinessChange {
    if (row.revision > 0) at = Math.max(at, row.computedAt.getTime());
    return { teamId, reason, athleteId: row.athleteId, athlete: { id: row.athleteId }, ...present(row, since) };
  }

  const emptyChange = (reason: ChangeReason, athleteId: string, date: LocalDate): ReadinessChange => ({
    teamId,
    reason,
    athleteId,
    athlete: { id: athleteId },
    ...presentNothing(date),
  });

  const eventOf = (changes: ReadinessChange[], gap: boolean): ReadinessEvent => ({
    cursor: writeCursor({ at, scope: scopeOf(inView) }),
    gap,
    changes,
  });

  /** Everybody in view now, in the order of the roster; null when the viewer may not watch any more. */
  async function lookAround(): Promise<Access[] | null> {
    let athleteIds: string[] = parts.athleteId === null ? [] : [parts.athleteId];
    if (teamId !== null) {
      const members = await readMembers(context.db, { teamId, viewer });
      if (members === null) return null;
      athleteIds = members.map(({ athleteId }) => athleteId);
    }
    const accesses = await readAccess(athleteIds);
    inView.clear();
    const present = accesses.filter((access) => access !== undefined);
    for (const access of present) see(access.athleteId, access);
    return present;
  }

  /** Everybody's today. */
  async function snapshot(accesses: readonly Access[], now: Date, gap: boolean): Promise<ReadinessEvent> {
    shown.clear();
    const sights = accesses.map((access) => {
      const date = localDate(now, access.timeZone);
      return {
        athleteId: access.athleteId,
        date,
        ...(sightOn({ access, date, at: now }) ?? { basis: 0, since: null }),
      };
    });
    await audit(sights, now);
    const open = sights.filter(({ basis }) => basis !== 0);
    const rows = new Map((await reader.views(open)).map((row) => [row.athleteId, row]));
    const changes = sights.map(({ athleteId, date, since }) => {
      const row = rows.get(athleteId);
      if (!row) return emptyChange('SNAPSHOT', athleteId, date);
      show(row);
      return changeOf('SNAPSHOT', row, since);
    });
    return eventOf(changes, gap);
  }

  /** What came after the position: state per athlete and day, so that telling something twice does no harm. */
  async function resume(accesses: readonly Access[], from: number, now: Date): Promise<ReadinessEvent> {
    at = from;
    const keys: (ViewKey & { timeZone: string; since: LocalDate | null })[] = [];
    const newDay: ViewKey[] = [];
    for (const access of accesses) {
      const { athleteId, timeZone } = access;
      const today = localDate(now, timeZone);
      for (let back = LIVE_DAYS; back >= 0; back--) {
        const date = daysBefore(today, back);
        const sight = sightOn({ access, date, at: now });
        if (sight === null || sight.basis === 0) continue;
        keys.push({ athleteId, date, timeZone, ...sight });
        if (back === 0 && localDate(new Date(from), timeZone) < today)
          newDay.push({ athleteId, date, basis: sight.basis });
      }
    }
    await audit(keys, now);
    await reader.views(newDay);
    const rows = await reader.changedSince(keys, from);
    const sinceOf = new Map(keys.map(({ athleteId, date, since }) => [`${athleteId} ${date}`, since]));
    const changes = rows.map((row) => {
      show(row);
      return changeOf(row.reason, row, sinceOf.get(`${row.athleteId} ${row.date}`) ?? null);
    });
    return eventOf(inOrder(changes), false);
  }

  async function open(isResync: boolean): Promise<ReadinessEvent | null> {
    const now = clock.now();
    const accesses = await lookAround();
    if (accesses === null) {
      parts.onRefused();
      return null;
    }
    if (isResync) return snapshot(accesses, now, true);
    if (context.opening === 'live-only') {
      const sights = accesses.map((access) => {
        const date = localDate(now, access.timeZone);
        return { athleteId: access.athleteId, basis: sightOn({ access, date, at: now })?.basis ?? 0 };
      });
      await audit(sights, now);
      return null;
    }
    if (parts.since === null) return snapshot(accesses, now, false);
    const position = readCursor(parts.since, now);
    if (position === null || position.scope !== scopeOf(inView)) return snapshot(accesses, now, true);
    return resume(accesses, position.at, now);
  }

  /** Consent first, then the record of who sees what, then views: nothing that was read before this moment goes out. */
  async function tell(waiting: readonly Mark[], now: Date): Promise<ReadinessEvent | null> {
    const accesses = await readAccess(waiting.map(({ athleteId }) => athleteId));
    const wanted = waiting.map((mark, index) => wantedOf(mark, accesses[index], now));
    const keys = wanted.flatMap(({ key }) => (key ? [key] : []));
    await audit(keys, now);
    const rows = await reader.views(keys);
    let next = 0;
    const changes = wanted.flatMap(({ reason, isTold, key, since, empty }): ReadinessChange[] => {
      const row = key ? rows[next++] : undefined;
      if (row === undefined) return empty ? [empty] : [];
      return show(row) || isTold ? [changeOf(reason, row, since)] : [];
    });
    return changes.length === 0 ? null : eventOf(inOrder(changes), false);
  }

  /** What of a mark this viewer is told: a view to read, an empty one, or nothing. */
  function wantedOf(mark: Mark, access: Access | undefined, now: Date): Wanted {
    const { athleteId, reasons } = mark;
    const nothing: Wanted = {
      reason: 'CONSENT_CHANGED',
      isTold: typeof reasons === 'string',
      key: null,
      since: null,
      empty: null,
    };
    if (!access) {
      const left = emptyChange('LEFT_TEAM', athleteId, localDate(now, 'UTC'));
      return { ...nothing, empty: forget(athleteId) ? left : null };
    }
    const hasOtherGrants = see(athleteId, access);
    if (typeof reasons === 'string') {
      if (toldEarly.delete(athleteId) && !hasOtherGrants) return nothing;
    } else if (hasOtherGrants) {
      // Read before the announcement of it came, which may also be lost: told now, and not again when it comes.
      const told = wantedOf({ athleteId, date: null, reasons: 'CONSENT_CHANGED' }, access, now);
      toldEarly.add(athleteId);
      return told;
    }
    const today = localDate(now, access.timeZone);
    const date = mark.date ?? today;
    if (date > today || date < daysBefore(today, LIVE_DAYS)) return nothing;
    const { basis, since } = sightOn({ access, date, at: now }) ?? { basis: 0, since: null };
    const reason = typeof reasons === 'string' ? reasons : reasons.get(basis);
    if (reason === undefined) return nothing;
    if (basis === 0) return { ...nothing, empty: emptyChange(reason, athleteId, date) };
    return { ...nothing, reason, key: { athleteId, basis, date }, since };
  }

  /** Marks for those who are not in the team any more. */
  async function missing(): Promise<Mark[] | null> {
    if (teamId !== null && !(await isCoachOf(context.db, { teamId, viewer }))) return null;
    const athleteIds = [...inView.keys()];
    const accesses = await readAccess(athleteIds);
    return athleteIds
      .filter((_athleteId, index) => accesses[index] === undefined)
      .map((athleteId) => ({ athleteId, date: null, reasons: 'LEFT_TEAM' }));
  }

  async function next(): Promise<ReadinessEvent | null> {
    if (todo.has('open') || todo.has('resync') || marks.isFull) {
      const isResync = !todo.has('open');
      marks.clear();
      todo.delete('resync');
      const event = await open(isResync);
      todo.delete('open');
      return event;
    }
    if (todo.delete('recheck')) {
      const left = await missing();
      if (left === null) {
        parts.onRefused();
        return null;
      }
      for (const mark of left) marks.add(mark);
    }
    const waiting = marks.takeAll();
    return waiting.length === 0 ? null : tell(waiting, clock.now());
  }

  return {
    teamId,
    // Until the first look around everybody may be in view; what is marked in vain is left out when it is read.
    watches: (athleteId) => todo.has('open') || inView.has(athleteId),
    mark: (mark) => marks.add(mark),
    recheck: () => void todo.add('recheck'),
    resync: () => void todo.add('resync'),
    expired(instant) {
      return [...inView].flatMap(([athleteId, { until }]) => (until !== null && until <= instant ? [athleteId] : []));
    },
    async take() {
      // Fields that the client selects below an athlete are read with these: nothing of the last event may be left in them.
      renewContext(context, clock.now());
      try {
        return await next();
      } catch (error) {
        if (!todo.has('open')) todo.add('resync');
        throw error;
      }
    },
  };
}

/**
 * Today last: who keeps only the latest change of each athlete shall keep today's. Of one day by athlete: the order in
 * which marks came tells whose other views changed first.
 */
const inOrder = (changes: readonly ReadinessChange[]): ReadinessChange[] =>
  changes.toSorted((a, b) => compare(a.readiness.date, b.readiness.date) || compare(a.athleteId, b.athleteId));

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
