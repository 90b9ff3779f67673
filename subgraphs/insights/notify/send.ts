import { appendAudit, type AuditEntry } from '#platform/audit';
import type { Database } from '#platform/database';
import { fullJitterMs } from '#platform/retry';
import type { Metrics } from '#platform/telemetry';
import { forgetBrowsers, holdBack, readBrowsers, type Browser } from '../alerts/browsers.ts';
import { isFlagCode } from '../alerts/kinds.ts';
import { messageOf, type Message } from '../alerts/messages.ts';
import type { PushKeys } from '../alerts/push-keys.ts';
import { quietUntil } from '../alerts/quiet-hours.ts';
import { writeShown } from '../sleep/nudge-ledger.ts';
import type { Alert } from './alert.ts';
import { readCurrent, type OfAthlete } from './current-alerts.ts';
import { claimNotices, settleNotices, type Notice, type Settled } from './notices.ts';
import type { Notifier, Outcome } from './notifier.ts';
import { audienceOf, coachesOf, recipientsOf, wants, type Recipient } from './recipients.ts';

export const NOTICES_AT_ONCE = 60;
const MESSAGES_AT_ONCE = 10;
/** What could not be told by then is of yesterday. The longest quiet hours end within it. */
const STALE_AFTER_MS = 30 * 3_600_000;
const MOST_ATTEMPTS = 10;
const FIRST_RETRY_MS = 10_000;

export interface SendParts {
  db: Database;
  notifier: Notifier;
  /** Null without web push: then there are no browsers, and an account is reached as a whole. */
  keys: PushKeys | null;
  metrics: Metrics;
}

/** A notice that still holds, with whom it is for. */
interface Due {
  notice: Notice;
  recipient: Recipient;
  alert: Alert | null;
}

type Target = Pick<Browser, 'id' | 'accountId' | 'notBefore'> & Partial<Browser>;

/**
 * Sends one batch of what is due. Everything is asked once more before it: whether the recipient still sees it, still wants
 * it, and may be disturbed. Committed before and after, so that a process that ends in between sends it again, and the
 * topic of the message lets the second take the place of the first. Answers how many notices there were.
 */
export async function sendDue(parts: SendParts, now: Date): Promise<number> {
  const { db, metrics } = parts;
  const notices = await claimNotices(db, { now, limit: NOTICES_AT_ONCE });
  if (notices.length === 0) return 0;
  const recipients = await readRecipients(parts, notices);
  const alerts = await readAlerts(parts, { notices, recipients, now });
  const settled: Settled[] = [];
  const due: Due[] = [];
  notices.forEach((notice, index) => {
    const recipient = recipients[index];
    const held = alerts.get(notice.id);
    const isStale = now.getTime() - notice.createdAt.getTime() > STALE_AFTER_MS || notice.attempts >= MOST_ATTEMPTS;
    if (!recipient || held === undefined || isStale || !wants(recipient, notice.kind)) {
      settled.push({ id: notice.id, state: 'DROPPED', reached: notice.reached });
      return;
    }
    const quiet = quietUntil(recipient.quiet, now);
    if (quiet === null) due.push({ notice, recipient, alert: held });
    else settled.push({ id: notice.id, state: 'WAITING', dueAt: quiet, reached: notice.reached, isAttempt: false });
  });
  metrics.notices.inc({ outcome: 'dropped' }, settled.filter(({ state }) => state === 'DROPPED').length);
  metrics.notices.inc({ outcome: 'held_back' }, settled.filter(({ state }) => state === 'WAITING').length);
  await settleNotices(db, { settled, now });
  await sendGroups(parts, { due, now });
  return notices.length;
}

/** In the order of the notices; undefined for whoever is no coach of it any more, or has no browser left. */
async function readRecipients(
  { db, notifier: { needsBrowser } }: SendParts,
  notices: readonly Notice[],
): Promise<(Recipient | undefined)[]> {
  const athleteIds = [...new Set(notices.flatMap(({ athleteId }) => athleteId ?? []))];
  const teamIds = [...new Set(notices.filter(({ athleteId }) => athleteId === null).map((each) => each.audienceId))];
  const all = [
    ...(await recipientsOf(db, { athleteIds, needsBrowser })),
    ...(teamIds.length > 0 ? await coachesOf(db, { teamIds, needsBrowser }) : []),
  ];
  const keyOf = (each: { accountId: string; audienceId: string; athleteId: string | null }): string =>
    `${each.accountId} ${each.audienceId} ${each.athleteId}`;
  const byKey = new Map(all.map((each) => [keyOf({ ...each, audienceId: audienceOf(each) }), each]));
  return notices.map((notice) => byKey.get(keyOf(notice)));
}

/** Of each notice that still holds what it tells; null where no view has to be asked. */
async function readAlerts(
  { db }: SendParts,
  options: { notices: readonly Notice[]; recipients: readonly (Recipient | undefined)[]; now: Date },
): Promise<Map<string, Alert | null>> {
  const { notices, recipients, now } = options;
  const held = new Map<string, Alert | null>();
  const asked = new Map<Recipient, { recipient: OfAthlete; notices: Notice[] }>();
  notices.forEach((notice, index) => {
    const recipient = recipients[index];
    if (!recipient) return;
    if (notice.kind === 'WEEKLY_SUMMARY') held.set(notice.id, null);
    else if (isOfAthlete(recipient)) {
      const already = asked.get(recipient);
      if (already) already.notices.push(notice);
      else asked.set(recipient, { recipient, notices: [notice] });
    }
  });
  const all = [...asked.values()];
  const seen = await readCurrent(db, { recipients: all.map(({ recipient }) => recipient), now });
  all.forEach((each, index) => {
    for (const notice of each.notices) {
      const alert = seen[index]?.alerts.find(
        ({ kind, onDay }) => kind === notice.kind && (isFlagCode(kind) || onDay === notice.onDay),
      );
      if (alert) held.set(notice.id, alert);
    }
  });
  return held;
}

