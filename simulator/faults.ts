/** What can go wrong at a vendor, one name each; `next` ones wait for the next requests or deliveries. */
export const FAULTS = {
  'rate-limit': 'the next data requests are answered with 429 and a Retry-After of two seconds',
  'server-error': 'the next data requests are answered with 503',
  slow: 'the next data requests take three seconds',
  'bad-signature': 'the next deliveries are signed with a wrong key (their retries are signed well)',
  duplicate: 'the next deliveries are sent twice',
  late: 'the next deliveries are sent half a minute later',
  'unknown-user': 'sends one delivery for a user nobody knows',
  'token-expired': 'every access token ends now; refresh tokens stay',
  revoked: 'the athlete takes the application away at the vendor; no event is sent, as at Oura',
} as const;

export type FaultName = keyof typeof FAULTS;

export interface Faults {
  plan(name: FaultName, times: number): void;
  /** True if this fault is due now; each yes uses one up. */
  isDue(name: FaultName): boolean;
}

export function createFaults(): Faults {
  const left = new Map<FaultName, number>();
  return {
    plan: (name, times) => {
      left.set(name, times);
    },
    isDue: (name) => {
      const times = left.get(name) ?? 0;
      if (times > 0) left.set(name, times - 1);
      return times > 0;
    },
  };
}

export function isFault(name: unknown): name is FaultName {
  return typeof name === 'string' && name in FAULTS;
}
