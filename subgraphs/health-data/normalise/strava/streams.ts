import type { SampleBlock, WorkoutSampleKind } from '../../measurements/measurement.ts';
import { type Item, type Version, ItemRefused, isItem } from '../normaliser.ts';
import { type GivenSample, readSessionSeries } from '../session/series.ts';
import { readStart } from './activity.ts';
import { type Range, numberWithin } from '../units.ts';

/** As long as the longest activity taken. */
const OFFSET_S: Range = { min: 0, max: 7 * 86_400 };

/** Strava's names: bpm, m/s, W, turns of the crank or of one foot per minute, m, m. */
const STREAMS: readonly [WorkoutSampleKind, string][] = [
  ['heart_rate', 'heartrate'],
  ['speed', 'velocity_smooth'],
  ['power', 'watts'],
  ['cadence', 'cadence'],
  ['altitude', 'altitude'],
  ['distance', 'distance'],
];

/**
 * What was sampled during an activity: `heartrate.data[i]` was measured `time.data[i]` seconds after its start. None if
 * no sample is left, and where the athlete hides the start: the samples could only be put at times that are not theirs.
 *
 * @throws ItemRefused bad_time, future_dated, unreadable_item
 */
export function readStreams({
  activity,
  streams,
  recordId,
  version,
  receivedAt,
}: {
  activity: Item;
  streams: unknown;
  recordId: string;
  version: Version;
  receivedAt: Date;
}): SampleBlock[] {
  const start = readStart({ item: activity, receivedAt });
  if (start.isHidden) return [];
  const seconds = seriesOf(streams, 'time');
  const latestS = numberWithin(activity['elapsed_time'], OFFSET_S) ?? OFFSET_S.max;
  const window = { startedAt: start.at, earliestS: 0, latestS };
  const origin = { ...version, recordId, zoneOffsetMin: start.zoneOffsetMin };
  return STREAMS.flatMap(([sampleKind, type]) => {
    const values = seriesOf(streams, type);
    if (values === null) return [];
    const samples = samplesOf({ type, seconds, values });
    return readSessionSeries({ sampleKind, samples, window, origin, receivedAt }).block ?? [];
  });
}

function samplesOf(stream: { type: string; seconds: unknown[] | null; values: unknown[] }): GivenSample[] {
  const { type, seconds, values } = stream;
  if (seconds?.length !== values.length) {
    throw new ItemRefused('unreadable_item', `the streams time and ${type} differ in length`);
  }
  return Array.from(values, (value, index) => ({ offsetS: seconds[index], value }));
}

/** Strava answers an object by stream type, or a list of streams, as `key_by_type` of the request says. */
function seriesOf(streams: unknown, type: string): unknown[] | null {
  const stream: unknown = Array.isArray(streams)
    ? streams.find((one) => isItem(one) && one['type'] === type)
    : isItem(streams)
      ? streams[type]
      : null;
  return isItem(stream) && Array.isArray(stream['data']) ? stream['data'] : null;
}
