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
  /** Open today in the view of this viewer, most urgent first. */
  flags: Maybe<Array<Flag>>;
  id: Scalars['ID']['output'];
  /** Today in the athlete's zone if no date is given. */
  readiness: Maybe<Readiness>;
  /** At most 400 days, oldest first. */
  readinessHistory: Maybe<Array<Readiness>>;
};


export type AthleteReadinessArgs = {
  date: InputMaybe<Scalars['Date']['input']>;
};


export type AthleteReadinessHistoryArgs = {
  from: Scalars['Date']['input'];
  to: Scalars['Date']['input'];
};

/** HIGH from 80, NORMAL from 60, REDUCED from 40, LOW below. */
export type Band =
  | 'HIGH'
  | 'LOW'
  | 'NORMAL'
  | 'REDUCED';

/** Why an event speaks of an athlete. */
export type ChangeReason =
  | 'BACKFILL'
  | 'COMPUTED'
  | 'CONSENT_CHANGED'
  | 'CORRECTION'
  | 'DELETION'
  | 'LATE_DATA'
  | 'LEFT_TEAM'
  | 'SNAPSHOT';

/** HIGH from 0.75, MEDIUM from 0.5. */
export type ConfidenceLevel =
  | 'HIGH'
  | 'LOW'
  | 'MEDIUM';

/** PROVISIONAL: something is estimated or still expected, and the score may change. */
export type DayState =
  | 'FINAL'
  | 'PENDING'
  | 'PROVISIONAL';

/** One part of a score. The points of all drivers and 70, an ordinary day, add up to it. */
export type Driver = {
  id: Scalars['String']['output'];
  /** From -1 (as bad as it gets) to 1. */
  index: Scalars['Float']['output'];
  points: Scalars['Int']['output'];
  signal: Signal;
  /** Share of the score, after the weights of missing signals are spread. */
  weight: Scalars['Float']['output'];
};

/** Something to look at, told from the signals that the viewer may see. It closes after two days without its condition. */
export type Flag = {
  /** When somebody of this team, or the athlete, has seen it. */
  acknowledgedAt: Maybe<Scalars['DateTime']['output']>;
  code: FlagCode;
  /** Whether its condition holds today. */
  holdsToday: Scalars['Boolean']['output'];
  id: Scalars['ID']['output'];
  /** First day of this spell, at most four weeks back. */
  openedOn: Scalars['Date']['output'];
  /** One sentence for people. It holds no value and makes no diagnosis. */
  sentence: Scalars['String']['output'];
  /** Signals it is told from; empty where it is told from the score. */
  signals: Array<Signal>;
};

/** Most urgent first. What each one asks for is told in readiness.md, section 11. */
export type FlagCode =
  | 'DATA_GAP'
  | 'HRV_FLATTENED'
  | 'HRV_SUPPRESSED'
  | 'HRV_UNSTABLE'
  | 'ILLNESS_PATTERN'
  | 'READINESS_LOW'
  | 'READINESS_LOW_STREAK'
  | 'RHR_ELEVATED'
  | 'SLEEP_DEBT_HIGH'
  | 'SLEEP_SHORT';

/** How new the value of one signal is. */
export type FreshnessFilter = {
  signal: Signal;
  states: Array<FreshnessState>;
};

/** How new the value of a signal is. */
export type FreshnessState =
  | 'CALIBRATING'
  | 'ESTIMATED'
  | 'LAST_NIGHT'
  | 'NOT_SHARED'
  | 'NO_DATA';

