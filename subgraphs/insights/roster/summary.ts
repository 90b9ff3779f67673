import { meanOf } from '#platform/mean';
import type { ReadContext } from '../readiness/read.ts';
import { countRows, type Row } from './arrange.ts';
import type { ReadinessSummary } from './graph-types.ts';
import { readRows } from './roster.ts';

/**
 * The team in numbers; null for whoever is no coach of it. A coach sees each contributor's own row, so that no number
 * here tells more than the rows do. A role that sees sums only would need five contributors and fixed groups
 * (readiness.md, section 13); there is none.
 */
export async function readSummary(context: ReadContext, teamId: string): Promise<ReadinessSummary | null> {
  const rows = await readRows(context, teamId);
  return rows === null ? null : summarise(rows);
}

export function summarise(rows: readonly Row[]): ReadinessSummary {
  const scores = rows.flatMap(({ shown: { readiness } }) => readiness.score ?? []);
  const counts = countRows(rows);
  return {
    athletes: rows.length,
    sharing: rows.length - counts.notShared,
    scored: scores.length,
    meanScore: meanOf(scores),
    provisional: rows.filter(({ shown: { readiness } }) => readiness.score !== null && readiness.state !== 'FINAL')
      .length,
    counts,
  };
}
