import { useEffect, useMemo, useState } from 'react';
import { sentenceOf } from '../client.ts';
import type { RosterFilter } from '../graphql/graphql.ts';
import { browserZone, inWords, localDate } from '../local-time.ts';
import { bandWords } from '../readiness/words.ts';
import { useTeamToday } from '../plan/team-today.tsx';
import type { ColumnKey } from '../columns/columns.ts';
import { useTeamColumns } from '../columns/use-team-columns.ts';
import type { Table } from '../table/address.ts';
import { useDensity } from '../table/density.tsx';
import { rosterFilterOf } from '../table/filters.ts';
import { TableTools } from '../table/table-tools.tsx';
import { type Matching, useMatching } from '../table/use-matching.ts';
import { type TableInAddress, useTable } from '../table/use-table.ts';
import { TeamWeekCard } from '../weekly/team-week.tsx';
import { ExportRoster } from './export-roster.tsx';
import { InviteAthlete } from './invite-athlete.tsx';
import { LiveBadge } from './live-badge.tsx';
import { type Order, orderWords, outOfPlace, type Sort } from './roster-order.ts';
import { bandOf, type Group, type Row, type Rows, rowLook } from './roster-row.ts';
import { countsOf, groupWords, RosterSummary } from './roster-summary.tsx';
import { RosterTable } from './roster-table.tsx';
import { useAnnouncement } from './use-announcement.ts';
import { useOrder } from './use-order.ts';
import type { TeamFeed } from './use-team-feed.ts';

const CLOCK_TICK_MS = 60_000;

export function RosterPage(parts: {
  viewerId: string;
  teamId: string;
  query: string;
  feed: TeamFeed;
  focusId: string | null;
}) {
  const { viewerId, teamId, query, feed, focusId } = parts;
  const { rows, live, asOf } = feed;
  const now = useNow();
  const table = useTable({ viewerId, teamId, query });
  const { sort, group, search, filters, choice, change } = table;
  const [density, onDensity] = useDensity(viewerId);
  const todays = useTeamToday({ teamId, changed: feed.lastChanged, now });
  const columns = useTeamColumns({ teamId, chosen: neededBy(table), changed: feed.lastChanged, now });
  const told = useMemo(() => ({ rows, columns, todays }), [rows, columns, todays]);
  const { order, resort } = useOrder({ told, sort, group });
  const matching = useMatching({ teamId, filter: filterOf({ filters, group }), changed: feed.lastChanged, now });
  const announcement = useAnnouncement({ changed: feed.lastChanged, nameOf: (id) => rowWords(rows.get(id), now) });

  const moved = useMemo(() => outOfPlace({ order, sort, ...told }), [order, sort, told]);
  const visible = visibleRows({ order, rows, group, search, matching });
  const isGreyed = live.kind === 'offline' || (live.kind === 'refused' && rows.size > 0);

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
          <ExportRoster teamId={teamId} table={table} />
          <InviteAthlete teamId={teamId} />
        </div>
      </header>
      {feed.error && rows.size === 0 ? <p className="notice notice-problem">{sentenceOf(feed.error)}</p> : null}
      {live.kind === 'refused' && <p className="notice notice-problem">{live.sentence}</p>}
      <RosterSummary rows={rows} filter={group} onFilter={(next) => change({ group: next })} />
      <TableTools {...{ teamId, table, density, onDensity, moved }} onResort={resort} asOf={isGreyed ? asOf : null} />
      {matching.error && <p className="notice notice-problem">{sentenceOf(matching.error)}</p>}
      <RosterTable
        rows={visible}
        todays={todays}
        columns={columns}
        chosen={choice.chosen}
        density={density}
        caption={captionOf({ sort, group, count: visible.length })}
        sort={sort}
        now={now}
        isGreyed={isGreyed}
        focusId={focusId}
        onSort={(next) => change({ sort: next })}
      />
      <EmptyWords feed={feed} visible={visible.length} matching={matching} />
      <WithheldWords rows={rows} group={group} matching={matching} />
      {rows.size > 0 && <TeamWeekCard teamId={teamId} />}
      <p className="visually-hidden" aria-live="polite" data-testid="announcement">
        {announcement}
      </p>
    </main>
  );
}

/** The order is made of what a column tells, whether or not it is shown. */
function neededBy({ choice, sort }: TableInAddress): ReadonlySet<ColumnKey> {
  return sort.column === 'load' ? new Set([...choice.chosen, 'load']) : choice.chosen;
}

/** A tile alone is told from the rows themselves; beside other filters its band is asked about with them. */
function filterOf({ filters, group }: Pick<Table, 'filters' | 'group'>): RosterFilter | null {
  return rosterFilterOf({ filters }) && rosterFilterOf({ filters, band: bandOf(group) });
}

/** Who withholds what is asked about is in no row, and is said so. */
function WithheldWords({ rows, group, matching }: { rows: Rows; group: Group | null; matching: Matching }) {
  const isOfTile = group !== null && group !== 'NOT_SHARED';
  const ofTile = isOfTile ? (countsOf(rows).get('NOT_SHARED') ?? 0) : 0;
  const count = matching.ids === null ? ofTile : matching.notSharedCount;
  if (count === 0) return null;
  return (
    <p className="foot-note" data-testid="not-shared">
      Not shared ({count}): {count === 1 ? 'one athlete is' : `${count} athletes are`} in no band and in no filter.
    </p>
  );
}

function EmptyWords({ feed, visible, matching }: { feed: TeamFeed; visible: number; matching: Matching }) {
  if (visible > 0 || matching.error) return null;
  if (feed.isLoading) return <p className="empty">Loading the team…</p>;
  if (feed.error) return null;
  if (feed.isMissing) return <p className="empty">There is no such team among yours.</p>;
  if (feed.rows.size === 0) {
    return <p className="empty">Nobody is in this team yet. Invite an athlete; each decides what to share.</p>;
  }
  return <p className="empty">{matching.isAsking ? 'Looking…' : 'No athlete matches the search and filters.'}</p>;
}

function visibleRows(parts: {
  order: Order;
  rows: Rows;
  group: Group | null;
  search: string;
  matching: Matching;
}): Row[] {
  const { order, rows, group, search, matching } = parts;
  const wanted = search.trim().toLocaleLowerCase();
  const placed = new Set(order.map(({ id }) => id));
  const inOrder = order.filter((each) => group === null || each.group === group).map(({ id }) => rows.get(id));
  // Who joined since the last sorting stands at the end, whatever the tile says, until the next one.
  const joined = [...rows.values()].filter((row) => !placed.has(row.athlete.id));
  return [...inOrder, ...joined].filter((row): row is Row => {
    if (row === undefined || matching.ids?.has(row.athlete.id) === false) return false;
    return row.athlete.displayName.toLocaleLowerCase().includes(wanted);
  });
}

function scoreCount(rows: Rows): string {
  const sharing = [...rows.values()].filter(({ readiness }) => readiness.status !== 'NOT_SHARED');
  const scored = sharing.filter(({ readiness }) => readiness.score !== null);
  return `${scored.length} of ${sharing.length} have today’s score`;
}

function captionOf({ sort, group, count }: { sort: Sort; group: Group | null; count: number }): string {
  const by = orderWords(sort);
  const athletes = `${count} ${count === 1 ? 'athlete' : 'athletes'}`;
  return group === null ? `${athletes}, ${by}` : `${athletes} in “${groupWords(group)}”, ${by}`;
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
