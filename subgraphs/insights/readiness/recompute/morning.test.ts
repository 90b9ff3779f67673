import { localDate } from '#platform/slots';
import type { Material } from '../views/material.ts';
import { asSeen, nextDue } from './morning.ts';
import { daysToScore, type Touch } from './recompute.ts';
import type { StoredRow } from '../views/snapshots.ts';

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

describe('the reason of a view without sleep', () => {
  const HRV = 1;
  const now = new Date('2026-05-10T12:30:00Z');
  const day = '2026-05-10';

  /** The reasons of today's HRV view after a touch, when the stored view rests on `source`. */
  function reasonsOf(
    source: 'LAST_NIGHT' | 'MOVING_AVERAGE' | null,
    touch: Pick<Touch, 'revision' | 'isRepeat'> & { isGone?: true },
  ): string[] {
    const age = source === null ? null : source === 'LAST_NIGHT' ? 0 : 1;
    const payload = JSON.stringify({ signals: { hrv: { source, age } } });
    const row: StoredRow = { revision: 1, score: 70, payload, weekScores: [], computedAt: new Date(0) };
    const before = { day: '2026-05-09', signal: 'HRV', isAfterSlot: false };
    const nights = touch.isGone ? [before] : [before, { ...before, day }];
    const material = {
      timeZone: 'UTC',
      today: day,
      now,
      grants: [],
      nights,
      stored: new Map([[HRV, new Map([[day, row]])]]),
    };
    const known = material as unknown as Material;
    const touches = asSeen(known, HRV, [{ athleteId: 'x', day, signal: 'HRV', ...touch }]);
    return daysToScore({ material: known, basis: HRV, touches }).map(({ reason }) => reason);
  }

  it('is the same whether the document of a new night was written once or corrected in SLEEP since', () => {
    expect(reasonsOf('MOVING_AVERAGE', { revision: 1, isRepeat: false })).toEqual(['LATE_DATA']);
    expect(reasonsOf('MOVING_AVERAGE', { revision: 2, isRepeat: true })).toEqual(['LATE_DATA']);
  });

  it('is none for a night that came and went since the view, and a deletion for one that the view rested on', () => {
    expect(reasonsOf('MOVING_AVERAGE', { revision: 2, isRepeat: true, isGone: true })).toEqual([]);
    expect(reasonsOf('LAST_NIGHT', { revision: 2, isRepeat: true, isGone: true })).toEqual(['DELETION']);
    // A view that is on its way to a baseline says nothing of tonight.
    expect(reasonsOf(null, { revision: 2, isRepeat: true, isGone: true })).toEqual(['DELETION']);
  });

  it('is a correction when the view rested on that night already', () => {
    expect(reasonsOf('LAST_NIGHT', { revision: 2, isRepeat: true })).toEqual(['CORRECTION']);
  });
});
