import { randomUUID } from 'node:crypto';
import { appendAudit } from '#platform/audit';
import { decide, mayKnow } from '#platform/consent';
import { sha256 } from '#platform/crypto';
import type { Sql } from '#platform/database';
import { AppError } from '#platform/errors';
import { requireAccount } from '#platform/identity';
import { isId } from '#platform/ids';
import type { LocalDate } from '#platform/signals';
import { localDate } from '#platform/slots';
import type { ReadContext } from '../readiness/read.ts';
import type { ImportScheduledSessionsInput, ScheduledSessionInput } from './graph-types.ts';
import { checkContent, isSameLoad, SESSION_FIELDS, type SessionContent } from './session.ts';
import {
  findSession,
  findSessions,
  insertSessions,
  writeVersion,
  type Act,
  type NewSession,
  type StoredSession,
} from './store.ts';

const IMPORTED_AT_ONCE = 200;
const CLIENT_ID_LENGTH = 64;

/** A writer of one athlete's plan. `since`: the first day that is theirs to write; null: all. */
interface Writer extends Act {
  athleteId: string;
  timeZone: string;
  since: LocalDate | null;
}

/** Creates a session, or changes the one with this id if it is still at the version that was read. */
export async function saveSession(context: ReadContext, input: ScheduledSessionInput): Promise<StoredSession> {
  if (input.id !== null && input.id !== undefined) return await changeSession(context, { ...input, id: input.id });
  if (input.version !== null && input.version !== undefined)
    throw new AppError('BAD_USER_INPUT', '"version" belongs to an "id". Leave it out for a new session.');
  const [made] = await createSessions(context, input.athleteId ?? null, [input]);
  if (made === undefined)
    throw new AppError('CONFLICT', 'A session with this "clientId" was removed. Use another one to plan it again.');
  return made;
}

/**
 * Puts many sessions into the plan at once. Each is known by its `clientId`: one that is there already, or was removed
 * since, stays as it is, so that the same import may be repeated. Answers those that stand in the plan.
 */
export async function importSessions(
  context: ReadContext,
  input: ImportScheduledSessionsInput,
): Promise<StoredSession[]> {
  const { sessions } = input;
  if (sessions.length > IMPORTED_AT_ONCE)
    throw new AppError(
      'BAD_USER_INPUT',
      `At most ${IMPORTED_AT_ONCE} sessions at once. Send the rest in another call.`,
    );
  const ids = new Set(sessions.map(({ clientId }) => clientId ?? ''));
  if (ids.has('') || ids.size < sessions.length)
    throw new AppError(
      'BAD_USER_INPUT',
      'Each session of an import has a "clientId" of its own. It may be the id it has where it comes from.',
    );
  if (
    sessions.some(
      ({ id, version, athleteId }) =>
        (id ?? version ?? athleteId) !== null && (id ?? version ?? athleteId) !== undefined,
    )
  )
    throw new AppError(
      'BAD_USER_INPUT',
      'An imported session has no "id", "version" or "athleteId". The athlete is named once, beside the list.',
    );
  return await createSessions(context, input.athleteId ?? null, sessions);
}

async function createSessions(
  context: ReadContext,
  athleteId: string | null,
  inputs: readonly ScheduledSessionInput[],
): Promise<StoredSession[]> {
  const writer = await writerOf(context, athleteId ?? ownAthleteId(context));
  const sessions = inputs.map((input): NewSession => ({
    ...contentOf({ input, writer, before: null, now: context.now }),
    athleteId: writer.athleteId,
    id: newSessionId(writer.athleteId, input.clientId ?? null),
  }));
  await context.db.transaction(async (tx) => {
    await insertSessions(tx, sessions, writer);
    await recordWrite(tx, context, writer);
  });
  const ids = sessions.map(({ id }) => id);
  const stored = await findSessions(context.db, { athleteId: writer.athleteId, ids });
  return stored.filter(({ isRemoved }) => !isRemoved);
}

async function changeSession(
  context: ReadContext,
  input: ScheduledSessionInput & { id: string },
): Promise<StoredSession> {
  const before = await findOpen(context, input.id);
  const writer = await writerOf(context, before.athleteId, before.date);
  const content = contentOf({ input, writer, before, now: context.now });
  if (SESSION_FIELDS.every((field) => before[field] === content[field])) return before;
  if (input.version === null || input.version === undefined)
    throw new AppError('BAD_USER_INPUT', 'Say which "version" of the session you change.');
  if (input.version !== before.version) throw changedMeanwhile(before.version, input.version);
  await write(context, { session: { ...before, ...content }, before, action: 'CHANGED', writer });
  return await findOpen(context, input.id);
}

/** Takes a session out of the plan; true also when it was out already. */
export async function removeSession(context: ReadContext, id: string): Promise<true> {
  const before = isId(id) ? await findSession(context.db, { id }) : undefined;
  if (!before) throw noSuchSession();
  const writer = await writerOf(context, before.athleteId, before.date);
  if (!before.isRemoved) await write(context, { session: before, before, action: 'REMOVED', writer });
  return true;
}

