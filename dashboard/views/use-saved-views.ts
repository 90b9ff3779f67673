import { type CombinedError, useMutation, useQuery } from 'urql';
import {
  RemoveViewDocument,
  RenameViewDocument,
  SavedViewsDocument,
  type SavedViewItemFragment,
  SaveViewDocument,
} from '../graphql/graphql.ts';

export interface SavedViews {
  /** By name; null until the first answer. */
  readonly views: readonly SavedViewItemFragment[] | null;
  /** Why there is no list. */
  readonly error: CombinedError | undefined;
  /** Each answers what went wrong; undefined: it is done, and the list is read anew. */
  readonly save: (name: string, query: string) => Promise<CombinedError | undefined>;
  readonly rename: (id: string, name: string) => Promise<CombinedError | undefined>;
  readonly remove: (id: string) => Promise<CombinedError | undefined>;
  readonly isBusy: boolean;
}

/** Of a list without a view, and of an answer that is none, the cache would not know what they speak of. */
const OF_VIEWS = { additionalTypenames: ['SavedView'] };

/** The views that this coach keeps of a team's table. */
export function useSavedViews(teamId: string): SavedViews {
  const [{ data, error }] = useQuery({ query: SavedViewsDocument, variables: { teamId }, context: OF_VIEWS });
  const [{ fetching: isSaving }, save] = useMutation(SaveViewDocument);
  const [{ fetching: isRenaming }, rename] = useMutation(RenameViewDocument);
  const [{ fetching: isRemoving }, remove] = useMutation(RemoveViewDocument);
  return {
    views: data?.team?.savedViews ?? null,
    error: data?.team?.savedViews ? undefined : error,
    save: async (name, query) => (await save({ input: { teamId, name, query } }, OF_VIEWS)).error,
    rename: async (id, name) => (await rename({ id, name }, OF_VIEWS)).error,
    remove: async (id) => (await remove({ id }, OF_VIEWS)).error,
    isBusy: isSaving || isRenaming || isRemoving,
  };
}
