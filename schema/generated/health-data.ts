import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A calendar day in the athlete's own zone, written as YYYY-MM-DD. */
  Date: { input: string; output: string; }
  /** A date-time string at UTC, such as 2007-12-03T10:15:30Z, compliant with the `date-time` format outlined in section 5.6 of the RFC 3339 profile of the ISO 8601 standard for representation of dates and times using the Gregorian calendar. */
  DateTime: { input: Date; output: Date; }
  _FieldSet: { input: string; output: string; }
};

export type Athlete = {
  /** What the athlete said of a day. Shared with CHECK_IN. */
  checkIn: Maybe<CheckIn>;
  /** For the athlete only: what came for a day, how far it got, and what to do. Ordered by provider and time. */
  dataTrace: Maybe<Array<DataTraceStep>>;
  heartRate: Maybe<HeartRateSeries>;
  hrv: Maybe<HrvSeries>;
  id: Scalars['ID']['output'];
  restingHeartRate: Maybe<RestingHeartRateSeries>;
  sleep: Maybe<SleepSeries>;
  /** For the athlete only: who measures each signal, and which of them counts first. */
  sources: Maybe<Array<SignalSources>>;
  steps: Maybe<StepsSeries>;
  vitals: Maybe<VitalsSeries>;
  workouts: Maybe<WorkoutConnection>;
};


export type AthleteCheckInArgs = {
  date: Scalars['Date']['input'];
};


export type AthleteDataTraceArgs = {
  date: Scalars['Date']['input'];
};


export type AthleteHeartRateArgs = {
  from: Scalars['DateTime']['input'];
  resolution: InputMaybe<Resolution>;
  to: Scalars['DateTime']['input'];
};


export type AthleteHrvArgs = {
  from: Scalars['Date']['input'];
  to: Scalars['Date']['input'];
};


export type AthleteRestingHeartRateArgs = {
  from: Scalars['Date']['input'];
  to: Scalars['Date']['input'];
};


export type AthleteSleepArgs = {
  from: Scalars['Date']['input'];
  provider: InputMaybe<Provider>;
  to: Scalars['Date']['input'];
};


export type AthleteStepsArgs = {
  from: Scalars['Date']['input'];
  provider: InputMaybe<Provider>;
  to: Scalars['Date']['input'];
};


export type AthleteVitalsArgs = {
  from: Scalars['Date']['input'];
  to: Scalars['Date']['input'];
};


export type AthleteWorkoutsArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  first: InputMaybe<Scalars['Int']['input']>;
  from: Scalars['DateTime']['input'];
  provider: InputMaybe<Provider>;
  to: Scalars['DateTime']['input'];
};

/** What changed in the athlete's own entries since a timestamp. */
export type ChangeSet = {
  changes: Changes;
  /** For the next pull, and for `lastPulledAt` of the next push. Every change up to it is in an answer. */
  timestamp: Scalars['DateTime']['output'];
};

/** Changes of each table. */
export type Changes = {
  checkIns: CheckInChanges;
  manualNights: ManualNightChanges;
  manualRestingHeartRates: ManualRestingHeartRateChanges;
  manualWorkouts: ManualWorkoutChanges;
  workoutRatings: WorkoutRatingChanges;
};

export type ChangesInput = {
  checkIns: InputMaybe<CheckInChangesInput>;
  manualNights: InputMaybe<ManualNightChangesInput>;
  manualRestingHeartRates: InputMaybe<ManualRestingHeartRateChangesInput>;
  manualWorkouts: InputMaybe<ManualWorkoutChangesInput>;
  workoutRatings: InputMaybe<WorkoutRatingChangesInput>;
};

/** What an athlete said of one local day. AVAILABLE, NO_DATA or NOT_SHARED. */
export type CheckIn = {
  date: Scalars['Date']['output'];
  /** For the athlete only: it answers to a score of their own, which may be made of signals that nobody else sees. */
  feel: Maybe<Feel>;
  /** Mood, higher is better: 1 very low, 2 low, 3 neither, 4 good, 5 very good. */
  mood: Maybe<Scalars['Int']['output']>;
  /** Muscle soreness: 1 none, 2 a little, 3 some, 4 a lot, 5 severe. */
  soreness: Maybe<Scalars['Int']['output']>;
  state: SignalState;
  /** Stress: 1 none, 2 a little, 3 some, 4 a lot, 5 severe. */
  stress: Maybe<Scalars['Int']['output']>;
};

export type CheckInChanges = {
  created: Array<CheckInRecord>;
  deleted: Array<Scalars['ID']['output']>;
  updated: Array<CheckInRecord>;
};

export type CheckInChangesInput = {
  created: InputMaybe<Array<CheckInRecordInput>>;
  deleted: InputMaybe<Array<Scalars['ID']['input']>>;
  updated: InputMaybe<Array<CheckInRecordInput>>;
};

/** All of a day: what is left out is unanswered. */
export type CheckInInput = {
  /** The local day, today at the latest. One check-in a day. */
  date: Scalars['Date']['input'];
  /** For the athlete only: it answers to a score of their own, which may be made of signals that nobody else sees. */
  feel: InputMaybe<Feel>;
  /** Mood, higher is better: 1 very low, 2 low, 3 neither, 4 good, 5 very good. */
  mood: InputMaybe<Scalars['Int']['input']>;
  /** Muscle soreness: 1 none, 2 a little, 3 some, 4 a lot, 5 severe. */
  soreness: InputMaybe<Scalars['Int']['input']>;
  /** Stress: 1 none, 2 a little, 3 some, 4 a lot, 5 severe. */
  stress: InputMaybe<Scalars['Int']['input']>;
};

/** A check-in as apps synchronise it. */
export type CheckInRecord = {
  /** For the athlete only: it answers to a score of their own, which may be made of signals that nobody else sees. */
  feel: Maybe<Feel>;
  /** The local day, YYYY-MM-DD: one a day. */
  id: Scalars['ID']['output'];
  /** Mood, higher is better: 1 very low, 2 low, 3 neither, 4 good, 5 very good. */
  mood: Maybe<Scalars['Int']['output']>;
  /** Muscle soreness: 1 none, 2 a little, 3 some, 4 a lot, 5 severe. */
  soreness: Maybe<Scalars['Int']['output']>;
  /** Stress: 1 none, 2 a little, 3 some, 4 a lot, 5 severe. */
  stress: Maybe<Scalars['Int']['output']>;
};

export type CheckInRecordInput = {
  /** For the athlete only: it answers to a score of their own, which may be made of signals that nobody else sees. */
  feel: InputMaybe<Feel>;
  /** The local day, YYYY-MM-DD: one a day. */
  id: Scalars['ID']['input'];
  /** Mood, higher is better: 1 very low, 2 low, 3 neither, 4 good, 5 very good. */
  mood: InputMaybe<Scalars['Int']['input']>;
  /** Muscle soreness: 1 none, 2 a little, 3 some, 4 a lot, 5 severe. */
  soreness: InputMaybe<Scalars['Int']['input']>;
  /** Stress: 1 none, 2 a little, 3 some, 4 a lot, 5 severe. */
  stress: InputMaybe<Scalars['Int']['input']>;
};

/** How a step ended. */
export type DataTraceOutcome =
  | 'DELETED_AT_PROVIDER'
  | 'ERASED'
  | 'FETCHED'
  | 'HINT'
  | 'IGNORED'
  | 'LOADING_HISTORY'
  | 'MISSING_PERMISSION'
  | 'NEEDS_RECONNECT'
  | 'NOTHING_RECEIVED'
  | 'NOTHING_TO_STORE'
  | 'NOT_CONNECTED'
  | 'NOT_USED'
  | 'PENDING'
  | 'READ'
  | 'RECEIVED'
  | 'REJECTED'
  | 'SET_ASIDE'
  | 'SHORTENED'
  | 'SIGNED'
  | 'STORED'
  | 'SUPERSEDED'
  | 'UNLINKED'
  | 'UNPLACED'
  | 'UPLOADED'
  | 'WAITING';

