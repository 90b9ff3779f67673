const LINK = /* GraphQL */ `
  mutation Link($provider: Provider!) {
    linkProvider(provider: $provider) {
      authorizationUrl
    }
  }
`;

/** A query as the signed-in athlete; throws for an error of the graph's. */
export type AskAsAthlete = <Data>(query: string, variables: Record<string, unknown>) => Promise<Data>;

/**
 * Links an athlete with a simulated provider, all the way a browser would go: our authorization address, the form of the
 * consent page, the redirect back to our callback. `key` is the fictional athlete who says yes there. Throws where the walk
 * ends elsewhere than at "linked".
 */
export async function linkByConsent(options: { ask: AskAsAthlete; provider: string; key: string }): Promise<void> {
  const { ask, provider, key } = options;
  const { linkProvider } = await ask<{ linkProvider: { authorizationUrl: string } }>(LINK, { provider });
  const page = new URL(linkProvider.authorizationUrl);
  const form = new URLSearchParams(page.search);
  form.set('athlete', key);
  form.set('decision', 'approve');
  const approved = await fetch(page.origin + page.pathname, { method: 'POST', body: form, redirect: 'manual' });
  const callback = approved.headers.get('location');
  if (callback === null)
    throw new Error(`The simulated consent page answered ${approved.status} instead of sending the browser back.`);
  const linked = await fetch(callback, { redirect: 'manual' });
  const result = linked.headers.get('location') ?? '';
  if (!result.includes('result=linked'))
    throw new Error(`Linking the simulated ${provider} of "${key}" ended with: ${result || linked.status}.`);
}
