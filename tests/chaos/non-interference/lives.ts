import type { LocalDate, Signal } from '#platform/signals';
import { dateOf, dayNumber, lastSlot } from '#platform/slots';
import { pick } from '../../support/chaos.ts';
import type { Measurement } from '../../../subgraphs/health-data/measurements/measurement.ts';
import { drawing, FIRST_DAY, TICKS, ticksOf, type Pair, type SideName } from './pair.ts';
import type { Deed } from './deed.ts';
import { hrvRow, restingRow, sleepRows, tombstone, vitalsRow, type NightRow } from './nights.ts';
import { daysBefore, heartRateDeeds, stepsDeeds, stressDeeds, trainingDeeds } from './days.ts';

/** One side of a pair. */
export interface Life {
  deeds: Deed[];
  profile: {
    sleepNeedMin: number;
    maxHrBpm: number;
    restHrBpm: number;
    sex: 'FEMALE' | 'MALE';
    quietFrom: string;
  };
  /** Signals another team sees, whose coach is nobody's here; null: the athlete is in no other team. */
  otherTeam: Signal[] | null;
  /** Ticks at which the athlete reads their own day and lays their own flags aside. */
  looks: number[];
  /** Withheld signals of which the athlete chose another source first. */
  chosen: Signal[];
  /** Since when what brings the sessions was linked; null: unknown. */
  linkedAt: Date | null;
}

/**
 * What is shared is drawn for the pair, what is withheld for each side: another value, another hour, corrected, deleted,
 * of another source, or not there at all.
 */
export function lifeOf(seed: number, pair: Pair, side: SideName): Life {
  const of = (signal: Signal | 'PRIVATE'): (() => number) =>
    signal !== 'PRIVATE' && pair.shares.has(signal)
      ? drawing(seed, pair.index, signal)
      : drawing(seed, pair.index, signal, side);
  const own = of('PRIVATE');
  const [sleep, training, vitals] = [of('SLEEP'), of('TRAINING'), of('VITALS')];
  const withheld = (['SLEEP', 'STEPS', 'HRV', 'RESTING_HEART_RATE'] as const).filter(
    (signal) => !pair.shares.has(signal),
  );
  return {
    profile: {
      sleepNeedMin: pick([420, 480, 540], sleep),
      maxHrBpm: pick([180, 190, 200], training),
      restHrBpm: pick([42, 50, 58], training),
      sex: pick(['FEMALE', 'MALE'] as const, training),
      quietFrom: pick(['21:00', '22:30'], own),
    },
    otherTeam:
      own() < 0.5 ? (['HRV', 'RESTING_HEART_RATE', 'SLEEP', 'TRAINING'] as const).filter(() => own() < 0.6) : null,
    looks: TICKS.map((_, tick) => tick).filter(() => own() < 0.15),
    chosen: withheld.filter(() => own() < 0.4),
    linkedAt: training() < 0.8 ? new Date('2026-09-01T08:00:00Z') : null,
    deeds: [
      ...nightDeeds({ pair, side, seed, signal: 'HRV', random: of('HRV'), row: hrvRow }),
      ...nightDeeds({
        pair,
        side,
        seed,
        signal: 'RESTING_HEART_RATE',
        random: of('RESTING_HEART_RATE'),
        row: restingRow,
      }),
      ...nightDeeds({ pair, side, seed, signal: 'SLEEP', random: sleep, row: sleepRows }),
      ...nightDeeds({ pair, side, seed, signal: 'VITALS', random: vitals, row: vitalsRow }),
      ...stressDeeds(pair, vitals),
      ...trainingDeeds(pair, training),
      ...heartRateDeeds(pair, of('HEART_RATE')),
      ...stepsDeeds(pair, of('STEPS')),
      ...checkIns(of('CHECK_IN'), own),
    ],
  };
}

/** Signals of the night, which one document may bring together. */
const OF_THE_NIGHT: readonly Signal[] = ['HRV', 'RESTING_HEART_RATE', 'SLEEP', 'VITALS'];

/** Nights back: older than all that is scored again. */
const OLDEST_LATE = 9;

interface Nights {
  pair: Pair;
  side: SideName;
  seed: number;
  signal: Signal;
  random: () => number;
  row: NightRow;
}

