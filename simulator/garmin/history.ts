import type { Story } from '../athletes/stories.ts';
import type { Store, VendorState } from '../state.ts';

/** Requests for days that have been. What they bring is pushed a moment later, like everything else. */
export interface History {
  /** `repeated`: the very same range was asked for before. */
  ask(asked: { athlete: Story; type: string; fromSec: number; toSec: number }): 'taken' | 'repeated' | 'too_long';
  stop(): void;
}

const DAY_SEC = 86_400;
/** Between the answer and the first delivery. */
const PUSHED_AFTER_MS = 150;

export function createHistory({
  memory,
  store,
  push,
}: {
  memory: VendorState;
  store: Store;
  push: (asked: { athlete: Story; type: string; fromSec: number; toSec: number }) => Promise<unknown>;
}): History {
  const timers = new Set<NodeJS.Timeout>();
  const before = (memory.notes['backfills'] ??= {}) as Record<string, true>;
  return {
    ask: (asked) => {
      const { athlete, type, fromSec, toSec } = asked;
      if (toSec - fromSec > DAY_SEC * (type.startsWith('activit') || type === 'moveiq' ? 30 : 90)) return 'too_long';
      const name = `${athlete.key}/${type}/${fromSec}/${toSec}`;
      if (Object.hasOwn(before, name)) return 'repeated';
      before[name] = true;
      store.changed();
      const timer = setTimeout(() => {
        timers.delete(timer);
        void push(asked);
      }, PUSHED_AFTER_MS);
      timers.add(timer.unref());
      return 'taken';
    },
    stop: () => timers.forEach(clearTimeout),
  };
}
