import type { AddVerbs } from '#platform/ops';
import { addApiKeysVerbs } from './api-keys.ts';
import { addDeadLettersVerbs } from './dead-letters.ts';
import { addKeysVerbs } from './keys.ts';
import type { OpsParts } from './parts.ts';
import { addReconcileVerb } from './reconcile.ts';
import { addReplayVerb } from './replay.ts';
import { addTokensVerbs } from './tokens.ts';

/** Every verb of connections. A first word also stands in embedded/ops-programs.ts, for `npm run ops`. */
export const verbs: readonly AddVerbs<OpsParts>[] = [
  addApiKeysVerbs,
  addDeadLettersVerbs,
  addKeysVerbs,
  addReconcileVerb,
  addReplayVerb,
  addTokensVerbs,
];
