import type { Viewer } from '#platform/identity';

/** What travels with one operation through the executor to every subgraph call: who asks, and under which request. */
export interface GatewayContext {
  viewer: Viewer;
  requestId: string;
  /** From where the client asked. Left out on sockets, and where the gateway asks by itself. */
  clientAddress?: string;
}
