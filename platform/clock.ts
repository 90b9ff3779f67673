/**
 * The one clock of a process. SQL never calls `now()` for a business decision: it takes this instant as a parameter,
 * so that a demo or a test can move time for code and database alike. Production has no offset.
 */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** A clock that runs `offsetMs` away from the machine's. */
export const offsetClock = (offsetMs: number): Clock => ({ now: () => new Date(Date.now() + offsetMs) });