/** How far something came on its way from a provider to the athlete. */
export type DataTraceStage =
  | 'CONNECTION'
  | 'FETCHED'
  | 'NORMALISED'
  | 'REFUSED'
  | 'SEEN'
  | 'STORED'
  | 'VERIFIED';

/** One step of what a provider sent for a day, in words for the athlete. Holds no measurement. */
export type DataTraceStep = {
  /** Null where nothing happened yet. */
  at: Maybe<Scalars['DateTime']['output']>;
  /** Steps of one delivery share it: the notification that began it. */
  deliveryId: Maybe<Scalars['ID']['output']>;
  /** The kind of data, such as sleep. */
  domain: Maybe<Scalars['String']['output']>;
  /** What happened, why, and what to do next. */
  explanation: Scalars['String']['output'];
  outcome: DataTraceOutcome;
  /** Null when no provider is connected. */
  provider: Maybe<Provider>;
  /** A word of a fixed list, for programs: why it ended so. */
  reason: Maybe<Scalars['String']['output']>;
  /** How often the same came again. Only where something was received. */
  repeats: Maybe<Scalars['Int']['output']>;
  stage: DataTraceStage;
  /** When the next try is due. */
  until: Maybe<Scalars['DateTime']['output']>;
};

/** How an athlete feels against the readiness shown. Stored beside the score, never mixed into it. */
export type Feel =
  | 'AS_SHOWN'
  | 'BETTER'
  | 'WORSE';

export type HeartRatePoint = {
  at: Scalars['DateTime']['output'];
  /** Mean of the samples in this point. */
  bpm: Scalars['Float']['output'];
  maxBpm: Scalars['Float']['output'];
  minBpm: Scalars['Float']['output'];
};

export type HeartRateSeries = {
  points: Array<HeartRatePoint>;
  resolution: Resolution;
  /** Who measured in this time, each device once, with its newest delivery. */
  sources: Array<Source>;
  state: SignalState;
};

/** Two different quantities; there is no conversion. */
export type HrvMetric =
  | 'RMSSD'
  | 'SDNN';

export type HrvNight = {
  /** End of the night. Null where sleep is withheld: it would tell when. */
  capturedAt: Maybe<Scalars['DateTime']['output']>;
  date: Scalars['Date']['output'];
  /** Natural logarithm of ms. */
  ln: Scalars['Float']['output'];
  ms: Scalars['Float']['output'];
  source: Source;
};

export type HrvSeries = {
  state: SignalState;
  streams: Array<HrvStream>;
};

/** One provider, metric and method. Values of two streams never meet. */
export type HrvStream = {
  id: Scalars['ID']['output'];
  /** Of the source that the athlete chose for this signal. */
  isPrimary: Scalars['Boolean']['output'];
  method: Scalars['String']['output'];
  metric: HrvMetric;
  nights: Array<HrvNight>;
  provider: Provider;
};

/** A night that the athlete typed in. It belongs to the local day of its end; up to three hours asleep are a nap. */
export type ManualNight = {
  /** At most the time in bed. */
  asleepMin: Scalars['Float']['output'];
  /** At most 24 hours after the start, and not in the future. */
  bedtimeEnd: Scalars['DateTime']['output'];
  bedtimeStart: Scalars['DateTime']['output'];
  /** Made by the client: up to 64 letters, digits, "-", "_" and ".", unique for the athlete. The same id again is the same record. */
  id: Scalars['ID']['output'];
};

export type ManualNightChanges = {
  created: Array<ManualNight>;
  deleted: Array<Scalars['ID']['output']>;
  updated: Array<ManualNight>;
};

export type ManualNightChangesInput = {
  created: InputMaybe<Array<ManualNightInput>>;
  deleted: InputMaybe<Array<Scalars['ID']['input']>>;
  updated: InputMaybe<Array<ManualNightInput>>;
};

export type ManualNightInput = {
  /** At most the time in bed. */
  asleepMin: Scalars['Float']['input'];
  /** At most 24 hours after the start, and not in the future. */
  bedtimeEnd: Scalars['DateTime']['input'];
  bedtimeStart: Scalars['DateTime']['input'];
  /** Made by the client: up to 64 letters, digits, "-", "_" and ".", unique for the athlete. The same id again is the same record. */
  id: Scalars['ID']['input'];
};

/** A resting heart rate that the athlete took. A stream of its own, method "entered". HRV is not typed in: it needs the beats. */
export type ManualRestingHeartRate = {
  /** Beats per minute. */
  bpm: Scalars['Float']['output'];
  /** The local day, YYYY-MM-DD: one a day. */
  id: Scalars['ID']['output'];
};

export type ManualRestingHeartRateChanges = {
  created: Array<ManualRestingHeartRate>;
  deleted: Array<Scalars['ID']['output']>;
  updated: Array<ManualRestingHeartRate>;
};

export type ManualRestingHeartRateChangesInput = {
  created: InputMaybe<Array<ManualRestingHeartRateInput>>;
  deleted: InputMaybe<Array<Scalars['ID']['input']>>;
  updated: InputMaybe<Array<ManualRestingHeartRateInput>>;
};

export type ManualRestingHeartRateInput = {
  /** Beats per minute. */
  bpm: Scalars['Float']['input'];
  /** The local day, YYYY-MM-DD: one a day. */
  id: Scalars['ID']['input'];
};

/** A session that the athlete typed in. Among workouts its provider is MANUAL. */
export type ManualWorkout = {
  /** Average heart rate, beats per minute. */
  avgHr: Maybe<Scalars['Float']['output']>;
  distanceM: Maybe<Scalars['Float']['output']>;
  /** From 1 to 1440. The session is over: it ends at most now. */
  durationMin: Scalars['Float']['output'];
  /** Made by the client: up to 64 letters, digits, "-", "_" and ".", unique for the athlete. The same id again is the same record. */
  id: Scalars['ID']['output'];
  /** A name of up to 40 characters, such as "running". */
  sport: Scalars['String']['output'];
  startedAt: Scalars['DateTime']['output'];
};

export type ManualWorkoutChanges = {
  created: Array<ManualWorkout>;
  deleted: Array<Scalars['ID']['output']>;
  updated: Array<ManualWorkout>;
};

export type ManualWorkoutChangesInput = {
  created: InputMaybe<Array<ManualWorkoutInput>>;
  deleted: InputMaybe<Array<Scalars['ID']['input']>>;
  updated: InputMaybe<Array<ManualWorkoutInput>>;
};

export type ManualWorkoutInput = {
  /** Average heart rate, beats per minute. */
  avgHr: InputMaybe<Scalars['Float']['input']>;
  distanceM: InputMaybe<Scalars['Float']['input']>;
  /** From 1 to 1440. The session is over: it ends at most now. */
  durationMin: Scalars['Float']['input'];
  /** Made by the client: up to 64 letters, digits, "-", "_" and ".", unique for the athlete. The same id again is the same record. */
  id: Scalars['ID']['input'];
  /** A name of up to 40 characters, such as "running". */
  sport: Scalars['String']['input'];
  startedAt: Scalars['DateTime']['input'];
};

