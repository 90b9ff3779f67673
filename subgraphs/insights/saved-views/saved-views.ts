import type { RequestContext } from '#platform/context';
import { AppError } from '#platform/errors';
import { requireAccount } from '#platform/identity';
import { isId, newId } from '#platform/ids';
import { isCoachOf } from '../roster/members.ts';
import type { SavedView, SaveViewInput } from './graph-types.ts';

/** More than a menu can show at a glance. */
const MOST_VIEWS = 50;
const LONGEST_NAME = 60;
/** Every filter at once, all columns and a long search stay under a thousand. */
const LONGEST_QUERY = 2_000;
/** What URLSearchParams writes: no space, no quote, nothing of another part of an address. */
const QUERY = /^[\w.*~%+=&-]*$/;

/** By name; null for whoever is no coach of the team, and for the stream that a team's coaches share: these are one person's. */
export async function readViews(context: RequestContext, teamId: string): Promise<SavedView[] | null> {
  const { db, viewer } = context;
  if (viewer.kind !== 'account' || !(await isCoachOf(db, { teamId, viewer }))) return null;
  return await db.query<SavedView[]>(
    `select id, name, query from insights.saved_view
      where account_id = $1 and team_id = $2 order by lower(name), name`,
    [viewer.accountId, teamId],
  );
}

/** @throws AppError UNAUTHENTICATED, BAD_USER_INPUT, NOT_FOUND (no team of theirs), CONFLICT (too many) */
export async function saveView(context: RequestContext, input: SaveViewInput): Promise<SavedView> {
  const viewer = requireAccount(context.viewer);
  const { teamId, query } = input;
  const name = nameOf(input.name);
  if (query.length > LONGEST_QUERY || !QUERY.test(query))
    throw new AppError('BAD_USER_INPUT', 'That is no address of a table. Take what stands behind the "?" of it.');
  if (!(await isCoachOf(context.db, { teamId, viewer })))
    throw new AppError('NOT_FOUND', 'There is no such team among those you coach. Choose one of your teams.');
  // Two at once may each see the last place free: one view too many hurts nobody.
  const [saved] = await context.db.query<SavedView[]>(
    `insert into insights.saved_view as v (account_id, team_id, id, name, query, saved_at)
     select $1, $2, $3, $4, $5, $6
      where exists (select 1 from insights.saved_view where account_id = $1 and team_id = $2 and name = $4)
         or (select count(*) from insights.saved_view where account_id = $1 and team_id = $2) < $7
     on conflict (account_id, team_id, name) do update set query = excluded.query, saved_at = excluded.saved_at
     returning v.id, v.name, v.query`,
    [viewer.accountId, teamId, newId(), name, query, context.now, MOST_VIEWS],
  );
  if (saved) return saved;
  throw new AppError('CONFLICT', `You keep ${MOST_VIEWS} views of this team already. Delete one first.`);
}

/** @throws AppError UNAUTHENTICATED, BAD_USER_INPUT, NOT_FOUND (no view of theirs), CONFLICT (the name is taken) */
export async function renameView(context: RequestContext, asked: { id: string; name: string }): Promise<SavedView> {
  const { accountId } = requireAccount(context.viewer);
  const name = nameOf(asked.name);
  const [renamed] = isId(asked.id) ? await rename(context, { id: asked.id, accountId, name }) : [];
  if (renamed) return renamed;
  throw new AppError('NOT_FOUND', 'There is no such view among yours. It may have been deleted elsewhere.');
}

const UNIQUE_VIOLATION = '23505';

async function rename({ db }: RequestContext, view: { id: string; accountId: string; name: string }) {
  try {
    return await db.query<SavedView[]>(
      `with renamed as (
         update insights.saved_view set name = $3 where id = $1 and account_id = $2 returning id, name, query)
       select id, name, query from renamed`,
      [view.id, view.accountId, view.name],
    );
  } catch (cause) {
    if ((cause as { code?: string }).code !== UNIQUE_VIOLATION) throw cause;
    throw new AppError('CONFLICT', 'Another of your views has this name. Choose another one.', { cause });
  }
}

export async function removeView(context: RequestContext, id: string): Promise<true> {
  const { accountId } = requireAccount(context.viewer);
  if (isId(id))
    await context.db.query('delete from insights.saved_view where id = $1 and account_id = $2', [id, accountId]);
  return true;
}

/** @throws AppError BAD_USER_INPUT */
function nameOf(text: string): string {
  const name = text.trim();
  if (name !== '' && name.length <= LONGEST_NAME) return name;
  throw new AppError('BAD_USER_INPUT', `The name of a view has 1 to ${LONGEST_NAME} characters. Choose another one.`);
}
