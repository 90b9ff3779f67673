import {
  type Client,
  cacheExchange,
  createClient,
  type CombinedError,
  fetchExchange,
  mapExchange,
  type OperationContext,
} from 'urql';
import { type Session, SIGNED_OUT_SENTENCES } from './session.ts';

/**
 * The graph over HTTP. Each request carries a token that is still good; a refusal for want of one is met with one
 * refresh and one repeat, and only when that fails too is the session over.
 */
export function createGraphClient({ url, session }: { url: string; session: Session }): Client {
  async function send(input: RequestInfo | URL, init: RequestInit | undefined, accessToken: string | null) {
    const headers = new Headers(init?.headers);
    if (accessToken !== null) headers.set('authorization', `Bearer ${accessToken}`);
    return fetch(input, { ...init, headers });
  }

  return createClient({
    url,
    preferGetMethod: false,
    fetch: async (input, init) => {
      const response = await send(input, init, await session.accessToken());
      if (!(await isUnauthenticated(response.clone()))) return response;
      return send(input, init, await session.refresh());
    },
    exchanges: [
      cacheExchange,
      mapExchange({
        onError(error) {
          const code = codeOf(error);
          if (code === 'SESSION_IDLE') session.end(SIGNED_OUT_SENTENCES.idle);
          if (code === 'UNAUTHENTICATED') session.end(SIGNED_OUT_SENTENCES.expired);
        },
      }),
      fetchExchange,
    ],
  });
}

async function isUnauthenticated(response: Response): Promise<boolean> {
  if (response.status === 401) return true;
  const body = await response.text();
  return body.includes('"UNAUTHENTICATED"') && !body.includes('"SESSION_IDLE"');
}

/** The `extensions.code` of the first error of the graph; null when nobody answered. */
function codeOf(error: CombinedError | undefined): string | null {
  const code = error?.graphQLErrors[0]?.extensions.code;
  return typeof code === 'string' ? code : null;
}

/** For what the page asks by itself: nobody is waiting, so it must not keep an idle coach signed in. */
export const inBackground: Partial<OperationContext> = {
  requestPolicy: 'network-only',
  fetchOptions: { headers: { 'athlete-ally-background': '1' } },
};

/** What went wrong in words a person can act on. The graph's own sentences already are such words. */
export function sentenceOf(error: CombinedError): string {
  const [first] = error.graphQLErrors;
  if (!first) return 'The server could not be reached. Check the connection; the page tries again by itself.';
  return codeOf(error) === 'INTERNAL' ? 'Something went wrong on the server. Try again in a moment.' : first.message;
}
