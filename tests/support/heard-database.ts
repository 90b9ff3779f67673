import type { Database, Sql } from '#platform/database';

/** `isPrepared`: by a connection that makes its plans without the values. */
export type Heard = (sql: string, parameters: unknown[], isPrepared: boolean) => void;

/** The same queries, that tell of each statement they send. */
export const heardSql = (of: Sql, heard: Heard, isPrepared: boolean): Sql => ({
  query: (sql: string, parameters: unknown[] = []) => {
    heard(sql, parameters, isPrepared);
    return of.query(sql, parameters);
  },
});

/** The same database, that tells of each statement sent outside of transactions, prepared ones too. */
export function heardDatabase(db: Database, heard: Heard): Database {
  const telling = (of: Sql, isPrepared: boolean): Sql => heardSql(of, heard, isPrepared);
  const { prepared } = db;
  const composed = telling(prepared.composed, true);
  return { ...db, ...telling(db, false), prepared: { ...prepared, ...telling(prepared, true), composed } };
}
