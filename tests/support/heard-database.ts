import type { Database, Sql } from '#platform/database';

/** The same database, that tells of each statement sent outside of transactions, prepared ones too. */
export function heardDatabase(db: Database, heard: (sql: string, parameters: unknown[]) => void): Database {
  const telling = (of: Sql): Sql['query'] => {
    return (sql: string, parameters: unknown[] = []) => {
      heard(sql, parameters);
      return of.query(sql, parameters);
    };
  };
  return { ...db, query: telling(db), prepared: { ...db.prepared, query: telling(db.prepared) } };
}
