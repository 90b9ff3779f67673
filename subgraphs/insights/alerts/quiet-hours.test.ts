import { quietUntil } from './quiet-hours.ts';

const at = (text: string): Date => new Date(text);

describe('quiet hours', () => {
  it.each([
    ['22:00', '07:00', '2026-11-20T19:59:59Z', null],
    ['22:00', '07:00', '2026-11-20T20:00:00Z', '2026-11-21T05:00:00.000Z'],
    ['22:00', '07:00', '2026-11-21T04:59:59Z', '2026-11-21T05:00:00.000Z'],
    ['22:00', '07:00', '2026-11-21T05:00:00Z', null],
    ['13:00', '14:00', '2026-11-20T11:30:00Z', '2026-11-20T12:00:00.000Z'],
    ['13:00', '14:00', '2026-11-20T12:00:00Z', null],
    ['00:00', '23:59', '2026-11-20T12:00:00Z', '2026-11-20T21:59:00.000Z'],
    ['09:00', '09:00', '2026-11-20T07:00:00Z', null],
  ])('from %s to %s in Helsinki hold %s back until %s', (from, to, now, until) => {
    expect(quietUntil({ from, to, timeZone: 'Europe/Helsinki' }, at(now))?.toISOString() ?? null).toBe(until);
  });

  it.each([
    // Clocks go forward at 02:00 in New York: the night is an hour shorter. They go back in November: an hour longer.
    ['2026-03-08T04:00:00Z', '2026-03-08T11:00:00.000Z'],
    ['2026-11-01T03:00:00Z', '2026-11-01T12:00:00.000Z'],
  ])('follow the clocks: %s is quiet until %s', (now, until) => {
    expect(quietUntil({ from: '22:00', to: '07:00', timeZone: 'America/New_York' }, at(now))?.toISOString()).toBe(
      until,
    );
  });
});