export type Mutation = {
  /** Takes the choice back: completeness decides again. */
  clearPrimarySource: Athlete;
  /** True also when there was none. */
  deleteCheckIn: Scalars['Boolean']['output'];
  /** True also when it was gone. */
  deleteManualNight: Scalars['Boolean']['output'];
  /** True also when there was none. */
  deleteManualRestingHeartRate: Scalars['Boolean']['output'];
  /** Deletes a session added by hand, and its rating. True also when it was gone. */
  deleteManualWorkout: Scalars['Boolean']['output'];
  /** Takes what a device changed while it was offline, in one step. The same push again changes nothing. */
  pushChanges: PushChangesResult;
  /** Rates how hard a workout was (CR-10). Replaces an earlier rating; shared with TRAINING. */
  rateWorkout: WorkoutRating;
  /** Records the check-in of a day, or replaces it. */
  recordCheckIn: CheckIn;
  /** True also when there was none. */
  removeWorkoutRating: Scalars['Boolean']['output'];
  /** Adds a night by hand, or replaces the one with this id. */
  saveManualNight: ManualNight;
  /** Enters the resting heart rate of a day, or replaces it. */
  saveManualRestingHeartRate: ManualRestingHeartRate;
  /** Adds a session by hand, or replaces the one with this id. */
  saveManualWorkout: ManualWorkout;
  /** Makes a provider the first source of a signal. HRV and resting heart rate of a new source need seven nights before they count; of the rest, days it did not measure are filled from the others. */
  setPrimarySource: Athlete;
};


export type MutationClearPrimarySourceArgs = {
  signal: Signal;
};


export type MutationDeleteCheckInArgs = {
  date: Scalars['Date']['input'];
};


export type MutationDeleteManualNightArgs = {
  id: Scalars['ID']['input'];
};


export type MutationDeleteManualRestingHeartRateArgs = {
  date: Scalars['Date']['input'];
};


export type MutationDeleteManualWorkoutArgs = {
  id: Scalars['ID']['input'];
};


export type MutationPushChangesArgs = {
  input: PushChangesInput;
};


export type MutationRateWorkoutArgs = {
  rpe: Scalars['Float']['input'];
  workoutId: Scalars['ID']['input'];
};


export type MutationRecordCheckInArgs = {
  input: CheckInInput;
};


export type MutationRemoveWorkoutRatingArgs = {
  workoutId: Scalars['ID']['input'];
};


export type MutationSaveManualNightArgs = {
  input: ManualNightInput;
};


export type MutationSaveManualRestingHeartRateArgs = {
  bpm: Scalars['Float']['input'];
  date: Scalars['Date']['input'];
};


export type MutationSaveManualWorkoutArgs = {
  input: ManualWorkoutInput;
  rpe: InputMaybe<Scalars['Float']['input']>;
};


export type MutationSetPrimarySourceArgs = {
  provider: Provider;
  signal: Signal;
};

export type Nap = {
  asleepMin: Scalars['Float']['output'];
  endedAt: Scalars['DateTime']['output'];
  startedAt: Scalars['DateTime']['output'];
};

export type PageInfo = {
  endCursor: Maybe<Scalars['String']['output']>;
  hasNextPage: Scalars['Boolean']['output'];
  hasPreviousPage: Scalars['Boolean']['output'];
  startCursor: Maybe<Scalars['String']['output']>;
};

/** Where measurements come from. */
export type Provider =
  | 'APPLE_HEALTH'
  | 'GARMIN'
  | 'GOOGLE_HEALTH'
  | 'HEALTH_CONNECT'
  /** Typed in by the athlete. It cannot be linked, and nothing is fetched from it. */
  | 'MANUAL'
  | 'OURA'
  | 'POLAR'
  | 'STRAVA'
  | 'WHOOP';

export type PushChangesInput = {
  changes: ChangesInput;
  /** The timestamp of the last pull. Null or left out: this device has never pulled. */
  lastPulledAt: InputMaybe<Scalars['DateTime']['input']>;
};

export type PushChangesResult = {
  /** Where the server's version is newer than `lastPulledAt`: it stays, and stands here, under `updated` or `deleted`. Put it in place of the device's own. */
  conflicts: Changes;
  refused: Array<RefusedChange>;
};

export type Query = {
  /** The athlete's own entries that changed since a timestamp of an earlier answer. Without one all there are, and no deletions: what a device has of an earlier synchronisation and is not among them is gone. */
  changesSince: ChangeSet;
};


export type QueryChangesSinceArgs = {
  timestamp: InputMaybe<Scalars['DateTime']['input']>;
};

/** A change that can never be taken. Everything else of the push was. */
export type RefusedChange = {
  /** BAD_USER_INPUT or NOT_FOUND. */
  code: Scalars['String']['output'];
  id: Scalars['ID']['output'];
  /** What is wrong, and what to do. */
  message: Scalars['String']['output'];
  /** As in `changes`, such as "checkIns". */
  table: Scalars['String']['output'];
};

/** Width of one point. HOUR and DAY are those of the clock in the athlete's zone: a day on which the clocks change has 23 or 25 hours. */
export type Resolution =
  | 'DAY'
  | 'HOUR'
  | 'MINUTE'
  | 'RAW';

export type RestingHeartRateNight = {
  bpm: Scalars['Float']['output'];
  capturedAt: Maybe<Scalars['DateTime']['output']>;
  date: Scalars['Date']['output'];
  source: Source;
};

export type RestingHeartRateSeries = {
  state: SignalState;
  streams: Array<RestingHeartRateStream>;
};

export type RestingHeartRateStream = {
  id: Scalars['ID']['output'];
  /** Of the source that the athlete chose for this signal. */
  isPrimary: Scalars['Boolean']['output'];
  method: Scalars['String']['output'];
  nights: Array<RestingHeartRateNight>;
  provider: Provider;
};

/** What can be measured and shared, each on its own. */
export type Signal =
  | 'CHECK_IN'
  | 'HEART_RATE'
  | 'HRV'
  | 'RESTING_HEART_RATE'
  | 'SLEEP'
  | 'STEPS'
  | 'TRAINING'
  | 'VITALS';

/** What one provider brought of a signal. */
export type SignalSource = {
  /** Days it measured. */
  dayCount: Scalars['Int']['output'];
  /** What measured last, where the provider says. */
  device: Maybe<Scalars['String']['output']>;
  newestDay: Scalars['Date']['output'];
  provider: Provider;
};

/** Who measures a signal, and which of them counts first. */
export type SignalSources = {
  chosenBy: SourceChoice;
  /** The athlete's choice. Null while completeness decides. */
  primary: Maybe<Provider>;
  /** The one with most days first. */
  providers: Array<SignalSource>;
  signal: Signal;
};

/** In what state a series is for this viewer. STALE: the newest value is older than the day before the last one asked for, or before today. CALIBRATING: fewer than seven nights are known. Workouts are never STALE: a day of rest is not missing data. */
export type SignalState =
  | 'AVAILABLE'
  | 'CALIBRATING'
  | 'NOT_SHARED'
  | 'NO_DATA'
  | 'STALE';

/** The night that ended on `date` in the zone of the night. Null means unknown, never zero. */
export type SleepNight = {
  asleepMin: Scalars['Float']['output'];
  bedtimeEnd: Scalars['DateTime']['output'];
  bedtimeStart: Scalars['DateTime']['output'];
  date: Scalars['Date']['output'];
  efficiencyPct: Maybe<Scalars['Float']['output']>;
  inBedMin: Maybe<Scalars['Float']['output']>;
  latencyMin: Maybe<Scalars['Float']['output']>;
  naps: Array<Nap>;
  provider: Provider;
  source: Source;
  stages: Maybe<SleepStages>;
  /** Definitions differ between providers: do not compare across them. */
  wakeCount: Maybe<Scalars['Int']['output']>;
  /** Wake after sleep onset. */
  wasoMin: Maybe<Scalars['Float']['output']>;
};

export type SleepSeries = {
  nights: Array<SleepNight>;
  state: SignalState;
};

/** Minutes in each stage; null where the provider gave none. */
export type SleepStages = {
  awakeMin: Maybe<Scalars['Float']['output']>;
  deepMin: Maybe<Scalars['Float']['output']>;
  lightMin: Maybe<Scalars['Float']['output']>;
  remMin: Maybe<Scalars['Float']['output']>;
};

