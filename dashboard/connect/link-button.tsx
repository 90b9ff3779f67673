import { useMutation } from 'urql';
import { sentenceOf } from '../client.ts';
import { LinkProviderDocument, type Provider } from '../graphql/graphql.ts';
import { providerWords } from '../readiness/words.ts';

/** Leads to the provider's consent page. Leaving something out there keeps the rest working. */
export function LinkButton({ provider, isAgain, isMain }: { provider: Provider; isAgain: boolean; isMain: boolean }) {
  const [{ error, fetching }, link] = useMutation(LinkProviderDocument);
  const go = async () => {
    const { data } = await link({ provider });
    if (data) window.location.assign(data.linkProvider.authorizationUrl);
  };
  return (
    <>
      <button
        type="button"
        className={isMain ? 'button button-main' : 'button'}
        disabled={fetching}
        onClick={() => void go()}
      >
        Connect {providerWords[provider]} {isAgain && 'again'}
      </button>
      {error && <p className="notice notice-problem">{sentenceOf(error)}</p>}
    </>
  );
}