export type HrvInput = {
  ageDays: Scalars['Int']['output'];
  /** Variation within the week, per cent. */
  cv7Pct: Maybe<Scalars['Float']['output']>;
  /** Low HRV beside a low resting heart rate: counted half. */
  discordant: Scalars['Boolean']['output'];
  /** Mean of the last seven nights. */
  m7: Maybe<Scalars['Float']['output']>;
  mean: Maybe<Scalars['Float']['output']>;
  /** Earlier nights behind the baseline. */
  nights: Scalars['Int']['output'];
  sd: Maybe<Scalars['Float']['output']>;
  /** LAST_NIGHT, ALTERNATE_STREAM, MOVING_AVERAGE, or NONE: no value today. */
  source: Scalars['String']['output'];
  state: Maybe<HrvState>;
  /** The week against the baseline, in SD. */
  t: Maybe<Scalars['Float']['output']>;
  /** Natural logarithm of ms, as are m7, mean and sd. */
  value: Maybe<Scalars['Float']['output']>;
  /** Last night against the baseline, in SD. */
  z: Maybe<Scalars['Float']['output']>;
};

/** Where the week stands against the athlete's own baseline. */
export type HrvState =
  | 'ELEVATED'
  | 'LOW'
  | 'NORMAL'
  | 'SUPPRESSED';

export type Mutation = {
  /** Marks an open flag as seen, for the athlete or for the whole team. */
  acknowledgeFlag: Flag;
};


export type MutationAcknowledgeFlagArgs = {
  id: Scalars['ID']['input'];
};

export type PageInfo = {
  endCursor: Maybe<Scalars['String']['output']>;
  hasNextPage: Scalars['Boolean']['output'];
  hasPreviousPage: Scalars['Boolean']['output'];
  startCursor: Maybe<Scalars['String']['output']>;
};

export type Query = {
  /** The algorithm that scores are computed with now. */
  readinessAlgorithm: Scalars['String']['output'];
};

/** Readiness of one athlete and day, computed from the signals that the viewer may see and from nothing else. */
export type Readiness = {
  algorithm: Scalars['String']['output'];
  band: Maybe<Band>;
  /** The signals this view rests on. */
  basis: Array<Signal>;
  /** Null where sleep is withheld: it would tell when. */
  computedAt: Maybe<Scalars['DateTime']['output']>;
  confidence: Maybe<Scalars['Float']['output']>;
  confidenceLevel: Maybe<ConfidenceLevel>;
  date: Scalars['Date']['output'];
  drivers: Array<Driver>;
  /** Counts the changes of this view. */
  revision: Scalars['Int']['output'];
  /** 0 to 100. 70 is this athlete on an ordinary day. */
  score: Maybe<Scalars['Int']['output']>;
  signals: ReadinessSignals;
  /** Something is estimated from the last days. */
  stale: Scalars['Boolean']['output'];
  staleSignals: Array<Signal>;
  state: DayState;
  status: ReadinessStatus;
};

export type ReadinessChange = {
  athlete: Maybe<Athlete>;
  athleteId: Scalars['ID']['output'];
  changeFromWeek: Maybe<Scalars['Int']['output']>;
  /** Open today in the view that this is made of, most urgent first. */
  flags: Maybe<Array<Flag>>;
  freshness: Array<SignalFreshness>;
  readiness: Readiness;
  reason: ChangeReason;
};

export type ReadinessEvent = {
  changes: Array<ReadinessChange>;
  /** Hand it back as "since" to go on from here. */
  cursor: Scalars['String']['output'];
  /** What came before cannot be told: these changes are the whole state. */
  gap: Scalars['Boolean']['output'];
};

/** What the score was made of; a signal outside the viewer's basis is null. */
export type ReadinessSignals = {
  hrv: Maybe<HrvInput>;
  restingHeartRate: Maybe<RestingHeartRateInput>;
  sleep: Maybe<SleepInput>;
};

/** CALIBRATING: a first baseline is on its way. INSUFFICIENT: no score, and nothing to wait for. */
export type ReadinessStatus =
  | 'CALIBRATING'
  | 'INSUFFICIENT'
  | 'NOT_SHARED'
  | 'OK';

