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

/** What people can be told of: each flag, and what belongs to a day or a week. Most urgent first. */
export type AlertKind =
  | 'DATA_GAP'
  | 'HRV_ELEVATED_OVERLOAD'
  | 'HRV_FLATTENED'
  | 'HRV_SUPPRESSED'
  | 'HRV_UNSTABLE'
  | 'ILLNESS_PATTERN'
  | 'LOAD_SPIKE'
  | 'MONOTONY_HIGH'
  | 'PROVIDER_RECONNECT'
  | 'READINESS_LOW'
  | 'READINESS_LOW_STREAK'
  | 'READINESS_READY'
  | 'RHR_ELEVATED'
  | 'SESSION_SUGGESTION'
  | 'SLEEP_DEBT_HIGH'
  | 'SLEEP_NUDGE'
  | 'SLEEP_SHORT'
  | 'WEEKLY_SUMMARY';

/** What one person is told of, for themselves or for one team. */
export type AlertPreferences = {
  /** Every kind this person can be told of, most urgent first. */
  alerts: Array<AlertSetting>;
  /** Browsers in which this account turned notifications on. */
  browsers: Scalars['Int']['output'];
  /** Whether anything is sent to the browsers of this account at all. */
  push: Scalars['Boolean']['output'];
  /** The key a browser registers with (`applicationServerKey`); null where this installation pushes nothing. */
  pushKey: Maybe<Scalars['String']['output']>;
  quietHours: AlertQuietHours;
  /** The team it is about; null for the athlete's own. */
  teamId: Maybe<Scalars['ID']['output']>;
};

/** What is left out stays as it is. */
export type AlertPreferencesInput = {
  alerts: InputMaybe<Array<AlertSettingInput>>;
  push: InputMaybe<Scalars['Boolean']['input']>;
  /** For coaches, for all their teams. */
  quietHours: InputMaybe<AlertQuietHoursInput>;
  /** Required of a coach: the team it is about. */
  teamId: InputMaybe<Scalars['ID']['input']>;
};

/** Wall-clock times HH:MM in a zone. Two equal times are no quiet hours at all. */
export type AlertQuietHours = {
  from: Scalars['String']['output'];
  /** They are those of the athlete's profile, and are changed there. */
  isOfProfile: Scalars['Boolean']['output'];
  timeZone: Scalars['String']['output'];
  to: Scalars['String']['output'];
};

/** Wall-clock times HH:MM. Without a zone, the one in force stays. */
export type AlertQuietHoursInput = {
  from: Scalars['String']['input'];
  timeZone: InputMaybe<Scalars['String']['input']>;
  to: Scalars['String']['input'];
};

export type AlertSetting = {
  isOn: Scalars['Boolean']['output'];
  kind: AlertKind;
  /** When somebody is told, for people. */
  sentence: Scalars['String']['output'];
};

export type AlertSettingInput = {
  isOn: Scalars['Boolean']['input'];
  kind: AlertKind;
};

export type Athlete = {
  /** Open today in the view of this viewer, most urgent first. */
  flags: Maybe<Array<Flag>>;
  id: Scalars['ID']['output'];
  /** At most 400 days. */
  load: Maybe<LoadSeries>;
  /** At most 400 days, in the order of the day. Null where TRAINING is not shared. */
  plan: Maybe<Array<ScheduledSession>>;
  /** Today in the athlete's zone if no date is given. */
  readiness: Maybe<Readiness>;
  /** At most 400 days, oldest first. */
  readinessHistory: Maybe<Array<Readiness>>;
  sleepDebt: Maybe<SleepDebt>;
  /** At most 400 days back. */
  weeklySummary: Maybe<WeeklySummary>;
};


export type AthleteLoadArgs = {
  from: Scalars['Date']['input'];
  to: Scalars['Date']['input'];
};


export type AthletePlanArgs = {
  from: Scalars['Date']['input'];
  to: Scalars['Date']['input'];
};


export type AthleteReadinessArgs = {
  date: InputMaybe<Scalars['Date']['input']>;
};


export type AthleteReadinessHistoryArgs = {
  from: Scalars['Date']['input'];
  to: Scalars['Date']['input'];
};


export type AthleteWeeklySummaryArgs = {
  week: InputMaybe<Scalars['Date']['input']>;
};

/** HIGH from 80, NORMAL from 60, REDUCED from 40, LOW below. */
export type Band =
  | 'HIGH'
  | 'LOW'
  | 'NORMAL'
  | 'REDUCED';

/** When to go to bed tonight, in wall-clock times HH:MM of the athlete. */
export type Bedtime = {
  at: Scalars['String']['output'];
  /** What the debt brings forward, in quarters of an hour, at most an hour. */
  catchUpMin: Scalars['Int']['output'];
  /** Median; 0 where no source tells it. */
  usualLatencyMin: Scalars['Int']['output'];
  /** Median of the last fortnight. */
  usualWakeAt: Scalars['String']['output'];
};

/** A browser's PushSubscription. */
export type BrowserInput = {
  /** keys.auth, base64url */
  auth: Scalars['String']['input'];
  endpoint: Scalars['String']['input'];
  /** keys.p256dh, base64url */
  p256dh: Scalars['String']['input'];
  /** The browser's time zone: that of a coach's quiet hours until they choose one. */
  timeZone: Scalars['String']['input'];
};

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

/** Where the roster can be fetched as a file. For whoever holds it, until it expires or the coach’s session or place in the team ends; what athletes share is asked when it is fetched. */
export type CsvLink = {
  expiresAt: Scalars['DateTime']['output'];
  /** From the root of the gateway’s address on. */
  url: Scalars['String']['output'];
};

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
  | 'HRV_ELEVATED_OVERLOAD'
  | 'HRV_FLATTENED'
  | 'HRV_SUPPRESSED'
  | 'HRV_UNSTABLE'
  | 'ILLNESS_PATTERN'
  | 'LOAD_SPIKE'
  | 'MONOTONY_HIGH'
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

/** At most 200 sessions, each with a "clientId" of its own. */
export type ImportScheduledSessionsInput = {
  /** Left out: the athlete's own plan. */
  athleteId: InputMaybe<Scalars['ID']['input']>;
  sessions: Array<ScheduledSessionInput>;
};

/** How hard a session is meant to be, rising. */
export type Intensity =
  | 'HIGH'
  | 'LOW'
  | 'MODERATE'
  | 'RECOVERY'
  | 'REST';

/** One day of training. Null means unknown, 0 means rest. */
export type LoadDay = {
  date: Scalars['Date']['output'];
  /** Load of the last days: the same with 7 days. */
  fatigue: Maybe<Scalars['Float']['output']>;
  /** Load of the last weeks: mean with a time constant of 42 days, that evening. A name, nothing more. */
  fitness: Maybe<Scalars['Float']['output']>;
  /** Fitness less fatigue, of the evening before. */
  form: Maybe<Scalars['Float']['output']>;
  /** False for today: a load so far. */
  isOver: Scalars['Boolean']['output'];
  /** No session, and a source that would have brought one was connected. */
  isRest: Scalars['Boolean']['output'];
  /** AU, of all sessions. 0 only on a rest day. */
  load: Maybe<Scalars['Float']['output']>;
  method: Maybe<LoadMethod>;
  sessions: Array<LoadSession>;
  /** The first day of a series: what came before was reckoned otherwise. */
  startsSeries: Scalars['Boolean']['output'];
  /** The series is younger than 42 days: its means still rise from zero. */
  warmingUp: Scalars['Boolean']['output'];
};

