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
  | 'SIGNED'
  | 'STORED'
  | 'SUPERSEDED'
  | 'UNLINKED'
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

export type Mutation = {
  /** Takes the choice back: completeness decides again. */
  clearPrimarySource: Athlete;
  /** Makes a provider the first source of a signal. HRV and resting heart rate of a new source need seven nights before they count; of the rest, days it did not measure are filled from the others. */
  setPrimarySource: Athlete;
};


export type MutationClearPrimarySourceArgs = {
  signal: Signal;
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
  | 'OURA'
  | 'POLAR'
  | 'STRAVA'
  | 'WHOOP';

export type Query = {};

/** Width of one point. DAY is a UTC day. */
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

/** In what state a series is for this viewer. */
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
  endedAt: Scalars['DateTime']['output'];
  energyKcal: Maybe<Scalars['Float']['output']>;
  id: Scalars['ID']['output'];
  intensity: Maybe<Scalars['String']['output']>;
  maxHr: Maybe<Scalars['Float']['output']>;
  provider: Provider;
  source: Source;
  startedAt: Scalars['DateTime']['output'];
  /** The provider's own word for the sport. */
  type: Scalars['String']['output'];
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
  DataTraceOutcome: DataTraceOutcome;
  DataTraceStage: DataTraceStage;
  DataTraceStep: ResolverTypeWrapper<DataTraceStep>;
  Date: ResolverTypeWrapper<Scalars['Date']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  HeartRatePoint: ResolverTypeWrapper<HeartRatePoint>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  HeartRateSeries: ResolverTypeWrapper<HeartRateSeries>;
  HrvMetric: HrvMetric;
  HrvNight: ResolverTypeWrapper<HrvNight>;
  HrvSeries: ResolverTypeWrapper<HrvSeries>;
  HrvStream: ResolverTypeWrapper<HrvStream>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Nap: ResolverTypeWrapper<Nap>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Provider: Provider;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
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
  StepsDay: ResolverTypeWrapper<StepsDay>;
  StepsSeries: ResolverTypeWrapper<StepsSeries>;
  VitalsDay: ResolverTypeWrapper<VitalsDay>;
  VitalsSeries: ResolverTypeWrapper<VitalsSeries>;
  Workout: ResolverTypeWrapper<Workout>;
  WorkoutConnection: ResolverTypeWrapper<WorkoutConnection>;
  WorkoutEdge: ResolverTypeWrapper<WorkoutEdge>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Athlete: Athlete | FederationReferenceTypes['Athlete'];
  ID: Scalars['ID']['output'];
  String: Scalars['String']['output'];
  Int: Scalars['Int']['output'];
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
  Mutation: Record<PropertyKey, never>;
  Nap: Nap;
  PageInfo: PageInfo;
  Query: Record<PropertyKey, never>;
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
};

export type AthleteResolvers<ContextType = any, ParentType extends ResolversParentTypes['Athlete'] = ResolversParentTypes['Athlete'], FederationReferenceType extends FederationReferenceTypes['Athlete'] = FederationReferenceTypes['Athlete']> = {
  __resolveReference: ReferenceResolver<Maybe<ResolversTypes['Athlete']> | FederationReferenceType, FederationReferenceType, ContextType>;
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

export type MutationResolvers<ContextType = any, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  clearPrimarySource: Resolver<ResolversTypes['Athlete'], ParentType, ContextType, RequireFields<MutationClearPrimarySourceArgs, 'signal'>>;
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
  endedAt: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  energyKcal: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  id: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  intensity: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  maxHr: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  provider: Resolver<ResolversTypes['Provider'], ParentType, ContextType>;
  source: Resolver<ResolversTypes['Source'], ParentType, ContextType>;
  startedAt: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
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

export type Resolvers<ContextType = any> = {
  Athlete: AthleteResolvers<ContextType>;
  DataTraceStep: DataTraceStepResolvers<ContextType>;
  Date: GraphQLScalarType;
  DateTime: GraphQLScalarType;
  HeartRatePoint: HeartRatePointResolvers<ContextType>;
  HeartRateSeries: HeartRateSeriesResolvers<ContextType>;
  HrvNight: HrvNightResolvers<ContextType>;
  HrvSeries: HrvSeriesResolvers<ContextType>;
  HrvStream: HrvStreamResolvers<ContextType>;
  Mutation: MutationResolvers<ContextType>;
  Nap: NapResolvers<ContextType>;
  PageInfo: PageInfoResolvers<ContextType>;
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
};

