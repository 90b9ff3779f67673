import { useState } from 'react';

/** How a habit is told as text, and read again; null for what nobody chose here. */
export interface Habit<Value> {
  readonly name: string;
  readonly usual: Value;
  readonly textOf: (value: Value) => string;
  readonly valueOf: (text: string) => Value | null;
}

/** Somebody's last choice, kept in this browser for the next time. Two people at one screen have two choices. */
export function useKept<Value>(
  viewerId: string,
  { name, usual, textOf, valueOf }: Habit<Value>,
): [kept: Value, keep: (value: Value) => void] {
  const place = `${name} ${viewerId}`;
  const [value, setValue] = useState<Value>(() => {
    const text = textAt(place);
    return (text === null ? null : valueOf(text)) ?? usual;
  });
  return [
    value,
    (next) => {
      setValue(next);
      write(place, textOf(next));
    },
  ];
}

/** A browser may refuse to keep anything for a page: then the choice lasts as long as the page. */
function textAt(place: string): string | null {
  try {
    return localStorage.getItem(place);
  } catch {
    return null;
  }
}

function write(place: string, text: string): void {
  try {
    localStorage.setItem(place, text);
  } catch {
    // Refused or full. What was chosen is shown all the same.
  }
}
