import type { Signal } from '#platform/signals';
import { refreshing } from './refresh-derived.ts';

/** Signals of the night: whatever changes one of them may change which value of the others counts. */
const OF_NIGHTS: ReadonlySet<Signal> = new Set<Signal>(['HRV', 'RESTING_HEART_RATE', 'SLEEP']);
export const isOfNights = (signal: Signal): boolean => OF_NIGHTS.has(signal);

/**
 * Brings the nights that count of these days up to date from what is stored and answers the days that changed. Readers of
 * `night_v1` see nothing else. Call it inside the transaction of what changed the days, with the athletes held
 * (`holdAthletes`), and before `refreshSummaries`, which reads them.
 */
export const refreshNights = refreshing({
  name: 'stream_night',
  key: ['athlete_id', 'day', 'signal', 'stream_id'],
  columns: [
    ...['provider', 'record_id', 'metric', 'method', 'value', 'in_bed_min', 'latency_min', 'waso_min', 'awakenings'],
    ...['nap_min', 'stored_at'],
  ],
  // `offset 0` keeps the view inside the lateral: each branch of it is then a walk along one index.
  source: '(select * from health_data.chosen_night c where c.athlete_id = a.athlete_id and c.day = a.day offset 0)',
});
