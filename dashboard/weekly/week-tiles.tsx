import type { Band, WeekViewFragment } from '../graphql/graphql.ts';
import { hoursMinutes, signed } from '../local-time.ts';
import { BandMark } from '../readiness/marks.tsx';
import { bandWords } from '../readiness/words.ts';
import { Tile } from './tile.tsx';

type Week = WeekViewFragment;

/** The four parts of a week. What is not shared has its place, and says so. */
export function WeekTiles({ week }: { week: Week }) {
  return (
    <div className="week-tiles">
      <ReadinessTile readiness={week.readiness} />
      <SleepTile sleep={week.sleep} />
      <TrainingTile training={week.training} />
      <PlanTile plan={week.plan} />
    </div>
  );
}

const BANDS: readonly Band[] = ['HIGH', 'NORMAL', 'REDUCED', 'LOW'];

function ReadinessTile({ readiness }: { readiness: Week['readiness'] }) {
  const { state, since, meanScore, changeFromWeekBefore: change, high, normal, reduced, low, noScore } = readiness;
  const counts: Record<Band, number> = { HIGH: high ?? 0, NORMAL: normal ?? 0, REDUCED: reduced ?? 0, LOW: low ?? 0 };
  const told = BANDS.filter((band) => counts[band] > 0);
  const words = [
    ...told.map((band) => `${counts[band]} ${bandWords[band]}`),
    ...(noScore ? [`${noScore} without a score`] : []),
  ].join(', ');
  return (
    <Tile
      title="Readiness"
      state={state}
      since={since}
      value={String(Math.round(meanScore ?? 0))}
      unit="on average"
      against={change === null ? null : `${arrow(change)} ${signed(Math.round(change))} on the week before`}
    >
      <p className="week-glyphs" role="img" aria-label={`Days: ${words}`}>
        {told.flatMap((band) =>
          Array.from({ length: counts[band] }, (_, at) => <BandMark key={`${band} ${at}`} band={band} size={14} />),
        )}
        {Array.from({ length: noScore ?? 0 }, (_, at) => (
          <BandMark key={`none ${at}`} band={null} size={14} />
        ))}
      </p>
      <p className="week-legend">{words}</p>
    </Tile>
  );
}

function SleepTile({ sleep }: { sleep: Week['sleep'] }) {
  const { state, since, nights, meanAsleepMin, needMin, debtChangeMin: change } = sleep;
  const asleep = meanAsleepMin ?? 0;
  return (
    <Tile
      title="Sleep"
      state={state}
      since={since}
      value={hoursMinutes(asleep)}
      unit="h a night"
      against={change === null ? null : `${arrow(change)} ${debtWords(change)}`}
    >
      {needMin !== null && <Bar share={asleep / needMin} />}
      <p className="week-legend">
        {needMin !== null && `of ${hoursMinutes(needMin)} needed, `}
        {nights} {nights === 1 ? 'night' : 'nights'}
      </p>
    </Tile>
  );
}

export function debtWords(change: number): string {
  if (change === 0) return 'debt as a week before';
  return `${hoursMinutes(Math.abs(change))} h ${change > 0 ? 'more' : 'less'} debt`;
}

function TrainingTile({ training }: { training: Week['training'] }) {
  const { state, since, load, loadChangePct: change, trainedDays, restDays, unknownDays } = training;
  const words = [
    `${trainedDays ?? 0} trained`,
    `${restDays ?? 0} of rest`,
    ...(unknownDays ? [`${unknownDays} unknown`] : []),
  ].join(', ');
  return (
    <Tile
      title="Training"
      state={state}
      since={since}
      value={load === null ? '–' : String(Math.round(load))}
      unit={load === null ? 'load not known' : 'AU'}
      against={change === null ? null : `${arrow(change)} ${signed(change)} % on the week before`}
    >
      <p className="week-glyphs" role="img" aria-label={`Days: ${words}`}>
        <Dots count={trainedDays ?? 0} look="trained" />
        <Dots count={restDays ?? 0} look="rest" />
        <Dots count={unknownDays ?? 0} look="unknown" />
      </p>
      <p className="week-legend">{words}</p>
    </Tile>
  );
}

function PlanTile({ plan }: { plan: Week['plan'] }) {
  const { state, since, planned, done, missed, unknown, toCome, changed, plannedMin, doneMin } = plan;
  const words = [
    ...(missed ? [`${missed} missed`] : []),
    ...(unknown ? [`${unknown} unknown`] : []),
    ...(toCome ? [`${toCome} to come`] : []),
    ...(changed ? [`${changed} changed on the day`] : []),
  ].join(', ');
  return (
    <Tile
      title="Plan"
      nothing="nothing planned"
      state={state}
      since={since}
      value={`${done} of ${planned}`}
      unit={planned === 1 ? 'session done' : 'sessions done'}
      against={`${hoursMinutes(doneMin ?? 0)} of ${hoursMinutes(plannedMin ?? 0)} h`}
    >
      <p className="week-glyphs" role="img" aria-label={`Sessions: ${done} done${words && `, ${words}`}`}>
        <Dots count={done ?? 0} look="trained" />
        <Dots count={toCome ?? 0} look="to-come" />
        <Dots count={missed ?? 0} look="rest" />
        <Dots count={unknown ?? 0} look="unknown" />
      </p>
      {words && <p className="week-legend">{words}</p>}
    </Tile>
  );
}

function Dots({ count, look }: { count: number; look: 'trained' | 'rest' | 'unknown' | 'to-come' }) {
  return Array.from({ length: count }, (_, at) => <i key={at} className={`day-dot day-dot-${look}`} />);
}

/** How much of the need was met; what is beyond it does not show. */
function Bar({ share }: { share: number }) {
  return (
    <svg className="week-bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect className="week-bar-ground" width="100" height="6" rx="3" />
      <rect className="week-bar-fill" width={Math.min(1, share) * 100} height="6" rx="3" />
    </svg>
  );
}

export function arrow(change: number): string {
  const whole = Math.round(change);
  if (whole === 0) return '→';
  return whole > 0 ? '↗' : '↘';
}
