import { useEffect, useMemo, useRef, useState } from 'react';
import type { ColumnKey } from '../columns/columns.ts';
import { type ChosenColumns, useKeptColumns } from '../columns/use-chosen-columns.ts';
import { addresses, goTo, replaceWith } from '../route.ts';
import { queryOf, type Table, tableOf } from './address.ts';

export interface TableInAddress extends Table {
  /** Goes on to the table with these parts: one step back in the browser's history is the one before. */
  readonly change: (part: Partial<Table>) => void;
  /** The field shows it at once; the address follows when the hand rests. */
  readonly type: (search: string) => void;
  readonly choice: ChosenColumns;
}

const HAND_RESTS_MS = 300;

/** How the table is looked at, as the address says it. `query`: what stands behind the `?` of it. */
export function useTable(parts: { viewerId: string; teamId: string; query: string }): TableInAddress {
  const { viewerId, teamId, query } = parts;
  const table = useMemo(() => tableOf(query), [query]);
  const addressOf = (part: Partial<Table>) => addresses.team(teamId, queryOf({ ...table, ...part }));
  const [search, type] = useSearch({
    search: table.search,
    write: (typed) => replaceWith(addressOf({ search: typed })),
  });
  const [kept, keep] = useKeptColumns(viewerId);
  const chosen = table.columns ?? kept;

  function choose(columns: ReadonlySet<ColumnKey>): void {
    // Said outright before it changes: else a step back would lead to an address that means the new choice.
    if (table.columns === null) window.history.replaceState(null, '', addressOf({ columns: chosen, search }));
    keep(columns);
    goTo(addressOf({ columns, search }));
  }

  return {
    ...table,
    search,
    type,
    change: (part) => goTo(addressOf({ search, ...part })),
    choice: { chosen, choose },
  };
}

/** What is typed is shown at once. Of a whole word the history keeps one step, not one for each letter. */
function useSearch({ search, write }: { search: string; write: (search: string) => void }) {
  const [typed, setTyped] = useState(search);
  const written = useRef(search);
  // The table may have been changed otherwise before the hand rests.
  const latestWrite = useRef(write);
  latestWrite.current = write;
  useEffect(() => {
    if (search === written.current) return;
    // Gone back, or followed a link.
    written.current = search;
    setTyped(search);
  }, [search]);
  useEffect(() => {
    if (typed === written.current) return undefined;
    const timer = setTimeout(() => {
      if (typed === written.current) return;
      written.current = typed;
      latestWrite.current(typed);
    }, HAND_RESTS_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return [typed, setTyped] as const;
}
