import type { Signal } from '../graphql/graphql.ts';
import type { Brought } from './provider-facts.ts';

/** What a provider brings. With `granted`, what of it comes; `missingWords` says why the rest does not. */
export function BroughtList(parts: { brings: readonly Brought[]; granted?: readonly Signal[]; missingWords?: string }) {
  const { brings, granted, missingWords } = parts;
  return (
    <ul className="brought">
      {brings.map(({ signal, words }) => {
        const isMissing = granted !== undefined && !granted.includes(signal);
        return (
          <li key={signal} className={isMissing ? 'is-missing' : undefined}>
            {words}
            {isMissing && <span> · {missingWords}</span>}
          </li>
        );
      })}
    </ul>
  );
}
