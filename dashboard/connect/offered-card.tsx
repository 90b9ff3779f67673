import type { Provider } from '../graphql/graphql.ts';
import { inWords } from '../local-time.ts';
import { providerWords } from '../readiness/words.ts';
import { BroughtList } from './brought-list.tsx';
import type { Connection } from './connected-card.tsx';
import { DeleteKept } from './disconnect.tsx';
import { LinkButton } from './link-button.tsx';
import { factsOf, isPhone } from './provider-facts.ts';

/** A provider that is not connected: what it would bring, and how it begins. `connection`: the one that has ended. */
export function OfferedCard(parts: {
  provider: Provider;
  connection: Connection | null;
  isLinkable: boolean;
  /** Nothing is connected yet: this is what to do on the page. */
  isFirst: boolean;
  onChanged: () => void;
}) {
  const { provider, connection, isLinkable, isFirst, onChanged } = parts;
  const hasKeptData = connection?.dataDeletedAt === null;
  const name = providerWords[provider];
  const { brings, arrives } = factsOf(provider);
  return (
    <section
      className="card provider offer"
      aria-labelledby={`provider-${provider}`}
      data-testid={`provider-${provider}`}
    >
      <header className="provider-head">
        <h3 id={`provider-${provider}`}>{name}</h3>
        <span className="state state-off">not connected</span>
      </header>
      <BroughtList brings={brings} />
      <p className="aside">{arrives}</p>
      {connection?.reason && <p className="notice">{connection.reason}</p>}
      {connection?.dataDeletedAt && (
        <p className="aside">
          What {name} had sent was deleted on {inWords.moment(connection.dataDeletedAt)}, as you asked.
        </p>
      )}
      {!isLinkable && !isPhone(provider) && (
        <p className="aside">{name} is not set up on this installation any more.</p>
      )}
      {(isLinkable || hasKeptData) && (
        <div className="choices">
          {isLinkable && <LinkButton provider={provider} isAgain={connection !== null} isMain={isFirst} />}
          {hasKeptData && <DeleteKept provider={provider} onDone={onChanged} />}
        </div>
      )}
    </section>
  );
}
