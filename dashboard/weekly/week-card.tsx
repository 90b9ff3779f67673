import { sentenceOf } from '../client.ts';
import { useAthleteWeek } from './use-week.ts';
import { WeekHead } from './week-head.tsx';
import { WeekSentences } from './week-sentences.tsx';
import { WeekTiles } from './week-tiles.tsx';

/** A week of one athlete, in the viewer's own view. The last one that is over, at first. */
export function WeekCard({ athleteId, isOwn }: { athleteId: string; isOwn: boolean }) {
  const { week, error, step } = useAthleteWeek(athleteId);
  if (!week) return error ? <p className="notice notice-problem">{sentenceOf(error)}</p> : null;
  return (
    <section className="card week-card" aria-labelledby="week-in-short" data-testid="week-card">
      <WeekHead id="week-in-short" title={isOwn ? 'Your week' : 'The week'} week={week} onStep={step} />
      <WeekTiles week={week} />
      <WeekSentences sentences={week.sentences} />
    </section>
  );
}