async function write(
  context: ReadContext,
  parts: { session: NewSession; before: StoredSession; action: 'CHANGED' | 'REMOVED'; writer: Writer },
): Promise<void> {
  const { session, before, action, writer } = parts;
  await context.db.transaction(async (tx) => {
    const chosenFrom = chosenFromOf({ session, before, act: writer });
    if (await writeVersion(tx, { session, version: before.version, chosenFrom, action, act: writer })) {
      await recordWrite(tx, context, writer);
      return;
    }
    const now = await findSession(tx, { id: before.id });
    if (!now || now.isRemoved) throw noSuchSession();
    throw changedMeanwhile(now.version, before.version);
  });
}

/**
 * The version an athlete started from when they changed what a session asks of them on its own day: they have decided
 * about it, and a coach's view suggests nothing on top. Whoever else changes that takes it back.
 */
export function chosenFromOf(parts: { session: NewSession; before: StoredSession; act: Act }): number | null {
  const { session, before, act } = parts;
  const known = before.chosenFrom?.version ?? null;
  if (isSameLoad(session, before) && session.date === before.date) return known;
  const isChoice = act.actor === 'ATHLETE' && act.onDay === before.date && session.date === before.date;
  return isChoice ? (known ?? before.version) : null;
}

/** The session with this id that stands in a plan. Whether the viewer may know it is still to be asked. */
async function findOpen(context: ReadContext, id: string): Promise<StoredSession> {
  const found = isId(id) ? await findSession(context.db, { id }) : undefined;
  if (!found || found.isRemoved) throw noSuchSession();
  return found;
}

function ownAthleteId(context: ReadContext): string {
  const { athleteId } = requireAccount(context.viewer);
  if (athleteId === null) throw new AppError('BAD_USER_INPUT', 'Say whose plan this is for: "athleteId" is missing.');
  return athleteId;
}

/** The athlete, or a coach to whom they share TRAINING. Whoever else it is, and for days before the grant: NOT_FOUND. */
async function writerOf(context: ReadContext, athleteId: string, date?: LocalDate): Promise<Writer> {
  const { accountId } = requireAccount(context.viewer);
  const access = await context.access.load({ athleteId, teamId: null });
  const decision = decide({ access, signal: 'TRAINING', at: context.now, ...(date !== undefined && { on: date }) });
  if (!mayKnow(access) || !decision.allowed) throw date === undefined ? noSuchAthlete() : noSuchSession();
  return {
    athleteId,
    timeZone: access.timeZone,
    since: decision.since,
    actor: access.relation === 'self' ? 'ATHLETE' : 'COACH',
    accountId,
    at: context.now,
    onDay: localDate(context.now, access.timeZone),
  };
}

/** The input as content. What is left out of a change stays; only a coach locks a session or allows more of it. */
function contentOf(parts: {
  input: ScheduledSessionInput;
  writer: Writer;
  before: SessionContent | null;
  now: Date;
}): SessionContent {
  const { input, writer, before, now } = parts;
  const content = checkContent(
    {
      date: input.date,
      startTime: input.startTime ?? null,
      title: input.title,
      sport: input.sport ?? null,
      intensity: input.intensity,
      minutes: input.minutes,
      kind: input.kind,
      isLocked: input.isLocked ?? before?.isLocked ?? false,
      allowsIncrease: input.allowsIncrease ?? before?.allowsIncrease ?? false,
      notes: input.notes ?? null,
    },
    { now, timeZone: writer.timeZone },
  );
  if (writer.since !== null && content.date < writer.since)
    throw new AppError('BAD_USER_INPUT', `Training is shared from ${writer.since} on. Choose that day or a later one.`);
  const isCoachs =
    content.isLocked !== (before?.isLocked ?? false) || content.allowsIncrease !== (before?.allowsIncrease ?? false);
  if (isCoachs && writer.actor !== 'COACH')
    throw new AppError('FORBIDDEN', 'Only a coach locks a session or allows an increase. Leave both out.');
  return content;
}

/** Without a client's id a random one: one that grows with time would tell when somebody was up. */
function newSessionId(athleteId: string, clientId: string | null): string {
  if (clientId === null) return randomUUID();
  if (clientId === '' || clientId.length > CLIENT_ID_LENGTH)
    throw new AppError('BAD_USER_INPUT', `"clientId" has 1 to ${CLIENT_ID_LENGTH} characters.`);
  const hex = sha256(`${athleteId} ${clientId}`).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

/** That somebody else wrote into the plan stands in the athlete's access log, in the same commit. */
async function recordWrite(tx: Sql, context: ReadContext, writer: Writer): Promise<void> {
  if (writer.actor === 'ATHLETE') return;
  await appendAudit(tx, [
    {
      at: context.now,
      actorId: writer.accountId,
      actorKind: 'ACCOUNT',
      athleteId: writer.athleteId,
      action: 'WRITE',
      signals: ['TRAINING'],
      purpose: 'plan',
      requestId: context.requestId,
    },
  ]);
}

export const noSuchSession = (): AppError =>
  new AppError('NOT_FOUND', 'There is no such session. It may have been removed; load the plan again.');
const noSuchAthlete = (): AppError => new AppError('NOT_FOUND', 'There is no such athlete whose plan you could write.');

const changedMeanwhile = (current: number, given: number): AppError =>
  new AppError(
    'CONFLICT',
    `The session was changed meanwhile: it is at version ${current}, and you changed version ${given}. Load it again and repeat.`,
  );
