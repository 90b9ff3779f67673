import { dateOf, dayNumber, localDate } from '#platform/slots';
import type { LocalDate } from '#platform/signals';
import type { DayRange, VendorResource, VendorWorkouts } from '../providers/provider.ts';

/** One data type over one chunk of days: what a backfill asks for, page by page. */
export interface BackfillStep {
  dataType: string;
  range: DayRange;
}

/** Where a job stands, as stored: the next page to ask for. `attempts` counts failures in a row at this place. */
export interface BackfillPosition {
  dataType: string;
  chunkStart: LocalDate;
  nextToken: string | null;
  attempts: number;
  /** Data types the provider has kept from us so far: they are not asked for again. */
  refused: readonly string[];
}

/** `{}` before the first page. `dataTypeIndex`: once in place of `dataType`, counted among those that the scopes opened. */
export type StoredPosition = Partial<BackfillPosition> & { dataTypeIndex?: number };

/** All steps of a job, data type by data type, oldest days first. The same arguments always give the same steps. */
export function planBackfill(options: {
  resources: readonly VendorResource[];
  from: LocalDate;
  to: LocalDate;
}): BackfillStep[] {
  const steps: BackfillStep[] = [];
  for (const resource of options.resources) {
    const last = dayNumber(options.to) + resource.marginDays;
    for (let day = dayNumber(options.from) - resource.marginDays; day <= last; day += resource.chunkDays) {
      const range = { from: dateOf(day), to: dateOf(Math.min(last, day + resource.chunkDays - 1)) };
      steps.push({ dataType: resource.dataType, range });
    }
  }
  return steps;
}

/**
 * Index of the step a stored position is in; 0 for a job that has not begun or whose plan has nothing in common with it.
 * The athlete may have changed the scopes since: of a data type that is closed now, the next one in `order` is the place
 * to go on, and `steps.length` after the last.
 */
export function stepAt(options: {
  steps: readonly BackfillStep[];
  position: StoredPosition;
  /** All data types of the provider, in the order a backfill loads them. */
  order: readonly string[];
}): number {
  const { steps, position, order } = options;
  const { chunkStart, dataType } = position;
  if (dataType === undefined || chunkStart === undefined) return 0;
  const place = order.indexOf(dataType);
  const at = steps.findIndex((step) =>
    step.dataType === dataType ? step.range.to >= chunkStart : order.indexOf(step.dataType) > place,
  );
  return at === -1 ? steps.length : at;
}

/** The page to go on with at a step: the first (null), unless the position is at this very step. */
export const tokenAt = (step: BackfillStep, position: StoredPosition): string | null =>
  position.dataType === step.dataType && position.chunkStart === step.range.from ? (position.nextToken ?? null) : null;

/**
 * A stored position with its data type by name. Those stored before it went by name begin their chunk anew: the scopes
 * may have changed in between, and the token would then be another data type's.
 */
export function namedPosition(steps: readonly BackfillStep[], stored: StoredPosition): StoredPosition {
  const { dataTypeIndex, ...position } = stored;
  if (dataTypeIndex === undefined) return position;
  const dataType = [...new Set(steps.map((step) => step.dataType))][dataTypeIndex];
  return { ...position, ...(dataType !== undefined && { dataType }), nextToken: null };
}

/**
 * From which day on a job has brought all workouts so far, once `step` is answered to its last page; null: none yet, or
 * they were refused.
 */
export function workoutsFrom(options: {
  workouts: VendorWorkouts;
  step: BackfillStep;
  /** Of the step's data type. */
  marginDays: number;
  /** The last of the step; `closed` when it was refused. */
  page: { isOutOfReach?: true } | 'closed';
  /** Before this step. */
  known: LocalDate | null;
  now: Date;
}): LocalDate | null {
  const { workouts, step, marginDays, page, known, now } = options;
  if (step.dataType !== workouts.dataType) return known;
  if (page === 'closed' || page.isOutOfReach) return null;
  if (known !== null) return known;
  const first = dayNumber(step.range.from) + marginDays;
  if (workouts.reachDays === undefined) return dateOf(first);
  return dateOf(Math.max(first, dayNumber(localDate(now, 'UTC')) - workouts.reachDays));
}

export interface BackfillEnd {
  state: 'DONE' | 'FAILED';
  /** What the athlete reads of it. */
  reason: string | null;
}

/** How a job ends that has all its steps behind it: no success when the provider, `name`, kept everything from us. */
export function endOf(options: {
  name: string;
  records: number;
  steps: readonly BackfillStep[];
  refused: ReadonlySet<string>;
}): BackfillEnd {
  const { name, records, steps, refused } = options;
  if (records === 0 && steps.every(({ dataType }) => refused.has(dataType))) {
    const reason = `${name} let us read nothing. Look whether your membership there is active, or link it again and leave the scopes ticked.`;
    return { state: 'FAILED', reason };
  }
  const kinds = [...refused].map((dataType) => dataType.replaceAll('_', ' ')).join(', ');
  return { state: 'DONE', reason: kinds === '' ? null : `${name} did not let us read: ${kinds}.` };
}
