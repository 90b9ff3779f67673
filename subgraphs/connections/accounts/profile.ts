import type { Database, Sql } from '#platform/database';
import { AppError } from '#platform/errors';
import type { UpdateProfileInput } from './account.inputs.ts';
import type { Athlete } from './athlete.entity.ts';
import { checkClockTime, checkHeartRates, checkName, checkRange, checkTimeZone } from './validation.ts';

export type Profile = Omit<Athlete, 'id' | 'accountId'>;

const HEART_RATE = { from: 60, to: 230, unit: 'beats per minute' };

/**
 * The profile with the changes of `input`. Left out: stays. null clears what may be empty, and leaves the rest.
 * Throws BAD_USER_INPUT, also when the heart rates contradict each other.
 */
export function changedProfile(profile: Profile, input: UpdateProfileInput): Profile {
  const or = <T>(value: T | undefined, kept: T): T => (value === undefined ? kept : value);
  const changed: Profile = {
    displayName: checkName('The display name', input.displayName ?? profile.displayName),
    timeZone: checkTimeZone(input.timeZone ?? profile.timeZone),
    sleepNeedMin: input.sleepNeedMin ?? profile.sleepNeedMin,
    sex: or(input.sex, profile.sex),
    maxHrBpm: or(input.maxHr, profile.maxHrBpm),
    restHrBpm: or(input.restHr, profile.restHrBpm),
    vt1Bpm: or(input.vt1, profile.vt1Bpm),
    vt2Bpm: or(input.vt2, profile.vt2Bpm),
    quietFrom: checkClockTime('quietHours.from', input.quietHours?.from ?? profile.quietFrom),
    quietTo: checkClockTime('quietHours.to', input.quietHours?.to ?? profile.quietTo),
  };
  checkRange('sleepNeedMin', changed.sleepNeedMin, { from: 360, to: 600, unit: 'minutes' });
  checkRange('maxHr', changed.maxHrBpm, { from: 100, to: 240, unit: 'beats per minute' });
  checkRange('restHr', changed.restHrBpm, { from: 25, to: 120, unit: 'beats per minute' });
  checkRange('vt1', changed.vt1Bpm, HEART_RATE);
  checkRange('vt2', changed.vt2Bpm, HEART_RATE);
  checkHeartRates(changed);
  return changed;
}

/** Stores the changes; the name of the athlete is the name of their account too. */
export async function updateProfile(
  db: Database,
  options: { athleteId: string; input: UpdateProfileInput },
): Promise<void> {
  await db.transaction(async (tx) => {
    const profile = changedProfile(await lockProfile(tx, options.athleteId), options.input);
    await tx.query(
      `update athlete set display_name = $2, time_zone = $3, sleep_need_min = $4, sex = $5, max_hr_bpm = $6, rest_hr_bpm = $7,
                          vt1_bpm = $8, vt2_bpm = $9, quiet_from = $10, quiet_to = $11
        where id = $1`,
      [
        options.athleteId,
        profile.displayName,
        profile.timeZone,
        profile.sleepNeedMin,
        profile.sex,
        profile.maxHrBpm,
        profile.restHrBpm,
        profile.vt1Bpm,
        profile.vt2Bpm,
        profile.quietFrom,
        profile.quietTo,
      ],
    );
    await tx.query('update account set display_name = $2 where id = (select account_id from athlete where id = $1)', [
      options.athleteId,
      profile.displayName,
    ]);
  });
}

async function lockProfile(tx: Sql, athleteId: string): Promise<Profile> {
  const [profile] = await tx.query<Profile[]>(
    `select display_name as "displayName", time_zone as "timeZone", sleep_need_min as "sleepNeedMin", sex, max_hr_bpm as "maxHrBpm",
            rest_hr_bpm as "restHrBpm", vt1_bpm as "vt1Bpm", vt2_bpm as "vt2Bpm", quiet_from as "quietFrom", quiet_to as "quietTo"
       from athlete where id = $1 for update`,
    [athleteId],
  );
  if (!profile) throw new AppError('NOT_FOUND', 'This athlete is not there any more. Please sign in again.');
  return profile;
}
