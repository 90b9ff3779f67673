import { Field, ID, ObjectType } from 'type-graphql';
import type { Access } from '#platform/consent';
import { ProviderEnum } from '#platform/graphql-types';
import type { Origin } from '#platform/signals';

@ObjectType({ description: 'Where a value came from.' })
export class Source {
  @Field(() => ProviderEnum)
  provider!: Origin;

  @Field(() => String, {
    nullable: true,
    description: "What measured it, in the provider's words. Null where the provider did not say.",
  })
  device!: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The delivery that brought it. For the athlete only: it would tell when it came.',
  })
  deliveryId!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The rules that read it from the delivery. For the athlete only: they change when the delivery does.',
  })
  normaliserVersion!: string | null;
}

/** Columns of every measured row, as `originOf` selects them. */
export interface OriginRow {
  provider: Origin;
  device: string | null;
  deliveryId: string;
  normaliserVersion: string;
}

/** The select list of `OriginRow`, of the row called `row`. */
export const originOf = (row: string): string =>
  `${row}.provider, ${row}.device, ${row}.delivery_id as "deliveryId", ${row}.normaliser_version as "normaliserVersion"`;

/**
 * The source as this viewer may know it. A delivery holds several signals, so what changes with it alone (its id, which
 * is ordered by time, and the version of the rules) would tell of a withheld one: both are the athlete's.
 */
export function sourceFor(access: Access, row: OriginRow): Source {
  const { provider, device } = row;
  if (access.relation !== 'self') return { provider, device, deliveryId: null, normaliserVersion: null };
  return { provider, device, deliveryId: row.deliveryId, normaliserVersion: row.normaliserVersion };
}

/** Of several rows that made one value, each source once. */
export function sourcesFor(access: Access, rows: readonly OriginRow[]): Source[] {
  const seen = new Map<string, Source>();
  for (const row of rows) {
    const source = sourceFor(access, row);
    seen.set(JSON.stringify(source), source);
  }
  return [...seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, source]) => source);
}
