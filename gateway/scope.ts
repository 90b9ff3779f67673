import type { Viewer } from '#platform/identity';
import type { AccountViewer } from './sign-in.ts';

/**
 * For whom a stream is. Shared streams are asked for under `viewer` alone, so whatever their answers hold is right
 * for everyone who may join: nothing personal can be in them.
 */
export interface Scope {
  /** Streams of equal keys and equal operations are one; null: a stream of its own. */
  key: string | null;
  viewer: Viewer;
  /** Whoever leaves this team leaves the stream. */
  teamId: string | null;
}

type ScopeOf = (options: { viewer: AccountViewer; args: Record<string, unknown> }) => Scope;

const account: ScopeOf = ({ viewer }) => ({ key: `account ${viewer.accountId}`, viewer, teamId: null });
const own: ScopeOf = ({ viewer }) => ({ key: null, viewer, teamId: null });
const team: ScopeOf = ({ args }) => {
  const teamId = String(args['teamId']);
  return { key: `team ${teamId}`, viewer: { kind: 'team', teamId }, teamId };
};

/** Sharing wider than one account is decided here, field by field; whatever is not named is never shared. */
const SCOPES: Readonly<Record<string, ScopeOf>> = {
  teamReadinessChanged: team,
  readinessChanged: account,
  syncJobProgress: own,
};

export const scopeOf = (options: { rootField: string; viewer: AccountViewer; args: Record<string, unknown> }): Scope =>
  (Object.hasOwn(SCOPES, options.rootField) ? (SCOPES[options.rootField] as ScopeOf) : own)(options);
