import { dateOf, dayNumber, localDate, localTimeInstant } from '#platform/slots';
import { mainSleepOf } from '../../simulator/athletes/sleep.ts';
import { STORIES } from '../../simulator/athletes/stories.ts';
import { createPlayedMornings, type NightValues, type PlayedMornings } from '../support/played-mornings.ts';

/** As often as the morning run looks for what is due. */
const ROUND_MS = 15_000;
const DAYS = 14;
const HISTORY_DAYS = 40;
const STEADY: NightValues = { hrvMs: 60, restingBpm: 48, asleepMin: 450 };

/** When the night of a day reaches us, on the athlete's clock; null: it never does. */
type Arrival = (day: number) => string | null;
const ARRIVALS: Record<string, Arrival> = {
  'now before the morning run, now at noon': (day) => (day % 2 === 0 ? '05:50' : '12:30'),
  'every third day': (day) => (day % 3 === 0 ? '06:10' : null),
  never: () => null,
};

/** First days of fortnights in which clocks are set forward or back: 8 March; 29 March and 5 April; and so on. */
const FORTNIGHTS: [string, string][] = [
  ['2026-03-02', 'America/New_York in spring'],
  ['2026-03-27', 'Europe/Helsinki in spring, Australia/Lord_Howe and Pacific/Auckland in autumn'],
  ['2026-09-24', 'Pacific/Auckland and Australia/Lord_Howe in spring'],
  ['2026-10-22', 'Europe/Helsinki and America/New_York in autumn'],
];
const ZONES = ['Europe/Helsinki', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Auckland', 'Asia/Kathmandu'];

interface Player {
  id: string;
  timeZone: string;
  words: string;
  /** The night of a day and the hour it arrives at; null: none comes. */
  nightOf: (day: number) => { values: NightValues; at: string } | null;
}
interface Moment {
  at: Date;
  act: () => Promise<void>;
}

let rig: PlayedMornings;
beforeEach(async () => {
  rig = await createPlayedMornings();
});
afterEach(() => rig.close());

interface Seen {
  words: string;
  date: string;
  bySeven: number;
}

/**
 * Plays the days `first` to `first + 13` of each athlete's own calendar, moment by moment: nights arrive, clocks ask, and at
 * 07:00 somebody looks. Answers what each of them saw.
 */
async function play(players: readonly Player[], first: number): Promise<Seen[]> {
  const seen: Seen[] = [];
  const moments: Moment[] = [];
  for (const { id, timeZone, words, nightOf } of players) {
    for (let day = first; day < first + DAYS; day++) {
      const date = dateOf(day);
      const night = nightOf(day);
      if (night)
        moments.push({
          at: localTimeInstant(date, night.at, timeZone),
          act: async () => {
            await rig.store(id, [{ day: date, ...night.values }]);
            await rig.work();
          },
        });
      moments.push({
        at: localTimeInstant(date, '07:00', timeZone),
        act: async () => {
          const rows = await rig.database.query(
            'select 1 from insights.readiness_day where athlete_id = $1 and date = $2 and basis = 7 and computed_at <= $3',
            [id, date, rig.now],
          );
          seen.push({ words, date, bySeven: rows.length });
        },
      });
    }
  }
  moments.sort((a, b) => a.at.getTime() - b.at.getTime());
  for (const { at, act } of moments) {
    await passUntil(at);
    rig.now = at;
    await act();
  }
  return seen;
}

/** What the clocks ask for until then, each a round after it is due; of a moment that is not reached nothing is done. */
async function passUntil(end: Date): Promise<void> {
  for (;;) {
    const at = new Date((await rig.nextDue()).getTime() + ROUND_MS);
    if (at >= end) return;
    rig.now = at > rig.now ? at : new Date(rig.now.getTime() + ROUND_MS);
    await rig.work();
  }
}

/** Puts the athletes on the schedule the evening before the first day, wherever that is, with their history. */
async function begin(players: readonly Player[], first: number): Promise<void> {
  rig.now = new Date((first - 2) * 86_400_000);
  for (const { id } of players) {
    const past = Array.from({ length: HISTORY_DAYS }, (_, back) => first - 3 - back);
    await rig.store(
      id,
      past.map((day) => ({ day: dateOf(day), ...STEADY, restingBpm: 47 + (day % 3) })),
    );
  }
  await rig.work();
}

const everyDay = (players: readonly Player[], first: number): Seen[] =>
  players.flatMap(({ words }) =>
    Array.from({ length: DAYS }, (_, at) => ({ words, date: dateOf(first + at), bySeven: 1 })),
  );
const inOrder = (seen: readonly Seen[]): Seen[] =>
  seen.toSorted((a, b) => `${a.words} ${a.date}`.localeCompare(`${b.words} ${b.date}`));

test.each(FORTNIGHTS)(
  'from %s on, clocks change in %s: everybody has exactly one score a day, before 07:00',
  async (start) => {
    const first = dayNumber(start);
    const players: Player[] = [];
    for (const timeZone of ZONES)
      for (const [words, arrival] of Object.entries(ARRIVALS)) {
        const id = await rig.addAthlete({ timeZone });
        const nightOf = (day: number) => {
          const at = arrival(day);
          return at === null ? null : { values: STEADY, at };
        };
        players.push({ id, timeZone, words: `${timeZone}: ${words}`, nightOf });
      }
    await begin(players, first);
    expect(inOrder(await play(players, first))).toEqual(inOrder(everyDay(players, first)));
    const days = await rig.database.query<{ athlete_id: string; days: number; unheard: number }>(
      `select athlete_id, count(*)::int as days, max(revision) as unheard from insights.readiness_day
        where basis = 7 and date between $1 and $2 group by athlete_id`,
      [dateOf(first), dateOf(first + DAYS - 1)],
    );
    expect(days.map((row) => row.days)).toEqual(players.map(() => DAYS));
    // The morning run scores a day once: of whom nothing arrives no day has a second revision.
    const silent = new Set(players.filter(({ words }) => words.endsWith('never')).map(({ id }) => id));
    expect(days.filter((row) => silent.has(row.athlete_id)).map((row) => row.unheard)).toEqual(ZONES.map(() => 1));
  },
  120_000,
);

test('the athletes of the demo have theirs every day of a fortnight, whatever their story', async () => {
  const start = dayNumber('2026-10-18');
  const players: Player[] = [];
  for (const athlete of STORIES) {
    const id = await rig.addAthlete({ timeZone: athlete.timeZone, shares: athlete.shares });
    const nightOf: Player['nightOf'] = (day) => {
      const sleep = mainSleepOf({ seed: 1, athlete, dayIndex: day - start, date: dateOf(day) });
      if (!sleep) return null;
      const asleepMin = Math.round(sleep.phases30Sec.replaceAll('4', '').length / 2);
      const woke = new Date(sleep.endMs);
      // A night that ends elsewhere belongs to the day of home that it ends on.
      const isToday = localDate(woke, athlete.timeZone) === dateOf(day);
      const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: athlete.timeZone }).format(woke);
      return {
        values: { hrvMs: sleep.hrvMs, restingBpm: sleep.lowestHeartRateBpm, asleepMin },
        at: isToday ? clock : '00:05',
      };
    };
    players.push({ id, timeZone: athlete.timeZone, words: athlete.displayName, nightOf });
  }
  await begin(players, start);
  const seen = await play(players, start);
  expect(players.length).toBeGreaterThanOrEqual(12);
  expect(inOrder(seen)).toEqual(inOrder(everyDay(players, start)));
  // The fortnight holds the night on which most of these clocks are set back.
  expect(new Set(seen.map(({ date }) => date))).toContain('2026-10-25');
  expect(localDate(rig.now, 'Europe/Helsinki') >= dateOf(start + DAYS - 1)).toBe(true);
}, 120_000);
