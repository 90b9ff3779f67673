import { ECDH } from 'node:crypto';
import type { RequestContext } from '#platform/context';
import { AppError } from '#platform/errors';
import { requireAccount } from '#platform/identity';
import { isClockTime, isTimeZone } from '#platform/slots';
import { isCoachOf } from '../roster/members.ts';
import { countBrowsers, forgetBrowser, keepBrowser } from './browsers.ts';
import type { AlertPreferences, AlertPreferencesInput, BrowserInput } from './graph-types.ts';
import { isAlertOn, kindsFor, sentenceOfKind, type AlertKind, type AlertRole } from './kinds.ts';
import { isAllowedEndpoint, type PushKeys } from './push-keys.ts';
import { USUAL_QUIET_HOURS } from './quiet-hours.ts';

export interface AlertContext extends RequestContext {
  /** Null where this installation pushes nothing. */
  pushKeys: PushKeys | null;
}

/** Whose preferences: a coach's for one team, or an athlete's own. */
interface Audience {
  accountId: string;
  audienceId: string;
  teamId: string | null;
  role: AlertRole;
}

/** @throws AppError UNAUTHENTICATED, BAD_USER_INPUT, NOT_FOUND, FORBIDDEN */
async function audienceFor(context: AlertContext, teamId: string | null): Promise<Audience> {
  const viewer = requireAccount(context.viewer);
  const { accountId, athleteId, role } = viewer;
  if (teamId !== null) {
    if (await isCoachOf(context.db, { teamId, viewer }))
      return { accountId, audienceId: teamId, teamId, role: 'COACH' };
    throw new AppError('NOT_FOUND', 'There is no such team among those you coach. Choose one of your teams.');
  }
  if (athleteId !== null) return { accountId, audienceId: athleteId, teamId: null, role: 'ATHLETE' };
  if (role === 'COACH')
    throw new AppError('BAD_USER_INPUT', 'A coach is told of one team at a time. Say which with "teamId".');
  throw new AppError('FORBIDDEN', 'Alerts are for athletes and coaches, and this account is neither.');
}

export async function readPreferences(context: AlertContext, teamId: string | null): Promise<AlertPreferences> {
  return await present(context, await audienceFor(context, teamId));
}

interface Stored {
  isPushOn: boolean;
  quietFrom: string;
  quietTo: string;
  timeZone: string;
  choices: [AlertKind, boolean][];
}

async function present(context: AlertContext, audience: Audience): Promise<AlertPreferences> {
  const { accountId, audienceId, teamId, role } = audience;
  const [stored] = await context.db.query<Stored[]>(
    `select coalesce(c.is_push_on, true) as "isPushOn",
            coalesce(q.quiet_from, c.quiet_from, $3) as "quietFrom", coalesce(q.quiet_to, c.quiet_to, $4) as "quietTo",
            coalesce(p.time_zone, c.time_zone, 'UTC') as "timeZone",
            (select coalesce(json_agg(json_build_array(h.kind, h.is_on)), '[]')
               from insights.alert_choice h where h.account_id = a.id and h.audience_id = $2) as choices
       from (select $1::uuid as id) a
       left join insights.alert_channel c on c.account_id = a.id
       left join connections.athlete_v1 p on p.id = $2
       left join connections.quiet_hours_v1 q on q.athlete_id = p.id`,
    [accountId, audienceId, USUAL_QUIET_HOURS.from, USUAL_QUIET_HOURS.to],
  );
  if (!stored) throw new Error('a statement without a condition answered no row');
  const choices = new Map(stored.choices);
  return {
    teamId,
    alerts: kindsFor(role).map((kind) => ({
      kind,
      isOn: isAlertOn({ role, kind, choices }),
      sentence: sentenceOfKind(kind, role),
    })),
    push: stored.isPushOn,
    quietHours: {
      from: stored.quietFrom,
      to: stored.quietTo,
      timeZone: stored.timeZone,
      isOfProfile: role === 'ATHLETE',
    },
    browsers: await countBrowsers(context.db, accountId),
    pushKey: context.pushKeys?.publicKey ?? null,
  };
}

