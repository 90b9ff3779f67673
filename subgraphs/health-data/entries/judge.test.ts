import type { Entry, StoredEntry } from './entry.ts';
import { judge } from './judge.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 20, 8, minute));
const rating = (rpe: number): Entry => ({ id: 'w', rpe });
const stored = (entry: Entry | null, minute: number): StoredEntry => {
  return { id: 'w', createdAt: at(0), changedAt: at(minute), entry };
};

describe('what becomes of a change', () => {
  it.each([
    ['a record nobody knows', undefined, rating(5), null, 'apply'],
    ['an update of a record nobody knows', undefined, rating(5), at(5), 'apply'],
    ['a deletion of a record nobody knows', undefined, null, at(5), 'same'],
    ['what stands there already', stored(rating(5), 9), rating(5), null, 'same'],
    ['a deletion of what is deleted already', stored(null, 9), null, at(5), 'same'],
    ['an update of what the client had seen', stored(rating(5), 5), rating(6), at(5), 'apply'],
    ['a deletion of what the client had seen', stored(rating(5), 5), null, at(5), 'apply'],
    ['an update of what changed after the client looked', stored(rating(5), 6), rating(6), at(5), 'conflict'],
    ['a deletion of what changed after the client looked', stored(rating(5), 6), null, at(5), 'conflict'],
    ['an update of what was deleted after the client looked', stored(null, 6), rating(6), at(5), 'conflict'],
    ['what is created anew after its deletion was seen', stored(null, 5), rating(6), at(5), 'apply'],
    ['a record of a client that never pulled', stored(rating(5), 6), rating(6), null, 'conflict'],
    ['the word of somebody online', stored(rating(5), 6), rating(6), 'newest', 'apply'],
  ] as const)('%s', (_what, there, entry, basedOn, verdict) => {
    expect(judge({ stored: there, entry, basedOn })).toBe(verdict);
  });

  it('compares instants by their time', () => {
    const workout = (start: Date): Entry => {
      return { id: 'w', sport: 'run', startedAt: start, durationMin: 60, distanceM: null, avgHr: null };
    };
    expect(judge({ stored: stored(workout(at(1)), 9), entry: workout(at(1)), basedOn: null })).toBe('same');
    expect(judge({ stored: stored(workout(at(1)), 9), entry: workout(at(2)), basedOn: null })).toBe('conflict');
  });
});