/** Today's readiness of a team in numbers. It tells no more than the rows of the roster. */
export type ReadinessSummary = {
  athletes: Scalars['Int']['output'];
  counts: RosterCounts;
  /** Mean of the scores there are. */
  meanScore: Maybe<Scalars['Float']['output']>;
  /** Scores that may still change today. */
  provisional: Scalars['Int']['output'];
  scored: Scalars['Int']['output'];
  /** Athletes who share at least one signal of the score. */
  sharing: Scalars['Int']['output'];
};

export type RestingHeartRateInput = {
  ageDays: Scalars['Int']['output'];
  mean: Maybe<Scalars['Float']['output']>;
  nights: Scalars['Int']['output'];
  sd: Maybe<Scalars['Float']['output']>;
  /** LAST_NIGHT, ALTERNATE_STREAM, MOVING_AVERAGE, or NONE: no value today. */
  source: Scalars['String']['output'];
  /** Beats per minute, as are mean and sd. */
  value: Maybe<Scalars['Float']['output']>;
  z: Maybe<Scalars['Float']['output']>;
};

export type RosterConnection = {
  /** Over the whole team, whatever the filter. */
  counts: RosterCounts;
  edges: Array<RosterEdge>;
  /** Athletes who withhold what the filter asks about: in no row, whatever is true of them. */
  notSharedCount: Scalars['Int']['output'];
  pageInfo: PageInfo;
  /** Rows that match the filter. */
  totalCount: Scalars['Int']['output'];
};

/** How many athletes stand where today, in the views that they give this team. */
export type RosterCounts = {
  high: Scalars['Int']['output'];
  low: Scalars['Int']['output'];
  /** Something is shared, and there is no score of it today. */
  noScore: Scalars['Int']['output'];
  normal: Scalars['Int']['output'];
  notShared: Scalars['Int']['output'];
  reduced: Scalars['Int']['output'];
};

export type RosterEdge = {
  cursor: Scalars['String']['output'];
  node: RosterRow;
};

/** What is given must hold, each of it. Whoever withholds what is asked about matches no filter and is counted in `notSharedCount`. */
export type RosterFilter = {
  bands: InputMaybe<Array<Band>>;
  /** One of these is open. */
  flags: InputMaybe<Array<FlagCode>>;
  freshness: InputMaybe<Array<FreshnessFilter>>;
  hrvStates: InputMaybe<Array<HrvState>>;
  /** Whether all signals of the score are shared with this team. */
  isBasisComplete: InputMaybe<Scalars['Boolean']['input']>;
  /** A part of the name; case and accents do not matter. */
  search: InputMaybe<Scalars['String']['input']>;
};

/** ATTENTION: open flags by urgency, then the lowest band. HRV: the week against the athlete's own baseline, never milliseconds. RESTING_HEART_RATE: against the own mean. */
export type RosterOrder =
  | 'ATTENTION'
  | 'CHANGE'
  | 'HRV'
  | 'NAME'
  | 'READINESS'
  | 'RESTING_HEART_RATE'
  | 'SLEEP';

/** One athlete in the coach's table, made of what this athlete shares with this team. */
export type RosterRow = {
  athlete: Athlete;
  /** Today's score minus the mean of the seven days before; needs three of them. */
  changeFromWeek: Maybe<Scalars['Int']['output']>;
  /** Open today in the view that this is made of, most urgent first. */
  flags: Maybe<Array<Flag>>;
  freshness: Array<SignalFreshness>;
  readiness: Readiness;
};

