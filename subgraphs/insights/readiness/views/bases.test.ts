import { FULL_BASIS } from '#platform/basis';
import type { Access, Grant } from '#platform/consent';
import { basesBetween, basesOn, sightOn, type TeamGrant } from './bases.ts';

const AT = new Date('2026-05-10T09:00:00Z');
const given = (signal: Grant['signal'], since: string, part: Partial<Grant> = {}): Grant => {
  return { teamId: 'a', signal, since, until: null, ...part };
};
const coach = (...grants: Grant[]): Access => ({ athleteId: 'x', timeZone: 'UTC', relation: 'coach', grants });
const sight = (access: Access | undefined, date = '2026-05-10') => sightOn({ access, date, at: AT });

test('a stranger sees nothing, not even that there is nothing', () => {
  expect(sight(undefined)).toBeNull();
  expect(sight({ ...coach(), relation: 'none' })).toBeNull();
});

test('the athlete sees every day in full', () => {
  expect(sight({ ...coach(), relation: 'self' }, '2001-01-01')).toEqual({ basis: FULL_BASIS, since: null });
});

test('a coach sees the signals shared on that day, and their basis from the youngest grant on', () => {
  const access = coach(given('HRV', '2026-05-01'), given('SLEEP', '2026-05-08'), given('STEPS', '2026-05-01'));
  expect(sight(access)).toEqual({ basis: 5, since: '2026-05-08' });
  expect(sight(access, '2026-05-08')).toEqual({ basis: 5, since: '2026-05-08' });
  expect(sight(access, '2026-05-07')).toEqual({ basis: 1, since: '2026-05-01' });
  expect(sight(access, '2026-04-30')).toEqual({ basis: 0, since: null });
});

test('a grant that ends at this instant has ended', () => {
  expect(sight(coach(given('HRV', '2026-05-01', { until: AT })))?.basis).toBe(0);
  expect(sight(coach(given('HRV', '2026-05-01', { until: new Date(AT.getTime() + 1) })))?.basis).toBe(1);
});

const shares = (teamId: string, signal: TeamGrant['signal'], since: string): TeamGrant => ({ teamId, signal, since });
const GRANTS = [
  shares('a', 'HRV', '2026-05-01'),
  shares('a', 'SLEEP', '2026-05-08'),
  shares('b', 'RESTING_HEART_RATE', '2026-05-03'),
];

test('each team has a basis of its own, changing where a grant begins', () => {
  expect(basesOn(GRANTS, '2026-04-30')).toEqual(new Set());
  expect(basesOn(GRANTS, '2026-05-02')).toEqual(new Set([1]));
  expect(basesOn(GRANTS, '2026-05-08')).toEqual(new Set([5, 2]));
});

test('between two days every basis in use is named, also one that lasted a while in the middle', () => {
  expect(basesBetween(GRANTS, '2026-04-01', '2026-05-10')).toEqual(new Set([7, 1, 2, 5]));
  expect(basesBetween(GRANTS, '2026-04-01', '2026-05-07')).toEqual(new Set([7, 1, 2]));
  expect(basesBetween(GRANTS, '2026-05-08', '2026-05-10')).toEqual(new Set([7, 2, 5]));
  expect(basesBetween([], '2026-05-08', '2026-05-10')).toEqual(new Set([7]));
});
