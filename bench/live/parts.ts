import type { Rig } from '../rig.ts';
import type { Pusher } from './pushes.ts';
import type { Team } from './teams.ts';
import type { Watching } from './watching.ts';

/** Nights that are pushed to the shared team. */
export const EVENTS_PER_S = 5;

export interface Sizes {
  dashboards: number;
  athletes: number;
  seconds: number;
  withdrawals: number;
}

/** What every step of the bench works with. */
export interface Parts {
  rig: Rig;
  sizes: Sizes;
  team: Team;
  watching: Watching;
  pusher: Pusher;
}