/** Rows without the value come last in both directions, withheld or missing alike. */
export type RosterSort = {
  by: RosterOrder;
  isDescending: Scalars['Boolean']['input'];
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

export type SignalFreshness = {
  /** Days since the newest value in use. */
  ageDays: Maybe<Scalars['Int']['output']>;
  /** Earlier nights; while CALIBRATING the k of "night k of 7"; of sleep, nights of the last fortnight. */
  nights: Scalars['Int']['output'];
  signal: Signal;
  state: FreshnessState;
};

export type SleepInput = {
  ageDays: Scalars['Int']['output'];
  asleepMin: Maybe<Scalars['Float']['output']>;
  /** Minutes owed over the last fortnight, recent nights counting more. */
  debtMin: Maybe<Scalars['Int']['output']>;
  /** Nights behind the debt. */
  debtNights: Scalars['Int']['output'];
  efficiencyPct: Maybe<Scalars['Float']['output']>;
  needMin: Scalars['Int']['output'];
  /** LAST_NIGHT, MOVING_AVERAGE, or NONE: no value today. */
  source: Scalars['String']['output'];
};

export type Subscription = {
  /** The athlete's own readiness, in full. */
  readinessChanged: ReadinessEvent;
  /** A team's readiness, each athlete in the view that they give this team. */
  teamReadinessChanged: ReadinessEvent;
};


export type SubscriptionReadinessChangedArgs = {
  athleteId: Scalars['ID']['input'];
  since: InputMaybe<Scalars['String']['input']>;
};


export type SubscriptionTeamReadinessChangedArgs = {
  since: InputMaybe<Scalars['String']['input']>;
  teamId: Scalars['ID']['input'];
};

export type Team = {
  id: Scalars['ID']['output'];
  /** The team in numbers, of the views that its athletes give it. For coaches of the team. */
  readinessSummary: Maybe<ReadinessSummary>;
  /** At most 500 rows at once, by name unless a sort is given. For coaches of the team. */
  roster: Maybe<RosterConnection>;
};


export type TeamRosterArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  filter: InputMaybe<RosterFilter>;
  first: InputMaybe<Scalars['Int']['input']>;
  sort: InputMaybe<RosterSort>;
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
  Team: Team;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Athlete:
    ( { __typename: 'Athlete' }
    & GraphQLRecursivePick<FederationTypes['Athlete'], {"id":true}> );
  Team:
    ( { __typename: 'Team' }
    & GraphQLRecursivePick<FederationTypes['Team'], {"id":true}> );
};



/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  Athlete: ResolverTypeWrapper<Athlete>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Band: Band;
  ChangeReason: ChangeReason;
  ConfidenceLevel: ConfidenceLevel;
  Date: ResolverTypeWrapper<Scalars['Date']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  DayState: DayState;
  Driver: ResolverTypeWrapper<Driver>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  Flag: ResolverTypeWrapper<Flag>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  FlagCode: FlagCode;
  FreshnessFilter: FreshnessFilter;
  FreshnessState: FreshnessState;
  HrvInput: ResolverTypeWrapper<HrvInput>;
  HrvState: HrvState;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Readiness: ResolverTypeWrapper<Readiness>;
  ReadinessChange: ResolverTypeWrapper<ReadinessChange>;
  ReadinessEvent: ResolverTypeWrapper<ReadinessEvent>;
  ReadinessSignals: ResolverTypeWrapper<ReadinessSignals>;
  ReadinessStatus: ReadinessStatus;
  ReadinessSummary: ResolverTypeWrapper<ReadinessSummary>;
  RestingHeartRateInput: ResolverTypeWrapper<RestingHeartRateInput>;
  RosterConnection: ResolverTypeWrapper<RosterConnection>;
  RosterCounts: ResolverTypeWrapper<RosterCounts>;
  RosterEdge: ResolverTypeWrapper<RosterEdge>;
  RosterFilter: RosterFilter;
  RosterOrder: RosterOrder;
  RosterRow: ResolverTypeWrapper<RosterRow>;
  RosterSort: RosterSort;
  Signal: Signal;
  SignalFreshness: ResolverTypeWrapper<SignalFreshness>;
  SleepInput: ResolverTypeWrapper<SleepInput>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Team: ResolverTypeWrapper<Team>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Athlete: Athlete | FederationReferenceTypes['Athlete'];
  ID: Scalars['ID']['output'];
  Date: Scalars['Date']['output'];
  DateTime: Scalars['DateTime']['output'];
  Driver: Driver;
  String: Scalars['String']['output'];
  Float: Scalars['Float']['output'];
  Int: Scalars['Int']['output'];
  Flag: Flag;
  Boolean: Scalars['Boolean']['output'];
  FreshnessFilter: FreshnessFilter;
  HrvInput: HrvInput;
  Mutation: Record<PropertyKey, never>;
  PageInfo: PageInfo;
  Query: Record<PropertyKey, never>;
  Readiness: Readiness;
  ReadinessChange: ReadinessChange;
  ReadinessEvent: ReadinessEvent;
  ReadinessSignals: ReadinessSignals;
  ReadinessSummary: ReadinessSummary;
  RestingHeartRateInput: RestingHeartRateInput;
  RosterConnection: RosterConnection;
  RosterCounts: RosterCounts;
  RosterEdge: RosterEdge;
  RosterFilter: RosterFilter;
  RosterRow: RosterRow;
  RosterSort: RosterSort;
  SignalFreshness: SignalFreshness;
  SleepInput: SleepInput;
  Subscription: Record<PropertyKey, never>;
  Team: Team | FederationReferenceTypes['Team'];
};

