import type { Basis } from '#platform/basis';
import type { Database, Sql } from '#platform/database';
import { dayNumber, localDate, localTimeInstant } from '#platform/slots';
import type { AlertKind } from '../alerts/kinds.ts';
import { quietUntil, type QuietHours } from '../alerts/quiet-hours.ts';
import { mondayOf } from '../weekly/week.ts';
import { claimChanged, settleChanged, TRAINED } from './changed-views.ts';
import type { Alert } from './alert.ts';
import { readCurrent, type OfAthlete } from './current-alerts.ts';
import { writeNotices, type NewNotice } from './notices.ts';
import { audienceOf, recipientsOf, wants } from './recipients.ts';

export const VIEWS_AT_ONCE = 200;
/** What is older than this was missed, or is new to somebody only because they asked for it since. */
const NEWS_DAYS = 2;

/**
 * Looks at a batch of changed views and writes down whom to tell of what. Of a view only those are told who see just that
 * view, and of what was trained those who see TRAINING, and then of what is told from it: what a change in a withheld
 * signal sets off is nothing to anybody who does not see it. Answers how many views there were.
 */
export async function findNews(db: Database, options: { needsBrowser: boolean; now: Date }): Promise<number> {
  const { needsBrowser, now } = options;
  const views = await claimChanged(db, { now, limit: VIEWS_AT_ONCE });
  if (views.length === 0) return 0;
  const changed = new Set(views.map(({ athleteId, basis }) => `${athleteId} ${basis}`));
  const athleteIds = [...new Set(views.map(({ athleteId }) => athleteId))];
  const recipients = (await recipientsOf(db, { athleteIds, needsBrowser })).filter(
    (each): each is OfAthlete => each.athleteId !== null && each.isPushOn,
  );
  const seen = await readCurrent(db, { recipients, now });
  const notices = recipients.flatMap((recipient, index) => {
    const { basis = 0, alerts = [] } = seen[index] ?? {};
    const isNew = (of: Basis): boolean => changed.has(`${recipient.athleteId} ${of}`);
    const [isViewNew, isTrainingNew] = [basis !== TRAINED && isNew(basis), isNew(TRAINED)];
    return alerts
      .filter(({ signals }) => isViewNew || (isTrainingNew && signals.includes('TRAINING')))
      .filter((alert) => wants(recipient, alert.kind) && isNews(alert))
      .map((alert) => noticeOf({ recipient, alert, now }));
  });
  await writeNotices(db, { notices, now });
  await settleChanged(db, { views, now });
  return views.length;
}

function isNews({ openedOn, onDay }: Alert): boolean {
  return openedOn === null || dayNumber(openedOn) >= dayNumber(onDay) - NEWS_DAYS;
}

function noticeOf(options: { recipient: OfAthlete; alert: Alert; now: Date }): NewNotice {
  const { recipient, alert, now } = options;
  const { accountId, athleteId, quiet } = recipient;
  const { kind, onDay, openedOn, notBefore } = alert;
  const from = notBefore !== null && notBefore > now ? notBefore : now;
  return { accountId, audienceId: audienceOf(recipient), athleteId, kind, onDay, openedOn, dueAt: openAt(quiet, from) };
}

const openAt = (quiet: QuietHours, at: Date): Date => quietUntil(quiet, at) ?? at;

/** When the week before is told of: on Monday, with the views of the morning there. */
const WEEKLY = { from: '08:00', to: '20:00' } as const;
const RECONNECT_NEWS_MS = NEWS_DAYS * 86_400_000;

/** What no view tells of: that a week is over, and that a connection was lost. Two statements and a list of zones. */
export async function findByClock(db: Sql, options: { needsBrowser: boolean; now: Date }): Promise<void> {
  const { needsBrowser, now } = options;
  const zones = await db.query<{ timeZone: string }[]>(
    `select time_zone as "timeZone" from connections.athlete_v1
     union select time_zone from insights.alert_channel where time_zone is not null
     union select 'UTC'`,
  );
  const mondays = zones.flatMap(({ timeZone }) => {
    const today = localDate(now, timeZone);
    const isIn =
      mondayOf(today) === today &&
      localTimeInstant(today, WEEKLY.from, timeZone) <= now &&
      now < localTimeInstant(today, WEEKLY.to, timeZone);
    return isIn ? [{ timeZone, today }] : [];
  });
  if (mondays.length > 0) {
    await db.query(insertWanted({ kind: 'WEEKLY_SUMMARY', of: WEEKS }), [
      now,
      needsBrowser,
      mondays.map(({ timeZone }) => timeZone),
      mondays.map(({ today }) => today),
    ]);
  }
  await db.query(insertWanted({ kind: 'PROVIDER_RECONNECT', of: LOST }), [
    now,
    needsBrowser,
    new Date(now.getTime() - RECONNECT_NEWS_MS),
  ]);
}

const WEEKS = `
  select a.account_id, a.id as audience_id, a.id as athlete_id, z.monday as on_day
    from unnest($3::text[], $4::date[]) as z(time_zone, monday) join connections.athlete_v1 a on a.time_zone = z.time_zone
   union all
  select m.account_id, m.team_id, null, z.monday
    from connections.membership_v1 m
    left join insights.alert_channel c on c.account_id = m.account_id
    join unnest($3::text[], $4::date[]) as z(time_zone, monday) on z.time_zone = coalesce(c.time_zone, 'UTC')
   where m.role = 'COACH'`;
const LOST = `
  select a.account_id, a.id as audience_id, a.id as athlete_id, (l.since at time zone 'UTC')::date as on_day
    from connections.needs_reconnect_v1 l join connections.athlete_v1 a on a.id = l.athlete_id where l.since > $3`;

/** Both kinds are on unless somebody turned them off (kinds.ts). Quiet hours are kept when it is sent. */
const insertWanted = ({ kind, of }: { kind: AlertKind; of: string }): string => `
  insert into insights.notice (id, account_id, audience_id, athlete_id, kind, on_day, held_on, state, due_at, created_at)
  select gen_random_uuid(), r.account_id, r.audience_id, r.athlete_id, '${kind}', r.on_day, r.on_day, 'WAITING', $1, $1
    from (${of}) r
    left join insights.alert_channel c on c.account_id = r.account_id
    left join insights.alert_choice h
           on h.account_id = r.account_id and h.audience_id = r.audience_id and h.kind = '${kind}'
   where coalesce(c.is_push_on, true) and coalesce(h.is_on, true)
     and (not $2::boolean or exists (select from insights.push_subscription s where s.account_id = r.account_id))
  on conflict (account_id, audience_id, athlete_id, kind, on_day) do nothing`;
