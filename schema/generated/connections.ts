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

export type AccessLogConnection = {
  edges: Array<AccessLogEdge>;
  pageInfo: PageInfo;
  /** How many entries there are on all pages together. */
  totalCount: Scalars['Int']['output'];
};

export type AccessLogEdge = {
  cursor: Scalars['String']['output'];
  node: AccessLogEntry;
};

/** Something done with an athlete’s data. Says what was looked at, never what was seen. */
export type AccessLogEntry = {
  /** READ, WATCH, CONSENT, LINK, UNLINK or WRITE. */
  action: Scalars['String']['output'];
  at: Scalars['DateTime']['output'];
  purpose: Scalars['String']['output'];
  signals: Array<Scalars['String']['output']>;
  team: Maybe<Team>;
  /** A name: of a person, of a team’s coaches who watched live, or of this service. */
  who: Scalars['String']['output'];
};

/** A person whose data this is. Known to themselves and to the coaches of the teams they are a member of. */
export type Athlete = {
  /** For the athlete only: who looked at what, and when. Newest first. */
  accessLog: Maybe<AccessLogConnection>;
  /** For the athlete only: providers linked now, and those unlinked. */
  connections: Maybe<Array<ProviderConnection>>;
  /** For the athlete all of them, past ones too; for a coach those that hold now for the coach’s own teams. */
  consents: Maybe<Array<Consent>>;
  displayName: Scalars['String']['output'];
  id: Scalars['ID']['output'];
  /** For the athlete only. */
  profile: Maybe<AthleteProfile>;
  /** IANA name, such as Europe/Berlin. Every calendar day of this athlete is a day of this zone. */
  timeZone: Scalars['String']['output'];
};


/** A person whose data this is. Known to themselves and to the coaches of the teams they are a member of. */
export type AthleteAccessLogArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  first: InputMaybe<Scalars['Int']['input']>;
};

/** What the athlete told us about themselves. Heart rates in beats per minute. */
export type AthleteProfile = {
  maxHr: Maybe<Scalars['Int']['output']>;
  quietHours: QuietHours;
  /** The resting heart rate that load is reckoned with; never the measured one. */
  restHr: Maybe<Scalars['Int']['output']>;
  sex: Maybe<Sex>;
  /** Minutes of sleep the athlete needs a night. */
  sleepNeedMin: Scalars['Int']['output'];
  /** Heart rate at the first ventilatory threshold. */
  vt1: Maybe<Scalars['Int']['output']>;
  /** Heart rate at the second ventilatory threshold. */
  vt2: Maybe<Scalars['Int']['output']>;
};

/** What a sign-in gives. The refresh token works once: each use answers a new one. */
export type AuthSession = {
  accessToken: Scalars['String']['output'];
  /** When the access token ends. Refresh before. */
  expiresAt: Scalars['DateTime']['output'];
  refreshToken: Scalars['String']['output'];
};

/** A coach, as the members of the team see them. */
export type Coach = {
  displayName: Scalars['String']['output'];
  id: Scalars['ID']['output'];
};

/** Whether a linked provider can be asked. */
export type ConnectionState =
  | 'ACTIVE'
  | 'NEEDS_RECONNECT'
  | 'REVOKED';

/** One signal that an athlete shares, or shared, with one team. */
export type Consent = {
  grantedAt: Scalars['DateTime']['output'];
  signal: Signal;
  /** The first day the team may see. */
  since: Scalars['Date']['output'];
  team: Team;
  /** When it ends by itself. */
  until: Maybe<Scalars['DateTime']['output']>;
  withdrawnAt: Maybe<Scalars['DateTime']['output']>;
};

export type CreateTeamInput = {
  name: Scalars['String']['input'];
};

export type GrantConsentInput = {
  signal: Signal;
  /** The first day the team may see; today when left out. */
  since: InputMaybe<Scalars['Date']['input']>;
  teamId: Scalars['ID']['input'];
  /** When it ends by itself; never when left out. */
  until: InputMaybe<Scalars['DateTime']['input']>;
};