/** Where a value came from. */
export type Source = {
  /** The delivery that brought it. For the athlete only: it would tell when it came. */
  deliveryId: Maybe<Scalars['ID']['output']>;
  /** What measured it, in the provider's words. Null where the provider did not say. */
  device: Maybe<Scalars['String']['output']>;
  /** The rules that read it from the delivery. For the athlete only: they change when the delivery does. */
  normaliserVersion: Maybe<Scalars['String']['output']>;
  provider: Provider;
};

/** Who says which source counts: the athlete, or day by day whichever measured most. */
export type SourceChoice =
  | 'ATHLETE'
  | 'COMPLETENESS';

/** The sport of a workout in a word that means the same for every provider. OTHER: none we know. */
export type Sport =
  | 'BALL'
  | 'CARDIO'
  | 'CLIMB'
  | 'COMBAT'
  | 'DANCE'
  | 'GOLF'
  | 'HIKE'
  | 'MOBILITY'
  | 'MULTISPORT'
  | 'OTHER'
  | 'PADDLE'
  | 'RACKET'
  | 'RIDE'
  | 'ROW'
  | 'RUN'
  | 'SKATE'
  | 'SKI'
  | 'SNOWBOARD'
  | 'STRENGTH'
  | 'SWIM'
  | 'WALK'
  | 'WATER';

export type StepsDay = {
  date: Scalars['Date']['output'];
  provider: Provider;
  source: Source;
  steps: Scalars['Int']['output'];
};

export type StepsSeries = {
  days: Array<StepsDay>;
  state: SignalState;
};

export type VitalsDay = {
  date: Scalars['Date']['output'];
  provider: Provider;
  /** Breaths per minute. */
  respiratoryRateBrpm: Maybe<Scalars['Float']['output']>;
  /** Of each document that a value of this day stands in. */
  sources: Array<Source>;
  spo2Pct: Maybe<Scalars['Float']['output']>;
  stressHighMin: Maybe<Scalars['Float']['output']>;
  temperatureDeviationC: Maybe<Scalars['Float']['output']>;
};

export type VitalsSeries = {
  days: Array<VitalsDay>;
  state: SignalState;
};

export type Workout = {
  avgHr: Maybe<Scalars['Float']['output']>;
  distanceM: Maybe<Scalars['Float']['output']>;
  durationS: Scalars['Float']['output'];
  elevationGainM: Maybe<Scalars['Float']['output']>;
  endedAt: Scalars['DateTime']['output'];
  energyKcal: Maybe<Scalars['Float']['output']>;
  /** Seconds in the provider's heart rate zones, lowest first. */
  heartRateZonesS: Maybe<Array<Scalars['Float']['output']>>;
  id: Scalars['ID']['output'];
  intensity: Maybe<Scalars['String']['output']>;
  /** Typed in by the athlete instead of measured. */
  isManual: Maybe<Scalars['Boolean']['output']>;
  maxHr: Maybe<Scalars['Float']['output']>;
  provider: Provider;
  /** The athlete's own rating of the effort, CR-10: 0 to 10. */
  rpe: Maybe<Scalars['Float']['output']>;
  source: Source;
  /** Laps or kilometres in order of time, at most 500. Empty where the provider gives none. */
  splits: Maybe<Array<WorkoutSplit>>;
  sport: Sport;
  startedAt: Scalars['DateTime']['output'];
  /** What was sampled during the workout, one entry for each kind asked for, thinned to maxPoints (3 to 2000, else 500) without moving a peak. Heart rate needs HEART_RATE beside TRAINING. At most 20 workouts a request. */
  streams: Maybe<Array<WorkoutStream>>;
  /** The provider's own word for the sport. */
  type: Scalars['String']['output'];
};


export type WorkoutStreamsArgs = {
  kinds: InputMaybe<Array<WorkoutStreamKind>>;
  maxPoints: InputMaybe<Scalars['Int']['input']>;
};

export type WorkoutConnection = {
  edges: Array<WorkoutEdge>;
  pageInfo: PageInfo;
  state: SignalState;
  totalCount: Scalars['Int']['output'];
};

export type WorkoutEdge = {
  cursor: Scalars['String']['output'];
  node: Workout;
};

/** An athlete's rating of one workout. */
export type WorkoutRating = {
  /** The workout's id. */
  id: Scalars['ID']['output'];
  /** CR-10: how hard the whole session was, from 0 (rest) to 10 (maximal), in half steps. */
  rpe: Scalars['Float']['output'];
};

export type WorkoutRatingChanges = {
  created: Array<WorkoutRating>;
  deleted: Array<Scalars['ID']['output']>;
  updated: Array<WorkoutRating>;
};

export type WorkoutRatingChangesInput = {
  created: InputMaybe<Array<WorkoutRatingInput>>;
  deleted: InputMaybe<Array<Scalars['ID']['input']>>;
  updated: InputMaybe<Array<WorkoutRatingInput>>;
};

export type WorkoutRatingInput = {
  /** The workout's id. */
  id: Scalars['ID']['input'];
  /** CR-10: how hard the whole session was, from 0 (rest) to 10 (maximal), in half steps. */
  rpe: Scalars['Float']['input'];
};

/** A lap, a kilometre or an interval of a workout. Null means unknown, never zero. */
export type WorkoutSplit = {
  averageHeartRateBpm: Maybe<Scalars['Float']['output']>;
  distanceM: Maybe<Scalars['Float']['output']>;
  durationS: Scalars['Float']['output'];
  elevationGainM: Maybe<Scalars['Float']['output']>;
  /** Place in the provider's own list, from 1. */
  index: Scalars['Int']['output'];
  startedAt: Scalars['DateTime']['output'];
};

/** One series of a workout. Where it is withheld or there is none, the lists are empty. */
export type WorkoutStream = {
  kind: WorkoutStreamKind;
  /** Seconds after the start of the workout, ascending. */
  offsetsS: Array<Scalars['Int']['output']>;
  state: SignalState;
  values: Array<Scalars['Float']['output']>;
};

/** What is sampled during a workout: bpm, m/s, W, per minute (as the provider counts it: Strava the steps of one foot, Garmin those of both), m above the sea, m from the start. */
export type WorkoutStreamKind =
  | 'ALTITUDE'
  | 'CADENCE'
  | 'DISTANCE'
  | 'HEART_RATE'
  | 'POWER'
  | 'SPEED';



export type ResolverTypeWrapper<T> = Promise<T> | T;

export type ReferenceResolver<TResult, TReference, TContext> = (
      reference: TReference,
      context: TContext,
      info: GraphQLResolveInfo
    ) => Promise<TResult> | TResult;

      type ScalarCheck<T, S> = S extends true ? T : NullableCheck<T, S>;
      type NullableCheck<T, S> = Maybe<T> extends T ? Maybe<ListCheck<NonNullable<T>, S>> : ListCheck<T, S>;
      type ListCheck<T, S> = T extends (infer U)[] ? NullableCheck<U, S>[] : GraphQLRecursivePick<T, S>;
      export type GraphQLRecursivePick<T, S> = { [K in keyof T & keyof S]: ScalarCheck<T[K], S[K]> };
    

export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

/** Mapping of federation types */
export type FederationTypes = {
  Athlete: Athlete;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Athlete:
    ( { __typename: 'Athlete' }
    & GraphQLRecursivePick<FederationTypes['Athlete'], {"id":true}> );
};



