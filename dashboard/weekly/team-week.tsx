import { sentenceOf } from '../client.ts';
import type { TeamWeekQuery, WeekViewFragment } from '../graphql/graphql.ts';
import { hoursMinutes, signed } from '../local-time.ts';
import { LockMark } from '../readiness/marks.tsx';
import { addresses } from '../route.ts';
import { Tile } from './tile.tsx';
import { useTeamWeek } from './use-week.ts';
import { WeekHead } from './week-head.tsx';
import { WeekSentences } from './week-sentences.tsx';
import { arrow, debtWords } from './week-tiles.tsx';

type TeamWeek = NonNullable<NonNullable<TeamWeekQuery['team']>['weeklySummary']>;

/** A week of the team in numbers, and athlete by athlete behind a fold. */
export function TeamWeekCard({ teamId }: { teamId: string }) {
  const { week, error, step } = useTeamWeek(teamId);
  if (!week) return error ? <p className="notice notice-problem">{sentenceOf(error)}</p> : null;
  if (week.athletes === 0) return null;
  return (
    <section className="card week-card" aria-labelledby="team-week" data-testid="team-week">
      <WeekHead id="team-week" title="The team’s week" week={week} onStep={step} />
      <TeamTiles week={week} />
      <WeekSentences sentences={week.sentences} />
      <details className="week-rows">
        <summary>Athlete by athlete</summary>
        <div className="twin-scroll" tabIndex={0} role="group" aria-labelledby="team-week">
          <Rows rows={week.rows} />
        </div>
      </details>
    </section>
  );
}

const known = (isKnown: boolean) => (isKnown ? 'AVAILABLE' : 'NO_DATA');
const of = (count: number, athletes: number): string =>
  `${count} of ${athletes} ${athletes === 1 ? 'athlete' : 'athletes'}`;

function TeamTiles({ week }: { week: TeamWeek }) {
  const { athletes, scored, meanScore, changeFromWeekBefore: change, slept, meanAsleepMin, debtChangeMin } = week;
  const { loadChangePct, restDays, unknownDays, planned, done, missed, changed, rows } = week;
  const trains = rows.filter(({ summary }) => summary.training.state === 'AVAILABLE').length;
  const planWords = [missed ? `${missed} missed` : '', changed ? `${changed} changed on the day` : ''];
  return (
    <div className="week-tiles">
      <Tile
        title="Readiness"
        state={known(meanScore !== null)}
        since={null}
        value={String(Math.round(meanScore ?? 0))}
        unit="on average"
        against={change === null ? null : `${arrow(change)} ${signed(Math.round(change))} on the week before`}
      >
        <p className="week-legend">{of(scored, athletes)}</p>
      </Tile>
      <Tile
        title="Sleep"
        state={known(meanAsleepMin !== null)}
        since={null}
        value={hoursMinutes(meanAsleepMin ?? 0)}
        unit="h a night"
        against={debtChangeMin === null ? null : `${arrow(debtChangeMin)} ${debtWords(debtChangeMin)}`}
      >
        <p className="week-legend">{of(slept, athletes)}</p>
      </Tile>
      <Tile
        title="Training"
        state={known(trains > 0)}
        since={null}
        value={loadChangePct === null ? '–' : `${signed(loadChangePct)} %`}
        unit={loadChangePct === null ? 'not comparable' : 'on the week before'}
        against={`${restDays} days of rest${unknownDays > 0 ? `, ${unknownDays} unknown` : ''}`}
      >
        <p className="week-legend">{of(trains, athletes)}</p>
      </Tile>
      <Tile
        title="Plan"
        nothing="nothing planned"
        state={known(planned > 0)}
        since={null}
        value={`${done} of ${planned}`}
        unit="sessions done"
        against={planWords.filter(Boolean).join(', ') || null}
      />
    </div>
  );
}

const signedClock = (minutes: number): string => `${minutes > 0 ? '+' : ''}${hoursMinutes(minutes)} h`;

function Rows({ rows }: { rows: TeamWeek['rows'] }) {
  return (
    <table className="plain">
      <caption className="visually-hidden">The week of each athlete, of what they share with this team</caption>
      <thead>
        <tr>
          {['Athlete', 'Readiness', 'Change', 'Asleep a night', 'Debt', 'Load', 'Plan'].map((words) => (
            <th key={words} scope="col">
              {words}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ athlete, summary }) => (
          <tr key={athlete.id}>
            <th scope="row">
              <a href={addresses.athlete(athlete.id)}>{athlete.displayName}</a>
            </th>
            <Cells summary={summary} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cells({ summary }: { summary: WeekViewFragment }) {
  const { readiness, sleep, training, plan } = summary;
  const { changeFromWeekBefore } = readiness;
  return (
    <>
      <Cell part={readiness} words={readiness.meanScore === null ? null : String(Math.round(readiness.meanScore))} />
      <Cell part={readiness} words={changeFromWeekBefore === null ? null : signed(Math.round(changeFromWeekBefore))} />
      <Cell part={sleep} words={sleep.meanAsleepMin === null ? null : hoursMinutes(sleep.meanAsleepMin)} />
      <Cell part={sleep} words={sleep.debtChangeMin === null ? null : signedClock(sleep.debtChangeMin)} />
      <Cell part={training} words={training.loadChangePct === null ? null : `${signed(training.loadChangePct)} %`} />
      <Cell part={plan} words={plan.planned ? `${plan.done} of ${plan.planned}` : null} />
    </>
  );
}

function Cell({ part, words }: { part: { state: string }; words: string | null }) {
  if (part.state !== 'NOT_SHARED') return <td>{words ?? '–'}</td>;
  return (
    <td className="quiet">
      <LockMark />
      <span className="visually-hidden">not shared</span>
    </td>
  );
}
