import type { LocalDate, Signal } from '#platform/signals';
import type { AlertKind } from '../alerts/kinds.ts';
import type { NudgeKind } from '../sleep/nudge.ts';

/** Something that holds at this moment in the view of one recipient. */
export interface Alert {
  kind: AlertKind;
  /** The local day it is told of. */
  onDay: LocalDate;
  /** Of a flag: first day of its spell. Else null: it is of its day alone. */
  openedOn: LocalDate | null;
  /** Signals it is told from. */
  signals: readonly Signal[];
  /** Not to be told before; null: at once. */
  notBefore: Date | null;
  /** Which nudge it is, of a SLEEP_NUDGE. */
  nudge: NudgeKind | null;
}