/** How load is reckoned. SESSION_RPE: effort (0 to 10) times minutes. BANISTER: TRIMP, by heart rate reserve. EDWARDS: by five zones of the highest heart rate. LUCIA: by the two ventilatory thresholds. Values of two methods are never added up. */
export type LoadMethod =
  | 'BANISTER'
  | 'EDWARDS'
  | 'LUCIA'
  | 'SESSION_RPE';

/** Training load. It describes what was done, and foretells nothing. */
export type LoadSeries = {
  /** Oldest first, up to today. */
  days: Array<LoadDay>;
  /** Exponentially weighted means of 7 over 28 days. A description of the load, without a right value. */
  ewmaRatio: Maybe<Scalars['Float']['output']>;
  /** The week over the mean of the three weeks before it. */
  loadChange: Maybe<Scalars['Float']['output']>;
  /** The method of the last day. */
  method: Maybe<LoadMethod>;
  /** Mean over standard deviation of the seven days. */
  monotony: Maybe<Scalars['Float']['output']>;
  state: SignalState;
  /** Load of the week times monotony. */
  strain: Maybe<Scalars['Float']['output']>;
  /** AU: arbitrary units, comparable within one method only. */
  unit: Maybe<Scalars['String']['output']>;
  /** The day that the week below ends with: the last one asked for that is over. */
  weekEnd: Maybe<Scalars['Date']['output']>;
  /** Load of seven days. Null with an unknown day among them. */
  weekLoad: Maybe<Scalars['Float']['output']>;
};

export type LoadSession = {
  activity: Scalars['String']['output'];
  /** Null when something that the method needs is not known. */
  load: Maybe<Scalars['Float']['output']>;
  minutes: Scalars['Float']['output'];
};

export type Mutation = {
  /** For the athlete. CONFLICT if the session or readiness changed since it was suggested. */
  acceptSuggestion: ScheduledSession;
  /** Marks an open flag as seen, for the athlete or for the whole team. */
  acknowledgeFlag: Flag;
  /** For the athlete only. */
  answerNudge: SleepNudge;
  /** Puts many sessions into a plan. What has come before under the same "clientId" stays as it is. Answers those that stand in the plan. */
  importScheduledSessions: Array<ScheduledSession>;
  /** Turns notifications on in a browser. A second time changes nothing. */
  registerBrowser: Scalars['Boolean']['output'];
  removeScheduledSession: Scalars['Boolean']['output'];
  /** Forgets one of your views. One that is not there is no mistake. */
  removeView: Scalars['Boolean']['output'];
  /** Gives one of your views another name. CONFLICT where that name is taken. */
  renameView: SavedView;
  /** For the athlete only: nudges again, after two were ignored. */
  resumeNudges: Scalars['Boolean']['output'];
  /** For the athlete: the plan stands. Takes an accepted suggestion back until the session begins, and lays an open one aside. */
  revertSuggestion: ScheduledSession;
  /** A short-lived address of the roster as CSV: its rows, filter and view, of today or the last "days". */
  rosterCsvLink: CsvLink;
  /** For the athlete, and for a coach to whom TRAINING is shared. CONFLICT if the session is at another version. */
  saveScheduledSession: ScheduledSession;
  /** Keeps a view under a name; one of the same name is replaced. */
  saveView: SavedView;
  setAlertPreferences: AlertPreferences;
  /** Turns notifications off in a browser. */
  unregisterBrowser: Scalars['Boolean']['output'];
};


export type MutationAcceptSuggestionArgs = {
  id: Scalars['ID']['input'];
};


export type MutationAcknowledgeFlagArgs = {
  id: Scalars['ID']['input'];
};


export type MutationAnswerNudgeArgs = {
  answer: SleepNudgeAnswer;
  id: Scalars['ID']['input'];
};


export type MutationImportScheduledSessionsArgs = {
  input: ImportScheduledSessionsInput;
};


export type MutationRegisterBrowserArgs = {
  input: BrowserInput;
};


export type MutationRemoveScheduledSessionArgs = {
  id: Scalars['ID']['input'];
};


export type MutationRemoveViewArgs = {
  id: Scalars['ID']['input'];
};


export type MutationRenameViewArgs = {
  id: Scalars['ID']['input'];
  name: Scalars['String']['input'];
};


export type MutationRevertSuggestionArgs = {
  id: Scalars['ID']['input'];
};


export type MutationRosterCsvLinkArgs = {
  days: InputMaybe<Scalars['Int']['input']>;
  filter: InputMaybe<RosterFilter>;
  teamId: Scalars['ID']['input'];
};


export type MutationSaveScheduledSessionArgs = {
  input: ScheduledSessionInput;
};


export type MutationSaveViewArgs = {
  input: SaveViewInput;
};


export type MutationSetAlertPreferencesArgs = {
  input: AlertPreferencesInput;
};


export type MutationUnregisterBrowserArgs = {
  endpoint: Scalars['String']['input'];
};

export type PageInfo = {
  endCursor: Maybe<Scalars['String']['output']>;
  hasNextPage: Scalars['Boolean']['output'];
  hasPreviousPage: Scalars['Boolean']['output'];
  startCursor: Maybe<Scalars['String']['output']>;
};

/** ACCEPTED and REVERTED: a suggestion, in the eyes of the athlete. A coach reads CHANGED: by whatever way the athlete came to it. */
export type PlanAction =
  | 'ACCEPTED'
  | 'CHANGED'
  | 'CREATED'
  | 'REMOVED'
  | 'REVERTED';

/** Who changed the plan. */
export type PlanActor =
  | 'ATHLETE'
  | 'COACH';

/** One version of a session, and who made it. */
export type PlanChange = {
  action: PlanAction;
  /** Null for what an athlete did who withholds sleep: it would tell when they were up. */
  at: Maybe<Scalars['DateTime']['output']>;
  by: PlanActor;
  /** The athlete's date when it was made. */
  date: Scalars['Date']['output'];
  /** Against the version before; empty for a new session. */
  fields: Array<PlanFieldChange>;
  version: Scalars['Int']['output'];
};

/** One thing that a change made different, as text. */
export type PlanFieldChange = {
  /** The name of the field of the session. */
  field: Scalars['String']['output'];
  from: Maybe<Scalars['String']['output']>;
  to: Maybe<Scalars['String']['output']>;
};

/** What stands in the plan of a day. REST: a planned rest, which is no session. SESSION: neither race nor test. */
export type PlannedToday =
  | 'NOTHING'
  | 'RACE'
  | 'REST'
  | 'SESSION'
  | 'TEST';

export type Query = {
  /** What the signed-in person is told of: as a coach for one team, as an athlete about themselves. */
  alertPreferences: AlertPreferences;
  /** The algorithm that scores are computed with now. */
  readinessAlgorithm: Scalars['String']['output'];
  /** What became of one of the athlete's own suggestions, as it was made then. */
  suggestion: Maybe<Suggestion>;
};


export type QueryAlertPreferencesArgs = {
  teamId: InputMaybe<Scalars['ID']['input']>;
};


export type QuerySuggestionArgs = {
  id: Scalars['ID']['input'];
};

export type RationaleDriver = {
  id: Scalars['String']['output'];
  points: Scalars['Int']['output'];
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
  /** One of these stands in today's plan. */
  planned: InputMaybe<Array<PlannedToday>>;
  /** A part of the name; case and accents do not matter. */
  search: InputMaybe<Scalars['String']['input']>;
  /** Today's suggestion, the one that the row tells, is in one of these states. */
  suggestions: InputMaybe<Array<SuggestionState>>;
};

