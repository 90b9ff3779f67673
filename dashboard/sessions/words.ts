import type { Sport } from '../graphql/graphql.ts';

const SPORT_WORDS: Record<Exclude<Sport, 'OTHER'>, string> = {
  RUN: 'Run',
  RIDE: 'Ride',
  SWIM: 'Swim',
  WALK: 'Walk',
  HIKE: 'Hike',
  STRENGTH: 'Strength',
  CARDIO: 'Cardio',
  MOBILITY: 'Mobility',
  ROW: 'Rowing',
  PADDLE: 'Paddling',
  SKI: 'Ski',
  SNOWBOARD: 'Snowboard',
  SKATE: 'Skating',
  CLIMB: 'Climbing',
  RACKET: 'Racket sport',
  BALL: 'Ball game',
  COMBAT: 'Combat sport',
  DANCE: 'Dance',
  GOLF: 'Golf',
  WATER: 'Water sport',
  MULTISPORT: 'Multisport',
};

/** A sport we have a word for, else the provider's own: `exercise_type_77` as "Exercise type 77". */
export function sportWord({ sport, type }: { sport: Sport; type: string }): string {
  if (sport !== 'OTHER') return SPORT_WORDS[sport];
  const words = type.replaceAll(/[_-]+/g, ' ').trim().toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Seconds as m:ss, from an hour on as h:mm:ss. */
export function clockOf(seconds: number): string {
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (part: number) => String(part).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export function distanceWords(metres: number | null): string | null {
  if (metres === null || metres === 0) return null;
  return metres < 1000 ? `${Math.round(metres)} m` : `${(metres / 1000).toFixed(metres < 100_000 ? 2 : 0)} km`;
}

const ON_FOOT: ReadonlySet<Sport> = new Set(['RUN', 'WALK', 'HIKE']);

/** As the sport speaks of it: minutes per kilometre on foot, per 100 m in the water, else km/h. Null without a distance. */
export function paceWords(parts: { sport: Sport; durationS: number; distanceM: number | null }): string | null {
  const { sport, durationS, distanceM } = parts;
  if (distanceM === null || distanceM === 0 || durationS === 0) return null;
  if (ON_FOOT.has(sport)) return `${clockOf((durationS * 1000) / distanceM)} /km`;
  if (sport === 'SWIM') return `${clockOf((durationS * 100) / distanceM)} /100 m`;
  return `${((distanceM * 3.6) / durationS).toFixed(1)} km/h`;
}
