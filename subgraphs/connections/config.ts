import { connectionsConfig } from '#platform/config';
import { providersConfig } from './providers/registry.ts';

/** Every variable of this subgraph: its own, and those of the providers. */
export const subgraphVariables = { ...connectionsConfig, ...providersConfig };