const isOfAthlete = (recipient: Recipient): recipient is OfAthlete => recipient.athleteId !== null;

/** All that is due to one person of one team, or of themselves, goes out as one message. */
async function sendGroups(parts: SendParts, { due, now }: { due: readonly Due[]; now: Date }): Promise<void> {
  if (due.length === 0) return;
  const groups = [...Map.groupBy(due, ({ recipient }) => `${recipient.accountId} ${recipient.teamId}`).values()];
  const targets = await readTargets(parts, [...new Set(due.map(({ recipient }) => recipient.accountId))]);
  for (let at = 0; at < groups.length; at += MESSAGES_AT_ONCE) {
    const batch = groups.slice(at, at + MESSAGES_AT_ONCE);
    // A coach is about to be told that somebody is worth a look: on record before it happens.
    await appendAudit(
      parts.db,
      batch.flatMap((group) => auditOf(group, now)),
    );
    const settled = await Promise.all(
      batch.map((group) =>
        sendGroup(parts, { group, targets: targets.get(group[0]?.recipient.accountId ?? '') ?? [], now }),
      ),
    );
    await settleNotices(parts.db, { settled: settled.flat(), now });
  }
}

async function readTargets({ db, keys }: SendParts, accountIds: readonly string[]): Promise<Map<string, Target[]>> {
  if (keys === null) return new Map(accountIds.map((id) => [id, [{ id, accountId: id, notBefore: new Date(0) }]]));
  const { browsers, stale } = await readBrowsers(db, { accountIds, keys });
  await forgetBrowsers(db, stale);
  return Map.groupBy(browsers, ({ accountId }) => accountId);
}

function auditOf(group: readonly Due[], now: Date): AuditEntry[] {
  return group.flatMap(({ recipient: { teamId, athleteId }, alert }) =>
    teamId === null || athleteId === null || alert === null
      ? []
      : [
          {
            at: now,
            actorId: null,
            actorKind: 'TEAM_STREAM',
            athleteId,
            action: 'WATCH',
            signals: alert.signals,
            purpose: 'notification',
            teamId,
            requestId: null,
          } as const,
        ],
  );
}

async function sendGroup(
  parts: SendParts,
  options: { group: readonly Due[]; targets: readonly Target[]; now: Date },
): Promise<Settled[]> {
  const { group, targets, now } = options;
  const { accountId, teamId } = (group[0] as Due).recipient;
  const message = messageOf({ accountId, teamId, kinds: group.map(({ notice }) => notice.kind) });
  // A browser that has some of it gets the rest: it takes the place of what it has.
  const open = targets.filter(({ id }) => !group.every(({ notice }) => notice.reached.includes(id)));
  const told = await Promise.all(open.map((to) => sendTo(parts, { message, to, now })));
  const isDone = (index: number): boolean => told[index]?.kind !== 'later';
  const done = open.filter((_, index) => isDone(index)).map(({ id }) => id);
  const waiting = told.flatMap((outcome) => (outcome.kind === 'later' ? [outcome] : []));
  if (told.some(({ kind }) => kind === 'sent')) await noteNudges(parts, { group, now });
  return group.map(({ notice }): Settled => {
    const reached = [...new Set([...notice.reached, ...done])];
    const { id } = notice;
    const isTold = notice.reached.length > 0 || told.some(({ kind }) => kind === 'sent');
    if (waiting.length === 0) return { id, state: isTold ? 'SENT' : 'DROPPED', reached };
    const askedMs = Math.min(...waiting.map(({ retryAfterMs }) => retryAfterMs ?? 0));
    const waitMs = Math.max(askedMs, backOffMs(notice.attempts + 1));
    return { id, state: 'WAITING', dueAt: new Date(now.getTime() + waitMs), reached, isAttempt: true };
  });
}

const backOffMs = (attempt: number): number => fullJitterMs({ attempt, baseMs: FIRST_RETRY_MS });

async function sendTo(
  { db, notifier, metrics }: SendParts,
  { message, to, now }: { message: Message; to: Target; now: Date },
): Promise<Outcome> {
  if (to.notBefore > now) return { kind: 'later', retryAfterMs: to.notBefore.getTime() - now.getTime() };
  const outcome = await notifier.send({ message, to });
  metrics.notices.inc({ outcome: outcome.kind });
  if (outcome.kind === 'gone') await forgetBrowsers(db, [to.id]);
  if (outcome.kind === 'later' && outcome.retryAfterMs !== null)
    await holdBack(db, [{ id: to.id, notBefore: new Date(now.getTime() + outcome.retryAfterMs) }]);
  return outcome;
}

/** A nudge that was pushed was shown: two that nobody answers stop them, as on the page. */
async function noteNudges({ db }: SendParts, { group, now }: { group: readonly Due[]; now: Date }): Promise<void> {
  const nudges = group.flatMap(({ recipient: { athleteId }, alert }) =>
    alert?.nudge && athleteId !== null ? [{ athleteId, date: alert.onDay, kind: alert.nudge }] : [],
  );
  if (nudges.length > 0) await writeShown(db, { nudges, now });
}