/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  Athlete: ResolverTypeWrapper<Athlete>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  ChangeSet: ResolverTypeWrapper<ChangeSet>;
  Changes: ResolverTypeWrapper<Changes>;
  ChangesInput: ChangesInput;
  CheckIn: ResolverTypeWrapper<CheckIn>;
  CheckInChanges: ResolverTypeWrapper<CheckInChanges>;
  CheckInChangesInput: CheckInChangesInput;
  CheckInInput: CheckInInput;
  CheckInRecord: ResolverTypeWrapper<CheckInRecord>;
  CheckInRecordInput: CheckInRecordInput;
  DataTraceOutcome: DataTraceOutcome;
  DataTraceStage: DataTraceStage;
  DataTraceStep: ResolverTypeWrapper<DataTraceStep>;
  Date: ResolverTypeWrapper<Scalars['Date']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Feel: Feel;
  HeartRatePoint: ResolverTypeWrapper<HeartRatePoint>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  HeartRateSeries: ResolverTypeWrapper<HeartRateSeries>;
  HrvMetric: HrvMetric;
  HrvNight: ResolverTypeWrapper<HrvNight>;
  HrvSeries: ResolverTypeWrapper<HrvSeries>;
  HrvStream: ResolverTypeWrapper<HrvStream>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  ManualNight: ResolverTypeWrapper<ManualNight>;
  ManualNightChanges: ResolverTypeWrapper<ManualNightChanges>;
  ManualNightChangesInput: ManualNightChangesInput;
  ManualNightInput: ManualNightInput;
  ManualRestingHeartRate: ResolverTypeWrapper<ManualRestingHeartRate>;
  ManualRestingHeartRateChanges: ResolverTypeWrapper<ManualRestingHeartRateChanges>;
  ManualRestingHeartRateChangesInput: ManualRestingHeartRateChangesInput;
  ManualRestingHeartRateInput: ManualRestingHeartRateInput;
  ManualWorkout: ResolverTypeWrapper<ManualWorkout>;
  ManualWorkoutChanges: ResolverTypeWrapper<ManualWorkoutChanges>;
  ManualWorkoutChangesInput: ManualWorkoutChangesInput;
  ManualWorkoutInput: ManualWorkoutInput;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Nap: ResolverTypeWrapper<Nap>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Provider: Provider;
  PushChangesInput: PushChangesInput;
  PushChangesResult: ResolverTypeWrapper<PushChangesResult>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  RefusedChange: ResolverTypeWrapper<RefusedChange>;
  Resolution: Resolution;
  RestingHeartRateNight: ResolverTypeWrapper<RestingHeartRateNight>;
  RestingHeartRateSeries: ResolverTypeWrapper<RestingHeartRateSeries>;
  RestingHeartRateStream: ResolverTypeWrapper<RestingHeartRateStream>;
  Signal: Signal;
  SignalSource: ResolverTypeWrapper<SignalSource>;
  SignalSources: ResolverTypeWrapper<SignalSources>;
  SignalState: SignalState;
  SleepNight: ResolverTypeWrapper<SleepNight>;
  SleepSeries: ResolverTypeWrapper<SleepSeries>;
  SleepStages: ResolverTypeWrapper<SleepStages>;
  Source: ResolverTypeWrapper<Source>;
  SourceChoice: SourceChoice;
  Sport: Sport;
  StepsDay: ResolverTypeWrapper<StepsDay>;
  StepsSeries: ResolverTypeWrapper<StepsSeries>;
  VitalsDay: ResolverTypeWrapper<VitalsDay>;
  VitalsSeries: ResolverTypeWrapper<VitalsSeries>;
  Workout: ResolverTypeWrapper<Workout>;
  WorkoutConnection: ResolverTypeWrapper<WorkoutConnection>;
  WorkoutEdge: ResolverTypeWrapper<WorkoutEdge>;
  WorkoutRating: ResolverTypeWrapper<WorkoutRating>;
  WorkoutRatingChanges: ResolverTypeWrapper<WorkoutRatingChanges>;
  WorkoutRatingChangesInput: WorkoutRatingChangesInput;
  WorkoutRatingInput: WorkoutRatingInput;
  WorkoutSplit: ResolverTypeWrapper<WorkoutSplit>;
  WorkoutStream: ResolverTypeWrapper<WorkoutStream>;
  WorkoutStreamKind: WorkoutStreamKind;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Athlete: Athlete | FederationReferenceTypes['Athlete'];
  ID: Scalars['ID']['output'];
  String: Scalars['String']['output'];
  Int: Scalars['Int']['output'];
  ChangeSet: ChangeSet;
  Changes: Changes;
  ChangesInput: ChangesInput;
  CheckIn: CheckIn;
  CheckInChanges: CheckInChanges;
  CheckInChangesInput: CheckInChangesInput;
  CheckInInput: CheckInInput;
  CheckInRecord: CheckInRecord;
  CheckInRecordInput: CheckInRecordInput;
  DataTraceStep: DataTraceStep;
  Date: Scalars['Date']['output'];
  DateTime: Scalars['DateTime']['output'];
  HeartRatePoint: HeartRatePoint;
  Float: Scalars['Float']['output'];
  HeartRateSeries: HeartRateSeries;
  HrvNight: HrvNight;
  HrvSeries: HrvSeries;
  HrvStream: HrvStream;
  Boolean: Scalars['Boolean']['output'];
  ManualNight: ManualNight;
  ManualNightChanges: ManualNightChanges;
  ManualNightChangesInput: ManualNightChangesInput;
  ManualNightInput: ManualNightInput;
  ManualRestingHeartRate: ManualRestingHeartRate;
  ManualRestingHeartRateChanges: ManualRestingHeartRateChanges;
  ManualRestingHeartRateChangesInput: ManualRestingHeartRateChangesInput;
  ManualRestingHeartRateInput: ManualRestingHeartRateInput;
  ManualWorkout: ManualWorkout;
  ManualWorkoutChanges: ManualWorkoutChanges;
  ManualWorkoutChangesInput: ManualWorkoutChangesInput;
  ManualWorkoutInput: ManualWorkoutInput;
  Mutation: Record<PropertyKey, never>;
  Nap: Nap;
  PageInfo: PageInfo;
  PushChangesInput: PushChangesInput;
  PushChangesResult: PushChangesResult;
  Query: Record<PropertyKey, never>;
  RefusedChange: RefusedChange;
  RestingHeartRateNight: RestingHeartRateNight;
  RestingHeartRateSeries: RestingHeartRateSeries;
  RestingHeartRateStream: RestingHeartRateStream;
  SignalSource: SignalSource;
  SignalSources: SignalSources;
  SleepNight: SleepNight;
  SleepSeries: SleepSeries;
  SleepStages: SleepStages;
  Source: Source;
  StepsDay: StepsDay;
  StepsSeries: StepsSeries;
  VitalsDay: VitalsDay;
  VitalsSeries: VitalsSeries;
  Workout: Workout;
  WorkoutConnection: WorkoutConnection;
  WorkoutEdge: WorkoutEdge;
  WorkoutRating: WorkoutRating;
  WorkoutRatingChanges: WorkoutRatingChanges;
  WorkoutRatingChangesInput: WorkoutRatingChangesInput;
  WorkoutRatingInput: WorkoutRatingInput;
  WorkoutSplit: WorkoutSplit;
  WorkoutStream: WorkoutStream;
};