function nightDeeds({ pair, side, seed, signal, random, row }: Nights): Deed[] {
  const isShared = pair.shares.has(signal);
  const isSleepShared = pair.shares.has('SLEEP');
  // In one document the values of a night hang on its sleep: where that is withheld, it is there all the same.
  const isHeld = signal === 'SLEEP' && pair.isOneDocument && !isSleepShared;
  const level = random();
  const trend = pick([0.6, 0.8, 1, 1, 1.25], random);
  if (!isShared && !isHeld && random() < 0.15) return [];
  const make = (day: LocalDate, version: number, value = random()): Measurement[] =>
    row({ pair, day, version, value, level, trend: daysBefore(day) < 7 ? trend : 1, random, side, isSleepShared });

  const history: Measurement[] = [];
  const nights = isHeld ? Math.max(pair.historyNights, OLDEST_LATE) : pair.historyNights;
  for (let back = nights; back >= 1; back--) {
    const isThere = random() < 0.92;
    const rows = make(dateOf(dayNumber(FIRST_DAY) - back), 1);
    if (isThere || isHeld) history.push(...rows);
  }
  const deeds: Deed[] = [{ tick: 0, rows: history }];
  const shift = isShared && !isSleepShared ? drawing(seed, pair.index, signal, side, 'shift') : null;
  for (const place of [0, 1]) {
    const day = dateOf(dayNumber(FIRST_DAY) + place);
    const ticks = ticksOf(place);
    const [fate, first] = [random(), pick(ticks.slice(0, 8), random)];
    const [rows, corrected, later, last] = [
      make(day, 1),
      make(day, 2),
      pick(
        ticks.filter((tick) => tick >= first),
        random,
      ),
      pick(
        ticks.filter((tick) => tick >= first),
        random,
      ),
    ];
    if (fate < 0.12 && !isHeld) continue;
    const arrives = isHeld ? (ticks[0] as number) : shift ? sameSlot(pair, first, ticks, shift) : first;
    deeds.push({ tick: arrives, rows });
    if (fate > 0.6) deeds.push({ tick: later, rows: corrected });
    if (fate > 0.9 && !isHeld) deeds.push({ tick: Math.max(later, last), rows: rows.map((one) => tombstone(one, 3)) });
  }
  // A night of the week before comes late, or is corrected.
  const [isLate, back, tick] = [
    random() < 0.3,
    pick([2, 4, 6, OLDEST_LATE], random),
    pick(TICKS.map((_, at) => at).slice(1), random),
  ];
  const late = make(dateOf(dayNumber(FIRST_DAY) - back), 2);
  if (isLate) deeds.push({ tick, rows: late });
  return [...deeds, ...rewritten({ pair, side, seed, signal, deeds })];
}

/** Another hour of the same slot: where SLEEP is withheld, nobody may learn at which of them a night came in. */
function sameSlot(pair: Pair, tick: number, ticks: readonly number[], random: () => number): number {
  const slotOf = (one: number): number => lastSlot(TICKS[one] as Date, pair.timeZone).getTime();
  return pick(
    ticks.filter((one) => slotOf(one) === slotOf(tick)),
    random,
  );
}

/**
 * The document of a night was corrected in a part that is withheld: all it says is written anew, what is shared with the
 * values it had.
 */
function rewritten({ pair, side, seed, signal, deeds }: Omit<Nights, 'random' | 'row'> & { deeds: Deed[] }): Deed[] {
  const isWithheldBeside = OF_THE_NIGHT.some((other) => !pair.shares.has(other));
  if (!pair.isOneDocument || !pair.shares.has(signal) || !isWithheldBeside) return [];
  const random = drawing(seed, pair.index, signal, side, 'rewritten');
  return deeds.flatMap(({ tick, rows = [] }): Deed[] =>
    rows
      .filter(() => random() < (tick === 0 ? 0.03 : 0.5))
      .map((row) => ({
        tick: pick(
          TICKS.map((_, at) => at).filter((at) => at >= Math.max(tick, 1)),
          random,
        ),
        rows: [{ ...row, sourceUpdatedAt: new Date(row.sourceUpdatedAt.getTime() + 1_000) }],
      })),
  );
}

/** `feel` is the athlete's alone, whatever is shared, and so is a check-in that holds nothing else. */
function checkIns(random: () => number, own: () => number): Deed[] {
  return [0, 1].flatMap((place): Deed[] => {
    const id = dateOf(dayNumber(FIRST_DAY) + place);
    const [isThere, tick] = [random() < 0.7, pick(ticksOf(place), random)];
    const answers = { soreness: pick([1, 3, 5], random), stress: pick([1, 2], random), mood: pick([2, 4], random) };
    const feel = pick(['BETTER', 'WORSE', null] as const, own);
    if (isThere) return [{ tick, entries: [{ table: 'checkIns', id, entry: { id, ...answers, feel } }] }];
    const nothing = { soreness: null, stress: null, mood: null };
    return feel === null ? [] : [{ tick, entries: [{ table: 'checkIns', id, entry: { id, ...nothing, feel } }] }];
  });
}
