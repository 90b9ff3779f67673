import type { AddVerbs } from '#platform/ops';
import type { OpsParts } from './parts.ts';
import { addReadinessVerbs } from './readiness.ts';

/** Every verb of insights. A first word also stands in embedded/ops-programs.ts, for `npm run ops`. */
export const verbs: readonly AddVerbs<OpsParts>[] = [addReadinessVerbs];
