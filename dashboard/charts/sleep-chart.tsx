import type { AthleteDaysQuery } from '../graphql/graphql.ts';
import { hoursMinutes } from '../local-time.ts';
import { DayChart, type Days } from './day-chart.tsx';
import { NoDays } from './stream-chart.tsx';

type SleepNight = NonNullable<NonNullable<AthleteDaysQuery['athlete']>['sleep']>['nights'][number];

const HOUR_MIN = 60;

/** Sleep per night with naps on top and the athlete's need as a line. */
export function SleepChart({
  nights,
  needMin,
  days,
}: {
  nights: readonly SleepNight[];
  needMin: number | null;
  days: Days;
}) {
  const byDate = new Map(nights.filter(({ date }) => days.dates.includes(date)).map((night) => [night.date, night]));
  if (byDate.size === 0) return <NoDays title="Sleep" />;
  const most = Math.max(needMin ?? 0, ...[...byDate.values()].map((night) => night.asleepMin + napMin(night)));
  const topMin = Math.ceil((most + 20) / (2 * HOUR_MIN)) * 2 * HOUR_MIN;
  const words = (date: string) => nightWords(byDate.get(date));
  return (
    <DayChart
      title="Sleep"
      unit="hours asleep"
      summary={`Sleep on ${byDate.size} nights${needMin === null ? '' : `, need ${hoursMinutes(needMin)}`}.`}
      days={days}
      domain={[0, topMin]}
      ticks={Array.from({ length: topMin / (2 * HOUR_MIN) + 1 }, (_, index) => index * 2 * HOUR_MIN)}
      tickWords={(minutes) => `${minutes / HOUR_MIN} h`}
      readout={words}
      twin={{
        head: ['Night', 'Asleep (h:mm)', 'Naps (h:mm)', 'Efficiency'],
        rows: days.dates.toReversed().map((date) => {
          const night = byDate.get(date);
          if (!night) return [date, '–', '–', '–'];
          const efficiency = night.efficiencyPct === null ? '–' : `${Math.round(night.efficiencyPct)} %`;
          return [
            date,
            hoursMinutes(night.asleepMin),
            napMin(night) > 0 ? hoursMinutes(napMin(night)) : '–',
            efficiency,
          ];
        }),
      }}
      legend={
        <>
          <span>
            <svg width="10" height="12" aria-hidden="true">
              <rect className="bar" width="10" height="12" rx="1.5" />
            </svg>{' '}
            asleep
          </span>
          <span>
            <svg width="10" height="12" aria-hidden="true">
              <rect className="bar bar-nap" x="0.75" y="0.75" width="8.5" height="10.5" rx="1.5" />
            </svg>{' '}
            nap
          </span>
          {needMin !== null && (
            <span>
              <svg width="18" height="12" viewBox="0 -6 18 12" aria-hidden="true">
                <path className="need" d="M0 0H18" />
              </svg>{' '}
              need {hoursMinutes(needMin)}
            </span>
          )}
        </>
      }
    >
      {({ x, y, step, left, right }) => {
        const width = Math.max(2, step * 0.62);
        return (
          <>
            {[...byDate.values()].map((night) => {
              const nap = napMin(night);
              const top = y(night.asleepMin);
              return (
                <g key={night.date}>
                  <rect
                    className="bar"
                    x={x(night.date) - width / 2}
                    width={width}
                    y={top}
                    height={y(0) - top}
                    rx={Math.min(2, width / 3)}
                  />
                  {nap > 0 && (
                    <rect
                      className="bar bar-nap"
                      x={x(night.date) - width / 2 + 0.75}
                      width={Math.max(1, width - 1.5)}
                      y={y(night.asleepMin + nap)}
                      height={Math.max(1, top - y(night.asleepMin + nap) - 1.5)}
                      rx="1.5"
                    />
                  )}
                </g>
              );
            })}
            {needMin !== null && <line className="need" x1={left} x2={right} y1={y(needMin)} y2={y(needMin)} />}
          </>
        );
      }}
    </DayChart>
  );
}

function napMin({ naps }: SleepNight): number {
  return naps.reduce((sum, { asleepMin }) => sum + asleepMin, 0);
}

function nightWords(night: SleepNight | undefined): string {
  if (!night) return 'no data';
  const nap = napMin(night) > 0 ? `, nap ${hoursMinutes(napMin(night))}` : '';
  const efficiency = night.efficiencyPct === null ? '' : `, efficiency ${Math.round(night.efficiencyPct)} %`;
  return `${hoursMinutes(night.asleepMin)}${nap}${efficiency}`;
}
