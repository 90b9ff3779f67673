/** Maps values of `domain` to `range`; `log` for quantities that vary in proportion, as HRV does. */
export function scaleOf(parts: {
  domain: readonly [number, number];
  range: readonly [number, number];
  isLog?: boolean;
}): (value: number) => number {
  const { domain, range, isLog = false } = parts;
  const bend = isLog ? Math.log : (value: number) => value;
  const [low, high] = [bend(domain[0]), bend(domain[1])];
  const span = high - low || 1;
  return (value) => range[0] + ((bend(value) - low) / span) * (range[1] - range[0]);
}

/** A domain a little wider than the values, at least `least` wide. Null without values. */
export function domainOf({ values, least }: { values: readonly number[]; least: number }): [number, number] | null {
  if (values.length === 0) return null;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = Math.max((high - low) * 0.12, (least - (high - low)) / 2, 0);
  return [low - margin, high + margin];
}

/** Round numbers inside the domain, about `count` of them. */
export function ticksOf({ domain, count }: { domain: readonly [number, number]; count: number }): number[] {
  const rough = (domain[1] - domain[0]) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? rough;
  const first = Math.ceil(domain[0] / step) * step;
  return Array.from({ length: Math.floor((domain[1] - first) / step) + 1 }, (_, index) => first + index * step);
}

export type DayValue = { readonly date: string; readonly value: number };

const NEEDED_IN_WEEK = 3;
const WEEK_DAYS = 7;
const DAY_MS = 86_400_000;

/** Mean over the seven days that end on each date, where at least three have a value; geometric when `isLog`. */
export function weekMeans(parts: { days: readonly DayValue[]; dates: readonly string[]; isLog?: boolean }): DayValue[] {
  const { days, dates, isLog = false } = parts;
  return dates.flatMap((date) => {
    const end = Date.parse(date);
    const week = days.filter((day) => Date.parse(day.date) <= end && Date.parse(day.date) > end - WEEK_DAYS * DAY_MS);
    if (week.length < NEEDED_IN_WEEK) return [];
    const mean = week.reduce((sum, { value }) => sum + (isLog ? Math.log(value) : value), 0) / week.length;
    return [{ date, value: isLog ? Math.exp(mean) : mean }];
  });
}

/** Runs of consecutive days; a missing day, or one for which `breaksBefore` holds, starts a new run. */
export function runsOf<Day extends { readonly date: string }>(
  days: readonly Day[],
  breaksBefore: (day: Day, before: Day) => boolean = () => false,
): Day[][] {
  const runs: Day[][] = [];
  for (const day of days) {
    const run = runs.at(-1);
    const before = run?.at(-1);
    const isNext = before && Date.parse(day.date) - Date.parse(before.date) === DAY_MS && !breaksBefore(day, before);
    if (run && isNext) run.push(day);
    else runs.push([day]);
  }
  return runs;
}

/** SVG path data through the points, one decimal each. */
export function pathThrough(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
}