/** ATTENTION: open flags by urgency, then the lowest band. HRV: the week against the athlete's own baseline, never milliseconds. RESTING_HEART_RATE: against the own mean. LOAD: the week against the three before it, never AU. TODAY: by the state of the suggestion, an open one first. FLAGS: those that nobody has seen before the rest, the most urgent first, then more of them. DATA: by the oldest of the signals that are shared, last night first, then older, calibrating, none; who shares no signal of the score has no place in it. */
export type RosterOrder =
  | 'ATTENTION'
  | 'CHANGE'
  | 'DATA'
  | 'FLAGS'
  | 'HRV'
  | 'LOAD'
  | 'NAME'
  | 'READINESS'
  | 'RESTING_HEART_RATE'
  | 'SLEEP'
  | 'TODAY';

/** One athlete in the coach's table, made of what this athlete shares with this team. */
export type RosterRow = {
  athlete: Athlete;
  /** Today's score minus the mean of the seven days before; needs three of them. */
  changeFromWeek: Maybe<Scalars['Int']['output']>;
  /** Open today in the view that this is made of, most urgent first. */
  flags: Maybe<Array<Flag>>;
  freshness: Array<SignalFreshness>;
  /** HRV of the last 14 nights, today last, each in standard deviations from the athlete's own mean before it: the usual range is -0.5 to 0.5. Null for a night without one; all null where HRV is not shared. */
  hrvDays: Maybe<Array<Maybe<Scalars['Float']['output']>>>;
  load: Maybe<WeekLoad>;
  readiness: Readiness;
  /** Today's sessions; null where TRAINING is not shared with this team. */
  sessions: Maybe<Array<ScheduledSession>>;
  sleepDebt: Maybe<SleepDebt>;
  /** In this team's view: the first that is still open, else the first there is, of today's sessions. */
  suggestion: Maybe<Suggestion>;
};

/** Rows without the value come last in both directions, withheld or missing alike. */
export type RosterSort = {
  by: RosterOrder;
  isDescending: Scalars['Boolean']['input'];
};

/** The roster as text, a line for each athlete and day, as a file has it: "not_shared" written out, unknown empty. In the order of names, then of days. */
export type RosterTable = {
  columns: Array<Scalars['String']['output']>;
  /** For the next part; null at the end. */
  endCursor: Maybe<Scalars['String']['output']>;
  /** Whole athletes, as many as fit; one text for each column. */
  rows: Array<Array<Scalars['String']['output']>>;
};

export type SaveViewInput = {
  /** At most 60 characters. */
  name: Scalars['String']['input'];
  /** At most 2000 characters, as URLSearchParams writes them. */
  query: Scalars['String']['input'];
  teamId: Scalars['ID']['input'];
};

/** How one coach looks at a team's table: filters, order, search and columns, under a name. */
export type SavedView = {
  id: Scalars['ID']['output'];
  name: Scalars['String']['output'];
  /** What stands behind the "?" of the address of the table, such as `sort=-sleep&flag=sleep-short`. */
  query: Scalars['String']['output'];
};

/** A session in the plan of an athlete, seen by the athlete and by coaches to whom TRAINING is shared. */
export type ScheduledSession = {
  /** Set by a coach: on a high day a little more may be suggested. */
  allowsIncrease: Scalars['Boolean']['output'];
  athleteId: Scalars['ID']['output'];
  /** Every version there was, oldest first. */
  changes: Array<PlanChange>;
  date: Scalars['Date']['output'];
  id: Scalars['ID']['output'];
  intensity: Intensity;
  /** Set by a coach: suggestions are advice only. */
  isLocked: Scalars['Boolean']['output'];
  kind: SessionKind;
  /** Expected: RPE 0, 2, 3, 5 or 7 of the intensity times minutes, in AU. */
  load: Scalars['Int']['output'];
  minutes: Scalars['Int']['output'];
  /** For the athlete and the coach alike. */
  notes: Maybe<Scalars['String']['output']>;
  sport: Maybe<Scalars['String']['output']>;
  /** HH:mm of the athlete's clock. */
  startTime: Maybe<Scalars['String']['output']>;
  startsAt: Maybe<Scalars['DateTime']['output']>;
  /** For a session of today, in the viewer's own view; null where the plan may stay as it is. */
  suggestion: Maybe<Suggestion>;
  title: Scalars['String']['output'];
  /** Counts changes; whoever changes a session names the version that was read. */
  version: Scalars['Int']['output'];
};

/** The whole session: what may be null and is left out becomes null. */
export type ScheduledSessionInput = {
  /** For coaches; left out: as it was. */
  allowsIncrease: InputMaybe<Scalars['Boolean']['input']>;
  /** Whose plan a new session goes into; left out: the athlete's own. */
  athleteId: InputMaybe<Scalars['ID']['input']>;
  /** A name of your own for a new session, at most 64 characters: creating it twice makes one. */
  clientId: InputMaybe<Scalars['String']['input']>;
  date: Scalars['Date']['input'];
  /** Of the session to change; left out for a new one. */
  id: InputMaybe<Scalars['ID']['input']>;
  intensity: Intensity;
  /** For coaches; left out: as it was. */
  isLocked: InputMaybe<Scalars['Boolean']['input']>;
  kind: SessionKind;
  /** 0 for REST. */
  minutes: Scalars['Int']['input'];
  /** At most 500 characters. */
  notes: InputMaybe<Scalars['String']['input']>;
  sport: InputMaybe<Scalars['String']['input']>;
  /** HH:mm of the athlete's clock. */
  startTime: InputMaybe<Scalars['String']['input']>;
  title: Scalars['String']['input'];
  /** The version that was read; needed with an id. */
  version: InputMaybe<Scalars['Int']['input']>;
};

/** Races and tests are never changed by a suggestion. */
export type SessionKind =
  | 'NORMAL'
  | 'RACE'
  | 'TEST';

