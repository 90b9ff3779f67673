import type { AddVerbs } from '#platform/ops';
import { addDeadLettersVerbs } from './dead-letters.ts';
import type { OpsParts } from './parts.ts';
import { addReadinessVerbs } from './readiness.ts';

/** Every verb of insights. A first word also stands in embedded/ops-programs.ts, for `npm run ops`. */
export const verbs: readonly AddVerbs<OpsParts>[] = [addDeadLettersVerbs, addReadinessVerbs];
