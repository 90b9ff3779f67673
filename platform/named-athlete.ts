import type { Sql } from '#platform/database';
import { AppError } from '#platform/errors';
import { isId } from '#platform/ids';

/** What `--athlete` takes, as the help of a verb says it. */
export const NAMED_ATHLETE = 'id, e-mail they sign in with, or name';

/**
 * The id of the athlete whom an operator names. An id is taken as it is, whether there is such an athlete or not; an e-mail
 * and a name are compared whole, without regard to capitals. Throws NOT_FOUND, and BAD_USER_INPUT where several are meant.
 */
export async function namedAthlete(db: Sql, named: string): Promise<string> {
  const wanted = named.trim();
  if (isId(wanted)) return wanted;
  const found = await db.query<{ id: string }[]>('select id from connections.athletes_named_v1($1) id', [wanted]);
  const [first, ...others] = found.map(({ id }) => id);
  if (first === undefined)
    throw new AppError(
      'NOT_FOUND',
      `No athlete signs in as "${wanted}" or is called that. Give the whole e-mail or name, or the id from the athlete's page.`,
    );
  if (others.length > 0) throw severalNamed(wanted, [first, ...others]);
  return first;
}

const SHOWN = 5;

function severalNamed(wanted: string, ids: readonly string[]): AppError {
  const shown = `${ids.length > SHOWN ? ', among them' : ':'} ${ids.slice(0, SHOWN).join(', ')}`;
  return new AppError(
    'BAD_USER_INPUT',
    `${ids.length} athletes are meant by "${wanted}"${shown}. Give the id of one, or their e-mail.`,
  );
}