/** A way into a team, for one athlete. */
export type Invitation = {
  expiresAt: Scalars['DateTime']['output'];
  id: Scalars['ID']['output'];
  /** Told this once; only its hash is kept. */
  token: Scalars['String']['output'];
  /** Opens the invitation in the dashboard. */
  url: Scalars['String']['output'];
};

export type InviteAthleteInput = {
  /** When given, only the athlete with this address may accept. */
  email: InputMaybe<Scalars['String']['input']>;
  teamId: Scalars['ID']['input'];
};

export type LoginInput = {
  email: Scalars['String']['input'];
  password: Scalars['String']['input'];
};

export type Mutation = {
  /** Makes the athlete a member. Nothing is shared by that: consent is given per signal. */
  acceptInvitation: Team;
  /** Stops a job. What it has loaded stays. */
  cancelBackfill: SyncJob;
  /** The word of the athlete who began that it was them at the provider: links. A handle works once; confirmed by anybody else, it is destroyed. */
  confirmProviderLink: ProviderConnection;
  /** Makes a team; the coach who asks is its first coach. */
  createTeam: Team;
  /** Shares one signal with one team. Granting again replaces what was granted before. */
  grantConsent: Consent;
  /** An invitation for one athlete, good for 14 days. */
  inviteAthlete: Invitation;
  /** Ends the membership and everything that is shared with the team. */
  leaveTeam: Scalars['Boolean']['output'];
  /** Begins to link a provider: the answer leads to the provider's consent page. */
  linkProvider: ProviderLink;
  login: AuthSession;
  /** Ends the session with all of its tokens, at once and everywhere. */
  logout: Scalars['Boolean']['output'];
  /** Changes a refresh token, which works once, for a new session answer. A used token ends the session. */
  refreshSession: AuthSession;
  /** Makes an account and signs in. */
  register: AuthSession;
  /** Ends an athlete’s membership and everything that they share with the team. */
  removeAthlete: Scalars['Boolean']['output'];
  /** Loads a range of days from a linked provider. */
  startBackfill: SyncJob;
  /** Ends a link: the grant is revoked at the provider and its tokens are destroyed. DELETE also deletes everything the provider ever brought, and may be asked for after an unlink with KEEP. */
  unlinkProvider: ProviderConnection;
  /** Changes what the athlete told about themselves. */
  updateProfile: Athlete;
  /** Ends the sharing of one signal with one team, from this moment on. */
  withdrawConsent: Consent;
};


export type MutationAcceptInvitationArgs = {
  token: Scalars['String']['input'];
};


export type MutationCancelBackfillArgs = {
  jobId: Scalars['ID']['input'];
};


export type MutationConfirmProviderLinkArgs = {
  handle: Scalars['String']['input'];
};


export type MutationCreateTeamArgs = {
  input: CreateTeamInput;
};


export type MutationGrantConsentArgs = {
  input: GrantConsentInput;
};


export type MutationInviteAthleteArgs = {
  input: InviteAthleteInput;
};


export type MutationLeaveTeamArgs = {
  teamId: Scalars['ID']['input'];
};


export type MutationLinkProviderArgs = {
  provider: Provider;
};


export type MutationLoginArgs = {
  input: LoginInput;
};


export type MutationRefreshSessionArgs = {
  refreshToken: Scalars['String']['input'];
};


export type MutationRegisterArgs = {
  input: RegisterInput;
};


export type MutationRemoveAthleteArgs = {
  athleteId: Scalars['ID']['input'];
  teamId: Scalars['ID']['input'];
};


export type MutationStartBackfillArgs = {
  input: StartBackfillInput;
};


export type MutationUnlinkProviderArgs = {
  data: UnlinkData;
  provider: Provider;
};


export type MutationUpdateProfileArgs = {
  input: UpdateProfileInput;
};


export type MutationWithdrawConsentArgs = {
  input: WithdrawConsentInput;
};

export type PageInfo = {
  endCursor: Maybe<Scalars['String']['output']>;
  hasNextPage: Scalars['Boolean']['output'];
  hasPreviousPage: Scalars['Boolean']['output'];
  startCursor: Maybe<Scalars['String']['output']>;
};