/** A session as a suggestion takes it. */
export type SessionLoad = {
  intensity: Intensity;
  /** Expected: RPE 0, 2, 3, 5 or 7 of the intensity times minutes, in AU. */
  load: Scalars['Int']['output'];
  minutes: Scalars['Int']['output'];
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

/** In what state a series is for this viewer. STALE: the newest value is older than the day before the last one asked for, or before today. CALIBRATING: fewer than seven nights are known. Workouts are never STALE: a day of rest is not missing data. */
export type SignalState =
  | 'AVAILABLE'
  | 'CALIBRATING'
  | 'NOT_SHARED'
  | 'NO_DATA'
  | 'STALE';

/** Sleep owed over the last fortnight, recent nights counting more. */
export type SleepDebt = {
  /** For tonight; needs seven nights. */
  bedtime: Maybe<Bedtime>;
  debtMin: Maybe<Scalars['Int']['output']>;
  /** Minutes a night. */
  needMin: Maybe<Scalars['Int']['output']>;
  /** Known nights of the last fourteen. */
  nightsCounted: Maybe<Scalars['Int']['output']>;
  /** One a day, never at night or in quiet hours. */
  nudge: Maybe<SleepNudge>;
  /** Two nudges in a row were ignored: no more for now. */
  nudgesStopped: Maybe<Scalars['Boolean']['output']>;
  /** CALIBRATING: fewer than seven nights of the last fourteen are known. */
  state: SignalState;
  trend: Maybe<SleepDebtTrend>;
};

/** Against seven days ago; STEADY within an hour. */
export type SleepDebtTrend =
  | 'FALLING'
  | 'RISING'
  | 'STEADY';

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

/** One suggestion a day for somebody who is short of sleep. For the athlete only. */
export type SleepNudge = {
  answer: Maybe<SleepNudgeAnswer>;
  date: Scalars['Date']['output'];
  id: Scalars['ID']['output'];
  kind: SleepNudgeKind;
};

/** Either is an answer; none is a duty. */
export type SleepNudgeAnswer =
  | 'NOT_NOW'
  | 'WILL_TRY';

/** FIFTEEN_MINUTES: to bed 15 to 20 minutes earlier. HALF_HOUR: 30 minutes earlier for four nights. THREE_QUARTERS: 45 to 60 minutes earlier, or a nap of 20 to 30 minutes before 15:00. */
export type SleepNudgeKind =
  | 'FIFTEEN_MINUTES'
  | 'HALF_HOUR'
  | 'THREE_QUARTERS';

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

/** A suggestion for one session of today, made of one view of its athlete: the athlete's own, or what a coach is shown. It changes nothing until the athlete accepts it. */
export type Suggestion = {
  /** The version of the session that it is made for. */
  baseVersion: Scalars['Int']['output'];
  /** The signals of the view it is made of. */
  basis: Array<Signal>;
  /** The start of the session, else the end of the day. */
  expiresAt: Scalars['DateTime']['output'];
  from: SessionLoad;
  id: Scalars['ID']['output'];
  /** To be read only: a race, a test, or locked by the coach. */
  isAdviceOnly: Scalars['Boolean']['output'];
  rationale: SuggestionRationale;
  /** The revision of that view. */
  revision: Scalars['Int']['output'];
  rule: SuggestionRule;
  /** The rule in one sentence. */
  sentence: Scalars['String']['output'];
  sessionId: Scalars['ID']['output'];
  state: SuggestionState;
  to: SessionLoad;
};

/** What a suggestion rests on: parameters of the view it was made of, and nothing else. */
export type SuggestionRationale = {
  band: Maybe<Band>;
  confidence: Scalars['Float']['output'];
  confidenceLevel: ConfidenceLevel;
  /** Those that speak for the change, the strongest first; three at most. */
  drivers: Array<RationaleDriver>;
  hrvState: Maybe<HrvState>;
  /** Low days running, the day itself included. */
  lowDays: Scalars['Int']['output'];
  score: Maybe<Scalars['Int']['output']>;
  stale: Scalars['Boolean']['output'];
  staleSignals: Array<Signal>;
};

/** The first rule that held. */
export type SuggestionRule =
  | 'HRV_ELEVATED_OVERLOAD'
  | 'HRV_SUPPRESSED'
  | 'ILLNESS_PATTERN'
  | 'READINESS_HIGH'
  | 'READINESS_LOW'
  | 'READINESS_REDUCED'
  | 'TWO_HIGH_IN_ROW';

/** REVERTED: the plan was kept, or brought back. EXPIRED: undecided when the session began. SUPERSEDED: undecided when readiness or the plan changed. */
export type SuggestionState =
  | 'ACCEPTED'
  | 'EXPIRED'
  | 'PENDING'
  | 'REVERTED'
  | 'SUPERSEDED';

export type Team = {
  id: Scalars['ID']['output'];
  /** The team in numbers, of the views that its athletes give it. For coaches of the team. */
  readinessSummary: Maybe<ReadinessSummary>;
  /** At most 500 rows at once, by name unless a sort is given. For coaches of the team. */
  roster: Maybe<RosterConnection>;
  /** For coaches of the team: the last days of each athlete, at most 90, today included. */
  rosterTable: Maybe<RosterTable>;
  /** The signed-in coach's own, by name. Null for whoever is no coach of the team. */
  savedViews: Maybe<Array<SavedView>>;
  /** For coaches of the team. */
  weeklySummary: Maybe<TeamWeeklySummary>;
};


export type TeamRosterArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  filter: InputMaybe<RosterFilter>;
  first: InputMaybe<Scalars['Int']['input']>;
  sort: InputMaybe<RosterSort>;
};


export type TeamRosterTableArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  days: InputMaybe<Scalars['Int']['input']>;
  filter: InputMaybe<RosterFilter>;
};


export type TeamWeeklySummaryArgs = {
  week: InputMaybe<Scalars['Date']['input']>;
};

export type TeamWeekRow = {
  athlete: Athlete;
  summary: WeeklySummary;
};

/** One week of a team, of what its athletes share with it. It tells no more than its rows: each contributor is seen. */
export type TeamWeeklySummary = {
  athletes: Scalars['Int']['output'];
  /** Mean of the athletes' changes. */
  changeFromWeekBefore: Maybe<Scalars['Float']['output']>;
  changed: Scalars['Int']['output'];
  /** Mean of the athletes' changes. */
  debtChangeMin: Maybe<Scalars['Int']['output']>;
  done: Scalars['Int']['output'];
  from: Scalars['Date']['output'];
  /** Over for every athlete, wherever they are. */
  isOver: Scalars['Boolean']['output'];
  /** Mean of the athletes' changes, in per cent: loads of several athletes are not added up. */
  loadChangePct: Maybe<Scalars['Int']['output']>;
  meanAsleepMin: Maybe<Scalars['Int']['output']>;
  /** Mean of the athletes' means. */
  meanScore: Maybe<Scalars['Float']['output']>;
  missed: Scalars['Int']['output'];
  planned: Scalars['Int']['output'];
  /** Over all athletes who share training. */
  restDays: Scalars['Int']['output'];
  /** By name. */
  rows: Array<TeamWeekRow>;
  /** Athletes with a score in that week. */
  scored: Scalars['Int']['output'];
  sentences: Array<WeekSentence>;
  /** Athletes with a known night. */
  slept: Scalars['Int']['output'];
  to: Scalars['Date']['output'];
  unknownDays: Scalars['Int']['output'];
};

/** Training load of the seven days up to yesterday. It describes what was done, and foretells nothing. */
export type WeekLoad = {
  /** Of the seven days, those that are shared and whose load is known. */
  daysKnown: Scalars['Int']['output'];
  /** Over the mean of the three weeks before. */
  loadChange: Maybe<Scalars['Float']['output']>;
  /** Values of two methods are never compared. */
  method: Maybe<LoadMethod>;
  /** CALIBRATING: shared for less than a week, or four weeks are not known yet. STALE: some of the seven days are unknown. NO_DATA: all are. */
  state: SignalState;
  /** The first day of which a week is told, while that is to come. */
  toldFrom: Maybe<Scalars['Date']['output']>;
  /** AU. Null with an unknown day among the seven. */
  weekLoad: Maybe<Scalars['Float']['output']>;
};

/** What became of the sessions that were planned. A planned rest is none. */
export type WeekPlan = {
  /** The athlete changed its load on its own day; done or not. */
  changed: Maybe<Scalars['Int']['output']>;
  /** There is a workout for it on its day. */
  done: Maybe<Scalars['Int']['output']>;
  /** Of the workouts held to be these sessions. */
  doneMin: Maybe<Scalars['Int']['output']>;
  missed: Maybe<Scalars['Int']['output']>;
  planned: Maybe<Scalars['Int']['output']>;
  plannedMin: Maybe<Scalars['Int']['output']>;
  /** The first day that counts, where a grant begins within the week; null where all of it is open. */
  since: Maybe<Scalars['Date']['output']>;
  /** NOT_SHARED: the rest is null, and says nothing. */
  state: SignalState;
  toCome: Maybe<Scalars['Int']['output']>;
  /** Nobody knows: no source of workouts was connected on that day. */
  unknown: Maybe<Scalars['Int']['output']>;
};

