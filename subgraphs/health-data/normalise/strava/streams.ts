import type { MeasurementFlag, SampleBlock } from '../../measurements/measurement.ts';
import { type Item, type Version, ItemRefused, isItem } from '../normaliser.ts';
import { readStart } from './activity.ts';
import { PLAUSIBLE, type Range, isFuture, isMissing, numberWithin } from '../units.ts';

/** As long as the longest activity taken. */
const OFFSET_S: Range = { min: 0, max: 7 * 86_400 };

/**
 * The heart rate of an activity: `heartrate.data[i]` was measured `time.data[i]` seconds after its start. Null if no
 * sample is left, and where the athlete hides the start: the samples could only be put at times that are not theirs.
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
}): SampleBlock | null {
  const start = readStart({ item: activity, receivedAt });
  const beats = seriesOf(streams, 'heartrate');
  const seconds = seriesOf(streams, 'time');
  if (start.isHidden || beats === null) return null;
  if (seconds?.length !== beats.length) {
    throw new ItemRefused('unreadable_item', 'the streams time and heartrate differ in length');
  }
  const longestS = numberWithin(activity['elapsed_time'], OFFSET_S) ?? OFFSET_S.max;
  const flags = new Set<MeasurementFlag>();
  const atOf = (offsetS: number): Date => new Date(start.at.getTime() + offsetS * 1000);
  const byOffset = new Map<number, number>();
  for (const [index, beat] of beats.entries()) {
    // Null and 0 both mean "no reading".
    if (isMissing(beat) || beat === 0) continue;
    const offsetS = numberWithin(seconds[index], { min: 0, max: longestS });
    const bpm = numberWithin(beat, PLAUSIBLE.heartRateBpm);
    if (bpm === null) flags.add('implausible_hr_dropped');
    else if (offsetS === null || !Number.isInteger(offsetS) || isFuture(atOf(offsetS), receivedAt)) {
      flags.add('series_outside_window');
    } else byOffset.set(offsetS, bpm);
  }
  const samples = [...byOffset].sort(([a], [b]) => a - b);
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return null;
  return {
    kind: 'sample_block',
    ...version,
    recordId,
    day: atOf(first[0]).toISOString().slice(0, 10),
    stateRank: 1,
    flags: [...flags],
    capturedAt: atOf(last[0]),
    zoneOffsetMin: start.zoneOffsetMin,
    sampleKind: 'heart_rate',
    startedAt: start.at,
    offsetsS: samples.map(([offsetS]) => offsetS),
    values: samples.map(([, bpm]) => bpm),
  };
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