/** A return from a provider that waits for the word of the athlete who began. */
export type PendingLink = {
  expiresAt: Scalars['DateTime']['output'];
  /** It was begun in the session that asks. If not, ask the athlete before confirming. */
  isFromThisSession: Scalars['Boolean']['output'];
  provider: Provider;
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

/** A provider an athlete has linked. */
export type ProviderConnection = {
  /** When the athlete had everything deleted that came through this connection; null if it was kept. */
  dataDeletedAt: Maybe<Scalars['DateTime']['output']>;
  /** What the athlete granted at the provider, in the provider's words. A phone does not tell: the types of record it has sent. */
  grantedScopes: Array<Scalars['String']['output']>;
  id: Scalars['ID']['output'];
  /** When something last came from this provider. */
  lastDeliveryAt: Maybe<Scalars['DateTime']['output']>;
  linkedAt: Scalars['DateTime']['output'];
  /** The job that loads its history, while it does. */
  loading: Maybe<SyncJob>;
  /** The provider takes our tokens no more: only linking again helps. */
  needsReconnect: Scalars['Boolean']['output'];
  provider: Provider;
  /** Why it is not, or not fully, active, in words. */
  reason: Maybe<Scalars['String']['output']>;
  /** What the granted scopes can bring; of a phone, what has come so far. */
  signals: Array<Signal>;
  state: ConnectionState;
};

/** The way to a provider's consent page. */
export type ProviderLink = {
  /** To be opened in the browser of the athlete. */
  authorizationUrl: Scalars['String']['output'];
  expiresAt: Scalars['DateTime']['output'];
};

export type Query = {
  /** Null for an athlete whom the viewer does not know. */
  athlete: Maybe<Athlete>;
  /** What waits under the handle of a return; null for anybody but the athlete who began. */
  pendingLink: Maybe<PendingLink>;
  /** One of the signed-in athlete's own jobs; null for any other. */
  syncJob: Maybe<SyncJob>;
  /** Null for a team that the viewer neither coaches nor is a member of. */
  team: Maybe<Team>;
  /** Who is signed in. */
  viewer: Viewer;
};


export type QueryAthleteArgs = {
  id: Scalars['ID']['input'];
};


export type QueryPendingLinkArgs = {
  handle: Scalars['String']['input'];
};


export type QuerySyncJobArgs = {
  id: Scalars['ID']['input'];
};


export type QueryTeamArgs = {
  id: Scalars['ID']['input'];
};

/** When no notification is sent, as wall-clock times HH:MM in the athlete’s zone. May span midnight. */
export type QuietHours = {
  from: Scalars['String']['output'];
  to: Scalars['String']['output'];
};

/** Wall-clock times HH:MM. */
export type QuietHoursInput = {
  from: Scalars['String']['input'];
  to: Scalars['String']['input'];
};

export type RegisterInput = {
  displayName: Scalars['String']['input'];
  email: Scalars['String']['input'];
  /** At least 12 characters. */
  password: Scalars['String']['input'];
  /** ATHLETE or COACH. */
  role: Role;
  /** IANA name, such as Europe/Berlin. */
  timeZone: Scalars['String']['input'];
};

/** What an account may do. An ADMIN is made by the operator and sees no health data. */
export type Role =
  | 'ADMIN'
  | 'ATHLETE'
  | 'COACH';

/** As formulas for heart rates and load ask for it. */
export type Sex =
  | 'FEMALE'
  | 'MALE';

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

export type StartBackfillInput = {
  from: Scalars['Date']['input'];
  provider: Provider;
  /** The last day, included; today when left out. */
  to: InputMaybe<Scalars['Date']['input']>;
};

export type Subscription = {
  /** A job as it stands now, then each step of it, until it has ended. */
  syncJobProgress: SyncJob;
};


export type SubscriptionSyncJobProgressArgs = {
  jobId: Scalars['ID']['input'];
};

/** A range of days that is loaded from a provider. */
export type SyncJob = {
  createdAt: Scalars['DateTime']['output'];
  /** Why it failed or was cancelled, or what the provider kept from us, in words. */
  failureReason: Maybe<Scalars['String']['output']>;
  from: Scalars['Date']['output'];
  id: Scalars['ID']['output'];
  kind: SyncJobKind;
  provider: Provider;
  /** Documents received so far. */
  records: Scalars['Int']['output'];
  state: SyncJobState;
  stepsDone: Scalars['Int']['output'];
  /** Ranges of data types to ask for; 0 before the job has begun. */
  stepsTotal: Scalars['Int']['output'];
  /** The last day, included. */
  to: Scalars['Date']['output'];
  updatedAt: Scalars['DateTime']['output'];
};

/** Why a provider is asked for a range of days. */
export type SyncJobKind =
  | 'HISTORICAL'
  | 'INCREMENTAL'
  | 'RECONCILE';

/** Where a job stands. */
export type SyncJobState =
  | 'CANCELLED'
  | 'DONE'
  | 'FAILED'
  | 'QUEUED'
  | 'RUNNING';

/** Coaches and the athletes they look after. Known to both, and to nobody else. */
export type Team = {
  coaches: Array<Coach>;
  id: Scalars['ID']['output'];
  /** In the order of joining. A member sees themselves only. */
  members: TeamMemberConnection;
  name: Scalars['String']['output'];
};


/** Coaches and the athletes they look after. Known to both, and to nobody else. */
export type TeamMembersArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  first: InputMaybe<Scalars['Int']['input']>;
};

