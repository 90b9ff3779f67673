import type { Signal } from '#platform/signals';

export type PhoneProvider = 'APPLE_HEALTH' | 'HEALTH_CONNECT';

/** What one body holds, as far as it is looked at before it is taken; `fault` says what is wrong with it. */
export type PhoneReading = { ok: true; types: ReadonlySet<string> } | { ok: false; fault: string };

/**
 * A store of health data on a phone. It has no server to link with, to be told by or to ask: an app of the athlete's
 * sends what it read. A new one is such a table in a file of its own and a line in `phones.ts`.
 */
export interface Phone {
  readonly provider: PhoneProvider;
  /** As it stands in addresses: `apple-health`. */
  readonly slug: string;
  /** As people call it. */
  readonly name: string;
  /** Signals by the type of record that brings them, in the platform's own words. Other types are taken and not counted. */
  readonly signalOf: ReadonlyMap<string, Signal>;
  /** Looks at the outer shape only: each record is judged when it is normalised. */
  read(body: Readonly<Record<string, unknown>>): PhoneReading;
}

type Fields = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The first of these fields that is there and is no list, as a sentence. */
export function faultInLists(of: Fields, names: readonly string[], path = ''): string | null {
  const wrong = names.find((name) => of[name] !== undefined && !Array.isArray(of[name]));
  return wrong === undefined ? null : `${path}${wrong} is not a list.`;
}

/** The first of these fields that is there and is no text. */
export function faultInTexts(of: Fields, names: readonly string[]): string | null {
  const wrong = names.find((name) => of[name] !== undefined && of[name] !== null && typeof of[name] !== 'string');
  return wrong === undefined ? null : `${wrong} is not a text.`;
}

/** The texts that stand under one field of the items of a list. */
export function textsIn(list: unknown, field: string): string[] {
  if (!Array.isArray(list)) return [];
  return (list as unknown[]).flatMap((item) => {
    const text = isObject(item) ? item[field] : undefined;
    return typeof text === 'string' ? [text] : [];
  });
}
