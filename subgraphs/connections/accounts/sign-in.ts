import type { EntityManager } from 'typeorm';
import type { Clock } from '#platform/clock';
import type { Database, Sql } from '#platform/database';
import { AppError } from '#platform/errors';
import type { Role } from '#platform/identity';
import { newId } from '#platform/ids';
import type { AuthSession, LoginInput, RegisterInput } from './account.inputs.ts';
import { createPasswords, type Passwords } from './password.ts';
import type { Sessions } from './session.ts';
import { checkEmail, checkName, checkPassword, checkTimeZone, isEmail } from './validation.ts';

export interface SignIn {
  /** Makes the account, for an athlete also the athlete with their data keys, and signs in. Throws BAD_USER_INPUT, CONFLICT. */
  register(input: RegisterInput): Promise<AuthSession>;
  /** Throws UNAUTHENTICATED, the same and as slowly for an unknown address as for a wrong password. */
  login(input: LoginInput): Promise<AuthSession>;
}

export function createSignIn(options: {
  db: Database;
  clock: Clock;
  sessions: Sessions;
  /** Makes the data keys of a new athlete; see the vault. */
  createAthleteKeys: (tx: EntityManager, athleteId: string) => Promise<void>;
  /** Today's cost when left out. */
  passwords?: Passwords;
}): SignIn {
  const { db, clock, sessions, passwords = createPasswords() } = options;

  return {
    async register(input) {
      if (input.role === 'ADMIN') {
        throw new AppError('BAD_USER_INPUT', 'An ADMIN account is made by the operator. Register as ATHLETE or COACH.');
      }
      const email = checkEmail(input.email);
      const displayName = checkName('The display name', input.displayName);
      const timeZone = checkTimeZone(input.timeZone);
      // Hashed before the transaction: a connection is not held for a quarter of a second of arithmetic.
      const passwordHash = await passwords.hash(checkPassword(input.password));
      const started = await db.transaction(async (tx) => {
        const account = { id: newId(), role: input.role };
        const made = await tx.query<unknown[]>(
          `insert into account (id, email, password_hash, display_name, role, created_at) values ($1, $2, $3, $4, $5, $6)
           on conflict (lower(email)) do nothing returning id`,
          [account.id, email, passwordHash, displayName, input.role, clock.now()],
        );
        if (made.length === 0) {
          throw new AppError(
            'CONFLICT',
            'There is an account with this e-mail address already. Sign in, or use another address.',
          );
        }
        if (input.role === 'ATHLETE') {
          const athleteId = newId();
          await tx.query('insert into athlete (id, account_id, display_name, time_zone) values ($1, $2, $3, $4)', [
            athleteId,
            account.id,
            displayName,
            timeZone,
          ]);
          await options.createAthleteKeys(tx, athleteId);
        }
        return sessions.start(tx, account);
      });
      return sessions.answer(started);
    },

    async login(input) {
      const account = await accountOf(db, input.email.trim());
      const { isCorrect, isOutdated } = await passwords.verify({
        password: input.password,
        encoded: account?.password_hash ?? null,
      });
      if (!account || !isCorrect) {
        throw new AppError(
          'UNAUTHENTICATED',
          'The e-mail address or the password is not right. Check both and try again.',
        );
      }
      if (isOutdated) {
        await db.query('update account set password_hash = $2 where id = $1', [
          account.id,
          await passwords.hash(input.password),
        ]);
      }
      return sessions.answer(await db.transaction((tx) => sessions.start(tx, account)));
    },
  };
}

interface AccountRow {
  id: string;
  role: Role;
  password_hash: string;
}

async function accountOf(db: Sql, email: string): Promise<AccountRow | undefined> {
  if (!isEmail(email)) return undefined;
  const rows = await db.query<AccountRow[]>(
    'select id, role, password_hash from account where lower(email) = lower($1)',
    [email],
  );
  return rows[0];
}