/** An athlete in a team. */
export type TeamMember = {
  athlete: Athlete;
  joinedAt: Scalars['DateTime']['output'];
};

export type TeamMemberConnection = {
  edges: Array<TeamMemberEdge>;
  pageInfo: PageInfo;
  /** How many members the viewer may see, on all pages together. */
  totalCount: Scalars['Int']['output'];
};

export type TeamMemberEdge = {
  cursor: Scalars['String']['output'];
  node: TeamMember;
};

/** What happens to the measurements of a provider that is unlinked. */
export type UnlinkData =
  | 'DELETE'
  | 'KEEP';

/** What is left out stays. A null clears sex, maxHr, restHr, vt1 and vt2; for the others, which always have a value, it is the same as left out. */
export type UpdateProfileInput = {
  displayName: InputMaybe<Scalars['String']['input']>;
  /** 100 to 240. */
  maxHr: InputMaybe<Scalars['Int']['input']>;
  quietHours: InputMaybe<QuietHoursInput>;
  /** 25 to 120. */
  restHr: InputMaybe<Scalars['Int']['input']>;
  sex: InputMaybe<Sex>;
  /** 360 to 600. */
  sleepNeedMin: InputMaybe<Scalars['Int']['input']>;
  timeZone: InputMaybe<Scalars['String']['input']>;
  /** 60 to 230, below vt2. */
  vt1: InputMaybe<Scalars['Int']['input']>;
  /** 60 to 230, above vt1. */
  vt2: InputMaybe<Scalars['Int']['input']>;
};

/** The account that asks. */
export type Viewer = {
  /** The signed-in athlete; null for a coach. */
  athlete: Maybe<Athlete>;
  displayName: Scalars['String']['output'];
  email: Scalars['String']['output'];
  id: Scalars['ID']['output'];
  /** The providers that can be linked on this installation. Phones are linked by their app. */
  linkableProviders: Array<Provider>;
  role: Role;
  /** The teams this account coaches or is a member of. */
  teams: Array<Team>;
};

