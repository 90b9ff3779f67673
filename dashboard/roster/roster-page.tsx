import { useEffect, useMemo, useState } from 'react';
import { sentenceOf } from '../client.ts';
import { browserZone, inWords, localDate } from '../local-time.ts';
import { bandWords } from '../readiness/words.ts';
import { useTeamToday } from '../plan/team-today.tsx';
import { ColumnChooser } from '../columns/column-chooser.tsx';
import { useChosenColumns } from '../columns/use-chosen-columns.ts';
import { useTeamColumns } from '../columns/use-team-columns.ts';
import { TeamWeekCard } from '../weekly/team-week.tsx';
import { ExportRoster } from './export-roster.tsx';
import { InviteAthlete } from './invite-athlete.tsx';
import { LiveBadge } from './live-badge.tsx';
import { ATTENTION_FIRST, sortWords, type Order, ordered, outOfPlace, type Sort } from './roster-order.ts';
import { type Group, type Row, type Rows, rowLook } from './roster-row.ts';
import { countsOf, groupWords, RosterSummary } from './roster-summary.tsx';
import { RosterTable } from './roster-table.tsx';
import { useAnnouncement } from './use-announcement.ts';
import type { TeamFeed } from './use-team-feed.ts';

const CLOCK_TICK_MS = 60_000;

export function RosterPage(parts: { viewerId: string; teamId: string; feed: TeamFeed; focusId: string | null }) {
  const { viewerId, teamId, feed, focusId } = parts;
  const { rows, live, asOf } = feed;
  const now = useNow();
  const todays = useTeamToday({ teamId, changed: feed.lastChanged, now });
  const choice = useChosenColumns(viewerId);
  const columns = useTeamColumns({ teamId, chosen: choice.chosen, changed: feed.lastChanged, now });
  const [sort, setSort] = useState<Sort>(ATTENTION_FIRST);
  const [order, setOrder] = useState<Order>(() => ordered({ rows, columns, sort: ATTENTION_FIRST }));
  const [filter, setFilter] = useState<Group | null>(null);
  const [search, setSearch] = useState('');
  const announcement = useAnnouncement({ changed: feed.lastChanged, nameOf: (id) => rowWords(rows.get(id), now) });

  const resort = (next: Sort) => {
    setSort(next);
    setOrder(ordered({ rows, columns, sort: next }));
  };
  // Before the first rows there is no order to keep.
  if (order.length === 0 && rows.size > 0) setOrder(ordered({ rows, columns, sort }));

  const moved = useMemo(() => outOfPlace({ order, rows, columns, sort }), [order, rows, columns, sort]);
  const visible = useMemo(() => visibleRows({ order, rows, filter, search }), [order, rows, filter, search]);
  const isGreyed = live.kind === 'offline' || (live.kind === 'refused' && rows.size > 0);
  const withheld = countsOf(rows).get('NOT_SHARED') ?? 0;

  return (
    <main className="page" id="main">
      <header className="page-head">
        <div>
          <h1>{feed.name ?? 'Team'}</h1>
          <p className="page-facts">
            <span>{inWords.longDay(localDate(now, browserZone))}</span>
            <span data-testid="score-count">{scoreCount(rows)}</span>
          </p>
        </div>
        <div className="page-actions">
          <LiveBadge live={live} />
          <ExportRoster teamId={teamId} group={filter} search={search} />
          <InviteAthlete teamId={teamId} />
        </div>
      </header>
      {feed.error && rows.size === 0 ? <p className="notice notice-problem">{sentenceOf(feed.error)}</p> : null}
      {live.kind === 'refused' && <p className="notice notice-problem">{live.sentence}</p>}
      <RosterSummary
        rows={rows}
        filter={filter}
        onFilter={(next) => {
          setFilter(next);
          setOrder(ordered({ rows, columns, sort }));
        }}
      />
      <div className="roster-tools">
        <label className="search">
          <span className="visually-hidden">Search by name</span>
          <input
            type="search"
            placeholder="Search by name"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </label>
        <ColumnChooser {...choice} />
        {sort.column !== 'attention' && (
          <button type="button" className="button button-quiet" onClick={() => resort(ATTENTION_FIRST)}>
            Needs attention first
          </button>
        )}
        {moved > 0 && (
          <button type="button" className="button button-resort" onClick={() => resort(sort)}>
            {moved} {moved === 1 ? 'row' : 'rows'} changed — re-sort
          </button>
        )}
        {isGreyed && <span className="as-of">as of {inWords.clock(asOf)}</span>}
      </div>
      <RosterTable
        rows={visible}
        todays={todays}
        columns={columns}
        chosen={choice.chosen}
        caption={captionOf({ sort, filter, count: visible.length })}
        sort={sort}
        now={now}
        isGreyed={isGreyed}
        focusId={focusId}
        onSort={resort}
      />
      <EmptyWords feed={feed} visible={visible.length} />
      {filter !== null && filter !== 'NOT_SHARED' && withheld > 0 && (
        <p className="foot-note">
          Not shared ({withheld}): {withheld === 1 ? 'one athlete is' : `${withheld} athletes are`} in no band and in no
          filter.
        </p>
      )}
      {rows.size > 0 && <TeamWeekCard teamId={teamId} />}
      <p className="visually-hidden" aria-live="polite" data-testid="announcement">
        {announcement}
      </p>
    </main>
  );
}

