import { SIGNALS, type LocalDate, type Provider, type Signal } from '#platform/signals';
import { dateOf, dayNumber } from '#platform/slots';
import { sha256 } from '#platform/crypto';
import { pick, randomOf } from '../../support/chaos.ts';

/** The two sides of a pair: the same athlete in two databases. */
export const SIDES = ['one', 'other'] as const;
export type SideName = (typeof SIDES)[number];

/** The signals of the sixteen sets; what else there is, is shared or not by chance. */
const SETS: readonly Signal[] = ['HRV', 'RESTING_HEART_RATE', 'SLEEP', 'TRAINING'];
export const SET_COUNT = 2 ** SETS.length;

/** The two days that are lived through, by the hour. Before them lies the history, after them nothing. */
export const FIRST_DAY: LocalDate = '2026-11-19';
export const LAST_DAY: LocalDate = '2026-11-20';
const HOURS = ['00:30', '02:00', '03:30', '04:30', '05:30', '06:30', '08:30', '10:30', '12:30', '15:00', '19:00'];
const HISTORY_LOADED = '2026-11-18T20:00:00Z';

/** When something happens: the history first, then the hours of the first day and of the last. */
export const TICKS: readonly Date[] = [
  HISTORY_LOADED,
  ...[FIRST_DAY, LAST_DAY].flatMap((day) => HOURS.map((hour) => `${day}T${hour}:00Z`)),
].map((at) => new Date(at));
/** Ticks of one day, by its place: 0 or 1. */
export const ticksOf = (day: number): number[] => HOURS.map((_, hour) => 1 + day * HOURS.length + hour);

/** Slots of views without SLEEP fall between different hours in each. */
const ZONES = ['Europe/Helsinki', 'Europe/Lisbon', 'Asia/Dubai'];

/** What both sides have in common. */
export interface Pair {
  index: number;
  athleteId: string;
  accountId: string;
  timeZone: string;
  shares: ReadonlySet<Signal>;
  /** First day that the team may see. */
  since: LocalDate;
  /** When all grants end by themselves; null: never. */
  until: Date | null;
  historyNights: number;
  /** One document brings all night signals (as Oura's does), or each comes by itself (as Garmin's). */
  isOneDocument: boolean;
  provider: Provider;
}

/** Numbers in [0, 1) of one subject: what is drawn for another one moves nothing here. */
export const drawing = (...subject: (string | number)[]): (() => number) =>
  randomOf(sha256(subject.join(' ')).readInt32BE(0));

export function idOf(...subject: (string | number)[]): string {
  const hex = sha256(subject.join(' ')).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export function pairOf(seed: number, index: number): Pair {
  const random = drawing(seed, index, 'pair');
  const set = SETS.filter((_, bit) => (index >> bit) % 2 === 1);
  const others = SIGNALS.filter((signal) => !SETS.includes(signal) && random() < 0.5);
  const isOneDocument = random() < 0.5;
  return {
    index,
    athleteId: idOf(seed, index, 'athlete'),
    accountId: idOf(seed, index, 'account'),
    timeZone: pick(ZONES, random),
    shares: new Set([...set, ...others]),
    since: dateOf(dayNumber(FIRST_DAY) - pick([0, 3, 12, 60, 60], random)),
    // By turns and not by chance: some pair shares everything and ends, whatever the seed.
    until: index % 10 === 7 ? new Date(`${LAST_DAY}T09:00:00Z`) : null,
    // Around the nights at which a baseline begins, counts for half, and counts in full.
    historyNights: pick([4, 6, 7, 13, 20, 29, 45], random),
    isOneDocument,
    provider: isOneDocument ? 'OURA' : 'GARMIN',
  };
}

/** For people: who differs, and in what. */
export const nameOf = (pair: Pair): string => `pair ${pair.index} (shares ${[...pair.shares].join(', ') || 'nothing'})`;
