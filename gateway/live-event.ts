import type { GraphQLFormattedError } from 'graphql';
import { ATHLETE_KEY, type SubscriptionPlan } from './subscription-plan.ts';

type Fields = Record<string, unknown>;

export interface LiveResult {
  data?: Fields | null;
  errors?: readonly GraphQLFormattedError[];
}

/** One resolved event, shared by all clients of a stream: made into text once. */
export interface LiveEvent {
  result: LiveResult;
  /** The athlete of each change, by position; null for an event that is not a list of changes. */
  athletes: readonly string[] | null;
  json(): string;
  /** The same event, saying that something before it was left out. */
  withGap(): LiveEvent;
}

type Keys = SubscriptionPlan['keys'];

/** Takes the hidden athlete ids out of a result and makes an event of it. The result is changed and belongs to the event. */
export function liveEvent(result: LiveResult, keys: Keys): LiveEvent {
  return eventOf({ result, athletes: takeAthletes(result, keys), keys });
}

function eventOf(options: { result: LiveResult; athletes: readonly string[] | null; keys: Keys }): LiveEvent {
  const { result, athletes, keys } = options;
  let text: string | undefined;
  let gapped: LiveEvent | undefined;
  return {
    result,
    athletes,
    json: () => (text ??= JSON.stringify(result)),
    withGap: () => (gapped ??= eventOf({ ...options, result: marked(result, keys) })),
  };
}

const rootOf = (result: LiveResult, keys: Keys): Fields | null =>
  (result.data?.[keys.root] as Fields | null | undefined) ?? null;

function marked(result: LiveResult, keys: Keys): LiveResult {
  const root = rootOf(result, keys);
  if (root === null) return result;
  return { ...result, data: { [keys.root]: { ...root, ...Object.fromEntries(keys.gap.map((key) => [key, true])) } } };
}

function takeAthletes(result: LiveResult, keys: Keys): string[] | null {
  const root = rootOf(result, keys);
  if (root === null || keys.changes.length === 0) return null;
  const athletes: string[] = [];
  for (const key of keys.changes) {
    for (const [index, change] of ((root[key] ?? []) as Fields[]).entries()) {
      athletes[index] = String(change[ATHLETE_KEY]);
      delete change[ATHLETE_KEY];
    }
  }
  return athletes;
}

/**
 * Several events as one: of each athlete the latest change, with the errors that belong to it, under the last cursor
 * and marked with a gap. Events that are not lists of changes are states, of which only the last counts.
 */
export function coalesce(events: readonly LiveEvent[], keys: Keys): LiveEvent {
  const last = events.findLast((event) => event.athletes !== null);
  if (last === undefined) return (events.at(-1) as LiveEvent).withGap();
  const latest = new Map<string, { event: LiveEvent; index: number }>();
  for (const event of events) {
    for (const [index, athlete] of (event.athletes ?? []).entries()) {
      latest.delete(athlete);
      latest.set(athlete, { event, index });
    }
  }
  const kept = [...latest.values()];
  const root: Fields = { ...rootOf(last.result, keys) };
  for (const key of keys.changes) {
    root[key] = kept.map(({ event, index }) => {
      const list = rootOf(event.result, keys)?.[key] as readonly unknown[] | undefined;
      return list?.[index];
    });
  }
  const errors = kept.flatMap(({ event, index }, position) => errorsOf({ event, index, position, keys }));
  const result: LiveResult = { data: { [keys.root]: root }, ...(errors.length > 0 ? { errors } : {}) };
  return eventOf({ result, athletes: [...latest.keys()], keys }).withGap();
}

/** The errors within one change, moved to the change's new position. */
function errorsOf(options: { event: LiveEvent; index: number; position: number; keys: Keys }): GraphQLFormattedError[] {
  const found: GraphQLFormattedError[] = [];
  for (const error of options.event.result.errors ?? []) {
    const [root, key, index, ...within] = error.path ?? [];
    if (index !== options.index || !options.keys.changes.includes(String(key))) continue;
    found.push({ ...error, path: [root as string, key as string, options.position, ...within] });
  }
  return found;
}
