import { AppError } from '#platform/errors';
import { isId } from '#platform/ids';
import { isLocalDate, type LocalDate } from '#platform/signals';
import { FLAG_CODES, type FlagCode } from './flags.ts';

/** What a flag is called: whose, in which team's view (null: the viewer's own), which, and since when. */
export interface FlagName {
  athleteId: string;
  teamId: string | null;
  code: FlagCode;
  openedOn: LocalDate;
}

/** Opaque to clients. It says nothing that the flag itself does not say. */
export const flagIdOf = ({ athleteId, teamId, code, openedOn }: FlagName): string =>
  Buffer.from([athleteId, teamId ?? '', code, openedOn].join(' ')).toString('base64url');

/** @throws AppError NOT_FOUND for what is no id of a flag: as for one that is not there. */
export function flagNamed(id: string): FlagName {
  const [athleteId = '', teamId = '', code = '', openedOn = ''] = Buffer.from(id, 'base64url').toString().split(' ');
  const known = FLAG_CODES.find((each) => each === code);
  if (isId(athleteId) && (teamId === '' || isId(teamId)) && known !== undefined && isLocalDate(openedOn))
    return { athleteId, teamId: teamId === '' ? null : teamId, code: known, openedOn };
  throw noSuchFlag();
}

export const noSuchFlag = (): AppError =>
  new AppError('NOT_FOUND', 'There is no such open flag among those you may see. Read the flags again.');
