import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';

/** A small client of the graph for the demo: one question, one answer. Throws the first error's sentence. */
export async function ask<Data>(options: {
  url: string;
  query: string;
  variables?: Record<string, unknown>;
  token?: string;
}): Promise<Data> {
  const response = await fetch(options.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
    },
    body: JSON.stringify({ query: options.query, variables: options.variables ?? {} }),
  });
  const answer = (await response.json()) as {
    data?: Data | null;
    errors?: { message: string; extensions?: { code?: string } }[];
  };
  const [error] = answer.errors ?? [];
  if (error) throw new GraphFailure(error.message, error.extensions?.code ?? 'INTERNAL');
  if (!answer.data) throw new GraphFailure(`The graph answered ${response.status} without data.`, 'INTERNAL');
  return answer.data;
}

export class GraphFailure extends Error {
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

const LOGIN = /* GraphQL */ `
  mutation Login($input: LoginInput!) {
    login(input: $input) {
      accessToken
    }
  }
`;

export async function signIn(options: { url: string; email: string; password: string }): Promise<string> {
  const { email, password } = options;
  const { login } = await ask<{ login: { accessToken: string } }>({
    url: options.url,
    query: LOGIN,
    variables: { input: { email, password } },
  });
  return login.accessToken;
}

/** A live socket of the graph, signed in. */
export function openSocket(options: { url: string; token: string }): Client {
  return createClient({
    url: options.url,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${options.token}` },
    retryAttempts: 0,
    lazy: true,
  });
}