export type WithdrawConsentInput = {
  signal: Signal;
  teamId: Scalars['ID']['input'];
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
  AccessLogConnection: ResolverTypeWrapper<AccessLogConnection>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  AccessLogEdge: ResolverTypeWrapper<AccessLogEdge>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  AccessLogEntry: ResolverTypeWrapper<AccessLogEntry>;
  Athlete: ResolverTypeWrapper<Athlete>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  AthleteProfile: ResolverTypeWrapper<AthleteProfile>;
  AuthSession: ResolverTypeWrapper<AuthSession>;
  Coach: ResolverTypeWrapper<Coach>;
  ConnectionState: ConnectionState;
  Consent: ResolverTypeWrapper<Consent>;
  CreateTeamInput: CreateTeamInput;
  Date: ResolverTypeWrapper<Scalars['Date']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  GrantConsentInput: GrantConsentInput;
  Invitation: ResolverTypeWrapper<Invitation>;
  InviteAthleteInput: InviteAthleteInput;
  LoginInput: LoginInput;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  PendingLink: ResolverTypeWrapper<PendingLink>;
  Provider: Provider;
  ProviderConnection: ResolverTypeWrapper<ProviderConnection>;
  ProviderLink: ResolverTypeWrapper<ProviderLink>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  QuietHours: ResolverTypeWrapper<QuietHours>;
  QuietHoursInput: QuietHoursInput;
  RegisterInput: RegisterInput;
  Role: Role;
  Sex: Sex;
  Signal: Signal;
  StartBackfillInput: StartBackfillInput;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  SyncJob: ResolverTypeWrapper<SyncJob>;
  SyncJobKind: SyncJobKind;
  SyncJobState: SyncJobState;
  Team: ResolverTypeWrapper<Team>;
  TeamMember: ResolverTypeWrapper<TeamMember>;
  TeamMemberConnection: ResolverTypeWrapper<TeamMemberConnection>;
  TeamMemberEdge: ResolverTypeWrapper<TeamMemberEdge>;
  UnlinkData: UnlinkData;
  UpdateProfileInput: UpdateProfileInput;
  Viewer: ResolverTypeWrapper<Viewer>;
  WithdrawConsentInput: WithdrawConsentInput;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  AccessLogConnection: AccessLogConnection;
  Int: Scalars['Int']['output'];
  AccessLogEdge: AccessLogEdge;
  String: Scalars['String']['output'];
  AccessLogEntry: AccessLogEntry;
  Athlete: Athlete | FederationReferenceTypes['Athlete'];
  ID: Scalars['ID']['output'];
  AthleteProfile: AthleteProfile;
  AuthSession: AuthSession;
  Coach: Coach;
  Consent: Consent;
  CreateTeamInput: CreateTeamInput;
  Date: Scalars['Date']['output'];
  DateTime: Scalars['DateTime']['output'];
  GrantConsentInput: GrantConsentInput;
  Invitation: Invitation;
  InviteAthleteInput: InviteAthleteInput;
  LoginInput: LoginInput;
  Mutation: Record<PropertyKey, never>;
  Boolean: Scalars['Boolean']['output'];
  PageInfo: PageInfo;
  PendingLink: PendingLink;
  ProviderConnection: ProviderConnection;
  ProviderLink: ProviderLink;
  Query: Record<PropertyKey, never>;
  QuietHours: QuietHours;
  QuietHoursInput: QuietHoursInput;
  RegisterInput: RegisterInput;
  StartBackfillInput: StartBackfillInput;
  Subscription: Record<PropertyKey, never>;
  SyncJob: SyncJob;
  Team: Team | FederationReferenceTypes['Team'];
  TeamMember: TeamMember;
  TeamMemberConnection: TeamMemberConnection;
  TeamMemberEdge: TeamMemberEdge;
  UpdateProfileInput: UpdateProfileInput;
  Viewer: Viewer;
  WithdrawConsentInput: WithdrawConsentInput;
};

