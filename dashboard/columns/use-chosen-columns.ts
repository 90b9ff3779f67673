import { type Habit, useKept } from '../kept.ts';
import { type ColumnKey, chosenOf, USUAL } from './columns.ts';

/** The columns of the table, and what changes them. */
export interface ChosenColumns {
  readonly chosen: ReadonlySet<ColumnKey>;
  readonly choose: (columns: ReadonlySet<ColumnKey>) => void;
}

const COLUMNS_KEPT: Habit<ReadonlySet<ColumnKey>> = {
  name: 'roster-columns',
  usual: new Set(USUAL),
  textOf: (columns) => [...columns].join(' '),
  valueOf: chosenOf,
};

/** A coach's last choice of columns. */
export const useKeptColumns = (viewerId: string) => useKept(viewerId, COLUMNS_KEPT);