export type AthleteResolvers<ContextType = any, ParentType extends ResolversParentTypes['Athlete'] = ResolversParentTypes['Athlete'], FederationReferenceType extends FederationReferenceTypes['Athlete'] = FederationReferenceTypes['Athlete']> = {
  __resolveReference: ReferenceResolver<Maybe<ResolversTypes['Athlete']> | FederationReferenceType, FederationReferenceType, ContextType>;
  flags: Resolver<Maybe<Array<ResolversTypes['Flag']>>, ParentType, ContextType>;
  id: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  readiness: Resolver<Maybe<ResolversTypes['Readiness']>, ParentType, ContextType, AthleteReadinessArgs>;
  readinessHistory: Resolver<Maybe<Array<ResolversTypes['Readiness']>>, ParentType, ContextType, RequireFields<AthleteReadinessHistoryArgs, 'from' | 'to'>>;
};

export interface DateScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Date'], any> {
  name: 'Date';
}

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type DriverResolvers<ContextType = any, ParentType extends ResolversParentTypes['Driver'] = ResolversParentTypes['Driver']> = {
  id: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  index: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  points: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  signal: Resolver<ResolversTypes['Signal'], ParentType, ContextType>;
  weight: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type FlagResolvers<ContextType = any, ParentType extends ResolversParentTypes['Flag'] = ResolversParentTypes['Flag']> = {
  acknowledgedAt: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  code: Resolver<ResolversTypes['FlagCode'], ParentType, ContextType>;
  holdsToday: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  id: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  openedOn: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  sentence: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  signals: Resolver<Array<ResolversTypes['Signal']>, ParentType, ContextType>;
};

export type HrvInputResolvers<ContextType = any, ParentType extends ResolversParentTypes['HrvInput'] = ResolversParentTypes['HrvInput']> = {
  ageDays: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  cv7Pct: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  discordant: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  m7: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  mean: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  nights: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  sd: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  source: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  state: Resolver<Maybe<ResolversTypes['HrvState']>, ParentType, ContextType>;
  t: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  value: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  z: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
};

export type MutationResolvers<ContextType = any, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  acknowledgeFlag: Resolver<ResolversTypes['Flag'], ParentType, ContextType, RequireFields<MutationAcknowledgeFlagArgs, 'id'>>;
};

