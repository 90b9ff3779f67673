/** What a coach may add to a team's table and take out of it; who it is and their readiness always stand. */
export const CHOOSABLE = ['change', 'why', 'flags', 'hrv', 'resting', 'sleep', 'load', 'today', 'data'] as const;
export type ColumnKey = (typeof CHOOSABLE)[number];

/** Few, so that the table stays calm. */
export const USUAL: readonly ColumnKey[] = ['change', 'why', 'flags', 'sleep', 'today', 'data'];

/** What rows are sorted by; a value that an athlete has not, or withholds, stands last. */
export type ValueColumn = 'readiness' | 'change' | 'flags' | 'hrv' | 'resting' | 'sleep' | 'load' | 'today' | 'data';
export type SortColumn = 'attention' | 'name' | ValueColumn;

export interface Column {
  readonly label: string;
  readonly detail?: string;
  readonly sort?: SortColumn;
  /** How wide it wants to be, in rem, where there is room for all. */
  readonly rem: number;
}

export const COLUMNS: Readonly<Record<'athlete' | 'readiness' | ColumnKey, Column>> = {
  athlete: { label: 'Athlete', sort: 'name', rem: 9 },
  readiness: { label: 'Readiness', sort: 'readiness', rem: 13.2 },
  change: { label: 'Change', detail: 'vs 7 days', sort: 'change', rem: 7 },
  why: { label: 'Why', rem: 11 },
  flags: { label: 'Flags', sort: 'flags', rem: 10.4 },
  hrv: { label: 'HRV', detail: '14 nights', sort: 'hrv', rem: 10.2 },
  resting: { label: 'Resting HR', detail: 'vs own mean', sort: 'resting', rem: 8.2 },
  sleep: { label: 'Sleep', detail: 'last night', sort: 'sleep', rem: 8.2 },
  load: { label: 'Load', detail: '7 days', sort: 'load', rem: 9.4 },
  today: { label: 'Today', detail: 'planned', sort: 'today', rem: 12 },
  data: { label: 'Data', sort: 'data', rem: 8.4 },
};

/** Of the wanted width, as long as the table then fits the frame on a screen of 1200 pixels; more of them scroll at full width. */
const SQUEEZED = 0.91;
const SMALL_FRAME_REM = 72.5;

/** The share of the table that each column gets, and below which width the table scrolls instead of getting narrower. */
export function widthsOf(keys: readonly (keyof typeof COLUMNS)[]): {
  least: string;
  share: (key: keyof typeof COLUMNS) => string;
} {
  const all = keys.reduce((sum, key) => sum + COLUMNS[key].rem, 0);
  const least = all * SQUEEZED <= SMALL_FRAME_REM ? all * SQUEEZED : all;
  return {
    least: `${least.toFixed(1)}rem`,
    share: (key) => `${((100 * COLUMNS[key].rem) / all).toFixed(2)}%`,
  };
}

/** As the table shows them: in its own order, whatever order they were chosen in. */
export const inOrder = (chosen: ReadonlySet<ColumnKey>): ColumnKey[] => CHOOSABLE.filter((key) => chosen.has(key));

export const toggledColumn = (chosen: ReadonlySet<ColumnKey>, key: ColumnKey): ReadonlySet<ColumnKey> =>
  new Set(CHOOSABLE.filter((each) => (each === key ? !chosen.has(key) : chosen.has(each))));

/** What was kept of a choice, as text. Null for none, and for what nobody chose here. */
export function chosenOf(kept: string | null): ReadonlySet<ColumnKey> | null {
  if (kept === null) return null;
  const names = kept.split(' ').filter((name) => name !== '');
  const known = CHOOSABLE.filter((key) => names.includes(key));
  return known.length === names.length ? new Set(known) : null;
}