export type AthleteResolvers<ContextType = any, ParentType extends ResolversParentTypes['Athlete'] = ResolversParentTypes['Athlete'], FederationReferenceType extends FederationReferenceTypes['Athlete'] = FederationReferenceTypes['Athlete']> = {
  __resolveReference: ReferenceResolver<Maybe<ResolversTypes['Athlete']> | FederationReferenceType, FederationReferenceType, ContextType>;
  checkIn: Resolver<Maybe<ResolversTypes['CheckIn']>, ParentType, ContextType, RequireFields<AthleteCheckInArgs, 'date'>>;
  dataTrace: Resolver<Maybe<Array<ResolversTypes['DataTraceStep']>>, ParentType, ContextType, RequireFields<AthleteDataTraceArgs, 'date'>>;
  heartRate: Resolver<Maybe<ResolversTypes['HeartRateSeries']>, ParentType, ContextType, RequireFields<AthleteHeartRateArgs, 'from' | 'to'>>;
  hrv: Resolver<Maybe<ResolversTypes['HrvSeries']>, ParentType, ContextType, RequireFields<AthleteHrvArgs, 'from' | 'to'>>;
  id: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  restingHeartRate: Resolver<Maybe<ResolversTypes['RestingHeartRateSeries']>, ParentType, ContextType, RequireFields<AthleteRestingHeartRateArgs, 'from' | 'to'>>;
  sleep: Resolver<Maybe<ResolversTypes['SleepSeries']>, ParentType, ContextType, RequireFields<AthleteSleepArgs, 'from' | 'to'>>;
  sources: Resolver<Maybe<Array<ResolversTypes['SignalSources']>>, ParentType, ContextType>;
  steps: Resolver<Maybe<ResolversTypes['StepsSeries']>, ParentType, ContextType, RequireFields<AthleteStepsArgs, 'from' | 'to'>>;
  vitals: Resolver<Maybe<ResolversTypes['VitalsSeries']>, ParentType, ContextType, RequireFields<AthleteVitalsArgs, 'from' | 'to'>>;
  workouts: Resolver<Maybe<ResolversTypes['WorkoutConnection']>, ParentType, ContextType, RequireFields<AthleteWorkoutsArgs, 'from' | 'to'>>;
};

