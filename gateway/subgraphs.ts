import { Pool } from 'undici';

export const SUBGRAPHS = ['connections', 'health-data', 'insights'] as const;
export type SubgraphName = (typeof SUBGRAPHS)[number];

/** One subgraph as the gateway reaches it. `key`: its own assertion key. */
export interface Subgraph {
  name: SubgraphName;
  url: string;
  key: Buffer;
  pool: Pool;
}

export type Subgraphs = Record<SubgraphName, Subgraph>;

/** A subgraph that has not answered by then is treated as down. */
export const ANSWER_WITHIN_MS = 5_000;
const CONNECT_WITHIN_MS = 2_000;
/** Shorter than the 65 s of a subgraph, so that no request meets a socket just being closed. */
const KEEP_ALIVE_MS = 30_000;
const SOCKETS_PER_SUBGRAPH = 32;

/** Names come from the supergraph, addresses from the configuration: the supergraph's own URLs are placeholders. */
export function openSubgraphs(options: Record<SubgraphName, { url: string; key: Buffer }>): Subgraphs {
  const open = (name: SubgraphName): Subgraph => ({
    name,
    ...options[name],
    pool: new Pool(new URL(options[name].url).origin, {
      connections: SOCKETS_PER_SUBGRAPH,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      connect: { timeout: CONNECT_WITHIN_MS },
    }),
  });
  return { connections: open('connections'), 'health-data': open('health-data'), insights: open('insights') };
}

export async function closeSubgraphs(subgraphs: Subgraphs): Promise<void> {
  await Promise.all(SUBGRAPHS.map((name) => subgraphs[name].pool.destroy()));
}

/** Whether the subgraph turns its event loop. Never throws. */
export async function isAlive(subgraph: Subgraph): Promise<boolean> {
  try {
    const { statusCode, body } = await subgraph.pool.request({
      method: 'GET',
      path: '/health/live',
      signal: AbortSignal.timeout(1_500),
    });
    await body.dump();
    return statusCode === 200;
  } catch {
    // "Not alive" is the answer; why is told by the calls that fail.
    return false;
  }
}
