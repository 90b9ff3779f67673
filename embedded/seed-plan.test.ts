import { demoSessions } from './seed-plan.ts';

const DAY_MS = 86_400_000;
const plus = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);

test('the first week has its hard day today, and no other next to it', () => {
  const days = demoSessions({ today: '2026-11-20', from: '2026-11-20' });
  expect(days.map(({ date, intensity }) => [date, intensity])).toEqual([
    ['2026-11-18', 'LOW'],
    ['2026-11-19', 'RECOVERY'],
    ['2026-11-20', 'HIGH'],
    ['2026-11-21', 'LOW'],
    ['2026-11-22', 'MODERATE'],
    ['2026-11-23', 'REST'],
    ['2026-11-24', 'HIGH'],
    ['2026-11-25', 'LOW'],
    ['2026-11-26', 'RECOVERY'],
  ]);
});

test('loaded day by day, a date gets the same session each time, so that no day is hard twice in a row', () => {
  const byDate = new Map<string, string>();
  for (let day = 0; day < 30; day += 1) {
    for (const { date, title } of demoSessions({ today: plus('2026-11-20', day), from: '2026-01-05' })) {
      expect(byDate.get(date) ?? title).toBe(title);
      byDate.set(date, title);
    }
  }
  expect(new Set(byDate.values()).size).toBe(7);
});