/** Readiness in the viewer's own view, of one set of signals for the whole week. */
export type WeekReadiness = {
  /** Against the mean of the week before; each of both needs three scores. */
  changeFromWeekBefore: Maybe<Scalars['Float']['output']>;
  /** Days in this band. */
  high: Maybe<Scalars['Int']['output']>;
  low: Maybe<Scalars['Int']['output']>;
  meanScore: Maybe<Scalars['Float']['output']>;
  /** Days without a score. */
  noScore: Maybe<Scalars['Int']['output']>;
  normal: Maybe<Scalars['Int']['output']>;
  reduced: Maybe<Scalars['Int']['output']>;
  /** The first day that counts, where a grant begins within the week; null where all of it is open. */
  since: Maybe<Scalars['Date']['output']>;
  /** NOT_SHARED: the rest is null, and says nothing. */
  state: SignalState;
};

export type WeekSentence = {
  /** What it is told from. */
  signals: Array<Signal>;
  text: Scalars['String']['output'];
};

export type WeekSleep = {
  /** Against the last day of the week before. */
  debtChangeMin: Maybe<Scalars['Int']['output']>;
  /** Sleep debt on the last day of the week. */
  debtMin: Maybe<Scalars['Int']['output']>;
  /** A night, naps not counted. */
  meanAsleepMin: Maybe<Scalars['Int']['output']>;
  needMin: Maybe<Scalars['Int']['output']>;
  /** Nights that are known. */
  nights: Maybe<Scalars['Int']['output']>;
  /** The first day that counts, where a grant begins within the week; null where all of it is open. */
  since: Maybe<Scalars['Date']['output']>;
  /** NOT_SHARED: the rest is null, and says nothing. */
  state: SignalState;
};

/** Training load. It describes what was done, and foretells nothing. */
export type WeekTraining = {
  /** AU, of the days that are known; null with a session whose load is not. */
  load: Maybe<Scalars['Float']['output']>;
  /** AU of the week before, where both can be compared. */
  loadBefore: Maybe<Scalars['Float']['output']>;
  /** Against the week before, in per cent. Null with an unknown day in one of both, or two methods. */
  loadChangePct: Maybe<Scalars['Int']['output']>;
  method: Maybe<LoadMethod>;
  /** Mean over standard deviation of the seven days. */
  monotony: Maybe<Scalars['Float']['output']>;
  restDays: Maybe<Scalars['Int']['output']>;
  /** The first day that counts, where a grant begins within the week; null where all of it is open. */
  since: Maybe<Scalars['Date']['output']>;
  /** NOT_SHARED: the rest is null, and says nothing. */
  state: SignalState;
  trainedDays: Maybe<Scalars['Int']['output']>;
  /** Days of which nobody knows whether there was training. */
  unknownDays: Maybe<Scalars['Int']['output']>;
};

/** One week of one athlete, Monday to Sunday of their own calendar, of what this viewer may see. */
export type WeeklySummary = {
  /** What readiness is made of in this view. */
  basis: Array<Signal>;
  from: Scalars['Date']['output'];
  isOver: Scalars['Boolean']['output'];
  plan: WeekPlan;
  readiness: WeekReadiness;
  /** What changed, most telling first. */
  sentences: Array<WeekSentence>;
  sleep: WeekSleep;
  to: Scalars['Date']['output'];
  training: WeekTraining;
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
  AlertKind: AlertKind;
  AlertPreferences: ResolverTypeWrapper<AlertPreferences>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  AlertPreferencesInput: AlertPreferencesInput;
  AlertQuietHours: ResolverTypeWrapper<AlertQuietHours>;
  AlertQuietHoursInput: AlertQuietHoursInput;
  AlertSetting: ResolverTypeWrapper<AlertSetting>;
  AlertSettingInput: AlertSettingInput;
  Athlete: ResolverTypeWrapper<Athlete>;
  Band: Band;
  Bedtime: ResolverTypeWrapper<Bedtime>;
  BrowserInput: BrowserInput;
  ChangeReason: ChangeReason;
  ConfidenceLevel: ConfidenceLevel;
  CsvLink: ResolverTypeWrapper<CsvLink>;
  Date: ResolverTypeWrapper<Scalars['Date']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  DayState: DayState;
  Driver: ResolverTypeWrapper<Driver>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  Flag: ResolverTypeWrapper<Flag>;
  FlagCode: FlagCode;
  FreshnessFilter: FreshnessFilter;
  FreshnessState: FreshnessState;
  HrvInput: ResolverTypeWrapper<HrvInput>;
  HrvState: HrvState;
  ImportScheduledSessionsInput: ImportScheduledSessionsInput;
  Intensity: Intensity;
  LoadDay: ResolverTypeWrapper<LoadDay>;
  LoadMethod: LoadMethod;
  LoadSeries: ResolverTypeWrapper<LoadSeries>;
  LoadSession: ResolverTypeWrapper<LoadSession>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  PlanAction: PlanAction;
  PlanActor: PlanActor;
  PlanChange: ResolverTypeWrapper<PlanChange>;
  PlanFieldChange: ResolverTypeWrapper<PlanFieldChange>;
  PlannedToday: PlannedToday;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  RationaleDriver: ResolverTypeWrapper<RationaleDriver>;
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
  RosterTable: ResolverTypeWrapper<RosterTable>;
  SaveViewInput: SaveViewInput;
  SavedView: ResolverTypeWrapper<SavedView>;
  ScheduledSession: ResolverTypeWrapper<ScheduledSession>;
  ScheduledSessionInput: ScheduledSessionInput;
  SessionKind: SessionKind;
  SessionLoad: ResolverTypeWrapper<SessionLoad>;
  Signal: Signal;
  SignalFreshness: ResolverTypeWrapper<SignalFreshness>;
  SignalState: SignalState;
  SleepDebt: ResolverTypeWrapper<SleepDebt>;
  SleepDebtTrend: SleepDebtTrend;
  SleepInput: ResolverTypeWrapper<SleepInput>;
  SleepNudge: ResolverTypeWrapper<SleepNudge>;
  SleepNudgeAnswer: SleepNudgeAnswer;
  SleepNudgeKind: SleepNudgeKind;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Suggestion: ResolverTypeWrapper<Suggestion>;
  SuggestionRationale: ResolverTypeWrapper<SuggestionRationale>;
  SuggestionRule: SuggestionRule;
  SuggestionState: SuggestionState;
  Team: ResolverTypeWrapper<Team>;
  TeamWeekRow: ResolverTypeWrapper<TeamWeekRow>;
  TeamWeeklySummary: ResolverTypeWrapper<TeamWeeklySummary>;
  WeekLoad: ResolverTypeWrapper<WeekLoad>;
  WeekPlan: ResolverTypeWrapper<WeekPlan>;
  WeekReadiness: ResolverTypeWrapper<WeekReadiness>;
  WeekSentence: ResolverTypeWrapper<WeekSentence>;
  WeekSleep: ResolverTypeWrapper<WeekSleep>;
  WeekTraining: ResolverTypeWrapper<WeekTraining>;
  WeeklySummary: ResolverTypeWrapper<WeeklySummary>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  AlertPreferences: AlertPreferences;
  Int: Scalars['Int']['output'];
  Boolean: Scalars['Boolean']['output'];
  String: Scalars['String']['output'];
  ID: Scalars['ID']['output'];
  AlertPreferencesInput: AlertPreferencesInput;
  AlertQuietHours: AlertQuietHours;
  AlertQuietHoursInput: AlertQuietHoursInput;
  AlertSetting: AlertSetting;
  AlertSettingInput: AlertSettingInput;
  Athlete: Athlete | FederationReferenceTypes['Athlete'];
  Bedtime: Bedtime;
  BrowserInput: BrowserInput;
  CsvLink: CsvLink;
  Date: Scalars['Date']['output'];
  DateTime: Scalars['DateTime']['output'];
  Driver: Driver;
  Float: Scalars['Float']['output'];
  Flag: Flag;
  FreshnessFilter: FreshnessFilter;
  HrvInput: HrvInput;
  ImportScheduledSessionsInput: ImportScheduledSessionsInput;
  LoadDay: LoadDay;
  LoadSeries: LoadSeries;
  LoadSession: LoadSession;
  Mutation: Record<PropertyKey, never>;
  PageInfo: PageInfo;
  PlanChange: PlanChange;
  PlanFieldChange: PlanFieldChange;
  Query: Record<PropertyKey, never>;
  RationaleDriver: RationaleDriver;
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
  RosterTable: RosterTable;
  SaveViewInput: SaveViewInput;
  SavedView: SavedView;
  ScheduledSession: ScheduledSession;
  ScheduledSessionInput: ScheduledSessionInput;
  SessionLoad: SessionLoad;
  SignalFreshness: SignalFreshness;
  SleepDebt: SleepDebt;
  SleepInput: SleepInput;
  SleepNudge: SleepNudge;
  Subscription: Record<PropertyKey, never>;
  Suggestion: Suggestion;
  SuggestionRationale: SuggestionRationale;
  Team: Team | FederationReferenceTypes['Team'];
  TeamWeekRow: TeamWeekRow;
  TeamWeeklySummary: TeamWeeklySummary;
  WeekLoad: WeekLoad;
  WeekPlan: WeekPlan;
  WeekReadiness: WeekReadiness;
  WeekSentence: WeekSentence;
  WeekSleep: WeekSleep;
  WeekTraining: WeekTraining;
  WeeklySummary: WeeklySummary;
};

