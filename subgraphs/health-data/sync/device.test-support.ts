/**
 * A mobile database as WatermelonDB keeps it: every record with whether it was changed since the last sync. It pulls,
 * applies, then pushes what it has; a conflict it puts in place of its own.
 */
export type Row = Record<string, unknown> & { id: string };
type Tables = Record<string, Map<string, { row: Row; status: 'synced' | 'created' | 'updated' }>>;

export interface Changes {
  created: Row[];
  updated: Row[];
  deleted: string[];
}
export type AllChanges = Record<string, Changes>;

export interface Server {
  pull(since: string | null): Promise<{ changes: AllChanges; timestamp: string }>;
  push(
    changes: AllChanges,
    lastPulledAt: string | null,
  ): Promise<{ conflicts: AllChanges; refused: { table: string; id: string }[] }>;
}

export interface Device {
  put(table: string, row: Row): void;
  remove(table: string, id: string): void;
  /**
   * Takes in what the server has; what was changed here and not yet pushed stays. The first answer is all there is, and
   * names no deletions: what this device pushed before and is not in it was deleted meanwhile.
   */
  pull(): Promise<void>;
  push(): Promise<void>;
  /** Everything there is, sorted, as text. */
  contents(): string;
}

export function createDevice(server: Server, tableNames: readonly string[]): Device {
  const tables: Tables = Object.fromEntries(tableNames.map((name) => [name, new Map()]));
  const removed: Record<string, Set<string>> = Object.fromEntries(tableNames.map((name) => [name, new Set()]));
  let lastPulledAt: string | null = null;

  const of = (table: string) => tables[table] as Tables[string];
  const gone = (table: string) => removed[table] as Set<string>;

  /** The server's word in place of the device's own. */
  function accept(changes: AllChanges, overwrites: boolean): void {
    for (const [table, { created, updated, deleted }] of Object.entries(changes)) {
      for (const row of [...created, ...updated]) {
        const own = of(table).get(row.id);
        const isChanged = (own !== undefined && own.status !== 'synced') || gone(table).has(row.id);
        if (isChanged && !overwrites) {
          // The server has it now too, so that a deletion has to be told.
          if (own?.status === 'created') own.status = 'updated';
          continue;
        }
        gone(table).delete(row.id);
        of(table).set(row.id, { row, status: 'synced' });
      }
      for (const id of deleted) {
        const own = of(table).get(id);
        if (own !== undefined && own.status !== 'synced' && !overwrites) continue;
        of(table).delete(id);
        gone(table).delete(id);
      }
    }
  }

  /** Gives up what is the server's and not in an answer that holds all there is. */
  function keepOnly(changes: AllChanges): void {
    for (const [table, { created }] of Object.entries(changes)) {
      const ids = new Set(created.map(({ id }) => id));
      for (const [id, { status }] of of(table)) if (status === 'synced' && !ids.has(id)) of(table).delete(id);
    }
  }

  return {
    put(table, row) {
      const known = of(table).get(row.id);
      // One that was removed and is made again is still the server's.
      const wasRemoved = gone(table).delete(row.id);
      const isNew = known === undefined ? !wasRemoved : known.status === 'created';
      of(table).set(row.id, { row, status: isNew ? 'created' : 'updated' });
    },
    remove(table, id) {
      const known = of(table).get(id);
      if (known === undefined) return;
      of(table).delete(id);
      if (known.status !== 'created') gone(table).add(id);
    },
    async pull() {
      const { changes, timestamp } = await server.pull(lastPulledAt);
      if (lastPulledAt === null) keepOnly(changes);
      accept(changes, false);
      lastPulledAt = timestamp;
    },
    async push() {
      const sent = Object.fromEntries(
        tableNames.map((table) => {
          const rows = (status: string) =>
            [...of(table).values()].filter((one) => one.status === status).map(({ row }) => row);
          return [table, { created: rows('created'), updated: rows('updated'), deleted: [...gone(table)] }];
        }),
      );
      const { conflicts, refused } = await server.push(sent, lastPulledAt);
      for (const table of tableNames) {
        for (const own of of(table).values()) own.status = 'synced';
        gone(table).clear();
      }
      accept(conflicts, true);
      for (const { table, id } of refused) of(table).delete(id);
    },
    contents() {
      const lines = tableNames.flatMap((table) =>
        [...of(table).values()].map(({ row }) => `${table} ${JSON.stringify(Object.entries(row).sort())}`),
      );
      return lines.sort().join('\n');
    },
  };
}
