import { useState } from 'react';
import { isTold, type Order, ordered, type Sort, type Told } from './roster-order.ts';
import type { Group } from './roster-row.ts';

/**
 * The order of the rows as last sorted: anew for another sort or tile, when what it is made of comes in for the first
 * time, and when somebody asks for it. It stays while values change.
 */
export function useOrder({ told, sort, group }: { told: Told; sort: Sort; group: Group | null }): {
  order: Order;
  resort: () => void;
} {
  const key = `${sort.column} ${sort.isDescending} ${group} ${isTold(told, sort)}`;
  const made = () => ({ key, order: ordered({ ...told, sort }) });
  const [kept, setKept] = useState(made);
  if (kept.key !== key) setKept(made());
  return { order: kept.order, resort: () => setKept(made()) };
}
