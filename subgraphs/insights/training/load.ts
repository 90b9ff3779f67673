import type { LocalDate } from '#platform/signals';

/** In the order of the table of section 10. Units are arbitrary (AU) and differ between methods, so methods never meet in a sum. */
export const LOAD_METHODS = ['SESSION_RPE', 'BANISTER', 'EDWARDS', 'LUCIA'] as const;
export type LoadMethod = (typeof LOAD_METHODS)[number];

/** What the athlete told about themselves. The measured resting heart rate never enters: that signal may be withheld. */
export type LoadProfile = {
  readonly sex: 'FEMALE' | 'MALE' | null;
  readonly maxBpm: number | null;
  readonly restBpm: number | null;
  readonly vt1Bpm: number | null;
  readonly vt2Bpm: number | null;
};

/** A stretch at one heart rate: a whole session at its average, or one sample. */
export type Effort = { readonly minutes: number; readonly bpm: number };

/** `rpe`: the athlete's own word, CR-10. `efforts`: empty when no heart rate is known. */
export type Session = {
  readonly day: LocalDate;
  readonly activity: string;
  readonly minutes: number;
  readonly rpe: number | null;
  readonly efforts: readonly Effort[];
};

/** AU by each method; null where something it needs is not known. */
export type LoadByMethod = Readonly<Record<LoadMethod, number | null>>;

const MALE = { factor: 0.64, exponent: 1.92 };
const FEMALE = { factor: 0.86, exponent: 1.67 };
const HIGHEST_RPE = 10;
const MINUTES_OF_DAY = 1440;

/** Section 10 for one session. Nothing stands in for what is missing: a missing heart rate is not a load of zero. */
export function loadsOf({ session, profile }: { session: Session; profile: LoadProfile }): LoadByMethod {
  const { minutes, efforts, rpe } = session;
  const isTimed = minutes >= 0 && minutes <= MINUTES_OF_DAY;
  const byHeartRate = (load: (efforts: readonly Effort[], profile: LoadProfile) => number | null) =>
    isTimed && efforts.length > 0 ? load(efforts, profile) : null;
  return {
    SESSION_RPE: isTimed && rpe !== null ? sessionRpe({ minutes, rpe }) : null,
    BANISTER: byHeartRate(banister),
    EDWARDS: byHeartRate(edwards),
    LUCIA: byHeartRate(lucia),
  };
}

/** RPE (0 to 10, asked about half an hour after) times minutes. Foster 1998, Med Sci Sports Exerc 30:1164-8. */
export function sessionRpe({ minutes, rpe }: { minutes: number; rpe: number }): number | null {
  return rpe >= 0 && rpe <= HIGHEST_RPE ? rpe * minutes : null;
}

/**
 * TRIMP of Morton, Fitz-Clarke and Banister 1990, J Appl Physiol 69:1171-7: minutes times x times a e^(bx), where x is
 * the share of the heart rate reserve. Sex unknown: the mean of both.
 */
export function banister(efforts: readonly Effort[], { sex, maxBpm, restBpm }: LoadProfile): number | null {
  if (maxBpm === null || restBpm === null || maxBpm <= restBpm) return null;
  const reserve = maxBpm - restBpm;
  const weights = sex === 'MALE' ? [MALE] : sex === 'FEMALE' ? [FEMALE] : [MALE, FEMALE];
  return sumOver(efforts, (bpm) => {
    const x = Math.min(1, Math.max(0, (bpm - restBpm) / reserve));
    const weighted = weights.reduce((sum, { factor, exponent }) => sum + x * factor * Math.exp(exponent * x), 0);
    return weighted / weights.length;
  });
}

/** Minutes in each tenth of the highest heart rate from 50 % on, times 1 to 5; below counts 0. Edwards 1993, The Heart Rate Monitor Book. */
export function edwards(efforts: readonly Effort[], { maxBpm }: LoadProfile): number | null {
  if (maxBpm === null) return null;
  return sumOver(efforts, (bpm) => Math.min(5, Math.max(0, Math.floor((10 * bpm) / maxBpm) - 4)));
}

/** Minutes below VT1, from VT1 to VT2, and above it, times 1, 2 and 3. Lucia et al. 2003, Med Sci Sports Exerc 35:872-8. */
export function lucia(efforts: readonly Effort[], { vt1Bpm, vt2Bpm }: LoadProfile): number | null {
  if (vt1Bpm === null || vt2Bpm === null || vt1Bpm >= vt2Bpm) return null;
  return sumOver(efforts, (bpm) => {
    if (bpm < vt1Bpm) return 1;
    return bpm <= vt2Bpm ? 2 : 3;
  });
}

const sumOver = (efforts: readonly Effort[], weightAt: (bpm: number) => number): number =>
  efforts.reduce((sum, { minutes, bpm }) => sum + minutes * weightAt(bpm), 0);