/** What is left out stays. All of it, or nothing: it is checked before anything is written. */
export async function setPreferences(context: AlertContext, input: AlertPreferencesInput): Promise<AlertPreferences> {
  const audience = await audienceFor(context, input.teamId ?? null);
  check(input, audience.role);
  const { accountId, audienceId } = audience;
  // The last word on a kind counts, as if they had been said one after another.
  const alerts = [...new Map((input.alerts ?? []).map(({ kind, isOn }) => [kind, isOn]))];
  await context.db.transaction(async (tx) => {
    await tx.query(
      `insert into insights.alert_choice (account_id, audience_id, kind, is_on)
       select $1, $2, kind, is_on from unnest($3::text[], $4::boolean[]) as c(kind, is_on)
       on conflict (account_id, audience_id, kind) do update set is_on = excluded.is_on`,
      [accountId, audienceId, alerts.map(([kind]) => kind), alerts.map(([, isOn]) => isOn)],
    );
    await tx.query(
      `insert into insights.alert_channel as c (account_id, is_push_on, quiet_from, quiet_to, time_zone)
       values ($1, coalesce($2, true), $3, $4, $5)
       on conflict (account_id) do update
          set is_push_on = coalesce($2, c.is_push_on), quiet_from = coalesce($3, c.quiet_from),
              quiet_to = coalesce($4, c.quiet_to), time_zone = coalesce($5, c.time_zone)`,
      [
        accountId,
        input.push ?? null,
        input.quietHours?.from ?? null,
        input.quietHours?.to ?? null,
        input.quietHours?.timeZone ?? null,
      ],
    );
  });
  return await present(context, audience);
}

function check({ alerts, quietHours }: AlertPreferencesInput, role: AlertRole): void {
  const unknown = alerts?.find(({ kind }) => !kindsFor(role).includes(kind));
  refuseIf(unknown !== undefined, `${unknown?.kind} is nothing a coach is told of. Leave it out.`);
  if (!quietHours) return;
  refuseIf(role === 'ATHLETE', 'Your quiet hours stand in your profile. Change them with updateProfile.');
  refuseIf(
    !isClockTime(quietHours.from) || !isClockTime(quietHours.to),
    'Quiet hours are times of the day like 22:00.',
  );
  const zone = quietHours.timeZone ?? null;
  refuseIf(zone !== null && !isTimeZone(zone), `"${zone}" is no time zone. Give its name, like Europe/Helsinki.`);
}

function refuseIf(isWrong: boolean, sentence: string): void {
  if (isWrong) throw new AppError('BAD_USER_INPUT', sentence);
}

/** RFC 8291. */
const AUTH_BYTES = 16;
const LONGEST_ENDPOINT = 2_000;

/** Keeps a browser of the signed-in account; a coach's quiet hours are told in its zone until they choose another. */
export async function registerBrowser(context: AlertContext, input: BrowserInput): Promise<true> {
  const { accountId } = requireAccount(context.viewer);
  const { pushKeys: keys } = context;
  if (keys === null)
    throw new AppError(
      'BAD_USER_INPUT',
      'This installation sends no push messages, since it has no push keys. Ask whoever runs it.',
    );
  const { endpoint, p256dh, auth, timeZone } = input;
  refuseIf(
    endpoint.length > LONGEST_ENDPOINT || !isAllowedEndpoint(endpoint, keys),
    'This browser is reached at an address that is not among the known push services. Use another browser.',
  );
  refuseIf(
    !isPoint(p256dh) || Buffer.from(auth, 'base64url').length !== AUTH_BYTES,
    'The keys are not those of a PushSubscription. Take them from its toJSON().',
  );
  refuseIf(!isTimeZone(timeZone), `"${timeZone}" is no time zone. Give its name, like Europe/Helsinki.`);
  await keepBrowser(context.db, { registration: { accountId, endpoint, p256dh, auth }, keys, now: context.now });
  await context.db.query(
    `insert into insights.alert_channel as c (account_id, time_zone) values ($1, $2)
     on conflict (account_id) do update set time_zone = coalesce(c.time_zone, excluded.time_zone)`,
    [accountId, timeZone],
  );
  return true;
}

/** Of P-256: nothing can be encrypted for anything else. */
function isPoint(text: string): boolean {
  try {
    return ECDH.convertKey(text, 'prime256v1', 'base64url', 'base64url', 'uncompressed').length > 0;
  } catch {
    return false;
  }
}

/** Forgetting one that is not there is no mistake. */
export async function unregisterBrowser(context: AlertContext, endpoint: string): Promise<true> {
  const { accountId } = requireAccount(context.viewer);
  await forgetBrowser(context.db, { accountId, endpoint });
  return true;
}
