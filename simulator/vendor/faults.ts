/** What can go wrong at a vendor, one name each. Those of `PLANNED` wait for the next requests or deliveries. */
export const FAULTS = {
  'rate-limit':
    'the next data requests are answered with 429, as each vendor words it: Oura, WHOOP, Google Health and Polar ask for two seconds, Strava shows a full quarter of an hour, Garmin names no time; whoever asks again is answered',
  'server-error': 'the next data requests are answered with 503',
  slow: 'the next data requests take three seconds',
  'bad-signature': 'the next deliveries are signed with a wrong key (their retries are signed well)',
  duplicate: 'the next deliveries are sent twice',
  late: 'the next deliveries are sent half a minute later',
  reordered: 'the next deliveries are held back until the one that follows them was sent, five seconds at most',
  'unknown-user': 'sends one delivery for a user nobody knows',
  deleted: 'the athlete deletes the last night at this vendor',
  'token-expired': 'every access token ends now; refresh tokens stay',
  revoked: 'the athlete takes the application away at the vendor; some vendors send that, most are silent',
} as const;

export type FaultName = keyof typeof FAULTS;

/** Those that wait, and so can be ordered a number of times. */
export const PLANNED = [
  'rate-limit',
  'server-error',
  'slow',
  'bad-signature',
  'duplicate',
  'late',
  'reordered',
] as const satisfies readonly FaultName[];

export type PlannedFault = (typeof PLANNED)[number];

/** The faults ordered of one vendor. */
export interface Faults {
  /** From now on the next `times` times; 0 calls it off. */
  plan(name: PlannedFault, times: number): void;
  /** True if this fault is due now; each yes uses one up. */
  isDue(name: PlannedFault): boolean;
  /** Those still to come, by name. */
  left(): Partial<Record<PlannedFault, number>>;
}

export function createFaults(): Faults {
  const left = new Map<PlannedFault, number>();
  return {
    plan: (name, times) => {
      if (times > 0) left.set(name, times);
      else left.delete(name);
    },
    isDue: (name) => {
      const times = left.get(name) ?? 0;
      if (times > 1) left.set(name, times - 1);
      else left.delete(name);
      return times > 0;
    },
    left: () => Object.fromEntries(left),
  };
}

export function isFault(name: unknown): name is FaultName {
  return typeof name === 'string' && Object.hasOwn(FAULTS, name);
}

export function isPlanned(name: FaultName): name is PlannedFault {
  return (PLANNED as readonly FaultName[]).includes(name);
}
