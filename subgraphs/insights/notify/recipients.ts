import type { Sql } from '#platform/database';
import { isAlertOn, type AlertKind, type AlertRole } from '../alerts/kinds.ts';
import { USUAL_QUIET_HOURS, type QuietHours } from '../alerts/quiet-hours.ts';

/** Somebody who may be told something: an athlete of themselves, or a coach in the view of one team. */
export interface Recipient {
  accountId: string;
  /** Null for the athlete's own. */
  teamId: string | null;
  /** Of whom; null where it concerns the whole team. */
  athleteId: string | null;
  isPushOn: boolean;
  quiet: QuietHours;
  choices: ReadonlyMap<AlertKind, boolean>;
}

export const roleOf = ({ teamId }: Pick<Recipient, 'teamId'>): AlertRole => (teamId === null ? 'ATHLETE' : 'COACH');

/** Whose alert it is: the team's view, or the athlete's own. */
export const audienceOf = ({ teamId, athleteId }: Pick<Recipient, 'teamId' | 'athleteId'>): string =>
  teamId ?? athleteId ?? '';

export const wants = (recipient: Recipient, kind: AlertKind): boolean =>
  recipient.isPushOn && isAlertOn({ role: roleOf(recipient), kind, choices: recipient.choices });

interface RecipientRow extends Omit<Recipient, 'choices' | 'quiet'> {
  timeZone: string;
  quietFrom: string;
  quietTo: string;
  choices: [AlertKind, boolean][];
}

const FACTS = `
  coalesce(c.is_push_on, true) as "isPushOn",
  (select coalesce(json_agg(json_build_array(h.kind, h.is_on)), '[]')
     from insights.alert_choice h where h.account_id = r.account_id and h.audience_id = r.audience_id) as choices`;
const CHANNEL = 'left join insights.alert_channel c on c.account_id = r.account_id';
const REACHED = (parameter: string): string =>
  `(not ${parameter} or exists (select from insights.push_subscription s where s.account_id = r.account_id))`;
const ATHLETES = `
  select r.account_id as "accountId", null::uuid as "teamId", r.athlete_id as "athleteId",
         r.time_zone as "timeZone", r.quiet_from as "quietFrom", r.quiet_to as "quietTo", ${FACTS}
    from (select a.account_id, a.id as athlete_id, a.id as audience_id, a.time_zone, q.quiet_from, q.quiet_to
            from connections.athlete_v1 a join connections.quiet_hours_v1 q on q.athlete_id = a.id) r ${CHANNEL}`;
const COACH_HOURS = `
  coalesce(c.time_zone, 'UTC') as "timeZone", coalesce(c.quiet_from, '${USUAL_QUIET_HOURS.from}') as "quietFrom",
  coalesce(c.quiet_to, '${USUAL_QUIET_HOURS.to}') as "quietTo"`;

/** `needsBrowser`: leave out whoever has registered none. */
interface Asked {
  needsBrowser: boolean;
}

/** Everybody who may be told something of one of these athletes, as it stands now: themselves and the coaches of their teams. */
export async function recipientsOf(db: Sql, asked: Asked & { athleteIds: readonly string[] }): Promise<Recipient[]> {
  const rows = await db.query<RecipientRow[]>(
    `${ATHLETES} where r.athlete_id = any($1) and ${REACHED('$2::boolean')}
     union all
     select r.account_id, r.audience_id, r.athlete_id, ${COACH_HOURS}, ${FACTS}
       from (select co.account_id, m.team_id as audience_id, m.athlete_id
               from connections.membership_v1 m
               join connections.membership_v1 co on co.team_id = m.team_id and co.role = 'COACH'
              where m.role = 'ATHLETE' and m.athlete_id = any($1)) r ${CHANNEL}
      where ${REACHED('$2::boolean')}`,
    [asked.athleteIds, asked.needsBrowser],
  );
  return rows.map(recipientOf);
}

/** The coaches of these teams, of what concerns a team as a whole. */
export async function coachesOf(db: Sql, asked: Asked & { teamIds: readonly string[] }): Promise<Recipient[]> {
  const rows = await db.query<RecipientRow[]>(
    `select r.account_id as "accountId", r.audience_id as "teamId", null::uuid as "athleteId", ${COACH_HOURS}, ${FACTS}
       from (select account_id, team_id as audience_id from connections.membership_v1
              where role = 'COACH' and team_id = any($1)) r ${CHANNEL}
      where ${REACHED('$2::boolean')}`,
    [asked.teamIds, asked.needsBrowser],
  );
  return rows.map(recipientOf);
}

const recipientOf = ({ timeZone, quietFrom, quietTo, choices, ...row }: RecipientRow): Recipient => ({
  ...row,
  quiet: { from: quietFrom, to: quietTo, timeZone },
  // The driver reads what json_agg made. Two rows of one kind there are none: the key holds it.
  choices: new Map(choices),
});
