import { type Habit, useKept } from '../kept.ts';
import { Hidden } from '../readiness/marks.tsx';

/** How much room a row has. It tells of eyes and screens, not of the team: so it stands in no address and in no saved view. */
export const DENSITIES = ['comfortable', 'compact'] as const;
export type Density = (typeof DENSITIES)[number];

const words: Record<Density, string> = { comfortable: 'Comfortable rows', compact: 'Compact rows' };
/** Lines of a table, as many as fit. */
const lines: Record<Density, string> = {
  comfortable: 'M2 4h12M2 12h12',
  compact: 'M2 3h12M2 6.33h12M2 9.67h12M2 13h12',
};

const DENSITY_KEPT: Habit<Density> = {
  name: 'roster-density',
  usual: 'comfortable',
  textOf: (density) => density,
  valueOf: (text) => DENSITIES.find((each) => each === text) ?? null,
};

/** A coach's last choice. */
export const useDensity = (viewerId: string) => useKept(viewerId, DENSITY_KEPT);

export function DensitySwitch({ density, onChange }: { density: Density; onChange: (density: Density) => void }) {
  return (
    <div className="segments density" role="group" aria-label="Density of the table">
      {DENSITIES.map((each) => (
        <button
          key={each}
          type="button"
          title={words[each]}
          aria-pressed={density === each}
          onClick={() => onChange(each)}
        >
          <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            <path d={lines[each]} />
          </svg>
          <Hidden>{words[each]}</Hidden>
        </button>
      ))}
    </div>
  );
}
