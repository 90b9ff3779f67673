import { AppError } from '#platform/errors';
import type { PageInfo } from '#platform/graphql-types';

const MOST_PER_PAGE = 100;
const PER_PAGE = 50;

/** One page of a list that runs forward: at most `first` rows that come after the row the cursor names. */
export interface Page {
  first: number;
  /** The parts of the cursor, or null for the first page. */
  after: readonly string[] | null;
}

/** The page that `first` and `after` ask for. Throws BAD_USER_INPUT. `isOurs` says whether the parts of a cursor can be ours. */
export function pageOf(options: {
  first: number | null | undefined;
  after: string | null | undefined;
  isOurs: (parts: readonly string[]) => boolean;
}): Page {
  const first = options.first ?? PER_PAGE;
  if (first < 1 || first > MOST_PER_PAGE) {
    throw new AppError(
      'BAD_USER_INPUT',
      `first is ${first}, and must lie between 1 and ${MOST_PER_PAGE}. Ask for the rest with after.`,
    );
  }
  if (options.after === null || options.after === undefined) return { first, after: null };
  const parts = partsOf(options.after);
  if (parts === null || !options.isOurs(parts)) {
    throw new AppError(
      'BAD_USER_INPUT',
      'after is no cursor of this list. Take it from pageInfo.endCursor of the page before.',
    );
  }
  return { first, after: parts };
}

/** Names a row by what the list is ordered by. Clients only hand it back. */
export const cursorOf = (parts: readonly string[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url');

function partsOf(cursor: string): readonly string[] | null {
  try {
    const parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown;
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string') ? parts : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Edges and page info of `rows`, which hold one more than the page asked for when there is more. */
export function pageOfRows<Row>(options: { rows: readonly Row[]; page: Page; cursor: (row: Row) => string }): {
  edges: { cursor: string; node: Row }[];
  pageInfo: PageInfo;
} {
  const { rows, page } = options;
  const edges = rows.slice(0, page.first).map((node) => ({ cursor: options.cursor(node), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: rows.length > page.first,
      hasPreviousPage: page.after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