export type PageInfoResolvers<ContextType = any, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = any, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  readinessAlgorithm: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ReadinessResolvers<ContextType = any, ParentType extends ResolversParentTypes['Readiness'] = ResolversParentTypes['Readiness']> = {
  algorithm: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  band: Resolver<Maybe<ResolversTypes['Band']>, ParentType, ContextType>;
  basis: Resolver<Array<ResolversTypes['Signal']>, ParentType, ContextType>;
  computedAt: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  confidence: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  confidenceLevel: Resolver<Maybe<ResolversTypes['ConfidenceLevel']>, ParentType, ContextType>;
  date: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  drivers: Resolver<Array<ResolversTypes['Driver']>, ParentType, ContextType>;
  revision: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  score: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  signals: Resolver<ResolversTypes['ReadinessSignals'], ParentType, ContextType>;
  stale: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  staleSignals: Resolver<Array<ResolversTypes['Signal']>, ParentType, ContextType>;
  state: Resolver<ResolversTypes['DayState'], ParentType, ContextType>;
  status: Resolver<ResolversTypes['ReadinessStatus'], ParentType, ContextType>;
};

export type ReadinessChangeResolvers<ContextType = any, ParentType extends ResolversParentTypes['ReadinessChange'] = ResolversParentTypes['ReadinessChange']> = {
  athlete: Resolver<Maybe<ResolversTypes['Athlete']>, ParentType, ContextType>;
  athleteId: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  changeFromWeek: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  flags: Resolver<Maybe<Array<ResolversTypes['Flag']>>, ParentType, ContextType>;
  freshness: Resolver<Array<ResolversTypes['SignalFreshness']>, ParentType, ContextType>;
  readiness: Resolver<ResolversTypes['Readiness'], ParentType, ContextType>;
  reason: Resolver<ResolversTypes['ChangeReason'], ParentType, ContextType>;
};

