import { announcementsOf } from './announcements.ts';
import type { NewView } from '../views/snapshots.ts';

const view = (part: Pick<NewView, 'athleteId' | 'date' | 'basis' | 'reason' | 'revision'>): NewView =>
  ({
    ...part,
    payload: '{"score":41}',
    weekScores: [],
    computedAt: new Date(),
    input: { hash: Buffer.alloc(0), series: '' },
  }) as unknown as NewView;

test('one announcement per athlete, its days in order, and no value in it', () => {
  const announcements = announcementsOf([
    view({ athleteId: 'a', date: '2026-05-02', basis: 7, reason: 'COMPUTED', revision: 1 }),
    view({ athleteId: 'b', date: '2026-05-02', basis: 7, reason: 'COMPUTED', revision: 1 }),
    view({ athleteId: 'a', date: '2026-05-01', basis: 7, reason: 'LATE_DATA', revision: 2 }),
    view({ athleteId: 'a', date: '2026-05-02', basis: 5, reason: 'COMPUTED', revision: 4 }),
  ]);
  expect(announcements).toEqual([
    {
      athleteId: 'a',
      changes: [
        { date: '2026-05-01', reason: 'LATE_DATA', views: [{ basis: 7, revision: 2 }] },
        {
          date: '2026-05-02',
          reason: 'COMPUTED',
          views: [
            { basis: 7, revision: 1 },
            { basis: 5, revision: 4 },
          ],
        },
      ],
    },
    { athleteId: 'b', changes: [{ date: '2026-05-02', reason: 'COMPUTED', views: [{ basis: 7, revision: 1 }] }] },
  ]);
  expect(JSON.stringify(announcements)).not.toContain('41');
});