export type AccessLogConnectionResolvers<ContextType = any, ParentType extends ResolversParentTypes['AccessLogConnection'] = ResolversParentTypes['AccessLogConnection']> = {
  edges: Resolver<Array<ResolversTypes['AccessLogEdge']>, ParentType, ContextType>;
  pageInfo: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type AccessLogEdgeResolvers<ContextType = any, ParentType extends ResolversParentTypes['AccessLogEdge'] = ResolversParentTypes['AccessLogEdge']> = {
  cursor: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node: Resolver<ResolversTypes['AccessLogEntry'], ParentType, ContextType>;
};

export type AccessLogEntryResolvers<ContextType = any, ParentType extends ResolversParentTypes['AccessLogEntry'] = ResolversParentTypes['AccessLogEntry']> = {
  action: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  at: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  purpose: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  signals: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  team: Resolver<Maybe<ResolversTypes['Team']>, ParentType, ContextType>;
  who: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type AthleteResolvers<ContextType = any, ParentType extends ResolversParentTypes['Athlete'] = ResolversParentTypes['Athlete'], FederationReferenceType extends FederationReferenceTypes['Athlete'] = FederationReferenceTypes['Athlete']> = {
  __resolveReference: ReferenceResolver<Maybe<ResolversTypes['Athlete']> | FederationReferenceType, FederationReferenceType, ContextType>;
  accessLog: Resolver<Maybe<ResolversTypes['AccessLogConnection']>, ParentType, ContextType, AthleteAccessLogArgs>;
  connections: Resolver<Maybe<Array<ResolversTypes['ProviderConnection']>>, ParentType, ContextType>;
  consents: Resolver<Maybe<Array<ResolversTypes['Consent']>>, ParentType, ContextType>;
  displayName: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  id: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  profile: Resolver<Maybe<ResolversTypes['AthleteProfile']>, ParentType, ContextType>;
  timeZone: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type AthleteProfileResolvers<ContextType = any, ParentType extends ResolversParentTypes['AthleteProfile'] = ResolversParentTypes['AthleteProfile']> = {
  maxHr: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  quietHours: Resolver<ResolversTypes['QuietHours'], ParentType, ContextType>;
  restHr: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  sex: Resolver<Maybe<ResolversTypes['Sex']>, ParentType, ContextType>;
  sleepNeedMin: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  vt1: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  vt2: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type AuthSessionResolvers<ContextType = any, ParentType extends ResolversParentTypes['AuthSession'] = ResolversParentTypes['AuthSession']> = {
  accessToken: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  expiresAt: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  refreshToken: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type CoachResolvers<ContextType = any, ParentType extends ResolversParentTypes['Coach'] = ResolversParentTypes['Coach']> = {
  displayName: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  id: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type ConsentResolvers<ContextType = any, ParentType extends ResolversParentTypes['Consent'] = ResolversParentTypes['Consent']> = {
  grantedAt: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  signal: Resolver<ResolversTypes['Signal'], ParentType, ContextType>;
  since: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  team: Resolver<ResolversTypes['Team'], ParentType, ContextType>;
  until: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  withdrawnAt: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export interface DateScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Date'], any> {
  name: 'Date';
}

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type InvitationResolvers<ContextType = any, ParentType extends ResolversParentTypes['Invitation'] = ResolversParentTypes['Invitation']> = {
  expiresAt: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  token: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  url: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type MutationResolvers<ContextType = any, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  acceptInvitation: Resolver<ResolversTypes['Team'], ParentType, ContextType, RequireFields<MutationAcceptInvitationArgs, 'token'>>;
  cancelBackfill: Resolver<ResolversTypes['SyncJob'], ParentType, ContextType, RequireFields<MutationCancelBackfillArgs, 'jobId'>>;
  confirmProviderLink: Resolver<ResolversTypes['ProviderConnection'], ParentType, ContextType, RequireFields<MutationConfirmProviderLinkArgs, 'handle'>>;
  createTeam: Resolver<ResolversTypes['Team'], ParentType, ContextType, RequireFields<MutationCreateTeamArgs, 'input'>>;
  grantConsent: Resolver<ResolversTypes['Consent'], ParentType, ContextType, RequireFields<MutationGrantConsentArgs, 'input'>>;
  inviteAthlete: Resolver<ResolversTypes['Invitation'], ParentType, ContextType, RequireFields<MutationInviteAthleteArgs, 'input'>>;
  leaveTeam: Resolver<ResolversTypes['Boolean'], ParentType, ContextType, RequireFields<MutationLeaveTeamArgs, 'teamId'>>;
  linkProvider: Resolver<ResolversTypes['ProviderLink'], ParentType, ContextType, RequireFields<MutationLinkProviderArgs, 'provider'>>;
  login: Resolver<ResolversTypes['AuthSession'], ParentType, ContextType, RequireFields<MutationLoginArgs, 'input'>>;
  logout: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  refreshSession: Resolver<ResolversTypes['AuthSession'], ParentType, ContextType, RequireFields<MutationRefreshSessionArgs, 'refreshToken'>>;
  register: Resolver<ResolversTypes['AuthSession'], ParentType, ContextType, RequireFields<MutationRegisterArgs, 'input'>>;
  removeAthlete: Resolver<ResolversTypes['Boolean'], ParentType, ContextType, RequireFields<MutationRemoveAthleteArgs, 'athleteId' | 'teamId'>>;
  startBackfill: Resolver<ResolversTypes['SyncJob'], ParentType, ContextType, RequireFields<MutationStartBackfillArgs, 'input'>>;
  unlinkProvider: Resolver<ResolversTypes['ProviderConnection'], ParentType, ContextType, RequireFields<MutationUnlinkProviderArgs, 'data' | 'provider'>>;
  updateProfile: Resolver<ResolversTypes['Athlete'], ParentType, ContextType, RequireFields<MutationUpdateProfileArgs, 'input'>>;
  withdrawConsent: Resolver<ResolversTypes['Consent'], ParentType, ContextType, RequireFields<MutationWithdrawConsentArgs, 'input'>>;
};

export type PageInfoResolvers<ContextType = any, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PendingLinkResolvers<ContextType = any, ParentType extends ResolversParentTypes['PendingLink'] = ResolversParentTypes['PendingLink']> = {
  expiresAt: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  isFromThisSession: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  provider: Resolver<ResolversTypes['Provider'], ParentType, ContextType>;
};

export type ProviderConnectionResolvers<ContextType = any, ParentType extends ResolversParentTypes['ProviderConnection'] = ResolversParentTypes['ProviderConnection']> = {
  dataDeletedAt: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  grantedScopes: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  id: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  lastDeliveryAt: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  linkedAt: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  loading: Resolver<Maybe<ResolversTypes['SyncJob']>, ParentType, ContextType>;
  needsReconnect: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  provider: Resolver<ResolversTypes['Provider'], ParentType, ContextType>;
  reason: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  signals: Resolver<Array<ResolversTypes['Signal']>, ParentType, ContextType>;
  state: Resolver<ResolversTypes['ConnectionState'], ParentType, ContextType>;
};

export type ProviderLinkResolvers<ContextType = any, ParentType extends ResolversParentTypes['ProviderLink'] = ResolversParentTypes['ProviderLink']> = {
  authorizationUrl: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  expiresAt: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = any, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  athlete: Resolver<Maybe<ResolversTypes['Athlete']>, ParentType, ContextType, RequireFields<QueryAthleteArgs, 'id'>>;
  pendingLink: Resolver<Maybe<ResolversTypes['PendingLink']>, ParentType, ContextType, RequireFields<QueryPendingLinkArgs, 'handle'>>;
  syncJob: Resolver<Maybe<ResolversTypes['SyncJob']>, ParentType, ContextType, RequireFields<QuerySyncJobArgs, 'id'>>;
  team: Resolver<Maybe<ResolversTypes['Team']>, ParentType, ContextType, RequireFields<QueryTeamArgs, 'id'>>;
  viewer: Resolver<ResolversTypes['Viewer'], ParentType, ContextType>;
};

export type QuietHoursResolvers<ContextType = any, ParentType extends ResolversParentTypes['QuietHours'] = ResolversParentTypes['QuietHours']> = {
  from: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  to: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = any, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  syncJobProgress: SubscriptionResolver<ResolversTypes['SyncJob'], "syncJobProgress", ParentType, ContextType, RequireFields<SubscriptionSyncJobProgressArgs, 'jobId'>>;
};

export type SyncJobResolvers<ContextType = any, ParentType extends ResolversParentTypes['SyncJob'] = ResolversParentTypes['SyncJob']> = {
  createdAt: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  failureReason: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  from: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  id: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind: Resolver<ResolversTypes['SyncJobKind'], ParentType, ContextType>;
  provider: Resolver<ResolversTypes['Provider'], ParentType, ContextType>;
  records: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  state: Resolver<ResolversTypes['SyncJobState'], ParentType, ContextType>;
  stepsDone: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  stepsTotal: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  to: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  updatedAt: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type TeamResolvers<ContextType = any, ParentType extends ResolversParentTypes['Team'] = ResolversParentTypes['Team'], FederationReferenceType extends FederationReferenceTypes['Team'] = FederationReferenceTypes['Team']> = {
  __resolveReference: ReferenceResolver<Maybe<ResolversTypes['Team']> | FederationReferenceType, FederationReferenceType, ContextType>;
  coaches: Resolver<Array<ResolversTypes['Coach']>, ParentType, ContextType>;
  id: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  members: Resolver<ResolversTypes['TeamMemberConnection'], ParentType, ContextType, TeamMembersArgs>;
  name: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type TeamMemberResolvers<ContextType = any, ParentType extends ResolversParentTypes['TeamMember'] = ResolversParentTypes['TeamMember']> = {
  athlete: Resolver<ResolversTypes['Athlete'], ParentType, ContextType>;
  joinedAt: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type TeamMemberConnectionResolvers<ContextType = any, ParentType extends ResolversParentTypes['TeamMemberConnection'] = ResolversParentTypes['TeamMemberConnection']> = {
  edges: Resolver<Array<ResolversTypes['TeamMemberEdge']>, ParentType, ContextType>;
  pageInfo: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type TeamMemberEdgeResolvers<ContextType = any, ParentType extends ResolversParentTypes['TeamMemberEdge'] = ResolversParentTypes['TeamMemberEdge']> = {
  cursor: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node: Resolver<ResolversTypes['TeamMember'], ParentType, ContextType>;
};

export type ViewerResolvers<ContextType = any, ParentType extends ResolversParentTypes['Viewer'] = ResolversParentTypes['Viewer']> = {
  athlete: Resolver<Maybe<ResolversTypes['Athlete']>, ParentType, ContextType>;
  displayName: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  email: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  id: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  linkableProviders: Resolver<Array<ResolversTypes['Provider']>, ParentType, ContextType>;
  role: Resolver<ResolversTypes['Role'], ParentType, ContextType>;
  teams: Resolver<Array<ResolversTypes['Team']>, ParentType, ContextType>;
};

export type Resolvers<ContextType = any> = {
  AccessLogConnection: AccessLogConnectionResolvers<ContextType>;
  AccessLogEdge: AccessLogEdgeResolvers<ContextType>;
  AccessLogEntry: AccessLogEntryResolvers<ContextType>;
  Athlete: AthleteResolvers<ContextType>;
  AthleteProfile: AthleteProfileResolvers<ContextType>;
  AuthSession: AuthSessionResolvers<ContextType>;
  Coach: CoachResolvers<ContextType>;
  Consent: ConsentResolvers<ContextType>;
  Date: GraphQLScalarType;
  DateTime: GraphQLScalarType;
  Invitation: InvitationResolvers<ContextType>;
  Mutation: MutationResolvers<ContextType>;
  PageInfo: PageInfoResolvers<ContextType>;
  PendingLink: PendingLinkResolvers<ContextType>;
  ProviderConnection: ProviderConnectionResolvers<ContextType>;
  ProviderLink: ProviderLinkResolvers<ContextType>;
  Query: QueryResolvers<ContextType>;
  QuietHours: QuietHoursResolvers<ContextType>;
  Subscription: SubscriptionResolvers<ContextType>;
  SyncJob: SyncJobResolvers<ContextType>;
  Team: TeamResolvers<ContextType>;
  TeamMember: TeamMemberResolvers<ContextType>;
  TeamMemberConnection: TeamMemberConnectionResolvers<ContextType>;
  TeamMemberEdge: TeamMemberEdgeResolvers<ContextType>;
  Viewer: ViewerResolvers<ContextType>;
};

