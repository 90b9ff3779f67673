import { localDate } from '#platform/slots';
import { nextDue } from './morning.ts';

/** Instants at which a clock in this zone asks for work, from `from` to `to`. */
function dueBetween(from: string, to: string, timeZone: string): string[] {
  const all: string[] = [];
  for (let now = new Date(from); now < new Date(to);) {
    now = nextDue({ now, today: localDate(now, timeZone), timeZone });
    if (now < new Date(to)) all.push(now.toISOString().slice(0, 16));
  }
  return all;
}

test('a day asks at 06:30, 07:00 and 12:00 of the athlete', () => {
  expect(dueBetween('2026-05-10T00:00:00Z', '2026-05-11T00:00:00Z', 'Asia/Kolkata')).toEqual([
    '2026-05-10T01:00',
    '2026-05-10T01:30',
    '2026-05-10T06:30',
  ]);
});

test('on the days on which the clocks change, once each and by the new clock', () => {
  expect(dueBetween('2026-03-29T00:00:00Z', '2026-03-30T00:00:00Z', 'Europe/Berlin')).toEqual([
    '2026-03-29T04:30',
    '2026-03-29T05:00',
    '2026-03-29T10:00',
  ]);
  expect(dueBetween('2026-10-25T00:00:00Z', '2026-10-26T00:00:00Z', 'Europe/Berlin')).toEqual([
    '2026-10-25T05:30',
    '2026-10-25T06:00',
    '2026-10-25T11:00',
  ]);
});

test('an instant that is due is not asked for again', () => {
  const now = new Date('2026-05-10T06:30:00Z');
  expect(nextDue({ now, today: '2026-05-10', timeZone: 'UTC' })).toEqual(new Date('2026-05-10T07:00:00Z'));
});
