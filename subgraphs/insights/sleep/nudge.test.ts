import { areStopped, isQuiet, nudgeKind, type ShownNudge } from './nudge.ts';

it.each([
  [null, null],
  [0, null],
  [119, null],
  [120, 'FIFTEEN_MINUTES'],
  [299, 'FIFTEEN_MINUTES'],
  [300, 'HALF_HOUR'],
  [479, 'HALF_HOUR'],
  [480, 'THREE_QUARTERS'],
])('a debt of %p minutes leads to %p', (debtMin, kind) => expect(nudgeKind(debtMin)).toBe(kind));

describe('quiet hours', () => {
  const today = '2026-05-04';
  const usual = { from: '22:00', to: '07:00' };
  const quietAt = (time: string, quiet = usual) =>
    isQuiet({ now: new Date(`${today}T${time}:00+03:00`), quiet: { ...quiet, timeZone: 'Europe/Helsinki' } });

  it.each([
    ['06:59', true],
    ['07:00', false],
    ['21:59', false],
    ['22:00', true],
    ['00:00', true],
  ])('the night: %s is quiet: %p', (time, isThen) => expect(quietAt(time)).toBe(isThen));

  it('hold beside the night, which they cannot shorten', () => {
    const nap = { from: '13:00', to: '15:00' };
    expect(['12:59', '13:00', '14:59', '15:00', '23:00'].map((time) => quietAt(time, nap))).toEqual([
      false,
      true,
      true,
      false,
      true,
    ]);
    expect(quietAt('06:30', { from: '23:00', to: '06:00' })).toBe(true);
    expect(quietAt('08:30', { from: '21:00', to: '09:00' })).toBe(true);
    expect(quietAt('12:00', { from: '12:00', to: '12:00' })).toBe(false);
  });

  it('follow the clocks of the athlete on the day they change', () => {
    const quiet = { ...usual, timeZone: 'Europe/Helsinki' };
    const at = (instant: string) => isQuiet({ now: new Date(instant), quiet });
    expect([at('2026-10-25T04:59:00Z'), at('2026-10-25T05:00:00Z')]).toEqual([true, false]);
  });
});

describe('nudges stop', () => {
  const shown = (date: string, isAnswered = false): ShownNudge => ({ date, isAnswered });
  const today = '2026-05-10';

  it('after two in a row that nobody answered, however long ago', () => {
    expect(areStopped({ shown: [shown('2026-05-01')], today })).toBe(false);
    expect(areStopped({ shown: [shown('2026-05-01'), shown('2026-04-02')], today })).toBe(true);
    expect(areStopped({ shown: [shown('2026-05-01'), shown('2026-05-03', true), shown('2026-05-02')], today })).toBe(
      false,
    );
    expect(areStopped({ shown: [shown('2026-05-01', true), shown('2026-05-03'), shown('2026-05-02')], today })).toBe(
      true,
    );
  });

  it('not for the one of today, which may still be answered', () => {
    expect(areStopped({ shown: [shown(today), shown('2026-05-09')], today })).toBe(false);
  });
});