export type AlertPreferencesResolvers<ContextType = any, ParentType extends ResolversParentTypes['AlertPreferences'] = ResolversParentTypes['AlertPreferences']> = {
  alerts: Resolver<Array<ResolversTypes['AlertSetting']>, ParentType, ContextType>;
  browsers: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  push: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  pushKey: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  quietHours: Resolver<ResolversTypes['AlertQuietHours'], ParentType, ContextType>;
  teamId: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
};

export type AlertQuietHoursResolvers<ContextType = any, ParentType extends ResolversParentTypes['AlertQuietHours'] = ResolversParentTypes['AlertQuietHours']> = {
  from: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  isOfProfile: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  timeZone: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  to: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type AlertSettingResolvers<ContextType = any, ParentType extends ResolversParentTypes['AlertSetting'] = ResolversParentTypes['AlertSetting']> = {
  isOn: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  kind: Resolver<ResolversTypes['AlertKind'], ParentType, ContextType>;
  sentence: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type AthleteResolvers<ContextType = any, ParentType extends ResolversParentTypes['Athlete'] = ResolversParentTypes['Athlete'], FederationReferenceType extends FederationReferenceTypes['Athlete'] = FederationReferenceTypes['Athlete']> = {
  __resolveReference: ReferenceResolver<Maybe<ResolversTypes['Athlete']> | FederationReferenceType, FederationReferenceType, ContextType>;
  flags: Resolver<Maybe<Array<ResolversTypes['Flag']>>, ParentType, ContextType>;
  id: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  load: Resolver<Maybe<ResolversTypes['LoadSeries']>, ParentType, ContextType, RequireFields<AthleteLoadArgs, 'from' | 'to'>>;
  plan: Resolver<Maybe<Array<ResolversTypes['ScheduledSession']>>, ParentType, ContextType, RequireFields<AthletePlanArgs, 'from' | 'to'>>;
  readiness: Resolver<Maybe<ResolversTypes['Readiness']>, ParentType, ContextType, AthleteReadinessArgs>;
  readinessHistory: Resolver<Maybe<Array<ResolversTypes['Readiness']>>, ParentType, ContextType, RequireFields<AthleteReadinessHistoryArgs, 'from' | 'to'>>;
  sleepDebt: Resolver<Maybe<ResolversTypes['SleepDebt']>, ParentType, ContextType>;
  weeklySummary: Resolver<Maybe<ResolversTypes['WeeklySummary']>, ParentType, ContextType, AthleteWeeklySummaryArgs>;
};

export type BedtimeResolvers<ContextType = any, ParentType extends ResolversParentTypes['Bedtime'] = ResolversParentTypes['Bedtime']> = {
  at: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  catchUpMin: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  usualLatencyMin: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  usualWakeAt: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type CsvLinkResolvers<ContextType = any, ParentType extends ResolversParentTypes['CsvLink'] = ResolversParentTypes['CsvLink']> = {
  expiresAt: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  url: Resolver<ResolversTypes['String'], ParentType, ContextType>;
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

export type LoadDayResolvers<ContextType = any, ParentType extends ResolversParentTypes['LoadDay'] = ResolversParentTypes['LoadDay']> = {
  date: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  fatigue: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  fitness: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  form: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  isOver: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  isRest: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  load: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  method: Resolver<Maybe<ResolversTypes['LoadMethod']>, ParentType, ContextType>;
  sessions: Resolver<Array<ResolversTypes['LoadSession']>, ParentType, ContextType>;
  startsSeries: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  warmingUp: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type LoadSeriesResolvers<ContextType = any, ParentType extends ResolversParentTypes['LoadSeries'] = ResolversParentTypes['LoadSeries']> = {
  days: Resolver<Array<ResolversTypes['LoadDay']>, ParentType, ContextType>;
  ewmaRatio: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  loadChange: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  method: Resolver<Maybe<ResolversTypes['LoadMethod']>, ParentType, ContextType>;
  monotony: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  state: Resolver<ResolversTypes['SignalState'], ParentType, ContextType>;
  strain: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  unit: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  weekEnd: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  weekLoad: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
};

export type LoadSessionResolvers<ContextType = any, ParentType extends ResolversParentTypes['LoadSession'] = ResolversParentTypes['LoadSession']> = {
  activity: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  load: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  minutes: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type MutationResolvers<ContextType = any, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  acceptSuggestion: Resolver<ResolversTypes['ScheduledSession'], ParentType, ContextType, RequireFields<MutationAcceptSuggestionArgs, 'id'>>;
  acknowledgeFlag: Resolver<ResolversTypes['Flag'], ParentType, ContextType, RequireFields<MutationAcknowledgeFlagArgs, 'id'>>;
  answerNudge: Resolver<ResolversTypes['SleepNudge'], ParentType, ContextType, RequireFields<MutationAnswerNudgeArgs, 'answer' | 'id'>>;
  importScheduledSessions: Resolver<Array<ResolversTypes['ScheduledSession']>, ParentType, ContextType, RequireFields<MutationImportScheduledSessionsArgs, 'input'>>;
  registerBrowser: Resolver<ResolversTypes['Boolean'], ParentType, ContextType, RequireFields<MutationRegisterBrowserArgs, 'input'>>;
  removeScheduledSession: Resolver<ResolversTypes['Boolean'], ParentType, ContextType, RequireFields<MutationRemoveScheduledSessionArgs, 'id'>>;
  removeView: Resolver<ResolversTypes['Boolean'], ParentType, ContextType, RequireFields<MutationRemoveViewArgs, 'id'>>;
  renameView: Resolver<ResolversTypes['SavedView'], ParentType, ContextType, RequireFields<MutationRenameViewArgs, 'id' | 'name'>>;
  resumeNudges: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  revertSuggestion: Resolver<ResolversTypes['ScheduledSession'], ParentType, ContextType, RequireFields<MutationRevertSuggestionArgs, 'id'>>;
  rosterCsvLink: Resolver<ResolversTypes['CsvLink'], ParentType, ContextType, RequireFields<MutationRosterCsvLinkArgs, 'teamId'>>;
  saveScheduledSession: Resolver<ResolversTypes['ScheduledSession'], ParentType, ContextType, RequireFields<MutationSaveScheduledSessionArgs, 'input'>>;
  saveView: Resolver<ResolversTypes['SavedView'], ParentType, ContextType, RequireFields<MutationSaveViewArgs, 'input'>>;
  setAlertPreferences: Resolver<ResolversTypes['AlertPreferences'], ParentType, ContextType, RequireFields<MutationSetAlertPreferencesArgs, 'input'>>;
  unregisterBrowser: Resolver<ResolversTypes['Boolean'], ParentType, ContextType, RequireFields<MutationUnregisterBrowserArgs, 'endpoint'>>;
};

export type PageInfoResolvers<ContextType = any, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PlanChangeResolvers<ContextType = any, ParentType extends ResolversParentTypes['PlanChange'] = ResolversParentTypes['PlanChange']> = {
  action: Resolver<ResolversTypes['PlanAction'], ParentType, ContextType>;
  at: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  by: Resolver<ResolversTypes['PlanActor'], ParentType, ContextType>;
  date: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  fields: Resolver<Array<ResolversTypes['PlanFieldChange']>, ParentType, ContextType>;
  version: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type PlanFieldChangeResolvers<ContextType = any, ParentType extends ResolversParentTypes['PlanFieldChange'] = ResolversParentTypes['PlanFieldChange']> = {
  field: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  from: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  to: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = any, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  alertPreferences: Resolver<ResolversTypes['AlertPreferences'], ParentType, ContextType, QueryAlertPreferencesArgs>;
  readinessAlgorithm: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  suggestion: Resolver<Maybe<ResolversTypes['Suggestion']>, ParentType, ContextType, RequireFields<QuerySuggestionArgs, 'id'>>;
};

export type RationaleDriverResolvers<ContextType = any, ParentType extends ResolversParentTypes['RationaleDriver'] = ResolversParentTypes['RationaleDriver']> = {
  id: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  points: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
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
  hrvDays: Resolver<Maybe<Array<Maybe<ResolversTypes['Float']>>>, ParentType, ContextType>;
  load: Resolver<Maybe<ResolversTypes['WeekLoad']>, ParentType, ContextType>;
  readiness: Resolver<ResolversTypes['Readiness'], ParentType, ContextType>;
  sessions: Resolver<Maybe<Array<ResolversTypes['ScheduledSession']>>, ParentType, ContextType>;
  sleepDebt: Resolver<Maybe<ResolversTypes['SleepDebt']>, ParentType, ContextType>;
  suggestion: Resolver<Maybe<ResolversTypes['Suggestion']>, ParentType, ContextType>;
};

export type RosterTableResolvers<ContextType = any, ParentType extends ResolversParentTypes['RosterTable'] = ResolversParentTypes['RosterTable']> = {
  columns: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  endCursor: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  rows: Resolver<Array<Array<ResolversTypes['String']>>, ParentType, ContextType>;
};

export type SavedViewResolvers<ContextType = any, ParentType extends ResolversParentTypes['SavedView'] = ResolversParentTypes['SavedView']> = {
  id: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  query: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ScheduledSessionResolvers<ContextType = any, ParentType extends ResolversParentTypes['ScheduledSession'] = ResolversParentTypes['ScheduledSession']> = {
  allowsIncrease: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  athleteId: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  changes: Resolver<Array<ResolversTypes['PlanChange']>, ParentType, ContextType>;
  date: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  id: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  intensity: Resolver<ResolversTypes['Intensity'], ParentType, ContextType>;
  isLocked: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  kind: Resolver<ResolversTypes['SessionKind'], ParentType, ContextType>;
  load: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  minutes: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  notes: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  sport: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  startTime: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  startsAt: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  suggestion: Resolver<Maybe<ResolversTypes['Suggestion']>, ParentType, ContextType>;
  title: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  version: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type SessionLoadResolvers<ContextType = any, ParentType extends ResolversParentTypes['SessionLoad'] = ResolversParentTypes['SessionLoad']> = {
  intensity: Resolver<ResolversTypes['Intensity'], ParentType, ContextType>;
  load: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  minutes: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type SignalFreshnessResolvers<ContextType = any, ParentType extends ResolversParentTypes['SignalFreshness'] = ResolversParentTypes['SignalFreshness']> = {
  ageDays: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  nights: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  signal: Resolver<ResolversTypes['Signal'], ParentType, ContextType>;
  state: Resolver<ResolversTypes['FreshnessState'], ParentType, ContextType>;
};

export type SleepDebtResolvers<ContextType = any, ParentType extends ResolversParentTypes['SleepDebt'] = ResolversParentTypes['SleepDebt']> = {
  bedtime: Resolver<Maybe<ResolversTypes['Bedtime']>, ParentType, ContextType>;
  debtMin: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  needMin: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  nightsCounted: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  nudge: Resolver<Maybe<ResolversTypes['SleepNudge']>, ParentType, ContextType>;
  nudgesStopped: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  state: Resolver<ResolversTypes['SignalState'], ParentType, ContextType>;
  trend: Resolver<Maybe<ResolversTypes['SleepDebtTrend']>, ParentType, ContextType>;
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

export type SleepNudgeResolvers<ContextType = any, ParentType extends ResolversParentTypes['SleepNudge'] = ResolversParentTypes['SleepNudge']> = {
  answer: Resolver<Maybe<ResolversTypes['SleepNudgeAnswer']>, ParentType, ContextType>;
  date: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  id: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind: Resolver<ResolversTypes['SleepNudgeKind'], ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = any, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  readinessChanged: SubscriptionResolver<ResolversTypes['ReadinessEvent'], "readinessChanged", ParentType, ContextType, RequireFields<SubscriptionReadinessChangedArgs, 'athleteId'>>;
  teamReadinessChanged: SubscriptionResolver<ResolversTypes['ReadinessEvent'], "teamReadinessChanged", ParentType, ContextType, RequireFields<SubscriptionTeamReadinessChangedArgs, 'teamId'>>;
};

export type SuggestionResolvers<ContextType = any, ParentType extends ResolversParentTypes['Suggestion'] = ResolversParentTypes['Suggestion']> = {
  baseVersion: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  basis: Resolver<Array<ResolversTypes['Signal']>, ParentType, ContextType>;
  expiresAt: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  from: Resolver<ResolversTypes['SessionLoad'], ParentType, ContextType>;
  id: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isAdviceOnly: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  rationale: Resolver<ResolversTypes['SuggestionRationale'], ParentType, ContextType>;
  revision: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  rule: Resolver<ResolversTypes['SuggestionRule'], ParentType, ContextType>;
  sentence: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  sessionId: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  state: Resolver<ResolversTypes['SuggestionState'], ParentType, ContextType>;
  to: Resolver<ResolversTypes['SessionLoad'], ParentType, ContextType>;
};

export type SuggestionRationaleResolvers<ContextType = any, ParentType extends ResolversParentTypes['SuggestionRationale'] = ResolversParentTypes['SuggestionRationale']> = {
  band: Resolver<Maybe<ResolversTypes['Band']>, ParentType, ContextType>;
  confidence: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  confidenceLevel: Resolver<ResolversTypes['ConfidenceLevel'], ParentType, ContextType>;
  drivers: Resolver<Array<ResolversTypes['RationaleDriver']>, ParentType, ContextType>;
  hrvState: Resolver<Maybe<ResolversTypes['HrvState']>, ParentType, ContextType>;
  lowDays: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  score: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  stale: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  staleSignals: Resolver<Array<ResolversTypes['Signal']>, ParentType, ContextType>;
};

export type TeamResolvers<ContextType = any, ParentType extends ResolversParentTypes['Team'] = ResolversParentTypes['Team'], FederationReferenceType extends FederationReferenceTypes['Team'] = FederationReferenceTypes['Team']> = {
  __resolveReference: ReferenceResolver<Maybe<ResolversTypes['Team']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  readinessSummary: Resolver<Maybe<ResolversTypes['ReadinessSummary']>, ParentType, ContextType>;
  roster: Resolver<Maybe<ResolversTypes['RosterConnection']>, ParentType, ContextType, TeamRosterArgs>;
  rosterTable: Resolver<Maybe<ResolversTypes['RosterTable']>, ParentType, ContextType, TeamRosterTableArgs>;
  savedViews: Resolver<Maybe<Array<ResolversTypes['SavedView']>>, ParentType, ContextType>;
  weeklySummary: Resolver<Maybe<ResolversTypes['TeamWeeklySummary']>, ParentType, ContextType, TeamWeeklySummaryArgs>;
};

export type TeamWeekRowResolvers<ContextType = any, ParentType extends ResolversParentTypes['TeamWeekRow'] = ResolversParentTypes['TeamWeekRow']> = {
  athlete: Resolver<ResolversTypes['Athlete'], ParentType, ContextType>;
  summary: Resolver<ResolversTypes['WeeklySummary'], ParentType, ContextType>;
};

export type TeamWeeklySummaryResolvers<ContextType = any, ParentType extends ResolversParentTypes['TeamWeeklySummary'] = ResolversParentTypes['TeamWeeklySummary']> = {
  athletes: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  changeFromWeekBefore: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  changed: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  debtChangeMin: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  done: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  from: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  isOver: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  loadChangePct: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  meanAsleepMin: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  meanScore: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  missed: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  planned: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  restDays: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  rows: Resolver<Array<ResolversTypes['TeamWeekRow']>, ParentType, ContextType>;
  scored: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  sentences: Resolver<Array<ResolversTypes['WeekSentence']>, ParentType, ContextType>;
  slept: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  to: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  unknownDays: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type WeekLoadResolvers<ContextType = any, ParentType extends ResolversParentTypes['WeekLoad'] = ResolversParentTypes['WeekLoad']> = {
  daysKnown: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  loadChange: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  method: Resolver<Maybe<ResolversTypes['LoadMethod']>, ParentType, ContextType>;
  state: Resolver<ResolversTypes['SignalState'], ParentType, ContextType>;
  toldFrom: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  weekLoad: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
};

export type WeekPlanResolvers<ContextType = any, ParentType extends ResolversParentTypes['WeekPlan'] = ResolversParentTypes['WeekPlan']> = {
  changed: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  done: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  doneMin: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  missed: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  planned: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  plannedMin: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  since: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  state: Resolver<ResolversTypes['SignalState'], ParentType, ContextType>;
  toCome: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  unknown: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type WeekReadinessResolvers<ContextType = any, ParentType extends ResolversParentTypes['WeekReadiness'] = ResolversParentTypes['WeekReadiness']> = {
  changeFromWeekBefore: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  high: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  low: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  meanScore: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  noScore: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  normal: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  reduced: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  since: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  state: Resolver<ResolversTypes['SignalState'], ParentType, ContextType>;
};

export type WeekSentenceResolvers<ContextType = any, ParentType extends ResolversParentTypes['WeekSentence'] = ResolversParentTypes['WeekSentence']> = {
  signals: Resolver<Array<ResolversTypes['Signal']>, ParentType, ContextType>;
  text: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type WeekSleepResolvers<ContextType = any, ParentType extends ResolversParentTypes['WeekSleep'] = ResolversParentTypes['WeekSleep']> = {
  debtChangeMin: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  debtMin: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  meanAsleepMin: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  needMin: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  nights: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  since: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  state: Resolver<ResolversTypes['SignalState'], ParentType, ContextType>;
};

export type WeekTrainingResolvers<ContextType = any, ParentType extends ResolversParentTypes['WeekTraining'] = ResolversParentTypes['WeekTraining']> = {
  load: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  loadBefore: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  loadChangePct: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  method: Resolver<Maybe<ResolversTypes['LoadMethod']>, ParentType, ContextType>;
  monotony: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  restDays: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  since: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  state: Resolver<ResolversTypes['SignalState'], ParentType, ContextType>;
  trainedDays: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  unknownDays: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type WeeklySummaryResolvers<ContextType = any, ParentType extends ResolversParentTypes['WeeklySummary'] = ResolversParentTypes['WeeklySummary']> = {
  basis: Resolver<Array<ResolversTypes['Signal']>, ParentType, ContextType>;
  from: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  isOver: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  plan: Resolver<ResolversTypes['WeekPlan'], ParentType, ContextType>;
  readiness: Resolver<ResolversTypes['WeekReadiness'], ParentType, ContextType>;
  sentences: Resolver<Array<ResolversTypes['WeekSentence']>, ParentType, ContextType>;
  sleep: Resolver<ResolversTypes['WeekSleep'], ParentType, ContextType>;
  to: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  training: Resolver<ResolversTypes['WeekTraining'], ParentType, ContextType>;
};

export type Resolvers<ContextType = any> = {
  AlertPreferences: AlertPreferencesResolvers<ContextType>;
  AlertQuietHours: AlertQuietHoursResolvers<ContextType>;
  AlertSetting: AlertSettingResolvers<ContextType>;
  Athlete: AthleteResolvers<ContextType>;
  Bedtime: BedtimeResolvers<ContextType>;
  CsvLink: CsvLinkResolvers<ContextType>;
  Date: GraphQLScalarType;
  DateTime: GraphQLScalarType;
  Driver: DriverResolvers<ContextType>;
  Flag: FlagResolvers<ContextType>;
  HrvInput: HrvInputResolvers<ContextType>;
  LoadDay: LoadDayResolvers<ContextType>;
  LoadSeries: LoadSeriesResolvers<ContextType>;
  LoadSession: LoadSessionResolvers<ContextType>;
  Mutation: MutationResolvers<ContextType>;
  PageInfo: PageInfoResolvers<ContextType>;
  PlanChange: PlanChangeResolvers<ContextType>;
  PlanFieldChange: PlanFieldChangeResolvers<ContextType>;
  Query: QueryResolvers<ContextType>;
  RationaleDriver: RationaleDriverResolvers<ContextType>;
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
  RosterTable: RosterTableResolvers<ContextType>;
  SavedView: SavedViewResolvers<ContextType>;
  ScheduledSession: ScheduledSessionResolvers<ContextType>;
  SessionLoad: SessionLoadResolvers<ContextType>;
  SignalFreshness: SignalFreshnessResolvers<ContextType>;
  SleepDebt: SleepDebtResolvers<ContextType>;
  SleepInput: SleepInputResolvers<ContextType>;
  SleepNudge: SleepNudgeResolvers<ContextType>;
  Subscription: SubscriptionResolvers<ContextType>;
  Suggestion: SuggestionResolvers<ContextType>;
  SuggestionRationale: SuggestionRationaleResolvers<ContextType>;
  Team: TeamResolvers<ContextType>;
  TeamWeekRow: TeamWeekRowResolvers<ContextType>;
  TeamWeeklySummary: TeamWeeklySummaryResolvers<ContextType>;
  WeekLoad: WeekLoadResolvers<ContextType>;
  WeekPlan: WeekPlanResolvers<ContextType>;
  WeekReadiness: WeekReadinessResolvers<ContextType>;
  WeekSentence: WeekSentenceResolvers<ContextType>;
  WeekSleep: WeekSleepResolvers<ContextType>;
  WeekTraining: WeekTrainingResolvers<ContextType>;
  WeeklySummary: WeeklySummaryResolvers<ContextType>;
};

