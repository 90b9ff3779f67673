import type { Story } from '../athletes/stories.ts';
import type { Store, VendorState } from '../state.ts';

/** Nights that were deleted at one vendor; the body slept them all the same, and other vendors still hold them. */
export interface DeletedNights {
  has(athlete: Story, dayIndex: number): boolean;
  add(athlete: Story, dayIndex: number): void;
  /** A night that is played again comes back. */
  remove(athlete: Story, dayIndex: number): void;
}

export function createDeletedNights({ store, memory }: { store: Store; memory: VendorState }): DeletedNights {
  const of = (athlete: Story): number[] => memory.deletedNights[athlete.key] ?? [];
  const keep = (athlete: Story, dayIndices: number[]): void => {
    memory.deletedNights[athlete.key] = dayIndices;
    store.changed();
  };
  return {
    has: (athlete, dayIndex) => of(athlete).includes(dayIndex),
    add: (athlete, dayIndex) => keep(athlete, [...new Set([...of(athlete), dayIndex])]),
    remove: (athlete, dayIndex) => {
      if (of(athlete).includes(dayIndex))
        keep(
          athlete,
          of(athlete).filter((other) => other !== dayIndex),
        );
    },
  };
}
