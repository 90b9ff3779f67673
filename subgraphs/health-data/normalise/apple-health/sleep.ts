import type { SleepNight } from '../../measurements/measurement.ts';
import { type AppleSource, sourceOf } from './source.ts';
import { sharedDevice } from '../device.ts';
import { type Item, ItemRefused, requireRecordId } from '../normaliser.ts';
import { type PhoneSleep, addSleeps, isTooLong, sleepRow } from '../phone/night.ts';
import { type Moment, type Upload, requireMoment, versionOf } from '../phone/upload.ts';
import type { Stage, StageInterval } from '../phone/stage-intervals.ts';
import { requireWindow } from '../units.ts';

/** One entry of `data.sleep`: a stretch of one stage, or of time in bed. */
export type SleepSample = AppleSource & {
  recordId: string;
  stage: Stage | 'inBed';
  start: Moment;
  end: Moment;
};

/** The words of the upload, letters only and lower case, and those of HealthKit. */
const STAGES: ReadonlyMap<string, SleepSample['stage']> = new Map([
  ['inbed', 'inBed'],
  ['awake', 'awake'],
  ['light', 'light'],
  ['core', 'light'],
  ['asleepcore', 'light'],
  ['deep', 'deep'],
  ['asleepdeep', 'deep'],
  ['rem', 'rem'],
  ['asleeprem', 'rem'],
  ['asleep', 'asleep'],
  ['sleeping', 'asleep'],
  ['asleepunspecified', 'asleep'],
]);

/** A longer silence between two samples of one source ends a sleep. */
const SPLIT_GAP_MS = 60 * 60_000;

/** Time in bed without a stage is a night only if it is as long as one: phones lie in bed for seconds as well. */
const MIN_IN_BED_ONLY_MS = 3 * 3_600_000;

/** @throws ItemRefused no_record_id, unknown_type, bad_time, future_dated, window_inverted, window_too_long */
export function readSleepSample(item: Item, upload: Upload): SleepSample {
  const recordId = requireRecordId(item['id'], 'id');
  const stage = typeof item['stage'] === 'string' ? STAGES.get(wordOf(item['stage'])) : undefined;
  if (stage === undefined) throw new ItemRefused('unknown_type', 'stage is none of the stages of HealthKit');
  const offset = item['zoneOffset'];
  const start = requireMoment({ value: item['startDate'], offset, field: 'startDate', upload });
  const end = requireMoment({ value: item['endDate'], offset, field: 'endDate', upload });
  requireWindow({ start: start.at, end: end.at, maxHours: 24 });
  return { recordId, stage, start, end, ...sourceOf(item['source']) };
}

const wordOf = (text: string): string => (text.length > 40 ? '' : text.toLowerCase().replace(/[^a-z]/g, ''));

/** Samples of one source in order of time; the first names the sleep, so that deleting a night deletes its name. */
type Session = { samples: SleepSample[]; startMs: number; endMs: number };

/**
 * Sleeps from samples: one source's samples without a gap of more than an hour are one sleep, the time in bed around it
 * comes from whoever recorded it. Returns the nights among them.
 */
export function addAppleSleeps(upload: Upload, samples: readonly SleepSample[]): SleepNight[] {
  const staged = [...Map.groupBy(samples.filter(isStage), ({ source }) => source).values()].flatMap(sessionsOf);
  const asleep = staged.filter((session) => session.samples.some(({ stage }) => stage !== 'awake'));
  for (const session of staged.filter((one) => !asleep.includes(one))) ignoreSession(upload, session);

  const beds = sessionsOf(samples.filter(({ stage }) => stage === 'inBed'));
  const bedOf = new Map<Session, Session[]>();
  const sleeps: PhoneSleep[] = [];
  for (const bed of beds) {
    const session = mostOverlapping(asleep, bed);
    if (session !== null) bedOf.set(session, [...(bedOf.get(session) ?? []), bed]);
    else if (bed.endMs - bed.startMs < MIN_IN_BED_ONLY_MS) ignoreSession(upload, bed);
    // After every sleep with stages, whoever recorded it.
    else addSleep({ upload, session: bed, beds: [bed], rank: Infinity, into: sleeps });
  }
  for (const session of asleep) {
    const rank = session.samples[0]?.rank ?? 0;
    addSleep({ upload, session, beds: bedOf.get(session) ?? [], rank, into: sleeps });
  }
  return addSleeps(upload, sleeps);
}

