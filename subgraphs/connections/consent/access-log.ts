import { Field, ObjectType } from 'type-graphql';
import { DateTimeScalar, PageInfo } from '#platform/graphql-types';
import type { Sql } from '#platform/database';
import { instantOf } from '#platform/together';
import type { Loaders } from '../context.ts';
import { cursorOf, pageOfRows, type Page } from '../teams/paging.ts';

@ObjectType({ description: 'Something done with an athlete’s data. Says what was looked at, never what was seen.' })
export class AccessLogEntry {
  id!: number;
  actorId!: string | null;
  actorKind!: 'ACCOUNT' | 'TEAM_STREAM' | 'API_KEY' | 'SYSTEM';
  teamId!: string | null;

  @Field(() => DateTimeScalar)
  at!: Date;

  @Field(() => String, { description: 'READ, WATCH, CONSENT, LINK, UNLINK or WRITE.' })
  action!: string;

  @Field(() => [String])
  signals!: string[];

  @Field(() => String)
  purpose!: string;
}

@ObjectType()
export class AccessLogEdge {
  @Field(() => String)
  cursor!: string;

  @Field(() => AccessLogEntry)
  node!: AccessLogEntry;
}

@ObjectType()
export class AccessLogConnection {
  athleteId!: string;

  @Field(() => [AccessLogEdge])
  edges!: AccessLogEdge[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}

/** A cursor of this list: the number of an entry. */
export const isAccessLogCursor = (parts: readonly string[]): boolean =>
  parts.length === 1 && /^\d{1,15}$/.test(parts[0] ?? '');

/** One page, newest first. The audit schema is open to this one function, which answers one athlete at a time. */
export async function readAccessLog(db: Sql, options: { athleteId: string; page: Page }): Promise<AccessLogConnection> {
  const { athleteId, page } = options;
  const rows = await db.query<(Omit<AccessLogEntry, 'at'> & { at: Date | string })[]>(
    `select id, at, actor_id as "actorId", actor_kind as "actorKind", action, signals, purpose, team_id as "teamId"
       from audit.of_athlete($1, $2, $3)`,
    // One more than is shown tells whether there is a next page.
    [athleteId, page.after?.[0] ?? null, page.first + 1],
  );
  const entries = rows.map((row): AccessLogEntry => ({ ...row, at: instantOf(row.at) }));
  return { athleteId, ...pageOfRows({ rows: entries, page, cursor: (entry) => cursorOf([String(entry.id)]) }) };
}

const EVERY = 2 ** 31 - 1;

export async function countAccessLog(db: Sql, athleteId: string): Promise<number> {
  const [row] = await db.query<{ total: number }[]>('select count(*) as total from audit.of_athlete($1, null, $2)', [
    athleteId,
    EVERY,
  ]);
  return row?.total ?? 0;
}

/** The name behind an entry, by the request's loaders: a page asks for all its names at once. */
export async function whoDid(
  entry: AccessLogEntry,
  loaders: Pick<Loaders, 'accounts' | 'teams' | 'apiKeyNames'>,
): Promise<string> {
  if (entry.actorKind === 'ACCOUNT' && entry.actorId !== null) {
    return (await loaders.accounts.load(entry.actorId))?.displayName ?? 'An account that no longer exists';
  }
  if (entry.actorKind === 'TEAM_STREAM' && entry.teamId !== null) {
    const team = await loaders.teams.load(entry.teamId);
    return `The coaches of ${team?.name ?? 'a team that no longer exists'}`;
  }
  if (entry.actorKind === 'API_KEY' && entry.actorId !== null) {
    return `The service ${(await loaders.apiKeyNames.load(entry.actorId)) ?? 'of a key that no longer exists'}`;
  }
  return 'Athlete Ally';
}
