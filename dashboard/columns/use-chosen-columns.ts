import { useState } from 'react';
import { type ColumnKey, chosenOf, USUAL } from './columns.ts';

export interface ChosenColumns {
  readonly chosen: ReadonlySet<ColumnKey>;
  readonly toggle: (key: ColumnKey) => void;
  readonly reset: () => void;
}

/** A coach's columns, kept in this browser for the next time. Two coaches at one screen have two choices. */
export function useChosenColumns(viewerId: string): ChosenColumns {
  const place = `roster-columns ${viewerId}`;
  const [chosen, setChosen] = useState<ReadonlySet<ColumnKey>>(() => chosenOf(kept(place)) ?? new Set(USUAL));
  const choose = (next: ReadonlySet<ColumnKey>) => {
    setChosen(next);
    keep(place, [...next].join(' '));
  };
  return {
    chosen,
    toggle: (key) =>
      choose(chosen.has(key) ? new Set([...chosen].filter((each) => each !== key)) : new Set([...chosen, key])),
    reset: () => choose(new Set(USUAL)),
  };
}

/** A browser may refuse to keep anything for a page: then the choice lasts as long as the page. */
function kept(place: string): string | null {
  try {
    return localStorage.getItem(place);
  } catch {
    return null;
  }
}

function keep(place: string, text: string): void {
  try {
    localStorage.setItem(place, text);
  } catch {
    // Refused or full. What was chosen is shown all the same.
  }
}