const isStage = ({ stage }: SleepSample): boolean => stage !== 'inBed';

const startMsOf = ({ start }: SleepSample): number => start.at.getTime();
const endMsOf = ({ end }: SleepSample): number => end.at.getTime();

function sessionsOf(samples: readonly SleepSample[]): Session[] {
  const sessions: Session[] = [];
  const ordered = samples.toSorted(
    (a, b) => startMsOf(a) - startMsOf(b) || endMsOf(b) - endMsOf(a) || (a.recordId < b.recordId ? -1 : 1),
  );
  for (const sample of ordered) {
    const session = sessions.at(-1);
    if (session !== undefined && startMsOf(sample) - session.endMs <= SPLIT_GAP_MS) {
      session.samples.push(sample);
      session.endMs = Math.max(session.endMs, endMsOf(sample));
    } else sessions.push({ samples: [sample], startMs: startMsOf(sample), endMs: endMsOf(sample) });
  }
  return sessions;
}

function ignoreSession({ into }: Upload, { samples }: Session): void {
  into.ignored.push({ recordId: samples[0]?.recordId ?? null, reason: 'not_sleep' });
}

/** The sleep of the best source that shares time with the bed; of one source the one that shares most. */
function mostOverlapping(sessions: readonly Session[], bed: Session): Session | null {
  const sharedMs = (one: Session): number => Math.min(one.endMs, bed.endMs) - Math.max(one.startMs, bed.startMs);
  const rankOf = (one: Session): number => one.samples[0]?.rank ?? 0;
  const candidates = sessions.filter((one) => sharedMs(one) > 0);
  return candidates.reduce<Session | null>((best, one) => {
    if (best === null) return one;
    return rankOf(one) < rankOf(best) || (rankOf(one) === rankOf(best) && sharedMs(one) > sharedMs(best)) ? one : best;
  }, null);
}

function addSleep({
  upload,
  session,
  beds,
  rank,
  into,
}: {
  upload: Upload;
  session: Session;
  beds: readonly Session[];
  rank: number;
  into: PhoneSleep[];
}): void {
  const recordId = session.samples[0]?.recordId ?? '';
  const all = [session, ...beds].flatMap(({ samples }) => samples);
  const startMs = Math.min(...[session, ...beds].map((one) => one.startMs));
  const last = all.reduce((latest, sample) => (sample.end.at > latest.end.at ? sample : latest));
  const endMs = endMsOf(last);
  if (isTooLong(startMs, endMs)) {
    const detail = 'samples without a gap of more than an hour span more than 24 h';
    upload.into.rejected.push({ recordId, reason: 'window_too_long', detail });
    return;
  }
  const intervals = session.samples.flatMap((sample): StageInterval[] =>
    sample.stage === 'inBed' ? [] : [{ stage: sample.stage, startMs: startMsOf(sample), endMs: endMsOf(sample) }],
  );
  const row = sleepRow({
    recordId,
    version: {
      ...versionOf(upload),
      ...sharedDevice(session.samples),
    },
    // Read while it may still go on: the phone sends the night again.
    stateRank: upload.updatedAt.getTime() - endMs < SPLIT_GAP_MS ? 0 : 1,
    start: new Date(startMs),
    end: last.end,
    intervals,
    isInBedKnown: beds.length > 0,
  });
  into.push({ row, rank });
}
