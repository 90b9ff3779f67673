import type { Band } from '../graphql/graphql.ts';
import { BandMark, LockMark } from '../readiness/marks.tsx';
import { bandWords, capitalised } from '../readiness/words.ts';
import { type Group, groupOf, type Rows } from './roster-row.ts';

const GROUPS: readonly Group[] = ['LOW', 'REDUCED', 'NORMAL', 'HIGH', 'NO_SCORE', 'NOT_SHARED'];

/** Counts per band in words; each is also the filter for its rows. */
export function RosterSummary(parts: { rows: Rows; filter: Group | null; onFilter: (group: Group | null) => void }) {
  const { rows, filter, onFilter } = parts;
  const counts = countsOf(rows);
  const shown = GROUPS.filter((group) => group !== 'NOT_SHARED' || (counts.get(group) ?? 0) > 0 || filter === group);
  return (
    <div className="summary" role="group" aria-label="Filter by readiness band">
      {shown.map((group) => (
        <button
          key={group}
          type="button"
          className={`tile tile-${group.toLowerCase()}`}
          aria-pressed={filter === group}
          onClick={() => onFilter(filter === group ? null : group)}
        >
          <span className="tile-count">{counts.get(group) ?? 0}</span>
          <span className="tile-words">
            <GroupMark group={group} /> {groupWords(group)}
          </span>
        </button>
      ))}
    </div>
  );
}

export function countsOf(rows: Rows): ReadonlyMap<Group, number> {
  const counts = new Map<Group, number>();
  for (const row of rows.values()) counts.set(groupOf(row), (counts.get(groupOf(row)) ?? 0) + 1);
  return counts;
}

export function groupWords(group: Group): string {
  if (group === 'NO_SCORE') return 'No score';
  return group === 'NOT_SHARED' ? 'Not shared' : capitalised(bandWords[group]);
}

function GroupMark({ group }: { group: Group }) {
  if (group === 'NOT_SHARED') return <LockMark />;
  return <BandMark band={group === 'NO_SCORE' ? null : (group satisfies Band)} />;
}
