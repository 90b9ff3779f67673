const LINK = /* GraphQL */ `
  mutation Link($provider: Provider!) {
    linkProvider(provider: $provider) {
      authorizationUrl
    }
  }
`;

const CONFIRM = /* GraphQL */ `
  mutation Confirm($handle: String!) {
    confirmProviderLink(handle: $handle) {
      id
    }
  }
`;

/** A query as the signed-in athlete; throws for an error of the graph's. */
export type AskAsAthlete = <Data>(query: string, variables: Record<string, unknown>) => Promise<Data>;

/**
 * Links an athlete with a simulated provider, all the way a browser would go: our authorization address, the form of the
 * consent page, the redirect back to our callback, the athlete's word on the dashboard. `key` is the fictional athlete who
 * says yes there. Throws where the walk ends elsewhere than at "linked".
 */
export async function linkByConsent(options: { ask: AskAsAthlete; provider: string; key: string }): Promise<void> {
  const { ask, provider, key } = options;
  const page = await beginLink({ ask, provider });
  const form = new URLSearchParams(page.search);
  form.set('athlete', key);
  form.set('decision', 'approve');
  const approved = await fetch(page.origin + page.pathname, { method: 'POST', body: form, redirect: 'manual' });
  const callback = approved.headers.get('location');
  if (callback === null)
    throw new Error(`The simulated consent page answered ${approved.status} instead of sending the browser back.`);
  await comeBack({ ask, callback });
}

/** The address of a provider's consent page. */
export async function beginLink(options: { ask: AskAsAthlete; provider: string }): Promise<URL> {
  const { linkProvider } = await options.ask<{ linkProvider: { authorizationUrl: string } }>(LINK, {
    provider: options.provider,
  });
  return new URL(linkProvider.authorizationUrl);
}

/** Comes back from a consent page and confirms, as the dashboard does. Throws where that ends elsewhere than at "linked". */
export async function comeBack(options: { ask: AskAsAthlete; callback: string | URL }): Promise<void> {
  const arrival = await openCallback(options.callback);
  const handle = arrival.get('confirm');
  if (handle === null) throw new Error(`The way back from a provider ended with: ${arrival.get('result')}.`);
  await options.ask(CONFIRM, { handle });
}

/** Opens the address a consent page redirects to. Answers what the dashboard's address then says: `confirm` or `result`. */
export async function openCallback(callback: string | URL): Promise<URLSearchParams> {
  const response = await fetch(callback, { redirect: 'manual' });
  const location = response.headers.get('location');
  if (location === null)
    throw new Error(`The callback answered ${response.status} instead of leading to the dashboard.`);
  return new URLSearchParams(location.split('?')[1]);
}
