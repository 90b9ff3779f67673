import { localDate } from '../local-time.ts';
import { WeekPlan } from './week-plan.tsx';

/** The athlete's own plan. */
export function PlanPage({ athleteId, timeZone }: { athleteId: string; timeZone: string }) {
  return (
    <main className="page" id="main">
      <header className="page-head">
        <div>
          <h1>Plan</h1>
          <p className="page-facts">
            <span>A coach sees and writes it where you share training load.</span>
          </p>
        </div>
      </header>
      <WeekPlan athleteId={athleteId} today={localDate(new Date(), timeZone)} isOwn />
    </main>
  );
}
