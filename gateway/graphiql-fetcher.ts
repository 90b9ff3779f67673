interface Parameters {
  query: string;
  variables?: unknown;
  operationName?: string | null;
}

type Result = Record<string, unknown>;

/**
 * How the IDE's page asks: fetch for queries and mutations, graphql-transport-ws for subscriptions, with the token of the
 * tab's headers in both. Runs in the browser: it is written into the page as text and must not use anything around it.
 */
export function graphiqlFetcher(url: string) {
  return (
    parameters: Parameters,
    options?: { headers?: Record<string, string> },
  ): Promise<Result> | AsyncIterableIterator<Result> => {
    const headers = options?.headers ?? {};
    const isLive =
      /^\s*subscription\b/m.test(parameters.query.replace(/#.*$/gm, '')) &&
      parameters.operationName !== 'IntrospectionQuery';
    if (!isLive) {
      const request = {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(parameters),
      };
      return fetch(url, request).then((response) => response.json() as Promise<Result>);
    }
    const waiting: Result[] = [];
    let wake: (() => void) | null = null;
    let isOver = false;
    const push = (result: Result | null): void => {
      if (result) waiting.push(result);
      else isOver = true;
      wake?.();
    };
    const socket = new WebSocket(url.replace(/^http/, 'ws'), 'graphql-transport-ws');
    const send = (message: unknown): void => socket.send(JSON.stringify(message));
    socket.onopen = () => send({ type: 'connection_init', payload: headers });
    socket.onmessage = (event) => {
      const message = JSON.parse(String(event.data)) as { type: string; payload: Result };
      if (message.type === 'connection_ack') send({ id: '1', type: 'subscribe', payload: parameters });
      else if (message.type === 'ping') send({ type: 'pong' });
      else if (message.type === 'next') push(message.payload);
      else if (message.type === 'error') push({ errors: message.payload });
      else if (message.type === 'complete') socket.close(1000);
    };
    socket.onclose = (event) => {
      if (event.code !== 1000) push({ errors: [{ message: `The socket was closed: ${event.code} ${event.reason}` }] });
      push(null);
    };
    const iterator: AsyncIterableIterator<Result> = {
      [Symbol.asyncIterator]: () => iterator,
      async next() {
        while (waiting.length === 0 && !isOver) await new Promise<void>((resolve) => (wake = resolve));
        const value = waiting.shift();
        return value ? { done: false, value } : { done: true, value: undefined };
      },
      async return() {
        socket.close(1000);
        return { done: true, value: undefined };
      },
    };
    return iterator;
  };
}