function EmptyWords({ feed, visible }: { feed: TeamFeed; visible: number }) {
  if (visible > 0) return null;
  if (feed.isLoading) return <p className="empty">Loading the team…</p>;
  if (feed.error) return null;
  if (feed.isMissing) return <p className="empty">There is no such team among yours.</p>;
  if (feed.rows.size === 0) {
    return <p className="empty">Nobody is in this team yet. Invite an athlete; each decides what to share.</p>;
  }
  return <p className="empty">No athlete matches the search and filter.</p>;
}

function visibleRows(parts: { order: Order; rows: Rows; filter: Group | null; search: string }): Row[] {
  const { order, rows, filter, search } = parts;
  const wanted = search.trim().toLocaleLowerCase();
  const placed = new Set(order.map(({ id }) => id));
  const inOrder = order.filter(({ group }) => filter === null || group === filter).map(({ id }) => rows.get(id));
  // Who joined since the last sorting stands at the end, whatever the filter says, until the next one.
  const joined = [...rows.values()].filter((row) => !placed.has(row.athlete.id));
  return [...inOrder, ...joined].filter((row): row is Row => {
    return row !== undefined && row.athlete.displayName.toLocaleLowerCase().includes(wanted);
  });
}

function scoreCount(rows: Rows): string {
  const sharing = [...rows.values()].filter(({ readiness }) => readiness.status !== 'NOT_SHARED');
  const scored = sharing.filter(({ readiness }) => readiness.score !== null);
  return `${scored.length} of ${sharing.length} have today’s score`;
}

function captionOf({ sort, filter, count }: { sort: Sort; filter: Group | null; count: number }): string {
  const by =
    sort.column === 'attention'
      ? 'needs attention first'
      : `by ${sortWords[sort.column]}, ${sort.isDescending ? 'descending' : 'ascending'}`;
  const athletes = `${count} ${count === 1 ? 'athlete' : 'athletes'}`;
  return filter === null ? `${athletes}, ${by}` : `${athletes} in “${groupWords(filter)}”, ${by}`;
}

function rowWords(row: Row | undefined, now: Date): string | null {
  if (!row) return null;
  const look = rowLook(row, now);
  const isScored = look.kind === 'value' || look.kind === 'estimated';
  return `${row.athlete.displayName} ${isScored ? `${look.score} ${bandWords[look.band]}` : look.kind.replaceAll('-', ' ')}`;
}

function useNow(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), CLOCK_TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
