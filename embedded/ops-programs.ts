import type { Subgraph } from './settings.ts';

/** The first word of an operator's verb, and the subgraphs whose program has verbs of that word, in the order they run. */
export const PROGRAMS_OF_VERB: Readonly<Record<string, readonly Subgraph[]>> = {
  'api-keys': ['connections'],
  // insights last: it knows the ids of all three.
  'dead-letters': ['connections', 'health-data', 'insights'],
  keys: ['connections'],
  readiness: ['insights'],
  reconcile: ['connections'],
  summaries: ['health-data'],
  tokens: ['connections'],
  replay: ['connections'],
};

export const opsScript = (subgraph: Subgraph): string => `dist/subgraphs/${subgraph}/ops/main.js`;
