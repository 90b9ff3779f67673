import type { SessionsQuery } from '../graphql/graphql.ts';

type Workouts = NonNullable<NonNullable<SessionsQuery['athlete']>['workouts']>;

/** One session of the list; what is inside it is fetched when it is opened. */
export type Session = Workouts['edges'][number]['node'];
