import { type CombinedError, createClient, fetchExchange } from 'urql';
import {
  LoginDocument,
  type LoginInput,
  LogoutDocument,
  RefreshSessionDocument,
  RegisterDocument,
  type RegisterInput,
  type SessionTokensFragment,
  UnregisterBrowserDocument,
} from '../graphql/graphql.ts';

export type Tokens = SessionTokensFragment;

/** `refused`: the server answered no, with its code. `unreachable`: nobody answered. */
export type AuthAnswer =
  | { readonly kind: 'tokens'; readonly tokens: Tokens }
  | { readonly kind: 'refused'; readonly code: string | null; readonly sentence: string }
  | { readonly kind: 'unreachable' };

export type AuthClient = ReturnType<typeof createAuthClient>;

/** The operations that need no access token, on a client without cache and without the session it serves. */
export function createAuthClient({ url }: { url: string }) {
  const client = createClient({ url, exchanges: [fetchExchange], preferGetMethod: false });
  return {
    async login(input: LoginInput): Promise<AuthAnswer> {
      const { data, error } = await client.mutation(LoginDocument, { input });
      return answerOf({ tokens: data?.login, error });
    },
    async register(input: RegisterInput): Promise<AuthAnswer> {
      const { data, error } = await client.mutation(RegisterDocument, { input });
      return answerOf({ tokens: data?.register, error });
    },
    async refresh(refreshToken: string): Promise<AuthAnswer> {
      const { data, error } = await client.mutation(RefreshSessionDocument, { refreshToken });
      return answerOf({ tokens: data?.refreshSession, error });
    },
    /**
     * Tells the server, even of a page that is being closed; the page forgets its tokens whether or not anybody heard.
     * `endpoint`: where notifications came to this browser, which end with the session.
     */
    async logout({ accessToken, endpoint }: { accessToken: string; endpoint: string | null }): Promise<void> {
      const fetchOptions = { headers: { authorization: `Bearer ${accessToken}` }, keepalive: true };
      if (endpoint !== null) await client.mutation(UnregisterBrowserDocument, { endpoint }, { fetchOptions });
      await client.mutation(LogoutDocument, {}, { fetchOptions });
    },
  };
}

const PASSING_CODES = new Set(['INTERNAL', 'UNAVAILABLE', 'INTERNAL_SERVER_ERROR']);

function answerOf({ tokens, error }: { tokens: Tokens | undefined; error: CombinedError | undefined }): AuthAnswer {
  if (tokens) return { kind: 'tokens', tokens };
  const first = error?.graphQLErrors[0];
  if (!first) return { kind: 'unreachable' };
  const code = typeof first.extensions.code === 'string' ? first.extensions.code : null;
  if (code !== null && PASSING_CODES.has(code)) return { kind: 'unreachable' };
  return { kind: 'refused', code, sentence: first.message };
}
