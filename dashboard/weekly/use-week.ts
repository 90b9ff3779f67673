import { useState } from 'react';
import { useQuery, type TypedDocumentNode } from 'urql';
import { AthleteWeekDocument, TeamWeekDocument } from '../graphql/graphql.ts';
import { plusDays } from '../local-time.ts';

/** What is asked of one week. `week`: any day of it; null: the last one that is over, as the server has it. */
interface Asked {
  id: string;
  week: string | null;
}

/** A week, and the step to one before or behind it. */
function useWeekOf<Data>(query: TypedDocumentNode<Data, Asked>, id: string) {
  const [week, setWeek] = useState<string | null>(null);
  const [{ data, error }] = useQuery({ query, variables: { id, week }, requestPolicy: 'cache-and-network' });
  return { data, error, step: (from: string, weeks: number) => setWeek(plusDays(from, weeks * 7)) };
}

export function useAthleteWeek(athleteId: string) {
  const { data, error, step } = useWeekOf(AthleteWeekDocument, athleteId);
  return { week: data?.athlete?.weeklySummary, error, step };
}

export function useTeamWeek(teamId: string) {
  const { data, error, step } = useWeekOf(TeamWeekDocument, teamId);
  return { week: data?.team?.weeklySummary, error, step };
}