export type ChangeSetResolvers<ContextType = any, ParentType extends ResolversParentTypes['ChangeSet'] = ResolversParentTypes['ChangeSet']> = {
  changes: Resolver<ResolversTypes['Changes'], ParentType, ContextType>;
  timestamp: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type ChangesResolvers<ContextType = any, ParentType extends ResolversParentTypes['Changes'] = ResolversParentTypes['Changes']> = {
  checkIns: Resolver<ResolversTypes['CheckInChanges'], ParentType, ContextType>;
  manualNights: Resolver<ResolversTypes['ManualNightChanges'], ParentType, ContextType>;
  manualRestingHeartRates: Resolver<ResolversTypes['ManualRestingHeartRateChanges'], ParentType, ContextType>;
  manualWorkouts: Resolver<ResolversTypes['ManualWorkoutChanges'], ParentType, ContextType>;
  workoutRatings: Resolver<ResolversTypes['WorkoutRatingChanges'], ParentType, ContextType>;
};

export type CheckInResolvers<ContextType = any, ParentType extends ResolversParentTypes['CheckIn'] = ResolversParentTypes['CheckIn']> = {
  date: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  feel: Resolver<Maybe<ResolversTypes['Feel']>, ParentType, ContextType>;
  mood: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  soreness: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  state: Resolver<ResolversTypes['SignalState'], ParentType, ContextType>;
  stress: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type CheckInChangesResolvers<ContextType = any, ParentType extends ResolversParentTypes['CheckInChanges'] = ResolversParentTypes['CheckInChanges']> = {
  created: Resolver<Array<ResolversTypes['CheckInRecord']>, ParentType, ContextType>;
  deleted: Resolver<Array<ResolversTypes['ID']>, ParentType, ContextType>;
  updated: Resolver<Array<ResolversTypes['CheckInRecord']>, ParentType, ContextType>;
};

export type CheckInRecordResolvers<ContextType = any, ParentType extends ResolversParentTypes['CheckInRecord'] = ResolversParentTypes['CheckInRecord']> = {
  feel: Resolver<Maybe<ResolversTypes['Feel']>, ParentType, ContextType>;
  id: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  mood: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  soreness: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  stress: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type DataTraceStepResolvers<ContextType = any, ParentType extends ResolversParentTypes['DataTraceStep'] = ResolversParentTypes['DataTraceStep']> = {
  at: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  deliveryId: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  domain: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  explanation: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  outcome: Resolver<ResolversTypes['DataTraceOutcome'], ParentType, ContextType>;
  provider: Resolver<Maybe<ResolversTypes['Provider']>, ParentType, ContextType>;
  reason: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  repeats: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  stage: Resolver<ResolversTypes['DataTraceStage'], ParentType, ContextType>;
  until: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export interface DateScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Date'], any> {
  name: 'Date';
}

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type HeartRatePointResolvers<ContextType = any, ParentType extends ResolversParentTypes['HeartRatePoint'] = ResolversParentTypes['HeartRatePoint']> = {
  at: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  bpm: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  maxBpm: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  minBpm: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type HeartRateSeriesResolvers<ContextType = any, ParentType extends ResolversParentTypes['HeartRateSeries'] = ResolversParentTypes['HeartRateSeries']> = {
  points: Resolver<Array<ResolversTypes['HeartRatePoint']>, ParentType, ContextType>;
  resolution: Resolver<ResolversTypes['Resolution'], ParentType, ContextType>;
  sources: Resolver<Array<ResolversTypes['Source']>, ParentType, ContextType>;
  state: Resolver<ResolversTypes['SignalState'], ParentType, ContextType>;
};

export type HrvNightResolvers<ContextType = any, ParentType extends ResolversParentTypes['HrvNight'] = ResolversParentTypes['HrvNight']> = {
  capturedAt: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  date: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  ln: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  ms: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  source: Resolver<ResolversTypes['Source'], ParentType, ContextType>;
};

export type HrvSeriesResolvers<ContextType = any, ParentType extends ResolversParentTypes['HrvSeries'] = ResolversParentTypes['HrvSeries']> = {
  state: Resolver<ResolversTypes['SignalState'], ParentType, ContextType>;
  streams: Resolver<Array<ResolversTypes['HrvStream']>, ParentType, ContextType>;
};

export type HrvStreamResolvers<ContextType = any, ParentType extends ResolversParentTypes['HrvStream'] = ResolversParentTypes['HrvStream']> = {
  id: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isPrimary: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  method: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  metric: Resolver<ResolversTypes['HrvMetric'], ParentType, ContextType>;
  nights: Resolver<Array<ResolversTypes['HrvNight']>, ParentType, ContextType>;
  provider: Resolver<ResolversTypes['Provider'], ParentType, ContextType>;
};

export type ManualNightResolvers<ContextType = any, ParentType extends ResolversParentTypes['ManualNight'] = ResolversParentTypes['ManualNight']> = {
  asleepMin: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  bedtimeEnd: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  bedtimeStart: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type ManualNightChangesResolvers<ContextType = any, ParentType extends ResolversParentTypes['ManualNightChanges'] = ResolversParentTypes['ManualNightChanges']> = {
  created: Resolver<Array<ResolversTypes['ManualNight']>, ParentType, ContextType>;
  deleted: Resolver<Array<ResolversTypes['ID']>, ParentType, ContextType>;
  updated: Resolver<Array<ResolversTypes['ManualNight']>, ParentType, ContextType>;
};

export type ManualRestingHeartRateResolvers<ContextType = any, ParentType extends ResolversParentTypes['ManualRestingHeartRate'] = ResolversParentTypes['ManualRestingHeartRate']> = {
  bpm: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  id: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type ManualRestingHeartRateChangesResolvers<ContextType = any, ParentType extends ResolversParentTypes['ManualRestingHeartRateChanges'] = ResolversParentTypes['ManualRestingHeartRateChanges']> = {
  created: Resolver<Array<ResolversTypes['ManualRestingHeartRate']>, ParentType, ContextType>;
  deleted: Resolver<Array<ResolversTypes['ID']>, ParentType, ContextType>;
  updated: Resolver<Array<ResolversTypes['ManualRestingHeartRate']>, ParentType, ContextType>;
};

export type ManualWorkoutResolvers<ContextType = any, ParentType extends ResolversParentTypes['ManualWorkout'] = ResolversParentTypes['ManualWorkout']> = {
  avgHr: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  distanceM: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  durationMin: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  id: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  sport: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  startedAt: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type ManualWorkoutChangesResolvers<ContextType = any, ParentType extends ResolversParentTypes['ManualWorkoutChanges'] = ResolversParentTypes['ManualWorkoutChanges']> = {
  created: Resolver<Array<ResolversTypes['ManualWorkout']>, ParentType, ContextType>;
  deleted: Resolver<Array<ResolversTypes['ID']>, ParentType, ContextType>;
  updated: Resolver<Array<ResolversTypes['ManualWorkout']>, ParentType, ContextType>;
};

export type MutationResolvers<ContextType = any, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  clearPrimarySource: Resolver<ResolversTypes['Athlete'], ParentType, ContextType, RequireFields<MutationClearPrimarySourceArgs, 'signal'>>;
  deleteCheckIn: Resolver<ResolversTypes['Boolean'], ParentType, ContextType, RequireFields<MutationDeleteCheckInArgs, 'date'>>;
  deleteManualNight: Resolver<ResolversTypes['Boolean'], ParentType, ContextType, RequireFields<MutationDeleteManualNightArgs, 'id'>>;
  deleteManualRestingHeartRate: Resolver<ResolversTypes['Boolean'], ParentType, ContextType, RequireFields<MutationDeleteManualRestingHeartRateArgs, 'date'>>;
  deleteManualWorkout: Resolver<ResolversTypes['Boolean'], ParentType, ContextType, RequireFields<MutationDeleteManualWorkoutArgs, 'id'>>;
  pushChanges: Resolver<ResolversTypes['PushChangesResult'], ParentType, ContextType, RequireFields<MutationPushChangesArgs, 'input'>>;
  rateWorkout: Resolver<ResolversTypes['WorkoutRating'], ParentType, ContextType, RequireFields<MutationRateWorkoutArgs, 'rpe' | 'workoutId'>>;
  recordCheckIn: Resolver<ResolversTypes['CheckIn'], ParentType, ContextType, RequireFields<MutationRecordCheckInArgs, 'input'>>;
  removeWorkoutRating: Resolver<ResolversTypes['Boolean'], ParentType, ContextType, RequireFields<MutationRemoveWorkoutRatingArgs, 'workoutId'>>;
  saveManualNight: Resolver<ResolversTypes['ManualNight'], ParentType, ContextType, RequireFields<MutationSaveManualNightArgs, 'input'>>;
  saveManualRestingHeartRate: Resolver<ResolversTypes['ManualRestingHeartRate'], ParentType, ContextType, RequireFields<MutationSaveManualRestingHeartRateArgs, 'bpm' | 'date'>>;
  saveManualWorkout: Resolver<ResolversTypes['ManualWorkout'], ParentType, ContextType, RequireFields<MutationSaveManualWorkoutArgs, 'input'>>;
  setPrimarySource: Resolver<ResolversTypes['Athlete'], ParentType, ContextType, RequireFields<MutationSetPrimarySourceArgs, 'provider' | 'signal'>>;
};

export type NapResolvers<ContextType = any, ParentType extends ResolversParentTypes['Nap'] = ResolversParentTypes['Nap']> = {
  asleepMin: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  endedAt: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  startedAt: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = any, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PushChangesResultResolvers<ContextType = any, ParentType extends ResolversParentTypes['PushChangesResult'] = ResolversParentTypes['PushChangesResult']> = {
  conflicts: Resolver<ResolversTypes['Changes'], ParentType, ContextType>;
  refused: Resolver<Array<ResolversTypes['RefusedChange']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = any, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  changesSince: Resolver<ResolversTypes['ChangeSet'], ParentType, ContextType, QueryChangesSinceArgs>;
};

export type RefusedChangeResolvers<ContextType = any, ParentType extends ResolversParentTypes['RefusedChange'] = ResolversParentTypes['RefusedChange']> = {
  code: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  id: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  message: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  table: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type RestingHeartRateNightResolvers<ContextType = any, ParentType extends ResolversParentTypes['RestingHeartRateNight'] = ResolversParentTypes['RestingHeartRateNight']> = {
  bpm: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  capturedAt: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  date: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  source: Resolver<ResolversTypes['Source'], ParentType, ContextType>;
};

export type RestingHeartRateSeriesResolvers<ContextType = any, ParentType extends ResolversParentTypes['RestingHeartRateSeries'] = ResolversParentTypes['RestingHeartRateSeries']> = {
  state: Resolver<ResolversTypes['SignalState'], ParentType, ContextType>;
  streams: Resolver<Array<ResolversTypes['RestingHeartRateStream']>, ParentType, ContextType>;
};

export type RestingHeartRateStreamResolvers<ContextType = any, ParentType extends ResolversParentTypes['RestingHeartRateStream'] = ResolversParentTypes['RestingHeartRateStream']> = {
  id: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isPrimary: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  method: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  nights: Resolver<Array<ResolversTypes['RestingHeartRateNight']>, ParentType, ContextType>;
  provider: Resolver<ResolversTypes['Provider'], ParentType, ContextType>;
};

export type SignalSourceResolvers<ContextType = any, ParentType extends ResolversParentTypes['SignalSource'] = ResolversParentTypes['SignalSource']> = {
  dayCount: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  device: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  newestDay: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  provider: Resolver<ResolversTypes['Provider'], ParentType, ContextType>;
};

export type SignalSourcesResolvers<ContextType = any, ParentType extends ResolversParentTypes['SignalSources'] = ResolversParentTypes['SignalSources']> = {
  chosenBy: Resolver<ResolversTypes['SourceChoice'], ParentType, ContextType>;
  primary: Resolver<Maybe<ResolversTypes['Provider']>, ParentType, ContextType>;
  providers: Resolver<Array<ResolversTypes['SignalSource']>, ParentType, ContextType>;
  signal: Resolver<ResolversTypes['Signal'], ParentType, ContextType>;
};

export type SleepNightResolvers<ContextType = any, ParentType extends ResolversParentTypes['SleepNight'] = ResolversParentTypes['SleepNight']> = {
  asleepMin: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  bedtimeEnd: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  bedtimeStart: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  date: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  efficiencyPct: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  inBedMin: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  latencyMin: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  naps: Resolver<Array<ResolversTypes['Nap']>, ParentType, ContextType>;
  provider: Resolver<ResolversTypes['Provider'], ParentType, ContextType>;
  source: Resolver<ResolversTypes['Source'], ParentType, ContextType>;
  stages: Resolver<Maybe<ResolversTypes['SleepStages']>, ParentType, ContextType>;
  wakeCount: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  wasoMin: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
};

export type SleepSeriesResolvers<ContextType = any, ParentType extends ResolversParentTypes['SleepSeries'] = ResolversParentTypes['SleepSeries']> = {
  nights: Resolver<Array<ResolversTypes['SleepNight']>, ParentType, ContextType>;
  state: Resolver<ResolversTypes['SignalState'], ParentType, ContextType>;
};

export type SleepStagesResolvers<ContextType = any, ParentType extends ResolversParentTypes['SleepStages'] = ResolversParentTypes['SleepStages']> = {
  awakeMin: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  deepMin: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  lightMin: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  remMin: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
};

export type SourceResolvers<ContextType = any, ParentType extends ResolversParentTypes['Source'] = ResolversParentTypes['Source']> = {
  deliveryId: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  device: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  normaliserVersion: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  provider: Resolver<ResolversTypes['Provider'], ParentType, ContextType>;
};

export type StepsDayResolvers<ContextType = any, ParentType extends ResolversParentTypes['StepsDay'] = ResolversParentTypes['StepsDay']> = {
  date: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  provider: Resolver<ResolversTypes['Provider'], ParentType, ContextType>;
  source: Resolver<ResolversTypes['Source'], ParentType, ContextType>;
  steps: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type StepsSeriesResolvers<ContextType = any, ParentType extends ResolversParentTypes['StepsSeries'] = ResolversParentTypes['StepsSeries']> = {
  days: Resolver<Array<ResolversTypes['StepsDay']>, ParentType, ContextType>;
  state: Resolver<ResolversTypes['SignalState'], ParentType, ContextType>;
};

export type VitalsDayResolvers<ContextType = any, ParentType extends ResolversParentTypes['VitalsDay'] = ResolversParentTypes['VitalsDay']> = {
  date: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  provider: Resolver<ResolversTypes['Provider'], ParentType, ContextType>;
  respiratoryRateBrpm: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  sources: Resolver<Array<ResolversTypes['Source']>, ParentType, ContextType>;
  spo2Pct: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  stressHighMin: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  temperatureDeviationC: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
};

export type VitalsSeriesResolvers<ContextType = any, ParentType extends ResolversParentTypes['VitalsSeries'] = ResolversParentTypes['VitalsSeries']> = {
  days: Resolver<Array<ResolversTypes['VitalsDay']>, ParentType, ContextType>;
  state: Resolver<ResolversTypes['SignalState'], ParentType, ContextType>;
};

export type WorkoutResolvers<ContextType = any, ParentType extends ResolversParentTypes['Workout'] = ResolversParentTypes['Workout']> = {
  avgHr: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  distanceM: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  durationS: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  elevationGainM: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  endedAt: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  energyKcal: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  heartRateZonesS: Resolver<Maybe<Array<ResolversTypes['Float']>>, ParentType, ContextType>;
  id: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  intensity: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  isManual: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  maxHr: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  provider: Resolver<ResolversTypes['Provider'], ParentType, ContextType>;
  rpe: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  source: Resolver<ResolversTypes['Source'], ParentType, ContextType>;
  splits: Resolver<Maybe<Array<ResolversTypes['WorkoutSplit']>>, ParentType, ContextType>;
  sport: Resolver<ResolversTypes['Sport'], ParentType, ContextType>;
  startedAt: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  streams: Resolver<Maybe<Array<ResolversTypes['WorkoutStream']>>, ParentType, ContextType, WorkoutStreamsArgs>;
  type: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type WorkoutConnectionResolvers<ContextType = any, ParentType extends ResolversParentTypes['WorkoutConnection'] = ResolversParentTypes['WorkoutConnection']> = {
  edges: Resolver<Array<ResolversTypes['WorkoutEdge']>, ParentType, ContextType>;
  pageInfo: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  state: Resolver<ResolversTypes['SignalState'], ParentType, ContextType>;
  totalCount: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type WorkoutEdgeResolvers<ContextType = any, ParentType extends ResolversParentTypes['WorkoutEdge'] = ResolversParentTypes['WorkoutEdge']> = {
  cursor: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node: Resolver<ResolversTypes['Workout'], ParentType, ContextType>;
};

export type WorkoutRatingResolvers<ContextType = any, ParentType extends ResolversParentTypes['WorkoutRating'] = ResolversParentTypes['WorkoutRating']> = {
  id: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  rpe: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type WorkoutRatingChangesResolvers<ContextType = any, ParentType extends ResolversParentTypes['WorkoutRatingChanges'] = ResolversParentTypes['WorkoutRatingChanges']> = {
  created: Resolver<Array<ResolversTypes['WorkoutRating']>, ParentType, ContextType>;
  deleted: Resolver<Array<ResolversTypes['ID']>, ParentType, ContextType>;
  updated: Resolver<Array<ResolversTypes['WorkoutRating']>, ParentType, ContextType>;
};

export type WorkoutSplitResolvers<ContextType = any, ParentType extends ResolversParentTypes['WorkoutSplit'] = ResolversParentTypes['WorkoutSplit']> = {
  averageHeartRateBpm: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  distanceM: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  durationS: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  elevationGainM: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  index: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  startedAt: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type WorkoutStreamResolvers<ContextType = any, ParentType extends ResolversParentTypes['WorkoutStream'] = ResolversParentTypes['WorkoutStream']> = {
  kind: Resolver<ResolversTypes['WorkoutStreamKind'], ParentType, ContextType>;
  offsetsS: Resolver<Array<ResolversTypes['Int']>, ParentType, ContextType>;
  state: Resolver<ResolversTypes['SignalState'], ParentType, ContextType>;
  values: Resolver<Array<ResolversTypes['Float']>, ParentType, ContextType>;
};

export type Resolvers<ContextType = any> = {
  Athlete: AthleteResolvers<ContextType>;
  ChangeSet: ChangeSetResolvers<ContextType>;
  Changes: ChangesResolvers<ContextType>;
  CheckIn: CheckInResolvers<ContextType>;
  CheckInChanges: CheckInChangesResolvers<ContextType>;
  CheckInRecord: CheckInRecordResolvers<ContextType>;
  DataTraceStep: DataTraceStepResolvers<ContextType>;
  Date: GraphQLScalarType;
  DateTime: GraphQLScalarType;
  HeartRatePoint: HeartRatePointResolvers<ContextType>;
  HeartRateSeries: HeartRateSeriesResolvers<ContextType>;
  HrvNight: HrvNightResolvers<ContextType>;
  HrvSeries: HrvSeriesResolvers<ContextType>;
  HrvStream: HrvStreamResolvers<ContextType>;
  ManualNight: ManualNightResolvers<ContextType>;
  ManualNightChanges: ManualNightChangesResolvers<ContextType>;
  ManualRestingHeartRate: ManualRestingHeartRateResolvers<ContextType>;
  ManualRestingHeartRateChanges: ManualRestingHeartRateChangesResolvers<ContextType>;
  ManualWorkout: ManualWorkoutResolvers<ContextType>;
  ManualWorkoutChanges: ManualWorkoutChangesResolvers<ContextType>;
  Mutation: MutationResolvers<ContextType>;
  Nap: NapResolvers<ContextType>;
  PageInfo: PageInfoResolvers<ContextType>;
  PushChangesResult: PushChangesResultResolvers<ContextType>;
  Query: QueryResolvers<ContextType>;
  RefusedChange: RefusedChangeResolvers<ContextType>;
  RestingHeartRateNight: RestingHeartRateNightResolvers<ContextType>;
  RestingHeartRateSeries: RestingHeartRateSeriesResolvers<ContextType>;
  RestingHeartRateStream: RestingHeartRateStreamResolvers<ContextType>;
  SignalSource: SignalSourceResolvers<ContextType>;
  SignalSources: SignalSourcesResolvers<ContextType>;
  SleepNight: SleepNightResolvers<ContextType>;
  SleepSeries: SleepSeriesResolvers<ContextType>;
  SleepStages: SleepStagesResolvers<ContextType>;
  Source: SourceResolvers<ContextType>;
  StepsDay: StepsDayResolvers<ContextType>;
  StepsSeries: StepsSeriesResolvers<ContextType>;
  VitalsDay: VitalsDayResolvers<ContextType>;
  VitalsSeries: VitalsSeriesResolvers<ContextType>;
  Workout: WorkoutResolvers<ContextType>;
  WorkoutConnection: WorkoutConnectionResolvers<ContextType>;
  WorkoutEdge: WorkoutEdgeResolvers<ContextType>;
  WorkoutRating: WorkoutRatingResolvers<ContextType>;
  WorkoutRatingChanges: WorkoutRatingChangesResolvers<ContextType>;
  WorkoutSplit: WorkoutSplitResolvers<ContextType>;
  WorkoutStream: WorkoutStreamResolvers<ContextType>;
};

