import { useState } from 'react';
import { type ColumnKey, chosenOf, USUAL } from './columns.ts';

/** The columns of the table, and what changes them. */
export interface ChosenColumns {
  readonly chosen: ReadonlySet<ColumnKey>;
  readonly choose: (columns: ReadonlySet<ColumnKey>) => void;
}

/** A coach's last choice, kept in this browser for the next time. Two coaches at one screen have two choices. */
export function useKeptColumns(viewerId: string): {
  readonly chosen: ReadonlySet<ColumnKey>;
  readonly keep: (columns: ReadonlySet<ColumnKey>) => void;
} {
  const place = `roster-columns ${viewerId}`;
  const [chosen, setChosen] = useState<ReadonlySet<ColumnKey>>(() => chosenOf(kept(place)) ?? new Set(USUAL));
  return {
    chosen,
    keep(columns) {
      setChosen(columns);
      keep(place, [...columns].join(' '));
    },
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