export type ReadinessEventResolvers<ContextType = any, ParentType extends ResolversParentTypes['ReadinessEvent'] = ResolversParentTypes['ReadinessEvent']> = {
  changes: Resolver<Array<ResolversTypes['ReadinessChange']>, ParentType, ContextType>;
  cursor: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  gap: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type ReadinessSignalsResolvers<ContextType = any, ParentType extends ResolversParentTypes['ReadinessSignals'] = ResolversParentTypes['ReadinessSignals']> = {
  hrv: Resolver<Maybe<ResolversTypes['HrvInput']>, ParentType, ContextType>;
  restingHeartRate: Resolver<Maybe<ResolversTypes['RestingHeartRateInput']>, ParentType, ContextType>;
  sleep: Resolver<Maybe<ResolversTypes['SleepInput']>, ParentType, ContextType>;
};

export type ReadinessSummaryResolvers<ContextType = any, ParentType extends ResolversParentTypes['ReadinessSummary'] = ResolversParentTypes['ReadinessSummary']> = {
  athletes: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  counts: Resolver<ResolversTypes['RosterCounts'], ParentType, ContextType>;
  meanScore: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  provisional: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  scored: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  sharing: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type RestingHeartRateInputResolvers<ContextType = any, ParentType extends ResolversParentTypes['RestingHeartRateInput'] = ResolversParentTypes['RestingHeartRateInput']> = {
  ageDays: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  mean: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  nights: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  sd: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  source: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  z: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
};

export type RosterConnectionResolvers<ContextType = any, ParentType extends ResolversParentTypes['RosterConnection'] = ResolversParentTypes['RosterConnection']> = {
  counts: Resolver<ResolversTypes['RosterCounts'], ParentType, ContextType>;
  edges: Resolver<Array<ResolversTypes['RosterEdge']>, ParentType, ContextType>;
  notSharedCount: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  pageInfo: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type RosterCountsResolvers<ContextType = any, ParentType extends ResolversParentTypes['RosterCounts'] = ResolversParentTypes['RosterCounts']> = {
  high: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  low: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  noScore: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  normal: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  notShared: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  reduced: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type RosterEdgeResolvers<ContextType = any, ParentType extends ResolversParentTypes['RosterEdge'] = ResolversParentTypes['RosterEdge']> = {
  cursor: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node: Resolver<ResolversTypes['RosterRow'], ParentType, ContextType>;
};

export type RosterRowResolvers<ContextType = any, ParentType extends ResolversParentTypes['RosterRow'] = ResolversParentTypes['RosterRow']> = {
  athlete: Resolver<ResolversTypes['Athlete'], ParentType, ContextType>;
  changeFromWeek: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  flags: Resolver<Maybe<Array<ResolversTypes['Flag']>>, ParentType, ContextType>;
  freshness: Resolver<Array<ResolversTypes['SignalFreshness']>, ParentType, ContextType>;
  readiness: Resolver<ResolversTypes['Readiness'], ParentType, ContextType>;
};

export type SignalFreshnessResolvers<ContextType = any, ParentType extends ResolversParentTypes['SignalFreshness'] = ResolversParentTypes['SignalFreshness']> = {
  ageDays: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  nights: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  signal: Resolver<ResolversTypes['Signal'], ParentType, ContextType>;
  state: Resolver<ResolversTypes['FreshnessState'], ParentType, ContextType>;
};

export type SleepInputResolvers<ContextType = any, ParentType extends ResolversParentTypes['SleepInput'] = ResolversParentTypes['SleepInput']> = {
  ageDays: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  asleepMin: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  debtMin: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  debtNights: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  efficiencyPct: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  needMin: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  source: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = any, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  readinessChanged: SubscriptionResolver<ResolversTypes['ReadinessEvent'], "readinessChanged", ParentType, ContextType, RequireFields<SubscriptionReadinessChangedArgs, 'athleteId'>>;
  teamReadinessChanged: SubscriptionResolver<ResolversTypes['ReadinessEvent'], "teamReadinessChanged", ParentType, ContextType, RequireFields<SubscriptionTeamReadinessChangedArgs, 'teamId'>>;
};

export type TeamResolvers<ContextType = any, ParentType extends ResolversParentTypes['Team'] = ResolversParentTypes['Team'], FederationReferenceType extends FederationReferenceTypes['Team'] = FederationReferenceTypes['Team']> = {
  __resolveReference: ReferenceResolver<Maybe<ResolversTypes['Team']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  readinessSummary: Resolver<Maybe<ResolversTypes['ReadinessSummary']>, ParentType, ContextType>;
  roster: Resolver<Maybe<ResolversTypes['RosterConnection']>, ParentType, ContextType, TeamRosterArgs>;
};

export type Resolvers<ContextType = any> = {
  Athlete: AthleteResolvers<ContextType>;
  Date: GraphQLScalarType;
  DateTime: GraphQLScalarType;
  Driver: DriverResolvers<ContextType>;
  Flag: FlagResolvers<ContextType>;
  HrvInput: HrvInputResolvers<ContextType>;
  Mutation: MutationResolvers<ContextType>;
  PageInfo: PageInfoResolvers<ContextType>;
  Query: QueryResolvers<ContextType>;
  Readiness: ReadinessResolvers<ContextType>;
  ReadinessChange: ReadinessChangeResolvers<ContextType>;
  ReadinessEvent: ReadinessEventResolvers<ContextType>;
  ReadinessSignals: ReadinessSignalsResolvers<ContextType>;
  ReadinessSummary: ReadinessSummaryResolvers<ContextType>;
  RestingHeartRateInput: RestingHeartRateInputResolvers<ContextType>;
  RosterConnection: RosterConnectionResolvers<ContextType>;
  RosterCounts: RosterCountsResolvers<ContextType>;
  RosterEdge: RosterEdgeResolvers<ContextType>;
  RosterRow: RosterRowResolvers<ContextType>;
  SignalFreshness: SignalFreshnessResolvers<ContextType>;
  SleepInput: SleepInputResolvers<ContextType>;
  Subscription: SubscriptionResolvers<ContextType>;
  Team: TeamResolvers<ContextType>;
};

