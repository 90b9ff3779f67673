import { useEffect, useRef, useState } from 'react';

const AT_MOST_EACH_MS = 30_000;

/** Gathers what changed and says it as one sentence, at most every half minute: for a polite live region. */
export function useAnnouncement({
  changed,
  nameOf,
}: {
  changed: readonly string[];
  nameOf: (id: string) => string | null;
}) {
  const [sentence, setSentence] = useState('');
  const waiting = useRef(new Set<string>());
  const saidAtMs = useRef(Date.now());
  const latestNameOf = useRef(nameOf);
  latestNameOf.current = nameOf;

  useEffect(() => {
    for (const id of changed) waiting.current.add(id);
    if (waiting.current.size === 0) return undefined;
    const say = () => {
      const ids = [...waiting.current];
      waiting.current.clear();
      saidAtMs.current = Date.now();
      setSentence(sentenceOf(ids.map((id) => latestNameOf.current(id)).filter((words) => words !== null)));
    };
    const timer = setTimeout(say, Math.max(0, saidAtMs.current + AT_MOST_EACH_MS - Date.now()));
    return () => clearTimeout(timer);
  }, [changed]);

  return sentence;
}

function sentenceOf(rows: readonly string[]): string {
  if (rows.length === 0) return '';
  if (rows.length <= 3) return `Changed: ${rows.join('; ')}.`;
  return `${rows.length} athletes changed.`;
}
