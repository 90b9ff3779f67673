import { hrvWords } from '../columns/hrv-cell.tsx';
import type {
  Band,
  FlagCode,
  HrvState,
  PlannedToday,
  RosterFilter,
  Signal,
  SuggestionState,
} from '../graphql/graphql.ts';
import { capitalised, flagWords } from '../readiness/words.ts';

type OldSignal = Extract<Signal, 'HRV' | 'RESTING_HEART_RATE' | 'SLEEP'>;

const plannedWords: Record<PlannedToday, string> = {
  SESSION: 'a session',
  RACE: 'a race',
  TEST: 'a test',
  REST: 'a rest',
  NOTHING: 'nothing',
};
const suggestionWords: Record<Exclude<SuggestionState, 'SUPERSEDED'>, string> = {
  PENDING: 'open',
  ACCEPTED: 'done as suggested',
  REVERTED: 'brought back',
  EXPIRED: 'too late now',
};
const oldWords: Record<OldSignal, string> = { HRV: 'HRV', RESTING_HEART_RATE: 'resting HR', SLEEP: 'sleep' };
const basisWords = { COMPLETE: 'all three signals', PARTIAL: 'fewer' };

/** What the table can be narrowed by, in the order of the panel. Of one kind any may hold, of several kinds each must. */
export const FILTERS = {
  planned: { legend: 'Planned today', chip: 'planned', choices: plannedWords },
  suggestion: { legend: 'Suggestion', chip: 'suggestion', choices: suggestionWords },
  flag: { legend: 'Flags', chip: 'flag', choices: flagWords },
  hrv: { legend: 'HRV', chip: 'HRV', choices: hrvWords },
  old: { legend: 'Missing or older than last night', chip: 'not from last night', choices: oldWords },
  basis: { legend: 'Score made of', chip: 'score of', choices: basisWords },
} as const;
export type FilterKind = keyof typeof FILTERS;
export const FILTER_KINDS = Object.keys(FILTERS) as FilterKind[];

/** What is chosen of each kind; nothing: the kind does not narrow. */
export type Filters = { readonly [Kind in FilterKind]: readonly (keyof (typeof FILTERS)[Kind]['choices'])[] };

export const NO_FILTERS: Filters = { planned: [], suggestion: [], flag: [], hrv: [], old: [], basis: [] };

export const choicesOf = (kind: FilterKind): [value: string, words: string][] => Object.entries(FILTERS[kind].choices);

export interface Chosen {
  readonly kind: FilterKind;
  readonly value: string;
  readonly words: string;
}

/** All that is chosen, in the order of the panel. */
export const chosenIn = (filters: Filters): Chosen[] =>
  FILTER_KINDS.flatMap((kind) =>
    choicesOf(kind)
      .filter(([value]) => isChosen(filters, kind, value))
      .map(([value, words]) => ({ kind, value, words: `${capitalised(FILTERS[kind].chip)}: ${words}` })),
  );

export const isChosen = (filters: Filters, kind: FilterKind, value: string): boolean =>
  (filters[kind] as readonly string[]).includes(value);

export function toggled(filters: Filters, kind: FilterKind, value: string): Filters {
  const isOn = !isChosen(filters, kind, value);
  const values = choicesOf(kind)
    .map(([each]) => each)
    .filter((each) => (each === value ? isOn : isChosen(filters, kind, each)));
  return { ...filters, [kind]: values };
}

/** As the graph is asked; null where nothing narrows. The server decides who matches, and of whom nobody may say. */
export function rosterFilterOf(asked: { filters: Filters; band?: Band | null; search?: string }): RosterFilter | null {
  const { filters, band = null, search = '' } = asked;
  const { planned, suggestion, flag, hrv, old, basis } = filters;
  const filter: RosterFilter = {
    ...(band === null ? {} : { bands: [band] }),
    ...(search.trim() === '' ? {} : { search: search.trim() }),
    ...given('planned', planned),
    ...given('suggestions', suggestion),
    ...given('flags', flag satisfies readonly FlagCode[]),
    ...given('hrvStates', hrv satisfies readonly HrvState[]),
    ...given(
      'freshness',
      old.map((signal) => ({ signal, states: ['ESTIMATED', 'NO_DATA'] as const })),
    ),
    // Both are everybody.
    ...(basis.length === 1 ? { isBasisComplete: basis[0] === 'COMPLETE' } : {}),
  };
  return Object.keys(filter).length === 0 ? null : filter;
}

const given = <Name extends string, Value>(name: Name, values: readonly Value[]): Partial<Record<Name, Value[]>> =>
  values.length === 0 ? {} : ({ [name]: [...values] } as Record<Name, Value[]>);
