import { useState } from 'react';
import { useQuery } from 'urql';
import { AthleteWeekDocument, TeamWeekDocument } from '../graphql/graphql.ts';
import { plusDays } from '../local-time.ts';

/** Any day of the week that is looked at; null: the last one that is over, as the server has it. */
function useChosen() {
  const [chosen, setChosen] = useState<string | null>(null);
  return { chosen, step: (from: string, weeks: number) => setChosen(plusDays(from, weeks * 7)) };
}

export function useAthleteWeek(athleteId: string) {
  const { chosen, step } = useChosen();
  const [{ data, error, fetching }] = useQuery({
    query: AthleteWeekDocument,
    variables: { id: athleteId, week: chosen },
    requestPolicy: 'cache-and-network',
  });
  return { week: data?.athlete?.weeklySummary, error, fetching, step };
}

export function useTeamWeek(teamId: string) {
  const { chosen, step } = useChosen();
  const [{ data, error, fetching }] = useQuery({
    query: TeamWeekDocument,
    variables: { id: teamId, week: chosen },
    requestPolicy: 'cache-and-network',
  });
  return { week: data?.team?.weeklySummary, error, fetching, step };
}
