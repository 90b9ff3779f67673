import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';

export interface GraphAnswer<Data> {
  data: Data | null;
  errors: { message: string; path?: (string | number)[]; extensions: { code: string } }[];
}

export type Graph = <Data = Record<string, never>>(
  query: string,
  variables?: object,
  token?: string,
) => Promise<GraphAnswer<Data>>;

/** A client of the public graph. Answers data and errors as they are. */
export const graphAt =
  (url: string): Graph =>
  async <Data>(query: string, variables: object = {}, token?: string) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query, variables }),
    });
    const answer = (await response.json()) as { data?: Data | null; errors?: GraphAnswer<Data>['errors'] };
    return { data: answer.data ?? null, errors: answer.errors ?? [] };
  };

/** The data, or the first error thrown. For steps that only lead to what a test is about. */
export function mustAsk(graph: Graph) {
  return async <Data>(query: string, variables: object = {}, token?: string): Promise<Data> => {
    const { data, errors } = await graph<Data>(query, variables, token);
    if (errors[0] || data === null)
      throw new Error(errors.map(({ message, extensions }) => `${extensions?.code}: ${message}`).join('; '));
    return data;
  };
}

export interface LiveStream<Data> {
  /** Everything that came, in order, with the moment of arrival. */
  events: { data: Data; errors: { message: string; extensions?: { code?: string } }[]; at: number }[];
  /** Set when the stream ended. */
  ended: { reason: unknown } | null;
  close(): void;
}

export interface LiveClient {
  subscribe<Data>(query: string, variables?: object): LiveStream<Data>;
  /** Close code of the socket once it is closed. */
  closed: () => number | null;
  dispose(): Promise<void>;
}

/** One socket of the public graph. */
export function liveClient(options: { url: string; token: string }): LiveClient {
  let code: number | null = null;
  const client: Client = createClient({
    url: options.url,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${options.token}` },
    retryAttempts: 0,
    lazy: false,
    onNonLazyError: () => undefined,
    on: { closed: (event) => (code = (event as { code?: number }).code ?? 0) },
  });
  return {
    closed: () => code,
    dispose: async () => client.dispose(),
    subscribe<Data>(query: string, variables: object = {}) {
      const stream: LiveStream<Data> = { events: [], ended: null, close: () => undefined };
      stream.close = client.subscribe<Data>(
        { query, variables: variables as Record<string, unknown> },
        {
          next: ({ data, errors }) =>
            void stream.events.push({ data: data as Data, errors: [...(errors ?? [])], at: Date.now() }),
          error: (reason) => void (stream.ended = { reason }),
          complete: () => void (stream.ended ??= { reason: 'complete' }),
        },
      );
      return stream;
    },
  };
}
