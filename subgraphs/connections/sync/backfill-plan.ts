import { dateOf, dayNumber } from '#platform/slots';
import type { LocalDate } from '#platform/signals';
import type { DayRange, VendorResource } from '../providers/provider.ts';

/** One data type over one chunk of days: what a backfill asks for, page by page. */
export interface BackfillStep {
  dataTypeIndex: number;
  dataType: string;
  range: DayRange;
}

/** Where a job stands, as stored: the next page to ask for. `attempts` counts failures in a row at this place. */
export interface BackfillPosition {
  dataTypeIndex: number;
  chunkStart: LocalDate;
  nextToken: string | null;
  attempts: number;
}

/** All steps of a job, data type by data type, oldest days first. The same arguments always give the same steps. */
export function planBackfill(options: {
  resources: readonly VendorResource[];
  from: LocalDate;
  to: LocalDate;
}): BackfillStep[] {
  const steps: BackfillStep[] = [];
  for (const [dataTypeIndex, resource] of options.resources.entries()) {
    const last = dayNumber(options.to) + resource.marginDays;
    for (let day = dayNumber(options.from) - resource.marginDays; day <= last; day += resource.chunkDays) {
      const range = { from: dateOf(day), to: dateOf(Math.min(last, day + resource.chunkDays - 1)) };
      steps.push({ dataTypeIndex, dataType: resource.dataType, range });
    }
  }
  return steps;
}

/** Index of the step a stored position is in; 0 for a job that has not begun or whose plan has changed since. */
export function stepAt(steps: readonly BackfillStep[], position: Partial<BackfillPosition>): number {
  const at = steps.findIndex(
    (step) => step.dataTypeIndex === position.dataTypeIndex && step.range.from === position.chunkStart,
  );
  return Math.max(0, at);
}
