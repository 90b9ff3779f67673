import type { Signal } from '#platform/signals';
import { TABLES, type Table } from '../measurements/tables.ts';

/** Signals of which one source may count before the others, and where their values stand. */
export const CHOOSABLE: ReadonlyMap<Signal, Table> = new Map(
  [
    TABLES.sleep_night,
    TABLES.hrv_night,
    TABLES.resting_heart_rate,
    TABLES.steps_day,
    TABLES.workout,
    TABLES.vitals_day,
  ].map((table) => [table.signal, table]),
);
