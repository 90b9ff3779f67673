import type { Origin } from '#platform/signals';

/** A stored session as the choice sees it. Null: the provider does not say. */
export interface Session {
  provider: Origin;
  recordId: string;
  startedAt: Date;
  endedAt: Date;
  durationS: number;
  /** Of the provider whom the athlete chose for TRAINING. */
  isPrimary: boolean;
  /** Typed in, not measured. */
  isManual: boolean;
  averageHeartRateBpm: number | null;
  maxHeartRateBpm: number | null;
  hasHeartRateZones: boolean;
  distanceM: number | null;
  energyKcal: number | null;
  elevationGainM: number | null;
}

/** Two records are of one session when they share at least this part of the shorter one. */
const SAME_SESSION_SHARE = 0.5;

/**
 * Which of these sessions repeat another one: the same ride, seen by the watch, by Strava and by the phone. Best first,
 * a session is taken unless it shares half of the shorter one's time with one that is taken already. So a whole
 * triathlon of the chosen watch replaces its three legs of another provider, the legs of the chosen one replace the
 * whole, and what no better source saw is kept. The answer does not depend on the order of the sessions.
 *
 * Best: of the primary source; else measured before typed in; with heart rate, which load is computed from; with the
 * most other values; the longest; then by name. Series are not asked: they arrive later, and the choice would waver.
 */
export function repeatsAmong<Each extends Session>(sessions: readonly Each[]): Set<Each> {
  const taken: Each[] = [];
  const repeats = new Set<Each>();
  for (const session of sessions.toSorted(bestFirst)) {
    if (taken.some((better) => isSameSession(better, session))) repeats.add(session);
    else taken.push(session);
  }
  return repeats;
}

export function isSameSession(a: Session, b: Session): boolean {
  const sharedMs = Math.min(a.endedAt.getTime(), b.endedAt.getTime()) - startOfBoth(a, b);
  return sharedMs > 0 && sharedMs >= SAME_SESSION_SHARE * Math.min(lengthMs(a), lengthMs(b));
}

const startOfBoth = (a: Session, b: Session): number => Math.max(a.startedAt.getTime(), b.startedAt.getTime());
const lengthMs = ({ startedAt, endedAt }: Session): number => endedAt.getTime() - startedAt.getTime();

function bestFirst(a: Session, b: Session): number {
  return (
    Number(b.isPrimary) - Number(a.isPrimary) ||
    Number(a.isManual) - Number(b.isManual) ||
    Number(hasHeartRate(b)) - Number(hasHeartRate(a)) ||
    valuesOf(b) - valuesOf(a) ||
    b.durationS - a.durationS ||
    compareText(a.provider, b.provider) ||
    compareText(a.recordId, b.recordId)
  );
}

const hasHeartRate = ({ averageHeartRateBpm, hasHeartRateZones }: Session): boolean =>
  averageHeartRateBpm !== null || hasHeartRateZones;

const valuesOf = ({ hasHeartRateZones, maxHeartRateBpm, distanceM, energyKcal, elevationGainM }: Session): number =>
  Number(hasHeartRateZones) + [maxHeartRateBpm, distanceM, energyKcal, elevationGainM].filter((v) => v !== null).length;

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
