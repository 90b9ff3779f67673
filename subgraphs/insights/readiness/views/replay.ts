import type { Basis } from '#platform/basis';
import { sha256 } from '#platform/crypto';
import type { Sql } from '#platform/database';
import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber } from '#platform/slots';
import type { AthleteHistory, SleepNight, Stream } from '../formula/history.ts';
import type { StoredReason } from '../formula/score-days.ts';
import type { Input, NightInput, SeriesInput } from './load-history.ts';
import type { ViewKey } from './snapshots.ts';
import { computeView, type ReadinessView } from '../formula/view.ts';

/** One revision of a view as it was stored, with the text of the series that it was computed from. */
export interface StoredRevision {
  date: LocalDate;
  basis: Basis;
  revision: number;
  reason: StoredReason;
  computedAt: Date;
  view: ReadinessView;
  payload: string;
  inputHash: Buffer;
  /** Null: the series were erased, or never stored. */
  series: string | null;
}

/** What became of a revision that was computed once more. `sameView`: every byte of what is shown is the same. */
export interface Replayed {
  view: ReadinessView;
  /** Whether the series are those whose hash stands beside the revision. */
  sameInput: boolean;
  sameView: boolean;
}

/** All revisions of one view and day, oldest first. */
export async function readRevisions(db: Sql, { athleteId, date, basis }: ViewKey): Promise<StoredRevision[]> {
  return await db.query<StoredRevision[]>(
    `select r.date, r.basis, r.revision, r.reason, r.computed_at as "computedAt", r.payload as view,
            r.payload::text as payload, r.input_hash as "inputHash", i.series::text as series
       from insights.readiness_revision r
       left join insights.readiness_input i on i.athlete_id = r.athlete_id and i.input_hash = r.input_hash
      where r.athlete_id = $1 and r.date = $2 and r.basis = $3
      order by r.revision`,
    [athleteId, date, basis],
  );
}

/** Computes a revision again, from its own series and nothing else: no table, no clock. Null where they are gone. */
export function replay({ date, basis, payload, inputHash, series }: StoredRevision): Replayed | null {
  if (series === null) return null;
  const view = computeView({ history: historyOfInput(series), date, basis });
  return { view, sameInput: sha256(series).equals(inputHash), sameView: JSON.stringify(view) === payload };
}

/** Inputs of before the series had a first day held each night under its date. */
type DatedSeries = Record<LocalDate, NightInput>;

/** The way back from `inputOf`. */
function historyOfInput(text: string): AthleteHistory {
  const { needMin, series } = JSON.parse(text) as Omit<Input, 'series'> & {
    series: Record<string, SeriesInput | DatedSeries>;
  };
  const sleep = new Map<LocalDate, SleepNight>();
  const streams: Stream[] = [];
  for (const [name, input] of Object.entries(series)) {
    const [signal = '', id = '', primary] = name.split(' ');
    const values = new Map<LocalDate, number>();
    for (const [day, night] of nightsOfInput(input)) {
      if (typeof night === 'number') values.set(day, night);
      else sleep.set(day, nightOf(night));
    }
    if (signal !== 'SLEEP') streams.push({ id, metric: metricOf(id), isPrimary: primary === 'primary', values });
  }
  return {
    needMin,
    hrv: streams.filter(({ metric }) => metric !== 'rhr'),
    rhr: streams.filter(({ metric }) => metric === 'rhr'),
    sleep,
  };
}

function nightsOfInput(series: SeriesInput | DatedSeries): [LocalDate, NightInput][] {
  if (!isFromADay(series)) return Object.entries(series);
  const first = dayNumber(series.from);
  return series.nights.flatMap((night, at): [LocalDate, NightInput][] =>
    night === null ? [] : [[dateOf(first + at), night]],
  );
}

const isFromADay = (series: SeriesInput | DatedSeries): series is SeriesInput => 'nights' in series;

function nightOf([asleepMin, inBedMin, latencyMin, wasoMin, awakenings, napMin]: Exclude<
  NightInput,
  number
>): SleepNight {
  return { asleepMin, inBedMin, latencyMin, wasoMin, awakenings, napMin: napMin ?? 0 };
}

/** A stream's id is its provider, metric and method. */
function metricOf(id: string): Stream['metric'] {
  const metric = id.split(':')[1];
  if (metric === 'rmssd' || metric === 'rhr' || metric === 'sdnn') return metric;
  throw new Error(`the stream ${id} of a stored input names no metric that is known`);
}
