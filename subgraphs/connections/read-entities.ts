import type { EntityTarget, ObjectLiteral } from 'typeorm';
import type { RequestContext } from '#platform/context';
import { instantOf } from '#platform/together';

/**
 * The rows of one entity, together with what else the request reads in this step. `where` begins with that word and may
 * end with an order; its values are `$1` and so on.
 */
export async function readEntities<Row extends ObjectLiteral>(
  { db, together }: Pick<RequestContext, 'db' | 'together'>,
  asked: { entity: EntityTarget<Row>; where: string; values: unknown[] },
): Promise<Row[]> {
  const { tablePath, columns } = db.source.getMetadata(asked.entity);
  const names = columns.map(({ databaseName, propertyName }) => `${databaseName} as "${propertyName}"`);
  const rows = await together.query<Record<string, unknown>[]>(
    `select ${names.join(', ')} from ${tablePath} ${asked.where}`,
    asked.values,
  );
  const instants = columns.filter(({ type }) => type === 'timestamptz').map(({ propertyName }) => propertyName);
  return rows.map((row) => {
    const read = instants.map((name) => [name, instantOf(row[name] as string | null)]);
    return { ...row, ...Object.fromEntries(read) } as Row;
  });
}
