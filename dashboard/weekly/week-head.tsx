import { inWords } from '../local-time.ts';

/** "The week, 16 to 22 Nov", with a step to the one before and the one after. */
export function WeekHead(parts: {
  id: string;
  title: string;
  week: { from: string; to: string; isOver: boolean };
  onStep: (from: string, weeks: number) => void;
}) {
  const { id, title, week, onStep } = parts;
  const { from, to, isOver } = week;
  return (
    <header className="week-head">
      <h2 id={id}>
        {title}{' '}
        <span className="unit" aria-live="polite">
          {inWords.dayMonth(from)} to {inWords.dayMonth(to)}
          {!isOver && ', so far'}
        </span>
      </h2>
      <div className="segments" role="group" aria-label="Which week">
        <button type="button" aria-label="The week before" onClick={() => onStep(from, -1)}>
          ‹
        </button>
        <button type="button" aria-label="The week after" disabled={!isOver} onClick={() => onStep(from, 1)}>
          ›
        </button>
      </div>
    </header>
  );
}
