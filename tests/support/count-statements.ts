import type { Database, Sql } from '#platform/database';

export interface Statement {
  sql: string;
  parameters: unknown[];
  /** By a connection that makes its plans without the values. */
  isPlannedAhead: boolean;
}

/** The same database, and every statement that a request of the graph sends outside of transactions, in order. */
export function countStatements(real: Database): { db: Database; statements: Statement[] } {
  const statements: Statement[] = [];
  const counting = (sql: Sql, isPlannedAhead: boolean): Sql => ({
    query: (text: string, parameters: unknown[] = []) => {
      statements.push({ sql: text, parameters, isPlannedAhead });
      return sql.query(text, parameters);
    },
  });
  return { db: { ...real, ...counting(real, false), reader: counting(real.reader, true) }, statements };
}
